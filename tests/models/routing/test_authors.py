"""Who may speak as a colleague: signatures verified here, and servers that an admin confirmed."""

import time
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ....models.routing import signatures
from ....models.routing.lane import Lane
from ....signatures.keys import KeyCache, Records
from ...kit.common import CatchallCase, mail
from ...kit.dkim_kit import BrokenDns, Zone, sign

DKIM = "odoo.addons.mail_catchall_router.models.routing.signatures"


class AuthorCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.env["res.users"].create(
            {"name": "Anna", "login": "anna@example.com", "email": "anna@example.com"}
        )
        cls.alias("tasks", "project.task")

    def from_anna(self, **options):
        return mail(to="tasks@example.com", sender="Anna <anna@example.com>", **options)

    def through_lane(self, source, dns, env=None):
        """Receive a message and let a lane claim, verify and route it."""
        with self.lane() as env, patch.object(signatures, "dkim_keys", lambda _env: dns):
            row_id = self.receive(source, env).id
            env["mail.catchall.message"]._cron_route()
        row = self.Message.browse(row_id)
        row.invalidate_recordset()
        return row


@tagged("post_install", "-at_install")
class TestOwnVerification(AuthorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.server = "imap.provider.net"

    def test_signed_mail_of_a_colleague_has_the_colleague_as_author(self):
        row = self.through_lane(sign(self.from_anna()), Zone())
        self.assertEqual((row.state, row.author_check), ("routed", "verified"), row.error)
        self.assertEqual(row.route_ids.mail_message_id.author_id, self.anna.partner_id)
        self.assertEqual(row.dkim_result["result"], "pass")
        self.assertEqual(row.dkim_result["domain"], "example.com")
        self.assertTrue(row.dkim_result["checked"])
        self.assertIn("verified here", str(row.trace))

    def test_what_proves_nothing_has_no_colleague_as_author(self):
        signed = sign(self.from_anna())
        zone = Zone()
        zone.records["s1._domainkey.evil.test"] = zone.records["s1._domainkey.example.com"]
        cases = (
            ("not signed", self.from_anna(), "none"),
            ("changed", signed.replace(b"Hello", b"Transfer it"), "fail"),
            ("signed by another domain", sign(self.from_anna(), "evil.test"), "none"),
            ("no such key", sign(self.from_anna(), selector="s2"), "fail"),
        )
        for name, source, result in cases:
            with self.subTest(name):
                row = self.through_lane(source, zone)
                self.assertEqual((row.state, row.author_check), ("routed", "unverified"))
                self.assertEqual(row.dkim_result["result"], result)
                self.assertFalse(row.route_ids.mail_message_id.author_id)
                self.assertTrue(row.dkim_text.startswith(result))

    def test_on_by_default_where_our_servers_say_nothing_of_signatures(self):
        self.assertTrue(self.env["fetchmail.server"].new({}).verify_dkim)
        self.server.trusted_authserv_ids = "mail.example.com"
        result = b"Authentication-Results: mail.example.com; %s\r\n"
        for name, above, asked in (
            ("nothing", b"", True),
            ("SPF alone", result % b"spf=pass smtp.mailfrom=example.com", True),
            ("another's word", (result % b"dkim=fail").replace(b"mail.", b"mx."), True),
            ("a result of ours", result % b"dkim=none", False),
        ):
            with self.subTest(name):
                zone = Zone()
                row = self.through_lane(above + sign(self.from_anna()), zone)
                self.assertEqual(bool(zone.asked), asked)
                self.assertEqual(row.author_check, "verified" if asked else "unverified")

    def test_nobody_is_asked_where_it_is_switched_off(self):
        self.server.verify_dkim = False
        zone = Zone()
        row = self.through_lane(sign(self.from_anna()), zone)
        self.assertEqual((row.state, row.author_check), ("routed", "unverified"))
        self.assertFalse(row.dkim_result)
        self.assertEqual(zone.asked, [])

    def test_what_was_verified_counts_only_while_the_account_asks_for_it(self):
        row = self.through_lane(sign(self.from_anna()), Zone())
        self.assertEqual(row._signed_by(), ("example.com",))
        self.server.verify_dkim = False
        self.assertEqual(row._signed_by(), ())

    def test_dns_that_does_not_answer_holds_nothing_up(self):
        dns = BrokenDns()
        row = self.through_lane(sign(self.from_anna()), dns)
        self.assertEqual((row.state, row.author_check), ("routed", "unverified"), row.error)
        self.assertEqual(row.dkim_result["result"], "temperror")
        self.assertFalse(row.route_ids.mail_message_id.author_id)
        self.assertLessEqual(max(dns.seconds), 5)

    def test_slow_dns_is_asked_for_a_limited_time_a_batch(self):
        # five domains, each of which would take a second
        def slow(name, seconds):
            asked.append(name)
            time.sleep(min(seconds, 0.3))
            return Records(())

        asked = []
        with (
            self.lane() as env,
            patch.object(signatures, "dkim_keys", lambda _env: slow),
            patch.object(signatures, "BATCH_SECONDS", 0.5),
        ):
            ids = [
                self.receive(sign(mail(sender=f"x@d{number}.test"), f"d{number}.test"), env).id
                for number in range(5)
            ]
            signatures.verify_signatures(env, ids)
            env["mail.catchall.message"]._cron_route()
        self.assertLess(len(asked), 5)
        rows = self.Message.browse(ids)
        self.assertEqual(set(rows.mapped("state")), {"routed"})

    def test_an_error_of_the_verification_holds_nothing_up(self):
        with patch(f"{DKIM}.verify", side_effect=RuntimeError("no")), mute_logger(DKIM):
            row = self.through_lane(sign(self.from_anna()), Zone())
        self.assertEqual((row.state, row.author_check), ("routed", "unverified"), row.error)

    def test_replay_asks_again_only_for_what_is_not_known(self):
        for dns, times in ((BrokenDns(), 2), (Zone(), 1)):
            asked = []

            def counted(name, seconds, dns=dns, asked=asked):
                asked.append(name)
                return dns(name, seconds)

            row = self.through_lane(sign(self.from_anna()), counted)
            with (
                self.lane() as env,
                patch.object(signatures, "dkim_keys", lambda _env: counted),
            ):
                again = row.with_env(env)
                again._reopen()
                again._wake_lanes()
                env["mail.catchall.message"]._cron_route()
            self.assertEqual(len(asked), times)

    def test_dns_is_asked_outside_the_routing_transaction(self):
        seen = []
        native = Lane.route

        def route(lane, ids):
            seen.append([row.dkim_result["result"] for row in lane.rows.browse(ids)])
            dns.closed = True
            return native(lane, ids)

        class Dns(Zone):
            closed = False

            def __call__(self, name, seconds):
                assert not self.closed
                return super().__call__(name, seconds)

        dns = Dns()
        with patch.object(Lane, "route", route):
            self.through_lane(sign(self.from_anna()), dns)
        self.assertEqual(seen, [["pass"]])

    def test_name_server_of_the_system_parameter(self):
        self.env["ir.config_parameter"].set_param(
            "mail_catchall_router.dns_server", "192.0.2.53:5353"
        )
        keys = signatures.dkim_keys(self.env)
        self.assertIsInstance(keys, KeyCache)
        self.assertIs(signatures.dkim_keys(self.env), keys)
        self.assertEqual(keys.ask.args[0], ("192.0.2.53", 5353))
        self.env["ir.config_parameter"].set_param("mail_catchall_router.dns_server", "")
        self.assertIsNot(signatures.dkim_keys(self.env), keys)


@tagged("post_install", "-at_install")
class TestLearnedServers(AuthorCase):
    RESULTS = "Authentication-Results: mx3.provider.net; dkim=pass header.d=example.com\r\n"

    def fill(self, count=4):
        for _number in range(count):
            source = self.provided()
            self.receive(source)

    def provided(self):
        source = self.from_anna().replace(b"by mail.example.com", b"by mx3.provider.net")
        return self.RESULTS.encode() + source

    def setUp(self):
        super().setUp()
        self.server.server = "imap.provider.net"
        self.server.invalidate_recordset()

    def test_names_are_shown_and_not_believed(self):
        self.fill()
        self.assertEqual(self.server.catchall_learned_hosts, "mx3.provider.net (4)")
        self.assertEqual(self.server.catchall_learned_ids, "mx3.provider.net (4)")
        self.assertFalse(self.server.own_hosts)
        self.assertNotIn("mx3.provider.net", self.server._catchall_own_hosts())
        self.assertFalse(self.server.trusted_authserv_ids)

    def test_confirmed_names_are_believed(self):
        self.fill()
        self.server.own_hosts = "mx1.provider.net"
        self.server.action_catchall_confirm_learned()
        self.assertEqual(self.server.own_hosts, "mx1.provider.net, mx3.provider.net")
        self.assertEqual(self.server.trusted_authserv_ids, "mx3.provider.net")
        self.assertFalse(self.server.catchall_learned_hosts)
        self.assertFalse(self.server.catchall_learned_ids)
        row = self.route(self.provided())
        self.assertEqual(row.author_check, "verified")

    def test_hosts_that_are_known_are_not_offered(self):
        for _number in range(3):
            self.receive(self.from_anna())  # by mail.example.com, under our own domain
        self.assertFalse(self.server.catchall_learned_hosts)

    def test_only_what_was_shown_is_confirmed(self):
        self.fill()
        shown = {"catchall_shown_hosts": "mx3.provider.net (3)", "catchall_shown_ids": False}
        self.server.with_context(**shown).action_catchall_confirm_learned()
        self.assertEqual(self.server.own_hosts, "mx3.provider.net")
        self.assertFalse(self.server.trusted_authserv_ids)
        other = {"catchall_shown_hosts": "evil.test (20)", "catchall_shown_ids": "evil.test (20)"}
        self.server.with_context(**other).action_catchall_confirm_learned()
        self.assertEqual(self.server.own_hosts, "mx3.provider.net")
        self.assertFalse(self.server.trusted_authserv_ids)

    def test_nothing_is_offered_before_mail_came(self):
        self.assertFalse(self.server.catchall_learned_hosts)
        self.server.action_catchall_confirm_learned()
        self.assertFalse(self.server.own_hosts)

    def test_only_administrators_confirm(self):
        self.fill()
        manager = "mail_catchall_router.group_catchall_manager"
        for login, groups in (("m", manager), ("u", "base.group_user")):
            user = new_test_user(self.env, f"{login}@example.com", f"base.group_user,{groups}")
            with self.subTest(groups), self.assertRaises(AccessError):
                self.server.with_user(user).action_catchall_confirm_learned()
        self.assertFalse(self.server.own_hosts)
        admin = new_test_user(self.env, "s@example.com", "base.group_system")
        self.server.with_user(admin).action_catchall_confirm_learned()
        self.assertEqual(self.server.own_hosts, "mx3.provider.net")

    def test_known_providers_are_filled_in(self):
        for name, hosts in (
            ("imap.gmail.com", "mx.google.com"),
            ("Outlook.Office365.com", "*.outlook.com"),
            ("imap.zoho.eu", "mx.zohomail.com"),
            ("imap.fastmail.com", False),
            ("imap.unknown.test", False),
        ):
            with self.subTest(name):
                form = Form(self.env["fetchmail.server"])
                form.is_catchall = True
                form.server = name
                self.assertEqual(form.own_hosts, hosts)

    def test_what_the_admin_wrote_is_kept(self):
        with Form(self.server) as form:
            form.own_hosts = "mx.own.test"
            form.server = "imap.gmail.com"
            self.assertEqual(form.own_hosts, "mx.own.test")
