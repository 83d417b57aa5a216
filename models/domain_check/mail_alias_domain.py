"""What is known of an alias domain before DNS is asked: its accounts, and what a probe has seen."""

import ipaddress

from odoo import api, models

from ...dns_lookup.client import is_mail_domain
from ...domain_check.check import Facts
from ...domain_check.facts import Signature
from ...providers.detect import find_by_server
from ...router.message.addresses import normalise, normalise_domain


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    def action_catchall_check(self):
        self.ensure_one()
        self.check_access("write")
        # sudo: who may set the domain up may check it; rows are written by checks alone
        checkup = self.env["mail.catchall.checkup"].sudo()._run(self.sudo())
        return checkup.sudo(False)._open()

    def _catchall_incoming_accounts(self):
        """Active catch-all mailboxes that receive this domain."""
        # sudo: which accounts receive it, for whoever may see the domain
        accounts = self.env["fetchmail.server"].sudo().search([("is_catchall", "=", True)])
        return accounts.filtered(lambda a: not a.alias_domain_ids or self in a.alias_domain_ids)

    def _catchall_outgoing_account(self):
        """The account that sends for this domain, or none."""
        server_id = self.env["ir.mail_server"]._catchall_directory().accounts.get(self.id)
        # sudo: the account's servers and addresses, never its password
        return self.env["ir.mail_server"].sudo().browse(server_id or [])

    def _catchall_served(self):
        """Those of these domains that an account receives or sends for."""
        return self.filtered(
            lambda domain: (
                domain._catchall_incoming_accounts() or domain._catchall_outgoing_account()
            )
        )

    def _catchall_checkup_facts(self):
        """Facts for ``domain_check.check.check_domain``; the probe's come on top."""
        incoming = self._catchall_incoming_accounts()[:1]
        outgoing = self._catchall_outgoing_account()
        values = {
            "domain": normalise_domain(self.name),
            "incoming_host": normalise_domain(incoming.server or ""),
            "incoming": find_by_server(incoming.server or ""),
            "catch_all": True if incoming.catchall_verified_date else None,
        }
        if outgoing:
            values["envelope_domain"] = self._catchall_return_path_domain(outgoing)
            values["outgoing"] = find_by_server(outgoing.smtp_host or "")
            values |= _outgoing_host(outgoing.smtp_host or "")
        return Facts(**(values | self._catchall_probe_facts()))

    def _catchall_return_path_domain(self, outgoing):
        """The domain of the envelope sender: receivers look at its SPF record (RFC 7208 §2.4)."""
        name, account = normalise_domain(self.name), outgoing._catchall_outgoing_account()
        return name if name in account.bounce_domains else account.address.rpartition("@")[2]

    def _catchall_probe_facts(self):
        """What the newest probe has seen, as values of ``Facts``; older ones count for nothing."""
        done = [("alias_domain_id", "=", self.id), ("state", "!=", "running")]
        # sudo: what a probe found is told to whoever may check the domain
        probe = self.env["mail.catchall.probe"].sudo().search(done, limit=1)
        if not probe or probe.domain != normalise_domain(self.name):
            return {}
        facts = {}
        if probe.catch_all:
            facts["catch_all"] = probe.catch_all == "yes"
            facts["catch_all_detail"] = probe.refusal or ""
        if probe.signatures:
            facts["signatures"] = tuple(Signature(*pair) for pair in probe.signatures)
        if probe.outgoing_address:
            facts["outgoing_addresses"] = (probe.outgoing_address,)
        return facts

    @api.model
    def _catchall_mailboxes(self):
        """Addresses of the mailboxes themselves, by each domain that one of them receives."""
        found = {}
        for domain in self.env["ir.mail_server"]._catchall_all_domains():
            if accounts := domain._catchall_incoming_accounts():
                name = normalise_domain(domain.name)
                found[name] = {normalise(account.user or "") for account in accounts}
        return found

    def _catchall_users_without_mailbox(self):
        """Hook: internal users whose notifications would come back to the catch-all mailbox."""
        return self.env["res.users"]


def _outgoing_host(host):
    """A name that DNS knows, or an address that others can see; a private one says nothing."""
    host = normalise_domain(host)
    try:
        if ipaddress.ip_address(host).is_global:
            return {"outgoing_addresses": (host,)}
    except ValueError:
        if is_mail_domain(host):
            return {"outgoing_hosts": (host,)}
    return {}
