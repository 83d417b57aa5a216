"""Header fields by their names, and what a program or a list says of itself in them."""

from .....router.message import automatic, headers
from .....router.message.lists import foreign_list, is_own_group, is_under, list_names
from .....router.message.mail import ReceivedMail
from .....router.trust.received import Boundary, Hop
from .....router.trust.stamps import first_unstamped
from ....kit.pure import PureCase

# (constant, name on the wire): RFC 5322, 2919, 2369, 8601, 3834, and what servers invented.
NAMES = (
    ("RECEIVED", "Received"),
    ("RETURN_PATH", "Return-Path"),
    ("FROM", "From"),
    ("SENDER", "Sender"),
    ("REPLY_TO", "Reply-To"),
    ("TO", "To"),
    ("CC", "Cc"),
    ("RESENT_TO", "Resent-To"),
    ("RESENT_CC", "Resent-Cc"),
    ("SUBJECT", "Subject"),
    ("DATE", "Date"),
    ("MESSAGE_ID", "Message-ID"),
    ("IN_REPLY_TO", "In-Reply-To"),
    ("REFERENCES", "References"),
    ("X_ORIGINAL_FROM", "X-Original-From"),
    ("X_ORIGINAL_SENDER", "X-Original-Sender"),
    ("LIST_ID", "List-Id"),
    ("LIST_POST", "List-Post"),
    ("LIST_UNSUBSCRIBE", "List-Unsubscribe"),
    ("AUTHENTICATION_RESULTS", "Authentication-Results"),
    ("AUTO_SUBMITTED", "Auto-Submitted"),
    ("PRECEDENCE", "Precedence"),
    ("CONTENT_TYPE", "Content-Type"),
    ("X_AUTO_RESPONSE_SUPPRESS", "X-Auto-Response-Suppress"),
    ("X_FAILED_RECIPIENTS", "X-Failed-Recipients"),
    ("X_MS_INBOX_RULES_LOOP", "X-MS-Exchange-Inbox-Rules-Loop"),
    ("X_MS_AUTH_AS", "X-MS-Exchange-Organization-AuthAs"),
    ("X_CATCHALL_LOOP", "X-Catchall-Loop"),
)
ENVELOPE = """
    X-Original-To X-Gm-Original-To Envelope-To X-Envelope-To X-Delivered-To Delivered-To
    X-Forwarded-To X-Forwarded-For X-Rcpt-To X-Apparently-To Original-Recipient
"""
STAMPS = """
    Authentication-Results Received-SPF DKIM-Filter DMARC-Filter Return-Path ARC-Seal
    ARC-Authentication-Results X-Spam X-Spam-Status X-Rspamd-Server X-Virus-Scanned X-Amavis-Alert
    X-Bogosity X-DSPAM-Result
"""


def mail(*lines):
    return ReceivedMail.from_bytes("\n".join([*lines, "", ""]).encode())


class TestNames(PureCase):
    def test_constants_are_the_names_on_the_wire(self):
        found = {name: value for name, value in vars(headers).items() if isinstance(value, str)}
        for constant, name in NAMES:
            self.assertEqual(found[constant], name.lower())

    def test_what_servers_call_the_envelope_recipient(self):
        self.assertEqual(headers.ENVELOPE_RECIPIENT, set(ENVELOPE.lower().split()))
        self.assertEqual(headers.ADDRESSED, ("to", "cc", "resent-to", "resent-cc"))


class TestAutomatic(PureCase):
    def test_keyword_is_what_stands_before_parameters_and_comments(self):
        for value, expected in (
            ("Auto-Replied (vacation); x=y", "auto-replied"),
            ("auto-replied; x=(y)", "auto-replied"),
            (' "Bulk" ', "bulk"),
            ('" list "', "list"),
            ("(no)", ""),
            ("", ""),
        ):
            with self.subTest(value):
                self.assertEqual(automatic.keyword(value), expected)

    def test_a_flag_is_on_unless_it_says_no(self):
        for value in ("", "no", "No", "none", "false", "0", "off", "no (really)"):
            self.assertFalse(automatic.is_on(value), value)
        for value in ("yes", "1", "true", "on", "x", "00"):
            self.assertTrue(automatic.is_on(value), value)

    def test_precedence(self):
        for value, bulk, reply in (
            ("bulk", True, False),
            ("list", True, False),
            ("junk", True, False),
            ("Bulk (x)", True, False),
            ("auto_reply", False, True),
            ("auto-reply", False, True),
            ("autoreply", False, True),
            ("auto_response", False, True),
            ("first-class", False, False),
            ("normal", False, False),
        ):
            for header in ("Precedence", "X-Precedence"):
                with self.subTest(header, value=value):
                    found = mail(f"{header}: {value}")
                    self.assertEqual(automatic.is_bulk_precedence(found), bulk)
                    self.assertEqual(automatic.is_reply_precedence(found), reply)
        both = mail("X-Precedence: bulk", "Precedence: first-class")
        self.assertEqual(automatic.precedence(both), "first-class")
        self.assertEqual(automatic.auto_submitted(mail("Auto-Submitted: No")), "no")

    def test_suppressed_answers_are_a_set_of_keywords(self):
        found = mail("X-Auto-Response-Suppress: DR, OOF,, AutoReply ,")
        self.assertEqual(automatic.suppressed_answers(found), {"dr", "oof", "autoreply"})
        self.assertEqual(automatic.suppressed_answers(mail("A: b")), set())

    def test_the_sign_of_a_program_in_words(self):
        for lines, sign, in_group in (
            (["A: b"], "", ""),
            (["Auto-Submitted: no"], "", ""),
            (["Auto-Submitted: no", "Precedence: bulk"], "", ""),
            (["Auto-Submitted: auto-generated (x)"], *["Auto-Submitted: auto-generated"] * 2),
            (["Precedence: bulk"], "Precedence: bulk", ""),
            (["Precedence: List"], "Precedence: list", ""),
            (["Precedence: auto_reply"], *["Precedence: auto_reply"] * 2),
            (["Precedence: first-class"], "", ""),
            (["Return-Path: <>"], *["null return path"] * 2),
            (["Return-Path: <a@b.test>"], "", ""),
        ):
            with self.subTest(lines):
                found = mail(*lines)
                self.assertEqual(automatic.automatic_sign(found), sign)
                grouped = automatic.automatic_sign(found, through_own_group=True)
                self.assertEqual(grouped, in_group)


