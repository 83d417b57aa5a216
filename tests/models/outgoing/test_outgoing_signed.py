"""Replies without any reference to the message they reply to: the address alone says where."""

from email.utils import parseaddr

from odoo.tests import tagged

from ...kit.common import CatchallCase, mail
from ...kit.outgoing_case import OutgoingCase


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestSignedReply(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.outgoing = cls.make_account(
            f"catchall@{cls.own}", cls.domain, catchall_reply_policy="signed"
        )
        cls.user_a.email = f"user_a@{cls.own}"
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "team_id": False})

    def answer(self, sent, sender="Customer <customer@shop.example>", body="Thank you"):
        address = parseaddr(sent["Reply-To"])[1]
        return self.route(
            mail(body, to=address, envelope=address, sender=sender, subject="About something")
        )

    def test_answer_without_references_lands_on_the_record(self):
        sent = self.post(self.lead, self.user_a)
        self.assertRegex(sent.address("Reply-To"), rf"^reply-[a-z2-7]{{8,34}}@{self.own}$")
        row = self.answer(sent)
        self.assertEqual((row.state, row.reason), ("routed", "reply"), row.explanation)
        self.assertEqual(self.record(row), self.lead)
        message = self.lead.message_ids[0]
        self.assertIn("Thank you", message.body)
        self.assertFalse(message.is_internal)
        self.assertEqual(message.author_id, self.customer)

    def test_each_recipient_has_an_address_of_its_own(self):
        other = self.env["res.partner"].create({"name": "Other", "email": "other@shop.example"})
        with self.mock_mail_gateway():
            self.lead.with_user(self.user_a).message_post(
                body="Hello", partner_ids=(self.customer | other).ids, message_type="comment"
            )
        replies = {item["message"].partition("Reply-To:")[2].split("\n")[0] for item in self.emails}
        self.assertEqual(len(replies), 2, replies)

    def test_stranger_with_a_signed_address_is_not_let_in(self):
        sent = self.post(self.lead, self.user_a)
        self.answer(sent, sender="Eve <eve@evil.example>", body="Let me in")
        message = self.lead.message_ids[0]
        self.assertIn("Let me in", message.body)
        self.assertTrue(message.is_internal)

    def test_stranger_s_note_is_not_sent_to_the_customer_whose_message_it_answers(self):
        other = self.env["res.partner"].create({"name": "Other", "email": "other@shop.example"})
        sent = self.post(self.lead, self.user_a, author_id=other.id)
        self.answer(sent, sender="Eve <eve@evil.example>", body="Let me in")
        message = self.lead.message_ids[0]
        self.assertIn("Let me in", message.body)
        self.assertTrue(message.is_internal)
        self.assertFalse(message.notified_partner_ids.filtered("partner_share"))

    def test_template_of_a_scheduled_action(self):
        outgoing = self.mail(
            email_from=f"user_a@{self.own}", reply_to="", model="crm.lead", res_id=self.lead.id
        )
        sent = self.send(outgoing)
        self.assertRegex(sent.address("Reply-To"), "^reply-")
        self.assertEqual(self.record(self.answer(sent)), self.lead)

    def test_what_was_chosen_stays(self):
        values = {"email_from": "x@y.z", "model": "crm.lead", "res_id": self.lead.id}
        for wanted, forced in ((f"jobs@{self.own}", False), ("help@elsewhere.example", True)):
            with self.subTest(wanted=wanted):
                outgoing = self.mail(reply_to=wanted, reply_to_force_new=forced, **values)
                self.assertEqual(self.send(outgoing).address("Reply-To"), wanted)

    def test_without_a_record_there_is_nothing_to_sign(self):
        sent = self.send(self.mail(email_from="x@y.z", reply_to=""))
        self.assertEqual(sent.address("Reply-To"), f"catchall@{self.own}")

    def test_by_itself_once_the_mailbox_is_verified(self):
        self.assertEqual(self.account.catchall_reply_policy, "auto")
        self.outgoing.catchall_reply_policy = "auto"
        plain, signed = f"^catchall@{self.own}$", f"^reply-[a-z2-7]+@{self.own}$"
        for verified, state, policy, expected in (
            (False, "done", "auto", plain),
            ("2026-11-01 12:00:00", "done", "auto", signed),
            ("2026-11-01 12:00:00", "draft", "auto", plain),
            ("2026-11-01 12:00:00", "done", "record", plain),
            (False, "done", "signed", signed),
        ):
            with self.subTest(verified=verified, state=state, policy=policy):
                self.server.write({"catchall_verified_date": verified, "state": state})
                self.outgoing.catchall_reply_policy = policy
                sent = self.post(self.lead, self.user_a)
                self.assertRegex(sent.address("Reply-To"), expected)

    def test_another_domains_verified_mailbox_says_nothing(self):
        self.outgoing.catchall_reply_policy = "auto"
        self.server.write(
            {
                "catchall_verified_date": "2026-11-01 12:00:00",
                "alias_domain_ids": [(6, 0, self.domain_2.ids)],
            }
        )
        sent = self.post(self.lead, self.user_a)
        self.assertEqual(sent.address("Reply-To"), f"catchall@{self.own}")

    def test_nobody_fetches_the_domain(self):
        self.server.state = "draft"
        sent = self.post(self.lead, self.user_a)
        self.assertEqual(sent.address("Reply-To"), f"catchall@{self.own}")

    def test_the_header_is_never_empty_on_its_first_line(self):
        """Some DKIM verifiers read 'Reply-To:' followed by a line break as empty."""
        self.user_a.name = "A very long name of somebody, with commas, who writes for the company"
        sent = self.post(self.lead, self.user_a)
        self.assertNotRegex(sent.raw, r"Reply-To:\s*\n")
        self.assertRegex(sent.address("Reply-To"), "^reply-")
