"""From facts about an account to what is said of it, and what administrators are told, once."""

from dataclasses import replace
from datetime import datetime, timedelta

from ....connections.quota import Quota, fullest, parse_quotas
from ....findings import Finding, Level, worst
from ....health.assess import (
    ANNOUNCED,
    assess_incoming,
    assess_outgoing,
    to_announce,
)
from ....health.facts import Incoming, Jobs, Outgoing, Server
from ....health.sentences import CAPABILITIES, WORDING
from ...kit.pure import PureCase

NOW = datetime(2026, 11, 26, 12)
HOURS, DAYS, MINUTES = (timedelta(**{unit: 1}) for unit in ("hours", "days", "minutes"))
SERVER = Server(
    seen=True,
    host="mx.example.com",
    encryption="ssl",
    capabilities=frozenset({"MOVE", "UIDPLUS", "UIDL"}),
    certificate_end=NOW + 80 * DAYS,
)
INCOMING = Incoming(
    NOW, SERVER, Jobs("Fetch", own="Fetch mine"), last_fetch=NOW - 4 * MINUTES, last_count=3
)
OUTGOING = Outgoing(NOW, SERVER, Jobs("Queue"), last_sent=NOW - HOURS, served_today=7)


def certificate(**left):
    return replace(SERVER, certificate_end=NOW + timedelta(**left))


def with_jobs(**values):
    return replace(INCOMING, jobs=replace(INCOMING.jobs, **values))


def with_server(**values):
    return replace(INCOMING, server=replace(SERVER, **values))


class TestHealth(PureCase):
    def assert_found(self, assess, cases):
        for facts, expected in cases:
            with self.subTest(expected):
                found = {finding.code: str(finding.level) for finding in assess(facts)}
                for code, level in expected.items():
                    self.assertEqual(found.get(code), level)
                if all(level == "ok" for level in expected.values()):
                    self.assertEqual(worst(assess(facts)), Level.OK, found)
                for finding in assess(facts):
                    self.assertTrue(WORDING.sentences[finding.code] % finding.values)
                    self.assertTrue(WORDING.subject(finding.code))

    INCOMING_CASES = (
        (INCOMING, {"fetch_ok": "ok", "certificate_ok": "ok"}),
        (Incoming(NOW), {"fetch_never": "note"}),
        (replace(INCOMING, confirmed=False), {"account_unconfirmed": "warning"}),
        (replace(INCOMING, other_database=True), {"account_other_database": "bad"}),
        (
            replace(INCOMING, failing_since=NOW - 59 * MINUTES, error="No."),
            {"fetch_trouble": "warning"},
        ),
        (
            replace(INCOMING, failing_since=NOW - 61 * MINUTES, error="No."),
            {"fetch_failing": "bad"},
        ),
        (replace(INCOMING, error="No."), {"fetch_refused": "warning", "fetch_ok": "ok"}),
        (replace(INCOMING, last_fetch=NOW - 24 * MINUTES), {"fetch_ok": "ok"}),
        (replace(INCOMING, last_fetch=NOW - 26 * MINUTES), {"fetch_late": "bad"}),
        (with_jobs(main_active=False), {"jobs_fetch_off": "bad", "fetch_ok": "ok"}),
        (with_jobs(own_active=False), {"fetch_ok": "ok"}),
        (
            replace(with_jobs(own_active=False), several_accounts=True),
            {"jobs_account_off": "bad"},
        ),
        (with_jobs(lanes_active=False), {"jobs_lanes_off": "bad"}),
        (with_jobs(overdue=14 * MINUTES), {"fetch_ok": "ok"}),
        (with_jobs(run_here=False), {"fetch_ok": "ok"}),  # another Odoo runs them
        (with_jobs(overdue=16 * MINUTES), {"jobs_none_run": "bad"}),
        (with_jobs(overdue=16 * MINUTES, run_here=False), {"jobs_none_here": "bad"}),
        (
            replace(INCOMING, waiting=2, waiting_since=NOW - 9 * MINUTES),
            {"fetch_ok": "ok"},
        ),
        (
            replace(INCOMING, waiting=2, waiting_since=NOW - 11 * MINUTES),
            {"mail_waiting": "bad"},
        ),
        (replace(INCOMING, failed=1, last_failure="E."), {"mail_failed": "warning"}),
        (with_server(quota=Quota("STORAGE", 90, 100)), {"quota_ok": "ok"}),
        (with_server(quota=Quota("STORAGE", 91, 100)), {"quota_near": "warning"}),
        (with_server(quota=Quota("MESSAGE", 100, 100)), {"quota_full": "bad"}),
        (with_server(encryption="none"), {"certificate_none": "warning"}),
        (with_server(encryption="none", local=True), {"certificate_none": "note"}),
        (
            with_server(encryption="none", capabilities=frozenset({"STARTTLS"})),
            {"certificate_none_offered": "warning"},
        ),
        (replace(INCOMING, server=certificate(days=15)), {"certificate_ok": "ok"}),
        (replace(INCOMING, server=certificate(days=14)), {"certificate_ends": "warning"}),
        (replace(INCOMING, server=certificate(days=3)), {"certificate_ends": "bad"}),
        (replace(INCOMING, server=certificate(days=-1)), {"certificate_ended": "bad"}),
        (
            replace(with_server(capabilities=frozenset({"UIDPLUS"})), after_fetch="move"),
            {"capability_no_move": "note"},
        ),
        (
            replace(with_server(capabilities=frozenset({"X"})), after_fetch="delete"),
            {"capability_no_uidplus": "warning"},
        ),
        (
            replace(with_server(capabilities=frozenset({"TOP"})), kind="pop"),
            {"capability_no_uidl": "bad"},
        ),
        (replace(with_server(capabilities=frozenset()), kind="pop"), {"fetch_ok": "ok"}),
    )

    def test_incoming(self):
        self.assert_found(assess_incoming, self.INCOMING_CASES)

    def test_outgoing(self):
        strict = replace(certificate(days=5), certificate_checked=True)
        self.assert_found(
            assess_outgoing,
            [
                (OUTGOING, {"send_ok": "ok", "certificate_ok": "ok"}),
                (Outgoing(NOW), {"send_never": "note"}),
                (
                    replace(OUTGOING, failing_since=NOW - MINUTES, error="535"),
                    {"send_trouble": "warning"},
                ),
                (
                    replace(OUTGOING, failing_since=NOW - 2 * HOURS, error="535"),
                    {"send_failing": "bad"},
                ),
                (
                    replace(OUTGOING, waiting=1, waiting_since=NOW - MINUTES),
                    {"send_waiting": "note"},
                ),
                (
                    replace(OUTGOING, waiting=1, waiting_since=NOW - 2 * HOURS),
                    {"send_waiting": "warning"},
                ),
                (replace(OUTGOING, failed=1, last_failure="550"), {"send_failed": "warning"}),
                (
                    replace(OUTGOING, jobs=replace(OUTGOING.jobs, main_active=False)),
                    {"jobs_queue_off": "bad"},
                ),
                (replace(OUTGOING, server=strict), {"certificate_ends_strict": "warning"}),
            ],
        )

    def test_the_gravest_comes_first(self):
        facts = replace(INCOMING, failed=1, server=certificate(days=1))
        levels = [finding.level.gravity for finding in assess_incoming(facts)]
        self.assertEqual(levels, sorted(levels, reverse=True))

    def test_unknown_is_never_wrong(self):
        facts = replace(INCOMING, server=Server())
        self.assertEqual([f.code for f in assess_incoming(facts)], ["fetch_ok"])

    def test_administrators_are_told_once_until_it_changes(self):
        full = [Finding("quota_full", Level.BAD)]
        near, ok = [Finding("quota_near", Level.WARNING)], [Finding("quota_ok", Level.OK)]
        told = {}
        for findings, percent, expected in (
            (ok, 80, []),
            (near, 91, ["quota_near"]),
            (near, 95, []),
            (full, 99, ["quota_full"]),
            (near, 95, []),
            (ok, 89, []),  # to and fro around the limit
            (near, 91, []),
            (ok, 84, []),
            (near, 91, ["quota_near"]),
        ):
            fresh, told = to_announce(findings, told, percent)
            self.assertEqual([finding.code for finding in fresh], expected, percent)

    def test_another_certificate_is_announced(self):
        def ends(day):
            return [Finding("certificate_ends", Level.WARNING, {"end": f"2026-12-{day}"})]

        fresh, told = to_announce(ends(1), {}, None)
        self.assertTrue(fresh)
        self.assertFalse(to_announce(ends(1), told, None)[0])
        self.assertTrue(to_announce(ends(2), told, None)[0])
        self.assertEqual(to_announce([], told, None), ([], {}))

    def test_what_mends_itself_is_not_told(self):
        self.assertFalse(ANNOUNCED - WORDING.sentences.keys())
        for code in ("fetch_trouble", "send_trouble", "fetch_ok", "send_waiting", "mail_failed"):
            self.assertEqual(to_announce([Finding(code, Level.WARNING)], {}, None), ([], {}))

    def test_every_capability_says_what_its_lack_means(self):
        for kind, known in CAPABILITIES.items():
            for name, (present, missing) in known.items():
                with self.subTest(kind, name=name):
                    self.assertTrue(present.endswith("."))
                    self.assertTrue(missing.endswith("."))


