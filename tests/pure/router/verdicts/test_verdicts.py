"""Verdicts: what a message is, with the evidence, and above all what it is not."""

from pathlib import Path

from .....router import verdicts
from .....router.tokens.loop_mark import LoopMark, find_loop_mark
from ....kit.pure import PureCase
from ....kit.verdict_kit import DATE, SECRET, Company, hop, judge, mail, why

NULL = ("Return-Path: <>",)
REPLY = "In-Reply-To: <sent-1@domain.com>"


class VerdictCase(PureCase):
    def check_verdict(self, decision, name):
        """``name`` is the only verdict, or with "" there is none."""
        seen = "; ".join(f"{item.step}: {item.text}" for item in decision.trace)
        self.assertEqual(decision.verdicts, (name,) if name else (), seen)

    def check_table(self, table, name):
        for lines in table:
            with self.subTest(lines=lines):
                above = [line for line in lines if line.startswith("Return-Path")]
                rest = [line for line in lines if line not in above]
                self.check_verdict(judge(*rest, above=above), name)


class TestOrder(PureCase):
    def test_the_order_of_precedence_is_the_designs(self):
        names = [verdict.name for verdict in verdicts.VERDICTS]
        self.assertEqual(
            names,
            (
                "probe loop bounce receipt complaint report calendar_reply auto_reply spam forged "
                "bulk machine"
            ).split(),
        )

    def test_one_file_a_verdict(self):
        folder = Path(verdicts.__file__).parent
        for verdict in verdicts.VERDICTS:
            with self.subTest(verdict.name):
                self.assertTrue((folder / f"{verdict.name}.py").is_file())


class TestLoop(VerdictCase):
    MARK = f"X-Catchall-Loop: {LoopMark('crm.lead,42').header_value(SECRET)}"

    def test_a_mark_is_ours_only_with_our_key(self):
        ours = LoopMark("crm.lead,42", 2)
        value = ours.header_value(SECRET)
        self.assertEqual(find_loop_mark(mail(f"X-Catchall-Loop: {value}"), SECRET), ours)
        foreign = ours.header_value(b"another database")
        for broken in (
            foreign,
            value.replace(" 2 ", " 1 "),
            value.replace("42", "43"),
            value.replace("v1", "v2"),
            value[:-1],
            "v1 crm.lead,42 2",
            "",
            "x" * 100_000,
        ):
            with self.subTest(broken[:60]):
                marked = mail(f"X-Catchall-Loop: {broken}", "Auto-Submitted: auto-generated")
                self.assertIsNone(find_loop_mark(marked, SECRET))
        self.assertIsNone(find_loop_mark(mail(f"X-Catchall-Loop: {value}"), b""))

    def test_the_mark_with_the_most_hops_counts_among_forged_ones(self):
        two = LoopMark("crm.lead,2", 2)
        marked = mail(
            "X-Catchall-Loop: v1 crm.lead,9 99 " + "a" * 32,
            self.MARK,
            f"X-Catchall-Loop: {two.header_value(SECRET)}",
        )
        self.assertEqual(find_loop_mark(marked, SECRET), LoopMark("crm.lead,2", 2))

    def test_what_loops(self):
        two = f"X-Catchall-Loop: {LoopMark('crm.lead,42', 2).header_value(SECRET)}"
        to_nobody = "To: catchall@domain.com"
        cases = (
            ("automatic", (self.MARK, "Auto-Submitted: auto-generated", to_nobody), "ignored"),
            ("null return path", (self.MARK, to_nobody), "ignored"),
            ("two hops", (two, to_nobody), "ignored"),
            ("back at its record", (self.MARK, REPLY, to_nobody), "ignored"),
            ("it names an alias", (two,), "quarantined"),
        )
        for name, lines, state in cases:
            with self.subTest(name):
                decision = judge(*lines, above=NULL if "null" in name else ())
                self.assertEqual((decision.reason, decision.state), ("loop", state))
                self.assertIn("crm.lead,42", why(decision, "loop"))

    def test_what_passes_through_an_alias_is_no_loop(self):
        other = f"X-Catchall-Loop: {LoopMark('crm.lead,7').header_value(SECRET)}"
        for name, lines in {
            "a person's mail": (self.MARK,),
            "an answer to another record": (other, REPLY),
            "a foreign key": ("X-Catchall-Loop: v1 crm.lead,42 5 " + "b" * 32,),
        }.items():
            with self.subTest(name):
                decision = judge(*lines)
                self.assertNotIn("loop", decision.verdicts)
                self.assertEqual(decision.state, "routed")

    def test_a_machines_answer_to_our_notice_is_dropped_a_persons_is_seen(self):
        reference = "References: <1-loop-detection-bounce-email@domain.com>"
        decision = judge(reference, "Auto-Submitted: auto-replied")
        self.assertEqual((decision.reason, decision.state), ("loop", "ignored"))
        decision = judge(reference)
        self.assertEqual((decision.reason, decision.state), ("loop", "quarantined"))


