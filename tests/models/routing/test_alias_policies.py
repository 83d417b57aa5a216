"""What an alias takes: newsletters, lists, programs, and how many records of one sender."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ...kit.common import CatchallCase, deliver, mail

USER = "mail_catchall_router.group_catchall_user"
NEWS = {"List_Id": '"Shop news" <News.Shop.test>', "Precedence": "bulk"}
PROGRAM = {"Auto_Submitted": "auto-generated"}


@tagged("post_install", "-at_install")
class TestAliasPolicies(CatchallCase):
    def test_newsletters_wait_unless_the_alias_takes_them(self):
        row = self.route(mail(**NEWS))
        self.assertEqual(
            (row.state, row.reason, row.list_name), ("quarantined", "bulk", "news.shop.test")
        )
        self.sales.catchall_accepts_bulk = True
        self.assertEqual(self.route(mail("Two", **NEWS)).state, "routed")

    def test_accept_this_list_routes_the_mail_and_the_next(self):
        row = self.route(mail(**NEWS))
        row.action_accept_list()
        self.assertEqual(self.sales.catchall_accepted_lists, "news.shop.test")
        deliver(row)
        self.assertEqual((row.state, row.reason), ("routed", "alias"))
        self.assertEqual(self.route(mail("Two", **NEWS)).state, "routed")
        other = self.route(mail("Three", List_Id="<other.shop.test>"))
        self.assertEqual(other.reason, "bulk")
        other.action_accept_list()
        self.assertEqual(
            self.sales.catchall_accepted_lists.split(), ["news.shop.test", "other.shop.test"]
        )

    def test_accept_this_list_needs_the_right_on_the_records(self):
        row = self.route(mail(**NEWS))
        sorter = new_test_user(self.env, "list_sorter", f"base.group_user,{USER}")
        seller = new_test_user(
            self.env, "list_seller", f"base.group_user,{USER},sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            row.with_user(sorter).action_accept_list()
        row.with_user(seller).action_accept_list()
        self.assertIn("news.shop.test", self.sales.catchall_accepted_lists)

    def test_accept_this_list_explains_what_it_cannot(self):
        for source in (mail(to="nobody-at-all@example.com"), mail(to="who@example.com", **NEWS)):
            with self.assertRaises(UserError):
                self.route(source).action_accept_list()

    def test_programs_are_taken_unless_the_alias_says_no(self):
        self.assertEqual(self.route(mail(**PROGRAM)).state, "routed")
        self.sales.catchall_accepts_machine = False
        row = self.route(mail("Two", **PROGRAM))
        self.assertEqual((row.state, row.reason), ("quarantined", "bulk"))
        self.assertIn("programs", row.explanation)
        self.assertEqual(self.route(mail("Three")).state, "routed")

    def test_a_programs_answer_reaches_its_record(self):
        lead = self.record(self.route(mail()))
        asked = lead.message_post(body="Ticket?", message_type="comment")
        self.sales.catchall_accepts_machine = False
        row = self.route(mail("Ticket 7", In_Reply_To=asked.message_id, **PROGRAM))
        self.assertEqual(self.record(row), lead)


@tagged("post_install", "-at_install")
class TestLimits(CatchallCase):
    def reasons(self, count, **headers):
        return [self.route(mail(f"Number {n}", **headers)).reason for n in range(count)]

    def test_the_limit_of_the_alias_beats_odoos(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 2)
        self.sales.catchall_sender_limit = 3
        self.assertEqual(self.reasons(4), ["alias", "alias", "alias", "rate"])

    def test_programs_have_a_limit_of_their_own(self):
        self.sales.write({"catchall_sender_limit": 1, "catchall_machine_limit": 2})
        self.assertEqual(self.reasons(3, **PROGRAM), ["alias", "alias", "rate"])
        self.sales.catchall_machine_limit = 0
        self.assertEqual(self.sales._catchall_limit(is_machine=True), 5)

    def test_the_applicants_of_a_job_board_are_counted_apart(self):
        self.sales.catchall_machine_limit = 1
        rows = [
            self.route(
                mail(
                    f"Me {n}",
                    sender="no-reply@board.test",
                    Reply_To=f"me{n}@people.test",
                    **PROGRAM,
                )
            )
            for n in range(3)
        ]
        self.assertEqual([row.reason for row in rows], ["alias"] * 3)
        self.assertEqual(rows[0].contact, "me0@people.test")

    def test_released_by_hand_or_later(self):
        self.sales.catchall_sender_limit = 1
        self.assertEqual(self.reasons(1), ["alias"])
        row = self.route(mail("One too many"))
        self.assertEqual(row.reason, "rate")
        row.action_route(alias_id=self.sales.id)
        self.assertEqual(row.state, "routed")

    def test_below_zero_is_refused(self):
        with self.assertRaises(ValidationError):
            self.sales.catchall_sender_limit = -1
