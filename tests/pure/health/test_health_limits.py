"""Each finding about an account at its limit, with the values that fill its sentence."""

from dataclasses import replace
from datetime import datetime, timedelta

from ....connections.quota import Quota
from ....findings import Finding, Level
from ....health.assess import ANNOUNCED, assess_incoming, assess_outgoing, to_announce
from ....health.facts import Incoming, Jobs, Outgoing, Server
from ...kit.pure import PureCase

NOW = datetime(2026, 11, 26, 12)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INCOMING = Incoming(NOW, jobs=Jobs("Fetch", own="Fetch mine"), last_fetch=NOW - 4 * MINUTE)
OUTGOING = Outgoing(NOW, jobs=Jobs("Queue"), last_sent=NOW - HOUR)
SEEN = Server(seen=True, host="mx.example.com", encryption="ssl")
OK, NOTE, WARNING, BAD = Level


class LimitCase(PureCase):
    def assert_found(self, found, *expected):
        """All findings but those that all is well, with their values."""
        wrong = [item for item in found if item.level is not OK]
        self.assertEqual(wrong, list(expected))


class TestFacts(PureCase):
    def test_what_was_not_found_out_is_not_known(self):
        self.assertEqual(Jobs(), Jobs("", True, "", True, True, True, None))
        self.assertEqual(Server(), Server(False, "", False, "none", frozenset(), None, False, None))
        self.assertEqual(
            Incoming(NOW),
            Incoming(
                *(NOW, Server(), Jobs(), None, "", 0, None, 0, ""),
                *("imap", "seen", True, False, None, 0, 0, 5 * MINUTE, False),
            ),
        )
        self.assertEqual(
            Outgoing(NOW), Outgoing(NOW, Server(), Jobs(), None, "", 0, None, 0, "", None, 0, "")
        )


