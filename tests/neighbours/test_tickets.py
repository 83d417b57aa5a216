"""``helpdesk_mgmt`` and ``helpdesk_ticket_partner_response`` beside us."""

from odoo import Command
from odoo.tests import tagged

from ..kit.common import CatchallCase, mail
from ..kit.neighbour_case import need
from ..kit.outgoing_case import OutgoingCase, Sent


@tagged("post_install", "-at_install")
class TestTickets(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "helpdesk_mgmt", "helpdesk_ticket_partner_response")
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.make_account(f"catchall@{cls.own}", cls.domain, catchall_reply_policy="signed")
        cls.user_a.write(
            {
                "email": f"user_a@{cls.own}",
                "group_ids": [Command.link(cls.env.ref("helpdesk_mgmt.group_helpdesk_manager").id)],
            }
        )
        stages = cls.env["helpdesk.ticket.stage"].search([], limit=3)
        cls.waiting, cls.answered = stages[1], stages[2]
        cls.team_of_tickets = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Care",
                "alias_name": "care",
                "alias_domain_id": cls.domain.id,
                "company_id": cls.env.company.id,
                "autoupdate_ticket_stage": True,
                "autopupdate_src_stage_ids": [Command.set(cls.waiting.ids)],
                "autopupdate_dest_stage_id": cls.answered.id,
            }
        )

    def ticket(self):
        row = self.route(mail("It is broken", to=f"care@{self.own}", subject="Broken"))
        self.assertEqual(row.state, "routed", row.explanation)
        return self.record(row)

    def test_an_alias_of_tickets(self):
        """helpdesk_mgmt: a customer writes to a team's alias → one ticket of that team, with its
        customer.
        """
        ticket = self.ticket()
        self.assertEqual((ticket._name, ticket.team_id), ("helpdesk.ticket", self.team_of_tickets))
        self.assertEqual(ticket.name, "Broken")
        self.assertIn("carla@customer.test", ticket.partner_email)

    def test_a_reply_comes_back(self):
        """helpdesk_ticket_partner_response: a user replies on a ticket, the customer replies to
        that → on the same ticket, which changes its stage.
        """
        ticket = self.ticket()
        partner = self.env["res.partner"].create({"name": "C", "email": "carla@customer.test"})
        ticket.write({"partner_id": partner.id, "stage_id": self.waiting.id})
        with self.mock_mail_gateway():
            ticket.with_user(self.user_a).message_post(
                body="We look into it",
                partner_ids=partner.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        (sent,) = [item for item in self.emails if "carla@customer.test" in item["smtp_to_list"]]
        address = Sent(sent).address("Reply-To")
        before = len(ticket.message_ids)
        row = self.route(mail("Thank you", to=address, subject="Re: Broken"))
        self.assertEqual(self.record(row), ticket, row.explanation)
        self.assertGreater(len(ticket.message_ids), before)
        self.assertEqual(ticket.stage_id, self.answered)
