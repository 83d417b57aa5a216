"""What a lane does with the claims of a process that died, and with its own when it fails."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ....models.routing.claims import Claims
from ....models.routing.lane import Lane
from ...kit.common import CatchallCase, mail


@tagged("post_install", "-at_install")
class TestLaneRecovery(CatchallCase):
    def leave_behind(self, env, rows, attempts=1):
        """Make the rows look as a process left them that was killed while it routed them."""
        ids = [row.id for row in rows]
        env.cr.execute(
            "UPDATE mail_catchall_message"
            " SET claim_pid = 1, claim_start = 'long ago', attempts = %s WHERE id = ANY(%s)",
            [attempts, ids],
        )
        env.invalidate_all()
        return env["mail.catchall.message"].browse(ids)

    def test_all_that_a_dead_process_held_counts_as_waiting(self):
        # what is not counted would wait for the next interval of the lane, message by message
        with self.lane() as env:
            rows = self.leave_behind(env, [self.receive(mail(), env) for _mail in range(4)])
            Message = env["mail.catchall.message"]
            for left in (4, 3, 2, 1):
                self.assertEqual(Claims(env).count_left(), left)
                Message._cron_route()
            self.assertEqual(rows.mapped("state"), ["routed"] * 4)

    def test_giving_one_up_stops_no_other(self):
        with self.lane() as env:
            [deadly] = self.leave_behind(env, [self.receive(mail(), env)], attempts=3)
            others = self.leave_behind(env, [self.receive(mail(), env) for _mail in range(2)])
            for _pass in range(2):
                env["mail.catchall.message"]._cron_route()
            self.assertEqual((deadly.state, deadly.reason), ("failed", "error"))
            self.assertIn("ended 3 times", deadly.error)
            self.assertEqual(others.mapped("state"), ["routed"] * 2)

    @mute_logger("odoo.sql_db")
    def test_an_error_in_the_lane_itself_frees_its_claims(self):
        # the connection goes back to the pool: a claim in its name would never be taken again
        with self.lane() as env:
            row = self.receive(mail(), env)
            failed = False
            with patch.object(Lane, "route", side_effect=KeyboardInterrupt):
                try:
                    env["mail.catchall.message"]._cron_route()
                except KeyboardInterrupt:
                    failed = True
            self.assertTrue(failed)
            row.invalidate_recordset()
            self.assertEqual((row.state, row.claim_pid, row.attempts), ("received", 0, 1))
            env["mail.catchall.message"]._cron_route()
            self.assertEqual(row.state, "routed")

    def test_a_lane_whose_time_is_over_wakes_itself(self):
        # Odoo alone would come back to it within a minute
        lane = self.env.ref("mail_catchall_router.ir_cron_catchall_route_1")
        progress = self.env["ir.cron.progress"].create({"cron_id": lane.id})
        self.env["ir.cron.trigger"].search([("cron_id", "=", lane.id)]).unlink()
        with self.lane() as env, patch(f"{_LANE}.BATCH", 2):
            rows = [self.receive(mail(), env) for _mail in range(3)]
            Message = env["mail.catchall.message"].with_context(
                cron_id=lane.id, ir_cron_progress_id=progress.id, cron_end_time=0
            )
            triggers = [("cron_id", "=", lane.id)]
            Message._cron_route()
            self.assertEqual(env["ir.cron.trigger"].search_count(triggers), 1)
            Message._cron_route()
            self.assertEqual(env["ir.cron.trigger"].search_count(triggers), 1)
            self.assertEqual({row.state for row in rows}, {"routed"})


_LANE = "odoo.addons.mail_catchall_router.models.routing.lane"
