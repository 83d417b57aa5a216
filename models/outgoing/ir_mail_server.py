"""The outgoing catch-all account: its fields, and which settings contradict each other.

Odoo chooses a server by its ``from_filter`` and lets the address of the session replace From. A
catch-all account is chosen by the alias domain of the record instead (choice.py), and the pure
``outgoing.identity`` decides From, Sender, Reply-To and the envelope in the one place that every
message passes (identity.py).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...outgoing.header_text import ascii_address
from ...outgoing.identity import FOREIGN_FORMAT, OWN_FORMAT, PLACEHOLDERS

ADDRESS_FIELDS = {"is_catchall", "catchall_address", "smtp_user", "owner_user_id"}
DIRECTORY_FIELDS = {"is_catchall", "active", "catchall_alias_domain_ids", "owner_user_id"}


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    is_catchall = fields.Boolean(
        "Catch-all Account",
        copy=False,  # two accounts never serve the same domain
        help="All mail from the email domains below is sent through this account, regardless of "
        "the author. Its FROM filter is ignored.",
    )
    catchall_address = fields.Char(
        "Account Address",
        help="The mailbox that this account sends from. Only needed if the username is not an "
        "email address.",
    )
    catchall_alias_domain_ids = fields.Many2many(
        "mail.alias.domain",
        "mail_catchall_server_alias_domain_rel",
        string="Email Domains",
        ondelete="restrict",  # a list that becomes empty would mean: all domains
        help="The domains whose mail is sent through this account. Leave empty for all of them.",
    )
    catchall_from_policy = fields.Selection(
        [
            ("auto", "The author's own address, until the provider refuses it"),
            ("keep", "The author's own address"),
            ("account", "The account's address, with the author's name"),
        ],
        "Visible From Address",
        default="auto",
        required=True,
        help="Authors from other domains, such as portal users, are always shown with the "
        "account's address. Choose the account's address if the provider changes or refuses "
        "other addresses, as Gmail and Microsoft 365 usually do.",
    )
    catchall_envelope_policy = fields.Selection(
        [
            ("account", "The account's address"),
            ("verp", "Unique address per email and recipient (VERP)"),
        ],
        "Bounce Address",
        default="account",
        required=True,
        help="A unique address (bounce-...@your domain) identifies which email did not reach which "
        "recipient, whatever the bounce looks like. It is used for domains whose catch-all mailbox "
        "is fetched here, until the provider refuses it.",
    )
    catchall_reply_policy = fields.Selection(
        [
            (
                "auto",
                "Unique address once the mailbox is verified; until then, the record's alias or "
                "the catch-all address",
            ),
            ("signed", "Unique address per record and recipient"),
            ("record", "The record's alias, or the catch-all address"),
        ],
        "Reply-To",
        default="auto",
        required=True,
        help="A unique address (reply-...@your domain) brings a reply to its record even if the "
        "customer's mail client drops all references to the original email; with an alias, such a "
        "reply would create a new record. It is used for domains whose catch-all mailbox is "
        "fetched here. A mailbox is verified once a mailbox test has shown that mail to any "
        "address of the domain arrives in it.",
    )
    catchall_name_format = fields.Char(
        "Display Name Format",
        default=OWN_FORMAT,
        required=True,
        help="How authors with an address of your own domains are shown. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_foreign_name_format = fields.Char(
        "Display Name Format (External)",
        default=FOREIGN_FORMAT,
        required=True,
        help="How authors from other domains, such as portal users, are shown. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_sender_header = fields.Boolean(
        "Add a Sender Header",
        help="Names the account in addition to the author. Outlook then shows “account on behalf "
        "of author”. Usually not needed.",
    )

    catchall_minute_limit = fields.Integer(
        "Recipients per Minute",
        help="What the provider allows. Further mail waits in the queue, in order. 0 means no "
        "limit. Microsoft 365 allows 30 per minute.",
    )
    catchall_day_limit = fields.Integer(
        "Recipients per Day",
        help="What the provider allows in 24 hours. Further mail waits in the queue, in order. "
        "0 means no limit. Microsoft 365 allows 10,000, Google Workspace 2,000.",
    )

    catchall_from_learned = fields.Datetime(
        "Authors Refused Since",
        compute="_compute_catchall_from_learned",
        help="The provider refused to send as an author. Since then, the account's own address "
        "has been used. After 90 days, the author's address is tried again.",
    )
    catchall_from_answer = fields.Char(
        "Provider's Answer", compute="_compute_catchall_from_learned"
    )
    catchall_envelope_learned = fields.Datetime(
        "Bounce Addresses Refused Since", compute="_compute_catchall_from_learned"
    )
    catchall_envelope_answer = fields.Char(
        "Provider's Answer on Bounce Addresses", compute="_compute_catchall_from_learned"
    )
    catchall_limit_learned = fields.Datetime(
        "Provider's Limit Reached",
        compute="_compute_catchall_from_learned",
        help="The provider accepted no more mail of this account. The emails waited, and were "
        "tried again until it did.",
    )
    catchall_limit_answer = fields.Char(
        "Provider's Answer on the Limit", compute="_compute_catchall_from_learned"
    )
    catchall_limit_count = fields.Integer(
        "Recipients in the 24 Hours Before",
        compute="_compute_catchall_from_learned",
        help="How many recipients the account had served when the provider stopped it.",
    )
    catchall_waiting_count = fields.Integer(
        "Waiting for Retry", compute="_compute_catchall_waiting_count"
    )
    catchall_advice = fields.Char("Advice", compute="_compute_catchall_advice")

    @api.constrains(*sorted(ADDRESS_FIELDS))
    def _check_catchall_address(self):
        for server in self.filtered("is_catchall"):
            if server.owner_user_id:
                raise ValidationError(
                    self.env._(
                        "%(server)s is the personal server of %(user)s, so it cannot be a "
                        "catch-all account.",
                        server=server.display_name,
                        user=server.owner_user_id.display_name,
                    )
                )
        if self._catchall_is_column("smtp_user"):
            self._catchall_require_address()

    def _catchall_check_written(self, names):
        result = super()._catchall_check_written(names)
        if ADDRESS_FIELDS & set(names) and not self._catchall_is_column("smtp_user"):
            # The ORM asks the constraint before it has called the inverse of a computed field.
            self._catchall_require_address()
        return result

    def _catchall_require_address(self):
        for server in self.filtered("is_catchall"):
            if not server._catchall_account_address():
                raise ValidationError(
                    self.env._(
                        "Fill in the address of the catch-all account %(server)s: its username is "
                        "not an email address.",
                        server=server.display_name,
                    )
                )

    @api.constrains("is_catchall", "active", "catchall_alias_domain_ids")
    def _check_catchall_domains(self):
        # sudo: an account must not take the domain of one that this user cannot see
        accounts = self.sudo().search([("is_catchall", "=", True)])
        everything = self._catchall_all_domains()
        # sudo: as above
        for server in accounts & self.sudo():
            for other in accounts - server:
                named = server.catchall_alias_domain_ids, other.catchall_alias_domain_ids
                both = (named[0] or everything) & (named[1] or everything)
                if both or not any(named):
                    raise ValidationError(server._catchall_overlap(other, both))

    def _catchall_overlap(self, other, domains):
        names = {"first": self.display_name, "second": other.display_name}
        if not domains:
            return self.env._(
                "%(first)s and %(second)s are both catch-all accounts for all email domains. "
                "Assign different email domains to them.",
                **names,
            )
        return self.env._(
            "%(first)s and %(second)s are both catch-all accounts for %(domains)s. Assign "
            "different email domains to them.",
            **names,
            domains=", ".join(domains.mapped("name")),
        )

    @api.constrains("catchall_name_format", "catchall_foreign_name_format")
    def _check_catchall_formats(self):
        for server in self:
            for shown in (server.catchall_name_format, server.catchall_foreign_name_format):
                if not any(placeholder in shown for placeholder in PLACEHOLDERS):
                    raise ValidationError(
                        self.env._(
                            "The display name format “%(format)s” shows all authors with the "
                            "same name. Use {name} or {company} in it.",
                            format=shown,
                        )
                    )

    _catchall_limits = models.Constraint(
        "CHECK(catchall_minute_limit >= 0 AND catchall_day_limit >= 0)",
        "A limit must be a number of recipients, or 0 for no limit.",
    )

    def _catchall_forget_directory(self, names):
        if DIRECTORY_FIELDS & names:
            self.env.registry.clear_cache()
        if "active" in names:
            self._catchall_resume_waiting()

    def _catchall_account_address(self):
        """The mailbox behind the account, or "" when nothing names it."""
        self.ensure_one()
        # sudo: an address that customers see, whoever sends
        own = self.sudo()
        return ascii_address(own.catchall_address or "") or ascii_address(own.smtp_user or "")