class TestIncoming(LimitCase):
    def test_what_is_said_alone(self):
        broken = replace(INCOMING, failing_since=NOW, failed=3)
        self.assertEqual(
            assess_incoming(replace(broken, confirmed=False, other_database=True)),
            [Finding("account_unconfirmed", WARNING)],
        )
        self.assertEqual(
            assess_incoming(replace(broken, other_database=True)),
            [Finding("account_other_database", BAD)],
        )

    def test_a_fetch(self):
        facts = replace(INCOMING, last_count=3, last_seconds=1.26)
        values = {"ago": 4 * MINUTE, "count": "3", "seconds": "1.3"}
        self.assertEqual(assess_incoming(facts), [Finding("fetch_ok", OK, values)])
        self.assertEqual(assess_incoming(Incoming(NOW)), [Finding("fetch_never", NOTE)])

    def test_a_fetch_is_late_after_three_turns_and_ten_minutes(self):
        for every, last in ((5 * MINUTE, 25 * MINUTE), (HOUR, 190 * MINUTE)):
            facts = replace(INCOMING, every=every, last_fetch=NOW - last)
            self.assert_found(assess_incoming(facts))
            late = replace(facts, last_fetch=NOW - last - SECOND)
            values = {"ago": last + SECOND, "every": every, "job": "Fetch"}
            self.assert_found(assess_incoming(late), Finding("fetch_late", BAD, values))
            # what the jobs say is the reason already
            stopped = replace(late, jobs=replace(INCOMING.jobs, main_active=False))
            off = Finding("jobs_fetch_off", BAD, {"job": "Fetch"})
            self.assert_found(assess_incoming(stopped), off)

    def test_trouble_for_more_than_an_hour_is_failing(self):
        for age, code, level in (
            (HOUR, "trouble", WARNING),
            (HOUR + SECOND, "failing", BAD),
        ):
            values = {"ago": age, "error": "No."}
            facts = replace(INCOMING, failing_since=NOW - age, error="No.")
            self.assert_found(assess_incoming(facts), Finding(f"fetch_{code}", level, values))
            facts = replace(OUTGOING, failing_since=NOW - age, error="No.")
            expected = Finding(f"send_{code}", level, values)
            self.assertEqual(assess_outgoing(facts), [expected])

    def test_jobs(self):
        off = {"main_active": False, "own_active": False, "lanes_active": False}
        facts = replace(INCOMING, several_accounts=True, jobs=replace(INCOMING.jobs, **off))
        self.assert_found(
            assess_incoming(facts),
            Finding("jobs_fetch_off", BAD, {"job": "Fetch"}),
            Finding("jobs_account_off", BAD, {"job": "Fetch mine"}),
            Finding("jobs_lanes_off", BAD),
        )
        for overdue, here, code in (
            (15 * MINUTE, True, None),
            (15 * MINUTE + SECOND, True, "jobs_none_run"),
            (15 * MINUTE + SECOND, False, "jobs_none_here"),
        ):
            jobs = replace(INCOMING.jobs, overdue=overdue, run_here=here)
            expected = [Finding(code, BAD, {"ago": overdue})] if code else []
            with self.subTest(overdue=overdue, here=here):
                self.assert_found(assess_incoming(replace(INCOMING, jobs=jobs)), *expected)

    def test_mail_waits_at_most_ten_minutes(self):
        for age, late in ((10 * MINUTE, False), (10 * MINUTE + SECOND, True)):
            facts = replace(INCOMING, waiting=2, waiting_since=NOW - age)
            expected = [Finding("mail_waiting", BAD, {"count": "2", "ago": age})] if late else []
            self.assert_found(assess_incoming(facts), *expected)
        for change in ({"waiting": 0}, {"waiting_since": None}):
            self.assert_found(assess_incoming(replace(facts, **change)))

    def test_mail_that_failed(self):
        values = {"count": "2", "error": "Broken"}
        for facts, assess, code in (
            (INCOMING, assess_incoming, "mail_failed"),
            (OUTGOING, assess_outgoing, "send_failed"),
        ):
            facts = replace(facts, failed=2, last_failure="Broken.")
            self.assert_found(assess(facts), Finding(code, WARNING, values))
            self.assert_found(assess(replace(facts, failed=0)))

    def test_the_quota(self):
        for used, code, level in (
            (90, "quota_ok", OK),
            (91, "quota_near", WARNING),
            (98, "quota_near", WARNING),
            (99, "quota_full", BAD),
        ):
            server = Server(quota=Quota("MESSAGE", used, 100))
            found = assess_incoming(replace(INCOMING, server=server))
            values = {"percent": str(used), "used": str(used), "limit": "100"}
            with self.subTest(used=used):
                self.assertIn(Finding(code, level, values), found)
                self.assertEqual(len(found), 2)

    def test_the_certificate(self):
        for left, checked, code, level in (
            (14 * DAY + SECOND, False, "certificate_ok", OK),
            (14 * DAY, False, "certificate_ends", WARNING),
            (14 * DAY, True, "certificate_ends_strict", WARNING),
            (3 * DAY + SECOND, False, "certificate_ends", WARNING),
            (3 * DAY, True, "certificate_ends_strict", BAD),
            (SECOND, False, "certificate_ends", BAD),
            (0 * DAY, False, "certificate_ended", BAD),
            (0 * DAY, True, "certificate_ended", BAD),
        ):
            server = replace(SEEN, certificate_end=NOW + left, certificate_checked=checked)
            values = {"host": "mx.example.com", "end": (NOW + left).date()}
            with self.subTest(left=left, checked=checked):
                for facts, assess in ((INCOMING, assess_incoming), (OUTGOING, assess_outgoing)):
                    found = assess(replace(facts, server=server))
                    self.assertIn(Finding(code, level, values), found)
                    self.assertEqual(len(found), 2)
                    unseen = assess(replace(facts, server=replace(server, seen=False)))
                    self.assertEqual(len(unseen), 1)

    def test_a_connection_without_encryption(self):
        for capabilities, local, code, level in (
            ((), False, "certificate_none", WARNING),
            ((), True, "certificate_none", NOTE),
            (("STARTTLS",), False, "certificate_none_offered", WARNING),
            (("STLS",), False, "certificate_none_offered", WARNING),
            (("STLS",), True, "certificate_none_offered", NOTE),
        ):
            server = replace(SEEN, encryption="none", local=local)
            server = replace(server, capabilities=frozenset(capabilities))
            expected = Finding(code, level, {"host": "mx.example.com"})
            with self.subTest(capabilities=capabilities, local=local):
                self.assert_found(assess_outgoing(replace(OUTGOING, server=server)), expected)

    def test_what_a_server_cannot_do(self):
        for kind, after, capabilities, expected in (
            ("imap", "seen", {"X"}, []),
            ("imap", "move", {"MOVE"}, []),
            ("imap", "move", {"UIDPLUS"}, [("no_move", NOTE)]),
            ("imap", "move", {"X"}, [("no_uidplus", WARNING), ("no_move", NOTE)]),
            ("imap", "delete", {"MOVE"}, [("no_uidplus", WARNING)]),
            ("imap", "delete", {"UIDPLUS"}, []),
            ("imap", "delete", set(), []),
            ("pop", "delete", {"UIDL"}, []),
            ("pop", "delete", {"TOP"}, [("no_uidl", BAD)]),
            ("pop", "delete", set(), []),
        ):
            server = replace(SEEN, capabilities=frozenset(capabilities))
            facts = replace(INCOMING, server=server, kind=kind, after_fetch=after)
            with self.subTest(kind=kind, after=after, capabilities=capabilities):
                found = [Finding(f"capability_{code}", level) for code, level in expected]
                self.assert_found(assess_incoming(facts), *found)


