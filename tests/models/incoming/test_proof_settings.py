"""What an admin says of an account about who may have written: kept, read, and asked back."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ....models.routing.odoo_directory import OdooDirectory
from ....probe import forged_probe
from ....router.tokens.probe_mark import Kind
from ...kit.common import CatchallCase, mail

PHONE = (
    "Received: from laptop (dsl.isp.test [198.51.100.9]){} by mail.example.com (Postfix) "
    "with ESMTPSA id 1; Mon, 02 Nov 2026 10:00:00 +0000\r\n"
)


@tagged("post_install", "-at_install")
class TestProofSettings(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = new_test_user(cls.env, "anna", "base.group_user", email="anna@example.com")
        cls.old = new_test_user(cls.env, "old", "base.group_user", email="old@example.com")
        cls.old.active = False
        cls.alias("tasks", "project.task")

    def policy(self):
        return OdooDirectory(self.env).policy(self.server)

    def submitted(self, shown="", sender="anna@example.com"):
        """A message from a phone, as our own server took it in."""
        source = mail(to="tasks@example.com", sender=sender)
        return PHONE.format(shown).encode() + source.partition(b"\r\n")[2]

    def check(self, *args, **options):
        return self.route(self.submitted(*args, **options)).author_check

    def test_the_defaults_are_the_narrow_ones(self):
        policy = self.policy()
        self.assertEqual(policy.results_below, "tested")
        for value in (
            policy.exclusive_hosts,
            policy.logins,
            policy.signers,
            policy.machines,
            policy.results_shown,
            policy.spf_proves_own,
            policy.local_hop_is_filter,
        ):
            self.assertFalse(value)  # fmt: skip
        self.assertNotIn("mail.example.com", policy.exclusive_hosts)  # the IMAP host

    def test_a_submission_without_a_login(self):
        self.assertEqual(self.check(), "unverified")
        self.server.exclusive_hosts = "mail.example.com"
        self.assertEqual(self.check(), "verified")

    def test_a_login_that_is_no_address_is_the_users_in_odoo(self):
        shown = " (Authenticated sender: anna)"
        self.assertEqual(self.check(shown), "unverified")
        self.server.exclusive_hosts = "mail.example.com"
        self.assertEqual(self.check(shown), "verified")
        self.assertEqual(self.check(shown, sender="info@example.com"), "unverified")
        self.server.login_addresses = "anna: info@example.com"
        self.assertEqual(self.check(shown, sender="info@example.com"), "verified")
        self.assertEqual(self.check(shown), "verified")

    def test_lines_that_cannot_be_read_are_refused(self):
        for name, text in (
            ("login_addresses", "anna@example.com"),
            ("login_addresses", "anna@example.com: info"),
            ("signer_domains", "example.com"),
            ("machine_addresses", "scan@example.com: upstairs"),
            ("machine_addresses", "scan@example.com: 0.0.0.0/0"),
        ):
            with self.subTest(name, text=text), self.assertRaises(ValidationError):
                self.server[name] = text

    def test_machines_are_offered_and_confirmed(self):
        source = mail(to="tasks@example.com", sender="scan@example.com")
        for _number in range(3):
            self.receive(mail(to="tasks@example.com", sender="scan@example.com"))
            self.receive(mail(to="tasks@example.com", sender="anna@example.com"))
            self.receive(mail(to="tasks@example.com", sender="old@example.com"))
        offered = "scan@example.com: 192.0.2.7/32 (3)"
        self.assertEqual(self.server.catchall_learned_machines, offered)
        self.assertEqual(self.route(source).author_check, "unverified")
        other = self.server.with_context(catchall_shown_machines="x@example.com: 192.0.2.8/32 (3)")
        other.action_catchall_confirm_machines()
        self.assertFalse(self.server.machine_addresses)
        self.server.action_catchall_confirm_machines()
        self.assertEqual(self.server.machine_addresses, "scan@example.com: 192.0.2.7/32")
        self.server.invalidate_recordset()
        self.assertFalse(self.server.catchall_learned_machines)
        self.assertEqual(self.route(mail(sender="scan@example.com")).author_check, "verified")

    def test_a_users_address_is_no_machines(self):
        self.server.machine_addresses = (
            "anna@example.com: 192.0.2.7\nold@example.com: 192.0.2.7\nscan@example.com: 192.0.2.7"
        )
        self.assertEqual(self.policy().machines, {("scan@example.com", "192.0.2.7/32")})

    def test_only_administrators_confirm(self):
        manager = "mail_catchall_router.group_catchall_manager"
        user = new_test_user(self.env, "m", f"base.group_user,{manager}")
        with self.assertRaises(AccessError):
            self.server.with_user(user).action_catchall_confirm_machines()

    def test_the_form_shows_them(self):
        with Form(self.server) as form:
            form.exclusive_hosts = "mail.example.com"
            form.results_below = "never"
        self.assertEqual(self.policy().results_below, "never")

    def test_what_the_mailbox_test_has_shown_counts(self):
        self.server.trusted_authserv_ids = "mail.example.com"
        domain = self.domain.name
        probe = self.env["mail.catchall.probe"].create(
            {"fetchmail_server_id": self.server.id, "domain": domain}
        )
        probe._ask_outside()
        self.assertTrue(probe.forged_message)
        self.assertIn("mail.example.com", probe.forged_command)
        source = forged_probe(
            probe._key(), probe.id, domain, ["mail.example.com"], probe.start_date
        ).source
        hop = mail().partition(b"\r\n")[0] + b"\r\n"
        removed = b"\r\n".join(
            line
            for line in source.split(b"\r\n")
            if not line.startswith(b"Authentication-Results: mail.example.com")
        )
        probe._see(hop + removed, "inbox", "1")
        self.assertEqual(probe.mail_ids.kind, str(Kind.FORGED))
        _course, conclusion = probe._write_conclusion()
        probe._apply_result(conclusion)
        self.assertEqual(self.server.results_shown, "mail.example.com: dkim, dmarc, spf")
        signed = mail(to="tasks@example.com", sender="anna@example.com").replace(
            b"From:", b"Authentication-Results: mail.example.com; dkim=pass "
            b"header.d=example.com\r\nFrom:", 1
        )  # fmt: skip
        self.assertEqual(self.route(signed).author_check, "verified")
        # a later test that shows the contrary takes it back
        self.server._catchall_note_shown(frozenset())
        self.assertFalse(self.server.results_shown)
