"""Routing a message again after an alias or a rule changed, and what that would do."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...router.chain import decide
from ...router.codes import Reason, State
from ..routing.odoo_directory import OdooDirectory


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    rule_ids = fields.Many2many(
        "mail.catchall.rule",
        "catchall_message_rule_rel",
        "message_id",
        "rule_id",
        "Rules",
        readonly=True,
        help="The routing rules that matched this email.",
    )
    list_name = fields.Char(
        "List",
        compute="_compute_list_name",
        help="The newsletter or mailing list that sent this email.",
    )

    def _compute_list_name(self):
        for row in self:
            row.list_name = (row.facts or {}).get("list", False)

    def _preview_decision(self, directory=None):
        """Return what the router would decide about this message now; it changes nothing.

        What is said while a message is delivered (an application refuses it, a sender wrote too
        often) is not known before.

        :param directory: an :class:`OdooDirectory` to ask, when many rows are asked about
        :return: :class:`~..router.decision.Decision`, None while only the mailbox has the bytes
        """
        self.ensure_one()
        self._check_can_sort()
        row = self.sudo()  # sudo: the user may see the message; the decision looks at all there is
        if not row.has_source:
            return None
        directory = (directory or OdooDirectory(row.env)).for_row(row)
        policy = directory.policy(row.fetchmail_server_id)
        return decide(row._received_mail(), directory, policy, row._signed_by())

    def _would_change(self, decision):
        """Whether a decision differs from what became of this row."""
        fresh = {route.target for route in decision.routes} - set(self.route_ids.mapped("target"))
        if fresh:
            return True
        if self.route_ids:
            return False  # it keeps the records it has
        return (self.state, self.reason) != (str(decision.state), str(decision.reason))

    def _keeps_records(self, decision):
        """Whether a message that would go nowhere now has records already: both stay."""
        return decision.state is not State.ROUTED and bool(self.route_ids)

    def _keep_records(self):
        by_alias = bool(self.route_ids.alias_id)
        self.write(
            {
                "state": str(State.ROUTED),
                "reason": str(Reason.ALIAS if by_alias else Reason.REPLY),
                "explanation": self.env._("Keeps its existing records"),
            }
        )

    def action_preview(self):
        """Show what would happen to these messages now, before they are routed again."""
        self._check_can_sort()
        return self.env["mail.catchall.preview"]._open(rows=self)

    def action_accept_list(self):
        """Accept the lists of these messages for the aliases they were sent to, and route them."""
        self._check_can_sort()
        for row in self:
            if row.reason != Reason.BULK or not row.list_name:
                raise UserError(
                    self.env._(
                        "“%(subject)s” is not a mailing-list message. Route it by hand.",
                        subject=row.display_name,
                    )
                )
            row._named_aliases()._catchall_accept_list(row.list_name)
        return self.action_replay()

    def _named_aliases(self):
        """Return the aliases this message was sent to, whose records the user may create."""
        self.ensure_one()
        directory = OdooDirectory(self.sudo().env)
        ids = {
            alias.id
            for item in self.recipients or []
            for alias in directory.aliases(item["address"])
        }
        # sudo: administrators alone write aliases; what the user may do is checked here
        aliases = self.env["mail.alias"].sudo().browse(sorted(ids))
        if not aliases:
            raise UserError(
                self.env._(
                    "“%(subject)s” was not sent to an alias. Route it by hand.",
                    subject=self.display_name,
                )
            )
        for alias in aliases:
            self.env[alias.alias_model_id.model].check_access("create")
        return aliases