class TestReceipt(VerdictCase):
    READ = (
        "--b\n\nYour message was read.\n--b\nContent-Type: message/disposition-notification\n\n"
        "Reporting-UA: Outlook\nFinal-Recipient: rfc822; bob@example.org\n"
        "Original-Message-ID: <sent-1@domain.com>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
    )

    def test_read_receipts_are_receipts_not_bounces(self):
        for content_type in (
            'multipart/report; report-type=disposition-notification; boundary="b"',
            'multipart/report; boundary="b"; report-type="Disposition-Notification"',
            "multipart/report; boundary=b",
        ):
            with self.subTest(content_type):
                decision = judge(
                    f"Content-Type: {content_type}", "Subject: Read: Offer", body=self.READ
                )
                self.check_verdict(decision, "receipt")
                self.assertEqual(decision.state, "ignored")
                details = "(displayed, bob@example.org, <sent-1@domain.com>)"
                self.assertIn(details, why(decision, "receipt"))

    def test_a_person_who_wants_a_receipt_is_a_person(self):
        lines = ("Disposition-Notification-To: customer@example.org", "Subject: Read: this book")
        self.check_verdict(judge(*lines), "")


class TestComplaint(VerdictCase):
    def test_feedback_reports(self):
        body = (
            "--b\n\nThis is an abuse report.\n--b\nContent-Type: message/feedback-report\n\n"
            "Feedback-Type: abuse\nUser-Agent: X/1\n{}\n--b\nContent-Type: message/rfc822\n\n"
            "From: sales@domain.com\nTo: Bob <bob@example.org>\n"
            "Message-ID: <sent-1@domain.com>\n\nHello\n--b--\n"
        )
        for line, address in (
            ("Original-Rcpt-To: <angry@example.org>", "angry@example.org"),
            ("Original-Rcpt-To: redacted", "bob@example.org"),
            ("", "bob@example.org"),
        ):
            with self.subTest(line):
                decision = judge(
                    "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
                    body=body.format(line),
                )
                self.check_verdict(decision, "complaint")
                details = f"(abuse, {address}, <sent-1@domain.com>)"
                self.assertIn(details, why(decision, "complaint"))


