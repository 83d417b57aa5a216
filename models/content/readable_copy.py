"""A message for Odoo's parser that holds what our own has read.

``_message_parse_extract_payload`` (mail_thread.py) asks a message for its parts and each part for
its content. These answer with what they are given, so nothing is decoded, guessed or lost on the
way, and what other addons do in an override of that method goes on working.
"""

from email.message import EmailMessage
from email.policy import compat32


class ReadPart(EmailMessage):
    """A part whose content is known: a page as text, a file as bytes."""

    def __init__(self, content, content_type, name="", content_id=""):
        super().__init__(policy=compat32)
        self._content, self._type, self._name = content, content_type, name
        self["Content-Type"] = f'{content_type}; charset="utf-8"'
        if name:
            self["Content-Disposition"] = "attachment"
        if content_id:
            self["Content-ID"] = f"<{content_id}>"

    def get_content_type(self):
        return self._type

    def get_filename(self, failobj=None):
        return self._name or failobj

    def get_content(self, *args, **kwargs):
        return self._content

    def get_payload(self, i=None, decode=False):
        content = self._content
        return content.encode() if decode and isinstance(content, str) else content


def readable_copy(message, content):
    """Return a message with the same header, whose parts are what the record is to show."""
    page = ReadPart(content.html, "text/html")
    files = [
        ReadPart(item.data, item.content_type, item.name, item.content_id) for item in content.files
    ]
    copy = EmailMessage(policy=message.policy)
    for name, value in message.raw_items():
        if not name.lower().startswith("content-"):
            copy.set_raw(name, value)
    # Odoo takes html and body tags away, unless the page is all there is or one of a choice.
    types = {part.get_content_type() for part in message.walk()}
    is_whole = not message.is_multipart() or "multipart/alternative" in types
    copy["Content-Type"] = "multipart/alternative" if is_whole else "multipart/mixed"
    # The page last: of a report, Odoo leaves out what stands behind the text.
    copy.set_payload([*files, page])
    return copy
