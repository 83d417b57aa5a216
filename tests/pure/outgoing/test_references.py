"""Message-IDs and References as they stand in a message: never encoded, never too long."""

from email import policy
from email.message import EmailMessage

from ....outgoing.references import readable_references, with_domain
from ...kit.pure import PureCase

LONG = "a" * 120


class TestReferences(PureCase):
    def test_one_a_line(self):
        value = readable_references(f"x <{LONG}@a.test>\t<2@b.test>,<3@c.test>")
        message = EmailMessage(policy=policy.SMTP)
        message["References"] = value
        self.assertEqual(str(value), f"<{LONG}@a.test> <2@b.test> <3@c.test>")
        expected = f"References: <{LONG}@a.test>\r\n <2@b.test>\r\n <3@c.test>\r\n"
        self.assertEqual(value.fold(policy=policy.SMTP), expected)

    def test_what_holds_no_message_id(self):
        for value in ("", "abc@a.test", "<>", "<a b>"):
            with self.subTest(value=value):
                self.assertIsNone(readable_references(value))


class TestWithDomain(PureCase):
    def test_the_suffix_goes_before_the_domain(self):
        found = with_domain(" <1@web1> ", "domain.com", ["WEB1"], ".token")
        self.assertEqual(found, "<1.token@domain.com>")

    def test_a_host_name_of_any_letters(self):
        for host in ("linux", "x", "web1.lan"):
            found = with_domain(f"<1@{host}>", "domain.com", [host])
            self.assertEqual(found, "<1@domain.com>")

    def test_a_suffix_that_makes_it_too_long_is_left_out(self):
        # 196 characters: "<" and what stands before the "@", the suffix, the domain
        for length, suffix in ((196 - 10 - 6, ".token"), (196 - 10 - 6 + 1, "")):
            left = "<" + "a" * (length - 1)
            with self.subTest(length=length):
                found = with_domain(f"{left}@web1>", "domain.com", ["web1"], ".token")
                self.assertEqual(found, f"{left}{suffix}@domain.com>")

    def test_others_stay_as_they_are(self):
        for message_id in ("<1@elsewhere.test>", " <1@elsewhere.test>", "web1", "<web1>"):
            with self.subTest(message_id=message_id):
                found = with_domain(message_id, "domain.com", ["web1"], ".token")
                self.assertEqual(found, message_id)
