"""A reply is routed after the message it replies to, whichever of them was fetched first."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ....models.routing.waiting import LONGEST
from ...kit.common import CatchallCase, mail
from ...kit.containers import BEHALF, envelope

FIRST = "<original@customer.test>"


@tagged("post_install", "-at_install")
class TestWaiting(CatchallCase):
    def pair(self, env):
        """A reply that was fetched before its original; the two are from different people."""
        answer = self.receive(
            mail("Yes", sender="boss@customer.test", to="catchall@example.com", In_Reply_To=FIRST),
            env,
        )
        original = self.receive(mail("May I?", message_id=FIRST), env)
        return answer, original

    def test_the_answer_follows_in_the_next_batch(self):
        with self.lane() as env:
            Message = env["mail.catchall.message"]
            answer, original = self.pair(env)
            Message._cron_route()
            self.assertEqual((original.state, answer.state), ("routed", "received"))
            self.assertEqual(answer.attempts, 0)
            self.assertFalse(answer.next_try_date)  # woken as soon as the original was committed
            self.assertFalse(answer.claim_pid)
            Message._cron_route()
            self.assertEqual((answer.state, answer.reason), ("routed", "reply"))
            self.assertEqual(answer.route_ids.res_id, original.route_ids.res_id)
            self.assertFalse(answer.waiting_since)

    def test_what_a_certified_message_refers_to_counts(self):
        inner = f"From: <{BEHALF}>\nIn-Reply-To: {FIRST}\n\nYes\n"
        with self.lane() as env:
            Message = env["mail.catchall.message"]
            source = envelope(inner, "X-Original-To: sales@example.com").encode()
            answer = self.receive(source, env)
            original = self.receive(mail("May I?", message_id=FIRST), env)
            Message._cron_route()
            self.assertEqual((original.state, answer.state), ("routed", "received"))
            Message._cron_route()
            self.assertEqual(answer.route_ids.res_id, original.route_ids.res_id)

    def test_an_original_that_is_tried_again_later_holds_its_answer(self):
        with self.lane() as env:
            Message = env["mail.catchall.message"]
            answer, original = self.pair(env)
            original.next_try_date = fields.Datetime.now() + timedelta(minutes=5)
            env.flush_all()
            Message._cron_route()
            self.assertEqual(answer.state, "received")
            self.assertGreater(answer.next_try_date, fields.Datetime.now())
            self.assertEqual(answer.waiting_for, original.id)
            triggers = env["ir.cron.trigger"].search([("call_at", ">", answer.next_try_date)])
            self.assertTrue(triggers)
            original.next_try_date = False
            env.flush_all()
            Message._cron_route()
            self.assertFalse(answer.next_try_date)
            Message._cron_route()
            self.assertEqual(answer.route_ids.res_id, original.route_ids.res_id)

    def test_after_ten_minutes_it_goes_on_alone(self):
        with self.lane() as env:
            Message = env["mail.catchall.message"]
            answer, original = self.pair(env)
            original.next_try_date = fields.Datetime.now() + timedelta(days=1)
            answer.waiting_since = fields.Datetime.now() - LONGEST
            env.flush_all()
            Message._cron_route()
            self.assertEqual((answer.state, answer.reason), ("quarantined", "unmatched"))

    def test_it_never_waits_beyond_ten_minutes(self):
        with self.lane() as env:
            answer, original = self.pair(env)
            original.next_try_date = fields.Datetime.now() + timedelta(days=1)
            since = fields.Datetime.now() - LONGEST + timedelta(seconds=20)
            answer.waiting_since = since
            env.flush_all()
            env["mail.catchall.message"]._cron_route()
            self.assertEqual(answer.next_try_date, since + LONGEST)

    def test_what_is_no_more_on_its_way_holds_nobody(self):
        for state in ("quarantined", "ignored", "failed"):
            with self.subTest(state), self.lane() as env:
                answer, original = self.pair(env)
                original.state = state
                env.flush_all()
                env["mail.catchall.message"]._cron_route()
                self.assertNotEqual(answer.state, "received")

    def test_what_waits_itself_holds_nobody(self):
        with self.lane() as env:
            answer, original = self.pair(env)
            other = self.receive(
                mail("Gone", sender="eve@evil.test", message_id="<loop@evil.test>"), env
            )
            later = fields.Datetime.now() + timedelta(minutes=5)
            other.next_try_date = original.next_try_date = later
            original.waiting_for = other.id
            env.flush_all()
            env["mail.catchall.message"]._cron_route()
            self.assertNotEqual(answer.state, "received")
            self.assertFalse(answer.waiting_since)

    def test_an_original_that_waits_no_more_holds_its_answer(self):
        with self.lane() as env:
            answer, original = self.pair(env)
            other = self.receive(mail("Gone", sender="eve@evil.test"), env)
            other.state = "ignored"
            original.next_try_date = fields.Datetime.now() + timedelta(minutes=5)
            original.waiting_for = other.id
            env.flush_all()
            env["mail.catchall.message"]._cron_route()
            self.assertEqual((answer.state, answer.waiting_for), ("received", original.id))

    def test_two_mails_that_answer_each_other_do_not_wait_for_ever(self):
        with self.lane() as env:
            rows = [
                self.receive(
                    mail(
                        name,
                        sender=f"{name}@c.test",
                        message_id=f"<{name}@c.test>",
                        In_Reply_To=f"<{other}@c.test>",
                    ),
                    env,
                )
                for name, other in (("one", "two"), ("two", "one"))
            ]
            Message = env["mail.catchall.message"]
            Message._cron_route()
            rows[0].write(
                {"waiting_since": fields.Datetime.now() - LONGEST, "next_try_date": False}
            )
            env.flush_all()
            Message._cron_route()
            Message._cron_route()
            self.assertEqual([row.state for row in rows], ["routed", "routed"])
