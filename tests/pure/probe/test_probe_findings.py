"""Whole findings of a probe, with the values that fill their sentences."""

from datetime import datetime, timedelta

from ....domain_check.facts import Signature
from ....findings import Finding, Level
from ....probe import Conclusion, Course, Seen, Sent, conclude
from ....probe.answers import is_answer, read_answer, read_returned, says_nobody
from ....router.message.mail import ReceivedMail
from ....router.tokens.probe_mark import Kind
from ...kit.pure import PureCase

NOW = datetime(2026, 11, 2, 10, 0)
DOMAIN = "domain.com"
DATE = "Mon, 02 Nov 2026 10:00:05 +0000"
OK, NOTE, WARNING, BAD = Level
RECIPIENT_HEADERS = (
    *("x-original-to", "x-gm-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to"),
    *("x-delivered-to", "delivered-to", "x-forwarded-to", "x-forwarded-for", "x-apparently-to"),
    "original-recipient",
)


def address(kind):
    return f"{kind}@domain.com"


def mail(*lines):
    text = "".join(f"{line}\r\n" for line in (*lines, "", "Text"))
    return ReceivedMail.from_bytes(text.encode())


def sent(kind, answer="", *, bounced=False, at_recipient=False):
    return Sent(kind, address(kind), answer, bounced, at_recipient)


def seen(kind, *lines, place="inbox", seconds=4, found=None):
    return Seen(kind, place, mail(*lines), seconds, found)


def concluded(*parts, over=False, now=NOW + timedelta(minutes=2), **values):
    return conclude(
        Course(
            *(DOMAIN, NOW, now, over),
            tuple(part for part in parts if isinstance(part, Sent)),
            tuple(part for part in parts if isinstance(part, Seen)),
            **values,
        )
    )


class FindingCase(PureCase):
    def assert_finding(self, found, code, level, **values):
        """One finding of that code, with these values and no others."""
        findings = [item for item in found.findings if item.code == code]
        self.assertEqual(findings, [Finding(code, level, values)])

    def codes(self, found):
        return [item.code for item in found.findings]


class TestTroubles(FindingCase):
    def test_nothing_known(self):
        self.assertEqual(concluded(), Conclusion(()))
        self.assertEqual(Conclusion(()), Conclusion((), None, "", "", None, None, "", ""))

    def test_what_keeps_a_probe_from_being_one(self):
        self.assert_finding(concluded(mailbox_error="M."), "mailbox_failed", BAD, answer="M.")
        found = concluded(sending_error="S.", has_account=False)
        self.assertEqual(found.findings, (Finding("sending_failed", BAD, {"answer": "S."}),))
        self.assert_finding(concluded(has_account=False), "no_account", BAD, domain=DOMAIN)
        both = concluded(mailbox_error="M.", sending_error="S.")
        self.assertEqual(self.codes(both), ["mailbox_failed", "sending_failed"])


