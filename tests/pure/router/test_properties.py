"""What holds for every message, whoever wrote it."""

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ....router.chain import Chain
from ....router.codes import AuthorCheck, State
from ....router.message.addresses import normalise, parse
from ....router.message.mail import ReceivedMail
from ....router.tokens.tokens import (
    BounceToken,
    ReplyToken,
    TokenKey,
    make_bounce_token,
    make_reply_token,
    read_bounce_token,
    read_reply_token,
)
from ....router.trust.boundary import find_boundary
from ...kit.memory_directory import MAILS, describe, world_directory
from ...kit.pure import PureCase

WORLD = world_directory()
POLICY = WORLD.policy()
SETTINGS = settings(max_examples=300, deadline=None, derandomize=True, database=None,
                    suppress_health_check=[HealthCheck.too_slow])  # fmt: skip

HOP = (
    "Received: from a.test (a.test [198.51.100.7]) by mx.example.com (Postfix) with ESMTPS id 1"
    " for <catchall@example.com>; Mon, 05 Oct 2026 09:12:41 +0200"
)
LOCALS = st.sampled_from(
    ["sales", "jobs", "support", "myname", "catchall", "nobody", "saels", "sales+x", "SALES"]
)
ADDRESSES = st.builds("{}@{}".format, LOCALS, st.sampled_from(["example.com", "x.test"]))
NAMES = st.sampled_from(sorted(path.name for path in MAILS.glob("*.eml")))
# What a stranger can put into their own part of the header to look like one of us.
CLAIMS = st.sampled_from(
    [
        "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com",
        "Authentication-Results: mx.example.com; dkim=pass header.d=example.com",
        "Authentication-Results: dkim=pass header.d=example.com;dmarc=pass",
        "ARC-Authentication-Results: i=1; mx.example.com; dmarc=pass header.from=example.com",
        "Received: from x (x.example.com [203.0.113.9]) by mx.example.com with ESMTPSA id 1; M",
        "Received: from localhost (localhost [127.0.0.1]) by mx.example.com with LMTP id 1; M",
        "Received: by mx.example.com (Postfix, from userid 0) id 1; M",
        "Received: by mail.example.com with SMTP id 1; M",
        "Received: (qmail 1 invoked by uid 89); M",
        "X-MS-Exchange-Organization-AuthAs: Internal",
        "X-MS-Exchange-CrossTenant-AuthAs: Internal",
        "DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=x; b=QUJD",
        "Received-SPF: pass (mx.example.com: domain of dana.ruiz@example.com)",
        "Return-Path: <dana.ruiz@example.com>",
        "Sender: dana.ruiz@example.com",
        "X-Original-To: board@example.com",
        "Delivered-To: board@example.com",
        "Envelope-To: board@example.com",
    ]
)
OTHER_FIELDS = st.lists(
    st.tuples(
        st.sampled_from(["Subject", "Date", "X-Mailer", "Comments", "Keywords", "MIME-Version"]),
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=30),
    ),
    max_size=5,
)


def mail(lines, body="Hello"):
    return ReceivedMail.from_bytes("\r\n".join([*lines, "", body]).encode())


def outcome(lines):
    decision = Chain().decide(mail(lines), WORLD, POLICY)
    return decision.state, decision.reason, {describe(route) for route in decision.routes}


class TestOrderOfEqualHeaders(PureCase):
    @SETTINGS
    @given(st.lists(st.lists(ADDRESSES, min_size=1, max_size=3), min_size=1, max_size=4),
           st.randoms())  # fmt: skip
    def test_order_of_to_fields_and_in_them_changes_nothing(self, fields, random):
        lines = [f"To: {', '.join(field)}" for field in fields]
        shuffled = [", ".join(random.sample(field, len(field))) for field in fields]
        random.shuffle(shuffled)
        sender = [HOP, "From: lena@customer.test"]
        other = [*sender, *(f"To: {field}" for field in shuffled)]
        self.assertEqual(outcome([*sender, *lines]), outcome(other))

    @SETTINGS
    @given(OTHER_FIELDS, st.lists(ADDRESSES, min_size=1, max_size=3), st.randoms())
    def test_order_of_the_senders_fields_changes_nothing(self, others, to, random):
        lines = [
            "From: lena@customer.test",
            f"To: {', '.join(to)}",
            "References: <177.lead42@example.com>",
            *{name: f"{name}: {value}" for name, value in others}.values(),
        ]
        shuffled = random.sample(lines, len(lines))
        self.assertEqual(outcome([HOP, *lines]), outcome([HOP, *shuffled]))

    @SETTINGS
    @given(st.lists(st.sampled_from(["<177.lead42@example.com>", "<181.lead42@example.com>",
                                     "<x@y>", "<178.applicant7@example.com>"]),
                    min_size=1, max_size=6), st.randoms())  # fmt: skip
    def test_order_of_references_changes_nothing(self, references, random):
        lines = [HOP, "From: lena@customer.test", "To: catchall@example.com"]
        shuffled = random.sample(references, len(references))
        self.assertEqual(
            outcome([*lines, f"References: {' '.join(references)}"]),
            outcome([*lines, f"References: {' '.join(shuffled)}"]),
        )


