"""The bounce verdict sign by sign: who writes as a mail server does, who as a person does."""

from dataclasses import replace

from .....router.tokens.tokens import BounceToken, TokenKey, make_bounce_token
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, SECRET, judge, why

NULL = ("Return-Path: <>",)
SUBJECT = "Subject: Undeliverable: Offer"
PHRASE = "It is undeliverable.\n"
NAMED = f"{PHRASE}\ninfo@example.org\n"
# As Symantec's gateway writes, one of the layouts that flufl.bounce knows; no daemon sends it.
LAYOUT = (
    "Your message with Subject: Offer\ncould not be delivered to the following recipients:\n\n"
    "info@example.org\n\nPlease do not resend your original message.\n"
)
QUOTED = "\n\nReceived: from localhost\nFrom: sales@domain.com\n"
GATEWAY = "From: gateway@example.org"  # a bare address, as gateways that are no daemons show
MIXED = "Content-Type: multipart/mixed; boundary=b"


def enclosing(kind, text="Hello"):
    return f"--b\n\n{text}\n--b\nContent-Type: message/{kind}\n\nTo: info@example.org\n\n--b--\n"


class TestBounceSigns(PureCase):
    def check(self, is_bounce, *lines, **options):
        """Whether a message is a bounce, and the signs that its trace names."""
        named = any(line.startswith(("From:", '"From"')) for line in lines)
        decision = judge(*lines, *([] if named else [GATEWAY]), **options)
        seen = why(decision, "bounce")
        self.assertIs("bounce" in decision.verdicts, is_bounce, seen)
        return seen

    def test_addresses_of_mail_servers(self):
        exchange = "microsoftexchange" + "0123456789abcdef" * 2
        for name in (
            "mailer-daemon", "MailerDaemon", "mail.daemon", "mdaemon",
            "mail-delivery-system", "mail.delivery.subsystem", "mailsystem", "mail_system",
            "mailadm", exchange, "yahoo_smtp_mail_service",
        ):  # fmt: skip
            line = f"From: {name}@mx.example.org"
            with self.subTest(name):
                seen = self.check(True, line, above=NULL)
                self.assertIn(f"null return path, {line}", seen)
                self.check(False, line)
                path = f"Return-Path: <{name}@mx.example.org>"
                self.check(True, "From: Bob <bob@example.org>", SUBJECT, above=[path])
        for name in (
            "bob",
            "mailadmx",
            "daemon",
            "mail-delivery",
            "ndr",
            "dsn",
            "xndr",
            "dsn2",
            "my-daemon",
            exchange[:-1],
        ):
            with self.subTest(name):
                self.check(False, f"From: {name}@mx.example.org", above=NULL)

    def test_names_of_mail_servers(self):
        for name in (
            "Mailer Daemon", "Mail-Daemon", "MAILERDAEMON", "Internet Mail Delivery System",
            "Mail Delivery System", "Mail Delivery Subsystem", "Delivery Subsystem",
        ):  # fmt: skip
            with self.subTest(name):
                self.check(True, f'From: "{name}" <x7@mx.example.org>', above=NULL)
        for name in (
            "Bob", "Mail Deliverys", "Our Mailer Daemon", "Mail Delivery", "Mail Delivery Service",
            "Mail Delivery Systems GmbH", "Mail Delivery Berlin GmbH",
        ):  # fmt: skip
            with self.subTest(name):
                self.check(False, f'From: "{name}" <x7@mx.example.org>', above=NULL)

    def test_a_postmaster_needs_the_null_path_and_words(self):
        for sender in (
            "postmaster@x.org", "Post-Master@x.org", "mailadmin@x.org", "mail-admin@x.org",
            "mailadministrator@x.org", "systemadministrator@x.org", "system-administrator@x.org",
            "System Administrator <a@x.org>", "Mail Administrator <a@x.org>",
            "Postmaster <a@x.org>",
        ):  # fmt: skip
            line = f"From: {sender}"
            with self.subTest(sender):
                seen = self.check(True, line, SUBJECT, above=NULL)
                self.assertIn(f"null return path, {line}, subject “Undeliver”", seen)
                self.check(True, line, above=NULL, body=PHRASE)
                self.check(False, line, above=NULL)
                self.check(False, line, SUBJECT)
        for name in ("Postmaster at x.org", "Postmaster@x.org", "Postmaster (x.org)"):
            self.check(True, f'From: "{name}" <a@x.org>', SUBJECT, above=NULL)
        for sender in (
            "bob@x.org", "postmasters@x.org", "My Postmaster <a@x.org>",
            "Postmaster Paper Goods <a@x.org>", "Mail Administrators Club <a@x.org>",
        ):  # fmt: skip
            with self.subTest(sender):
                self.check(False, f"From: {sender}", SUBJECT, above=NULL)

    def test_a_sender_without_an_address(self):
        for sender in (
            "Bob <>",
            '"Mail Delivery System" <>',
            "MAILER-DAEMON",
            "X <MAILER-DAEMON>",
            '"MAILER-DAEMON"',
            "=?utf-8?q?Mail_Delivery_System?= <nobody at all>",
        ):
            with self.subTest(sender):
                seen = self.check(True, f"From: {sender}", above=NULL)
                self.assertIn(f"null return path, From: {sender}", seen)
        self.check(True, '"From": x', "From: Postmaster <nobody at all>", SUBJECT, above=NULL)
        self.check(False, 'From: "A <> B Exchange" <a@x.org>', above=NULL)
        for sender in ("nobody at all", "X <ndrx>", '"x Mail Delivery" <nobody at all>'):
            with self.subTest(sender):
                self.check(False, f"From: {sender}", above=NULL)

    def test_the_sender_is_shown_up_to_a_length(self):
        for name in ("MAILER-DAEMON@", "postmaster@"):
            sender = name + "x" * 50 + "." + "y" * 50 + ".example.org"
            seen = self.check(True, f"From: {sender}", SUBJECT, above=NULL)
            self.assertIn(f"From: {sender[:120]},", seen + ",")

    def test_programs_of_people(self):
        self.check(True, SUBJECT, body=LAYOUT)
        for program in (
            "Open-Xchange Mailer", "HCL Notes", "Zoho Mail", "YahooMailAndroidMobile",
            "Thunderbird", "Outlook", "Apple Mail", "iPhone", "iPad", "Android", "K-9", "Mutt",
            "Evolution", "KMail", "Roundcube", "Horde", "SquirrelMail", "Zimbra", "The Bat",
            "Airmail", "Spark", "Foxmail", "SOGo", "RainLoop", "SnappyMail", "Webmail", "Gnus",
            "Claws", "Sylpheed", "Mailspring", "eMClient", "eM Client", "Nextcloud", "Proton",
        ):  # fmt: skip
            for field in ("X-Mailer", "User-Agent"):
                with self.subTest(program=program, field=field):
                    self.check(False, SUBJECT, f"{field}: {program} 1.0", body=LAYOUT)
        self.check(True, SUBJECT, "X-Mailer: Server 1.0", body=LAYOUT)
        self.check(True, SUBJECT, "User-Agent: Server", "X-Mailer: Mutt", body=LAYOUT)
        for fill, is_bounce in ((296, False), (297, True)):
            self.check(is_bounce, SUBJECT, f"User-Agent: {'x' * fill}Mutt", body=LAYOUT)

    def test_traces_of_people(self):
        for line in (
            "X-Gm-Message-State: a",
            "Thread-Index: a",
            "X-Originating-IP: [192.0.2.1]",
            "In-Reply-To: <a@example.org>",
        ):
            with self.subTest(line):
                self.check(False, SUBJECT, line, body=LAYOUT)
        self.check(True, SUBJECT, "In-Reply-To: <a@example.org>", body=LAYOUT, above=NULL)

    def test_what_is_sent_on(self):
        inner = (
            "--b\n\nIt could not be delivered, what now?\n--b\nContent-Type: message/rfc822\n\n"
            "From: {sender}\nSubject: {subject}\nContent-Type: {kind}\n\nHello\n--b--\n"
        )
        report = "multipart/report; report-type=delivery-status; boundary=c"
        own = {"sender": "sales@domain.com", "subject": "Offer", "kind": "text/plain"}
        for is_bounce, line, values in (
            (True, SUBJECT, own),
            (False, SUBJECT, {**own, "kind": report}),
            (False, SUBJECT, {**own, "sender": "MAILER-DAEMON@x.org"}),
            (False, "Subject: Fwd: Undeliverable: Offer", own),
            (False, "Subject: WG: Unzustellbar: Angebot", own),
            (False, "Subject: [extern] TR : Non remis", own),
            (False, "Subject: 转发: 退信", own),
        ):
            with self.subTest(line=line, **values):
                self.check(is_bounce, MIXED, line, body=inner.format(**values))

    def test_parcels(self):
        for subject, body in (
            ("Paket 12 nicht zugestellt", "Die Sendung ist verzögert.\n\ninfo@example.org\n"),
            ("Colis non livré", "Le colis n'a pas pu être livré.\n\ninfo@example.org\n"),
            ("Undeliverable: shipment 12", "We could not deliver it.\n\ninfo@example.org\n"),
            ("Zending niet bezorgd", "Het pakket kon niet worden bezorgd.\n\ninfo@example.org\n"),
            ("Paczka niedostarczona", "Nie można było jej dostarczyć.\n\ninfo@example.org\n"),
            ("荷物が配送できません", "配送できません\n\ninfo@example.org\n"),
        ):
            for lines in ((), ("From: Mail Delivery <service@parcel.test>",),
                          ("From: Nina <ndr@firma.test>",)):  # fmt: skip
                with self.subTest(subject=subject, lines=lines):
                    self.check(False, f"Subject: {subject}", *lines, body=body)
                    # and so where a server passed it on with a null return path
                    if not lines:
                        self.check(False, f"Subject: {subject}", body=body, above=NULL)

    def test_who_passes_mail_on_writes_the_null_path_as_well(self):
        body = f"Your message: {PHRASE}"
        for line in (
            "X-Sieve: CMU Sieve 3.0", "Resent-From: a@x.org", "X-Fetchmail-Server: pop.x.org",
            "X-Forwarded-To: sales@domain.com", "X-Getmail-Retrieved-From-Mailbox: INBOX",
        ):  # fmt: skip
            with self.subTest(line):
                self.check(True, SUBJECT, body=body, above=NULL)
                self.check(False, SUBJECT, line, body=body, above=NULL)
                person = "From: Daniela Sommer <daemon@x.org>"
                self.check(False, SUBJECT, line, person, body=body, above=NULL)
                nobody = "From: no-reply@x.org"
                self.check(True, SUBJECT, line, nobody, body=body, above=NULL)
                self.check(True, "From: MAILER-DAEMON@x.org", line, above=NULL, body=body)

    def proved(self, *lines, enclosed="rfc822", above=NULL):
        about = "Message-ID: <sent-1@domain.com>"
        body = enclosing(enclosed, PHRASE).replace("To: info", f"{about}\nTo: info")
        decision = judge(MIXED, SUBJECT, *lines, body=body, above=above)
        return (str(decision.state), str(decision.reason))

    def test_what_a_person_attaches_proves_no_bounce(self):
        for enclosed in ("rfc822", "delivery-status"):
            for expected, lines in (
                ("ignored", [GATEWAY]),
                ("ignored", ["From: Mail Delivery System <x@x.org>"]),
                ("ignored", ["From: Postmaster <postmaster@x.org>"]),
                ("ignored", ["From: Gate <no-reply@x.org>"]),
                ("ignored", ["From: Gate <gate@x.org>", "Auto-Submitted: auto-generated"]),
                ("quarantined", ["From: Lena Fischer <lena@x.org>"]),
                ("quarantined", ["From: Lena Fischer <dsn@x.org>"]),
            ):
                with self.subTest(lines=lines, enclosed=enclosed):
                    found = self.proved(*lines, enclosed=enclosed)
                    self.assertEqual(found, (expected, "bounce"))
        mutt = (GATEWAY, "X-Mailer: Mutt")
        self.assertEqual(self.proved(*mutt), ("routed", "alias"))
        found = self.proved(*mutt, enclosed="delivery-status")
        self.assertEqual(found, ("quarantined", "bounce"))
        for sender in (GATEWAY, 'From: "A <> B Exchange" <a@x.org>'):
            found = self.proved(sender, "X-Sieve: CMU Sieve 3.0")
            self.assertNotEqual(found[0], "ignored")

    def test_how_many_signs_suffice(self):
        # long: a table
        daemon = "From: MAILER-DAEMON@x.org"
        cases = (
            # bounce, lines, options
            (False, [daemon], {}),
            (True, [daemon, SUBJECT], {}),
            (True, [daemon], {"body": PHRASE}),
            (True, [daemon, SUBJECT, "X-Mailer: Mutt"], {}),
            (False, [SUBJECT], {"above": NULL}),
            (False, [], {"above": NULL, "body": PHRASE}),
            (False, [SUBJECT], {"above": NULL, "body": PHRASE}),
            (True, [SUBJECT], {"above": NULL, "body": f"{PHRASE}550 5.1.1 unknown\n"}),
            (True, [SUBJECT], {"above": NULL, "body": f"Your message: {PHRASE}"}),
            (False, [SUBJECT, "From: Lena <lena@x.org>"],
             {"above": NULL, "body": f"Send me a message: {PHRASE}"}),
            (True, [SUBJECT, "From: Lena <lena@x.org>"],
             {"above": NULL, "body": f"{PHRASE}550 5.1.1 unknown\n"}),
            (False, [SUBJECT], {"above": NULL, "body": f"{PHRASE}\nE-Mail: info@example.org\n"}),
            (True, [SUBJECT, "From: postmaster@x.org"], {"body": PHRASE}),
            (False, [SUBJECT, "From: ndr@x.org"], {"body": PHRASE}),
            (True, [SUBJECT, "From: ndr@x.org"], {"body": f"{PHRASE}550 5.1.1 unknown\n"}),
            (True, [SUBJECT], {"above": NULL, "body": "Hello" + QUOTED}),
            (True, [SUBJECT, MIXED], {"above": NULL, "body": enclosing("rfc822")}),
            (True, [MIXED], {"above": NULL, "body": enclosing("rfc822", PHRASE)}),
            (True, [], {"above": NULL, "body": PHRASE + QUOTED}),
            (False, [], {"above": NULL, "body": "Hello" + QUOTED}),
            (False, [SUBJECT, "X-Mailer: Mutt"], {"above": NULL, "body": NAMED}),
            (False, [SUBJECT], {"body": PHRASE}),
            (False, [SUBJECT], {"body": NAMED}),
            (True, [SUBJECT], {"body": LAYOUT}),
            (True, [SUBJECT], {"body": PHRASE + QUOTED}),
            (False, [SUBJECT], {"body": "Hello\n\ninfo@example.org\n"}),
            (False, [SUBJECT], {"body": "Hello" + QUOTED}),
            (False, [SUBJECT], {"body": f"{PHRASE}\ncustomer@example.org\n"}),
            (False, [], {"body": NAMED + QUOTED}),
            (False, [SUBJECT, "From: Lena <lena@example.org>"], {"body": LAYOUT}),
            (False, [SUBJECT, "From: Lena <lena@example.org>"], {"body": PHRASE + QUOTED}),
            (True, [SUBJECT, "From: Gate <no-reply@example.org>"], {"body": LAYOUT}),
            (True, [SUBJECT, "From: Gate <g@example.org>", "Precedence: bulk"], {"body": LAYOUT}),
        )  # fmt: skip
        for is_bounce, lines, options in cases:
            with self.subTest(lines=lines, **options):
                self.check(is_bounce, *lines, **options)

    def test_the_signs_are_named(self):
        seen = self.check(True, SUBJECT, body=LAYOUT)
        self.assertIn("subject “Undeliver”, text “could not be deliver”", seen)
        seen = self.check(True, SUBJECT, above=NULL, body=PHRASE + QUOTED)
        self.assertIn("null return path, subject “Undeliver”, text “undeliverable”", seen)
        seen = self.check(True, "From: MAILER-DAEMON@x.org", body=PHRASE)
        self.assertIn("From: MAILER-DAEMON@x.org, text “undeliverable”", seen)

    def test_an_enclosed_delivery_report(self):
        body = enclosing("delivery-status")
        cases = (
            (True, [SUBJECT], (), "Undeliver, encloses a delivery-status"),
            (True, [], NULL, "null return path, encloses a delivery-status"),
            (True, ["X-Mailer: Mutt"], NULL, "null return path, encloses a delivery-status"),
            (False, [SUBJECT, "X-Mailer: Mutt"], (), ""),
            (False, [], (), ""),
        )
        for is_bounce, lines, above, text in cases:
            with self.subTest(lines=lines, above=above):
                self.assertIn(text, self.check(is_bounce, MIXED, *lines, above=above, body=body))
        self.check(False, MIXED, SUBJECT, body=enclosing("rfc822"))

    def test_rules_of_a_mailbox_and_a_persons_program_speak_against_it(self):
        daemon = "From: MAILER-DAEMON@x.org"
        for line in ("X-MS-Exchange-Inbox-Rules-Loop: a@x.org", "Auto-Submitted: no"):
            with self.subTest(line):
                self.check(False, daemon, SUBJECT, line, above=NULL)
        self.check(True, daemon, SUBJECT, "Auto-Submitted: auto-generated", above=NULL)

    def test_a_declared_recipient_suffices(self):
        for size in (199, 200, 201):
            seen = self.check(True, f"X-Failed-Recipients: {'x' * size}")
            self.assertEqual(seen.count("x"), min(size, 200))
            self.assertIn("X-Failed-Recipients: ", seen)

    def test_reports_of_other_kinds_are_no_bounces(self):
        for kind, name in (("feedback-report", "complaint"), ("tlsrpt", None)):
            line = f"Content-Type: multipart/report; report-type={kind}; boundary=b"
            decision = judge(line, "From: MAILER-DAEMON@x.org", SUBJECT, body=enclosing("rfc822"))
            self.assertEqual(decision.verdicts[:1], (name,) if name else ())

    def test_a_rejection_by_a_mailbox_filter(self):
        line = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b"
        body = (
            "--b\n\n{}\n--b\nContent-Type: message/disposition-notification\n\n"
            "Final-Recipient: rfc822; info@example.org\nDisposition: {}\n--b--\n"
        )
        deleted = "automatic-action/MDN-sent-automatically; deleted"
        cases = (
            ("auto-replied (rejected)", "Hello", deleted, True),
            ("Rejected", "Hello", "manual-action; displayed", True),
            ("auto-replied", PHRASE, deleted, True),
            ("auto-replied", PHRASE, deleted.title(), True),
            ("auto-replied", "Hello", deleted, False),
            ("auto-replied", PHRASE, "manual-action/MDN-sent-manually; deleted", False),
            ("auto-replied", PHRASE, "automatic-action/MDN-sent-manually; displayed", False),
        )
        for submitted, told, disposition, is_bounce in cases:
            with self.subTest(submitted=submitted, told=told, disposition=disposition):
                seen = self.check(
                    is_bounce,
                    line,
                    f"Auto-Submitted: {submitted}",
                    body=body.format(told, disposition),
                )
                self.assertIs("rejection (RFC 5429)" in seen, is_bounce)


