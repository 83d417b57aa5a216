"""What nobody thought of: mutated mails. Each gets a decision, at once, and none raises.

``MAIL_ROUTER_FUZZ`` sets how many mails are tried; without it as many as 20 seconds allow, always
the same ones. A counter-example is printed with the seed mail and the mutations that made it.
"""

import os
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..router.chain import decide
from ..router.decision import AuthorCheck, Decision
from ..router.mail import ReceivedMail
from .corpora import corpus
from .pure import PureCase
from .verdict_kit import POLICY, Company, hop
from .verdict_kit import mail as made

EXAMPLES = int(os.environ.get("MAIL_ROUTER_FUZZ") or 0)
LIMIT_SECONDS = 0.25
MAX_BYTES = 2_000_000

PLAIN = b"From: a@example.org\r\nTo: sales@domain.com\r\nSubject: Offer\r\n\r\nHello\r\n"
REPORT = (
    b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nSubject: Undelivered Mail\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    b"--b\nContent-Type: text/plain\n\nfailed\n--b\nContent-Type: message/delivery-status\n\n"
    b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; b@example.org\nAction: failed\n"
    b"Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <1@domain.com>\n\n--b--\n"
)
SIGNED = (
    b"Authentication-Results: mx.domain.com; dkim=pass (key) header.d=example.org;\n"
    b" dmarc=fail (p=reject dis=none) header.from=example.org\n"
    b"Received: from x (x [198.51.100.1]) by mx.domain.com with ESMTPS id 1 for <sales@domain.com>;"
    b" Mon, 3 Nov 2025 10:00:00 +0100\nX-Spam-Flag: NO\nList-Id: <news.example.org>\n" + PLAIN
)

# What readers of mail stumble over, short, and long enough to show quadratic time.
MORSELS = (
    b"",
    b"\0",
    b"\r",
    b"\n\n",
    b"\r\n\r\n",
    b"\xff\xfe\x80",
    b"(" * 3_000,
    b'"' * 3_001,
    b"<" * 3_000,
    b"a@" * 3_000,
    b";=" * 3_000,
    b" " * 20_000,
    b"\n" * 20_000,
    b"a" * 50_000,
    b"a b " * 20_000,
    b"=?utf-8?q?=ff?= " * 2_000,
    b"=?utf-8?b?" * 2_000,
    b"--b\n" * 5_000,
    b"\n--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 300,
    b"\n--c\nContent-Type: message/rfc822\n\n" * 300,
    b"\nContent-Type: multipart/mixed; boundary=c\n",
    b"\nContent-Type: multipart/report; report-type=delivery-status\n",
    b"\nContent-Type: message/delivery-status\n\nAction: failed\n",
    b"\nContent-Transfer-Encoding: base64\n",
    b"\nContent-Type: text/plain; charset=unknown-8bit\n",
    b"\nReceived: from a (b [1.2.3.4]) by mx.domain.com with ESMTPSA; x" * 200,
    b"\nAuthentication-Results: mx.domain.com; " + b"(a=b;" * 2_000,
    b"\nReferences: " + b"<a@b> " * 3_000,
    b"\nTo: " + b"x <a@example.org>, " * 3_000,
    b"\nX-Failed-Recipients: a@example.org, b",
    b"\nReturn-Path: <>",
    b"\nFrom: MAILER-DAEMON@example.org\nSubject: Undelivered mail",
    b"could not be delivered to the following addresses " * 500,
    b"<a@example.org>: 550 5.1.1 unknown\n" * 1_000,
)


def seeds():
    """Mails to begin with: ours, and the public corpora where they are."""
    own = sorted((Path(__file__).parent / "mails").rglob("*.eml"))
    paths = [*own, *corpus("bounces"), *corpus("malformed")]
    return [PLAIN, REPORT, SIGNED, *(path.read_bytes()[:MAX_BYTES] for path in paths)]


SEEDS = seeds()
PLACE = st.integers(0, 999)
MUTATION = st.one_of(
    st.tuples(st.just("insert"), PLACE, st.integers(0, len(MORSELS) - 1)),
    st.tuples(st.just("flip"), PLACE, st.integers(1, 255)),
    st.tuples(st.just("cut"), PLACE, st.integers(1, 2_000)),
    st.tuples(st.just("double"), PLACE, st.integers(1, 200)),
    st.tuples(st.just("swap lines"), PLACE, PLACE),
    st.tuples(st.just("graft"), PLACE, st.integers(0, len(SEEDS) - 1)),
    st.tuples(st.just("line ends"), PLACE, st.integers(0, 2)),
)


