"""Messages read field by field and part by part: every small rule with a sample."""

import email
import email.policy

from .....router.contact import is_no_reply
from .....router.message import mime
from .....router.message.addresses import (
    Mailbox,
    normalise,
    normalise_domain,
    parse,
    same_spelling,
)
from .....router.message.automatic import keyword
from .....router.message.lists import list_names
from .....router.message.mail import ReceivedMail
from .....router.message.repair import anew, as_is, gently, printable, repairs_for
from .....router.trust.authres import Result, parse_authres
from .....router.trust.boundary import OwnHosts
from .....router.trust.received import parse_hop
from ....kit.pure import PureCase


def mail(*lines, body=""):
    return ReceivedMail.from_bytes("\n".join([*lines, "", body]).encode())


class TestMail(PureCase):
    def test_fields_by_name(self):
        found = mail("A: 1", "B: 2", "a: 3", body="body")
        self.assertEqual([item.value for item in found.all("a")], ["1", "3"])
        self.assertEqual((found.first("a"), found.first("c"), found.all("c")), ("1", "", ()))
        self.assertEqual((found.has("c", "b"), found.has("c"), found.has()), (True, False, False))
        self.assertEqual(found.size, len(found.source))
        self.assertIs(found.folder_is_junk, False)
        self.assertIs(ReceivedMail.from_bytes(b"", folder_is_junk=True).folder_is_junk, True)

    def test_mailboxes_by_field(self):
        found = mail("To: A <a@x.test>, b@x.test", "To: nobody", "To: c@x.test")
        self.assertEqual(
            found.mailboxes("to"),
            ((Mailbox("A", "a@x.test"), Mailbox("", "b@x.test")), (), (Mailbox("", "c@x.test"),)),
        )
        self.assertEqual(len(found.addresses("to")), 3)
        self.assertEqual(found.sender, Mailbox())
        self.assertEqual(mail("From: a@x.test, b@y.test").sender.address, "a@x.test")
        box = Mailbox(address="a@b@c.test")
        self.assertEqual((box.local, box.domain), ("a@b", "c.test"))

    def test_arrival(self):
        one, two = "Mon, 05 Oct 2026 09:12:41 +0200", "Tue, 06 Oct 2026 09:12:41 +0200"
        for lines, day in (
            ([f"Received: a; b; {one}", f"Received: x; {two}", f"Date: {two}"], 5),
            (["Received: never", f"Received: x; {two}", f"Date: {one}"], 5),
            ([f"Date: {one}"], 5),
        ):
            with self.subTest(lines):
                found = mail(*lines).arrived
                self.assertEqual((found.day, found.hour, found.tzinfo), (day, 7, None))

        # Of a date 200 characters are read.
        date = "5 Oct 2026 09:12:41 +0200"
        for size, hour in ((200, 7), (201, 8)):
            self.assertEqual(mail(f"Received: x;{date.rjust(size)}").arrived.hour, hour)

    def test_what_was_read_makes_no_other_message(self):
        read, unread = mail("To: a@x.test"), mail("To: a@x.test")
        self.assertTrue(read.addresses("to"))
        self.assertEqual(read, unread)
        self.assertEqual(read, ReceivedMail(read.source, read.fields, read.body_offset))
        self.assertEqual(repr(read), repr(unread))
        self.assertNotIn("_by_name", repr(read))

    def test_return_path_and_ids(self):
        for value, expected in (("< >", ""), (" <A@B.Test> x", "a@b.test"), ("ROOT", "root")):
            self.assertEqual(mail(f"Return-Path: {value}").return_path, expected)
        for value, expected in (
            ("x <a@b> <c@d>", "<a@b>"),
            ("no id", "no id"),
            ("", ""),
            ("<a b\t@c>", "<ab@c>"),
            ("=?utf-8?q?=3Ca=40b=3E?=", "<a@b>"),
        ):
            with self.subTest(value):
                self.assertEqual(mail(f"Message-ID: {value}").message_id, expected)
        self.assertEqual(mail("References: a@b, (c@d) junk").references, ("<a@b>", "<c@d>"))


