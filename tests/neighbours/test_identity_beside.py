"""From as we decided it, beside addons that write it too; and what else they change on the way."""

from email import message_from_string, policy

from odoo.tests import tagged

from ..kit.neighbour_case import need
from ..kit.retry_case import RetryCase

PRIVATE = "carla.private@gmail.example"


@tagged("post_install", "-at_install")
class TestIdentityBeside(RetryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mail_outbound_static", "mail_multicompany", "mail_show_follower")

    def sent(self, mail, **script):
        with self.server(**script) as server:
            mail.send()
        return [message_from_string(each.text, policy=policy.default) for each in server.taken]

    def test_an_address_in_a_display_name(self):
        """mail_outbound_static: an author's display name holds another address → it does not come
        through, in any way of writing it.
        """
        own = f"user_a@{self.own}"
        for written in (
            f'"{PRIVATE}" <{own}>',
            f'"Carla <{PRIVATE}>" <{own}>',
            f'"Carla ({PRIVATE})" <{own}>',
            f'"ceo@bank.example via Carla" <{own}>',
            f"{PRIVATE} <{own}>",
        ):
            with self.subTest(written):
                (message,) = self.sent(self.mail(email_from=written))
                (author,) = message["From"].addresses
                # the last one is no address that could be read: the account stands in for it
                self.assertIn(author.addr_spec, (own, f"all@{self.own}"))
                self.assertNotIn("@", author.display_name)
                self.assertNotIn(PRIVATE, str(message["From"]))
                self.assertEqual(len(message.get_all("From")), 1)

    def test_a_fixed_from_of_the_account(self):
        """mail_outbound_static: the account has an “Email From” → From and envelope are ours all
        the same; the private address of the author stands nowhere.
        """
        self.account.smtp_from = f"fixed@{self.own}"
        with self.server() as server:
            self.mail(email_from=f'"Carla" <{PRIVATE}>').send()
        (taken,) = server.taken
        self.assertEqual(taken.mail_from, f"all@{self.own}")
        self.assertIn(f"<all@{self.own}>", taken.text)
        self.assertNotIn("fixed@", taken.text)
        self.assertNotIn(PRIVATE, taken.text)
        self.assertIn(f"Return-Path: all@{self.own}", taken.text)

    def test_the_fallback_after_a_refusal(self):
        """mail_outbound_static: the provider refuses the author → the same email goes again as the
        account, once, with the author's name.
        """
        self.account.catchall_from_policy = "auto"

        def answer(command, mail):
            if command == "END" and f"<user_a@{self.own}>" in mail.text:
                return "550 5.7.1 From address user_a not allowed for this account"
            return None

        (message,) = self.sent(self.mail(email_from=f'"User A" <user_a@{self.own}>'), answer=answer)
        (author,) = message["From"].addresses
        self.assertEqual((author.display_name, author.addr_spec), ("User A", f"all@{self.own}"))

    def test_an_author_without_an_address(self):
        """mail_outbound_static: From holds no address that can be read (“Shop <False>”) → the email
        leaves as the account, with the name.
        """
        for written in ('"Shop form" <False>', "Shop form <False"):
            with self.subTest(written):
                (message,) = self.sent(self.mail(email_from=written))
                (author,) = message["From"].addresses
                self.assertEqual(author.addr_spec, f"all@{self.own}")
                self.assertIn("Shop form", author.display_name)

    def sent_by_itself(self):
        """Let code send a message without ``mail.mail`` and without naming a server."""
        Server = self.env["ir.mail_server"]
        message = Server._build_email__(
            f'"Carla" <{PRIVATE}>', ["customer@shop.example"], "S", "B", reply_to=PRIVATE
        )
        with self.server() as server:
            Server.send_email(message)
        return server.taken

    def test_code_that_names_no_server(self):
        """mail_outbound_static: another server is the first, and code sends by itself → it leaves
        through the account of the domain, with our identity.
        """
        first = self.env["ir.mail_server"].create(
            {"name": "First", "smtp_host": "127.0.0.1", "smtp_port": 9, "sequence": -1}
        )
        (taken,) = self.sent_by_itself()
        self.assertEqual(taken.mail_from, f"all@{self.own}")
        self.assertIn(f"<all@{self.own}>", taken.text)
        first.domain_whitelist = "gmail.example"
        with self.assertRaises(ConnectionRefusedError):  # chosen on purpose; nobody answers there
            self.sent_by_itself()

    def test_the_servers_of_companies(self):
        """mail_multicompany: the account belongs to a company → that company's email leaves through
        it, with the identity that we decided.
        """
        self.account.company_id = self.company_admin
        mail = self.posted()
        self.assertEqual(mail.mail_server_id, self.account)
        for message in self.sent(mail):
            self.assertEqual(message["From"].addresses[0].addr_spec, f"user_a@{self.own}")

    def test_the_followers_that_are_shown(self):
        """mail_show_follower: an email goes to two people, the server takes it only at the second
        try → both get it once, and who else got it stands in it once.
        """
        down = [True]

        def answer(command, _mail):
            return "451 4.3.0 try again later" if command == "END" and down else None

        mail = self.posted()
        with self.server(answer) as server:
            mail.send()
            self.assertFalse(server.taken)
            self.assertEqual(mail.state, "outgoing")
            down.clear()
            mail.scheduled_date = False
            mail.send()
        got = sorted(address for each in server.taken for address in each.recipients)
        self.assertEqual(got, ["customer@shop.example", "other@shop.example"])
        for each in server.taken:
            text = message_from_string(each.text, policy=policy.default)
            html = text.get_body(("html",)).get_content()
            self.assertEqual(html.count("This message has been sent to"), 1)
