"""Notices of services: reports on domains of ours, Amazon SES, certified mail, invitations."""

import json

from .....router.message.calendar import CalendarReply, calendar_reply
from .....router.reports.domain_report import domain_report
from .....router.reports.ses import ses_notice
from ....kit.pure import PureCase
from ....kit.verdict_kit import judge, mail, why

OURS = frozenset({"domain.com"})
AMAZON = "From: AWS Notifications <no-reply@sns.amazonaws.com>"


def zipped(name):
    return f'Content-Type: application/zip; name="{name}"'


class TestDomainReports(PureCase):
    def test_names_of_attachments(self):
        for name in (
            "x.org!domain.com!1!2.xml", "x.org!mail.domain.com!1!2.xml.gz",
            "X.ORG!DOMAIN.COM!1!2.zip", "x.org!domain.com!1791000000!1791086400!id-7.xml.gz",
            "x.org!domain.com!1!2!3.json.gz",
        ):  # fmt: skip
            with self.subTest(name):
                found = domain_report(mail(zipped(name), body="UEs="), OURS)
                self.assertEqual(found.name, name)
        for name in (
            "domain.com!1!2.zip", "x.org!other.com!1!2.zip", "x.org!notdomain.com!1!2.zip",
            "x.org!domain.com!a!b.zip", "x.org!domain.com!1!2.pdf", "x.org!domain.com!1!2",
        ):  # fmt: skip
            with self.subTest(name):
                self.assertIsNone(domain_report(mail(zipped(name)), OURS))

    def test_subjects(self):
        for subject, is_report in (
            ("Report domain: domain.com Submitter: x.org Report-ID: 1", True),
            ("Report Domain: domain.com; Submitter: x.org; Report-ID: 1", True),
            ("[Preview] Report Domain: domain.com Submitter: x.org Report-ID: 1", True),
            ("Report Domain: other.com Submitter: x.org Report-ID: 1", False),
            ("Re: Report Domain: domain.com Submitter: x.org", False),
            ("Report on your domain domain.com", False),
        ):
            with self.subTest(subject):
                found = domain_report(mail(f"Subject: {subject}"), OURS)
                self.assertIs(bool(found), is_report)

    def test_what_is_proved_and_what_is_a_persons(self):
        name = zipped("x.org!domain.com!1!2.zip")
        titled = "Subject: Report Domain: domain.com Submitter: x.org Report-ID: 1"
        mixed = "Content-Type: multipart/mixed; boundary=b"
        beside = f"--b\n\nPlease look.\n--b\n{name}\n\nPK\n--b--\n"
        for lines, body, expected in (
            ((name,), "UEs=", ("ignored", "report")),
            ((titled,), "x", ("quarantined", "report")),
            ((titled, mixed), beside, ("ignored", "report")),
            ((mixed,), beside, ("quarantined", "report")),
            ((mixed, "From: noreply-dmarc@x.org"), beside, ("ignored", "report")),
            ((mixed, "Auto-Submitted: auto-generated"), beside, ("ignored", "report")),
            ((mixed, "X-Mailer: Microsoft Outlook 16.0"), beside, ("routed", "alias")),
            ((mixed, "Subject: Fwd: Report Domain: domain.com Submitter: x.org"), beside,
             ("routed", "alias")),
            ((mixed, "In-Reply-To: <sent-1@domain.com>"), beside, ("routed", "reply")),
        ):  # fmt: skip
            with self.subTest(lines):
                decision = judge(*lines, body=body)
                self.assertEqual((decision.state, decision.reason), expected)

    def test_what_amazon_tells_administrators_and_sellers(self):
        subscribe = "AWS Notification - Subscription Confirmation"
        for sender, subject, reason in (
            ("no-reply@sns.amazonaws.com", subscribe, "report"),
            ("no-reply-aws@amazon.com", "[Action Required] Your certificate", "report"),
            ("no-reply@sns.amazonaws.com", 'ALARM: "CPU" in EU', "alias"),
            ("no-reply@amazon.com", "Action required: ship order 302-1", "alias"),
        ):
            with self.subTest(sender=sender, subject=subject):
                decision = judge(f"From: Amazon <{sender}>", f"Subject: {subject}")
                self.assertEqual(decision.reason, reason)


