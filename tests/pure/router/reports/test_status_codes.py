"""Status codes: which a text quotes, and what people read for each of IANA's registry we know."""

from .....router.reports.dsn import told_status
from .....router.reports.status import (
    explain,
    find_status,
    is_undefined,
    parse_status,
    status_of_words,
)
from ....kit.pure import PureCase

MEANINGS = {
    "1.1": "The address does not exist.",
    "1.2": "The domain of the address does not exist.",
    "1.3": "The address is misspelt.",
    "1.4": "The address is ambiguous.",
    "1.6": "The mailbox has moved.",
    "1.8": "The sender's domain was not accepted.",
    "1.10": "The address does not exist, because its domain accepts no mail.",
    "2.1": "The mailbox is disabled.",
    "2.2": "The mailbox is full.",
    "2.3": "The email is larger than the recipient accepts.",
    "3.2": "The recipient's server accepts no mail at the moment.",
    "3.4": "The email is larger than the recipient's server accepts.",
    "4.1": "The recipient's server does not answer.",
    "4.3": "The recipient's domain cannot be looked up.",
    "4.4": "No route to the recipient's server was found.",
    "4.6": "The email was caught in a mail loop.",
    "4.7": "The recipient's server could not be reached in time.",
    "7.20": "The recipient's server could not verify our signature (DKIM).",
    "7.23": "The recipient's server could not verify our server (SPF).",
    "7.25": "The IP address of our server has no valid host name (reverse DNS).",
    "7.26": "The recipient's server could not verify that the email is ours.",
    "7.27": "The recipient's server could not verify that the email is ours.",
    # a detail that has no words of its own: the words of its subject
    "1.99": "The address was not accepted.",
    "2.99": "The mailbox did not accept the email.",
    "3.99": "The recipient's mail system did not accept the email.",
    "4.99": "The network or the route to the recipient failed.",
    "5.99": "The servers did not understand each other.",
    "6.99": "The content of the email was not accepted.",
    "7.99": "The recipient's server refused the email because of its policy.",
    "0.0": "",
    "8.1": "",
}


class TestStatusCodes(PureCase):
    def test_a_code_in_words(self):
        for detail, words in MEANINGS.items():
            for kind in "45":
                with self.subTest(kind=kind, detail=detail):
                    self.assertEqual(explain(f"{kind}.{detail}"), words)
        self.assertEqual(explain(""), "")

    def test_where_a_text_quotes_a_code(self):
        cases = {
            "550 5.1.1 unknown": "5.1.1",
            "it said 550-5.1.1 unknown": "5.1.1",
            "550 #5.1.1": "5.1.1",
            "(#4.2.2)": "4.2.2",
            "#4.2.2": "4.2.2",
            "(5.7.1)": "5.7.1",
            "550 5.01.001 unknown": "5.1.1",
            "5.7.1": "",
            # by a reply code alone (RFC 5321 §4.2.3)
            "551 moved": "5.1.6",
            "552 full": "5.2.2",
            "452 full": "4.2.2",
            "550 no": "5.0.0",
        }
        for text, code in cases.items():
            with self.subTest(text):
                self.assertEqual(find_status(text), code)

    def test_a_reply_code_counts_behind_the_words_that_quote_a_server(self):
        for words in (
            "host said: ", "said ", "error: ", "error ", "code: ", "reply: ", "replied: ",
            "response: ", "responded: ", "failed with ", ">>> ", "<<< ", "smtp;", "SMTP: ",
            "result: ",
        ):  # fmt: skip
            with self.subTest(words):
                self.assertEqual(find_status(f"The server {words}552 full"), "5.2.2")
        self.assertEqual(find_status("The chairs 552 full"), "")

    def test_causes_in_words(self):
        cases = {
            "over quota": "2.2",
            "the message is too large": "2.3",
            "account has been suspended": "2.1",
            "host not found": "1.2",
            "user unknown": "1.1",
            "too many hops": "4.6",
            "it is on a blacklist": "7.1",
            "connection refused": "4.1",
            "queue too long": "4.7",
            "hello": "",
        }
        for words, detail in cases.items():
            for kind, permanent in (("5", True), ("4", False)):
                with self.subTest(words=words, permanent=permanent):
                    expected = f"{kind}.{detail}" if detail else ""
                    self.assertEqual(status_of_words(words, permanent=permanent), expected)

    def test_the_most_telling_cause_counts(self):
        self.assertEqual(status_of_words("spam: mailbox full", permanent=True), "5.2.2")

    def test_only_the_beginning_is_looked_at(self):
        for function, limit, sign, code in (
            (parse_status, 500, "5.1.1", "5.1.1"),
            (find_status, 8_000, "(5.1.1", "5.1.1"),
            (lambda text: status_of_words(text, permanent=True), 4_000, "over quota", "5.2.2"),
        ):
            with self.subTest(limit=limit):
                text = "x" * (limit - len(sign) - 1) + " " + sign
                self.assertEqual(function(text), code)
                self.assertNotEqual(function(" " + text), code)
                # without the last character, which is another code or none
                self.assertNotEqual(function("y" + text), code)

    def test_a_status_field(self):
        for value, code in (
            ("5.1.1", "5.1.1"),
            ("2.0.0 (delivered)", "2.0.0"),
            ("4.007.001", "4.7.1"),
            ("x 5.2.2", "5.2.2"),
            ("3.1.1", ""),
            ("", ""),
        ):
            with self.subTest(value):
                self.assertEqual(parse_status(value), code)

    def test_which_codes_say_nothing(self):
        for code, undefined in (("", True), ("5.0.0", True), ("4.0.0", True), ("5.1.1", False)):
            with self.subTest(code):
                self.assertIs(is_undefined(code), undefined)

    def test_the_most_telling_of_several_sources(self):
        cases = (
            # Status field, text, permanent, told
            ("5.2.2", "550 5.1.1 unknown", True, "5.2.2"),
            ("5.0.0", "550 5.1.1 unknown", True, "5.1.1"),
            ("5.0.0", "over quota", True, "5.2.2"),
            ("", "over quota", False, "4.2.2"),
            ("4.0.0", "", True, "4.0.0"),
            ("", "", True, "5.0.0"),
            ("", "", False, "4.0.0"),
        )
        for status, text, permanent, told in cases:
            with self.subTest(status=status, text=text, permanent=permanent):
                self.assertEqual(told_status(status, text, permanent=permanent), told)