class TestIdentity(PureCase):
    lines = ("From: a@x.test", "Date: Mon, 5 Oct 2026", "Subject: s")
    head = "Content-Type: multipart/mixed; boundary=b"

    def digest(self, *parts, lines=lines):
        body = "".join(f"--b\n{part}\n" for part in parts)
        return mail(*lines, self.head, body=f"{body}--b--").content_digest

    def test_everything_that_a_person_sent_counts(self):
        text, attached = "Content-Type: text/plain\n\ntext", "Content-Type: image/png\n\nx y"
        parts = (text, attached)
        first = self.digest(*parts)
        self.assertEqual(first, self.digest(*parts, lines=(*self.lines, "X-A: b")))
        for name, other in (
            ("author", self.digest(*parts, lines=("From: b@x.test", *self.lines[1:]))),
            ("date", self.digest(*parts, lines=(self.lines[0], "Date: x", self.lines[2]))),
            ("subject", self.digest(*parts, lines=(*self.lines[:2], "Subject: t"))),
            ("type", self.digest(text.replace("plain", "html"), attached)),
            ("text", self.digest(text + "x", attached)),
            ("attachment", self.digest(text, attached + "z")),
            ("blanks of an attachment", self.digest(text, attached.replace("x y", "xy"))),
            ("order", self.digest(attached, text)),
            ("less", self.digest(text)),
        ):
            with self.subTest(name):
                self.assertNotEqual(first, other)

    def test_blanks_of_a_text_do_not_count(self):
        one, two = (f"Content-Type: text/plain\n\n{text}" for text in ("a b", "a\t b \r\n"))
        self.assertEqual(self.digest(one), self.digest(two))

    def test_an_id_used_twice_is_two_messages(self):
        one, two = (mail("Message-ID: <1@x>", body=text) for text in ("one", "two"))
        self.assertNotEqual(one.fingerprint, two.fingerprint)
        other = mail("Message-ID: <2@x>", body="one")
        self.assertNotEqual(one.fingerprint, other.fingerprint)
        self.assertEqual(one.content_digest, other.content_digest)


