"""In Odoo: likely bounces wait and annotate; alarms of devices; replies to invitations."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kit.common import CatchallCase, deliver, mail

QMAIL = """\
Hi. This is the qmail-send program at mx.customer.test.
I'm afraid I wasn't able to deliver your message to the following addresses.

<carla@customer.test>:
192.0.2.7 does not like recipient.
{about}
"""
REPLY = """\
BEGIN:VCALENDAR
METHOD:REPLY
VERSION:2.0
BEGIN:VEVENT
UID:{uid}
ATTENDEE;PARTSTAT=ACCEPTED:mailto:carla@customer.test
END:VEVENT
END:VCALENDAR
"""


@tagged("post_install", "-at_install")
class TestLikelyBounces(CatchallCase):
    def setUp(self):
        super().setUp()
        self.lead = self.record(self.route(mail()))
        self.partner = self.env["res.partner"].create(
            {"name": "Carla", "email": "carla@customer.test"}
        )
        self.sent = self.lead.message_post(
            body="Offer", partner_ids=self.partner.ids, subtype_xmlid="mail.mt_comment"
        )

    def bounce(self, about="", **headers):
        return self.route(
            mail(
                QMAIL.format(about=about),
                sender="MAILER-DAEMON@mx.customer.test",
                to="catchall@example.com",
                subject="failure notice",
                **headers,
            )
        )

    def status(self):
        mine = self.sent.notification_ids.filtered(lambda n: n.res_partner_id == self.partner)
        return mine.notification_status

    def notes(self):
        return self.lead.message_ids.filtered(lambda item: "may say that" in (item.body or ""))

    def test_it_waits_annotates_and_fails_nothing(self):
        before = self.status()
        about = f"Message-ID: {self.sent.message_id}"
        row = self.bounce(about)
        self.assertEqual((row.state, row.reason), ("quarantined", "bounce"), row.explanation)
        self.assertEqual(self.status(), before)
        note = self.notes()
        self.assertEqual(len(note), 1)
        self.assertIn("failure notice", note.body)
        self.assertFalse(note.notification_ids)
        self.assertEqual(self.partner.message_bounce, 0)
        row.action_replay()
        deliver(row)
        self.assertEqual(row.state, "quarantined")
        self.assertEqual(self.notes(), note, "a note once")
        row.action_are_bounces()
        self.assertEqual((row.state, row.reason), ("ignored", "bounce"))
        self.assertEqual(self.status(), before)

    def test_what_a_server_encloses_of_ours_is_proof(self):
        about = f"Return-Path: <sales@example.com>\nMessage-ID: {self.sent.message_id}"
        row = self.bounce(about, Return_Path="<>")
        self.assertEqual((row.state, row.reason), ("ignored", "bounce"), row.explanation)
        self.assertEqual(self.status(), "bounce")
        self.assertFalse(self.notes())

    def test_all_of_a_group_are_said_to_be_bounces(self):
        rows = self.bounce() | self.bounce() | self.bounce()
        window = rows[0].action_likely_bounces()
        found = self.env[window["res_model"]].search(window["domain"])
        self.assertLessEqual(rows, found)
        action = self.env.ref("mail_catchall_router.action_server_catchall_are_bounces")
        action.with_context(active_model=rows._name, active_ids=rows.ids).run()
        self.assertEqual(set(rows.mapped("state")), {"ignored"})
        self.assertIn("Confirmed as a bounce", rows[0].explanation)

    def test_nothing_else_is_said_to_be_a_bounce(self):
        waiting = self.route(mail(to="nobody@example.com"))
        self.assertEqual(waiting.state, "quarantined")
        with self.assertRaises(UserError):
            (waiting | self.bounce()).action_are_bounces()
        with self.assertRaises(UserError):
            self.route(mail()).action_are_bounces()


@tagged("post_install", "-at_install")
class TestTwoEvents(CatchallCase):
    """A device without a clock says the same of each alarm."""

    def alarm(self, received):
        lines = [
            "Received: from panel (panel [192.0.2.9]) by mail.example.com with SMTP id 1; "
            f"{received}"
            if received
            else None,
            "From: alarm@panel.test",
            "To: sales@example.com",
            "Subject: ALARM zone 3",
            "",
            "Window open",
            "",
        ]
        return "\r\n".join(line for line in lines if line is not None).encode()

    def test_the_servers_own_line_tells_two_alarms_apart(self):
        one, two = (
            self.route(self.alarm(f"Mon, 02 Nov 2026 10:0{minute}:00 +0000")) for minute in (1, 2)
        )
        self.assertEqual([one.state, two.state], ["routed", "routed"], two.explanation)
        self.assertNotEqual(self.record(one), self.record(two))
        parents = [row.route_ids.mail_message_id.message_id for row in (one, two)]
        self.assertEqual(len(set(parents)), 2)

    def test_the_very_same_delivery_is_one(self):
        source = self.alarm("Mon, 02 Nov 2026 10:05:00 +0000")
        rows = [self.route(source) for _time in range(2)]
        self.assertEqual([row.state for row in rows], ["routed", "ignored"])
        self.assertEqual(rows[1].reason, "duplicate")

    def test_where_no_server_wrote_the_place_in_the_mailbox_tells(self):
        rows = [self.route(self.alarm("")) for _time in range(2)]
        self.assertEqual([row.state for row in rows], ["routed", "routed"], rows[1].explanation)
        rows[0]._reopen()
        deliver(rows[0])
        self.assertEqual(len(rows[0].route_ids), 1, "routed again, it is the same")


@tagged("post_install", "-at_install")
class TestInvitations(CatchallCase):
    def answer(self, uid, **headers):
        return self.route(
            mail(
                REPLY.format(uid=uid),
                subject="Accepted: Visit",
                Content_Type='text/calendar; charset="utf-8"; method=REPLY',
                **headers,
            )
        )

    def test_it_joins_the_thread_and_makes_nothing(self):
        lead = self.record(self.route(mail()))
        sent = lead.message_post(body="Visit", subtype_xmlid="mail.mt_comment")
        row = self.answer("1@customer.test", In_Reply_To=sent.message_id)
        self.assertEqual((row.state, row.reason), ("routed", "calendar_reply"), row.explanation)
        self.assertEqual(self.record(row), lead)
        row = self.answer("1@customer.test")
        self.assertEqual((row.state, row.reason), ("quarantined", "calendar_reply"))

    def test_it_is_noted_on_the_event_it_replies_to(self):
        if "calendar.event" not in self.env:
            self.skipTest("the calendar is not installed")
        event = self.env["calendar.event"].create(
            {
                "name": "Visit",
                "start": "2026-11-10 09:00:00",
                "stop": "2026-11-10 10:00:00",
                "partner_ids": [(4, self.env["res.partner"].create({"name": "Guest"}).id)],
            }
        )
        states = event.attendee_ids.mapped("state")
        self.env["ir.attachment"].create(
            {
                "name": "invitation.ics",
                "mimetype": "text/calendar",
                "res_model": event._name,
                "res_id": event.id,
                "raw": b"BEGIN:VCALENDAR\r\nUID:20261102T100000Z - 77@odoo-host\r\n"
                b"END:VCALENDAR\r\n",
            }
        )
        row = self.answer("20261102T100000Z - 77@example.com")
        self.assertEqual((row.state, row.reason), ("routed", "calendar_reply"), row.explanation)
        self.assertEqual(self.record(row), event)
        self.assertTrue(row.route_ids.mail_message_id.is_internal)
        self.assertEqual(event.attendee_ids.mapped("state"), states, "nobody has accepted by it")
        self.assertEqual(self.answer("2026@example.com").state, "quarantined", "no UID of ours")


@tagged("post_install", "-at_install")
class TestForms(CatchallCase):
    def enquiry(self):
        return self.route(
            mail(sender="Web <info@formhost.test>", Reply_To="Lena <lena@customer.test>")
        )

    def test_one_click_makes_a_sender_a_form(self):
        row = self.enquiry()
        self.assertEqual((row.state, row.contact), ("routed", "info@formhost.test"))
        self.assertEqual(row.reply_to, "lena@customer.test")
        row.action_sender_is_form()
        row.action_sender_is_form()
        rules = self.env["mail.catchall.rule"].search([("action", "=", "form")])
        mine = rules.filtered(lambda rule: "info@formhost.test" in rule.name)
        self.assertEqual(len(mine), 1, "once")
        after = self.enquiry()
        self.assertEqual((after.state, after.contact), ("routed", "lena@customer.test"))
        self.assertFalse(after.reply_to)
        self.assertEqual(after.author_check, "unverified")
        self.assertIn(mine, after.rule_ids)

    def test_a_message_without_another_in_reply_to_makes_no_rule(self):
        with self.assertRaises(UserError):
            self.route(mail()).action_sender_is_form()
