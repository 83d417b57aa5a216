"""Settings that disagree: what goes wrong because of it, and the one thing to change."""

from odoo import api, models
from odoo.tools import email_normalize

from ...router.message.addresses import normalise, normalise_domain


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.depends(
        "is_catchall",
        "smtp_user",
        "catchall_address",
        "catchall_alias_domain_ids.name",
        "catchall_alias_domain_ids.default_from",
        "catchall_from_policy",
        "catchall_reply_policy",
        "catchall_envelope_policy",
    )
    def _compute_catchall_advice(self):
        for server in self:
            server.catchall_advice = server.is_catchall and server._catchall_disagreement()

    def _catchall_disagreement(self):
        """The first thing to change, in words, or False."""
        domains = self.catchall_alias_domain_ids or self._catchall_all_domains()
        if not domains:
            return self.env._(
                "There is no email domain yet, so replies cannot come back. Create one in "
                "Settings > General Settings > Discuss > Alias Domain."
            )
        names = {normalise_domain(domain.name) for domain in domains}
        own = self._catchall_account_address().rpartition("@")[2]
        if own and own not in names and self.catchall_from_policy != "account":
            return self.env._(
                "The account belongs to %(own)s, but authors are shown with addresses of "
                "%(names)s, so SPF cannot vouch for them. Set “Visible From Address” to “The "
                "account's address, with the author's name”, unless the provider signs for "
                "%(names)s (DKIM).",
                own=own,
                names=", ".join(sorted(names)),
            )
        # sudo: names of domains, for who may see the account
        for domain in domains.sudo():
            shown = normalise(email_normalize(domain.default_from_email or "") or "")
            if shown and shown.rpartition("@")[2] not in names | {own}:
                return self.env._(
                    "Notifications from %(domain)s are sent as %(shown)s, an address that this "
                    "account does not send for. Change the default From alias of %(domain)s to a "
                    "name without a domain, such as “notifications”.",
                    domain=domain.name,
                    shown=shown,
                )
        signs = self.catchall_reply_policy == "signed" or self.catchall_envelope_policy == "verp"
        if signs and (missing := names - self._catchall_fetched_domains()):
            return self.env._(
                "Unique addresses for replies or bounces are not used for %(names)s, because no "
                "catch-all mailbox for %(names)s is fetched here. Confirm an incoming catch-all "
                "account for %(names)s.",
                names=", ".join(sorted(missing)),
            )
        return False