class TestCatchAll(FindingCase):
    def test_it_arrived(self):
        found = concluded(sent(Kind.RANDOM), seen(Kind.RANDOM, seconds=7))
        self.assert_finding(found, "catch_all_ok", OK, domain=DOMAIN, seconds="7")
        self.assertEqual((found.catch_all, found.refusal), (True, ""))

    def test_it_was_refused(self):
        for part, code in (
            (sent(Kind.RANDOM, "550 no", at_recipient=True), "catch_all_refused"),
            (sent(Kind.RANDOM, "550 no", bounced=True), "catch_all_bounced"),
        ):
            found = concluded(part)
            self.assert_finding(found, code, BAD, domain=DOMAIN, answer="550 no.")
            self.assertEqual((found.catch_all, found.refusal), (False, "550 no"))
            outside = concluded(part, seen(Kind.OUTSIDE))
            self.assertEqual((outside.catch_all, outside.refusal), (True, "550 no"))

    def test_it_could_not_be_tried(self):
        for answer, code in (("451 later", "sending_later"), ("554 spam", "sending_refused")):
            found = concluded(sent(Kind.RANDOM, answer))
            self.assert_finding(found, code, WARNING, domain=DOMAIN, answer=f"{answer}.")
            self.assertEqual((found.catch_all, found.refusal), (None, ""))
            self.assertEqual(self.codes(found), [code])
            self.assertIs(concluded(sent(Kind.RANDOM, answer), seen(Kind.OUTSIDE)).catch_all, True)

    def test_it_has_not_arrived_yet(self):
        part = sent(Kind.RANDOM)
        found = concluded(part)
        self.assertEqual(found.findings, (Finding("catch_all_waiting", NOTE),))
        for seconds, minutes in ((1, "1"), (89, "1"), (100, "2"), (600, "10"), (3_600, "60")):
            found = concluded(part, over=True, now=NOW + timedelta(seconds=seconds))
            with self.subTest(seconds=seconds):
                self.assert_finding(found, "catch_all_silent", WARNING, minutes=minutes)
        # whose mailbox cannot be read is not said to be silent
        found = concluded(part, over=True, mailbox_error="M.", wants_outside=False)
        self.assertEqual(self.codes(found), ["mailbox_failed"])
        self.assertEqual(concluded(part, seen(Kind.OUTSIDE)).catch_all, True)
        self.assertNotIn("catch_all_waiting", self.codes(concluded(part, seen(Kind.OUTSIDE))))

    def test_a_long_answer_is_one_sentence(self):
        for answer, shown in (
            ("550 no\r\n  more ", "550 no more."),
            ("550 no.", "550 no."),
            ("550 no!", "550 no!"),
            ("550 no?", "550 no?"),
            ("550 " + "x" * 296, "550 " + "x" * 296 + "."),
            ("550 " + "x" * 297, "550 " + "x" * 296 + "."),
        ):
            found = concluded(sent(Kind.RANDOM, answer, bounced=True))
            with self.subTest(answer=answer[:20]):
                self.assertEqual(found.findings[0].values["answer"], shown)


class TestOutside(FindingCase):
    def test_servers_and_ids_of_the_way_in(self):
        hop = f"Received: from out.test (out.test [8.8.8.8]) by mx.domain.com; {DATE}"
        result = "Authentication-Results: mx.domain.com; spf=pass smtp.mailfrom=home.test"
        for lines, code, ids in (
            ([hop], "outside_servers", ""),
            ([result, hop], "outside_checked", "mx.domain.com"),
        ):
            found = concluded(seen(Kind.OUTSIDE, *lines))
            with self.subTest(code=code):
                self.assertEqual(found.findings[0], Finding("outside_ok", OK))
                self.assert_finding(found, code, OK, hosts="mx.domain.com", ids=ids)
                self.assertIs(found.catch_all, True)
        self.assertEqual(concluded(seen(Kind.OUTSIDE)).findings, (Finding("outside_ok", OK),))

    def test_silence_is_said_at_the_end_and_only_where_it_was_waited_for(self):
        for over, wanted, said in ((True, True, True), (False, True, False), (True, False, False)):
            found = concluded(over=over, wants_outside=wanted)
            with self.subTest(over=over, wanted=wanted):
                expected = (Finding("outside_silent", NOTE),) if said else ()
                self.assertEqual(found.findings, expected)


class TestPlaces(FindingCase):
    def test_where_messages_lie(self):
        for places, reads_junk, expected in (
            (["inbox"], True, []),
            (["junk"], True, ["junk"]),
            (["junk"], False, ["junk_unread"]),
            (["Lists"], True, ["elsewhere"]),
            (["Lists", "inbox"], True, []),
        ):
            parts = [seen(Kind.RANDOM, place=place) for place in places]
            found = concluded(sent(Kind.RANDOM), *parts, reads_junk=reads_junk, folder="Box")
            with self.subTest(places=places):
                self.assertEqual(self.codes(found)[1:-1], expected)
                for code in expected:
                    values = {"folder": "Lists", "read": "Box"} if code == "elsewhere" else {}
                    self.assert_finding(found, code, WARNING, **values)
        both = concluded(seen(Kind.RANDOM, place="junk"), seen(Kind.BCC, place="Lists"))
        self.assertLess({"junk", "elsewhere"}, set(self.codes(both)))