class TestParts(PureCase):
    def test_parameters(self):
        for value, kind, expected in (
            ("Text/Plain (x); a=b", "text/plain", {"a": "b"}),
            ('a/b; A = "x y" ; c=d', "a/b", {"a": "x y", "c": "d"}),
            ('a/b; a="', "a/b", {"a": '"'}),
            ('a/b; a=""', "a/b", {"a": ""}),
            ('a/b; a="x\\\\y"', "a/b", {"a": "x\\y"}),
            ("a/b; a=1; a=2", "a/b", {"a": "1"}),
            ("a/b; a*0*=utf-8''%C3; a*1*=%BC", "a/b", {"a": "ü"}),
            ("a/b; a*1=y; a*0=x; a*2=z", "a/b", {"a": "xyz"}),
            ("a/b; a*0=%41; a*1*=%42", "a/b", {"a": "%41B"}),
            ("a/b; a=%41", "a/b", {"a": "%41"}),
            ("a/b; a*=utf-8'%41", "a/b", {"a": "utf-8'A"}),
            ("a/b; a*=''%C3%BC", "a/b", {"a": "ü"}),
            ("a/b; a*=koi8-r'ru'%D0'x", "a/b", {"a": "п'x"}),
            ("a/b; a*0*=utf-8''x; a*1*=b'c'd", "a/b", {"a": "xb'c'd"}),
            ("a/b; a*x=y", "a/b", {"a": "y"}),
            ("a/b; a*²=y", "a/b", {"a": "y"}),
            ("a/b; a=1; a*0=2; a*1=3", "a/b", {"a": "23"}),
        ):
            with self.subTest(value):
                self.assertEqual(mime.parse_parameters(value), (kind, expected))

    def test_a_part_answers_as_the_library_does(self):
        (part,) = mail("Content-Type: IMAGE/Png; Name=x.png; charset=koi8-r", body="x").parts()
        self.assertEqual(part.get_content_type(), "image/png")
        self.assertEqual(part.get_content_maintype(), "image")
        self.assertEqual((part.get_content_charset(), part.get_param("NAME")), ("koi8-r", "x.png"))
        self.assertEqual((part.get("CONTENT-type")[:5], part.get("x")), ("IMAGE", ""))
        self.assertEqual((part.get_filename(), part.is_multipart()), ("x.png", False))
        self.assertEqual((part.raw, part.depth), (b"x", 0))
        for value in ("", "a/b/c", "/", "a b/c", "(x)"):
            (part,) = mail(f"Content-Type: {value}").parts()
            self.assertEqual(part.get_content_type(), "text/plain", value)

    def test_transfer_encodings(self):
        for encoding, octets in (
            ("base64", b"a=b"),
            (" BASE64 ; x", b"a=b"),
            ("quoted-printable", b"YT1i"),
            ("8bit", b"YT1i"),
        ):
            (part,) = mail(f"Content-Transfer-Encoding: {encoding}", body="YT1i").parts()
            self.assertEqual(part.decoded(), octets)
        (part,) = mail("Content-Transfer-Encoding: Quoted-Printable", body="=41=\nB").parts()
        self.assertEqual(part.decoded(), b"AB")

    def test_a_forwarded_mail_is_opened_unless_it_is_encoded(self):
        for kind in ("rfc822", "global", "news"):
            for encoding, count in (("7bit", 2), ("Base64", 1), ("quoted-printable", 1)):
                lines = (f"Content-Type: message/{kind}", f"Content-Transfer-Encoding: {encoding}")
                found = mail(*lines, body="QTogYgoKeA==" if encoding == "Base64" else "A: b\n\nx")
                self.assertEqual(len(found.parts()), count, encoding)
                self.assertEqual(found.parts()[0].is_multipart(), count == 2)
        self.assertEqual(len(mail("Content-Type: message/partial", body="A: b\n\nx").parts()), 1)

    def test_where_a_part_begins_and_ends(self):
        head = "Content-Type: multipart/mixed; boundary=b"
        inner = "Content-Type: multipart/mixed; boundary=i"
        for body, expected in (
            ("--b\n\none\n--b\n\ntwo\n--b--\nend", [b"one", b"two"]),
            ("--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--", [b"one", b"two"]),
            ("--b\n\none\n\n--b--", [b"one\n"]),
            ("--b\n\none", [b"one"]),
            ("--b\n\n--b\n\n--b--", [b"", b""]),
            ("--b\nA: b\n--b\n\nx\n--b--", [b"", b"x"]),
            ("--b  \t\n\none\n--b--\n--b\n\nafter", [b"one"]),
            ("--B\n\none\n--b\n\ntwo\n", [b"two\n"]),
            (f"--b\n{inner}\n\n--i\n\nin\n--b\n\nout\n--b--", [b"in", b"out"]),
            (f"--b\n{inner}\n\n--i\n\nin\n--i--\nepilogue\n--b\n\nout\n--b--", [b"in", b"out"]),
            (f"--b\n{inner}\n\n--i\n\nin\n--b--\n--i\n\nafter", [b"in"]),
        ):
            with self.subTest(body):
                leaves = [part for part in mail(head, body=body).parts() if not part.children]
                self.assertEqual([part.raw for part in leaves], expected)

    def test_an_inner_boundary_of_the_same_name_is_the_inner_ones_until_it_ends(self):
        head = "Content-Type: multipart/mixed; boundary=b"
        found = mail(head, body=f"--b\n{head}\n\n--b\n\nx\n--b--\n--b\n\ny")
        self.assertEqual([part.depth for part in found.parts()], [0, 1, 2, 1])


