"""The incoming account's side of a probe: which domain is tested, and the button."""

from odoo import models

from ...providers.detect import find_by_account
from ...router.tokens.probe_mark import Kind


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def action_catchall_probe(self):
        """Test the mailbox: start a probe, or show the one that runs; return its window."""
        self.ensure_one()
        self.check_access("write")
        # sudo: rows are written by probes alone; the account's password is read
        probe = self.env["mail.catchall.probe"].sudo()._start(self.sudo())
        return probe.sudo(False)._open()

    def action_catchall_probes(self):
        """Show what earlier probes of this account have found."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_probe"
        )
        action["domain"] = [("fetchmail_server_id", "=", self.id)]
        return action

    def _catchall_probe_domain(self):
        """The domain that is tested: the first one that arrives here."""
        domains = self.alias_domain_ids or self.env["ir.mail_server"]._catchall_all_domains()
        return domains[:1]

    def _catchall_outside_mails(self):
        """The newest message from outside that a probe asked for: its header alone."""
        # sudo: only server names of the header are shown, to those who may see the account
        rows = self.env["mail.catchall.probe.mail"].sudo()
        row = rows.search(
            [
                ("probe_id.fetchmail_server_id", "=", self.id),
                ("kind", "=", str(Kind.OUTSIDE)),
                ("place", "!=", False),
            ],
            order="id desc",
            limit=1,
        )
        return [row._received()] if row else []

    def _catchall_provider(self):
        """The preset of the account's provider, or None."""
        return find_by_account(self.server or "", self.server_type)
