"""Copies of broken messages that Odoo can read."""

import email
import email.policy

from .....router.message.repair import anew, as_is, gently, printable, repairs_for
from ....kit.pure import PureCase


class TestRepair(PureCase):
    def test_a_sound_mail_is_left_alone(self):
        head = b"From: a@b.test\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        source = head + "Grüße\r\n".encode()
        self.assertEqual(as_is(source), source)
        self.assertEqual(gently(source), source)
        self.assertEqual(repairs_for(source), (as_is, gently, anew))

    def test_a_line_that_is_no_field_does_not_end_the_header(self):
        for junk in ("Something that is no field", "Sent by: the gateway", "=" * 20, ">From x"):
            with self.subTest(junk):
                source = f"From: a@b.test\r\n{junk}\r\nSubject: S\r\n\r\nx".encode()
                self.assertNotIn(as_is, repairs_for(source))
                message = email.message_from_bytes(gently(source), policy=email.policy.SMTP)
                self.assertEqual(message["Subject"], "S")
                self.assertEqual(message.get_payload(), "x")

    def test_what_stands_before_a_header_does_not_end_it(self):
        head = "From: a@b.test\r\nSubject: S\r\n\r\nx"
        for before in ("\ufeff", "\r\n", " \r\n\r\n", "Received: r\r\n\r\n"):
            with self.subTest(before):
                source = f"{before}{head}".encode()
                self.assertNotIn(as_is, repairs_for(source))
                message = email.message_from_bytes(gently(source), policy=email.policy.SMTP)
                self.assertEqual((message["From"], message["Subject"]), ("a@b.test", "S"))
                self.assertEqual(message.get_payload(), "x")

    def test_text_that_looks_like_a_header_stays(self):
        source = b"Content-Type: text/plain; charset=utf-8\r\n\r\nsay charset=x-none here"
        self.assertEqual(gently(source), source)

    def test_raw_header_values_are_encoded(self):
        source = 'From: "Jörg Müller" <jo@b.test>\r\nSubject: Möbel für uns\r\n\r\nx'.encode()
        self.assertNotIn(as_is, repairs_for(source))
        message = email.message_from_bytes(gently(source), policy=email.policy.SMTP)
        self.assertEqual(message["Subject"], "Möbel für uns")
        self.assertEqual(message["From"].addresses[0].display_name, "Jörg Müller")

    def test_encoded_words_of_an_unknown_charset(self):
        source = (
            b"From: =?x-none?Q?J=F6rg?= <jo@b.test>\r\nSubject: =?x-none?Q?M=F6bel_f=FCr_uns?=\r\n"
            b"\r\nx"
        )
        self.assertNotIn(as_is, repairs_for(source))
        message = email.message_from_bytes(gently(source), policy=email.policy.SMTP)
        self.assertEqual(message["Subject"], "Möbel für uns")
        self.assertEqual(message["From"].addresses[0].display_name, "Jörg")

    def test_anew_keeps_the_original_attached(self):
        head = b"From: a@b.test\r\nTo: c@d.test\r\nSubject: S\r\nMessage-ID: <1@b.test>\r\n"
        source = head + b"\r\nText\r\n"
        message = email.message_from_bytes(anew(source), policy=email.policy.SMTP)
        self.assertEqual(message["Message-ID"], "<1@b.test>")
        attached = next(message.iter_attachments())
        self.assertEqual(attached.get_content(), source)

    def test_no_header_can_be_injected_by_anew(self):
        source = b"From: a@b.test\r\nSubject: =?utf-8?q?x=0D=0ABcc:_evil@e.test?=\r\n\r\nText"
        message = email.message_from_bytes(anew(source), policy=email.policy.SMTP)
        self.assertIsNone(message["Bcc"])

    def test_printable(self):
        self.assertEqual(printable("a\0b\ud800c\x1bd\te"), "abcd\te")