class TestOutgoing(LimitCase):
    def test_the_last_email(self):
        facts = replace(OUTGOING, served_today=7)
        values = {"ago": HOUR, "count": "7"}
        self.assertEqual(assess_outgoing(facts), [Finding("send_ok", OK, values)])
        self.assertEqual(assess_outgoing(Outgoing(NOW)), [Finding("send_never", NOTE)])

    def test_emails_that_wait_for_more_than_an_hour(self):
        for since, age, level in (
            (None, 0 * HOUR, NOTE),
            (NOW - HOUR, HOUR, NOTE),
            (NOW - HOUR - SECOND, HOUR + SECOND, WARNING),
        ):
            facts = replace(OUTGOING, waiting=3, waiting_since=since, last_answer="451")
            values = {"count": "3", "ago": age, "error": "451"}
            self.assert_found(assess_outgoing(facts), Finding("send_waiting", level, values))

    def test_the_queue(self):
        facts = replace(OUTGOING, jobs=Jobs("Queue", main_active=False))
        self.assert_found(assess_outgoing(facts), Finding("jobs_queue_off", BAD, {"job": "Queue"}))


class TestAnnounced(PureCase):
    def test_what_administrators_are_told_of(self):
        expected = (
            "fetch_failing fetch_late send_failing quota_near quota_full certificate_ends"
            " certificate_ends_strict certificate_ended jobs_fetch_off jobs_account_off"
            " jobs_lanes_off jobs_queue_off"
        )
        self.assertEqual(ANNOUNCED, set(expected.split()))
        for code in expected.split():
            finding = Finding(code, BAD, {"end": "2026-12-01"})
            about = {code: "2026-12-01"}
            self.assertEqual(to_announce([finding], {}, None), ([finding], about))
            self.assertEqual(to_announce([finding], about, None), ([], about))
            self.assertEqual(to_announce([finding], {code: ""}, None), ([finding], about))

    def test_a_mailbox_at_its_limit_is_told_of_again_after_it_was_emptied(self):
        told = {"quota_near": "", "fetch_late": ""}
        for percent, remembered in (
            (None, {}),
            (84.9, {}),
            (85, {"quota_near": ""}),
            (89, {"quota_near": ""}),
        ):
            with self.subTest(percent=percent):
                self.assertEqual(to_announce([], told, percent), ([], remembered))
