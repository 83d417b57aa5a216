"""What Odoo reads of a message that comes from the ledger: what our own parser has read."""

from odoo import api, models

from .readable_copy import readable_copy
from .signature_pictures import OF_SIGNATURE, PICTURE, SHOWN

# In the context while a row is parsed: the exact bytes, and the Content.
READ = "catchall_read"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_parse_extract_payload(self, message, message_dict, save_original=False):
        read = self.env.context.get(READ)
        if not read:
            return super()._message_parse_extract_payload(
                message, message_dict, save_original=save_original
            )
        source, content = read
        payload = super()._message_parse_extract_payload(
            readable_copy(message, content), message_dict, save_original=False
        )
        for attachment in payload["attachments"]:
            if (cid := attachment.info.get("cid")) in content.pictures:
                attachment.info[PICTURE] = OF_SIGNATURE if cid in content.logos else SHOWN
        if save_original:
            # natively as text, which changes bytes beyond ASCII
            original = self._Attachment("original_email.eml", source, {})
            payload["attachments"] = [original, *payload["attachments"]]
        return payload
