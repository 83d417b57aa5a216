"""The incoming account's side of a probe: its buttons, and what came from outside."""

from odoo import models

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
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_probe"
        )
        action["domain"] = [("fetchmail_server_id", "=", self.id)]
        return action

    def _catchall_outside_mails(self):
        """Besides, the newest that a probe asked for: its header alone."""
        known = super()._catchall_outside_mails()
        # sudo: only server names of the header are shown, to those who may see the account
        rows = self.env["mail.catchall.probe.mail"].sudo()
        arrived = [("kind", "=", str(Kind.OUTSIDE)), ("place", "!=", False)]
        row = rows.search(
            [("probe_id.fetchmail_server_id", "=", self.id), *arrived], order="id desc", limit=1
        )
        return [*known, row._received()] if row else known