class TestRecipient(FindingCase):
    def test_every_header_that_may_name_the_recipient(self):
        for name in RECIPIENT_HEADERS:
            parts = [
                part
                for kind in (Kind.BCC, Kind.RANDOM)
                for part in (sent(kind), seen(kind, f"{name}: {address(kind)}"))
            ]
            found = concluded(*parts)
            with self.subTest(name=name):
                self.assert_finding(found, "recipient_ok", OK, header=name.title())
                self.assertEqual(found.envelope_header, name.title())
        for name in ("to", "cc", "x-other"):
            part = seen(Kind.BCC, f"{name}: {address(Kind.BCC)}")
            found = concluded(sent(Kind.BCC), part)
            self.assert_finding(found, "recipient_missing", WARNING)

    def test_the_surest_comes_first(self):
        for at, name in enumerate(RECIPIENT_HEADERS):
            lines = [f"{other}: {address(Kind.BCC)}" for other in RECIPIENT_HEADERS[at:][::-1]]
            found = concluded(sent(Kind.BCC), seen(Kind.BCC, *lines))
            self.assertEqual(found.envelope_header, name.title())

    def test_a_pinned_header_comes_before_all_others(self):
        lines = [f"X-Own: {address(Kind.BCC)}", f"X-Original-To: {address(Kind.BCC)}"]
        found = concluded(sent(Kind.BCC), seen(Kind.BCC, *lines), pinned="X-OWN")
        self.assertEqual(found.envelope_header, "X-Own")
        found = concluded(sent(Kind.BCC), seen(Kind.BCC, lines[1]), pinned="X-Own")
        self.assert_finding(found, "recipient_other", BAD, pinned="X-Own", header="X-Original-To")
        self.assertEqual(found.envelope_header, "")
        found = concluded(sent(Kind.BCC), seen(Kind.BCC), pinned="X-Own")
        self.assert_finding(found, "recipient_pinned_missing", BAD, pinned="X-Own", header="")

    def test_without_the_blind_copy_nothing_is_proved(self):
        found = concluded(
            sent(Kind.RANDOM), seen(Kind.RANDOM, f"X-Original-To: {address(Kind.RANDOM)}")
        )
        self.assertEqual(found.envelope_header, "")
        self.assertNotIn("recipient_ok", self.codes(found))

    def test_a_message_to_two_may_name_both_or_one(self):
        """What is for two at once proves no header: a copy may name the other."""
        name = "X-Original-To"
        parts = [sent(Kind.BCC), seen(Kind.BCC, f"{name}: {address(Kind.BCC)}")]
        pair = [sent(Kind.FIRST), sent(Kind.SECOND), seen(Kind.FIRST), seen(Kind.SECOND)]
        self.assertEqual(concluded(*parts, *pair).envelope_header, name)

    def test_five_fields_of_a_header_and_two_thousand_characters_are_read(self):
        name, bcc = "X-Original-To", address(Kind.BCC)
        others = [f"{name}: o{at}@b.test" for at in range(5)]
        for lines, named in (
            ([*others[:4], f"{name}: {bcc}"], True),
            ([*others, f"{name}: {bcc}"], False),
        ):
            found = concluded(sent(Kind.BCC), seen(Kind.BCC, *lines))
            with self.subTest(lines=len(lines)):
                self.assertEqual(found.envelope_header, name if named else "")
        for length, named in ((2_000, True), (2_001, False)):
            first = "a@b.test, " + "x" * (length - len(bcc) - 12) + ", "
            value = f"{first}{bcc}"
            self.assertEqual(len(value), length)
            found = concluded(sent(Kind.BCC), seen(Kind.BCC, f"{name}: {value}"))
            with self.subTest(length=length):
                self.assertEqual(found.envelope_header, name if named else "")

    def test_the_recipient_in_received(self):
        line = f"Received: from a.test by b.test for <{address(Kind.BCC)}>; {DATE}"
        found = concluded(sent(Kind.BCC), seen(Kind.BCC, line))
        self.assert_finding(found, "recipient_received", OK)
        self.assertEqual(found.envelope_header, "")
        other = concluded(
            sent(Kind.BCC), seen(Kind.BCC, line), sent(Kind.RANDOM), seen(Kind.RANDOM)
        )
        self.assert_finding(other, "recipient_missing", WARNING)