class TestOwnBounceAddress(PureCase):
    DECLARED = "X-Failed-Recipients: info@example.org"

    def found(self, *lines, policy=POLICY, above=()):
        return judge(self.DECLARED, *lines, policy=policy, above=above).facts["bounce_address"]

    def test_where_it_stands(self):
        for name in ("To", "Delivered-To", "X-Original-To"):
            with self.subTest(name):
                self.assertEqual(self.found(f"{name}: Bounce@domain.com"), "bounce@domain.com")
        self.assertEqual(self.found("Cc: bounce@domain.com"), "")
        self.assertEqual(self.found("To: sales@domain.com"), "")

    def test_the_first_five_of_a_field(self):
        for before, expected in ((4, "bounce@domain.com"), (5, "")):
            names = [f"a{number}@domain.com" for number in range(before)]
            line = f"To: {', '.join([*names, 'bounce@domain.com'])}"
            self.assertEqual(self.found(line), expected)

    def test_none_is_configured(self):
        policy = replace(POLICY, bounce_addresses=frozenset())
        self.assertEqual(self.found("To: bounce@domain.com", policy=policy), "")

    def test_a_signed_one(self):
        token = make_bounce_token(TokenKey(SECRET, ""), BounceToken(1, 2))
        address = f"bounce-{token}@domain.com"
        for policy in (POLICY, replace(POLICY, bounce_addresses=frozenset())):
            line = f"To: bounce@domain.com, {address}"
            self.assertEqual(self.found(line, policy=policy), address)

    def test_it_is_a_sign(self):
        lines = ("To: bounce@domain.com", SUBJECT)
        decision = judge(*lines, body=PHRASE)
        self.assertIn("sent to bounce@domain.com, subject", why(decision, "bounce"))
        self.assertNotIn("bounce", judge(*lines).verdicts)
