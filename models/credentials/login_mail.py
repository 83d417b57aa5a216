"""A message that lets anyone who has it log in here: a returned invitation or password reset.

Those who sort mail see it without its token, and so do the records that it is routed to. Its
exact bytes are for those who may set passwords anyway. Links of other companies' Odoo are their
own business.
"""

from markupsafe import Markup
from odoo import api, models
from odoo.tools.misc import verify_hash_signed

from ...credentials.login_links import hide_login_links, login_tokens
from ...router.message.readable import readable_body


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _holds_login(self):
        """Whether the message has a link that this database has signed."""
        readable = readable_body(self._received_mail())
        return self._has_own_login(f"{readable.text}\n{readable.html}")

    @api.model
    def _has_own_login(self, text):
        return any(map(self._is_own_token, login_tokens(text)))

    @api.model
    def _is_own_token(self, token):
        try:
            # sudo: the secret that signs (addons auth_signup)
            return verify_hash_signed(self.sudo().env, "signup", token) is not None
        except (ValueError, TypeError):
            return False  # somebody else's, or none

    @api.model
    def _without_own_logins(self, values):
        """Core's dict of a message, with no token that this database has signed."""
        body = values.get("body") or ""
        if self._has_own_login(body):
            hidden = hide_login_links(body)
            values["body"] = Markup(hidden) if isinstance(body, Markup) else hidden
        values["attachments"] = [self._attached(item) for item in values.get("attachments") or []]
        return values

    def _attached(self, attachment):
        name, content, *info = attachment
        text = content.decode("latin-1") if isinstance(content, bytes) else content
        if not isinstance(text, str) or not self._has_own_login(text):
            return attachment
        hidden = hide_login_links(text)
        content = hidden.encode("latin-1") if isinstance(content, bytes) else hidden
        items = (name, content, *info)
        return type(attachment)(*items) if hasattr(attachment, "_fields") else items

    def _compute_source(self):
        super()._compute_source()
        if self.env.su or self.env.user.has_group("base.group_erp_manager"):
            return
        for row in self:
            if row.source and row._holds_login():
                row.source = False