class TestTwo(FindingCase):
    def test_both_recipients_of_one_transaction(self):
        pair = [sent(Kind.FIRST), sent(Kind.SECOND)]
        first, second = address(Kind.FIRST), address(Kind.SECOND)
        hop = "Received: from a.test by b.test for <{}>; " + DATE
        for copies, expected, pinned in (
            ([seen(Kind.FIRST, f"Envelope-To: {first}, {second}")], "two_ok", ""),
            (
                [
                    seen(Kind.FIRST, f"Delivered-To: {first}"),
                    seen(Kind.SECOND, f"Delivered-To: {second}"),
                ],
                *("two_ok", ""),
            ),
            (
                [seen(Kind.SECOND, hop.format(first)), seen(Kind.SECOND, hop.format(second))],
                "two_ok",
                "",
            ),
            ([seen(Kind.FIRST, f"X-Own: {first}, {second}")], "two_ok", "x-own"),
            ([seen(Kind.FIRST, f"X-Own: {first}, {second}")], "two_ok", "X-Own"),
            ([seen(Kind.FIRST, f"X-Own: {first}, {second}")], "two_one", ""),
            ([seen(Kind.FIRST, f"Envelope-To: {first}")], "two_one", ""),
            ([seen(Kind.SECOND)], "two_one", ""),
            ([], None, ""),
        ):
            found = concluded(*pair, *copies, pinned=pinned)
            with self.subTest(copies=len(copies), expected=expected):
                said = [code for code in self.codes(found) if code.startswith("two")]
                self.assertEqual(said, [expected] if expected else [])
                if expected:
                    self.assert_finding(found, expected, OK if expected == "two_ok" else NOTE)
        refused = concluded(pair[0], sent(Kind.SECOND, "550 no"), seen(Kind.FIRST))
        self.assertNotIn("two_one", self.codes(refused))
        self.assertNotIn("two_one", self.codes(concluded(pair[0], seen(Kind.FIRST))))


class TestOtherAddresses(FindingCase):
    def test_sub_addresses_and_mistyped_ones(self):
        arrived = [sent(Kind.RANDOM), seen(Kind.RANDOM)]
        for kind, code in ((Kind.SUB_ADDRESS, "sub_address_missing"), (Kind.NEAR, "near_missing")):
            with self.subTest(kind=kind):
                refused = concluded(sent(kind, "550 no"))
                self.assert_finding(refused, code, NOTE, domain=DOMAIN, answer="550 no.")
                silent = concluded(sent(kind), *arrived, over=True)
                self.assert_finding(silent, code, NOTE, domain=DOMAIN, answer="")
                for found in (
                    concluded(sent(kind), *arrived),
                    concluded(sent(kind), over=True),
                    concluded(*arrived, over=True),
                    concluded(sent(kind), seen(kind), *arrived, over=True),
                ):
                    self.assertNotIn(code, self.codes(found))
        found = concluded(sent(Kind.SUB_ADDRESS), seen(Kind.SUB_ADDRESS))
        self.assert_finding(found, "sub_address_ok", OK, domain=DOMAIN)
        self.assertEqual(concluded(sent(Kind.NEAR), seen(Kind.NEAR)).findings, ())


class TestAuthor(FindingCase):
    def test_whether_from_stays(self):
        own = address(Kind.AUTHOR)
        for line, kept, answer in (
            (f"From: {own}", True, ""),
            (f"From: {own.upper()}", True, ""),
            ("From: c@domain.com", False, f"From {own} arrived as c@domain.com"),
            ("Subject: S", False, f"From {own} arrived as ?"),
        ):
            found = concluded(sent(Kind.AUTHOR), seen(Kind.AUTHOR, line))
            with self.subTest(line=line):
                self.assertEqual((found.author_kept, found.author_answer), (kept, answer))
                if kept:
                    self.assert_finding(found, "author_ok", OK)
        self.assert_finding(found, "author_rewritten", NOTE, shown="?")
        self.assertEqual(concluded(seen(Kind.AUTHOR, f"From: {own}")).author_kept, None)

    def test_how_it_is_said_for_each_policy(self):
        refused = sent(Kind.AUTHOR, "553 sender address rejected: not owned", at_recipient=True)
        for policy, code, level in (
            ("auto", "author_refused", NOTE),
            ("account", "author_refused_already", NOTE),
            ("keep", "author_refused_kept", WARNING),
        ):
            found = concluded(refused, from_policy=policy)
            with self.subTest(policy=policy):
                answer = f"{refused.answer}."
                self.assert_finding(found, code, level, domain=DOMAIN, answer=answer)
                self.assertEqual((found.author_kept, found.author_answer), (False, refused.answer))
        part = seen(Kind.AUTHOR, f"From: {address(Kind.AUTHOR)}")
        possible = concluded(sent(Kind.AUTHOR), part, from_policy="account")
        self.assert_finding(possible, "author_possible", OK)

    def test_a_refusal_is_of_the_author_where_everything_else_was_taken(self):
        taken, no = sent(Kind.RANDOM), "554 not for you"
        for author, others, kept in (
            (sent(Kind.AUTHOR, no), [taken], False),
            (sent(Kind.AUTHOR, no), [taken, sent(Kind.BCC, "550 x", at_recipient=True)], False),
            (sent(Kind.AUTHOR, no), [taken, sent(Kind.BCC, "550 x", bounced=True)], False),
            (sent(Kind.AUTHOR, no), [taken, sent(Kind.BCC, no)], None),
            (sent(Kind.AUTHOR, no), [sent(Kind.BCC, "550 x", bounced=True)], None),
            (sent(Kind.AUTHOR, no), [], None),
            (sent(Kind.AUTHOR, no, bounced=True), [taken], None),
            (sent(Kind.AUTHOR, no, at_recipient=True), [taken], None),
            (sent(Kind.AUTHOR, "550 5.1.1 user unknown"), [taken], None),
            (sent(Kind.AUTHOR, "454 not now"), [taken], None),
        ):
            with self.subTest(author=author, others=others):
                self.assertIs(concluded(author, *others).author_kept, kept)


