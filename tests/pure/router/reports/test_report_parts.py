"""Reports read down to their parts: types, notice, groups of fields, and what they are about."""

import logging
from unittest.mock import patch

from .....router.reports import bounce_text, report
from .....router.reports.bounce_facts import MAX_NAMED, read_bounce
from .....router.reports.dsn import (
    MAX_DIAGNOSTIC_CHARS,
    MAX_RECIPIENTS,
    Recipient,
    delivery_recipients,
    is_delivered,
)
from .....router.reports.status import explain
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, mail

MULTIPART = "Content-Type: multipart/report; boundary=b"
KINDS = ("delivery-status", "disposition-notification", "feedback-report")
ORIGINALS = (
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
    "message/partial",
)


def multipart(*contents):
    """A report's body of parts, each a type and its content."""
    texts = [f"--b\nContent-Type: {kind}\n\n{content}\n" for kind, content in contents]
    return "".join(texts) + "--b--\n"


def parts(*contents):
    return report.report_parts(mail(MULTIPART, body=multipart(*contents)))


def recipients(*groups):
    """The recipients of a delivery report with these groups of fields."""
    return delivery_recipients(parts(("message/delivery-status", "\n\n".join(groups))))


def recipient(fields, to="Final-Recipient: rfc822; info@example.org"):
    (found,) = recipients(f"{to}\n{fields}")
    return found


def facts(told, *lines, contents=()):
    received = mail(MULTIPART, *lines, body=multipart(("text/plain", told), *contents))
    return read_bounce(received, POLICY, report.report_parts(received))


class TestReportTypes(PureCase):
    def test_what_a_content_type_reports(self):
        cases = {
            "message/rfc822": "",
            "text/plain": "",
            "multipart/mixed; report-type=delivery-status": "",
            "multipart/report; report-type=tlsrpt": "tlsrpt",
        }
        for kind in KINDS:
            cases[f"message/{kind}"] = kind
            cases[f"message/global-{kind}"] = kind
            cases[f"multipart/report; report-type={kind.title()}"] = kind
            cases[f"multipart/report; report-type=global-{kind}"] = kind
        for content_type, kind in cases.items():
            with self.subTest(content_type):
                found = report.report_type(mail(f"Content-Type: {content_type}"))
                self.assertEqual(found, kind)

    def test_a_report_without_a_type_is_known_by_its_part(self):
        for kind in KINDS:
            for name in (kind.upper(), f"global-{kind}"):
                with self.subTest(name):
                    body = multipart(("text/plain", "Hello"), (f"message/{name}", "A: b"))
                    self.assertEqual(report.report_type(mail(MULTIPART, body=body)), kind)
                    self.assertTrue(report.holds(parts((f"message/{name.lower()}", "")), kind))
        self.assertEqual(report.report_type(mail(MULTIPART, body="Hello")), "")
        self.assertFalse(report.holds(parts(("text/plain", "")), "delivery-status"))

    def test_only_the_beginning_of_a_mail_is_looked_at(self):
        field = "Content-Type: message/delivery-status"
        fill = "x" * (report.MAX_REPORT_BYTES - len(field) - 1) + "\n"
        self.assertEqual(report.MAX_REPORT_BYTES, 192_000)
        self.assertEqual(report.machine_part(mail(body=fill + field)), "delivery-status")
        self.assertEqual(report.machine_part(mail(body="x" + fill + field)), "")
        for size in (191_999, 192_000, 192_001):
            (part,) = report.report_parts(mail(body="x" * size))
            self.assertEqual(len(part.decoded()), min(size, 192_000))

    def test_at_most_sixty_parts_in_their_order(self):
        texts = [("text/plain", f"part {number}") for number in range(61)]
        for count in (59, 60, 61):
            with self.subTest(count):
                found = [part.decoded().decode().strip() for part in parts(*texts[:count])]
                self.assertEqual(found, [f"part {number}" for number in range(min(count, 60))])

    def test_a_multipart_whose_boundary_never_comes_is_one_part(self):
        received = mail(MULTIPART, body="Not delivered: info@example.org")
        found = report.report_parts(received)
        self.assertEqual(len(found), 1)
        self.assertEqual(report.notice(found).strip(), "Not delivered: info@example.org")


