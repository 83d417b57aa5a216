"""Certified mail (PEC): what the person wrote, from that person, with the envelope beside it."""

import base64

from ....content.reader import read
from ....router.codes import AuthorCheck
from ....router.contact import find_contact
from ....router.message.certified import all_references, certified_mail
from ....router.message.mail import ReceivedMail
from ....router.policy import Policy
from ...kit.containers import BEHALF, envelope
from ...kit.memory_directory import MemoryDirectory
from ...kit.pure import PureCase

INNER = f"""\
From: Lena Fischer <{BEHALF}>
To: sales@example.com
Subject: Richiesta
In-Reply-To: <ours@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="i"

--i
Content-Type: text/plain

innerwords
--i
Content-Type: application/pdf; name=plan.pdf

%PDF-1
--i--
"""
CERTIFIED = envelope(INNER)


def mail(source):
    return ReceivedMail.from_bytes(source.encode())


def contact(source):
    policy = Policy(frozenset({"example.com"}), frozenset({"catchall@example.com"}))
    return find_contact(mail(source), MemoryDirectory({}), policy, AuthorCheck.UNVERIFIED).mailbox


class TestShown(PureCase):
    def test_a_reply_inside_is_folded(self):
        quoted = "Va bene.\n\nIl giorno 5 ott 2026 alle 09:12 Vendite ha scritto:\n> uno\n> due"
        for header in ("In-Reply-To: <ours@example.com>", "Subject: Re: Richiesta"):
            inner = f"From: <{BEHALF}>\n{header}\nContent-Type: text/plain\n\n{quoted}\n"
            found = read(mail(envelope(inner))).html
            self.assertIn("data-o-mail-quote", found)
        original = "Content-Type: text/plain\n\n-----Original Message-----\na"
        inner = f"From: <{BEHALF}>\nSubject: Fwd: x\n{original}"
        self.assertNotIn("data-o-mail-quote", read(mail(envelope(inner))).html)

    def test_what_the_message_inside_refers_to(self):
        self.assertEqual(all_references(mail(CERTIFIED)), ("<ours@example.com>",))

    def test_the_message_inside_and_the_files_of_both(self):
        for source in (CERTIFIED, envelope(INNER, encoding="Content-Transfer-Encoding: 8bit")):
            found = read(mail(source))
            self.assertEqual(found.html, "<p>innerwords</p>")
            names = [item.name for item in found.files]
            self.assertEqual(names, ["plan.pdf", "postacert.eml", "daticert.xml", "smime.p7s"])
            self.assertEqual(found.files[1].data.strip(), INNER.strip().encode())
            self.assertIn("pec.provider.test", found.notes[0])
            self.assertIn("not checked", found.notes[0])

    def test_a_message_in_base64(self):
        coded = base64.encodebytes(INNER.encode()).decode()
        found = read(mail(envelope(coded, encoding="Content-Transfer-Encoding: base64")))
        self.assertEqual((found.html, found.files[1].data), ("<p>innerwords</p>", INNER.encode()))

    def test_what_came_uncertified_says_so(self):
        found = read(mail(envelope(INNER, transport="errore")))
        self.assertEqual(found.html, "<p>innerwords</p>")
        self.assertIn("not certified", found.notes[0])

    def test_what_is_no_envelope_is_shown_as_ever(self):
        for source in (
            CERTIFIED.replace("X-Trasporto", "X-Other"),
            CERTIFIED.replace("posta-certificata@", "info@"),
            CERTIFIED.replace("postacert.eml", "other.eml"),
            CERTIFIED.replace("X-Trasporto: posta-certificata", "X-Trasporto: other"),
        ):
            found = read(mail(source))
            self.assertIn("Messaggio di posta", found.html)
            self.assertNotIn("innerwords", found.html)
            self.assertEqual(found.notes, ())

    def test_an_envelope_within_a_message_is_a_file(self):
        forward = f"From: a@b.test\nContent-Type: message/rfc822\n\n{CERTIFIED}"
        found = read(mail(forward))
        self.assertNotIn("innerwords", found.html)
        self.assertIsNone(found.sender)


class TestContact(PureCase):
    def test_the_one_inside_with_the_name(self):
        for source in (CERTIFIED, envelope(INNER, transport="errore")):
            found = contact(source)
            self.assertEqual((found.name, found.address), ("Lena Fischer", BEHALF))

    def test_only_whom_the_envelope_names_too(self):
        other = INNER.replace(BEHALF, "somebody@else.test")
        self.assertEqual(contact(envelope(other)).address, BEHALF)

    def test_nobody_of_ours(self):
        """A From inside an envelope that anybody can write makes nobody a colleague."""
        ours = envelope(INNER.replace(BEHALF, "boss@example.com"), behalf="boss@example.com")
        self.assertEqual(contact(ours).address, "posta-certificata@pec.provider.test")

    def test_nobody_of_a_message_that_is_attached(self):
        for source in (
            f"From: a@b.test\nContent-Type: message/rfc822\n\n{CERTIFIED}",
            CERTIFIED.replace("posta-certificata@", "info@", 1).replace("X-Trasporto", "X-Other"),
        ):
            self.assertNotEqual(contact(source).name, "Lena Fischer")

    def test_the_message_that_it_replies_to(self):
        found = certified_mail(mail(CERTIFIED).parts()[0])
        self.assertEqual(found.mail.references, ("<ours@example.com>",))
        self.assertEqual(found.mail.subject, "Richiesta")
