"""Routing again: what would happen is shown first, and no record is made twice."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ....models.inbox import mail_catchall_preview as catchall_preview
from ....models.routing.claims import Claims
from ...kit.common import CatchallCase, deliver, mail

USER = "mail_catchall_router.group_catchall_user"


@tagged("post_install", "-at_install")
class TestReplay(CatchallCase):
    def again(self, row):
        row.action_replay()
        self.assertEqual(row.state, "received")
        deliver(row)
        self.env.flush_all()

    def preview(self, rows):
        window = rows.action_preview()
        return self.env[window["res_model"]].browse(window["res_id"])

    def test_after_a_new_alias(self):
        row = self.route(mail(to="support-desk@example.com"))
        self.assertEqual(row.reason, "unmatched")
        self.alias("support-desk", "crm.lead")
        preview = self.preview(row)
        line = preview.line_ids
        self.assertEqual((preview.changed_count, row.state), (1, "quarantined"))
        self.assertIn("support-desk@example.com", line.then)
        self.assertIn("No recipient", line.now)
        preview.action_replay()
        deliver(row)
        self.assertEqual((row.state, row.reason), ("routed", "alias"))

    def test_the_same_again_makes_nothing(self):
        row = self.route(mail())
        route, before = row.route_ids, self.env["crm.lead"].search_count([])
        preview = self.preview(row)
        self.assertEqual(preview.changed_count, 0)
        self.assertIn("already routed", preview.line_ids.then)
        self.again(row)
        self.assertEqual((row.state, row.route_ids), ("routed", route))
        self.assertEqual(self.env["crm.lead"].search_count([]), before)

    def test_a_rule_that_no_longer_holds_is_no_longer_named(self):
        rule = self.env["mail.catchall.rule"].create({"name": "Hold", "action": "quarantine"})
        row = self.route(mail())
        self.assertEqual((row.reason, row.rule_ids), ("rule", rule))
        rule.active = False
        self.again(row)
        self.assertEqual(row.reason, "alias")
        self.assertFalse(row.with_context(active_test=False).rule_ids)

    def test_a_new_place_adds_one_record_and_keeps_the_old(self):
        row = self.route(mail())
        lead = self.record(row)
        jobs = self.alias("jobs", "hr.applicant")
        self.env["mail.catchall.rule"].create(
            {"name": "As well", "action": "alias", "alias_id": jobs.id, "stop": False}
        )
        self.assertEqual(self.preview(row).changed_count, 1)
        self.again(row)
        self.again(row)
        self.assertEqual(row.route_ids.mapped("model"), ["crm.lead", "hr.applicant"])
        self.assertEqual(row.route_ids[0].res_id, lead.id)

    def test_a_mail_that_has_records_keeps_them(self):
        row = self.route(mail(to="nobody-at-all@example.com"))
        row.action_route(alias_id=self.sales.id)
        route = row.route_ids
        self.assertEqual(self.preview(row).changed_count, 0)
        self.again(row)
        self.assertEqual((row.state, row.route_ids), ("routed", route))

    def test_an_original_is_not_taken_for_a_copy_of_its_copy(self):
        source = mail(to="support-desk@example.com", message_id="<twice@customer.test>")
        first = self.route(source)
        self.env.flush_all()  # as the lane's savepoint does
        second = self.route(source)
        self.assertEqual((first.reason, second.reason), ("unmatched", "duplicate"))
        self.again(first)
        self.assertEqual((first.state, first.reason), ("quarantined", "unmatched"))
        self.alias("support-desk", "crm.lead")
        self.again(second)
        self.again(first)
        self.assertEqual(len((first | second).route_ids), 1)

    def test_decision_in_advance(self):
        row = self.receive(mail())
        decision = row._preview_decision()
        self.assertEqual((str(decision.state), str(decision.reason)), ("routed", "alias"))
        self.assertEqual((row.state, row.identity, row.trace), ("received", False, False))
        self.assertFalse(row.route_ids)

    def test_bytes_that_are_still_in_the_mailbox(self):
        row = self.receive(mail())
        self.env.cr.execute(
            "UPDATE mail_catchall_message SET source = NULL, has_source = false WHERE id = %s",
            [row.id],
        )
        row.invalidate_recordset()
        self.assertIsNone(row._preview_decision())
        self.assertIn("fetched", self.preview(row).line_ids.then)

    def test_the_work_of_a_click_is_bounded(self):
        rows = self.env["mail.catchall.message"].concat(
            *(self.route(mail(f"{n}", sender=f"s{n}@customer.test")) for n in range(3))
        )
        self.patch(catchall_preview, "SECONDS", -1.0)
        preview = self.preview(rows)
        self.assertEqual((preview.total, preview.position), (3, 0))
        self.patch(catchall_preview, "SECONDS", 10.0)
        preview.action_go_on()
        self.assertEqual((preview.position, len(preview.line_ids)), (3, 3))

    def test_who_may_look(self):
        row = self.route(mail())
        sorter = new_test_user(self.env, "replay_sorter", f"base.group_user,{USER}")
        plain = new_test_user(self.env, "replay_plain", "base.group_user")
        other = new_test_user(self.env, "replay_other", f"base.group_user,{USER}")
        window = row.with_user(sorter).action_preview()
        preview = self.env[window["res_model"]].browse(window["res_id"])
        self.assertEqual(preview.with_user(sorter).line_ids.catchall_message_id, row)
        self.assertNotIn("A question", preview.with_user(sorter).line_ids.now)  # no right on leads
        with self.assertRaises(AccessError):
            preview.with_user(other).read(["total"])
        with self.assertRaises(AccessError):
            row.with_user(plain).action_preview()
        row.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaises(AccessError):
            self.env["mail.catchall.preview"].with_user(sorter).create(
                {"message_ids": row.ids, "total": 1}
            ).action_go_on()

    def test_many_mails_are_routed_again_in_one_batch(self):
        with self.lane() as env:
            Message = env["mail.catchall.message"]
            rows = Message.concat(
                *(
                    self.receive(
                        mail(f"{n}", to="new-desk@example.com", sender=f"m{n}@c.test"), env
                    )
                    for n in range(3)
                )
            )
            Message._cron_route()
            self.assertEqual(set(rows.mapped("reason")), {"unmatched"})
            rows.action_replay()
            env.flush_all()
            self.assertEqual(Claims(env).count_left(), 3)
            self.assertEqual(Claims(env).choose(10), rows.ids)