class TestQuota(PureCase):
    def test_answers_of_servers(self):
        for lines, expected in (
            ([b'"User quota" (STORAGE 512 1024)'], [("STORAGE", 512, 1024)]),
            ([b'"" (STORAGE 10 512 MESSAGE 3 100)'], [("STORAGE", 10, 512), ("MESSAGE", 3, 100)]),
            ([b"user.root (storage 1 2)"], [("STORAGE", 1, 2)]),
            ([(b"{9}", b"User (x) y"), b" (STORAGE 1 2)"], [("STORAGE", 1, 2)]),
            ([b'"no limit" ()'], []),
            ([b'"odd" (STORAGE -1 2 MESSAGE x 3)'], []),
            ([b'"cut" (STORAGE 1)'], []),
            ([None], []),
            ([b"()"] * 1000, []),
        ):
            with self.subTest(lines[:2]):
                found = [(q.resource, q.used, q.limit) for q in parse_quotas(lines)]
                self.assertEqual(found, expected)

    def test_the_limit_that_is_reached_first(self):
        quotas = Quota("STORAGE", 1, 100), Quota("MESSAGE", 9, 10), Quota("MAILBOX", 10, 10)
        self.assertEqual(fullest(quotas), quotas[1])
        self.assertIsNone(fullest([]))
        self.assertEqual(Quota("STORAGE", 0, 0).percent, 100)

    def test_sizes_are_readable(self):
        self.assertEqual(Quota("STORAGE", 1536, 2 * 1024 * 1024).text, "1.5 MB / 2.0 GB")
        self.assertEqual(Quota("STORAGE", 182, 2000).text, "182 KB / 2.0 MB")
        self.assertEqual(Quota("MESSAGE", 1200, 5000).text, "1,200 / 5,000")