class TestSignatures(FindingCase):
    def test_those_of_our_own_message(self):
        line = "DKIM-Signature: v=1; d=Domain.com ; s= Key1; b="
        for parts, expected in (
            ([seen(Kind.RANDOM, line)], (Signature("domain.com", "Key1"),)),
            ([seen(Kind.BCC, line)], (Signature("domain.com", "Key1"),)),
            ([seen(Kind.BCC, line), seen(Kind.RANDOM)], None),
            ([seen(Kind.RANDOM, line, line)], (Signature("domain.com", "Key1"),)),
            ([seen(Kind.RANDOM, "DKIM-Signature: d=domain.com")], None),
            ([seen(Kind.RANDOM, "DKIM-Signature: s=key")], None),
            ([seen(Kind.RANDOM, "DKIM-Signature: nothing")], None),
            ([seen(Kind.FIRST, line)], None),
            ([seen(Kind.OUTSIDE, line)], None),
        ):
            found = concluded(*parts)
            with self.subTest(parts=parts):
                self.assertEqual(found.signatures, expected)
                ours = {item.kind for item in parts} & {Kind.RANDOM, Kind.BCC}
                self.assertEqual("unsigned" in self.codes(found), bool(ours) and not expected)
        found = concluded(seen(Kind.RANDOM, line, line))
        self.assert_finding(found, "signed", OK, domain="domain.com", selector="Key1")
        self.assert_finding(concluded(seen(Kind.RANDOM)), "unsigned", NOTE)

    def test_the_address_that_our_mail_came_from(self):
        line = "Received-SPF: pass client-ip=8.8.8.8"
        found = concluded(seen(Kind.OUTSIDE, line), seen(Kind.BCC), seen(Kind.RANDOM, line))
        self.assert_finding(found, "left_from", OK, address="8.8.8.8")
        self.assertEqual(found.outgoing_address, "8.8.8.8")
        found = concluded(seen(Kind.OUTSIDE, line), seen(Kind.RANDOM))
        self.assertEqual((found.outgoing_address, "left_from" in self.codes(found)), ("", False))

    def test_five_of_them_are_read(self):
        lines = [f"DKIM-Signature: d=d{at}.test; s=s" for at in range(6)]
        found = concluded(seen(Kind.RANDOM, *lines))
        self.assertEqual(
            [item.domain for item in found.signatures], [f"d{at}.test" for at in range(5)]
        )
        for length, read in ((4_000, 1), (4_001, 0)):
            value = "d=d.test; b="
            value += "x" * (length - len(value) - 5) + "; s=s"
            self.assertEqual(len(value), length)
            found = concluded(seen(Kind.RANDOM, f"DKIM-Signature: {value}"))
            with self.subTest(length=length):
                self.assertEqual(len(found.signatures or ()), read)


