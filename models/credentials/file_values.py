"""Accounts whose values come from configuration files: OCA's ``server_environment`` beside us.

Its ``mail_environment`` makes server, user, password and others of an account computed: read from a
section of a file, else from what was typed, which its inverse keeps in a field of the same name
between ``x_`` and ``_env_default``, and that in one JSON column. What is typed while a file has a
value is dropped there without a word; here it is an error that names the section.
"""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class CatchallSecrets(models.AbstractModel):
    _inherit = "mail.catchall.secrets"

    catchall_file_note = fields.Char(
        "From the Configuration File",
        compute="_compute_catchall_file_note",
        help="Values of this account that an administrator of the server has written into a "
        "configuration file. They cannot be changed here.",
    )

    def _catchall_names_from_file(self):
        """Names of the fields of one account whose values a configuration file has."""
        if "server.env.mixin" not in self.env or not hasattr(self, "_server_env_fields"):
            return []
        # sudo: whether a file names a value, for whoever may see the account
        account = self.sudo()
        return [
            name
            for name in self._server_env_fields
            if name in self._fields and account._server_env_has_key_defined(name)
        ]

    def _compute_catchall_file_note(self):
        for account in self:
            names = account._catchall_names_from_file()
            account.catchall_file_note = bool(names) and self.env._(
                "Read from the configuration file of the Odoo server, section %(section)s, and not "
                "to be changed here: %(fields)s.",
                section=account._catchall_file_section(),
                fields=account._catchall_labels(names),
            )

    def _catchall_file_section(self):
        """The sections that have values for one account; its own goes first."""
        common, own = self._server_env_global_section_name(), self._server_env_section_name()
        return self.env._("[%(own)s] or [%(common)s]", own=own, common=common)

    def _catchall_labels(self, names):
        labels = [self._fields[name]._description_string(self.env) for name in names]
        return format_list(self.env, labels)

    def _catchall_check_typed(self, vals, *, new=False):
        """Raise where a value was typed that a configuration file has, and that is another there.

        :param new: whether the accounts were just created: then a form sends its defaults too, and
            only texts were typed for certain
        :raises UserError: naming the section and the fields
        """
        for account in self:
            names = [name for name in account._catchall_names_from_file() if name in vals]
            if new:
                names = [n for n in names if isinstance(vals[n], str) and n != "server_type"]
            if not names or not account._catchall_keeps_secrets():
                continue
            account.invalidate_recordset(names)
            # sudo: a value of the file is compared, and not shown
            own = account.sudo()
            if dropped := [name for name in names if (vals[name] or False) != (own[name] or False)]:
                raise UserError(
                    self.env._(
                        "“%(account)s”: %(fields)s cannot be changed here. The configuration file "
                        "of the Odoo server has a value for it, in section %(section)s. Change it "
                        "there and restart Odoo, or remove it there to type one here.",
                        account=account.display_name,
                        fields=account._catchall_labels(dropped),
                        section=account._catchall_file_section(),
                    )
                )

    def _catchall_write_lost(self, vals):
        """Write what a new account was given and did not keep.

        The defaults of the fields beside are written after the inverses of those that were typed:
        a new POP3 account is an IMAP account, one for port 587 has port 25.
        """
        if "server.env.mixin" not in self.env or not self._catchall_keeps_secrets():
            return
        names = [name for name in getattr(self, "_server_env_fields", ()) if name in vals]
        names = [name for name in names if name not in self._catchall_names_from_file()]
        self.flush_recordset()
        self.invalidate_recordset()  # the fields beside as well
        # sudo: a value is compared, and not shown
        own = self.sudo()
        lost = {name: vals[name] for name in names if (vals[name] or False) != (own[name] or False)}
        if lost:
            self.write(lost)

    # ------------------------------------------------------------------ where they lie once more

    @contextmanager
    def _catchall_creating(self, vals_list):
        """Where the ORM writes secrets, what the database refuses shows none of them."""
        secrets = [
            secret
            for vals in vals_list
            for name, secret in self._catchall_typed_secrets(vals).items()
            if secret and not self._catchall_is_column(name)
        ]
        if not secrets:
            yield
            return
        with self._catchall_keeping_secrets(*secrets):
            yield
            self.flush_model()

    @api.model
    def _catchall_doubles(self):
        """Fields in which a secret lies once more: ``{name: names of secrets inside, or None}``.

        ``None``: the field is a double itself; else it is the JSON of many.
        """
        if "server.env.mixin" not in self.env or not hasattr(self, "_server_env_fields"):
            return {}
        doubles = {}
        for name in self._catchall_secret_names():
            if name not in self._server_env_fields:
                continue
            double = self._fields.get(self._server_env_default_fieldname(name))
            if double is None:
                continue
            doubles[double.name] = None
            if double.sparse:
                doubles[double.sparse] = (*(doubles.get(double.sparse) or ()), double.name)
        return doubles

    @api.model
    def _catchall_drop_doubles(self, vals):
        """Take out of values that are shown or copied what doubles a secret."""
        for name, inside in self._catchall_doubles().items():
            if not vals.get(name):
                continue
            if inside is None:
                vals[name] = False
            elif isinstance(vals[name], dict):
                vals[name] = {key: vals[name][key] for key in vals[name] if key not in inside}
            else:
                vals[name] = False  # text: nobody knows what is in it


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _compute_smtp_authentication_info(self):
        # A new account has no kind of login yet where that is computed, core then assigns nothing,
        # and the form of a new account fails.
        chosen = self.filtered("smtp_authentication")
        (self - chosen).smtp_authentication_info = False
        return super(IrMailServer, chosen)._compute_smtp_authentication_info()
