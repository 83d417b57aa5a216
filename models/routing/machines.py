"""Machines of ours that write without proof: offered to the admin, and trusted once confirmed."""

from odoo import api, fields, models

from ...incoming.machines import suggest_machines
from ...incoming.pairs import read_pairs, write_pairs
from ...router.message.mail import ReceivedMail
from .odoo_directory import OdooDirectory


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_learned_machines = fields.Text(
        "Machines Seen",
        compute="_compute_catchall_learned_machines",
        help="Addresses of your domain that often write from one network without any proof, with "
        "the number of emails. They are not trusted until you confirm them.",
    )

    @api.depends("machine_addresses", "exclusive_hosts", "own_hosts", "is_catchall")
    def _compute_catchall_learned_machines(self):
        for server in self:
            server.catchall_learned_machines = "\n".join(
                f"{address}: {network} ({seen})"
                for (address, network), seen in server._catchall_suggest_machines().items()
            )

    def _catchall_suggest_machines(self):
        """Return pairs of address and network with their counts, which nobody confirmed."""
        if not isinstance(self.id, int) or not self.is_catchall:
            return {}
        directory = OdooDirectory(self.env)
        # sudo: addresses and networks of our own machines, for those who may see the account
        ledger = self.env["mail.catchall.message"].sudo()
        unproven = [("author_check", "!=", "verified"), ("folder_is_junk", "=", False)]
        mails = map(ReceivedMail.from_bytes, ledger._first_headers(self, unproven, order="id desc"))
        return suggest_machines(mails, directory.policy(self), directory.is_users)

    def action_catchall_confirm_machines(self):
        """Trust the machines that the form shows; the context names what the admin has seen."""
        self.ensure_one()
        self.check_access("write")
        shown = self.env.context.get("catchall_shown_machines")
        pairs = dict(read_pairs(self.machine_addresses or ""))
        for address, network in self._catchall_suggest_machines():
            # What came in since the form was opened was not confirmed by anybody.
            if shown is None or f"{address}: {network} (" in (shown or ""):
                pairs[address] = (*pairs.get(address, ()), network)
        self.machine_addresses = write_pairs(pairs)
        return True