class TestTrust(PureCase):
    @SETTINGS
    @given(
        st.lists(CLAIMS, min_size=1, max_size=6),
        st.sampled_from(["dana.ruiz@example.com", "lena@customer.test"]),
    )
    def test_an_untrusted_header_never_raises_trust(self, claims, sender):
        plain = [f"From: {sender}", "To: sales@example.com", "Subject: s"]
        for at in range(len(plain) + 1):
            # Directly below our hop stand our own filters, unless the sender's header begins.
            lines = [HOP, "X-Sender-Begins: here", *plain[:at], *claims, *plain[at:]]
            found = Chain().decide(mail(lines), WORLD, POLICY)
            self.assertIsNot(found.author_check, AuthorCheck.VERIFIED)
            self.assertNotIn("board@example.com", {describe(route) for route in found.routes})

    @SETTINGS
    @given(st.lists(CLAIMS, max_size=6))
    def test_the_boundary_never_moves_down_for_what_stands_below(self, claims):
        lines = [HOP, "From: a@x.test", *claims]
        boundary = find_boundary(mail(lines), POLICY.domains, POLICY.own_hosts)
        self.assertEqual(boundary.first_untrusted, 1)

    @SETTINGS
    @given(st.text(st.characters(codec="ascii", exclude_characters="\r\n"), max_size=60))
    def test_no_helo_reaches_inside(self, helo):
        # Postfix, Exim, Exchange and Sendmail take no blanks, parentheses or quotes in HELO.
        assume(not set(helo) & set(' \t()<>";\\') and helo)
        forged = (
            "Received: from x (mail.example.com [203.0.113.9]) by mx.example.com with ESMTPSA; M"
        )
        for form in (
            "Received: from {} (unknown [198.51.100.66]) by mx.example.com (Postfix) with ESMTP; M",
            "Received: from [198.51.100.66] (helo={}) by mx.example.com with esmtp (Exim 4); M",
            "Received: from {} (198.51.100.66) by mx.example.com with Microsoft SMTP Server; M",
            "Received: from unknown (HELO {}) (198.51.100.66) by mx.example.com with SMTP; M",
            "Received: from {} ([198.51.100.66]) by mx.example.com (8.17.1) with ESMTP; M",
        ):
            lines = [form.format(helo), forged, "From: a@x.test"]
            boundary = find_boundary(mail(lines), POLICY.domains, POLICY.own_hosts)
            self.assertEqual(boundary.first_untrusted, 1, form)


class TestEveryDecision(PureCase):
    @SETTINGS
    @given(st.binary(max_size=400))
    def test_any_bytes_give_a_decision_with_a_trace(self, source):
        self.explained(source)

    @SETTINGS
    @given(NAMES, st.lists(st.tuples(st.integers(0, 1_500), st.binary(max_size=4)), max_size=8))
    def test_any_change_of_a_real_mail_gives_a_decision_with_a_trace(self, name, changes):
        source = bytearray((MAILS / name).read_bytes()[:20_000])
        for at, piece in changes:
            source[at : at + len(piece)] = piece
        self.explained(bytes(source))

    def explained(self, source):
        decision = Chain().decide(ReceivedMail.from_bytes(source), WORLD, POLICY)
        self.assertTrue(decision.trace)
        self.assertTrue(all(finding.step and finding.text for finding in decision.trace))
        self.assertEqual(decision.state is State.ROUTED, bool(decision.routes))
        self.assertEqual(len({route.target for route in decision.routes}), len(decision.routes))
        again = Chain().decide(ReceivedMail.from_bytes(source), WORLD, POLICY)
        self.assertEqual(decision, again, "the same message gives the same decision")


class TestAddresses(PureCase):
    @SETTINGS
    @given(st.text(max_size=80))
    def test_parsing_never_raises_and_normalising_is_stable(self, value):
        for found in parse(value):
            self.assertEqual(normalise(found.address), found.address)
            self.assertEqual(found.name, " ".join(found.name.split()))

    @SETTINGS
    @given(st.lists(ADDRESSES, min_size=1, max_size=5), st.sampled_from([", ", ",", ";", " , ,"]))
    def test_a_clean_list_is_read_in_full(self, items, separator):
        found = [item.address for item in parse(separator.join(items))]
        self.assertEqual(found, [normalise(item) for item in items])


class TestTokens(PureCase):
    numbers = st.integers(0, 2**24 - 1)

    @SETTINGS
    @given(st.integers(0, 2_000), numbers, numbers, numbers, st.binary(min_size=1, max_size=40))
    def test_reply_tokens_come_back_for_their_key_only(
        self, model, record, parent, partner, secret
    ):
        key, token = TokenKey(secret, "db"), ReplyToken(model, record, parent, partner)
        text = make_reply_token(key, token)
        self.assertLessEqual(len(f"reply-{text}"), 40)
        self.assertEqual(read_reply_token(key, text)[0], token)
        self.assertIsNone(read_reply_token(TokenKey(secret + b"x", "db"), text)[0])

    @SETTINGS
    @given(numbers, numbers, st.text("abcdefghijklmnopqrstuvwxyz234567", max_size=34))
    def test_no_text_is_a_token_by_chance(self, message, partner, text):
        key = TokenKey(b"secret", "db")
        self.assertIsNone(read_reply_token(key, text)[0])
        self.assertIsNone(read_bounce_token(key, text)[0])
        token = BounceToken(message, partner)
        self.assertEqual(read_bounce_token(key, make_bounce_token(key, token))[0], token)
