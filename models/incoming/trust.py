"""What is trusted in an account's messages: signatures verified here, servers known as ours.

Which servers are the provider's is learned from the first messages and offered to the admin. It
counts once they have confirmed it, and not before.
"""

from odoo import api, fields, models
from odoo.tools import SQL

from ...incoming.suggest_hosts import learn
from ...providers import find_by_server
from ...router.message.mail import ReceivedMail
from ...router.trust.boundary import OwnHosts

FIRST_MAILS = 20  # from outside
LOOK_AT = 100  # rows, to find so many
HEADER_BYTES = 100_000


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    verify_dkim = fields.Boolean(
        "Verify Signatures Here",
        help="For providers that do not add Authentication-Results to emails. Odoo then looks up "
        "the sender's public key in DNS and checks the DKIM signature itself, so that internal "
        "senders can be verified. Not needed if your provider adds these results. Emails are never "
        "held up by it.",
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
            learns = server.is_catchall or server.catchall_shadow
            hosts, ids = server._catchall_learn() if learns else ({}, {})
            server.catchall_learned_hosts = _counted(hosts)
            server.catchall_learned_ids = _counted(ids)

    def _catchall_learn(self):
        """Return (hosts, ids) with their counts: what the first messages name and nobody confirmed.

        Worked out whenever the account is shown: the lanes have nothing to write for it.
        """
        if not isinstance(self.id, int):
            return {}, {}
        self.env.cr.execute(
            SQL(
                """SELECT substring(source FROM 1 FOR %s) FROM %s
                    WHERE fetchmail_server_id = %s AND has_source AND %s
                    ORDER BY id LIMIT %s""",
                HEADER_BYTES,
                SQL.identifier(
                    "mail_catchall_shadow" if self.catchall_shadow else "mail_catchall_message"
                ),
                self.id,
                SQL("TRUE") if self.catchall_shadow else SQL("NOT folder_is_junk"),
                LOOK_AT,
            )
        )
        rows = self.env.cr.fetchall()
        mails = (ReceivedMail.from_bytes(bytes(row[0])) for row in rows)
        found = learn(mails, FIRST_MAILS, self._catchall_outside_mails())
        # sudo: names of domains, compared and never shown
        domains = self.alias_domain_ids or self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all
        own = OwnHosts(domains.mapped("name"), self._catchall_own_hosts())
        trusted = set(_names(self.trusted_authserv_ids))
        hosts = {name: seen for name, seen in found.hosts if name not in own}
        return hosts, {name: seen for name, seen in found.ids if name not in trusted}

    def action_catchall_confirm_learned(self):
        """Trust the servers that the form shows; the context names what the admin has seen."""
        self.ensure_one()
        self.check_access("write")
        hosts, ids = self._catchall_learn()
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
                values[field] = ", ".join([*_names(self[field]), *new])
        if values:
            self.write(values)
        return True

    @api.onchange("server", "is_catchall")
    def _onchange_catchall_known_hosts(self):
        """Fill in the hosts of providers that are known, for everybody to see."""
        marked = self.filtered(lambda s: s.is_catchall or s.catchall_shadow)
        for server in marked.filtered(lambda s: not s.own_hosts):
            server.own_hosts = ", ".join(_known_hosts(server.server or "")) or False


def _known_hosts(server):
    """Return the hosts that take mail in for a mailbox on this server, where that is certain.

    Not the whole domain of a provider: its other customers' mail comes from there as well. In
    Exchange Online each machine has a name of its own, and none vouches for what it sends.
    """
    preset = find_by_server(server)
    if preset is None:
        return ()
    if preset.code == "microsoft":
        return ("*.outlook.com",)
    return tuple(host for host in preset.own_hosts if host in preset.authserv_ids)


def _names(text):
    return [name.strip().lower() for name in (text or "").split(",") if name.strip()]


def _counted(found):
    return ", ".join(f"{name} ({seen})" for name, seen in found.items()) or False


def _without_counts(text):
    return {name.partition(" ")[0] for name in _names(text or "")}