class TestClocks(FindingCase):
    def test_two_minutes_are_no_difference(self):
        for seconds, code in (
            (-120, None),
            (-121, "clock_behind"),
            (0, None),
            (240, None),  # two minutes after it was read
            (241, "clock_ahead"),
        ):
            date = (NOW + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S +0000")
            found = concluded(seen(Kind.RANDOM, f"Received: from a by b; {date}"))
            with self.subTest(seconds=seconds):
                clocks = [name for name in self.codes(found) if name.startswith("clock")]
                self.assertEqual(clocks, [code] if code else [])
        self.assert_finding(found, "clock_ahead", WARNING, seconds="121")
        outside = seen(Kind.OUTSIDE, "Received: from a by b; Mon, 02 Nov 2020 10:00:00 +0000")
        self.assertFalse([c for c in self.codes(concluded(outside)) if c.startswith("clock")])

    def test_the_larger_difference_counts(self):
        lines = [
            "Received: from a by b; Mon, 02 Nov 2026 09:50:00 +0000",
            "Received: from a by b; Mon, 02 Nov 2026 10:30:00 +0000",
        ]
        found = concluded(seen(Kind.RANDOM, *lines))
        self.assert_finding(found, "clock_ahead", WARNING, seconds=str(28 * 60))
        even = concluded(seen(Kind.RANDOM, *lines, found=NOW + timedelta(minutes=20)))
        self.assert_finding(even, "clock_ahead", WARNING, seconds=str(10 * 60))
        found = concluded(seen(Kind.RANDOM, *lines, found=NOW + timedelta(minutes=29)))
        self.assert_finding(found, "clock_behind", WARNING, seconds=str(10 * 60))


class TestAnswersRead(PureCase):
    def test_codes_and_what_follows_them(self):
        for text, code, rest in (
            ("550 no", 550, "no"),
            (" 450-4.2.0 later", 450, "-4.2.0 later"),
            ("250", 250, ""),
            ("550: no", 550, ": no"),
            ("5501 no", 550, "5501 no"),
            ("350 no", 550, "350 no"),
            ("smtp; 450 4.2.0 later", 450, "smtp; 450 4.2.0 later"),
            ("5.1.1 nobody", 550, "5.1.1 nobody"),
            ("no such user", 550, "no such user"),
        ):
            with self.subTest(text=text):
                answer = read_answer(text)
                self.assertEqual((answer.code, answer.text), (code, rest))

    def test_which_codes_say_that_nobody_has_an_address(self):
        for text, at_recipient, expected in (
            ("550 no", True, True),
            ("551 no", True, True),
            ("553 no", True, True),
            ("552 no", True, False),
            ("554 no", True, False),
            ("550 no", False, False),
            *((f"{code} 5.0.0 no", True, True) for code in (550, 551, 553)),
            ("550 5.1.0 no", False, True),
            ("550 5.1.1 no", False, True),
            ("550 5.1.2 no", False, True),
            ("550 5.1.7 no", True, False),
            ("550 5.1.8 no", True, False),
            ("550 5.2.1 no", False, True),
            ("550 5.2.2 no", True, False),
            ("550 5.4.1 no", False, True),
            ("550 5.4.2 no", True, False),
            ("450 5.1.1 no", True, False),
            ("451 no such user", True, False),
        ):
            with self.subTest(text=text, at_recipient=at_recipient):
                self.assertIs(says_nobody(text, at_recipient=at_recipient), expected)

    def test_a_report_about_two_names_of_one_person(self):
        report = "\r\n".join(
            (
                *("Return-Path: <>", "MIME-Version: 1.0"),
                "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
                *("", "--b", "Content-Type: text/plain", "", "It failed."),
                *("--b", "Content-Type: message/delivery-status", ""),
                *("Reporting-MTA: dns; mx.domain.com", ""),
                *("Original-Recipient: rfc822; first@domain.com",),
                *("Final-Recipient: rfc822; final@domain.com", "Action: failed"),
                *("Status: 5.1.1", "", "--b--", ""),
            )
        )
        found = read_returned(ReceivedMail.from_bytes(report.encode()))
        self.assertEqual([item.address for item in found], ["first@domain.com", "final@domain.com"])
        self.assertEqual({item.permanent for item in found}, {True})
        self.assertTrue(all(item.answer.startswith("5.1.1 ") for item in found))
        self.assertEqual(read_returned(mail("Subject: S")), ())
        self.assertFalse(is_answer(mail("Return-Path: <a@b.test>")))
