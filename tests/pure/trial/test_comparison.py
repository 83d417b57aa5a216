"""The verdict of a trial run: what Odoo did beside what the router would have done."""

from ....router.codes import Reason, State
from ....trial.comparison import Did, Verdict, compare, is_lost
from ...kit.pure import PureCase

SALES, JOBS, THREAD = "alias:1", "alias:2", "record:crm.lead:7"
FALLBACK = "record:crm.lead:0"


class TestCompare(PureCase):
    def test_the_verdict(self):
        routed, sorted_, ignored = State.ROUTED, State.QUARANTINED, State.IGNORED
        cases = [
            # Odoo, its places, the router's state and places, verdict, lost
            (Did.RECORD, [SALES], routed, [SALES], Verdict.SAME, False),
            (Did.RECORD, [SALES, JOBS], routed, [JOBS, SALES], Verdict.SAME, False),
            (Did.RECORD, [THREAD], routed, [SALES], Verdict.DIFFERS, False),
            (Did.RECORD, [SALES], routed, [SALES, JOBS], Verdict.BETTER, False),
            (Did.RECORD, [SALES, JOBS], routed, [SALES], Verdict.DIFFERS, False),
            (Did.RECORD, [FALLBACK], routed, [SALES], Verdict.BETTER, False),
            (Did.RECORD, [FALLBACK], routed, [FALLBACK], Verdict.SAME, False),
            (Did.RECORD, [SALES], sorted_, [], Verdict.DIFFERS, False),
            (Did.RECORD, [SALES], ignored, [], Verdict.DIFFERS, False),
            (Did.FAILED, [], routed, [SALES], Verdict.BETTER, True),
            (Did.FAILED, [], sorted_, [], Verdict.BETTER, True),
            (Did.FAILED, [], ignored, [], Verdict.SAME, False),
            (Did.FAILED, [], State.FAILED, [], Verdict.DIFFERS, True),
            (Did.FAILED, [], None, [], Verdict.DIFFERS, True),
            (Did.BOUNCED, [], routed, [SALES], Verdict.BETTER, True),
            (Did.BOUNCED, [], sorted_, [], Verdict.BETTER, True),
            (Did.BOUNCED, [], ignored, [], Verdict.DIFFERS, False),
            (Did.NOTHING, [], routed, [SALES], Verdict.DIFFERS, False),
            (Did.NOTHING, [], sorted_, [], Verdict.DIFFERS, False),
            (Did.NOTHING, [], ignored, [], Verdict.SAME, False),
            (Did.NOTED, [], routed, [SALES], Verdict.DIFFERS, False),
            (Did.PENDING, [], routed, [SALES], Verdict.PENDING, False),
            (Did.PENDING, [], None, [], Verdict.PENDING, False),
        ]
        for did, native, state, targets, verdict, lost in cases:
            with self.subTest(did=did, native=native, state=state, targets=targets):
                reason = Reason.ALIAS if targets else Reason.UNMATCHED
                self.assertIs(compare(did, native, state, reason, targets), verdict)
                self.assertIs(is_lost(did, state), lost)

    def test_a_report_that_both_take_for_one(self):
        for state in (State.IGNORED, State.ROUTED):
            found = compare(Did.NOTED, [], state, Reason.BOUNCE, [])
            self.assertIs(found, Verdict.SAME)

    def test_places_of_a_mail_that_is_held_are_no_places(self):
        found = compare(Did.RECORD, [SALES], State.QUARANTINED, Reason.SPAM, [SALES])
        self.assertIs(found, Verdict.DIFFERS)

    def test_what_is_lost_is_never_called_alike(self):
        for did in Did:
            for state in (*State, None):
                if is_lost(did, state):
                    self.assertNotEqual(compare(did, [], state, Reason.ERROR, []), Verdict.SAME)
