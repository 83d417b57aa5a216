"""Rules of the administrator: what they look like in Odoo. What they mean is in router/rules/."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools.i18n import format_list

from ...router.codes import selection
from ...router.message import addresses
from ...router.places import User
from ...router.rules.patterns import Operator
from ...router.rules.rules import Action, Aspect, Rule
from ..windows import list_window

# Fields that a rule may set on new records, of any model that has them; fields that an
# administrator has created come on top. Never who follows a record, who the customer is, or
# what money is booked on.
DEFAULT_FIELDS = (
    "user_id user_ids team_id tag_ids categ_ids category_id priority stage_id project_id "
    "milestone_id department_id job_id medium_id source_id campaign_id company_id type lang_id"
).split()
DEFAULT_TYPES = "char text integer float boolean selection many2one many2many".split()


class CatchallRule(models.Model):
    _name = "mail.catchall.rule"
    _description = "Routing Rule"
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(
        default=True,
        help="An inactive rule does nothing, but can be tried on emails received earlier.",
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",  # none would mean: all companies
        default=lambda self: self._default_company(),
        help="The rule applies only to mail for this company's domains. Leave empty for all "
        "domains.",
    )
    fetchmail_server_ids = fields.Many2many(
        "fetchmail.server",
        "catchall_rule_fetchmail_server_rel",
        ondelete="restrict",  # a list that becomes empty would mean: all accounts
        string="Accounts",
        domain=["|", ("is_catchall", "=", True), ("catchall_shadow", "=", True)],
        groups="base.group_system",
        help="The rule applies only to mail that these accounts receive. Leave empty for all "
        "accounts.",
    )
    condition_ids = fields.One2many(
        "mail.catchall.rule.condition", "rule_id", "Conditions", copy=True
    )
    # What tells a rule for every email from one whose conditions are gone, however they went.
    every_message = fields.Boolean(
        "Every Email",
        default=True,
        help="The rule has no condition on purpose. A rule that has lost its conditions does "
        "nothing until it gets new ones, or until this is switched on.",
    )
    match = fields.Selection(
        [("all", "all conditions match"), ("any", "any condition matches")],
        "Matches When",
        required=True,
        default="all",
    )
    action = fields.Selection(selection(Action), required=True, default=str(Action.ALIAS))
    stop = fields.Boolean(
        "Stop Processing",
        compute="_compute_stop",
        store=True,
        readonly=False,
        help="The email goes nowhere else for the recipients that this rule matches, and no "
        "further rule is checked for them. Otherwise, further rules and the email's addresses "
        "still count: the email can reach several destinations.",
    )
    alias_id = fields.Many2one("mail.alias", ondelete="set null")
    record_ref = fields.Reference("_record_models", "Record")
    user_id = fields.Many2one("res.users", domain=[("share", "=", False)], ondelete="set null")
    model_id = fields.Many2one(
        "ir.model", "New Records", domain=[("is_mail_thread", "=", True)], ondelete="cascade"
    )
    default_ids = fields.One2many("mail.catchall.rule.default", "rule_id", "Values", copy=True)
    allowed_field_ids = fields.Many2many(
        "ir.model.fields", string="Allowed Fields", compute="_compute_allowed_field_ids"
    )
    catchall_message_ids = fields.Many2many(
        "mail.catchall.message",
        "catchall_message_rule_rel",
        "rule_id",
        "message_id",
        "Emails",
        readonly=True,
        copy=False,
    )
    # Counted, never written: a counter on the rule would make lanes wait for each other.
    hit_count = fields.Integer("Matches", compute="_compute_hits")
    last_hit_date = fields.Datetime("Last Match", compute="_compute_hits")
    summary = fields.Char("Summary of Conditions", compute="_compute_summary")
    problem = fields.Char(compute="_compute_problem")

    def _init_column(self, column_name):
        """Of rules from before: those without conditions were about every email on purpose.

        Never one that dismisses: that was refused as long as somebody had a say.
        """
        result = super()._init_column(column_name)
        if column_name == "every_message":
            self.env.cr.execute(
                """
                UPDATE mail_catchall_rule r SET every_message = FALSE
                 WHERE r.action = %s OR EXISTS (
                       SELECT FROM mail_catchall_rule_condition c WHERE c.rule_id = r.id)
                """,
                [str(Action.IGNORE)],
            )
        return result

    @api.model
    def _default_company(self):
        """None, which means all of them, for who may work in all of them."""
        return self.env["res.company"] if self._may_rule_all() else self.env.company

    @api.model
    def _may_rule_all(self):
        """Whether this user may write rules for the mail of every company."""
        if self.env.su:
            return True
        # sudo: whether there are others; which ones is not told
        everything = self.env["res.company"].sudo().search_fetch([], ["id"])
        return not everything - self.env.user.company_ids

    @api.onchange("condition_ids")
    def _onchange_condition_ids(self):
        if self.condition_ids:
            self.every_message = False

    @api.model
    def _record_models(self):
        return self.env["mail.catchall.route.wizard"]._record_models()

    @api.depends("action")
    def _compute_stop(self):
        for rule in self:
            rule.stop = rule.action not in (Action.DEFAULTS, Action.ACCEPT, Action.FORM)

    @api.depends("action", "alias_id", "model_id")
    def _compute_allowed_field_ids(self):
        Field = self.env["ir.model.fields"].sudo()  # sudo: names of fields
        for rule in self:
            rule.allowed_field_ids = Field.search(
                [
                    ("model", "=", rule._target_model()),
                    ("ttype", "in", DEFAULT_TYPES),
                    ("readonly", "=", False),
                    "|",
                    ("name", "in", DEFAULT_FIELDS),
                    "&",
                    ("state", "=", "manual"),
                    ("related", "=", False),
                ]
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hits(self):
        """Of the emails that the reader may see: a rule may be for several companies."""
        emails = self.env["mail.catchall.message"].with_context(active_test=False)
        groups = emails._read_group(
            [("rule_ids", "in", self.ids)],
            ["rule_ids"],
            ["__count", "fetched_date:max"],
        )
        hits = {rule.id: found for rule, *found in groups}
        for rule in self:
            rule.hit_count, rule.last_hit_date = hits.get(rule.id, (0, False))

    @api.depends("match", "condition_ids.summary", "every_message")
    @api.depends_context("lang")
    def _compute_summary(self):
        for rule in self:
            summaries = list(filter(None, rule.condition_ids.mapped("summary")))
            style = "standard" if rule.match == "all" else "or"
            nothing = self.env._("Every email") if rule.every_message else False
            rule.summary = format_list(self.env, summaries, style) if summaries else nothing

    @api.depends("action", "alias_id", "record_ref", "user_id", "model_id", "default_ids")
    @api.depends("condition_ids.kind", "every_message")
    def _compute_problem(self):
        """Say why a rule does nothing although it is active: its target may be gone."""
        texts = {
            Action.ALIAS: self.env._("The alias no longer exists or has no address."),
            Action.RECORD: self.env._("The record no longer exists."),
            Action.USER: self.env._("The user no longer exists or has no address."),
            Action.DEFAULTS: self.env._("No value is set."),
        }
        for rule in self:
            rule.problem = False if rule._has_target() else texts.get(rule.action, False)
            if not all(item._is_usable() for item in rule.condition_ids):
                rule.problem = self.env._("A condition names a classification that is gone.")
            elif not (rule.condition_ids or rule.every_message):
                rule.problem = self.env._("It has no condition. Add one, or choose “Every Email”.")

    # --- checks

    @api.constrains("action", "alias_id", "record_ref", "user_id", "model_id", "default_ids")
    def _check_target(self):
        """Refuse a rule that could do nothing."""
        for rule in self:
            if not rule._has_target():
                raise ValidationError(
                    self.env._("“%(rule)s”: %(problem)s", rule=rule.name, problem=rule.problem)
                )
            model = rule._target_model()
            strange = rule.default_ids.field_id - rule.allowed_field_ids if model else False
            if strange:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” sets “%(field)s”, which these records do not have or which "
                        "rules may not set. Choose another field.",
                        rule=rule.name,
                        # sudo: the name of a field
                        field=strange[0].sudo().field_description,
                    )
                )

    @api.constrains("action", "condition_ids", "every_message")
    def _check_not_everything(self):
        for rule in self:
            if rule.condition_ids:
                continue
            if rule.action == Action.IGNORE:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” would dismiss every email. Add a condition.", rule=rule.name
                    )
                )
            if rule.action == Action.FORM:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” would treat every sender as a web form. Add a condition.",
                        rule=rule.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_written(vals_list)
        rules = super().create(vals_list)
        rules._forget_every_message()
        rules._check_company()
        rules._check_rights()
        return rules

    def write(self, vals):
        self._check_written([vals])
        self._check_company()
        result = super().write(vals)
        self._forget_every_message()
        self._check_company()
        if {"action", "alias_id", "record_ref", "model_id", "active"} & vals.keys():
            self._check_rights()
        return result

    def unlink(self):
        self._check_company()
        return super().unlink()

    @api.model
    def _check_written(self, vals_list):
        """Which emails a rule matched is written by routing alone."""
        if not self.env.su and any("catchall_message_ids" in vals for vals in vals_list):
            raise AccessError(self.env._("The emails that a rule matched cannot be changed."))

    def _forget_every_message(self):
        """A rule that has conditions is not about every email once they are gone."""
        if rules := self.filtered(lambda rule: rule.every_message and rule.condition_ids):
            rules.every_message = False

    def _check_company(self):
        """A rule without a company holds for the mail of all: only who may work in all writes it.

        Nor does a company get a rule from who does not work there. No constraint: Odoo runs those
        with all rights, and it asks for rights on a row before it is written alone.
        """
        self.check_access("write")
        shared = self.filtered(lambda rule: not rule.company_id)
        if shared and not self._may_rule_all():
            raise AccessError(
                self.env._(
                    "“%(rule)s” applies to the mail of all companies, and you may not work in all "
                    "of them. Choose a company for your rule.",
                    rule=shared[0].name,
                )
            )

    def _check_rights(self):
        """A rule acts with the gateway's rights: who writes it needs these rights as well.

        No constraint: Odoo runs those with all rights.
        """
        for rule in self:
            model = rule._target_model()
            if rule.action == Action.RECORD:
                rule.record_ref.check_access("write")
            elif rule.action == Action.ALIAS and rule.alias_id.alias_force_thread_id:
                record = self.env[model].browse(rule.alias_id.alias_force_thread_id)
                record.check_access("write")
            elif model:
                self.env[model].check_access("create")

    def _target_model(self):
        """Return the name of the model whose new records the rule makes or changes, or ``""``."""
        self.ensure_one()
        alias, model = self.alias_id.sudo(), self.model_id.sudo()  # sudo: names of models
        if self.action == Action.ALIAS:
            return alias.alias_model_id.model or ""
        return (model.model or "") if self.action == Action.DEFAULTS else ""

    def _has_target(self):
        self.ensure_one()
        if self.action == Action.ALIAS:
            name = self.alias_id.alias_full_name or ""
            has_address = "@" in name or (name and self.alias_id.alias_incoming_local)
            return bool(has_address) and self._target_model() in self.env
        if self.action == Action.RECORD:
            return bool(self.record_ref and self.record_ref.exists())
        if self.action == Action.USER:
            user = self.user_id.sudo()  # sudo: the address is needed, not shown
            return bool(user.active and not user.share and user.email_normalized)
        if self.action == Action.DEFAULTS:
            return self._target_model() in self.env and bool(self.default_ids)
        return True

    # --- for the router

    def _router_rule(self, aliases):
        """Return this rule as the router reads it, None when what it names is gone.

        :param dict aliases: the router's aliases by id
        """
        self.ensure_one()
        alias = aliases.get(self.alias_id.id)
        if not self._has_target() or (self.action == Action.ALIAS and not alias):
            return None
        usable = all(item._is_usable() for item in self.condition_ids)
        is_empty = not usable or not (self.condition_ids or self.every_message)
        # sudo: the name of a domain; a company without a domain of its own gets no mail
        domains = {company.sudo().alias_domain_id.name or "" for company in self.company_id}
        is_record = self.action == Action.RECORD
        return Rule(
            id=self.id or self._origin.id,
            name=self.name or "",
            action=Action(self.action),
            conditions=()
            if is_empty
            else tuple(item._router_condition() for item in self.condition_ids),
            is_empty=is_empty,
            any_condition=self.match == "any",
            stop=self.stop,
            accounts=frozenset(self.fetchmail_server_ids.ids),
            domains=frozenset(map(addresses.normalise_domain, domains)),
            alias=alias if self.action == Action.ALIAS else None,
            model=self.record_ref._name if is_record else self._target_model(),
            res_id=self.record_ref.id if is_record else 0,
            user=User(self.user_id.id, self.user_id.email_normalized or "")
            if self.action == Action.USER
            else None,
            defaults=tuple(item._router_default() for item in self.default_ids if item._is_usable())
            if self._target_model()
            else (),
        )

    # --- buttons

    @api.model
    def _catchall_treat_as_form(self, address, company):
        """Make the rule that this sender is a web form, for mail of that company (none: of all of
        them), unless there is one.
        """
        rules = self.search(
            [("action", "=", str(Action.FORM)), ("company_id", "in", [False, *company.ids])]
        )
        known = rules.condition_ids.filtered(
            lambda item: item.part == Aspect.SENDER and item.operator == Operator.EQUALS
        )
        if any(address in (item.value or "").split() for item in known):
            return
        condition = {
            "part": str(Aspect.SENDER),
            "operator": str(Operator.EQUALS),
            "value": address,
        }
        self.create(
            {
                "name": self.env._("%(address)s is a web form", address=address),
                "action": str(Action.FORM),
                "company_id": company.id,
                "condition_ids": [fields.Command.create(condition)],
            }
        )

    def action_open_mails(self):
        """Open the messages that this rule matched."""
        self.ensure_one()
        domain = [("rule_ids", "in", self.ids)]
        return list_window(self.env, "action_mail_catchall_message", domain, context={})

    def action_try(self):
        """Show what this rule would change on the last messages; it changes nothing."""
        self.ensure_one()
        return self.env["mail.catchall.preview"]._open(rule=self)
