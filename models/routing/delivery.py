"""One message on its way from the ledger to its records.

The router is asked, the message handed over, and written down what came of it.

Everything here happens inside the caller's savepoint, and is undone with it.
"""

import copy
from dataclasses import replace
from functools import cached_property

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...content.files import reaction_in
from ...ledger.codes import LedgerReason, LedgerState
from ...router.codes import Reason, State
from ...router.message import headers
from ...router.tokens.loop_mark import find_loop_mark
from ...router.verdicts.bounce import Bounce
from .bounce import handle_bounce, note_likely_bounce
from .handover import Handover
from .held_back import AutomaticReplies
from .notice import send_notice
from .parsing import parse
from .rate import exceeds_rate
from .routing_context import RouteRefused, routing
from .waiting import waits_for_original

# Whom an application finds that cannot do without a sender (RFC 2606 §2).
NOBODY = "unproven@sender.invalid"


class Delivery:
    """A row of the ledger, and the batch whose transaction it is routed in."""

    def __init__(self, row, batch):
        row.ensure_one()
        self.row, self.batch, self.env = row, batch, row.env
        self.policy = batch.directory.policy(row.fetchmail_server_id)

    @cached_property
    def mail(self):
        """The message as the router reads it."""
        return self.row._received_mail()

    def route(self):
        """Decide about the message and carry the decision out.

        :return: the errors that keep it from some place, for the caller to note
        """
        row = self.row
        if row.state != LedgerState.RECEIVED:
            return []  # a person was quicker, or the batch was routed and only its end failed
        if waits_for_original(row, self.mail):
            return []
        decision = self.decide()
        row._write_decision(decision)
        row.company_id = self.batch.directory.company_id(decision) or row.company_id
        if row._keeps_records(decision):
            row._keep_records()
        elif decision.state == State.ROUTED:
            return self._deliver(decision)
        elif decision.reason == Bounce.reason:
            proved = decision.state == State.IGNORED
            (handle_bounce if proved else note_likely_bounce)(row, decision, self.batch)
        elif decision.reason == Reason.UNMATCHED:
            send_notice(row, decision, self.mail)
        return []

    def decide(self):
        """Return the router's decision on this message."""
        self.row.identity = self.row._identity(self.mail)
        directory = self.batch.directory.for_row(self.row)
        chain = self.env["mail.catchall.chain"]
        return chain._decide(self.mail, directory, self.policy, self.row._signed_by())

    def route_to(self, route, explanation):
        """Take one route that a person has chosen, in the customer's name.

        :raises Exception: whatever keeps the message from that place
        """
        reason = Reason.ALIAS if route.alias else Reason.REPLY
        chosen = replace(self.decide(), state=State.ROUTED, reason=reason, routes=(route,))
        for error in self._deliver(chosen, check_rate=False):
            raise error
        if route.target not in self.row.route_ids.mapped("target"):
            raise UserError(self.row.explanation)
        self.row._settle(State.ROUTED, reason, explanation, error=False)

    # --- the routes

    def _deliver(self, decision, check_rate=True):
        """Take every route that this message has not taken yet; a savepoint and fresh values each.

        What an application refuses waits for a person. An error spares the other routes, whose
        rows keep a retry from taking them again.
        """
        row = self.row
        taken = set(row.route_ids.mapped("target"))
        routes = [route for route in decision.routes if route.target not in taken]
        if check_rate and any(exceeds_rate(row, route, decision) for route in routes):
            text = self.env._("Too many new records from this sender")
            row._settle(State.QUARANTINED, LedgerReason.RATE, text)
            return []
        if not routes:
            return []
        with routing(self.env.cr, self.batch):
            message, values = parse(row, self.mail, decision, self.policy)
            if decision.answerable and not decision.nameless:
                self.env["mail.thread"]._routing_reset_bounce(message, values)
        refused, errors = [], []
        for route in routes:
            try:
                self._take(route, decision, message, values)
            except RouteRefused as refusal:
                refused.append(str(refusal))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the transaction is spoilt: the lane replays it
            except Exception as error:
                errors.append(error)
        if refused:
            row.explanation = "; ".join(refused)[:1000]
            if not row.route_ids and not errors:
                row._settle(State.QUARANTINED, decision.reason, row.explanation)
        return errors

    def _take(self, route, decision, message, values):
        try:
            self._take_once(route, decision, message, _fresh(values))
        except TypeError:
            # project_task.message_new puts the name of the project's alias together with its
            # domain to leave it out of the recipients, and there may be no name. Without
            # recipients it does not get there.
            self._take_once(route, decision, message, {**_fresh(values), "to": ""})
        except IndexError:
            if not decision.nameless:
                raise
            # account.move and hr.expense take the first address of From for granted.
            self._take_once(route, decision, message, _fresh(values), sender=NOBODY)

    def _take_once(self, route, decision, message, values, sender=""):
        """Make the record, and in the same transaction the row that says so (law 2)."""
        with self.env.cr.savepoint(), routing(self.env.cr, self.batch) as context:
            context.hops = self._hops(message)
            replies = AutomaticReplies(self, decision, route)
            handover = Handover(
                self.row, message, values, decision, context, reaction=reaction_in(self.mail)
            )
            model, res_id = handover.take(route, sender)
            note = context.note
            self.env["mail.catchall.route"].create(
                {
                    "catchall_message_id": self.row.id,
                    "model": model,
                    "res_id": res_id,
                    "alias_id": route.alias.id if route.alias else False,
                    "mail_message_id": context.posted.id if context.posted else False,
                    "target": route.target,
                    "note": str(note.kind) if note else False,
                    "identity": self.row.identity,
                }
            )
            # Acknowledgements are posted by precommit hooks: now, in the routing context.
            self.env.cr.flush()
            replies.hold(model, res_id, context.mail_ids)
            if context.note:
                replies.keep_inside(context.mail_ids)

    def _hops(self, message):
        """How many records of ours the message has passed through, by the mark that we signed."""
        if headers.X_CATCHALL_LOOP not in message:
            return 0
        mark = find_loop_mark(self.mail, self.policy.secret)
        return mark.hops if mark else 0


def _fresh(values):
    """A copy that one route may change: Odoo's engine pops and rewrites keys as it goes."""
    return {
        key: copy.copy(item) if isinstance(item, (list, dict)) else item
        for key, item in values.items()
    }