class TestAutoReply(VerdictCase):
    def test_answering_machines(self):
        self.check_table(
            (
                ("Auto-Submitted: auto-replied",),
                ("Auto-Submitted: Auto-Replied; owner-email=x",),
                ("Auto-Submitted: auto-replied (vacation)",),
                ("Auto-Submitted: auto-replied(zimbra; vacation)",),
                ("X-Autoreply: yes",),
                ("X-Autorespond: Urlaub",),
                ("X-Autoresponder: x",),
                ("X-Autoresponse: 1",),
                ("X-AutoReply-From: a@example.org",),
                ("X-Autogenerated: Reply",),
                ("Precedence: auto_reply",),
                ("X-Precedence: Auto_Reply",),
                ("X-FC-Machinegenerated: true",),
                ("Delivered-To: Autoresponder",),
                ("X-POST-MessageClass: 9; Autoresponder",),
                (
                    "Auto-Submitted: auto-generated",
                    "X-Auto-Response-Suppress: All",
                    "X-MS-Exchange-Inbox-Rules-Loop: bob@example.org",
                ),
                (
                    "Auto-Submitted: auto-generated",
                    "X-Auto-Response-Suppress: DR, All",
                    "In-Reply-To: <other@domain.com>",
                ),
                (*NULL, REPLY),
            ),
            "auto_reply",
        )

    def test_a_null_path_alone_is_a_program_of_any_kind(self):
        for lines in (
            ("In-Reply-To: <other@domain.com>",),
            (REPLY, "X-Mailer: Microsoft Outlook 16.0"),
            (REPLY, "X-Sieve-Redirected-From: sales@old.example.org"),
            (REPLY, "Resent-From: sales@old.example.org"),
            (REPLY, "Received: from imap.old.example.org by pc with IMAP (fetchmail-6.4.37)"),
        ):
            with self.subTest(lines):
                self.check_verdict(judge(*lines, above=NULL), "machine")

    SUBJECTS = (
        "Automatic reply: Offer",
        "Automatische Antwort: Angebot",
        "Abwesenheitsnotiz",
        "Réponse automatique : Offre",
        "Respuesta automática: Oferta",
        "Resposta automática: Oferta",
        "Risposta automatica: Offerta",
        "Automatisch antwoord: Offerte",
        "Autosvar: Offert",
        "Automatiskt svar: Offert",
        "Automatisk svar: Tilbud",
        "Automaattinen vastaus: Tarjous",
        "Odpowiedź automatyczna: Oferta",
        "Automatická odpověď: Nabídka",
        "Automatická odpoveď: Ponuka",
        "Automatikus válasz: Ajánlat",
        "Răspuns automat: Ofertă",
        "Automatski odgovor: Ponuda",
        "Samodejni odgovor: Ponudba",
        "Automātiska atbilde: X",
        "Automatinis atsakymas: X",
        "Автоматический ответ: Предложение",
        "Автоматична відповідь: X",
        "Автоматичен отговор: X",
        "Αυτόματη απάντηση: Προσφορά",
        "Otomatik yanıt: Teklif",
        "תשובה אוטומטית: X",
        "رد تلقائي: عرض",
        "自動応答: 見積",
        "自动答复: 报价",
        "자동 회신: 견적",
        "ตอบกลับอัตโนมัติ: X",
        "Trả lời tự động: X",
        "Balasan otomatis: X",
        "[Auto-Reply] Offer",
        "Out of Office: Offer",
    )

    def test_subjects_with_a_second_sign(self):
        for subject in self.SUBJECTS:
            with self.subTest(subject):
                line = f"Subject: {subject}"
                self.check_verdict(judge(line, "Precedence: bulk"), "auto_reply")
                self.check_verdict(judge(line, above=NULL), "auto_reply")
                self.check_verdict(judge(line, "X-Auto-Response-Suppress: All"), "auto_reply")
                self.check_verdict(judge(line, "In-Reply-To: <x@domain.com>"), "")
                self.check_verdict(judge(line), "")

    def test_people(self):
        self.check_table(
            (
                ("Auto-Submitted: no",),
                ("Auto-Submitted: no", "X-Autoreply: yes"),
                ("Auto-Submitted: No; by a person", *NULL, REPLY),
                ("X-Auto-Response-Suppress: All",),
                ("X-Auto-Response-Suppress: OOF, DR, RN, NRN", "Subject: Offer"),
                ("X-Autoreply: no",),
                ("X-Autogenerated: Mirror",),
                ("X-Autogenerated: Forward",),
                ("Subject: Re: Automatic reply: Offer", REPLY),
                ("Subject: AW: Automatische Antwort: Angebot", REPLY),
                ("Subject: Out of office next week - please call my colleague", REPLY),
                ("Subject: Automatic reply machines for our hotline",),
                ("Subject: On vacation from Monday, please send before", REPLY),
                ("Subject: Abwesenheit: Vertretung gesucht",),
                ("X-MS-Exchange-Inbox-Rules-Loop: bob@example.org",),
            ),
            "",
        )

    def test_it_joins_its_thread_and_opens_nothing(self):
        decision = judge("Auto-Submitted: auto-replied", REPLY)
        self.assertEqual((decision.state, decision.reason), ("routed", "auto_reply"))
        self.assertEqual([route.res_id for route in decision.routes], [42])
        decision = judge("Auto-Submitted: auto-replied")
        self.assertEqual((decision.state, decision.reason), ("ignored", "auto_reply"))
        self.assertFalse(decision.routes)


