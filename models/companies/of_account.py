"""Whose an account is, and rows about accounts, which are for people of that company alone."""

from functools import reduce
from operator import and_

from odoo import api, fields, models
from odoo.fields import Domain

# Which field of each model names the domains that it is about; an alias domain is its own.
_DOMAINS = {
    "fetchmail.server": "alias_domain_ids",
    "ir.mail_server": "catchall_alias_domain_ids",
    "mail.alias.domain": None,
}


def company_of(account):
    """Return the company whose mail an account handles, by its domains; none if not one alone.

    :param account: an incoming or outgoing account, or an alias domain, one or none
    """
    name = _DOMAINS[account._name]
    companies = (account[name] if name else account).company_ids
    return companies if len(companies) == 1 else companies.browse()


def hidden_accounts(env, model, company_ids):
    """Return the accounts that are of another company than these.

    :param str model: ``fetchmail.server``, ``ir.mail_server`` or ``mail.alias.domain``
    :param company_ids: ids; ``False`` among them: accounts of no company are not hidden
    """
    # sudo: which accounts there are; the caller shows or hides rows by it
    accounts = env[model].sudo().with_context(active_test=False).search([])
    shown = set(company_ids)
    return accounts.filtered(lambda account: company_of(account).id not in shown)


def is_shown(env, account):
    """Whether an account is of a company that the user of ``env`` works in now, or of none."""
    # sudo: whose it is
    return env.su or company_of(account.sudo()).id in {False, *env.companies.ids}


class OfAccount(models.AbstractModel):
    """A row about accounts. Its company is asked for, not stored: it follows the domains."""

    _name = "mail.catchall.of.account"
    _description = "Row about an Account, for Its Company"

    # Fields that lead to the row's accounts, with the model of each.
    _catchall_accounts: dict[str, str] = {}

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        search="_search_company_id",
        compute_sudo=True,  # accounts and domains are not everybody's; the company is no secret
    )

    def _compute_company_id(self):
        for row in self:
            found = [
                company_of(account)
                for path, model in self._catchall_accounts.items()
                for account in row._catchall_account_at(path, model)
            ]
            row.company_id = next(filter(None, found), False)

    def _catchall_account_at(self, path, model):
        value = self.mapped(path)
        # Without a foreign key there is only the number.
        return self.env[model].browse(value).exists() if isinstance(value, list) else value

    @api.model
    def _search_company_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        return reduce(
            and_,
            (
                Domain(path, "not in", hidden_accounts(self.env, model, value).ids)
                for path, model in self._catchall_accounts.items()
            ),
        )
