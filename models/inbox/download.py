"""What a stranger wrote leaves Odoo as a file alone, never as a page of this web site.

Odoo's ``/web/content`` and ``/web/image`` guess a type from the bytes, take one from the visitor,
and show what is no download. A message that begins as a web page would then run with the rights of
whoever looks at it. All of them, and whatever else streams a field, pass here.
"""

from odoo import models
from odoo.http import Stream

# The exact bytes of messages, by field; also of those that somebody has only asked about.
FIELDS = {
    "mail.catchall.message": {"source"},
    "mail.catchall.shadow": {"source"},
    "mail.catchall.where": {"file"},
}
_TYPE = "application/octet-stream"


class Download(Stream):
    """A file to be saved: neither its type nor that it is one can be chosen by who asks for it."""

    mimetype = property(lambda self: _TYPE, lambda self, value: None)

    def get_response(self, as_attachment=None, **options):
        options.pop("mimetype", None)
        return super().get_response(as_attachment=True, **options)


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        stream = super()._record_to_stream(record, field_name)
        if field_name not in FIELDS.get(record._name, ()):
            return stream
        return Download(**vars(stream))

    def _get_image_stream_from(self, record, field_name="raw", *args, **options):
        if field_name in FIELDS.get(record._name, ()):
            # No picture, whatever it looks like: it is not decoded, resized, or shown.
            options = {
                name: options[name] for name in ("filename", "filename_field") if name in options
            }
            return self._get_stream_from(record, field_name, *args[:2], **options)
        return super()._get_image_stream_from(record, field_name, *args, **options)
