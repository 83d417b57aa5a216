"""The comparison of a trial: what Odoo did beside what the router would have done."""

from ....ledger.codes import STATES, LedgerReason, LedgerState
from ....router.codes import Reason, State, selection
from ....router.verdicts.bounce import Bounce
from ....router.verdicts.spam import Spam
from ....trial.comparison import Comparison, Did, compare, is_lost
from ...kit.pure import PureCase

SALES, JOBS, THREAD = "alias:1", "alias:2", "record:crm.lead:7"
FALLBACK = "record:crm.lead:0"


class TestCodes(PureCase):
    def test_what_is_stored_and_what_people_read(self):
        self.assertEqual(
            selection(Did),
            [
                ("pending", "Not known yet"),
                ("record", "Created or updated a record"),
                ("noted", "Recorded a bounce"),
                ("bounced", "Sent it back to the sender"),
                ("nothing", "Nothing"),
                ("failed", "Failed with an error"),
            ],
        )
        self.assertEqual(
            selection(Comparison),
            [
                ("same", "Same"),
                ("better", "Router is better"),
                ("differs", "Different"),
                ("pending", "Not known yet"),
            ],
        )


class TestCompare(PureCase):
    def test_the_verdict(self):
        routed, sorted_, ignored = State.ROUTED, State.QUARANTINED, State.IGNORED
        cases = [
            # Odoo, its places, the router's state and places, verdict, lost
            (Did.RECORD, [SALES], routed, [SALES], Comparison.SAME, False),
            (Did.RECORD, [SALES, JOBS], routed, [JOBS, SALES], Comparison.SAME, False),
            (Did.RECORD, [THREAD], routed, [SALES], Comparison.DIFFERS, False),
            (Did.RECORD, [SALES], routed, [SALES, JOBS], Comparison.BETTER, False),
            (Did.RECORD, [SALES, JOBS], routed, [SALES], Comparison.DIFFERS, False),
            (Did.RECORD, [FALLBACK], routed, [SALES], Comparison.BETTER, False),
            (Did.RECORD, [FALLBACK], routed, [FALLBACK], Comparison.SAME, False),
            (Did.RECORD, [SALES], sorted_, [], Comparison.DIFFERS, False),
            (Did.RECORD, [SALES], ignored, [], Comparison.DIFFERS, False),
            (Did.FAILED, [], routed, [SALES], Comparison.BETTER, True),
            (Did.FAILED, [], sorted_, [], Comparison.BETTER, True),
            (Did.FAILED, [], ignored, [], Comparison.SAME, False),
            (Did.FAILED, [], LedgerState.FAILED, [], Comparison.DIFFERS, True),
            (Did.FAILED, [], None, [], Comparison.DIFFERS, True),
            (Did.BOUNCED, [], routed, [SALES], Comparison.BETTER, True),
            (Did.BOUNCED, [], sorted_, [], Comparison.BETTER, True),
            (Did.BOUNCED, [], ignored, [], Comparison.DIFFERS, False),
            (Did.NOTHING, [], routed, [SALES], Comparison.DIFFERS, False),
            (Did.NOTHING, [], sorted_, [], Comparison.DIFFERS, False),
            (Did.NOTHING, [], ignored, [], Comparison.SAME, False),
            (Did.NOTED, [], routed, [SALES], Comparison.DIFFERS, False),
            (Did.PENDING, [], routed, [SALES], Comparison.PENDING, False),
            (Did.PENDING, [], None, [], Comparison.PENDING, False),
        ]
        for did, native, state, targets, verdict, lost in cases:
            with self.subTest(did=did, native=native, state=state, targets=targets):
                reason = Reason.ALIAS if targets else Reason.UNMATCHED
                self.assertIs(compare(did, native, state, reason, targets), verdict)
                self.assertIs(is_lost(did, state), lost)

    def test_a_report_that_both_take_for_one(self):
        for state in (State.IGNORED, State.ROUTED):
            found = compare(Did.NOTED, [], state, Bounce.reason, [])
            self.assertIs(found, Comparison.SAME)

    def test_places_of_a_mail_that_is_held_are_no_places(self):
        found = compare(Did.RECORD, [SALES], State.QUARANTINED, Spam.reason, [SALES])
        self.assertIs(found, Comparison.DIFFERS)

    def test_what_is_lost_is_never_called_alike(self):
        for did in Did:
            for state in (*STATES, None):
                if is_lost(did, state):
                    found = compare(did, [], state, LedgerReason.ERROR, [])
                    self.assertNotEqual(found, Comparison.SAME)