class TestLists(PureCase):
    def names(self, *lines):
        return list(list_names(mail(*lines)))

    def test_identifiers(self):
        for line, expected in (
            ("List-Id: News <News.Example.com>",
             [("List-Id", "news.example.com", "news.example.com")]),
            ("List-Id: news.example.com", [("List-Id", "news.example.com", "news.example.com")]),
            ("List-Id: <news@x.test>", [("List-Id", "news@x.test", "x.test")]),
            ("List-Id: <news.x.test>\t>", [("List-Id", "news.x.test", "news.x.test")]),
            ("List-Id: <>", []),
            ("List-Post: <mailto:news@x.test?subject=a@b.test>",
             [("List-Post", "news@x.test", "x.test")]),
            ("List-Post: news@x.test", [("List-Post", "news@x.test", "x.test")]),
            ("List-Post: NO", []),
        ):  # fmt: skip
            with self.subTest(line):
                self.assertEqual(self.names(line), expected)

    def test_no_more_than_people_write(self):
        for count, expected in ((20, 20), (21, 20)):
            fields = [f"List-Id: <l{number}.test>" for number in range(count)]
            self.assertEqual(len(self.names(*fields)), expected)
            fields = [f"List-Post: <mailto:l@l{number}.test>" for number in range(count)]
            self.assertEqual(len(self.names(*fields)), expected)
        many = ", ".join(f"<mailto:l@l{number}.test>" for number in range(6))
        self.assertEqual(len(self.names(f"List-Post: {many}")), 5)
        self.assertEqual(self.names("List-Id: <" + "a" * 256 + ">")[0][1], "a" * 255)

    def test_whose_a_list_is(self):
        ours = frozenset({"example.com"})
        group, foreign = "List-Id: <sales.example.com>", "List-Id: <news.x.test>"
        for lines, stranger, own in (
            ([group], None, True),
            ([foreign], ("List-Id", "news.x.test"), False),
            ([group, foreign], ("List-Id", "news.x.test"), True),
            (["A: b"], None, False),
        ):
            with self.subTest(lines):
                self.assertEqual(foreign_list(mail(*lines), ours), stranger)
                self.assertEqual(is_own_group(mail(*lines), ours), own)

    def test_under_is_equal_or_a_subdomain(self):
        for domain, expected in (
            ("example.com", True),
            ("a.example.com", True),
            ("badexample.com", False),
            ("com", False),
            ("", False),
        ):
            self.assertEqual(is_under(domain, frozenset({"example.com"})), expected, domain)


class TestStamps(PureCase):
    """Fields that filters of ours write below the hop that took the message in."""

    def unstamped(self, *names, known=True):
        found = mail("Received: x", *(f"{name}: x" for name in names))
        return first_unstamped(found, Boundary(1, (Hop(0, 0),), known=known))

    def test_fields_of_filters(self):
        for name in STAMPS.split():
            with self.subTest(name):
                self.assertEqual(self.unstamped(name, "Subject"), 2)
        self.assertEqual(self.unstamped(*STAMPS.split()), 1 + len(STAMPS.split()))

    def test_the_first_other_field_ends_them(self):
        for name in ("Subject", "Received", "X-Virt", "ARCHIVE", "X-Span", "DKIM-Signature"):
            with self.subTest(name):
                self.assertEqual(self.unstamped("ARC-Seal", name, "ARC-Seal"), 2)
        self.assertEqual(self.unstamped(), 1)

    def test_none_where_no_hop_is_known_to_be_ours(self):
        self.assertEqual(self.unstamped("ARC-Seal", known=False), 1)
