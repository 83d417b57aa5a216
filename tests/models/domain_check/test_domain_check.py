"""The domain check in Odoo: history, alerts, users."""

from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.translate import code_translations

from ....domain_check.sentences import WORDING
from ...kit.common import DOMAIN
from ...kit.domain_check_case import CheckupCase
from ...kit.good_domain import NO_SPF
from ...kit.servers.dns_server import DnsServer


@tagged("post_install", "-at_install")
class TestCheckup(CheckupCase):
    def test_findings_are_kept_and_shown(self):
        checkup = self.check(NO_SPF)
        self.assertEqual(checkup.level, "bad")
        first = checkup.with_user(self.system).shown_findings[0]
        self.assertEqual(first["code"], "spf_missing")
        self.assertEqual(first["record"]["value"], "v=spf1 a:mail.example.com ~all")
        self.assertEqual(checkup.summary, first["text"])
        again = self.check()
        self.assertEqual(again.level, "note")
        self.assertEqual(self.Checkup.search([("domain", "=", DOMAIN)]), again + checkup)

    def test_what_the_accounts_say(self):
        facts = self.domain._catchall_checkup_facts()
        self.assertEqual(facts.outgoing_hosts, ("mail.example.com",))
        self.assertEqual(facts.incoming_host, "mail.example.com")
        self.assertEqual(facts.return_path, DOMAIN)
        self.assertIsNone(facts.catch_all)
        self.server.catchall_verified_date = "2026-01-01"
        self.assertTrue(self.domain._catchall_checkup_facts().catch_all)
        outgoing = self.domain._catchall_outgoing_account()
        for host, hosts, addresses in (
            ("localhost", (), ()),
            ("10.0.0.1", (), ()),
            ("8.8.8.8", (), ("8.8.8.8",)),
        ):
            with self.subTest(host=host):
                outgoing.smtp_host = host
                facts = self.domain._catchall_checkup_facts()
                self.assertEqual(
                    (facts.outgoing_hosts, facts.outgoing_addresses), (hosts, addresses)
                )

    def test_the_return_path_follows_the_envelope_policy(self):
        outgoing = self.domain._catchall_outgoing_account()
        outgoing.catchall_address = "all@relay.test"
        self.assertEqual(self.domain._catchall_checkup_facts().return_path, "relay.test")
        outgoing.catchall_envelope_policy = "verp"
        self.server.state = "draft"  # bounce addresses are only used where they come back
        self.assertEqual(self.domain._catchall_checkup_facts().return_path, "relay.test")
        self.server.state = "done"
        self.assertEqual(self.domain._catchall_checkup_facts().return_path, DOMAIN)
        self.env["mail.catchall.refusal"].create(
            {"server_id": outgoing.id, "kind": "envelope", "answer": "553 not yours"}
        )
        outgoing.invalidate_recordset()
        self.assertEqual(self.domain._catchall_checkup_facts().return_path, "relay.test")

    def test_a_change_for_the_worse_is_told_once(self):
        inbox = [
            ("res_partner_id", "=", self.system.partner_id.id),
            ("mail_message_id.subject", "=", f"The mail domain {DOMAIN} needs attention"),
        ]
        Notification = self.env["mail.notification"]
        self.check()
        self.assertFalse(Notification.search(inbox), "nothing is worse the first time")
        self.check(NO_SPF)
        message = Notification.search(inbox).mail_message_id
        self.assertIn("does not say which servers may send", message.body)
        self.check(NO_SPF)
        self.assertEqual(Notification.search(inbox).mail_message_id, message)
        self.check()
        self.assertEqual(Notification.search(inbox).mail_message_id, message)

    def test_a_name_server_that_is_away_for_once_alarms_nobody(self):
        before = self.check()
        slow = self.Checkup.new(
            {"findings": [{"code": "spf_timeout", "level": "warning", "values": {"name": DOMAIN}}]}
        )
        self.assertFalse(slow._worse_than(before))

    def test_the_weekly_job_checks_domains_of_accounts_only(self):
        idle = self.env["mail.alias.domain"].create({"name": "idle.test"})
        self.server.alias_domain_ids = self.domain
        self.assertEqual((self.domain | idle)._catchall_served(), self.domain)
        checked = []
        with (
            patch.object(
                type(self.Checkup), "_run", lambda _self, domain: checked.append(domain.name)
            ),
            self.lane() as env,
        ):
            env["mail.catchall.checkup"]._cron_check_domains()
        self.assertIn(DOMAIN, checked)
        self.assertNotIn("idle.test", checked)

    def test_old_rows_go_but_the_newest_stays(self):
        old, newer = self.check(), self.check()
        (old + newer).write({"date": "2020-01-01"})
        self.Checkup._gc_checkups()
        self.assertEqual((old + newer).exists(), newer)

    def test_only_administrators(self):
        checkup = self.check()
        group = "mail_catchall_router.group_catchall_manager"
        other = new_test_user(self.env, "other", f"base.group_user,{group}")
        with self.assertRaises(AccessError):
            checkup.with_user(other).read(["findings"])
        with self.assertRaises(AccessError):
            self.domain.with_user(other).action_catchall_check()
        with self.assertRaises(AccessError):
            self.Checkup.with_user(other).action_check_all()
        for method in ("write", "create"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                self.Checkup.with_user(self.system).check_access(method)

    def test_a_name_that_is_no_domain(self):
        self.domain.name = "localhost"
        with DnsServer({}) as server:
            checkup = self.check({})
            self.assertEqual(self.codes(checkup), {"domain_bad_name"})
            self.assertFalse(server.asked)


@tagged("post_install", "-at_install")
class TestUsersWithoutMailbox(CheckupCase):
    def test_who_would_not_read_a_notification(self):
        def user(login, email, **values):
            created = new_test_user(self.env, login, "base.group_user", email=email)
            created.write(values)
            return created

        anna = user("anna", "Anna@example.com", notification_type="email")
        inbox = user("ina", "ina@example.com", notification_type="inbox")
        mailbox = user(
            "max", "max@example.com", notification_type="email", catchall_has_mailbox=True
        )
        other = user("olga", "olga@sub.example.com", notification_type="email")
        account = user("robot", "catchall@example.com", notification_type="email")
        checkup = self.check().with_user(self.system)
        self.assertIn(anna, checkup.user_ids)
        for known in (inbox, mailbox, other, account):
            self.assertNotIn(known, checkup.user_ids, known.login)
        checkup.action_use_inbox()
        self.assertEqual(anna.notification_type, "inbox")
        checkup.invalidate_recordset()
        self.assertFalse(checkup.user_ids)

    def test_without_a_catch_all_mailbox_nobody_is_listed(self):
        new_test_user(self.env, "anna", "base.group_user", email="anna@example.com")
        self.env["fetchmail.server"].search([]).write({"is_catchall": False})
        self.assertFalse(self.domain._catchall_users_without_mailbox())


@tagged("post_install", "-at_install")
class TestCheckupTranslated(CheckupCase):
    def test_every_finding_is_shown_in_the_language_of_whoever_looks(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        sources = [*WORDING.sentences.values(), *WORDING.subjects.values()]
        french = {source: f"fr: {source}" for source in sources}
        codes = code_translations.python_translations
        checkup = self.check(NO_SPF)
        with patch.dict(codes, {("mail_catchall_router", "fr_FR"): french}):
            for finding in checkup.with_context(lang="fr_FR").shown_findings:
                with self.subTest(code=finding["code"]):
                    self.assertTrue(finding["text"].startswith("fr: "), finding["text"])
                    self.assertTrue(finding["subject"].startswith("fr: "), finding["subject"])
            self.assertTrue(checkup.with_context(lang="fr_FR").summary.startswith("fr: "))
        self.assertFalse(checkup.with_context(lang="en_US").summary.startswith("fr: "))
