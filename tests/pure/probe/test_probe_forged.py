"""The message with forged results: what it shows of the way in, and when it shows nothing."""

from dataclasses import replace
from datetime import datetime

from ....probe.conclude import conclude
from ....probe.course import Course, Seen
from ....probe.forged import METHODS, forged_ids, read_removed
from ....probe.messages import forged_probe
from ....probe.sentences import WORDING
from ....router.message.mail import ReceivedMail
from ....router.policy import Policy
from ....router.tokens.probe_mark import Kind, find_probe
from ....router.tokens.tokens import TokenKey
from ...kit.pure import PureCase

KEY = TokenKey(b"secret", "3e1a5f7c-0000-4000-8000-123456789abc")
NOW = datetime(2026, 11, 2, 10, 0)
ID = "mx.google.com"
POLICY = Policy(
    domains=frozenset({"domain.com"}), own_addresses=frozenset(), own_hosts=frozenset({ID})
)
MESSAGE = forged_probe(KEY, 7, "domain.com", [ID], NOW)
HOP = "Received: from pc (dsl.isp.test [198.51.100.9]) by mx.google.com with ESMTPS id 1; M"
BEFORE = "Received: from pc by smtp.elsewhere.test with ESMTPSA id 1; M"
OURS = "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=x@elsewhere.test; dkim=none"
FIRST = b"Authentication-Results: mx.google.com;"


def arrived(*above, source=MESSAGE.source):
    lines = "".join(f"{line}\r\n" for line in above).encode()
    return ReceivedMail.from_bytes(lines + source)


def without(source, *names):
    lines = source.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not any(name in line for name in names))


REMOVED = without(MESSAGE.source, FIRST)
ALL_REMOVED = without(MESSAGE.source, b"Authentication-Results")


class TestForged(PureCase):
    def test_the_message(self):
        mail = ReceivedMail.from_bytes(MESSAGE.source)
        token = find_probe(mail, KEY)
        self.assertEqual((token.probe_id, token.part), (7, Kind.FORGED.part))
        self.assertEqual(mail.fields[0].name, "authentication-results")
        for method in METHODS:
            self.assertIn(f"{method}=pass", mail.fields[0].value)

    def test_ids_that_are_tested(self):
        policy = replace(POLICY, trusted_authserv_ids=frozenset({"filter.domain.com"}),
                         own_hosts=frozenset({ID, "*.outlook.com", "10.0.0.0/8"}))  # fmt: skip
        self.assertEqual(forged_ids(policy), ("filter.domain.com", ID))

    def test_what_it_shows(self):
        every = frozenset((ID, method) for method in METHODS)
        renamed = MESSAGE.source.replace(b"Authentication-Results", b"X-Original-Auth-Results")
        for name, mail, shown, doubt in (
            ("all is removed, directly", arrived(HOP, OURS, source=ALL_REMOVED), every, ""),
            ("ours alone is removed, sent by another", arrived(HOP, OURS, BEFORE, source=REMOVED),
             every, ""),
            ("renamed", arrived(HOP, OURS, BEFORE, source=renamed), every, ""),
            ("lost", arrived(HOP, OURS, BEFORE, source=ALL_REMOVED), frozenset(), "lost"),
            ("nothing is removed", arrived(HOP, OURS), frozenset(), ""),
            ("one method is", arrived(HOP, OURS, source=MESSAGE.source.replace(
                b"mx.google.com; spf=pass smtp.mailfrom=domain.com;", b"mx.google.com;")),
             {(ID, "spf")}, ""),
            ("names are taken off", arrived(HOP, source=ALL_REMOVED.replace(
                b"From:", b"Authentication-Results: mx.google.com; dkim=pass\r\nFrom:", 1)),
             every - {(ID, "dkim")}, ""),
            ("from within", arrived(HOP.replace("ESMTPS", "ESMTPSA"), source=ALL_REMOVED),
             frozenset(), "inside"),
            ("by no server of ours", arrived(HOP.replace(ID, "mx.x.test"), source=ALL_REMOVED),
             frozenset(), "unknown"),
        ):  # fmt: skip
            with self.subTest(name):
                found = read_removed(mail, POLICY, "domain.com")
                self.assertEqual((found.shown, found.doubt), (shown, doubt))

    def test_what_is_said(self):
        for mail, codes in (
            (arrived(HOP, OURS, source=REMOVED), {"forged_removed"}),
            (arrived(HOP, OURS), {"forged_kept"}),
            (arrived(HOP, BEFORE, source=ALL_REMOVED), {"forged_lost"}),
            (arrived(source=ALL_REMOVED), {"forged_unknown"}),
            (arrived(HOP.replace("ESMTPS", "ESMTPA")), {"forged_inside"}),
        ):
            seen = Seen(Kind.FORGED, "inbox", mail)
            course = Course("domain.com", NOW, NOW, over=True, seen=(seen,), policy=POLICY)
            found = conclude(course)
            said = {item.code: item for item in found.findings if item.code.startswith("forged")}
            self.assertEqual(set(said), codes)
            self.assertEqual(found.results_shown is None, not codes & {"forged_removed",
                                                                       "forged_kept"})  # fmt: skip
            for item in said.values():
                self.assertTrue(WORDING.sentences[item.code] % item.values)
