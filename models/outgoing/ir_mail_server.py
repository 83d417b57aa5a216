"""The outgoing catch-all account: what an admin sets, and which settings contradict each other.

Odoo chooses a server by its ``from_filter`` and lets the address of the session replace From. A
catch-all account is chosen by the alias domain of the record instead
(``ir_mail_server_choice``), and ``router.identity`` decides From, Sender, Reply-To and the
envelope in the one place that every mail passes (``ir_mail_server_identity``).
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...outgoing.identity import FOREIGN_FORMAT, OWN_FORMAT, PLACEHOLDERS, ascii_address

DIRECTORY_FIELDS = {"is_catchall", "active", "catchall_alias_domain_ids", "owner_user_id"}


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    is_catchall = fields.Boolean(
        "Catch-all Account",
        copy=False,  # two accounts never serve the same domain
        help="All mail of the email domains below leaves through this account, whoever writes it. "
        "The FROM filter is not used for it.",
    )
    catchall_address = fields.Char(
        "Address of the Account",
        help="The mailbox that this account sends from. Only needed when the username is not an "
        "email address.",
    )
    catchall_alias_domain_ids = fields.Many2many(
        "mail.alias.domain",
        "mail_catchall_server_alias_domain_rel",
        string="Email Domains",
        ondelete="restrict",  # a list that becomes empty would mean: all domains
        help="The domains whose mail leaves through this account. Empty: all of them.",
    )
    catchall_from_policy = fields.Selection(
        [
            ("auto", "The author's own address, until the provider refuses it"),
            ("keep", "The author's own address"),
            ("account", "The account's address, with the author's name"),
        ],
        "Customers See",
        default="auto",
        required=True,
        help="An author of another domain, such as a portal user, is always shown with the "
        "account's address. Choose the account's address where the provider changes or refuses "
        "other addresses, as Gmail and Microsoft 365 usually do.",
    )
    catchall_envelope_policy = fields.Selection(
        [
            ("account", "The account's address"),
            ("verp", "An address of its own for every mail and recipient"),
        ],
        "Undelivered Mail Returns To",
        default="account",
        required=True,
        help="An address of its own (bounce-...@your domain) tells which mail did not reach whom, "
        "whatever the returned mail looks like. It is used for domains whose catch-all mailbox is "
        "fetched here, until the provider refuses it.",
    )
    catchall_reply_policy = fields.Selection(
        [
            (
                "auto",
                "An address of its own once the mailbox is verified, until then the record's "
                "alias or the catch-all address",
            ),
            ("signed", "An address of its own for every record and recipient"),
            ("record", "The record's alias, or the catch-all address"),
        ],
        "Answers Go To",
        default="auto",
        required=True,
        help="An address of its own (reply-...@your domain) brings an answer to its record also "
        "where the customer's mail program drops all references to the mail that it answers; an "
        "alias would open a new record then. It is used for domains whose catch-all mailbox is "
        "fetched here; a mailbox is verified once a probe has seen mail to any address of the "
        "domain arrive in it.",
    )
    catchall_name_format = fields.Char(
        "Name of an Author",
        default=OWN_FORMAT,
        required=True,
        help="How authors with an address of your domains are shown. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_foreign_name_format = fields.Char(
        "Name of an Outside Author",
        default=FOREIGN_FORMAT,
        required=True,
        help="How authors of other domains are shown, such as portal users. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_sender_header = fields.Boolean(
        "Add a Sender Header",
        help="Names the account beside the author. Outlook then shows 'account on behalf of "
        "author'. Usually not needed.",
    )

    catchall_minute_limit = fields.Integer(
        "Recipients a Minute",
        help="What the provider allows; further mail waits in the queue, in order. 0: no limit. "
        "Microsoft 365 allows 30 a minute.",
    )
    catchall_day_limit = fields.Integer(
        "Recipients a Day",
        help="What the provider allows in 24 hours; further mail waits in the queue, in order. "
        "0: no limit. Microsoft 365 allows 10,000, Google Workspace 2,000.",
    )

    @api.constrains("is_catchall", "catchall_address", "smtp_user", "owner_user_id")
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
        accounts = self.sudo().search([("is_catchall", "=", True)])
        everything = self._catchall_all_domains()
        for server in accounts & self.sudo():
            for other in accounts - server:
                named = server.catchall_alias_domain_ids, other.catchall_alias_domain_ids
                both = (named[0] or everything) & (named[1] or everything)
                if both or not any(named):
                    raise ValidationError(
                        self.env._(
                            "%(first)s and %(second)s are both catch-all accounts for "
                            "%(domains)s. Give each of them email domains of its own.",
                            first=server.display_name,
                            second=other.display_name,
                            domains=", ".join(both.mapped("name"))
                            or self.env._("all email domains"),
                        )
                    )

    @api.constrains("catchall_name_format", "catchall_foreign_name_format")
    def _check_catchall_formats(self):
        for server in self:
            for shown in (server.catchall_name_format, server.catchall_foreign_name_format):
                if not any(placeholder in shown for placeholder in PLACEHOLDERS):
                    raise ValidationError(
                        self.env._(
                            "%(format)s shows every author alike: use {name} or {company} in it.",
                            format=shown,
                        )
                    )

    _catchall_limits = models.Constraint(
        "CHECK(catchall_minute_limit >= 0 AND catchall_day_limit >= 0)",
        "A limit is a number of recipients, or 0 for none.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        servers = super().create(vals_list)
        if any(DIRECTORY_FIELDS & vals.keys() for vals in vals_list):
            self.env.registry.clear_cache()
        return servers

    def write(self, vals):
        result = super().write(vals)
        if DIRECTORY_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _catchall_account_address(self):
        """The mailbox behind the account, or "" when nothing names it."""
        self.ensure_one()
        account = self.sudo()
        return ascii_address(account.catchall_address or "") or ascii_address(
            account.smtp_user or ""
        )
