"""Which servers a setup tries, and what is known of the provider, from what DNS says."""

from markupsafe import Markup
from odoo import api, models

from ...dns_lookup import Resolver
from ...providers.detect import PRESETS, detect, login_of
from ...providers.powershell import microsoft_commands
from ...providers.proposal import propose
from ...router.message.addresses import normalise
from ..dns_server import dns_server

_PROVIDER = Markup(
    "<p><b>%s</b> <span class='text-muted'>%s</span></p><p>%s</p><ol>%s</ol><ul>%s</ul>"
)


class MailCatchallSetup(models.Model):
    _inherit = "mail.catchall.setup"

    def action_set_up(self):
        """Go as far as possible: find the servers, log in to both, and set the accounts up."""
        self.ensure_one()
        if self.detected_domain != self.domain:
            self._find_servers()
        if self._can_log_in():
            self._try_logins()
        elif self.login == "password":
            self._note_missing_password()
        return True

    def action_find_servers(self):
        """Ask DNS once more, and forget what was entered by hand."""
        self.ensure_one()
        self._find_servers(keep=False)
        return True

    def _find_servers(self, keep=True):
        with Resolver(dns_server(self.env)) as dns:
            receiving = found = detect(self.domain, dns)
            # The domain's mail may be forwarded: the mailbox is then where its address says.
            home = normalise(self.address).rpartition("@")[2]
            if home != self.domain:
                found = detect(home, dns)
            if not (found.servers or found.mx_hosts):
                home, found = self.domain, receiving
        proposal, login = propose(home, found), login_of(found.preset)
        # Odoo's OAuth addons insist on the one that validates nothing.
        strict = "_strict" if login == "password" else ""
        values = {
            "detected_domain": self.domain,
            "provider": found.preset.code if found.preset else False,
            "evidence": found.evidence or ", ".join(found.mx_hosts[:2]) or False,
            "mx_hosts": list(dict.fromkeys((*receiving.mx_hosts, *found.mx_hosts))),
            "origin": "silent" if found.failed and not found.servers else proposal.origin,
            "login": login,
            "incoming_type": "pop" if proposal.is_pop else "imap",
            "server": proposal.incoming.host,
            "port": proposal.incoming.port,
            "is_ssl": proposal.incoming.encryption == "ssl",
            "smtp_host": proposal.outgoing.host,
            "smtp_port": proposal.outgoing.port,
            "smtp_encryption": proposal.outgoing.encryption + strict,
        }
        self.write({**values, **(self._adopt() if keep else {})})

    def _preset(self):
        return PRESETS.get(self.provider)

    @api.depends("provider", "evidence", "origin", "domain", "address", "login")
    @api.depends_context("lang")
    def _compute_provider_html(self):
        for setup in self:
            preset = setup._preset()
            setup.provider_html = setup._describe(preset) if preset else False
            setup.provider_commands = setup._commands() if setup.provider == "microsoft" else False

    def _describe(self, preset):
        """What is known of the provider: how the catch-all is switched on, and what it does."""
        translate = self.env._
        notes = [preset.pop_refused, *preset.notes, preset.envelope_note]
        found = translate("Detected from %s.", self.evidence) if self.evidence else ""
        return _PROVIDER % (
            preset.name,
            found,
            translate("The mailbox must receive mail sent to any address of the domain:"),
            _items(translate(step) for step in preset.catch_all_steps),
            _items(translate(note) for note in notes if note),
        )

    def _commands(self):
        aliases = self.env["mail.alias"].search([("alias_name", "!=", False)])
        names = [name for name in aliases.mapped("alias_full_name") if name]
        try:
            return microsoft_commands(self.domain, self.address, names)
        except ValueError:
            return False  # the address says so itself


def _items(texts):
    return Markup("").join(Markup("<li>%s</li>") % text for text in texts)
