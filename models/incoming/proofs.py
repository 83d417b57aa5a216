"""What an admin says of an account that proves who wrote: hosts, logins, signers, machines."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...incoming.machines import read_machines
from ...incoming.pairs import BadLine, read_logins, read_methods, read_signers, write_pairs
from ...router.codes import ResultsBelow, selection
from ...router.message.addresses import normalise_domain

_READERS = {
    "login_addresses": read_logins,
    "signer_domains": read_signers,
    "machine_addresses": read_machines,
    "results_shown": read_methods,
}


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    exclusive_hosts = fields.Char(
        "Hosts Used by Nobody Else",
        help="The names, separated by commas, of mail servers to which nobody but your own "
        "colleagues can log in. An email that was handed in there with a password proves an "
        "address of your domain even if the server does not record who logged in. Leave empty for "
        "a provider's server: its other customers log in there too.",
    )
    login_addresses = fields.Text(
        "Addresses of Logins",
        help="Other addresses that someone may write from who logged in to your mail server, one "
        "login per line, such as: anna@example.com: info@example.com, jobs@example.com",
    )
    signer_domains = fields.Text(
        "Default Signers",
        help="The name your provider signs with as long as your domain has no DKIM key of its own, "
        "one domain per line, such as: example.com: example-com.20230601.gappssmtp.com. Enter it "
        "only if it is that of your own account.",
    )
    results_below = fields.Selection(
        selection(ResultsBelow),
        "Results Below the Own Server",
        default=str(ResultsBelow.TESTED),
        required=True,
        help="Some servers add Authentication-Results below their own Received header, where "
        "senders can write them too. They count as proof once the mailbox test has shown that "
        "forged ones are removed.",
    )
    results_shown = fields.Text(
        "Shown by the Mailbox Test",
        readonly=True,
        copy=False,
        help="Results of which a forged pass, sent from outside, was removed on its way in.",
    )
    spf_proves_own = fields.Boolean(
        "SPF Proves Own Addresses",
        help="An email passes DMARC by SPF alone if it comes from a server that your domain names "
        "in SPF. Switch this on only if nobody else sends from these servers: with most providers "
        "all customers share them.",
    )
    local_hop_is_filter = fields.Boolean(
        "Local Programs Are Filters",
        help="On your mail servers, only filters hand emails in locally, and no users or web "
        "sites do. What stands below such a step in an email is then trusted as well.",
    )
    machine_addresses = fields.Text(
        "Machines",
        help="Scanners, shops and other machines that send without a password, one address per "
        "line with the network it sends from, such as: scanner@example.com: 203.0.113.9. The "
        "address of a user is never proved by this.",
    )

    @api.constrains(*_READERS)
    def _check_catchall_pairs(self):
        for server in self:
            for name, read in _READERS.items():
                try:
                    read(server[name] or "")
                except BadLine as error:
                    raise ValidationError(
                        self.env._(
                            "“%(server)s”, %(field)s: “%(line)s” cannot be read.",
                            server=server.name,
                            field=server._fields[name]._description_string(self.env),
                            line=str(error),
                        )
                    ) from error

    def _catchall_note_shown(self, pairs):
        """Keep what a mailbox test has shown: pairs of authserv-id and method, all of them."""
        shown = {}
        for name, method in sorted(pairs):
            shown[name] = (*shown.get(name, ()), method)
        self.results_shown = write_pairs(shown)

    def _catchall_proof_policy(self, is_users):
        """What this account adds to a :class:`Policy` of the router.

        :param is_users: whether an address is a user's: no machine proves one
        """
        hosts = (self.exclusive_hosts or "").split(",")
        machines = read_machines(self.machine_addresses or "")
        return {
            "exclusive_hosts": frozenset(filter(None, map(normalise_domain, hosts))),
            "logins": read_logins(self.login_addresses or ""),
            "signers": read_signers(self.signer_domains or ""),
            "results_below": self.results_below or str(ResultsBelow.TESTED),
            "results_shown": read_methods(self.results_shown or ""),
            "spf_proves_own": self.spf_proves_own,
            "local_hop_is_filter": self.local_hop_is_filter,
            "machines": frozenset(pair for pair in machines if not is_users(pair[0])),
        }