class TestAddresses(PureCase):
    def test_local_parts(self):
        for value, expected in (
            ("A.B@X.test", "a.b@x.test"),
            ('"a b"@x.test', '"a b"@x.test'),
            ('"A\\"b"@x.test', '"a\\"b"@x.test'),
            ('"ab"@x.test', "ab@x.test"),
            ('"a\\b"@x.test', "ab@x.test"),
            ("'a@x.test'", "a@x.test"),
            ("'a@x.test", "'a@x.test"),
            ("a'@x.test", "a'@x.test"),
            ("<a@x.test>", "a@x.test"),
            ("a@x.test...", "a@x.test"),
            ("a@.", ""),
            ("a@[1.2.3.4]", "a@[1.2.3.4]"),
            ("e\u0301@x.test", "é@x.test"),
            ("a\u00ad@x.test", "a@x.test"),
            ('"\x01"@x.test', ""),
        ):
            with self.subTest(value):
                self.assertEqual(normalise(value), expected)

    def test_spellings_of_a_domain(self):
        for domain, expected in (
            ("XN--BCHER-KVA.Test", "bücher.test"),
            ("xn--.test", ".test"),
            ("xn--\u00fc.test", "xn--ü.test"),
            ("xn--99999999.test", "xn--99999999.test"),
            ("ﬁ.test", "fi.test"),
            (" a.test. ", "a.test"),
        ):
            with self.subTest(domain):
                self.assertEqual(same_spelling(domain), expected)

    def test_brackets_and_dots_go_and_no_letter_does(self):
        for domain in ("xerox.lux", "XEROX.Lux.", " xerox.lux.. "):
            self.assertEqual(normalise_domain(domain), "xerox.lux")
        self.assertEqual(same_spelling("büx.lux。"), "büx.lux")
        self.assertEqual(normalise("<x_@[x]>"), "x_@[x]")
        self.assertEqual(normalise(" <xä@x.lux> "), "xä@x.lux")
        self.assertEqual(mail("Return-Path: <xerox>").return_path, "xerox")
        self.assertEqual(keyword('"xerox"'), "xerox")
        self.assertEqual(parse_hop("from [xerox.lux] by xerox.lux.; M").by, "xerox.lux")
        self.assertEqual(parse_hop("from xerox.lux. by a").helo, "xerox.lux")
        self.assertEqual(parse_authres("xerox.lux./1; none").authserv_id, "xerox.lux")
        self.assertEqual(Result("a", "b", {"c": "<xerox.lux>"}).domain("c"), "xerox.lux")
        self.assertIn("mx.lux", OwnHosts((), ["mx.lux."]))
        self.assertEqual(next(list_names(mail("List-Id: <x.lux>")))[1], "x.lux")
        head = "Content-Type: multipart/mixed; boundary=xbx"
        self.assertEqual(len(mail(head, body="--xbx\nA: b\n--xbx\n\nx").parts()), 3)

    def test_names(self):
        for value, expected in (
            ("A B <a@x.test>", [("A B", "a@x.test")]),
            ('"A, B" <a@x.test>, c@x.test', [("A, B", "a@x.test"), ("", "c@x.test")]),
            ('A "B" C <a@x.test>', [("A B C", "a@x.test")]),
            ("a@x.test (one) (two)", [("one", "a@x.test")]),
            ("(one (two)) a@x.test", [("one (two)", "a@x.test")]),
            ("A <a@x.test> <b@x.test>", [("A", "a@x.test")]),
            ("A (c) <a@x.test>", [("A", "a@x.test")]),
            ("G: A <a@x.test>, b@x.test; c@x.test",
             [("A", "a@x.test"), ("", "b@x.test"), ("", "c@x.test")]),
            ("a@x.test: b@x.test", [("", "a@x.test"), ("", "b@x.test")]),
            ("<@r.test,@s.test:a@x.test>", [("", "a@x.test")]),
            ("< @r.test:a@x.test>", [("", "a@x.test")]),
            ("<MAILTO:a@x.test>", [("", "a@x.test")]),
            ('"" <a@x.test>', [("", "a@x.test")]),
            ("\\(a@x.test", [("", "a@x.test")]),
            ("(a\\)b) a@x.test", [("a\\)b", "a@x.test")]),
        ):  # fmt: skip
            with self.subTest(value):
                self.assertEqual([(item.name, item.address) for item in parse(value)], expected)

    def test_addresses_that_nobody_reads(self):
        for local in """
            noreplies no-replay no.response norespond noanswer do-not-respond dontanswer never-reply
            neveranswer nichtantworten keineantwort kein-antwort ne.pas.répondre não-responder
            no-contestar no_respond nonrisponda nie-odpowiadac ne-odgovaraj neodpovidat svara-inte
            svar.ikke yanitlama ala-vastaa niet-beantwoorden niet-antwoorden x-noreply x_noreply
            x.noreply x+noreply
            notification notifications notify notifier alert alerts mailer mailer-daemon mail-daemon
            automail automailer automatic automated robot bot system daemon wordpress www www-data
            apache nginx httpd webserver root nobody bounce bounces postmaster support-bounces
        """.split():
            self.assertTrue(is_no_reply(f"{local}@x.test"), local)
        for local in (
            "xnoreply",
            "no--reply",
            "alerta",
            "robots",
            "bob",
            "",
            "auto",
            "webmaster",
            "form",
        ):
            self.assertFalse(is_no_reply(f"{local}@x.test"), local)
        for size, found in ((92, True), (93, False)):
            self.assertEqual(is_no_reply(f"{'x' * size}.noreply@x.test"), found)