class TestSpam(VerdictCase):
    SIGNS = (
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=9.1 required=5.0",
        "X-Spam: Yes",
        "X-Spamd-Result: default: True [15.00 / 15.00]",
        "X-Bogosity: Spam, tests=bogofilter",
        "X-DSPAM-Result: Spam",
        "X-MailScanner-SpamCheck: spam, SpamAssassin (score=12)",
        "X-Forefront-Antispam-Report: CIP:1.2.3.4;CTRY:US;SCL:5;SFV:SPM;CAT:SPM;",
        "X-MS-Exchange-Organization-SCL: 6",
        "X-Virus-Status: Infected (Eicar)",
    )
    HAM = (
        "X-Spam-Flag: NO",
        "X-Spam-Status: No, score=-1.0 required=5.0",
        "X-Spam-Level: *****",
        "X-Spamd-Result: default: False [3.00 / 15.00]",
        "X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:1;SFV:NSPM;CAT:NONE;",
        "X-MS-Exchange-Organization-SCL: -1",
        "X-MailScanner-SpamCheck: not spam, SpamAssassin",
        "X-Virus-Status: Clean",
    )

    def test_our_filter_says_yes(self):
        for line in self.SIGNS:
            with self.subTest(line):
                decision = judge(above=[line])
                self.check_verdict(decision, "spam")
                self.assertEqual(decision.state, "quarantined")

    def test_a_filter_directly_below_our_hop_is_ours(self):
        decision = judge("X-Spam-Flag: YES", received=False, above=[hop()])
        self.check_verdict(decision, "")  # default fields of a person's program came before it
        top = [hop(), "Authentication-Results: mx.domain.com; spf=none", "X-Spam-Flag: YES"]
        self.check_verdict(judge(received=False, above=top), "spam")

    def test_what_is_no_judgement_of_ours(self):
        for line in (*self.SIGNS, *self.HAM):
            with self.subTest(line):
                self.check_verdict(judge(line), "")
        for line in self.HAM:
            with self.subTest(line, above=True):
                self.check_verdict(judge(above=[line]), "")

    def test_the_junk_folder(self):
        decision = judge(folder_is_junk=True)
        self.check_verdict(decision, "spam")
        self.assertIn("Junk", why(decision, "spam"))


class TestBulk(VerdictCase):
    def test_lists_of_others(self):
        self.check_table(
            (
                ("List-Id: News <news.example.org>",),
                ("List-ID: news.example.org",),
                ("List-Post: <mailto:news@example.org>",),
                ("List-Unsubscribe: <mailto:x@example.org>", "Precedence: bulk"),
                ("List-Unsubscribe: <https://example.org/u>", "Precedence: Junk"),
                ("List-Unsubscribe: <https://example.org/u>", "Precedence: list"),
            ),
            "bulk",
        )

    def test_what_is_no_list(self):
        self.check_table(
            (
                ("List-Unsubscribe: <https://shop.example.org/u>", "Feedback-ID: 1:shop"),
                ("List-Unsubscribe-Post: List-Unsubscribe=One-Click",),
                ("List-Id: Sales <sales.domain.com>",),
                (
                    "List-Id: <sales.domain.com>",
                    "List-Post: <https://groups.google.com/a/domain.com/group/sales/post>, "
                    "<mailto:sales@domain.com>",
                    "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@domain.com>",
                    "Precedence: list",
                ),
                ("List-Post: NO",),
            ),
            "",
        )

    def test_an_alias_may_accept_all_lists_or_one(self):
        line = "List-Id: News <News.Example.org>"
        for name, alias, accepted in (
            ("none", {}, False),
            ("all", {"accepts_bulk": True}, True),
            ("this one", {"accepted_lists": frozenset({"news.example.org"})}, True),
            ("another", {"accepted_lists": frozenset({"jobs.example.org"})}, False),
        ):
            with self.subTest(name):
                decision = judge(line, directory=Company(**alias))
                self.assertEqual(decision.state, "routed" if accepted else "quarantined")
                self.assertEqual(decision.facts["list"], "news.example.org")
        to_both = "To: sales@domain.com, jobs@domain.com"
        decision = judge(line, to_both, directory=Company(accepts_bulk=True))
        self.assertEqual(decision.state, "quarantined", "one of two aliases accepts")

    def test_an_answer_through_the_customers_own_list_is_an_answer(self):
        decision = judge("List-Id: <info.example.org>", REPLY)
        self.assertEqual(decision.state, "routed")
        self.assertEqual([route.res_id for route in decision.routes], [42])


