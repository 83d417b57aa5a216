"""The setup of a domain: real logins, accounts that are there already, nothing lost or shown."""

from unittest.mock import patch

from odoo.exceptions import AccessError, RedirectWarning, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from ...kit.servers.dns_server import DnsServer
from ...kit.servers.scripted_mailbox import ScriptedImap
from ...kit.servers.smtp_script import ScriptedServer

DOMAIN, USER, PASSWORD = "shop.test", "catchall@shop.test", "s3cret-of-the-mailbox"


class SetupCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["fetchmail.server"].search([]).active = False
        cls.env["ir.mail_server"].search([]).active = False
        cls.Setup = cls.env["mail.catchall.setup"]

    def setUp(self):
        super().setUp()
        server = type(self.env["ir.mail_server"])
        self.startPatcher(patch.object(server, "_disable_send", lambda _self: False))
        self.imap = self.enterContext(ScriptedImap(password=PASSWORD))
        self.smtp = self.enterContext(ScriptedServer(login=(USER, PASSWORD)))
        self.dns_table = {}
        self.dns = self.enterContext(DnsServer(self.dns_table))
        self.dns.table = self.dns_table
        self.env["ir.config_parameter"].set_param(
            "mail_catchall_router.dns_server", "{}:{}".format(*self.dns.address)
        )

    def begin(self, **values):
        """A setup as far as the servers are found, and these are the ones of this test."""
        setup = self.Setup.create({"address": USER, **values})
        setup.action_set_up()
        setup.write(self.servers())
        return setup

    def servers(self):
        return {
            "server": "127.0.0.1",
            "port": self.imap.port,
            "is_ssl": False,
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.port,
            "smtp_encryption": "none",
        }

    def codes(self, setup):
        return {line["code"]: line["level"] for line in (setup.checks or {}).values()}

    def done(self, **values):
        setup = self.begin(password=PASSWORD, **values)
        setup.action_set_up()
        self.assertEqual(
            self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"}, setup.checks
        )
        return setup


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    def test_from_nothing_to_two_accounts(self):
        company = self.env.company
        company.alias_domain_id = False
        setup = self.done()
        self.assertEqual((setup.state, setup.domain, setup.user), ("ready", DOMAIN, USER))
        incoming, outgoing = setup.fetchmail_server_id, setup.mail_server_id
        domain = setup.alias_domain_id
        self.assertEqual(
            (domain.name, domain.catchall_email, domain.bounce_email, domain.default_from_email),
            (DOMAIN, USER, f"bounce@{DOMAIN}", USER),
        )
        self.assertEqual(company.alias_domain_id, domain)
        self.assertTrue(incoming.is_catchall and incoming.active)
        self.assertEqual((incoming.state, incoming.alias_domain_ids), ("draft", domain))
        self.assertEqual((incoming.server, incoming.port), ("127.0.0.1", self.imap.port))
        self.assertTrue(outgoing.is_catchall and outgoing.active)
        self.assertEqual(outgoing.catchall_alias_domain_ids, domain)
        self.assertEqual(domain._catchall_outgoing_account(), outgoing)
        self.assertFalse(setup.trial_incoming_id | setup.fetchmail_server_id - incoming)
        self.assertFalse(self.smtp.taken, "nothing is sent")
        self.assertFalse(setup.advice)
        # the password logged both in, and is nowhere to be read
        self.assertEqual((incoming.password, outgoing.smtp_pass), (PASSWORD, PASSWORD))
        self.assertNotIn(PASSWORD, str(setup.read()) + str(incoming.read()) + str(outgoing.read()))
        self.env.cr.execute("SELECT to_jsonb(s)::text FROM mail_catchall_setup s")
        self.assertNotIn(PASSWORD, str(self.env.cr.fetchall()))

    def test_running_again_changes_and_does_not_double(self):
        setup = self.done()
        accounts = setup.fetchmail_server_id, setup.mail_server_id, setup.alias_domain_id
        counts = self.counts()
        setup.fetchmail_server_id.state = "done"
        self.assertEqual(setup.state, "running")
        setup.is_ssl = True
        setup.action_set_up()
        self.assertEqual(self.codes(setup)["incoming_not_tls"], "bad")
        self.assertFalse(accounts[0].is_ssl, "what works is not put at risk")
        with ScriptedImap(password="new") as other:
            setup.write({"is_ssl": False, "port": other.port, "password": "new"})
            self.smtp.login = (USER, "new")
            setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        self.assertEqual((accounts[0].port, accounts[0].password), (other.port, "new"))
        self.assertEqual(accounts[0].state, "done")
        again = setup.fetchmail_server_id, setup.mail_server_id, setup.alias_domain_id
        self.assertEqual(again, accounts)
        self.assertEqual(self.counts(), counts)

    def counts(self):
        names = ("fetchmail.server", "ir.mail_server", "mail.alias.domain")
        return [self.env[name].with_context(active_test=False).search_count([]) for name in names]

    def test_not_yet_keeps_what_was_typed(self):
        setup = self.begin(password="wrong")
        setup.action_set_up()
        self.assertEqual(
            self.codes(setup), {"incoming_login": "bad", "outgoing_login": "bad"}, setup.checks
        )
        self.assertEqual(setup.state, "login")
        self.assertFalse(setup.fetchmail_server_id or setup.mail_server_id or setup.alias_domain_id)
        self.assertIn("Check the user name and the password", setup.shown_checks[0]["text"])
        self.assertEqual(setup.port, self.imap.port)
        self.assertNotIn("wrong", str(setup.read(["password", "outgoing_password"])))
        setup.password = PASSWORD
        self.assertFalse(setup.checks, "another password was not tried yet")
        setup.action_set_up()
        self.assertEqual(setup.state, "ready")

    def test_without_a_password_it_asks_for_one(self):
        setup = self.begin()
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"password_missing": "bad"})
        self.assertIn(USER, setup.shown_checks[0]["text"])
        self.assertFalse(self.imap.commands, "nobody tries an empty password")

    def test_checks_that_an_older_version_kept_are_shown(self):
        setup = self.Setup.create({"address": USER})
        setup.checks = {"outgoing": {"code": "password_missing", "level": "bad", "text": "No."}}
        (card,) = setup.shown_checks
        self.assertEqual(
            {name: card[name] for name in ("code", "level_name", "subject", "text")},
            {
                "code": "password_missing",
                "level_name": "Needs fixing",
                "subject": "Outgoing mail",
                "text": "No.",
            },
        )

    def test_what_is_wrong_is_named(self):
        setup = self.begin(password=PASSWORD)
        with ScriptedImap() as gone:
            pass
        for values, code, words in (
            ({"port": gone.port}, "incoming_refused", "nothing answers at 127.0.0.1"),
            ({"server": "a..b"}, "incoming_no_name", "no server named a..b"),
            ({"is_ssl": True}, "incoming_not_tls", "does not speak SSL/TLS"),
            ({"smtp_port": gone.port}, "outgoing_refused", "nothing answers at 127.0.0.1"),
            ({"smtp_encryption": "ssl_strict"}, "outgoing_not_tls", "does not speak SSL/TLS"),
            ({"smtp_encryption": "starttls"}, "outgoing_no_starttls", "offers no encryption"),
        ):
            with self.subTest(code=code):
                setup.write({**self.servers(), **values})
                setup.action_set_up()
                bad = [line for line in setup.shown_checks if line["level"] == "bad"]
                self.assertEqual([line["code"] for line in bad], [code])
                self.assertIn(words, bad[0]["text"])
                self.assertIn(USER, bad[0]["text"])
                self.assertNotIn(PASSWORD, bad[0]["text"])
        for command, code in (("MAIL", "outgoing_sender"), ("RCPT", "outgoing_recipient")):
            with self.subTest(command=command):
                self.smtp.answer = lambda asked, _mail, c=command: (
                    "550 5.7.1 not you" if asked == c else None
                )
                setup.write(self.servers())
                setup.action_set_up()
                self.assertEqual(self.codes(setup)[code], "bad")
                self.assertIn("550 5.7.1 not you", setup.checks["outgoing"]["text"])

    def test_a_password_that_odoo_cannot_say(self):
        setup = self.begin(password="pässwort")
        setup.action_set_up()
        self.assertEqual(
            self.codes(setup), {"incoming_not_ascii": "bad", "outgoing_not_ascii": "bad"}
        )
        self.assertNotIn("sswort", str(setup.checks))

    def test_a_server_that_says_the_password_is_not_quoted(self):
        setup = self.begin(password=PASSWORD)
        self.smtp.answer = lambda asked, _mail: (
            f"550 who is {PASSWORD}" if asked == "MAIL" else None
        )
        with self.assertLogs("odoo.addons.mail_catchall_router", "DEBUG") as log:
            setup.action_set_up()
        self.assertEqual(self.codes(setup)["outgoing_sender"], "bad")
        self.assertNotIn(PASSWORD, str(setup.checks) + str(log.output))

    def test_servers_are_found_by_dns(self):
        self.dns_table |= {
            (f"_imaps._tcp.{DOMAIN}", "SRV"): ["0 1 1993 imap.shop.test."],
            (f"_submissions._tcp.{DOMAIN}", "SRV"): ["0 1 1465 smtp.shop.test."],
        }
        setup = self.Setup.create({"address": USER})
        self.assertEqual(setup.state, "mailbox")
        setup.action_set_up()
        self.assertEqual((setup.state, setup.origin), ("login", "named"))
        self.assertEqual((setup.server, setup.port, setup.is_ssl), ("imap.shop.test", 1993, True))
        self.assertEqual(
            (setup.smtp_host, setup.smtp_port, setup.smtp_encryption),
            ("smtp.shop.test", 1465, "ssl_strict"),
        )

    def test_a_provider_that_takes_no_password(self):
        self.dns_table[DOMAIN, "MX"] = ["1 smtp.google.com."]
        setup = self.Setup.create({"address": USER, "password": PASSWORD})
        setup.action_set_up()
        self.assertEqual((setup.provider, setup.login), ("google", "gmail"))
        self.assertEqual((setup.server, setup.smtp_encryption), ("imap.gmail.com", "starttls"))
        for words in ("Google Workspace", "Default routing", "Use IMAP", "smtp.google.com"):
            self.assertIn(words, setup.provider_html)
        if setup.needs_module:
            self.assertFalse(setup.checks, "no password is tried")
            return
        with self.assertRaises(RedirectWarning) as caught:
            setup.action_connect_incoming()
        self.assertIn("client ID and secret", caught.exception.args[0])
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("google_gmail_client_id", "id")
        parameters.set_param("google_gmail_client_secret", "s3cret")
        self.assertIn("accounts.google.com", setup.action_connect_incoming()["url"])
        self.assertIn("accounts.google.com", setup.action_connect_outgoing()["url"])
        account = setup.trial_incoming_id
        self.assertEqual((account.server_type, account.active), ("gmail", False))
        account.google_gmail_refresh_token = "t0ken"
        self.assertTrue(setup.incoming_connected)
        self.assertNotIn("t0ken", str(setup.read()))

    def test_an_account_of_trial_stays_archived(self):
        self.env["mail.alias.domain"].create({"name": "first.test"})
        other = self.env["ir.mail_server"].create(
            {
                "name": "Everything",
                "smtp_host": "smtp.first.test",
                "smtp_user": "all@first.test",
                "is_catchall": True,
            }
        )
        setup = self.begin()
        for trial in (setup._trial_incoming(), setup._trial_outgoing()):
            trial.write({"active": True, "name": "Connected"})  # as the OAuth addons do
            self.assertEqual((trial.active, trial.name), (False, "Connected"))
        other.active = False
        setup.trial_outgoing_id.active = True
        self.assertFalse(self.env["ir.mail_server"]._catchall_directory().servers)
        setup.password = PASSWORD
        setup.action_set_up()
        self.assertTrue(setup.fetchmail_server_id.active and setup.mail_server_id.active)

    def test_tokens_reach_the_accounts(self):
        self.dns_table[DOMAIN, "MX"] = ["1 smtp.google.com."]
        setup = self.Setup.create({"address": USER})
        setup.action_set_up()
        if setup.needs_module:
            self.skipTest("google_gmail is not installed")
        self.assertEqual(setup.state, "login")
        for account in (setup._trial_incoming(), setup._trial_outgoing()):
            account.google_gmail_refresh_token = "t0ken"
        setup.invalidate_recordset()
        module = "odoo.addons.mail_catchall_router.models.setup.logins"
        # Google itself is not to be had here: the two logins are said to work.
        with (
            patch(f"{module}.port_trouble", return_value=None),
            patch.object(type(self.env["fetchmail.server"]), "_catchall_try_login", lambda _s: "a"),
            patch.object(type(self.env["ir.mail_server"]), "_catchall_try_login", lambda _s: "b"),
        ):
            setup.action_set_up()
        self.assertEqual(setup.state, "ready", setup.checks)
        incoming, outgoing = setup.fetchmail_server_id, setup.mail_server_id
        self.assertEqual((incoming.server_type, outgoing.smtp_authentication), ("gmail", "gmail"))
        self.assertEqual(incoming.google_gmail_refresh_token, "t0ken")
        self.assertEqual(outgoing.google_gmail_refresh_token, "t0ken")
        self.assertEqual(
            (outgoing.catchall_from_policy, outgoing.catchall_day_limit), ("account", 2000)
        )
        self.assertEqual(incoming.own_hosts, "mx.google.com, smtp.google.com")
        self.assertTrue(setup.incoming_connected and setup.outgoing_connected)

    def test_microsoft_gets_its_commands(self):
        self.dns_table[DOMAIN, "MX"] = ["0 shop-test.mail.protection.outlook.com."]
        setup = self.Setup.create({"address": USER})
        setup.action_set_up()
        self.assertEqual((setup.provider, setup.login), ("microsoft", "outlook"))
        self.assertIn("Set-AcceptedDomain", setup.provider_commands)
        self.assertIn(USER, setup.provider_commands)

    def test_an_account_that_odoo_fetches_goes_on_until_the_new_one_starts(self):
        lead = self.env["ir.model"]._get("res.partner")
        native = self.env["fetchmail.server"].create(
            {
                "name": "As ever",
                "server_type": "imap",
                "user": USER,
                "password": PASSWORD,
                "object_id": lead.id,
                **{name: self.servers()[name] for name in ("server", "port", "is_ssl")},
            }
        )
        native.state = "done"
        setup = self.Setup.create({"address": USER})
        setup.action_set_up()
        self.assertEqual((setup.origin, setup.port), ("kept", self.imap.port))
        setup.write(self.servers())
        setup.action_set_up()  # with the password that is stored there
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        account = setup.fetchmail_server_id
        self.assertNotEqual(account, native)
        self.assertEqual((setup.replaced_id, account.object_id), (native, lead))
        self.assertTrue(native.active and native.state == "done" and not native.is_catchall)
        wizard = self.env["mail.catchall.activate"].create({"fetchmail_server_id": account.id})
        wizard.action_activate()
        self.assertEqual((account.state, native.active), ("done", False))

    def test_an_account_on_trial_stays_on_trial(self):
        setup = self.done()
        account = setup.fetchmail_server_id
        wizard = self.env["mail.catchall.activate"].create(
            {"fetchmail_server_id": account.id, "start": "trial"}
        )
        wizard.action_activate()
        self.assertEqual((setup.state, setup.on_trial), ("running", True))
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        self.assertTrue(account.catchall_shadow and not account.is_catchall)
        self.assertNotIn(PASSWORD, str(account.read()))
        # another setup of the domain finds it
        setup.unlink()
        again = self.Setup.create({"address": USER})
        again.action_set_up()
        self.assertEqual(again.fetchmail_server_id, account)
        self.assertFalse(again.replaced_id)

    def test_accounts_that_are_there_are_adopted(self):
        domain = self.env["mail.alias.domain"].create({"name": DOMAIN})
        incoming = self.env["fetchmail.server"].create(
            {
                "name": "By hand",
                "user": "other",
                "password": PASSWORD,
                "is_catchall": True,
                "alias_domain_ids": [(6, 0, domain.ids)],
                **{name: self.servers()[name] for name in ("server", "port", "is_ssl")},
            }
        )
        outgoing = self.env["ir.mail_server"].create(
            {
                "name": "By hand",
                "smtp_user": USER,
                "smtp_pass": PASSWORD,
                "smtp_authentication": "login",
                **{
                    name: self.servers()[name]
                    for name in ("smtp_host", "smtp_port", "smtp_encryption")
                },
            }
        )
        setup = self.Setup.create({"address": USER})
        self.smtp.login = (USER, "another")
        setup.action_set_up()
        self.assertEqual((setup.fetchmail_server_id, setup.mail_server_id), (incoming, outgoing))
        self.assertEqual((setup.user, setup.origin), ("other", "kept"))
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_login": "bad"})
        self.assertFalse(outgoing.is_catchall, "not before it has logged in")
        self.smtp.login = (USER, PASSWORD)
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        self.assertTrue(outgoing.is_catchall)
        self.assertEqual((outgoing.name, incoming.name), ("By hand", "By hand"))
        self.assertEqual(setup.alias_domain_id, domain)
        self.assertEqual(self.env["mail.alias.domain"].search_count([("name", "=", DOMAIN)]), 1)

    def test_whoever_forwards_to_the_mailbox_is_one_of_ours(self):
        setup = self.begin(password=PASSWORD, forwarders="MX.Gateway.net, filter.test,")
        setup.mx_hosts = ["mx.shop.test"]
        setup.action_set_up()
        incoming = setup.fetchmail_server_id
        self.assertEqual(incoming.own_hosts, "mx.shop.test, mx.gateway.net, filter.test")
        incoming.own_hosts = "mx.chosen.test"
        setup.forwarders = "mx.gateway.net"
        setup.action_set_up()
        self.assertEqual(incoming.own_hosts, "mx.chosen.test, mx.gateway.net")
        setup.forwarders = False
        setup.action_set_up()
        self.assertEqual(incoming.own_hosts, "mx.chosen.test, mx.gateway.net")

    def test_a_relay_of_another_provider_sends(self):
        self.smtp.login = ("relay-user", "relay-secret")
        setup = self.begin(password=PASSWORD)
        setup.write({"outgoing_user": "relay-user", "outgoing_password": "relay-secret"})
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        server = setup.mail_server_id
        self.assertEqual((server.smtp_user, server.smtp_pass), ("relay-user", "relay-secret"))
        self.assertEqual(server._catchall_account_address(), USER)
        self.assertEqual(setup.fetchmail_server_id.password, PASSWORD)

    def test_the_mailbox_s_password_is_not_told_to_a_relay(self):
        setup = self.begin(password=PASSWORD)
        setup.outgoing_user = "relay-user"
        self.assertFalse(setup.outgoing_password_hint, "none is stored for it")
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"password_missing": "bad"})
        self.assertIn("relay-user", setup.shown_checks[0]["text"])
        self.assertFalse(self.smtp.commands)
        setup.outgoing_password = "relay-secret"
        setup.invalidate_recordset()
        self.assertTrue(setup.outgoing_password_hint)
        setup.outgoing_user = False  # nor the other way round
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})

    def test_a_relay_that_is_there_keeps_its_password(self):
        domain = self.env["mail.alias.domain"].create({"name": DOMAIN})
        self.smtp.login = ("relay-user", "relay-secret")
        servers = self.servers()
        relay = self.env["ir.mail_server"].create(
            {
                "name": "Relay",
                "smtp_user": "relay-user",
                "smtp_pass": "relay-secret",
                "smtp_authentication": "login",
                "catchall_address": USER,
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, domain.ids)],
                **{name: servers[name] for name in ("smtp_host", "smtp_port", "smtp_encryption")},
            }
        )
        setup = self.done()
        self.assertEqual((setup.mail_server_id, setup.outgoing_user), (relay, "relay-user"))
        self.assertEqual(relay.smtp_pass, "relay-secret")

    def test_another_domain_leaves_the_accounts_of_the_first(self):
        domain = self.env["mail.alias.domain"].create({"name": "old.test"})
        old = self.env["ir.mail_server"].create(
            {
                "name": "Old",
                "smtp_host": "smtp.old.test",
                "smtp_user": "all@old.test",
                "smtp_pass": "old-secret",
                "smtp_authentication": "login",
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, domain.ids)],
            }
        )
        setup = self.Setup.create({"address": "catchall@old.test"})
        setup.action_set_up()
        self.assertEqual((setup.mail_server_id, setup.outgoing_user), (old, "all@old.test"))
        setup.write({"address": USER, "password": PASSWORD})
        self.assertEqual((setup.state, setup.domain), ("mailbox", DOMAIN))
        setup.action_set_up()
        setup.write(self.servers())
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        self.assertNotEqual(setup.mail_server_id, old)
        self.assertEqual(old.catchall_alias_domain_ids, domain)
        self.assertEqual((old.smtp_user, old.smtp_pass), ("all@old.test", "old-secret"))

    def test_two_domains_in_one_mailbox_share_its_accounts(self):
        first = self.done()
        first.fetchmail_server_id.state = "done"
        second = self.begin(domain="second.test")
        second.action_set_up()
        self.assertEqual(self.codes(second), {"incoming_ok": "ok", "outgoing_ok": "ok"})
        self.assertEqual(second.fetchmail_server_id, first.fetchmail_server_id)
        self.assertEqual(second.mail_server_id, first.mail_server_id)
        domains = first.alias_domain_id | second.alias_domain_id
        self.assertEqual(len(domains), 2)
        self.assertEqual(first.fetchmail_server_id.alias_domain_ids, domains)
        self.assertEqual(first.mail_server_id.catchall_alias_domain_ids, domains)
        self.assertEqual(second.state, "running")

    def test_an_account_for_all_domains_is_adopted_where_there_is_one(self):
        self.assertFalse(self.env["mail.alias.domain"].search([]))
        servers = self.servers()
        self.smtp.login = ("all@first.test", "relay-secret")
        everything = self.env["ir.mail_server"].create(
            {
                "name": "Everything",
                "smtp_user": "all@first.test",
                "smtp_pass": "relay-secret",
                "smtp_authentication": "login",
                "is_catchall": True,
                **{name: servers[name] for name in ("smtp_host", "smtp_port", "smtp_encryption")},
            }
        )
        setup = self.done()
        self.assertEqual(setup.mail_server_id, everything)

    def test_a_company_that_has_moved_on_stays_there(self):
        company = self.env.company
        company.alias_domain_id = False
        setup = self.done()
        self.assertEqual(company.alias_domain_id, setup.alias_domain_id)
        moved = self.env["mail.alias.domain"].create({"name": "moved.test"})
        company.alias_domain_id = moved
        setup.action_set_up()
        self.assertEqual(company.alias_domain_id, moved)
        setup.company_ids = company  # chosen once more
        setup.action_set_up()
        self.assertEqual(company.alias_domain_id, setup.alias_domain_id)

    def test_an_account_that_was_archived_fetches_nothing_unasked(self):
        setup = self.done()
        account = setup.fetchmail_server_id
        account.write({"state": "done", "active": False})
        setup.action_set_up()
        self.assertEqual((account.active, account.state, setup.state), (True, "draft", "ready"))

    def test_oauth_that_was_chosen_by_hand(self):
        setup = self.begin()
        setup.write({"smtp_encryption": "starttls_strict", "login": "gmail"})
        if setup.needs_module:
            self.skipTest("google_gmail is not installed")
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("google_gmail_client_id", "id")
        parameters.set_param("google_gmail_client_secret", "s3cret")
        self.assertIn("accounts.google.com", setup.action_connect_incoming()["url"])
        self.assertIn("accounts.google.com", setup.action_connect_outgoing()["url"])

    def test_a_mailbox_of_another_domain_is_found_where_it_is(self):
        self.dns_table |= {
            ("_imaps._tcp.box.test", "SRV"): ["0 1 993 imap.box.test."],
            (DOMAIN, "MX"): ["1 mx.forwarder.test."],
        }
        setup = self.Setup.create({"address": "me@box.test", "domain": DOMAIN})
        setup.action_set_up()
        self.assertEqual(setup.server, "imap.box.test")
        self.assertEqual(setup.mx_hosts, ["mx.forwarder.test"])
        setup.write({"address": "me@nowhere.test", "domain": DOMAIN})
        self.assertEqual(setup.state, "mailbox", "another mailbox is looked up anew")
        setup.action_set_up()
        self.assertEqual(setup.server, "mx.forwarder.test")

    def test_a_mailbox_whose_name_is_an_alias(self):
        self.assertFalse(self.env["mail.alias.domain"].search([]))
        alias = self.env["mail.alias"].search([("alias_name", "=", "info")], limit=1)
        alias = alias or self.env["mail.alias"].create(
            {"alias_name": "info", "alias_model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        address = f"info@{DOMAIN}"
        self.smtp.login = (address, PASSWORD)
        domain = self.done(address=address).alias_domain_id
        self.assertEqual(domain.catchall_email, f"catchall@{DOMAIN}")
        self.assertEqual(domain.default_from_email, address)
        self.assertEqual(alias.alias_full_name, address)

    def test_a_slip_in_the_domain_keeps_the_password(self):
        setup = self.begin(address="catchall@shpo.test", password=PASSWORD)
        setup.address = USER
        setup.action_set_up()
        setup.write(self.servers())
        setup.action_set_up()
        self.assertEqual(self.codes(setup), {"incoming_ok": "ok", "outgoing_ok": "ok"})

    def test_a_second_domain_leaves_the_first_to_its_account(self):
        first = self.env["mail.alias.domain"].create({"name": "first.test"})
        other = self.env["ir.mail_server"].create(
            {
                "name": "Everything",
                "smtp_host": "smtp.first.test",
                "smtp_user": "all@first.test",
                "is_catchall": True,
            }
        )
        before = self.env["mail.alias.domain"].search([])
        setup = self.done()
        self.assertEqual(other.catchall_alias_domain_ids, before)
        self.assertEqual(first._catchall_outgoing_account(), other)
        self.assertEqual(setup.alias_domain_id._catchall_outgoing_account(), setup.mail_server_id)

    def test_what_stands_in_the_way_is_named(self):
        lead = self.env["ir.model"]._get("res.partner")
        domain = self.env["mail.alias.domain"].create({"name": DOMAIN, "catchall_alias": "all"})
        self.env["mail.alias"].create(
            {"alias_name": "x", "alias_model_id": lead.id, "alias_domain_id": domain.id}
        )
        setup = self.begin(password=PASSWORD)
        refused = ValidationError("Another account is in the way")
        with patch.object(type(self.env["ir.mail_server"]), "write", side_effect=refused):
            setup._apply()
        self.assertEqual(setup.checks["accounts"]["text"], "Another account is in the way")
        self.assertEqual(setup.state, "login")

    def test_one_set_up_a_domain(self):
        setup = self.begin()
        with self.assertRaises(RedirectWarning) as caught:
            self.Setup.create({"address": "other@SHOP.test"})
        self.assertEqual(caught.exception.args[1]["res_id"], setup.id)

    def test_what_is_no_address(self):
        for address in ("shop.test", "jörg@shop.test", "@shop.test", "a@b", "a@shop.test\nBcc: x"):
            with self.subTest(address=address), self.assertRaises(ValidationError):
                self.Setup.create({"address": address, "domain": "shop.test"})
        for domain in ("shop", "shop..test", "shop test", "127.0.0.1"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.Setup.create({"address": USER, "domain": domain})

    def test_accounts_of_trial_go_with_their_set_up(self):
        setup = self.begin(password="wrong")
        setup.action_set_up()
        trials = setup.trial_incoming_id, setup.trial_outgoing_id
        self.assertTrue(all(trials))
        self.assertFalse(any(trial.active for trial in trials))
        setup.unlink()
        self.assertFalse(any(trial.exists() for trial in trials))
        ready = self.done()
        accounts = ready.fetchmail_server_id, ready.mail_server_id
        ready.unlink()
        self.assertTrue(all(account.exists() for account in accounts))

    def test_who_may(self):
        setup = self.begin()
        for groups in (
            "base.group_user",
            "base.group_user,mail_catchall_router.group_catchall_manager",
            "base.group_user,base.group_erp_manager",
        ):
            user = new_test_user(self.env, f"{groups}@setup", groups=groups)
            with self.subTest(groups=groups):
                with self.assertRaises(AccessError):
                    self.Setup.with_user(user).create({"address": "a@other.test"})
                for method in ("action_set_up", "action_connect_incoming", "read"):
                    with self.assertRaises(AccessError):
                        getattr(setup.with_user(user), method)()
        admin = new_test_user(self.env, "admin@setup", groups="base.group_system")
        mine = self.Setup.with_user(admin).create({"address": "a@other.test"})
        mine.action_set_up()
        self.assertEqual(mine.state, "login")

    def test_the_accounts_lead_back(self):
        setup = self.begin(password="wrong")
        setup.action_set_up()
        for account in (setup.trial_incoming_id, setup.trial_outgoing_id):
            self.assertEqual(account.catchall_setup_id, setup)
            self.assertEqual(account.action_catchall_setup()["res_id"], setup.id)
        setup = self.env["mail.catchall.setup"].search([])
        self.assertEqual(setup.action_open().get("res_id"), setup.id)
