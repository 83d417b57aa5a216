"""The customer of a record; most cases are messages in tests/mails/contact-*.eml."""

from ....router.codes import AuthorCheck
from ....router.contact import find_contact, is_no_reply
from ....router.message.mail import ReceivedMail
from ...kit.memory_directory import world_directory
from ...kit.pure import PureCase

ANSWERED = (
    "sales anna.noreen reply info nolan notes casinoresponse norbert donata donotto newsletter"
)
UNANSWERED = (
    "no-reply noreply NoReply no.reply no_reply do-not-reply donotreply do.not.reply dontreply "
    "jobs-noreply noreply2 noreply+x nicht-antworten keine-antwort ne-pas-repondre naoresponda "
    "non-rispondere noresponder notifications notification mailer-daemon wordpress www-data"
)


class TestContact(PureCase):
    def test_addresses_that_nobody_reads(self):
        for local in UNANSWERED.split():
            self.assertTrue(is_no_reply(f"{local}@x.test"), local)
        for local in ANSWERED.split():
            self.assertFalse(is_no_reply(f"{local}@x.test"), local)

    def contact(self, *lines, check=AuthorCheck.UNVERIFIED, **options):
        mail = ReceivedMail.from_bytes("\r\n".join([*lines, "", ""]).encode())
        directory = world_directory()
        found = find_contact(mail, directory, directory.policy(), check, **options)
        return found.address, found.name

    def test_cases(self):
        lena = "Reply-To: Lena <lena@x.test>"
        ours = "From: Example <info@example.com>"
        for name, lines, options, expected in (
            ("a person", ["From: A <a@x.test>", lena], {}, ("a@x.test", "A")),
            ("a machine", ["From: a@x.test", lena], {"is_machine": True}, ("lena@x.test", "Lena")),
            ("ours", [ours, lena], {}, ("lena@x.test", "Lena")),
            ("ours without Reply-To", [ours], {}, ("info@example.com", "Example")),
            ("ours, Reply-To ours", [ours, "Reply-To: sales@example.com"], {},
             ("info@example.com", "Example")),
            ("several in Reply-To", [ours, "Reply-To: sales@example.com, b@x.test"], {},
             ("b@x.test", "")),
            ("Reply-To is a machine", [ours, "Reply-To: noreply@x.test, b@x.test"], {},
             ("b@x.test", "")),
            ("a group's original", [ours, "X-Original-From: O <o@x.test>", lena], {},
             ("o@x.test", "O")),
            ("X-Original-From of a stranger means nothing",
             ["From: noreply@y.test", "X-Original-From: o@x.test", lena], {},
             ("lena@x.test", "Lena")),
            ("a group's original sender",
             [ours, "X-Original-Sender: o@x.test", "List-Id: <sales.example.com>"], {},
             ("o@x.test", "")),
            ("no From", ["Sender: s@x.test"], {}, ("s@x.test", "")),
            ("no From, Reply-To", ["Sender: s@x.test", lena], {}, ("lena@x.test", "Lena")),
            ("no From, return path", ["Return-Path: <r@x.test>"], {}, ("r@x.test", "")),
            ("nobody", ["Return-Path: <>"], {}, ("", "")),
        ):  # fmt: skip
            with self.subTest(case=name):
                self.assertEqual(self.contact(*lines, **options), expected)

    def test_a_verified_user_is_never_replaced(self):
        lines = ["From: myname@example.com", "Reply-To: lena@x.test"]
        self.assertEqual(self.contact(*lines)[0], "lena@x.test")
        verified = self.contact(*lines, check=AuthorCheck.VERIFIED)
        self.assertEqual(verified[0], "myname@example.com")
