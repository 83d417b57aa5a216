"""What is trusted in an account's messages: signatures verified here, servers known as ours.

Which servers are the provider's is suggested to the admin, from what the first messages name. It
counts once they have confirmed it, and not before.
"""

from odoo import api, fields, models

from ...incoming.known_hosts import known_hosts
from ...incoming.pairs import read_names
from ...incoming.suggest_hosts import suggest_hosts
from ...router.message.mail import ReceivedMail
from ...router.trust.boundary import OwnHosts

FIRST_MAILS = 20  # from outside


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    verify_dkim = fields.Boolean(
        "Verify Signatures Here",
        default=True,
        help="For emails to which your provider added no trusted result about their signature, "
        "Odoo looks up the sender's public key in DNS and checks the DKIM signature itself, so "
        "that internal senders can be verified. Emails are never held up by it.",
    )
    catchall_learned_hosts = fields.Char(
        "Servers Seen",
        compute="_compute_catchall_learned",
        help="Servers that received the first emails, with the number of emails. They are not "
        "trusted until you confirm them.",
    )
    catchall_learned_ids = fields.Char(
        "Results Seen",
        compute="_compute_catchall_learned",
        help="Names under which Authentication-Results were added to the first emails, with the "
        "number of emails. They are not trusted until you confirm them.",
    )

    @api.depends(
        *("own_hosts", "trusted_authserv_ids", "is_catchall", "catchall_shadow"),
        "alias_domain_ids",
    )
    def _compute_catchall_learned(self):
        for server in self:
            asked = server.is_catchall or server.catchall_shadow
            hosts, ids = server._catchall_suggest_hosts() if asked else ({}, {})
            server.catchall_learned_hosts = _counted(hosts)
            server.catchall_learned_ids = _counted(ids)

    def _catchall_suggest_hosts(self):
        """Return (hosts, ids) with their counts: what the first messages name and nobody confirmed.

        Worked out whenever the account is shown: the lanes have nothing to write for it.
        """
        if not isinstance(self.id, int):
            return {}, {}
        mails = map(ReceivedMail.from_bytes, self._catchall_first_headers())
        found = suggest_hosts(mails, FIRST_MAILS, self._catchall_outside_mails())
        # sudo: names of domains, compared and never shown
        domains = self.alias_domain_ids or self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all
        own = OwnHosts(domains.mapped("name"), self._catchall_own_hosts())
        trusted = set(read_names(self.trusted_authserv_ids))
        hosts = {name: seen for name, seen in found.hosts if name not in own}
        return hosts, {name: seen for name, seen in found.ids if name not in trusted}

    def _catchall_first_headers(self):
        """Hook: the beginnings of the first messages of this account, as bytes."""
        # sudo: names of servers, for those who may see the account
        ledger = self.env["mail.catchall.message"].sudo()
        return ledger._first_headers(self, [("folder_is_junk", "=", False)])

    def _catchall_outside_mails(self):
        """Hook: messages known to come from outside, beside those that were fetched."""
        return []

    def action_catchall_confirm_learned(self):
        """Trust the servers that the form shows; the context names what the admin has seen."""
        self.ensure_one()
        self.check_access("write")
        hosts, ids = self._catchall_suggest_hosts()
        shown = self.env.context
        values = {}
        for field, found, key in (
            ("own_hosts", hosts, "catchall_shown_hosts"),
            ("trusted_authserv_ids", ids, "catchall_shown_ids"),
        ):
            # What came in since the form was opened was not confirmed by anybody.
            seen = _without_counts(shown[key]) if key in shown else found
            new = [name for name in found if name in seen]
            if new:
                values[field] = ", ".join([*read_names(self[field]), *new])
        if values:
            self.write(values)
        return True

    @api.onchange("server", "is_catchall")
    def _onchange_catchall_known_hosts(self):
        """Fill in the hosts of providers that are known, for everybody to see."""
        marked = self.filtered(lambda s: s.is_catchall or s.catchall_shadow)
        for server in marked.filtered(lambda s: not s.own_hosts):
            server.own_hosts = ", ".join(known_hosts(server.server or "")) or False


def _counted(found):
    return ", ".join(f"{name} ({seen})" for name, seen in found.items()) or False


def _without_counts(text):
    return {name.partition(" ")[0] for name in read_names(text)}
