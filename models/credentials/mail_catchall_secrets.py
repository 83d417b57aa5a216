"""Secrets of catch-all accounts are write-only: they serve to log in, and nobody can read them.

Natively the browser of every system administrator receives the passwords of mail accounts, and an
export, or a search with ``like``, gives them away. Here whatever answers RPC (``read``, exports,
searches, groups, orders, copies, downloads) knows nothing of them. Code that logs in still takes
them from the record, as core and its OAuth addons do.

An account that was a catch-all account keeps its secrets hidden until they are typed anew:
otherwise, unmarking it for a moment would reveal them.
"""

from contextlib import contextmanager, nullcontext, suppress

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import AccessError, MissingError
from odoo.tools import SQL

from ...credentials import keeping
from ...credentials.redact import Redactor

STORED = "********"  # true: the forms of OAuth addons ask whether there is a token
# What a reader gets instead of a stored secret.
SHOWN = {
    "password": False,
    "smtp_pass": False,
    "smtp_ssl_private_key": STORED,
    "google_gmail_refresh_token": STORED,
    "google_gmail_access_token": STORED,
    "microsoft_outlook_refresh_token": STORED,
    "microsoft_outlook_access_token": STORED,
}
PASSWORDS = ("password", "smtp_pass")
FILE = "smtp_ssl_private_key"
USERS = ("user", "smtp_user")
_FETCHING = object()  # no client can send it in a context