class TestRepair(PureCase):
    def read(self, source):
        return email.message_from_bytes(source, policy=email.policy.SMTP)

    def test_only_nul_bytes_go_at_first(self):
        self.assertEqual(as_is(b"A: b\0c\n\n\0x"), b"A: bc\n\nx")

    def test_which_copies_are_tried(self):
        for head, first in (
            ("Subject: plain", "as_is"),
            ("Subject: für", "gently"),
            ("Subject: =?utf-8?q?a?=", "as_is"),
            ("Subject: =?utf-8*de?q?a?=", "as_is"),
            ("Subject: =?x-none?B?YQ==?=", "gently"),
            ("Subject: =?hex?q?a?=", "gently"),
        ):
            found = repairs_for(f"{head}\n\nfür =?x-none?q?a?=".encode())
            self.assertEqual(found[0].__name__, first, head)
            self.assertEqual(found[-1], anew)

    def test_addresses_beyond_ascii_are_kept_as_text(self):
        source = "From: Jörg <jörg@x.test>, A <a@x.test>\nX-Note: für\nSender: ö <s@x.test>\n\nx"
        found = gently(source.encode())
        head = found.partition(b"\r\n\r\n")[0]
        self.assertIn(b"A <a@x.test>", head)
        self.assertNotIn(b"\xc3", head)
        self.assertEqual(self.read(found)["X-Note"], "für")
        self.assertEqual(self.read(found)["Sender"].addresses[0].display_name, "ö")
        self.assertTrue(found.endswith(b"\r\n\r\nx"))

    def test_a_new_message_has_what_matters(self):
        lines = ["Message-ID: <1@x>", "In-Reply-To: <2@x>", "References: <3@x>",
                 "Date: Mon, 05 Oct 2026 09:12:41 +0200", "From: Ä <a@x.test>",
                 "To: b@x.test, ö@x.test", "Cc: C <c@x.test>, d@x.test", "X-Other: x"]  # fmt: skip
        source = mail(*lines, "Subject: für", "Content-Type: text/html", body="<p>x").source
        found = self.read(anew(source))
        self.assertEqual(found["From"].addresses[0].display_name, "Ä")
        self.assertEqual([str(found[name]) for name in ("To", "Cc", "Subject")],
                         ["b@x.test", "C <c@x.test>, d@x.test", "für"])  # fmt: skip
        for line in lines[:4]:
            name, _colon, value = line.partition(": ")
            self.assertEqual(str(found[name]), value)
        self.assertIsNone(found["X-Other"])
        self.assertIn("<p>x", found.get_body(("html",)).get_content())
        (attached,) = found.iter_attachments()
        self.assertEqual(attached.get_filename(), "original.eml")
        self.assertEqual(attached.get_content(), source)

    def test_a_new_message_is_no_longer_than_programs_take(self):
        many = ", ".join(f"u{number}@x.test" for number in range(101))
        found = self.read(anew(mail(f"To: {many}", f"Subject: {'s' * 501}",
                                    f"Message-ID: <{'m' * 300}>",
                                    f"References: {'<r@x> ' * 200}").source))  # fmt: skip
        self.assertEqual(len(found["To"].addresses), 100)
        self.assertEqual(len(found["Subject"].replace(" ", "")), 500)
        self.assertEqual(len(str(found["Message-ID"])), 250)
        self.assertEqual(len(str(found["References"]).rstrip()), 899)

    def test_printable(self):
        for char in "\0\x08\x0b\x0c\x0e\x1f\ud800\udfff":
            self.assertEqual(printable(f"a{char}b"), "ab")
        for char in "\t\n\r é😀":
            self.assertEqual(printable(f"a{char}b"), f"a{char}b")