class TestMachine(VerdictCase):
    def test_programs_make_records(self):
        for lines in (
            ("Auto-Submitted: auto-generated",),
            ("Auto-Submitted: auto-generated; x=y",),
            ("Auto-Submitted: auto-notified",),
            ("Precedence: bulk",),
            NULL,
        ):
            with self.subTest(lines):
                above = NULL if lines is NULL else ()
                decision = judge(*(() if lines is NULL else lines), above=above)
                self.check_verdict(decision, "machine")
                self.assertEqual((decision.state, decision.reason), ("routed", "alias"))


class TestHumans(VerdictCase):
    """People, and programs that speak for people: none may be held back."""

    HUMANS = {
        "a phone by submission": (
            ("From: user_a@domain.com", "X-Mailer: iPhone Mail (21A)"),
            [hop("[10.0.0.5] (unknown [203.0.113.9])", "ESMTPSA")],
            "",
        ),
        "another company's Odoo": (
            (
                "X-Odoo-Objects: sale.order-7",
                "X-Odoo-Message-Id: <1@their.example>",
                "Message-Id: <123-openerp-7-sale.order@their.example>",
                "References: <999-openerp-7-sale.order@their.example>",
            ),
            None,
            "",
        ),
        "a WordPress form": (
            (
                "From: WordPress <wordpress@domain.com>",
                "Reply-To: bob@example.org",
                "X-Mailer: PHPMailer 6.9.1 (https://github.com/PHPMailer/PHPMailer)",
            ),
            None,
            "",
        ),
        "a forwarder with p=none": (
            ("From: bob@example.org",),
            [
                "Authentication-Results: mx.domain.com; spf=pass smtp.mailfrom=fwd.example; "
                "dkim=fail header.d=example.org; dmarc=fail (p=none dis=none) "
                "header.from=example.org",
                hop(),
            ],
            "",
        ),
        "a shop by a relay": (
            (
                "From: Shop <orders@shop.example>",
                "List-Unsubscribe: <https://shop.example/u>",
                "X-SES-Outgoing: 2025.11.03-1.2.3.4",
                "Feedback-ID: 1.eu-west-1.x:AmazonSES",
            ),
            None,
            "",
        ),
        "a Calendly-like notice": (
            (
                "From: Calendly <notifications@calendly.example>",
                "Reply-To: bob@example.org",
                "Auto-Submitted: auto-generated",
                "List-Unsubscribe: <https://calendly.example/u>",
            ),
            None,
            "machine",
        ),
        "a job board": (
            ("From: Jobs <noreply@jobs.example>", "Precedence: bulk", "To: jobs@domain.com"),
            None,
            "machine",
        ),
        "a group of our own domain": (
            (
                "From: 'Bob' via Sales <sales@domain.com>",
                "X-Original-From: Bob <bob@example.org>",
                "Reply-To: Bob <bob@example.org>",
                "Precedence: list",
                "Mailing-list: list sales@domain.com; contact sales+owners@domain.com",
                "List-ID: <sales.domain.com>",
                "List-Unsubscribe: <mailto:googlegroups-manage+1+unsubscribe@domain.com>",
            ),
            None,
            "",
        ),
        "marked as spam by the sender's own filter": (("X-Spam-Flag: YES",), None, ""),
        "somebody's lawyer": (
            ("Subject: Failure to deliver the goods", "Return-Receipt-To: x@example.org"),
            None,
            "",
        ),
        "a message forwarded by a person with its own headers": (
            ("Resent-From: user_a@domain.com", f"Resent-Date: {DATE}"),
            None,
            "",
        ),
    }

    def test_nobody_is_taken_for_something_else(self):
        for name, (lines, top, verdict) in self.HUMANS.items():
            with self.subTest(name):
                decision = judge(*lines, above=top or (), received=top is None)
                self.check_verdict(decision, verdict)
                self.assertEqual(decision.state, "routed")
