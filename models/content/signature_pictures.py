"""Pictures of a signature are shown in the text, and are no attachment of the record.

Odoo shows a picture of a message's text from an ``ir.attachment``, which it links to the message
and to the record (mail_thread.py, _process_attachments_for_post): the logo of a sender stands on
the record as often as the sender writes. Here such a picture is kept once, for all messages.
"""

import base64

from odoo import models

# In the third part of an attachment's tuple: what the router knows about a picture of the text.
PICTURE = "catchall_picture"
SHOWN, OF_SIGNATURE = "shown", "signature"
# Where the pictures are kept: linked to no record, shown by their access token.
_KEPT_BY = ("res_model", "=", "mail.catchall.message"), ("res_id", "=", 0)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _process_attachments_for_post(self, attachments, attachment_ids, message_values):
        values = super()._process_attachments_for_post(attachments, attachment_ids, message_values)
        if any(_known(item[2:]) for item in attachments or ()):
            ids = [command[1] for command in values["attachment_ids"]]
            # sudo: core makes them with more rights too, and only their place is looked at
            kept = set(self.env["ir.attachment"].sudo().browse(ids).filtered_domain(_KEPT_BY)._ids)
            values["attachment_ids"] = [
                command for command in values["attachment_ids"] if command[1] not in kept
            ]
        return values

    def _create_attachments_for_post(self, values_list, extra_list):
        kept = {
            at: attachment
            for at, (values, extra) in enumerate(zip(values_list, extra_list, strict=True))
            if (attachment := self._catchall_kept_picture(values, extra))
        }
        if not kept:
            return super()._create_attachments_for_post(values_list, extra_list)
        others = [at for at in range(len(values_list)) if at not in kept]
        other_extras = [extra_list[at] for at in others]
        created = super()._create_attachments_for_post(
            [values_list[at] for at in others], other_extras
        )
        found = dict(zip(others, created, strict=True)) | kept
        for at, extra in zip(others, other_extras, strict=True):
            extra_list[at] = extra
        for at, attachment in kept.items():
            # core writes this token into the address of the picture
            cid, name, _token, info = extra_list[at]
            extra_list[at] = (cid, name, attachment.access_token, info)
        ids = [found[at].id for at in range(len(values_list))]
        # sudo: as what core returns here
        return self.env["ir.attachment"].sudo().browse(ids)

    def _catchall_kept_picture(self, values, extra):
        """Return the attachment that shows a picture which is not to stand on the record."""
        _cid, _name, token, info = extra
        known = _known([info])
        if not token or not known:
            return None
        # sudo: pictures of signatures belong to nobody; only what was received is asked for
        attachments = self.env["ir.attachment"].sudo()
        checksum = attachments._compute_checksum(base64.b64decode(values["datas"]))
        kept = attachments.search([*_KEPT_BY, ("checksum", "=", checksum)], limit=1)
        if known != OF_SIGNATURE and not self._catchall_has_picture(values, checksum, kept):
            return None
        if not kept:
            place = {"res_model": _KEPT_BY[0][2], "res_id": False, "access_token": token}
            return attachments.create({**values, **place})
        kept.generate_access_token()
        return kept

    def _catchall_has_picture(self, values, checksum, kept):
        """Whether a picture is on the record already: with each reply it comes again."""
        record = [("res_model", "=", values["res_model"]), ("res_id", "=", values["res_id"])]
        if not values["res_id"]:
            return False
        # sudo: whether the same bytes are there, whoever may see them
        attachments = self.env["ir.attachment"].sudo()
        if attachments.search_count([*record, ("checksum", "=", checksum)], limit=1):
            return True
        messages = [("model", "=", values["res_model"]), ("res_id", "=", values["res_id"])]
        shown = [*messages, ("body", "like", f"/web/image/{kept.id}?")]
        # sudo: as above
        return bool(kept) and bool(self.env["mail.message"].sudo().search_count(shown, limit=1))


def _known(infos):
    """What the router knows of an attachment, of whose tuple this is the third part."""
    return next((info.get(PICTURE) for info in infos if isinstance(info, dict)), None)