class TestNotice(PureCase):
    def test_it_ends_where_the_machines_part_or_the_original_begins(self):
        for kind in (*ORIGINALS, *(f"message/{kind}" for kind in KINDS)):
            with self.subTest(kind):
                found = parts(("text/plain", "before"), (kind, "A: b"), ("text/plain", "after"))
                self.assertIn("before", report.notice(found))
                self.assertNotIn("after", report.notice(found))

    def test_what_is_no_text_is_left_out(self):
        found = parts(("image/png", "pixels"), ("text/x-log", "log"), ("text/plain", "told"))
        self.assertEqual(report.notice(found).split(), ["log", "told"])

    def test_which_parts_are_originals(self):
        for kind in ORIGINALS:
            with self.subTest(kind):
                found = report.originals(parts((kind, "\nSubject: Offer\n\nHello")))
                self.assertEqual([original.subject for original in found], ["Offer"])
        self.assertEqual(list(report.originals(parts(("text/plain", "Subject: Offer")))), [])

    def test_html_is_read_as_lines_of_text(self):
        for tag in ("br", "/p", "/div", "/tr", "/li", "/h2", "BR", 'br class="x"'):
            with self.subTest(tag):
                told = report.notice(parts(("text/html", f"one<{tag}>two")))
                self.assertEqual(told.split("\n")[:2], ["one", "two"])
        cases = {
            "<style>p {color: red}</style>told": "told",
            "<script>go()</script>told": "told",
            "<STYLE type='a'>p</STYLE>told": "told",
            "<b>told</b><!-- hidden -->": "told",
            "to &lt;info@example.org&gt; &amp; more": "to <info@example.org> & more",
            "to <info@example.org>": "to <info@example.org>",
            "1 < 2": "1 < 2",
        }
        for html, text in cases.items():
            with self.subTest(html):
                told = report.notice(parts(("text/html", html)))
                self.assertEqual(" ".join(told.split()), text)

    def test_its_length(self):
        self.assertEqual(report.MAX_NOTICE_CHARS, 12_000)
        for kind in ("text/plain", "text/html"):
            for size in (11_990, 12_000, 12_001):
                with self.subTest(kind=kind, size=size):
                    told = report.notice(parts((kind, "x" * size)))
                    self.assertEqual(told.count("x"), min(size, 12_000))
        told = report.notice(parts(("text/plain", "x" * 8_000), ("text/plain", "y" * 8_000)))
        self.assertEqual(len(told), 12_000)

    def test_markup_leaves_room_for_four_times_the_text(self):
        tags = "<b title='forty-eight characters of HTML, no text'>"
        fill = tags * (47_997 // len(tags))
        fill += "x" * (47_997 - len(fill))
        for more, seen in (("", True), ("x", False)):
            with self.subTest(more):
                told = report.notice(parts(("text/html", f"{fill}{more}end")))
                self.assertIs("end" in told, seen)


class TestGroupsOfFields(PureCase):
    def test_empty_lines_part_them(self):
        for line in ("\n\n", "\n\n\n", "\n \t\n", "\r\r", "\r\n\r\n"):
            with self.subTest(repr(line)):
                found = parts(("message/delivery-status", f"A: 1{line}A: 2"))
                blocks = report.report_blocks(found, "delivery-status")
                self.assertEqual([block.first("a").strip() for block in blocks], ["1", "2"])

    def test_only_of_the_kinds_that_are_asked_for(self):
        found = parts(*((f"message/{kind}", f"A: {kind}") for kind in KINDS))
        for kind in KINDS:
            blocks = report.report_blocks(found, kind)
            self.assertEqual([block.first("a").strip() for block in blocks], [kind])

    def test_at_most_five_hundred(self):
        for count in (499, 500, 501):
            found = parts(("message/delivery-status", "\n\n".join(["A: b"] * count)))
            blocks = list(report.report_blocks(found, "delivery-status"))
            self.assertEqual(len(blocks), min(count, 500))


class TestMessageIds(PureCase):
    def ids(self, *contents, lines=()):
        received = mail(MULTIPART, *lines, body=multipart(*contents))
        return report.about_message_ids(received, report.report_parts(received))

    def test_the_surest_comes_first(self):
        found = self.ids(
            ("text/plain", "Message-ID: <text@x>"),
            ("message/delivery-status", "Original-Message-ID: <field@x>"),
            ("message/rfc822", "Message-ID: <original@x>\n"),
            lines=(
                "X-Original-Message-ID: <header@x>",
                "In-Reply-To: <answered@x>",
                "References: <first@x> <second@x>",
            ),
        )
        self.assertEqual(found[:2], ["<original@x>", "<field@x>"])
        self.assertEqual(found[2:4], ["<text@x>", "<header@x>"])
        self.assertEqual(found[4], "<answered@x>")
        self.assertNotIn("<first@x>", found)

    def test_a_field_of_each_kind_of_report(self):
        for kind in KINDS:
            with self.subTest(kind):
                found = self.ids((f"message/{kind}", "Original-Message-ID:\n <a@x>"))
                self.assertEqual(found, ["<a@x>"])

    def test_what_is_only_in_the_header(self):
        for lines, expected in (
            (["X-Original-Message-ID: <a@x>"], ["<a@x>"]),
            (["In-Reply-To: <a@x> <b@x>"], ["<b@x>"]),
            (["References: <a@x> <b@x>"], ["<b@x>"]),
            (["References: <a@x> <b@x>", "In-Reply-To: <c@x>"], ["<c@x>"]),
            (["X-Original-Message-ID: a@x"], []),
            (["X-Original-Message-ID: <ax>"], []),
            (["X-Original-Message-ID: <abc@example.org>"], []),  # its own
        ):
            with self.subTest(lines):
                self.assertEqual(self.ids(("text/plain", "Hello"), lines=lines), expected)

    def test_at_most_ten_each_once(self):
        for count in (9, 10, 11):
            text = "".join(f"Message-ID: <{number}@x>\n" for number in (*range(count), 0))
            found = self.ids(("text/plain", text))
            self.assertEqual(found, [f"<{number}@x>" for number in range(min(count, 10))])


class TestRecipients(PureCase):
    def test_what_becomes_of_an_action(self):
        cases = (
            # Action, Status, permanent, becomes
            ("failed", "4.4.7", True, "failed"),
            ("failure", "4.4.7", True, "failed"),
            ("fail", "4.4.7", True, "failed"),
            ("error", "4.4.7", True, "failed"),
            ("undeliverable", "4.4.7", True, "failed"),
            ("failed;", "4.4.7", True, "failed"),
            ("delayed", "5.4.7", False, "delayed"),
            ("delay", "5.4.7", False, "delayed"),
            ("dela", "5.4.7", True, "failed"),
            ("delivered", "5.0.0", False, "delivered"),
            ("Delivered, at last", "5.0.0", False, "delivered"),
            ("relayed", "5.0.0", False, "relayed"),
            ("relay", "2.0.0", False, "relayed"),
            ("expanded", "5.0.0", False, "expanded"),
            ("expand", "2.0.0", False, "expanded"),
            ("", "2.1.5", False, "delayed"),
            ("", "4.2.2", False, "delayed"),
            ("", "5.2.2", True, "failed"),
            ("", "", True, "failed"),
            ("odd", "", True, "failed"),
        )
        for action, status, permanent, becomes in cases:
            with self.subTest(action=action, status=status):
                found = recipient(f"Action: {action}\nStatus: {status}")
                self.assertEqual((found.permanent, found.action), (permanent, becomes))
                self.assertIs(is_delivered(found), becomes in ("delivered", "relayed", "expanded"))

    def test_a_code_of_the_servers_words_decides_without_a_status(self):
        found = recipient("Diagnostic-Code: smtp; 450 4.2.1 try later")
        self.assertEqual((found.permanent, found.status), (False, "4.2.1"))
        found = recipient("Status: mailbox full")
        self.assertEqual((found.permanent, found.status), (True, "5.2.2"))
        found = recipient("Status: 4.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown")
        self.assertEqual((found.permanent, found.status), (False, "5.1.1"))

    def test_the_type_before_a_diagnosis_is_cut(self):
        cases = {
            "smtp; 550  no\n such user": "550 no such user",
            "X-Postfix; unknown user": "unknown user",
            "X-Postfix-A; unknown": "unknown",
            "550 no such user; ask them": "550 no such user; ask them",
            "; unknown": "; unknown",
            "smtp": "smtp",
            "": "",
        }
        for value, text in cases.items():
            with self.subTest(value):
                self.assertEqual(recipient(f"Diagnostic-Code: {value}").diagnostic, text)
        self.assertEqual(MAX_DIAGNOSTIC_CHARS, 2_000)
        for size in (1_999, 2_000, 2_001):
            found = recipient(f"Diagnostic-Code: {'x' * size}").diagnostic
            self.assertEqual(len(found), min(size, 2_000))

    def test_which_address_counts(self):
        final = "Final-Recipient: rfc822; final@example.org"
        cases = {
            final: ("final@example.org", "final@example.org"),
            f"{final}\nOriginal-Recipient: rfc822; a@example.org": (
                "a@example.org",
                "final@example.org",
            ),
            f"{final}\nX-Actual-Recipient: rfc822; b@example.org": (
                "b@example.org",
                "final@example.org",
            ),
            "Original-Recipient: rfc822; a@example.org": ("a@example.org", ""),
            "Final-Recipient: bare@example.org": ("bare@example.org", "bare@example.org"),
            "Final-Recipient: rfc822; a+2Bb+3Dc@example.org": ("a+b=c@example.org",) * 2,
            "Final-Recipient: rfc822; user+ab@example.org": ("user+ab@example.org",) * 2,
            "Final-Recipient:\nAction: failed": ("", ""),
        }
        for group, expected in cases.items():
            with self.subTest(group):
                found = recipient("X: y", to=group)
                self.assertEqual((found.address, found.final_address), expected)

    def test_a_group_that_names_nobody_is_about_the_message(self):
        for group in ("Reporting-MTA: dns; x", "Action: failed", "Final-Recipient: rfc822;"):
            with self.subTest(group):
                self.assertEqual(recipients(group), ())

    def test_an_address_ends_after_a_thousand_characters(self):
        address = "info@example.org"
        for spaces, found in ((1_000 - len(address), address), (1_001 - len(address), "other")):
            value = f"Final-Recipient: rfc822;{' ' * spaces}{address}"
            with self.subTest(spaces):
                self.assertEqual(
                    recipients(value)[0].address == address if recipients(value) else False,
                    found == address,
                )

    def test_at_most_a_hundred(self):
        self.assertEqual(MAX_RECIPIENTS, 100)
        for count in (99, 100, 101):
            groups = [f"Final-Recipient: rfc822; a{n}@example.org" for n in range(count)]
            self.assertEqual(len(recipients("Reporting-MTA: x", *groups)), min(count, 100))

    def test_as_it_is_kept(self):
        found = Recipient("a@example.org", True, "failed", "5.2.2", "full", "b@example.org")
        self.assertEqual(
            found.as_json(),
            {
                "address": "a@example.org",
                "final_address": "b@example.org",
                "permanent": True,
                "action": "failed",
                "status": "5.2.2",
                "diagnostic": "full",
                "explanation": "The mailbox is full.",
            },
        )
        self.assertEqual(Recipient("a@example.org", True).action, "failed")


class TestBounceTexts(PureCase):
    NOTICE = "Your message could not be delivered to one or more of the people whom you named.\n"

    def test_where_the_original_begins(self):
        marks = (
            "begin of message header", "start of message header", "here is the message header",
            "below the message follows", "a copy of the message follows",
            "----- The original message follows -----", "your message follows",
            "this message begins", "unsent message follows", "original message follows",
            "returned message follows", "undelivered message follows", "old message follows",
            "source message follows", "first message follows", "mail follows",
            "message follows", "e-mail follows", "email attached", "message headers follow",
            "message text follows", "message body follows", "message as received follows",
            "message is a copy", "message is attached", "message is as follows",
            "message attached", "message header", "message begins", "> Return-Path: <a@x>",
            "Received: from x", "X-Original-To: a@x", "Delivered-To: a@x",
        )  # fmt: skip
        for mark in marks:
            with self.subTest(mark):
                text = f"{self.NOTICE}{mark}\nTo: bob@example.org"
                self.assertEqual(bounce_text.without_original(text), self.NOTICE)
        for line in ("the message was lost", "we received: nothing", "attach it"):
            with self.subTest(line):
                text = f"{self.NOTICE}{line}\nTo: bob@example.org"
                self.assertEqual(bounce_text.without_original(text), text)

    def test_how_long_a_notice_is(self):
        mark = "\nReceived: from x"
        for before, kept in (
            (79, 95),  # in the first eighty characters nothing begins
            (80, 80),
            (5_000, 5_000),
            (7_999, 7_999),
            (8_001, 8_000),
        ):
            with self.subTest(before):
                text = "x" * (before - 1) + mark
                found = bounce_text.without_original(text)
                self.assertEqual(len(found), kept)
        for size in (3_999, 4_000, 4_001):
            self.assertEqual(len(bounce_text.without_original("x" * size)), min(size, 4_000))

    def test_a_subject_a_phrase_and_a_delay_stand_at_the_beginning(self):
        for sign, function, limit in (
            ("Undeliver", bounce_text.subject_sign, 500),
            ("unrouteable", bounce_text.phrase_sign, 3_000),
            ("delayed mail", bounce_text.is_delay, 3_000),
        ):
            with self.subTest(sign):
                fill = "x" * (limit - len(sign) - 1) + " "
                self.assertTrue(function(fill + sign))
                self.assertFalse(function("x" + fill + sign))

    def test_quoted_lines_are_a_persons_words(self):
        for quote, seen in (("", True), ("> ", False), (" | ", False)):
            with self.subTest(quote):
                found = bounce_text.phrase_sign(f"Hello\n{quote}it is undeliverable\n")
                self.assertIs(bool(found), seen)

    def test_trace_fields_of_an_enclosed_original(self):
        for line, seen in (
            ("Return-Path: <a@x>", True),
            ("> Received: from x", True),
            ("Received:from x", True),
            ("Subject: x", False),
            ("we received: x", False),
        ):
            with self.subTest(line):
                self.assertIs(bounce_text.quotes_a_header(f"Hello\n{line}\n"), seen)
        field = "Received: f"
        for size, seen in ((12_000, True), (12_001, False)):
            text = "x" * (size - len(field) - 1) + "\n" + field
            self.assertIs(bounce_text.quotes_a_header(text), seen)

    def test_an_address_on_a_line_of_its_own(self):
        cases = {
            "info@example.org": ("info@example.org",),
            "<INFO@example.org>": ("info@example.org",),
            "Final recipient: info@example.org": ("info@example.org",),
            "The final recipient: info@example.org": (),
            "one@example.org, two@example.org": ("one@example.org", "two@example.org"),
            "one@example.org\none@example.org": ("one@example.org",),
            "nobody": (),
        }
        for text, expected in cases.items():
            with self.subTest(text):
                self.assertEqual(bounce_text.address_lines(text), expected)

    def test_how_far_addresses_are_looked_for(self):
        address = "info@example.org"
        for text, seen in (
            ("-" * (2_999 - len(address)) + "\n" + address, True),
            ("-" * (3_000 - len(address)) + "\n" + address, False),
            ("\n" * 199 + address, True),
            ("\n" * 200 + address, False),
            ("." * 383 + " " + address, True),
            ("-" * (399 - len(address)) + " " + address, True),
            ("-" * (400 - len(address)) + " " + address, False),
            (address + " " * 384 + " one two three", True),  # what is beyond says nothing
        ):
            with self.subTest(len(text)):
                found = bounce_text.address_lines(text)
                self.assertIs(address in found, seen)

    def test_the_lines_that_say_why(self):
        cases = {
            "Hello\n550 5.1.1 unknown\nask them\n\nBye": "550 5.1.1 unknown ask them",
            "the mailbox is full\nHost said: 550 5.1.1 no": "Host said: 550 5.1.1 no",
            "Hello\nthe  mailbox is full\n\nBye": "the mailbox is full",
            "550 5.1.1 a\nb\nc\nd\ne": "550 5.1.1 a b c d",
            "Hello": "",
            "": "",
            "\n" * 199 + "550 5.1.1 no": "550 5.1.1 no",
            "\n" * 200 + "550 5.1.1 no": "",
        }
        for text, said in cases.items():
            with self.subTest(text.strip()):
                self.assertEqual(bounce_text.diagnostic_of(text), said)
        for size in (499, 500, 501):
            text = "550 5.1.1 " + "x" * (size - 10)
            self.assertEqual(len(bounce_text.diagnostic_of(text)), min(size, 500))

    def test_the_lines_beside_an_address(self):
        address = "info@example.org"
        for text, said in (
            (f"Hello\n{address} is not one of us\nBye", f"{address} is not one of us Bye"),
            (
                f"<INFO@example.org> has left us\n\n{address} again",
                "<INFO@example.org> has left us",
            ),
            (f"{address}\nHello there", ""),
            (f"To: {address}", ""),
            ("other@example.org is not one of us", ""),
        ):
            with self.subTest(text):
                self.assertEqual(bounce_text.diagnostic_beside(text, address), said)
        self.assertEqual(bounce_text.diagnostic_beside("one two three four", ""), "")

    def test_how_many_addresses_a_notice_names(self):
        for count in (19, 20, 21):
            names = [f"a{number}@example.org" for number in range(count)]
            found = bounce_text.named_addresses(", ".join((*names, names[0])))
            self.assertEqual(list(found), names[:20])
        self.assertEqual(
            bounce_text.named_addresses("write to Info@example.org."), ("info@example.org",)
        )

    def test_what_the_layouts_cannot_read_is_not_logged(self):
        self.assertFalse(logging.getLogger("flufl.bounce").isEnabledFor(logging.CRITICAL))
        self.assertEqual(logging.getLogger("flufl.bounce").level, logging.CRITICAL + 1)


class TestKnownLayouts(PureCase):
    """qmail's, which needs no header."""

    HELLO = "Hi. This is the qmail-send program at example.org.\nI'm afraid I failed.\n\n"
    NAMED = "<info@example.org>:\nNo such user.\n\n--- Below this line is a copy of the message.\n"

    def layout(self, before="", between="", *lines):
        received = mail(*lines, body=before + self.HELLO + between + self.NAMED)
        return bounce_text.known_layout(received)

    def test_failed_and_delayed(self):
        self.assertEqual(self.layout(), ((), ("info@example.org",)))
        self.assertEqual(bounce_text.known_layout(mail()), ((), ()))

    def test_its_limits(self):
        for count, seen in ((20, True), (21, False)):
            with self.subTest(boundaries=count):
                found = self.layout("", "", "X: " + "Boundary " * count)
                self.assertEqual(bool(found[1]), seen)
                self.assertIsInstance(found[0], tuple)
        head = len(mail().source[: mail().body_offset].splitlines())
        hello = len(self.HELLO.splitlines())
        for line, seen in ((800, True), (801, False)):
            with self.subTest(line=line):
                between = "x\n" * (line - head - hello - 2) + "\n"
                self.assertEqual(bool(self.layout("", between)[1]), seen)

    def test_how_much_of_a_mail_is_read(self):
        named = "<info@example.org>:"
        fill = ("x" * 119 + "\n") * 390
        for size, seen in ((48_000, True), (48_001, False)):
            with self.subTest(size=size):
                rest = size - len(fill) - len(self.HELLO) - len(named) - 1
                last = "\n".join("x" * 99 for _line in range(rest // 100))
                before = fill + last + "x" * (rest - len(last)) + "\n"
                self.assertEqual(len(before + self.HELLO + named), size)
                self.assertEqual(bool(self.layout(before)[1]), seen)

    def test_how_much_of_a_line_is_read(self):
        domain = ".".join(["d" * 50] * 4)
        for size, seen in ((240, True), (241, False)):
            with self.subTest(size=size):
                named = f"<{'i' * (size - len(domain) - 4)}@{domain}>:"
                self.assertEqual(len(named), size)
                received = mail(body=f"{self.HELLO}{named}\nNo such user.\n")
                found = bounce_text.known_layout(received)
                self.assertEqual(bool(found[1]), seen)

    def test_what_breaks_the_layouts_is_read_by_none(self):
        def fail(_message):
            raise ValueError

        with patch.object(bounce_text, "all_failures", fail):
            self.assertEqual(self.layout(), ((), ()))


class TestFacts(PureCase):
    def test_keys_of_a_bounce(self):
        found = facts("info@example.org: 550 5.2.2 full", "From: MAILER-DAEMON@mx.example.org")
        self.assertEqual(
            {name: value for name, value in found.items() if name != "recipients"},
            {
                "bounced_address": "info@example.org",
                "permanent": True,
                "diagnostic": "info@example.org: 550 5.2.2 full",
                "explanation": "The mailbox is full.",
                "bounced_message_ids": [],
            },
        )
        (item,) = found["recipients"]
        self.assertEqual((item["address"], item["status"]), ("info@example.org", "5.2.2"))

    def test_a_delay_in_words(self):
        for subject, permanent in (("Delayed mail", False), ("Failed", True)):
            with self.subTest(subject):
                found = facts("info@example.org", f"Subject: {subject}")
                action = "failed" if permanent else "delayed"
                self.assertIs(found["permanent"], permanent)
                (missed,) = found["recipients"]
                status = "5.0.0" if permanent else "4.0.0"
                self.assertEqual((missed["action"], missed["status"]), (action, status))

    def test_a_bounce_that_names_nobody_still_has_a_cause(self):
        for told, permanent in (("It was delayed mail", False), ("The mailbox is full", True)):
            with self.subTest(told):
                found = facts(told)
                self.assertEqual((found["bounced_address"], found["recipients"]), ("", []))
                self.assertIs(found["permanent"], permanent)

    def test_a_report_without_an_address_lends_its_words_and_its_code(self):
        group = "Final-Recipient:\nAction: {}\nStatus: 5.2.1\nDiagnostic-Code: smtp; closed"
        for action, permanent in (("failed", True), ("delayed", False)):
            contents = [("message/delivery-status", group.format(action))]
            with self.subTest(action):
                nobody = facts("Sorry.", contents=contents)
                self.assertEqual(nobody["bounced_address"], "")
                self.assertEqual(nobody["explanation"], explain("5.2.1"))
                self.assertIs(nobody["permanent"], permanent)
                named = facts("info@example.org has left us all", contents=contents)
                self.assertEqual(named["bounced_address"], "info@example.org")
                (missed,) = named["recipients"]
                self.assertEqual((missed["status"], missed["diagnostic"]), ("5.2.1", "closed"))

    def test_the_first_group_without_an_address_counts(self):
        group = "Final-Recipient:\nAction: {}\nStatus: {}"
        for actions, permanent in ((("failed", "delayed"), True), (("delayed", "failed"), False)):
            groups = [group.format(*item) for item in zip(actions, ("4.2.1", "4.2.2"), strict=True)]
            found = facts("Sorry.", contents=[("message/delivery-status", "\n\n".join(groups))])
            self.assertIs(found["permanent"], permanent)
            self.assertEqual(found["explanation"], explain("4.2.1"))

    def test_the_line_beside_an_address_is_its_diagnosis(self):
        found = facts("one@example.org has left our company\n\ntwo@example.org never was here\n")
        said = [item["diagnostic"] for item in found["recipients"]]
        self.assertEqual(
            said, ["one@example.org has left our company", "two@example.org never was here"]
        )

    def test_a_header_names_them_first(self):
        found = facts("two@example.org", "X-Failed-Recipients: one@example.org")
        self.assertEqual([item["address"] for item in found["recipients"]], ["one@example.org"])

    def test_at_most_a_hundred_are_named_by_a_header(self):
        for count in (99, 100, 101):
            names = ",\n ".join(f"a{number}@example.org" for number in range(count))
            found = facts("Sorry.", f"X-Failed-Recipients: {names}")
            self.assertEqual(len(found["recipients"]), min(count, 100))
        no_layout = f"X: {'boundary ' * 21}"
        found = facts("b@example.org", "X-Failed-Recipients: a@example.org", no_layout)
        self.assertEqual([item["address"] for item in found["recipients"]], ["a@example.org"])

    def test_who_reports_and_who_is_told_is_not_meant(self):
        told = "Dear bounce@domain.com, postmaster@x.org says: info@example.org"
        found = facts(told, "From: postmaster@x.org", "Return-Path: <path@x.org>")
        self.assertEqual([item["address"] for item in found["recipients"]], ["info@example.org"])

    def test_at_most_five_are_named_by_a_text(self):
        self.assertEqual(MAX_NAMED, 5)
        for count in (4, 5, 6):
            told = " and ".join(f"a{number}@example.org" for number in range(count))
            self.assertEqual(len(facts(told)["recipients"]), min(count, 5))

    def test_a_report_of_success_is_no_bounce(self):
        group = "Final-Recipient: rfc822; a@example.org\nAction: {}"
        delivered = ("message/delivery-status", group.format("delivered"))
        failed = ("message/delivery-status", group.format("failed"))
        self.assertIsNone(facts("", contents=[delivered]))
        self.assertEqual(len(facts("", contents=[delivered, failed])["recipients"]), 1)

    def test_the_first_that_failed_for_good_stands_for_all(self):
        groups = [
            f"Final-Recipient: rfc822; {name}@example.org\nAction: {action}"
            for name, action in (("a", "delayed"), ("b", "failed"), ("c", "failed"))
        ]
        found = facts("", contents=[("message/delivery-status", "\n\n".join(groups))])
        self.assertEqual(found["bounced_address"], "b@example.org")
        self.assertEqual(len(found["recipients"]), 3)
        late = "\n\n".join((groups[0], groups[1].replace("failed", "delayed")))
        found = facts("", contents=[("message/delivery-status", late)])
        self.assertEqual((found["bounced_address"], found["permanent"]), ("a@example.org", False))
