"""Users without a mailbox in the domain check: who they are, and the button that helps."""

from odoo import models

from ...router.message.addresses import normalise, normalise_domain


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    def _catchall_users_without_mailbox(self):
        """Besides, those whose notifications Odoo's inbox does not take already."""
        known = super()._catchall_users_without_mailbox()
        users = self.env["res.users"].search(
            [("notification_type", "=", "email"), ("email", "ilike", f"@{self.name}")]
        )
        domain = normalise_domain(self.name)
        return known | users.filtered("catchall_no_mailbox").filtered(
            lambda user: normalise(user.email_normalized).endswith(f"@{domain}")
        )


class MailCatchallCheckup(models.Model):
    _inherit = "mail.catchall.checkup"

    def action_use_inbox(self):
        self.ensure_one()
        return self.user_ids.action_catchall_use_inbox()
