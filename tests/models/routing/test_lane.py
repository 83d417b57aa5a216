"""The lanes: claims, batches, crashes, and what may not happen in a routing transaction."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from ....models.routing.claims import Claims
from ....models.routing.delivery import Delivery
from ....models.routing.routing_context import Batch, RouteRefused, current, routing
from ...kit.common import CatchallCase, mail

LANE = "odoo.addons.mail_catchall_router.models.routing.lane"


@tagged("post_install", "-at_install")
class TestLane(CatchallCase):
    def _states(self, rows):
        rows = self.Message.browse([row.id for row in rows])
        rows.invalidate_recordset()
        return rows.mapped("state")

    def test_lane_routes_what_waits(self):
        with self.lane() as env:
            rows = [self.receive(mail(f"Mail {number}"), env) for number in range(3)]
            env["mail.catchall.message"]._cron_route()
        self.assertEqual(self._states(rows), ["routed"] * 3)
        self.assertTrue(all(row.attempts == 1 for row in self.Message.browse([r.id for r in rows])))

    def test_failing_mail_keeps_its_error_and_spares_the_batch(self):
        Lead = self.registry["crm.lead"]
        native = Lead.message_new

        def message_new(self, msg_dict, custom_values=None):
            if msg_dict["subject"] == "Poison":
                raise ValueError("cannot digest this")
            return native(self, msg_dict, custom_values)

        with self.lane() as env, patch.object(Lead, "message_new", message_new), mute_logger(LANE):
            rows = [
                self.receive(mail(subject=subject, sender=f"{subject}@customer.test"), env)
                for subject in ("Good", "Poison", "Fine")
            ]
            Message = env["mail.catchall.message"]
            Message._cron_route()
            poison = rows[1].with_env(env)
            self.assertEqual(poison.state, "received")
            self.assertIn("cannot digest this", poison.error)
            self.assertTrue(poison.next_try_date)
            for _attempt in range(2):
                poison.next_try_date = False
                Message._cron_route()
        self.assertEqual(self._states(rows), ["routed", "failed", "routed"])
        self.assertEqual(self.Message.browse(rows[1].id).attempts, 3)

    def test_failing_mail_leaves_nothing_of_what_it_wrote(self):
        native = Delivery.route

        def route(delivery):
            errors = native(delivery)
            if delivery.row.subject == "Poison":
                raise ValueError("too late")
            return errors

        with self.lane() as env, patch.object(Delivery, "route", route), mute_logger(LANE):
            rows = [
                self.receive(mail(subject=subject, sender=f"{subject}@customer.test"), env)
                for subject in ("Poison", "Fine")
            ]
            env["mail.catchall.message"]._cron_route()
            self.assertIn("too late", rows[0].error)
            self.assertFalse(rows[0].route_ids)
            self.assertFalse(env["crm.lead"].search([("name", "=", "Poison")]))
        self.assertEqual(self._states(rows), ["received", "routed"])

    def test_a_batch_that_takes_too_long_lets_go_of_the_rest(self):
        with self.lane() as env, patch(f"{LANE}.BATCH_SECONDS", -1):
            rows = env["mail.catchall.message"].concat(
                *(self.receive(mail(sender=f"c{n}@customer.test"), env) for n in range(3))
            )
            rows._cron_route()
            rows.invalidate_recordset()
            self.assertEqual(rows.mapped("state"), ["routed", "received", "received"])
            self.assertEqual(rows.mapped("attempts"), [1, 0, 0])
            self.assertEqual([row.claim_pid for row in rows], [0, 0, 0])

    def test_one_route_that_fails_spares_the_other(self):
        self.alias("jobs", "hr.applicant")
        Applicant = self.registry["hr.applicant"]
        native = Applicant.message_new

        def message_new(self, msg_dict, custom_values=None):
            raise ValueError("not today")

        with self.lane() as env:
            row = self.receive(mail(to="jobs@example.com, sales@example.com"), env)
            Message = env["mail.catchall.message"]
            with patch.object(Applicant, "message_new", message_new), mute_logger(LANE):
                Message._cron_route()
            self.assertEqual(row.state, "received")
            self.assertIn("not today", row.error)
            self.assertEqual(row.route_ids.mapped("model"), ["crm.lead"])
            row.next_try_date = False
            Message._cron_route()
            self.assertEqual(row.state, "routed")
            self.assertEqual(row.route_ids.mapped("model"), ["crm.lead", "hr.applicant"])
        self.assertEqual(Applicant.message_new, native)

    def test_new_alias_whose_mail_fails_hangs_nothing(self):
        # Natively message_new's failure opens another cursor on the alias row.
        self.sales.alias_status = "not_tested"
        Lead = self.registry["crm.lead"]
        native = Lead.message_new

        def message_new(self, msg_dict, custom_values=None):
            if msg_dict["subject"] == "Second":
                raise ValueError("no")
            return native(self, msg_dict, custom_values)

        with self.lane() as env, patch.object(Lead, "message_new", message_new), mute_logger(LANE):
            rows = [
                self.receive(mail(subject=name, sender=f"{name}@customer.test"), env)
                for name in ("First", "Second")
            ]
            env["mail.catchall.message"]._cron_route()
        self.assertEqual(self._states(rows), ["routed", "received"])
        self.assertEqual(self.sales.alias_status, "valid")

    def test_serialization_failure_replays_one_by_one(self):
        native = Delivery.route
        calls = []

        def route(delivery):
            calls.append(delivery.row.id)
            if len(calls) == 2:
                raise SerializationFailure("could not serialize access")
            return native(delivery)

        with self.lane() as env, patch.object(Delivery, "route", route):
            rows = [
                self.receive(mail(f"Mail {number}", sender=f"s{number}@customer.test"), env)
                for number in range(3)
            ]
            env["mail.catchall.message"]._cron_route()
        self.assertEqual(self._states(rows), ["routed"] * 3)
        self.assertEqual(len(calls), 5)
        self.assertEqual(len(self.Message.browse([row.id for row in rows]).route_ids), 3)

    def test_left_behind_claim_runs_alone_and_gives_up(self):
        with self.lane() as env:
            rows = [
                self.receive(mail(f"Mail {number}", sender=f"l{number}@customer.test"), env)
                for number in range(3)
            ]
            rows[1].write({"claim_pid": 999999, "claim_start": "0", "attempts": 1})
            env.flush_all()
            self.assertEqual(Claims(env).choose(10), [rows[0].id])
            rows[0].state = "ignored"
            env.flush_all()
            self.assertEqual(Claims(env).choose(10), [rows[1].id])
            rows[1].attempts = 3
            env.flush_all()
            self.assertEqual(Claims(env).choose(10), [rows[2].id])
            self.assertEqual(rows[1].state, "failed")
            self.assertIn("3", rows[1].error)

    def test_mail_of_one_sender_waits_for_a_claimed_one(self):
        with self.lane() as env:
            rows = [self.receive(mail(f"Mail {number}"), env) for number in range(2)]
            other = self.receive(mail(sender="someone@else.test"), env)
            # as if another connection held the first one: any backend but this one
            env.cr.execute(
                """UPDATE mail_catchall_message m
                      SET claim_pid = a.pid, claim_start = date_part('epoch', a.backend_start)::text
                     FROM (SELECT pid, backend_start FROM pg_stat_activity
                            WHERE pid <> pg_backend_pid() AND backend_start IS NOT NULL LIMIT 1) a
                    WHERE m.id = %s""",
                [rows[0].id],
            )
            self.assertEqual(Claims(env).choose(10), [other.id])

    def test_commit_and_rollback_inside_are_harmless(self):
        with self.lane() as env:
            partner = env["res.partner"].create({"name": "Before"})
            with env.cr.savepoint(), routing(env.cr, Batch(env)):
                partner.name = "Committed"
                env.cr.commit()
                partner.name = "Rolled back"
                env.flush_all()
                env.cr.rollback()
                self.assertEqual(partner.name, "Committed")
            self.assertIsNone(current(env.cr))
            with self.assertRaises(RouteRefused), env.cr.savepoint(), routing(env.cr, Batch(env)):
                env.cr.rollback()

    def test_nothing_is_sent_from_inside(self):
        with self.lane() as env, routing(env.cr, Batch(env)) as guard:
            mail_mail = env["mail.mail"].create({"email_to": "a@b.test", "body_html": "x"})
            mail_mail.send()
            mail_mail.send_after_commit()
            self.assertEqual(mail_mail.state, "outgoing")
            self.assertEqual(guard.mail_ids, mail_mail.ids)
            with self.assertRaises(RouteRefused):
                env["mail.thread"]._routing_create_bounce_email("a@b.test", "x", {})
