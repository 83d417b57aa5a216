"""Messages that are made to stall: each is routed or set aside by itself, soon, and alone."""

import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ....models.budget import Budget, OverBudget, resident_mb
from ....models.routing.lane import Lane
from ....router.message.repair import ORIGINAL
from ...kit.bombs import DESCRIBED, KINDS, TEN
from ...kit.common import CatchallCase, mail

LANE = "odoo.addons.mail_catchall_router.models.routing.lane"
SECONDS = 10.0  # of processor time: what other programs of the machine do is not counted
MEGABYTES = 400


@tagged("post_install", "-at_install")
class TestBombs(CatchallCase):
    def drain(self, env):
        lane = Lane(env)
        while claimed := lane.claims.take(40):
            lane.route(claimed)

    def test_bombs_among_ordinary_mail(self):
        self.server.trusted_authserv_ids = "mail.example.com"
        with self.lane() as env, mute_logger(LANE, "odoo.addons.mail.models.mail_thread"):
            rows = {}
            for name in dict.fromkeys((*TEN, *DESCRIBED.values())):
                before, start = resident_mb(), time.process_time()
                row = self.receive(KINDS[name](), env)
                ordinary = self.receive(mail(subject=f"Beside {name}"), env)
                self.drain(env)
                rows[name] = (row, ordinary)
                with self.subTest(name):
                    self.assertLess(time.process_time() - start, SECONDS)
                    self.assertLess(resident_mb() - before, MEGABYTES)
                    self.assertEqual(ordinary.state, "routed")
                    self.assertIn(row.state, ("routed", "failed"))
                    start = time.process_time()
                    row.read(["body", "header_text", "attachment_names", "trace_html"])
                    self.assertLess(time.process_time() - start, SECONDS)

    def test_what_is_left_out_is_said_and_attached(self):
        for name in ("cc: quotes", "parts: attachments", "html: angles"):
            source = KINDS[name]()
            with self.subTest(name):
                record = self.record(self.route(source))
                message = record.message_ids.filtered(lambda item: item.message_type == "email")
                self.assertIn("Only what could be read safely is shown", message.body)
                attached = message.attachment_ids.filtered(lambda item: item.name == ORIGINAL)
                self.assertEqual(attached.raw, source)

    def test_a_message_within_the_limits_is_handed_over_as_it_came(self):
        people = ", ".join(f"guest{number}@party.test" for number in range(60))
        record = self.record(self.route(mail(to=f"sales@example.com, {people}")))
        message = record.message_ids.filtered(lambda item: item.message_type == "email")
        self.assertNotIn("read safely", message.body)
        self.assertFalse(message.attachment_ids)

    def test_a_message_over_its_budget_waits_for_a_person_at_once(self):
        Lead = self.registry["crm.lead"]
        native = Lead.message_new

        def message_new(self, msg_dict, custom_values=None):
            while msg_dict["subject"] == "Endless":
                try:
                    sum(range(1_000))
                except Exception:  # what swallows errors does not swallow this one
                    continue
            return native(self, msg_dict, custom_values)

        with (
            self.lane() as env,
            patch.object(Lead, "message_new", message_new),
            patch(f"{LANE}.budget_for", lambda row: Budget(seconds=0.5)),
            mute_logger(LANE),
        ):
            rows = [
                self.receive(mail(subject=subject, sender=f"{subject}@customer.test"), env)
                for subject in ("Good", "Endless", "Fine")
            ]
            env["mail.catchall.message"]._cron_route()
            self.assertEqual([row.state for row in rows], ["routed", "failed", "routed"])
            self.assertEqual((rows[1].reason, rows[1].attempts), ("budget", 1))
            self.assertIn("more time", rows[1].explanation)
            self.assertEqual([len(row.route_ids) for row in rows], [1, 0, 1])

    def test_memory_is_budgeted_too(self):
        budget = Budget(megabytes=20)
        kept = []
        with self.assertRaises(OverBudget), budget:
            for number in range(100_000_000):
                kept.append(str(number) * 20)
        self.assertEqual(budget.spent, "memory")
