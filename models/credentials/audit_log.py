"""Audit logs (OCA's ``auditlog``) are told no secret: they would keep it for ever, in plain text.

That addon wraps ``create``, ``write``, ``read`` and ``unlink`` of any model an administrator names,
sees values before ours and reads records as their code does. All that it knows passes
``create_logs``, where what is secret is taken out.
"""

from odoo import models

# Fields of other models of ours: passwords that are typed, links that log somebody in, and the
# exact bytes of messages, which may hold such links.
SECRET_FIELDS = {
    "mail.catchall.invitation": ("url",),
    "mail.catchall.message": ("source",),
    "mail.catchall.setup": ("password", "outgoing_password"),
    "mail.catchall.where": ("text", "file"),
}
_MARK = "catchall_keeps_secrets"


class CatchallSecrets(models.AbstractModel):
    _inherit = "mail.catchall.secrets"

    def _register_hook(self):
        super()._register_hook()
        if "auditlog.rule" in self.env:
            _keep_from_logs(self.env.registry["auditlog.rule"])


def secret_fields(env, model):
    """Names of the fields of a model whose values no log may hold."""
    found = set(SECRET_FIELDS.get(model, ()))
    accounts = env[model]
    if hasattr(accounts, "_catchall_secret_names"):
        found.update(accounts._catchall_secret_names(), accounts._catchall_doubles())
    return found


def _keep_from_logs(rules):
    """Wrap ``create_logs`` of a database's class of rules, once."""
    create_logs = rules.create_logs
    if getattr(create_logs, _MARK, False):
        return

    def without_secrets(self, uid, res_model, res_ids, method, *args, **kwargs):
        secret = secret_fields(self.env, res_model)
        if secret:
            args = [_without(values, secret) for values in args]
            kwargs = {name: _without(values, secret) for name, values in kwargs.items()}
        return create_logs(self, uid, res_model, res_ids, method, *args, **kwargs)

    setattr(without_secrets, _MARK, True)
    rules.create_logs = without_secrets


def _without(values, secret):
    """Values by record, ``{id: {field: value}}``, without some fields; all else as it is."""
    if not isinstance(values, dict):
        return values
    return {
        key: {name: row[name] for name in row if name not in secret}
        if isinstance(row, dict)
        else row
        for key, row in values.items()
    }