class CatchallSecrets(models.AbstractModel):
    _name = "mail.catchall.secrets"
    _description = "Account with Write-only Secrets"

    catchall_secrets_kept = fields.Boolean("Secrets Are Kept", copy=False, groups=fields.NO_ACCESS)
    catchall_password_stored = fields.Boolean(
        "Password Stored", compute="_compute_catchall_password_stored"
    )
    catchall_password_hint = fields.Char(
        "Password Hint", compute="_compute_catchall_password_stored"
    )

    @api.model
    def _catchall_secret_names(self):
        return [name for name in SHOWN if name in self._fields]

    @api.model
    def _catchall_is_column(self, name):
        """Whether a field is a column of its own, and not one that another addon computes and
        writes elsewhere (OCA's mail_environment).
        """
        return bool(self._fields[name].store and self._fields[name].column_type)

    def _catchall_keeps_secrets(self):
        """Whether this account's secrets are hidden; in a form also before it is saved."""
        self.ensure_one()
        account = self.sudo()  # sudo: a mark that nobody may read or write
        saved = account._origin
        return bool(account.is_catchall or saved.is_catchall or saved.catchall_secrets_kept)

    def _compute_catchall_password_stored(self):
        for account in self:
            saved = account._origin.sudo()  # sudo: whether there is one, not which
            stored = any(saved[name] for name in PASSWORDS if name in saved._fields)
            stored = bool(stored and saved._catchall_keeps_secrets())
            account.catchall_password_stored = stored
            hint = stored and self.env._("Stored. Type to replace it.")
            if set(PASSWORDS) & set(account._catchall_names_from_file()):  # a new one too
                hint = self.env._("Read from the configuration file.")
            account.catchall_password_hint = hint

    # ------------------------------------------------------------------ writing

    def _catchall_divide(self, vals):
        """Return these accounts in parts: those whose secrets are kept, and the others.

        :return: (accounts, what the ORM writes, a context to write it in, which stores the secrets)
        """
        marked = vals.get("is_catchall")
        kept = self.filtered(lambda account: marked or account._catchall_keeps_secrets())
        rest, secrets = self._catchall_take_secrets(vals, kept=True)
        storing = kept._catchall_storing_secrets(
            secrets, self._catchall_typed_secrets(vals), unmarks=marked is False
        )
        parts = [(kept, rest, storing), (self - kept, vals, nullcontext())]
        return [part for part in parts if part[0]]

    @contextmanager
    def _catchall_storing_secrets(self, secrets, typed, *, unmarks):
        """Store the secrets apart; what else is written inside names none of them when it fails.

        :param typed: what was typed, also into fields that are written inside, by their inverse
        :param unmarks: whether the accounts are catch-all accounts no longer
        """
        # A row that breaks a constraint is quoted by PostgreSQL, with all its values.
        with self._catchall_keeping_secrets(*typed.values()):
            self._catchall_store_secrets(secrets)
            if unmarks:
                # sudo: a mark that nobody may write
                self.sudo().filtered("is_catchall").catchall_secrets_kept = True
            yield
            self.flush_recordset()
        self._catchall_stop_keeping(typed)

    @api.model
    def _catchall_typed_secrets(self, vals):
        """The secrets among values that are written, wherever their fields keep them."""
        names = [name for name in self._catchall_secret_names() if name in vals and name != FILE]
        return {name: vals[name] for name in names if not vals[name] or vals[name] != SHOWN[name]}

    def _catchall_typed(self, vals):
        """The values of a form, where an empty password is one that nobody typed."""
        if not self or not all(account._catchall_keeps_secrets() for account in self):
            return vals
        vals = {name: vals[name] for name in vals if vals[name] or name not in PASSWORDS}
        if vals.get("smtp_authentication", "login") != "login":
            vals.setdefault("smtp_pass", False)  # nobody could empty it in the form
        return vals

    @api.model
    def _catchall_take_secrets(self, vals, kept):
        """Split values into (what the ORM writes, secrets); a placeholder for a secret is none.

        A secret that is no column is written by the inverse of its field, and so by the ORM.
        """
        names = self._catchall_secret_names()
        rest, secrets = {}, {}
        for name, value in vals.items():
            if name in names and value and value == SHOWN[name]:
                continue
            # A file stays with the ORM: core insists on it as soon as the account is created.
            apart = kept and name in names and name != FILE and self._catchall_is_column(name)
            (secrets if apart else rest)[name] = value
        return rest, secrets

    def _catchall_store_secrets(self, secrets):
        """Not by the ORM: a query that fails, if only for being late, is logged with its values."""
        if not secrets or not self:
            return
        self.check_access("write")
        for name in secrets:
            self._check_field_access(self._fields[name], "write")
        self.invalidate_recordset(list(secrets))  # flushes first
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value or None) for name, value in secrets.items()
        )
        query = SQL(
            "UPDATE %s SET %s WHERE id IN %s",
            SQL.identifier(self._table),
            assignments,
            tuple(self.ids),
        )
        self.env.cr.execute(query, log_exceptions=False)
        self.modified(list(secrets))
        self._validate_fields(list(secrets))

    def _catchall_stop_keeping(self, typed):
        """Secrets that were typed into an ordinary account behave as in plain Odoo again."""
        if not typed:
            return
        # sudo: a mark that nobody may write
        for account in self.sudo().filtered(lambda a: a._catchall_is_ordinary()):
            stored = [name for name in self._catchall_secret_names() if account[name]]
            if all(name in typed for name in stored):
                account.catchall_secrets_kept = False

    def _catchall_is_ordinary(self):
        """Whether a secret that is typed now may be read as in plain Odoo."""
        return not self.is_catchall

    def copy_data(self, default=None):
        """A copy carries no secret of a catch-all account: it might be an ordinary one."""
        vals_list = super().copy_data(default)
        given = default or {}
        for account, vals in zip(self, vals_list, strict=True):
            if not vals or not account._catchall_keeps_secrets():
                continue
            for name in self._catchall_secret_names():
                if name not in given:
                    vals.pop(name, None)
            self._catchall_drop_doubles(vals)
            if vals.get("smtp_authentication") == "certificate" and not vals.get(FILE):
                vals["smtp_authentication"] = "login"  # core refuses it without the key
        return vals_list

    # ------------------------------------------------------------------ reading

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        doubles = self._catchall_doubles()
        secret = [name for name in self._catchall_secret_names() if name in fnames]
        if secret or any(name in fnames for name in doubles):
            kept = {account.id for account in self if account._catchall_exists_and_keeps()}
            for values in result:
                if values["id"] in kept:
                    values.update({name: values[name] and SHOWN[name] for name in secret})
                    self._catchall_drop_doubles(values)
        return result

    def _catchall_exists_and_keeps(self):
        try:
            return self._catchall_keeps_secrets()
        except MissingError:
            return False

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        names = {*SHOWN, *self._catchall_doubles()}
        secret = [i for i, path in enumerate(fields) if path and path[0] in names]
        if not secret:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        rows = []
        for account in self:
            part = super(CatchallSecrets, account)._export_rows(
                fields, _is_toplevel_call=_is_toplevel_call
            )
            if account._catchall_keeps_secrets():
                for row in part:
                    for i in secret:
                        row[i] = ""
            rows += part
        return rows

    def _fetch_query(self, query, fields):
        fetching = self.with_context(catchall_fetching=_FETCHING)
        fetched = super(CatchallSecrets, fetching)._fetch_query(query, fields)
        return self.browse(fetched._ids)

    def _field_to_sql(self, alias, field_expr, query=None):
        """In conditions, orders, groups and aggregates a kept secret is NULL, whoever asks."""
        column = super()._field_to_sql(alias, field_expr, query)
        secret = field_expr in SHOWN or field_expr in self._catchall_doubles()
        if not secret or self.env.context.get("catchall_fetching") is _FETCHING:
            return column
        return SQL(
            "CASE WHEN %s OR %s THEN NULL ELSE %s END",
            self._fields["is_catchall"].to_sql(self, alias),
            self._fields["catchall_secrets_kept"].to_sql(self, alias),
            column,
        )

    # ------------------------------------------------------------------ logging in

    def _catchall_redactor(self, *more):
        """What takes the secrets of these accounts, and ``more``, out of a text."""
        accounts = self.sudo()  # sudo: to hide them, they must be known
        names = [name for name in self._catchall_secret_names() if name != FILE]
        found = {account[name] for name in names for account in accounts} | set(more)
        users = [account[n] for n in USERS if n in self._fields for account in accounts]
        return Redactor({secret for secret in found if secret}, users[0] or "" if users else "")

    @contextmanager
    def _catchall_keeping_secrets(self, *more):
        """Nothing that is logged or raised inside names a secret of these accounts."""
        known = self._catchall_redactor(*more)

        def current():
            nonlocal known
            # A token may be new; where the transaction is broken, none was stored.
            with suppress(psycopg2.Error, MissingError):
                known = self._catchall_redactor(*more)
            return known

        with keeping(current):
            yield


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        secret = field_name in SHOWN and hasattr(record, "_catchall_keeps_secrets")
        if secret and record._catchall_keeps_secrets():
            raise AccessError(
                self.env._("The private key of a catch-all account can be replaced, but not read.")
            )
        return super()._record_to_stream(record, field_name)
