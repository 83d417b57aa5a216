"""The customer of a record; most cases are messages in tests/mails/contact-*.eml."""

from ....router.codes import AuthorCheck
from ....router.contact import find_contact, is_forms, is_no_reply, persons_name
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
        return found.mailbox.address, found.mailbox.name

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

    def test_names_of_persons(self):
        for name, expected in (
            ("Anna Berg", "Anna Berg"), ("'Anna Berg'", "Anna Berg"),
            ("'Anna Berg' via Info", "Anna Berg"), ("'Anna O'Hara' via Info", "Anna O'Hara"),
            ("Anna O'Hara", "Anna O'Hara"), ("'t Hooft", "'t Hooft"), ("Anna via Info",) * 2,
            ("''", "''"), ("'Anna' Berg", "'Anna' Berg"), ("", ""),
        ):  # fmt: skip
            with self.subTest(name):
                self.assertEqual(persons_name(name), expected)

    def test_local_parts_that_no_person_has(self):
        for local in """
            form-submission contact-form kontaktformular formular formulario formulaire webform
            forms submissions leads lead-ads leadgen facebook.leads apply indeedapply mailbot
            web-bot cgi-mailer phpmailer dse_na3 dse_eu echosign adobesign wp-anfrage formsubmit2
            cf7 wufoo cognitoforms elementor zapier homepage cronjob www-run script autosender
            newlead lead submit online-bewerbung system-notifications notification-service modulo
            lomake bounce+a7=x https anonymous cgi-bin
        """.split():
            self.assertTrue(is_forms(f"{local}@x.test"), local)
        for local in """
            info anfrage service kontakt contact support verkauf orders dse jan.bot auto perform
            information platform-team norman.mailer team-lead webmaster shop reform abbot applegate
            leader bounce scriptorium modulor online onlineshop alerta
        """.split():
            self.assertFalse(is_forms(f"{local}@x.test"), local)

    def beside(self, *lines, body="", **options):
        source = "\r\n".join([*lines, "", body]).encode()
        directory = world_directory()
        found = find_contact(
            ReceivedMail.from_bytes(source), directory, directory.policy(),
            AuthorCheck.UNVERIFIED, **options,
        )  # fmt: skip
        return found.mailbox.address, found.beside

    def test_who_may_be_a_person_stays_and_reply_to_is_kept_beside(self):
        lena = "Reply-To: Lena <lena@x.test>"
        for sender in ("info@y.test", "anfrage@y.test", "auto@y.test", "webmaster@y.test"):
            self.assertEqual(self.beside(f"From: {sender}", lena), (sender, "lena@x.test"))
            found = self.beside(f"From: {sender}", lena, is_form=True)
            self.assertEqual(found, ("lena@x.test", ""))
        self.assertEqual(self.beside("From: info@y.test"), ("info@y.test", ""))
        ours = ("From: info@y.test", "Reply-To: info@y.test, sales@example.com")
        self.assertEqual(self.beside(*ours), ("info@y.test", ""))

    def test_a_web_sites_program_and_the_address_in_the_text(self):
        lines = ["From: Website <info@y.test>", "Reply-To: lena@x.test"]
        text = "Name: Lena\r\nE-Mail: Lena@X.test"
        php = "X-PHP-Script: y.test/contact.php for 192.0.2.1"
        for sign in (php, "X-Mailer: PHPMailer 6.9", "X-Mailer: Drupal", "User-Agent: WordPress/6"):
            with self.subTest(sign):
                self.assertEqual(self.beside(*lines, sign, body=text), ("lena@x.test", ""))
                kept = ("info@y.test", "lena@x.test")
                self.assertEqual(self.beside(*lines, sign, body="Name: Lena"), kept)
                reply = "In-Reply-To: <1@example.com>"
                self.assertEqual(self.beside(*lines, sign, reply, body=text), kept)
        self.assertEqual(self.beside(*lines, body=text)[0], "info@y.test")
        outlook = "X-Mailer: Microsoft Outlook 16.0"
        self.assertEqual(self.beside(*lines, outlook, body=text)[0], "info@y.test")
        two = [lines[0], "Reply-To: lena@x.test, otto@x.test", php]
        self.assertEqual(self.beside(*two, body=text)[0], "info@y.test")

    def test_the_author_behind_anybodys_list(self):
        original = "X-Original-From: Lena <lena@x.test>"
        for lines, expected in (
            (["From: list@y.test", "List-Id: <list.y.test>", original], "lena@x.test"),
            (["From: 'Lena' via Friends <list@y.test>", original], "lena@x.test"),
            (["From: list@y.test", original], "list@y.test"),
            (["From: Olivia <olivia@y.test>", original], "olivia@y.test"),
        ):
            with self.subTest(lines):
                self.assertEqual(self.beside(*lines)[0], expected)

    def test_a_verified_user_is_never_replaced(self):
        lines = ["From: myname@example.com", "Reply-To: lena@x.test"]
        self.assertEqual(self.contact(*lines)[0], "lena@x.test")
        verified = self.contact(*lines, check=AuthorCheck.VERIFIED)
        self.assertEqual(verified[0], "myname@example.com")
