"""Who is not proved: what they write stays internal, and colleagues are told of it."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import email_normalize
from odoo.tools.mail import email_split

from ...kit.common import deliver, mail
from ...kit.note_case import NoteCase

BOSS = "Boss <boss@example.com>"


@tagged("post_install", "-at_install")
class TestUnproven(NoteCase):
    def test_whoever_claims_an_address_of_ours_is_nobody(self):
        senders = (
            BOSS,
            "remote@gmail.test",
            "leaver@gmail.test",
            "Ceo <ceo@example.com>",
            "office@example.com",
            "boss+web@example.com",
            "payments@example.com",
            "info@mail.example.com",
        )
        for sender in senders:
            with self.subTest(sender):
                row = self.reply(sender)
                self.assertTrue(row.unproven)
                self.assert_note(self.message(row))
                self.assertTrue(self.left)
                self.assertNotIn(email_normalize(sender), {item.sender for item in self.left})

    def test_a_reply_address_proves_no_colleague(self):
        for partner in (self.boss.partner_id, self.customer, self.colleague.partner_id):
            with self.subTest(partner.name):
                row = self.reply(BOSS, to=self.token(partner), References="<x@y.test>")
                self.assertEqual(self.record(row), self.lead)
                self.assert_note(self.message(row))

    def test_reply_to_proves_nobody(self):
        for address in ("remote@gmail.test", "leaver@gmail.test"):
            with self.subTest(address):
                source = mail(f"To {address}", sender="no-reply@evil.test", Reply_To=address)
                row = self.play(source, proved="evil.test")
                self.assertTrue(row.unproven)
                message = self.message(row)
                self.assert_note(message)
                lead = self.record(row)
                self.assertFalse(lead.partner_id)
                self.assertNotIn(lead.create_uid, self.remote | self.leaver)

    def test_restricted_aliases_refuse(self):
        self.alias("staff", "crm.lead", alias_contact="employees")
        self.alias("known", "crm.lead", alias_contact="partners")
        team = self.team.copy({"name": "Followed"})
        team.message_subscribe((self.boss.partner_id | self.customer).ids)
        parent = {
            "alias_parent_model_id": self.env["ir.model"]._get_id("crm.team"),
            "alias_parent_thread_id": team.id,
        }
        self.alias("followers", "crm.lead", alias_contact="followers", **parent)
        for alias in ("staff", "known", "followers"):
            with self.subTest(alias):
                row = self.play(mail(f"To {alias}", to=f"{alias}@example.com", sender=BOSS))
                self.assertEqual((row.state, row.route_ids.ids), ("quarantined", []))
                self.assertIn("not verified", row.explanation)
        with self.subTest("the customer's reply address is for the record alone"):
            row = self.reply(
                self.customer.email,
                to=self.token(self.customer),
                Cc="followers@example.com",
                References="<x@y.test>",
            )
            self.assertEqual(row.route_ids.mapped("res_id"), self.lead.ids)

    def test_a_new_record_has_no_colleague_as_customer(self):
        job = self.env["hr.job"].create({"name": "Opening"})
        self.alias("jobs", "hr.applicant", f"{{'job_id': {job.id}}}")
        project = self.env["project.project"].create({"name": "P"})
        self.alias("tasks", "project.task", f"{{'project_id': {project.id}}}")
        for alias in ("sales", "jobs", "tasks"):
            for sender in (BOSS, "Ceo <ceo@example.com>", "remote@gmail.test"):
                with self.subTest(alias, sender=sender):
                    source = mail(f"By {sender}", to=f"{alias}@example.com", sender=sender)
                    row = self.play(source)
                    message = self.message(row)
                    self.assert_note(message)
                    self.assertIn(email_normalize(sender), message.email_from)
                    record = self.record(row)
                    self.assertFalse(record.partner_id)
                    self.assertFalse(record.message_partner_ids.filtered("partner_share"))
                    self.assertNotIn(record.create_uid, self.boss | self.remote)

    def test_an_application_that_needs_a_sender_finds_nobody(self):
        # as account.move.message_new and hr.expense.message_new
        Lead = type(self.env["crm.lead"])
        native, given = Lead.message_new, []

        def message_new(lead, msg_dict, custom_values=None):
            given.append(email_split(msg_dict["from"])[0])
            return native(lead, msg_dict, custom_values)

        with patch.object(Lead, "message_new", message_new):
            row = self.play(mail("A bill", sender=BOSS))
        self.assert_note(self.message(row))
        self.assertIn("boss@example.com", self.message(row).email_from)
        self.assertEqual(given, ["unproven@sender.invalid"])

    def test_a_users_inbox(self):
        row = self.play(mail("Pay", to="colleague@example.com", sender="Ceo <ceo@example.com>"))
        message = self.message(row)
        self.assertFalse(message.author_id)
        self.assertIn("Not proved", message.body)
        self.assertEqual(message.notification_ids.notification_type, "inbox")
        self.assertFalse(self.left)

    def test_by_hand_it_stays_a_note(self):
        row = self.play(mail("Hi", to="nobody-at-all@example.com", sender=BOSS))
        self.assertEqual(row.state, "quarantined")
        self.act(lambda: row.action_route(model="crm.lead", res_id=self.lead.id))
        self.assert_note(self.message(row))

    def test_a_proved_colleague_speaks_for_everybody(self):
        row = self.reply(BOSS, "Agreed", proved="example.com")
        message = self.message(row)
        self.assertEqual(message.author_id, self.boss.partner_id)
        self.assertFalse(message.is_internal or message.sudo().catchall_note)
        self.assertIn(self.customer, message.notified_partner_ids)
        self.alias("staff", "crm.lead", alias_contact="employees")
        source = mail("New", to="staff@example.com", sender=BOSS)
        row = self.play(source, proved="example.com")
        self.assertEqual(self.message(row).author_id, self.boss.partner_id)

    def test_a_second_address_in_from_is_nobody(self):
        for sender in (f"eve@evil.test, {BOSS}", f"Eve <eve@evil.test>, {BOSS}, x@evil.test"):
            with self.subTest(sender):
                message = self.message(self.play(mail(sender, sender=sender)))
                self.assertNotEqual(message.author_id, self.boss.partner_id)
                self.assertNotIn("boss", message.email_from)
                self.assertNotEqual(message.create_uid, self.boss)

    def test_a_login_is_who_logged_in(self):
        self.alias("staff", "crm.lead", alias_contact="employees")

        def source(login, sender, to):
            hop = (
                f"Received: from laptop (dsl.isp.test [198.51.100.9])\r\n\t(Authenticated sender: "
                f"{login})\r\n\tby mail.example.com (Postfix) with ESMTPSA id 1; "
                "Mon, 02 Nov 2026 10:00:00 +0000\r\n"
            )
            plain = mail(f"{login} {sender}", to=to, sender=sender, References=to)
            return hop.encode() + plain.partition(b"+0000\r\n")[2]

        row = self.play(source("boss@example.com", BOSS, "staff@example.com"))
        self.assertEqual(self.message(row).author_id, self.boss.partner_id)
        row = self.play(source("colleague@example.com", BOSS, "staff@example.com"))
        self.assertEqual((row.state, row.unproven), ("quarantined", True))
        row = self.play(source("colleague@example.com", BOSS, "sales@example.com"))
        self.assert_note(self.message(row))

    def test_it_is_told_on_the_ledger_and_before(self):
        row = self.reply(BOSS)
        self.assertEqual(row.route_ids.note, "unproven")
        self.assertIn("nothing proves who wrote this", row.trace_html)
        self.assertIn(row, self.Message.search([("unproven", "=", True)]))
        answer = self.Message.where_would_this_go(source=mail(sender=BOSS))
        self.assertTrue(answer["unproven"])
        self.assertFalse(self.Message.where_would_this_go(source=mail())["unproven"])

    def test_routing_again_makes_no_second_note(self):
        row = self.reply(BOSS)
        message = self.message(row)
        row._reopen()
        deliver(row)
        self.assertEqual(row.route_ids.mail_message_id, message)

    def test_absence_notices_do_not_answer_it(self):
        self.boss.write(
            {
                "out_of_office_from": "2020-01-01",
                "out_of_office_to": "2100-01-01",
                "out_of_office_message": "<p>Away</p>",
            }
        )
        self.lead.user_id = self.boss
        for sender in (BOSS, "Eve <eve@evil.test>"):
            self.reply(sender)
            self.assertFalse([item for item in self.left if "Away" in item.text], sender)


@tagged("post_install", "-at_install")
class TestStrangers(NoteCase):
    def test_a_stranger_who_knows_a_message_id_leaves_a_note(self):
        for sender in (
            "eve@evil.test",
            '"carla@customer.test" <eve@evil.test>',
            "carla@customer.test.evil.test",
            "eve@customer.test",
        ):
            with self.subTest(sender):
                row = self.reply(sender, proved=sender.strip(">").rpartition("@")[2])
                self.assertFalse(row.unproven)
                self.assert_note(self.message(row), "stranger")

    def test_the_customer_whose_domain_check_failed_is_one(self):
        source = mail(sender=self.customer.email, References=self.offer.message_id)
        failed = b"Authentication-Results: mail.example.com; dmarc=fail (p=none) header.from="
        row = self.play(failed + b"customer.test\r\n" + source)
        self.assert_note(self.message(row), "stranger")
        self.assertIn("Possibly forged", self.message(row).body)

    def test_what_an_application_sends_because_of_a_note_waits_for_a_click(self):
        Lead = self.env.registry["crm.lead"]
        posted = Lead._message_post_after_hook

        def also_sends(thread, message, values):
            about = {"model": thread._name, "res_id": thread.id, "subject": "News of the lead"}
            to = "partner@firm.test, boss@example.com"
            # sudo: as an application would
            thread.env["mail.mail"].sudo().create({**about, "email_to": to, "body_html": "News"})
            return posted(thread, message, values)

        with patch.object(Lead, "_message_post_after_hook", also_sends):
            row = self.reply("eve@evil.test")
        self.assert_note(self.message(row), "stranger")
        news = [item.to for item in self.left if item.message["Subject"] == "News of the lead"]
        self.assertEqual(news, [["boss@example.com"]])
        note = self.lead.message_ids.filtered(lambda item: item._catchall_held_mails())
        self.assertIn("partner@firm.test", note.body)
        self.assertIn("stays internal", note.body)
        self.act(note.with_user(self.colleague).action_catchall_send_held)
        self.assertEqual([item.to for item in self.left], [["partner@firm.test"]])

    def test_colleagues_are_told_as_of_a_public_message(self):
        self.lead.user_id = self.colleague
        self.lead.message_unsubscribe(self.colleague.partner_id.ids)
        for sender in ("eve@evil.test", BOSS):
            with self.subTest(sender):
                row = self.reply(sender)
                told = {
                    item.res_partner_id: item.notification_type
                    for item in self.message(row).notification_ids
                }
                expected = {
                    self.boss.partner_id: "email",
                    self.remote.partner_id: "email",
                    self.colleague.partner_id: "inbox",
                }
                self.assertEqual(told, expected)
                left = {to for item in self.left for to in item.to}
                self.assertEqual(left, {"boss@example.com", "remote@gmail.test"})

    def test_who_stands_in_to_is_told_all_the_same(self):
        row = self.reply("eve@evil.test", to=f"catchall@example.com, {BOSS}")
        self.assertIn(self.boss.partner_id, self.message(row).notified_partner_ids)

    def test_nobody_in_cc_becomes_a_follower(self):
        victim = self.env["res.partner"].create({"name": "V", "email": "victim@other.test"})
        project = self.env["project.project"].create({"name": "P"})
        task = self.env["project.task"].create({"name": "T", "project_id": project.id})
        task.partner_id = self.customer
        known = task.message_post(body="Q", message_type="comment", subtype_xmlid="mail.mt_comment")
        cc = {"References": known.message_id, "Cc": f"victim@other.test, {BOSS}"}
        for sender in ("eve@evil.test", BOSS, "carla@customer.test"):
            with self.subTest(sender):
                row = self.reply(sender, f"By {sender}", **cc)
                self.assertEqual(self.record(row), task)
                self.assertNotIn(victim, task.message_partner_ids)
                self.assertNotIn("victim", task.email_cc or "")
        self.assertIn(self.boss.partner_id, task.message_partner_ids)
        self.reply("carla@customer.test", "Proved", proved="customer.test", **cc)
        self.assertIn(victim, task.message_partner_ids)
        self.assertIn("victim", task.email_cc)
        self.alias("tasks", "project.task", f"{{'project_id': {project.id}}}")
        new = {"to": "tasks@example.com", "Cc": "victim@other.test"}
        row = self.play(mail("New", sender="eve@evil.test", **new))
        self.assertNotIn(victim, self.record(row).message_partner_ids)
        self.assertIn("victim", self.record(row).email_cc)
        row = self.play(mail("Proved", sender="joe@shop.test", **new), proved="shop.test")
        self.assertIn(victim, self.record(row).message_partner_ids)

    def test_a_forged_customers_cc_reads_nothing_of_the_record(self):
        self.env["res.partner"].create({"name": "V", "email": "eve@evil.test"})
        cc = {"Cc": "eve@evil.test", "References": self.offer.message_id}
        row = self.reply("carla@customer.test", "Forged", **cc)
        self.assertFalse(self.message(row).is_internal)
        self.assertFalse(self.lead.email_cc)
        self.act(
            lambda: self.lead.with_user(self.colleague).message_post(
                body="Later", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        )
        self.assertNotIn("eve@evil.test", {to for item in self.left for to in item.to})
        to = {"to": self.token(self.customer), "References": "<x@y.test>", "Cc": "eve@evil.test"}
        self.reply("carla@customer.test", "At their own reply address", **to)
        self.assertIn("eve@evil.test", self.lead.email_cc)

    def test_the_account_may_send_them_to_sort(self):
        self.server.stranger_replies = "sort"
        for to in ("catchall@example.com", "sales@example.com", self.token(self.customer)):
            with self.subTest(to):
                row = self.reply("eve@evil.test", f"To {to}", to=to)
                self.assertEqual((row.state, row.reason), ("quarantined", "stranger"))
                self.assertFalse(row.route_ids)
        self.assert_note(self.message(self.reply(BOSS)))
        self.assertEqual(self.reply("carla@customer.test", "Yes").state, "routed")


@tagged("post_install", "-at_install")
class TestKnownCorrespondents(NoteCase):
    def is_public(self, sender, **headers):
        message = self.message(self.reply(sender, f"By {sender}", **headers))
        return not message.is_internal

    def test_by_the_records_contact_and_followers(self):
        self.assertTrue(self.is_public("carla@customer.test"))
        follower = self.env["res.partner"].create({"name": "F", "email": "f@friend.test"})
        self.assertFalse(self.is_public("f@friend.test"))
        self.lead.message_subscribe(follower.ids)
        self.assertTrue(self.is_public("f@friend.test"))

    def test_the_customer_at_their_reply_address(self):
        row = self.reply(
            "carla@customer.test", to=self.token(self.customer), References="<x@y.test>"
        )
        self.assertFalse(self.message(row).is_internal)
        self.assertEqual(row.author_check, "verified")

    def test_by_the_companys_domain_unless_it_is_a_providers(self):
        for domain, public in (("customer.test", True), ("gmail.com", False)):
            company = self.env["res.partner"].create(
                {"name": "C", "is_company": True, "email": f"info@{domain}"}
            )
            self.customer.write({"parent_id": company.id, "email": f"carla@{domain}"})
            with self.subTest(domain):
                self.assertEqual(self.is_public(f"chief@{domain}"), public)
                self.assertTrue(self.is_public(f"carla@{domain}"))

    def test_a_colleagues_domain_is_nobodys_word(self):
        self.remote.partner_id.parent_id = self.env.company.partner_id
        self.assertFalse(self.is_public("somebody@gmail.test"))

    def test_whom_a_colleague_has_written_to(self):
        self.assertFalse(self.is_public("second@home.test"))
        self.lead.with_user(self.colleague).message_post(
            body="Also you",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            outgoing_email_to="second@home.test",
        )
        self.assertTrue(self.is_public("second@home.test"))
        self.assertFalse(self.is_public("cond@home.test"), "a part of an address is none")

    def test_whom_a_proved_colleague_or_customer_has_put_into_cc(self):
        for sender, domain in ((BOSS, "example.com"), ("carla@customer.test", "customer.test")):
            other = f"third@{domain.replace('.', '-')}.test"
            for proved, public in ((None, False), (domain, True)):
                with self.subTest(sender, proved=proved):
                    self.reply(sender, f"{proved}", proved=proved, Cc=other)
                    self.assertEqual(self.is_public(other), public)

    def test_whom_a_stranger_has_put_into_cc_is_one(self):
        self.reply("eve@evil.test", proved="evil.test", Cc="friend@evil.test")
        self.assertFalse(self.is_public("friend@evil.test"))

    def test_it_costs_few_queries(self):
        directory = self.directory()
        directory.familiar("crm.lead", self.lead.id, "eve@evil.test")
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            directory.familiar("crm.lead", self.lead.id, "eve@evil.test")

    def directory(self):
        from ....models.routing.odoo_directory import OdooDirectory

        return OdooDirectory(self.env)
