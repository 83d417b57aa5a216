"""OCA's ``mail_show_follower`` beside us: an email that is sent again names its followers once.

At each attempt it writes the list of them into the email's body, above the one of the last attempt.
"""

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, *args, **kwargs):
        if hasattr(self, "_build_cc_text"):
            bodies = {mail.id: mail.body_html for mail in self}
            self = self.with_context(catchall_bodies=bodies)
        return super().send(*args, **kwargs)

    def _catchall_restore_body(self):
        """Before it waits for another attempt: the body as it was before this one."""
        bodies = self.env.context.get("catchall_bodies") or {}
        for mail in self:
            if mail.id in bodies:
                mail.body_html = bodies[mail.id]