def mutate(source, mutations):
    """Apply mutations one after the other; places are thousandths of the mail's length."""
    for kind, place, value in mutations:
        at = len(source) * place // 1000
        if kind == "insert":
            source = source[:at] + MORSELS[value] + source[at:]
        elif kind == "flip" and source:
            source = source[:at] + bytes([source[at] ^ value]) + source[at + 1 :]
        elif kind == "cut":
            source = source[:at] + source[at + value :]
        elif kind == "double":
            source = source[:at] + source[at : at + 300] * value + source[at:]
        elif kind == "swap lines":
            lines = source.split(b"\n")
            one, two = len(lines) * place // 1000, len(lines) * value // 1000
            lines[one], lines[two] = lines[two], lines[one]
            source = b"\n".join(lines)
        elif kind == "graft":
            other = SEEDS[value]
            source = source[:at] + other[len(other) * place // 1000 :]
        elif kind == "line ends":
            source = source.replace(b"\r\n", b"\n").replace(b"\n", (b"\n", b"\r", b"\r\n")[value])
        source = source[:MAX_BYTES]
    return source


def seconds_of(source):
    """CPU time of a decision: other work on the machine must not fail a test."""
    started = time.process_time()
    decision = decide(ReceivedMail.from_bytes(source), Company(), POLICY)
    return time.process_time() - started, decision


class TestFuzz(PureCase):
    @settings(
        max_examples=EXAMPLES or 1_000,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, len(SEEDS) - 1), st.lists(MUTATION, max_size=6))
    def test_every_mutated_mail_gets_a_decision_at_once(self, seed, mutations):
        source = mutate(SEEDS[seed], mutations)
        seconds, decision = seconds_of(source)
        if seconds > LIMIT_SECONDS:  # once more: it may have been the garbage collector
            seconds, decision = min(seconds_of(source), (seconds, decision), key=lambda it: it[0])
        self.assertIsInstance(decision, Decision)
        self.assertTrue(decision.trace)
        self.assertLessEqual(seconds, LIMIT_SECONDS, f"{len(source)} bytes")


PLANTED = (
    "Authentication-Results: mx.domain.com; dmarc=pass header.from=domain.com",
    "Authentication-Results: dkim=pass header.d=domain.com; dmarc=pass header.from=domain.com",
    "Authentication-Results: mx.google.com; dmarc=pass header.from=domain.com",
    "ARC-Authentication-Results: i=1; mx.domain.com; dmarc=pass header.from=domain.com",
    "Received: from [10.0.0.5] (unknown [10.0.0.5]) by mx.domain.com with ESMTPSA id 1; x",
    "Received: from localhost (localhost [127.0.0.1]) by mx.domain.com (Postfix) with ESMTPA; x",
    "Received: by mx.domain.com with ESMTPSA; x",
    "Received: (from user_a@localhost) by mx.domain.com with ESMTPSA; x",
    "Received-SPF: pass",
    "X-MS-Exchange-Organization-AuthAs: Internal",
    "X-MS-Exchange-CrossTenant-AuthAs: Internal",
    "X-Authenticated-Sender: user_a@domain.com",
    "Sender: user_a@domain.com",
    "From: user_a@domain.com",
    "Return-Path: <user_a@domain.com>",
    "DKIM-Signature: v=1; d=domain.com",
    "X-Catchall-Loop: v1 crm.lead,1 1 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "X-Spam-Flag: NO",
)


class TestUntrustedHeaders(PureCase):
    @settings(max_examples=EXAMPLES or 500, derandomize=not EXAMPLES, deadline=None, database=None)
    @given(st.lists(st.sampled_from(PLANTED), max_size=8))
    def test_nothing_that_a_sender_writes_makes_him_one_of_us(self, planted):
        mail = made("From: user_a@domain.com", above=[hop(), *planted], received=False)
        decision = decide(mail, Company(), POLICY)
        self.assertNotEqual(decision.author_check, AuthorCheck.VERIFIED)
