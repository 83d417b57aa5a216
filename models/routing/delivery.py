"""Routing one row of the ledger: ask the router, deliver the message, write down the outcome."""

import copy

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...router.chain import decide
from ...router.codes import Reason, State
from ...router.decision import Decision
from ...router.message import headers
from ...router.message.repair import printable
from ...router.places import Route
from ...router.tokens.loop_mark import find_loop_mark
from .odoo_directory import OdooDirectory
from .routing_transaction import Batch, RouteRefused, routing


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _route(self, batch):
        """Decide about this message and carry the decision out, inside the caller's savepoint."""
        self.ensure_one()
        if self.state != State.RECEIVED:
            return  # a person was quicker, or the batch was routed and only its end failed
        mail = self._received_mail()
        if self._waits_for_original(mail):
            return
        self.identity = mail.fingerprint
        directory = batch.directory.for_row(self)
        decision = decide(
            mail, directory, directory.policy(self.fetchmail_server_id), self._signed_by()
        )
        self._write_decision(decision)
        self.company_id = directory.company_id(decision) or self.company_id
        if self._keeps_records(decision):
            self._keep_records()
            return
        if decision.state == State.ROUTED:
            errors = self._deliver(decision, batch)
            if errors:
                self._note_failure(self, errors[0])
        elif decision.reason == Reason.BOUNCE:
            self._handle_bounce(decision, batch)
        elif decision.reason == Reason.UNMATCHED:
            self._send_notice(decision, mail)

    def _write_decision(self, decision):
        decided = [finding.text for finding in decision.trace if finding.decided]
        if not decided and decision.state == State.QUARANTINED:
            decided = [finding.text for finding in decision.trace[-1:]]
        self.write(
            {
                "state": str(decision.state),
                "reason": str(decision.reason),
                "recipients": [item.as_json() for item in decision.recipients],
                "recipient_names": ", ".join(item.address for item in decision.recipients),
                "author_check": str(decision.author_check),
                "verdicts": ", ".join(decision.verdicts),
                "trace": [finding.as_json() for finding in decision.trace],
                "facts": decision.facts or False,
                **({"rule_ids": [Command.set(decision.rules)]} if decision.rules else {}),
                "contact": decision.contact,
                "explanation": printable("; ".join(decided))[:1000],
                "error": False,
                "next_try_date": False,
                "waiting_since": False,
                "waiting_for": False,
                "claim_pid": False,
                "claim_start": False,
            }
        )

    # ------------------------------------------------------------
    # Delivering
    # ------------------------------------------------------------

    def _deliver(self, decision, batch, check_rate=True):
        """Take every route that this message has not taken yet; a savepoint and fresh values each.

        What an application refuses waits for a person. An error spares the other routes, whose
        rows keep a retry from taking them again.

        :return: the errors, for the caller to keep with the message
        """
        taken = set(self.route_ids.mapped("target"))
        routes = [route for route in decision.routes if route.target not in taken]
        if check_rate and any(self._exceeds_rate(route, decision) for route in routes):
            self._quarantine(Reason.RATE, self.env._("Too many new records from this sender"))
            return []
        if not routes:
            return []
        MailThread = self.env["mail.thread"]
        with routing(self.env.cr, batch):
            message, values = MailThread._catchall_parse(self, decision)
            if not decision.verdicts:
                MailThread._routing_reset_bounce(message, values)
        refused, errors = [], []
        for route in routes:
            try:
                self._take_guarded(route, decision, message, values, batch)
            except RouteRefused as refusal:
                refused.append(str(refusal))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the transaction is spoilt: the lane replays it
            except Exception as error:
                errors.append(error)
        if refused:
            self.explanation = "; ".join(refused)[:1000]
            if not self.route_ids and not errors:
                self._quarantine(decision.reason, self.explanation)
        return errors

    def _take_guarded(self, route, decision, message, values, batch):
        try:
            with self.env.cr.savepoint(), routing(self.env.cr, batch) as guard:
                self._take(route, decision, message, _fresh(values), guard)
                self._hold_back_answers(decision, guard)
        except TypeError:
            # project_task.message_new puts the name of the project's alias together with its
            # domain to leave it out of the recipients, and there may be no name. Without
            # recipients it does not get there.
            with self.env.cr.savepoint(), routing(self.env.cr, batch) as guard:
                self._take(route, decision, message, {**_fresh(values), "to": ""}, guard)
                self._hold_back_answers(decision, guard)

    def _take(self, route, decision, message, values, guard):
        """Make the record, and in the same transaction the row that says so (law 2)."""
        guard.hops = self._hops(message, guard.batch)
        MailThread = self.env["mail.thread"].with_context(
            default_fetchmail_server_id=self.fetchmail_server_id.id
        )
        model, res_id = MailThread._catchall_deliver(self, message, values, route, decision)
        self.env["mail.catchall.route"].create(
            {
                "catchall_message_id": self.id,
                "model": model,
                "res_id": res_id,
                "alias_id": route.alias.id if route.alias else False,
                "mail_message_id": guard.posted.id if guard.posted else False,
                "target": route.target,
                "identity": self.identity,
            }
        )
        # Acknowledgements are posted by precommit hooks: now, under the guard.
        self.env.cr.flush()

    def _hops(self, message, batch):
        """How many records of ours the mail has passed through, by the mark that we signed."""
        if headers.X_CATCHALL_LOOP not in message:
            return 0
        secret = batch.directory.policy(self.fetchmail_server_id).secret
        mark = find_loop_mark(self._received_mail(), secret)
        return mark.hops if mark else 0

    def _hold_back_answers(self, decision, guard):
        """Cancel what a new record replied by itself to a program (its acknowledgement, say)."""
        if not decision.verdicts:
            return
        mails = self.env["mail.mail"].browse(guard.mail_ids).exists()
        contact = decision.contact
        mails.filtered(
            lambda mail: (
                contact
                and (
                    contact in (mail.email_to or "").lower()
                    or contact in mail.recipient_ids.mapped("email_normalized")
                )
            )
        ).cancel()

    def _quarantine(self, reason, explanation):
        self.write(
            {
                "state": str(State.QUARANTINED),
                "reason": str(reason),
                "explanation": explanation,
            }
        )

    # ------------------------------------------------------------
    # By hand
    # ------------------------------------------------------------

    def _route_by_hand(self, alias_id=None, model=None, res_id=None):
        """Carry out what a person chose, after checking that they may do it themselves."""
        self.ensure_one()
        route = self._chosen_route(alias_id, model, res_id)
        # sudo and root: the message is posted as the gateway posts, in the customer's name. What
        # the person may do was checked in _chosen_route.
        row = self.with_user(self.env.ref("base.user_root")).sudo()
        if not row.has_source:
            raise UserError(
                self.env._(
                    "“%(subject)s” is still only in the mailbox. If it is too large, raise the "
                    "account's size limit. Then choose “Route Again”, which fetches it.",
                    subject=self.display_name,
                )
            )
        if route.target in row.route_ids.mapped("target"):
            raise UserError(
                self.env._(
                    "“%(subject)s” has already been routed there.", subject=self.display_name
                )
            )
        batch = Batch(row.env)
        directory = batch.directory.for_row(row)
        mail = row._received_mail()
        row.identity = mail.fingerprint
        decision = decide(
            mail, directory, directory.policy(row.fetchmail_server_id), row._signed_by()
        )
        chosen = Decision(
            state=State.ROUTED,
            reason=Reason.ALIAS if route.alias else Reason.REPLY,
            routes=(route,),
            contact=decision.contact,
            contact_name=decision.contact_name,
            author_check=decision.author_check,
            verdicts=decision.verdicts,
        )
        for error in row._deliver(chosen, batch, check_rate=False):
            raise error
        if route.target not in row.route_ids.mapped("target"):
            raise UserError(row.explanation)
        row.write(
            {
                "state": str(State.ROUTED),
                "reason": str(chosen.reason),
                "explanation": self.env._("Routed by %(user)s", user=self.env.user.name),
                "error": False,
                "claim_pid": False,
            }
        )
        # the queue sends what the records' applications wrote
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _chosen_route(self, alias_id, model, res_id):
        if alias_id:
            # sudo: aliases are readable by administrators only; the right on what it makes counts
            alias = self.env["mail.alias"].sudo().browse(alias_id).exists()
            if not alias:
                raise UserError(self.env._("This alias no longer exists. Choose another one."))
            known = [
                item
                for items in OdooDirectory(self.sudo().env)._aliases.values()
                for item in items
                if item.id == alias.id
            ]
            target = self.env[alias.alias_model_id.model]
            if alias.alias_force_thread_id:
                target.browse(alias.alias_force_thread_id).check_access("write")
            else:
                target.check_access("create")
            if not known:
                raise UserError(
                    self.env._(
                        "%(alias)s has no address. Give it a name and a domain first.",
                        alias=alias.display_name,
                    )
                )
            return Route(known[0].model, known[0].force_thread_id, alias=known[0])
        if model not in self.env or not hasattr(self.env[model], "message_post"):
            raise UserError(
                self.env._(
                    "Records of type “%(model)s” cannot receive emails. Choose another type.",
                    model=model,
                )
            )
        if not res_id:
            self.env[model].check_access("create")
            return Route(model)
        record = self.env[model].browse(res_id).exists()
        if not record:
            raise UserError(self.env._("This record no longer exists. Choose another one."))
        record.check_access("write")
        return Route(model, record.id)

    def _fallback_message_id(self):
        """A Message-ID for a message that has none: the same each time it is routed."""
        return f"<{self.identity[:32]}@mail-catchall-router>"


def _fresh(values):
    """A copy that one route may change: Odoo's engine pops and rewrites keys as it goes."""
    return {
        key: copy.copy(item) if isinstance(item, (list, dict)) else item
        for key, item in values.items()
    }
