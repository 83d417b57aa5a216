"""Bounces: recognised by signs of different kinds, read down to address, code and cause."""

import email.policy
import time
from email.message import EmailMessage
from unittest import skipUnless

from .....router.chain import Chain
from .....router.message.mail import ReceivedMail
from .....router.reports.status import explain, find_status, parse_status, status_of_words
from ....kit.corpora import MISSING, corpus, expected_bounces
from ....kit.effort import FLOOR, GROWTH, assert_no_hang, cpu_seconds
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, Company, judge, why

REPORT = """\
--b
Content-Type: text/plain; charset=utf-8

{told}

--b
Content-Type: {kind}/delivery-status{encoding}

{status}
--b
Content-Type: {original}

Received: from localhost by mx.domain.com
From: sales@domain.com
To: info@example.org
Message-ID: <sent-1@domain.com>
Subject: Your offer

--b--
"""
STATUS = """\
Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; info@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


def report(
    action="failed",
    status="5.1.1",
    said="550 5.1.1 <info@example.org>: Recipient address rejected: User unknown",
    told="Your message could not be delivered.",
    kind="message",
    original="message/rfc822",
    blocks="",
):
    text = blocks or STATUS.format(action=action, status=status, said=said)
    return REPORT.format(told=told, kind=kind, encoding="", status=text, original=original)


def bounce(*lines, body=None, **options):
    """A delivery report to us, as a server sends it."""
    return judge(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>",
        "To: catchall@domain.com",
        "Subject: Undelivered Mail Returned to Sender",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        *lines,
        above=["Return-Path: <>"],
        body=report() if body is None else body,
        **options,
    )


class TestReports(PureCase):
    """RFC 3464."""

    def test_what_a_report_says_stands_in_the_facts(self):
        decision = bounce()
        facts = decision.facts
        self.assertEqual((decision.reason, decision.state), ("bounce", "ignored"))
        self.assertEqual(facts["bounced_address"], "info@example.org")
        self.assertIs(facts["permanent"], True)
        (missed,) = facts["recipients"]
        self.assertEqual((missed["status"], missed["action"]), ("5.1.1", "failed"))
        self.assertIn("User unknown", facts["diagnostic"])
        self.assertEqual(facts["explanation"], "The address does not exist.")
        self.assertEqual(facts["bounced_message_ids"], ["<sent-1@domain.com>"])
        self.assertIn("delivery-status", why(decision, "bounce"))

    def test_action_and_status_say_whether_it_was_for_good(self):
        cases = (
            # action, status, permanent, what the action becomes
            ("failed", "5.1.1", True, "failed"),
            ("Failed (unrecoverable)", "5.0.0", True, "failed"),
            ("error", "5.2.2", True, "failed"),  # OpenSMTPD
            ("delayed", "4.4.1", False, "delayed"),
            ("Delayed", "4.0.0", False, "delayed"),
            ("failed", "4.4.7", True, "failed"),  # after days it was given up
            ("", "4.2.2", False, "delayed"),
            ("", "5.2.2", True, "failed"),
        )
        for action, status, permanent, becomes in cases:
            with self.subTest(action=action, status=status):
                facts = bounce(body=report(action=action, status=status, said="")).facts
                self.assertIs(facts["permanent"], permanent)
                (missed,) = facts["recipients"]
                self.assertEqual((missed["status"], missed["action"]), (status, becomes))

    def test_a_report_of_success_is_a_receipt(self):
        for action in ("delivered", "relayed", "expanded"):
            with self.subTest(action=action):
                decision = bounce(body=report(action=action, status="2.0.0", said=""))
                self.assertEqual(decision.reason, "receipt")
                self.assertIn("<sent-1@domain.com>", why(decision, "receipt"))

    def test_one_failed_recipient_among_delivered_ones_is_a_bounce(self):
        blocks = "".join(
            f"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; {name}@example.org\n"
            f"Action: {action}\nStatus: {status}\n\n"
            for name, action, status in (
                ("a", "delivered", "2.0.0"),
                ("b", "delayed", "4.4.1"),
                ("c", "failed", "5.2.2"),
            )
        )
        facts = bounce(body=report(blocks=blocks)).facts
        self.assertEqual(facts["bounced_address"], "c@example.org")
        self.assertEqual(
            [(item["address"], item["permanent"]) for item in facts["recipients"]],
            [("b@example.org", False), ("c@example.org", True)],
        )

    def test_the_address_that_we_wrote_to_counts_before_the_final_one(self):
        blocks = (
            "Reporting-MTA: dns; x\n\nOriginal-Recipient: rfc822;info+2Bweb@example.org\n"
            "Final-Recipient: rfc822; <box17@store.example.org>\nAction: failed\nStatus: 5.2.2\n"
        )
        facts = bounce(body=report(blocks=blocks)).facts
        self.assertEqual(facts["bounced_address"], "info+web@example.org")
        self.assertEqual(facts["recipients"][0]["final_address"], "box17@store.example.org")

    def test_forms_of_the_same_report(self):
        encoded = report().replace(
            "message/delivery-status\n\n", "message/delivery-status\nX: y\n\n"
        )
        cases = {
            "Windows line ends": report().replace("\n", "\r\n"),
            "RFC 6533": report(kind="message").replace("message/del", "message/global-del"),
            "headers only": report(original="text/rfc822-headers"),
            "cut off": report().partition("--b--")[0],
            "a field in the part's header": encoded,
        }
        for name, body in cases.items():
            with self.subTest(name):
                facts = bounce(body=body).facts
                self.assertEqual(facts["bounced_address"], "info@example.org")
                self.assertEqual(facts["bounced_message_ids"], ["<sent-1@domain.com>"])

    def test_a_report_in_base64_is_read(self):
        message = EmailMessage(policy=email.policy.default)
        message.set_content("Ihre Nachricht konnte nicht zugestellt werden.", cte="base64")
        status = STATUS.format(action="failed", status="5.2.2", said="552 5.2.2 full")
        message.add_attachment(
            status.encode(), maintype="application", subtype="octet-stream", cte="base64"
        )
        raw = message.as_string().replace("application/octet-stream", "message/delivery-status")
        head, _empty, body = raw.partition("\n\n")
        content_type = head.replace("multipart/mixed;", "multipart/report;")
        facts = judge(*content_type.splitlines(), "From: postmaster@example.org", body=body).facts
        (missed,) = facts["recipients"]
        self.assertEqual((missed["address"], missed["status"]), ("info@example.org", "5.2.2"))

    def test_message_ids_beyond_an_attached_mail(self):
        text = "Your message did not reach info@example.org.\n\n"
        daemon = "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>"
        cases = {
            "in the text": (text + "> Message-ID: <sent-1@domain.com>\n", ()),
            "in the text, folded": (text + "Message-Id:\n <sent-1@domain.com>\n", ()),
            "In-Reply-To": (text, ("In-Reply-To: <sent-1@domain.com>",)),
            "References": (text, ("References: <first@domain.com> <sent-1@domain.com>",)),
            "quoted-printable": (
                text + "Message-ID: <sent-1=\n@domain.com>\n",
                ("Content-Transfer-Encoding: quoted-printable",),
            ),
        }
        for name, (body, lines) in cases.items():
            with self.subTest(name):
                decision = judge(daemon, "Subject: Returned mail", *lines, body=body)
                self.assertEqual(decision.reason, "bounce")
                self.assertEqual(decision.facts["bounced_message_ids"], ["<sent-1@domain.com>"])

    def test_mail_filters_reject_by_a_disposition_notification(self):
        body = (
            "--b\n\nYour message was automatically rejected: Quota exceeded\n"
            "--b\nContent-Type: message/disposition-notification\n\n"
            "Final-Recipient: rfc822; info@example.org\nOriginal-Message-ID: <sent-1@domain.com>\n"
            "Disposition: automatic-action/MDN-sent-automatically; deleted\n\n--b--\n"
        )
        decision = bounce(
            "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
            "Auto-Submitted: auto-replied (rejected)",
            body=body,
        )
        self.assertEqual(decision.reason, "bounce")
        self.assertEqual(decision.facts["bounced_address"], "info@example.org")
        self.assertEqual(decision.facts["bounced_message_ids"], ["<sent-1@domain.com>"])


class TestTexts(PureCase):
    """Bounces without a report for machines."""

    def test_our_bounce_address_is_a_sign_and_stands_in_the_facts(self):
        body = "Ihre Nachricht konnte nicht zugestellt werden:\n\ninfo@example.org\n"
        decision = judge(
            "From: system@example.org",
            "To: bounce@domain.com",
            "Subject: Nachricht nicht zugestellt",
            body=body,
        )
        self.assertEqual(decision.reason, "bounce")
        self.assertEqual(decision.facts["bounce_address"], "bounce@domain.com")
        self.assertEqual(decision.facts["bounced_address"], "info@example.org")

    def test_languages(self):
        cases = (
            ("Unzustellbar: Ihr Angebot", "Ihre Nachricht konnte nicht zugestellt werden."),
            ("Non remis : Votre offre", "Votre message n'a pas pu être remis."),
            ("No se puede entregar: Oferta", "No se ha podido entregar su mensaje."),
            ("Não é possível entregar: oferta", "A mensagem não foi entregue."),
            ("Mancato recapito: offerta", "Non è stato possibile recapitare il messaggio."),
            ("Onbestelbaar: offerte", "Uw bericht kon niet worden bezorgd."),
            ("Kan inte levereras: offert", "Meddelandet kunde inte levereras."),
            ("Niedostarczona wiadomość", "Nie można było dostarczyć wiadomości."),
            ("Nedoručitelné: nabídka", "Zprávu nelze doručit."),
            ("Недоставленное сообщение", "Ваше письмо не может быть доставлено."),
            ("配信不能", "メッセージを配信できませんでした。"),
            ("退信通知", "您的邮件无法送达。"),
            ("반송된 메일", "메시지가 배달되지 않았습니다."),
        )
        for subject, text in cases:
            with self.subTest(subject):
                decision = judge(
                    "From: postmaster@example.org",
                    f"Subject: {subject}",
                    above=["Return-Path: <>"],
                    body=f"{text}\n\n<info@example.org>: 550 5.1.1 unknown\n",
                )
                self.assertEqual(decision.reason, "bounce")
                self.assertEqual(decision.facts["bounced_address"], "info@example.org")
                self.assertEqual(decision.facts["recipients"][0]["status"], "5.1.1")

    def test_a_delay_is_not_for_good(self):
        for subject, text in (
            ("Warning: message delayed 24 hours", "has not yet been delivered"),
            ("Delayed Mail (still being retried)", "Your message could not be delivered for 4 h."),
            ("Zustellung verzögert", "Die Zustellung ist verzögert."),
        ):
            with self.subTest(subject):
                decision = judge(
                    "From: Mail Delivery System <mailer-daemon@example.org>",
                    f"Subject: {subject}",
                    body=f"{text}\n\n<info@example.org>\n",
                )
                self.assertEqual(decision.reason, "bounce")
                self.assertIs(decision.facts["permanent"], False)

    TOLD = "Your message could not be delivered to\ninfo@example.org\n550 5.1.1 User unknown\n"
    ATTACHED = (
        "--m\n\nHi, what does this mean?\n--m\nContent-Type: message/rfc822\n\n"
        "From: MAILER-DAEMON@mx.example.org\nSubject: Undelivered Mail\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"{report()}\n--m--\n"
    )
    MIXED = 'Content-Type: multipart/mixed; boundary="m"'
    PEOPLE = {
        "a question": (("Subject: Mail delivery failed?",), "Hi, my mail was returned. Why?"),
        "quoted": (
            ("Subject: Re: Undelivered Mail Returned to Sender",),
            "Why?\n" + "".join(f"> {line}\n" for line in TOLD.splitlines()),
        ),
        "forwarded from Gmail": (
            ("Subject: Fwd: Delivery Status Notification (Failure)", "X-Gm-Message-State: A"),
            "Please help.\n---------- Forwarded message ---------\n" + TOLD,
        ),
        "answered in Outlook": (
            ("Subject: RE: Undeliverable: Offer", "Thread-Index: AdFu", "X-Mailer: Outlook"),
            "Please help.\n\nFrom: Microsoft Outlook\n\n" + TOLD,
        ),
        "forwarded as an attachment": (
            ("Subject: Fwd: Undelivered Mail", "User-Agent: Mozilla Thunderbird", MIXED),
            ATTACHED,
        ),
        "attached, by a phone without a name": (
            ("Subject: Please look at this", MIXED),
            ATTACHED,
        ),
        "a postmaster who writes himself": (
            ("From: postmaster@example.org", "Subject: Mail delivery problem"),
            "Hello colleague,\nour filter was set wrong, please try once more.\nBob\n",
        ),
        "a subject about delivery": (
            ("Subject: Delivery failed - where is my parcel?",),
            "The parcel was not delivered. My address is\nMain Road 1\n",
        ),
        "a web form with a null return path": (
            ("From: www-data@example.org", "Subject: New message from the contact form"),
            "Name: Bob\nMy mail to you could not be delivered, please call me.\n",
        ),
    }

    def test_people_who_write_about_bounces_are_people(self):
        for name, (lines, body) in self.PEOPLE.items():
            above = ["Return-Path: <>"] if "null" in name else []
            with self.subTest(name):
                decision = judge(*lines, body=body, above=above)
                self.assertNotIn("bounce", decision.verdicts, why(decision, "bounce"))
                self.assertEqual(decision.state, "routed")

    def test_a_film_in_a_bounce_costs_nothing(self):
        film = "A" * 76 + "\n"
        body = report().replace("\n--b--", "\n" + film * 300_000 + "\n--b--")
        source = (
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nSubject: Undelivered Mail\n"
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n{body}'
        ).encode()
        mail = ReceivedMail.from_bytes(source)
        decision = Chain().decide(mail, Company(), POLICY)
        without = ReceivedMail.from_bytes(source.replace(film.encode(), b""))
        # reading it as text would cost seconds, a hundred times a bounce
        self.assertLess(
            cpu_seconds(Chain().decide, mail, Company(), POLICY),
            GROWTH * max(cpu_seconds(Chain().decide, without, Company(), POLICY), FLOOR),
        )
        self.assertEqual(decision.facts["bounced_address"], "info@example.org")


class TestStatus(PureCase):
    def test_codes_are_found_where_a_server_is_quoted(self):
        cases = {
            "550 5.1.1 User unknown": "5.1.1",
            "550-5.7.26 This mail is unauthenticated": "5.7.26",
            "Sorry, no mailbox here by that name. (#5.1.1)": "5.1.1",
            "host mx.example.org said: 552 mailbox full": "5.2.2",
            "Remote host said: 421 try later": "4.0.0",
            "PMDF Version 5.0.11 at 10.4.4.1": "",
            "we ordered 500 chairs": "",
            "": "",
        }
        for text, status in cases.items():
            with self.subTest(text):
                self.assertEqual(find_status(text), status)
        self.assertEqual(parse_status("5.1.1 (bad destination)"), "5.1.1")
        self.assertEqual(parse_status("553 too large"), "")

    def test_causes_in_words_become_codes_and_codes_become_words(self):
        self.assertEqual(status_of_words("mailbox is full", permanent=True), "5.2.2")
        self.assertEqual(status_of_words("Connection timed out", permanent=False), "4.4.1")
        self.assertEqual(status_of_words("no idea", permanent=True), "")
        self.assertEqual(explain("5.2.2"), "The mailbox is full.")
        self.assertEqual(explain("5.7.509"), explain("5.7.1"))
        self.assertEqual(explain("5.0.0"), "")


@skipUnless(corpus("bounces"), MISSING)
class TestCorpus(PureCase):
    """Two of the 117 are no bounces: a person's message and an auto-responder's."""

    def test_public_bounces(self):
        expected = expected_bounces()
        bounces, named, right, slowest = 0, [0, 0], [0, 0], 0.0
        paths = corpus("bounces")
        missed = []
        for path in paths:
            mail = ReceivedMail.from_bytes(path.read_bytes())
            started = time.process_time()
            decision = assert_no_hang(self, Chain().decide, mail, Company(), POLICY)
            slowest = max(slowest, time.process_time() - started)
            is_bounce = decision.reason == "bounce"
            bounces += is_bounce
            if not is_bounce:
                missed.append(path.name)
            known = expected.get(path.name)
            if not known:
                continue
            found = {
                item[key]
                for item in decision.facts.get("recipients", ())
                for key in ("address", "final_address")
            }
            wanted = {address.lower() for address in known["addresses"]}
            named[0] += len(wanted & found)
            named[1] += len(wanted)
            if wanted:
                right[0] += is_bounce and decision.facts["permanent"] != known["temporary"]
                right[1] += 1
        figures = (
            f"recognised {bounces} of {len(paths)} ({bounces / len(paths):.1%}), "
            f"failed addresses {named[0]} of {named[1]} ({named[0] / named[1]:.1%}), "
            f"temporary or permanent right {right[0]} of {right[1]} ({right[0] / right[1]:.1%}), "
            f"slowest {slowest * 1000:.0f} ms; not taken for a bounce: {', '.join(missed)}"
        )
        print(figures)  # noqa: T201 - figures to compare one release with the next
        self.assertGreaterEqual(bounces / len(paths), 0.98, figures)
        self.assertGreaterEqual(named[0] / named[1], 0.95, figures)
        self.assertGreaterEqual(right[0] / right[1], 0.95, figures)


@skipUnless(corpus("malformed"), MISSING)
class TestMalformed(PureCase):
    def test_every_malformed_mail_gets_a_decision(self):
        slowest = (0.0, "")
        for path in corpus("malformed"):
            with self.subTest(path.name):
                source = path.read_bytes()
                started = time.process_time()
                mail = ReceivedMail.from_bytes(source)
                decision = assert_no_hang(self, Chain().decide, mail, Company(), POLICY)
                slowest = max(slowest, (time.process_time() - started, path.name))
                self.assertTrue(decision.trace)
        print(f"slowest malformed mail: {slowest[1]}, {slowest[0] * 1000:.1f} ms")  # noqa: T201