class TestSes(PureCase):
    TOLD = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [
                {"emailAddress": "Bob@Example.org", "diagnosticCode": "smtp; 550 5.1.1 unknown"}
            ],
        },
        "mail": {"commonHeaders": {"messageId": "<sent-1@domain.com>"}},
    }

    def test_a_bounce_and_its_facts(self):
        decision = judge(AMAZON, body=json.dumps(self.TOLD) + "\n\n--\nto stop, click\n")
        self.assertEqual((decision.state, decision.reason), ("quarantined", "bounce"))
        facts = decision.facts
        self.assertEqual(facts["bounced_address"], "bob@example.org")
        self.assertIs(facts["permanent"], True)
        self.assertEqual(facts["bounced_message_ids"], ["<sent-1@domain.com>"])
        self.assertEqual(facts["explanation"], "The address does not exist.")
        transient = {**self.TOLD, "bounce": {"bounceType": "Transient", "bouncedRecipients": [{}]}}
        self.assertIs(judge(AMAZON, body=json.dumps(transient)).facts["permanent"], False)

    def test_other_kinds(self):
        for kind, reason in (
            ("Complaint", "complaint"),
            ("Delivery", "receipt"),
            ("Send", "alias"),
        ):
            with self.subTest(kind):
                decision = judge(AMAZON, body=json.dumps({"eventType": kind}))
                self.assertEqual(decision.reason, reason)
        self.assertEqual(judge(body=json.dumps(self.TOLD)).reason, "alias", "not Amazon's")

    def test_hostile_json(self):
        for body in (
            "{", "{}", "[" * 50_000, '{"a":' * 50_000, '{"notificationType": 7}', "null", "",
            '{"notificationType": "Bounce", "bounce": [1], "mail": "x"}',
            '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": {"a": 1}}}',
            '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [1, null, "x"]}}',
        ):  # fmt: skip
            with self.subTest(body[:60]):
                found = ses_notice(mail(AMAZON, body=body))
                self.assertTrue(found is None or found.facts()["bounced_address"] == "")
                judge(AMAZON, body=body)


class TestCalendarReplies(PureCase):
    TEXT = (
        "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:visit-3@\r\n domain.com\r\n"
        "ATTENDEE;PARTSTAT=DECLINED;CN=Bob:mailto:bob@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    WHOLE = "Content-Type: text/calendar; method=REPLY"

    def test_it_is_read(self):
        text = self.TEXT.format(method="REPLY")
        found = calendar_reply(mail(self.WHOLE, body=text))
        self.assertEqual(found, CalendarReply("visit-3@domain.com", "declined"))
        self.assertEqual(calendar_reply(mail(self.WHOLE, body="")), CalendarReply(""))
        for method in ("REQUEST", "CANCEL", "COUNTER"):
            self.assertIsNone(
                calendar_reply(mail(self.WHOLE, body=self.TEXT.format(method=method)))
            )
        self.assertIsNone(calendar_reply(mail(body=text)))

    def test_where_it_counts(self):
        part = f"{self.WHOLE}\n\n{self.TEXT.format(method='REPLY')}"
        plain = "Content-Type: text/plain\n\nSee below"
        enclosed = f"Content-Type: message/rfc822\n\nSubject: x\n{part}"
        for kind, other, counts in (
            ("alternative", part, True), ("mixed", part, False), ("mixed", enclosed, False),
        ):  # fmt: skip
            with self.subTest(kind=kind, other=other[:30]):
                body = f"--b\n{plain}\n--b\n{other}\n--b--\n"
                line = f"Content-Type: multipart/{kind}; boundary=b"
                self.assertIs(calendar_reply(mail(line, body=body)) is not None, counts)

    def test_where_it_goes(self):
        text = self.TEXT.format(method="REPLY")
        decision = judge(self.WHOLE, body=text)
        (route,) = decision.routes
        self.assertEqual((route.model, route.res_id, route.internal), ("calendar.event", 3, True))
        self.assertEqual((decision.state, decision.reason), ("routed", "calendar_reply"))
        self.assertIn("declined", why(decision, "calendar_reply"))
        decision = judge(self.WHOLE, "In-Reply-To: <sent-1@domain.com>", body=text)
        self.assertEqual([route.model for route in decision.routes], ["crm.lead"])
        decision = judge(self.WHOLE, body=text.replace("visit-3", "visit-4"))
        self.assertEqual((decision.state, decision.reason), ("quarantined", "calendar_reply"))
        self.assertIn("no event of ours", why(decision, "event"))


class TestCertifiedMail(PureCase):
    def test_kinds(self):
        about = "X-Riferimento-Message-ID: <sent-1@domain.com>"
        for kind, reason, permanent in (
            ("accettazione", "receipt", None),
            ("presa-in-carico", "receipt", None),
            ("Avvenuta-Consegna", "receipt", None),
            ("non-accettazione", "bounce", True),
            ("errore-consegna", "bounce", True),
            ("rilevazione-virus", "bounce", True),
            ("preavviso-errore-consegna", "bounce", False),
        ):
            with self.subTest(kind):
                text = "Il messaggio per bob@example.org non e' stato consegnato"
                decision = judge(f"X-Ricevuta: {kind}", about, body=text)
                self.assertEqual((decision.state, decision.reason), ("ignored", reason))
                self.assertEqual(decision.facts.get("permanent"), permanent)
                if reason == "bounce":
                    self.assertEqual(decision.facts["bounced_address"], "bob@example.org")
                    self.assertEqual(decision.facts["bounced_message_ids"], ["<sent-1@domain.com>"])
        self.assertEqual(judge("X-Ricevuta: other").reason, "alias")
        self.assertEqual(judge("X-Trasporto: posta-certificata").reason, "alias")
