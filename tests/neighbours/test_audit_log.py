"""``auditlog`` beside us: its log lines hold no password, token, login link or exact bytes."""

from odoo.tests import tagged

from ..kit.neighbour_case import need
from ..models.credentials.test_secrets import OTHER, SECRET, SecretsCase

TOKEN = "Pl0ugh-refresh-token"


@tagged("post_install", "-at_install")
class TestAuditLog(SecretsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "auditlog")

    def rules(self, log_type):
        """A rule for every model of ours and both kinds of account, logging all that it can."""
        names = [*(name for name in self.env if name.startswith("mail.catchall."))]
        names = [name for name in names if not self.env[name]._abstract]
        Rule = self.env["auditlog.rule"]
        Rule.search([]).unlink()
        self.env["auditlog.log"].search([]).unlink()
        rules = Rule.create(
            [
                {"name": name, "model_id": self.env["ir.model"]._get_id(name)}
                | {"log_type": log_type, "log_read": True, "capture_record": True}
                for name in (*names, "fetchmail.server", "ir.mail_server")
            ]
        )
        rules.set_to_confirmed()
        return rules

    def lines(self):
        self.env.flush_all()
        found = self.env["auditlog.log.line"].search([])
        names = ("old_value", "new_value", "old_value_text", "new_value_text")
        return [line[name] for line in found for name in names if line[name]]

    def work(self, name):
        """What an administrator does with accounts, with what must not be kept of it."""
        incoming = self.env["fetchmail.server"].with_user(self.system)
        account = incoming.create(
            {"name": "In", "user": "in@example.com", "password": SECRET, "server_type": "imap"}
            | {"server": "mail.example.com", "is_catchall": True}
        )
        account.write({"password": f"{SECRET}-2", "priority": 8})
        plain = incoming.create({"name": "Plain", "server_type": "imap", "password": SECRET})
        plain.write({"password": f"{SECRET}-3"})
        plain.write({"is_catchall": True, "priority": 9})
        self.smtp.with_user(self.system).write({"smtp_pass": f"{SECRET}-4", "sequence": 3})
        if "google_gmail_refresh_token" in self.smtp._fields:
            self.smtp.google_gmail_refresh_token = TOKEN
        setup = self.env["mail.catchall.setup"].with_user(self.system)
        setup = setup.create({"address": f"catchall@{name}.example", "password": SECRET})
        setup.write({"outgoing_user": "o@new.example", "outgoing_password": SECRET})
        for records in (account, plain, self.smtp, setup):
            self.rpc(records, "read")
        row = self.receive(b"From: a@b.example\r\nSubject: exact " + SECRET.encode() + b"\r\n\r\n")
        row.with_user(self.system).read(["source", "message_id"])
        (account | plain).unlink()

    def test_no_secret_in_any_line(self):
        """auditlog: rules for all our models and both kinds of account, full and fast; passwords
        are typed, changed, read, deleted → other values are logged, no secret is.
        """
        for log_type in ("full", "fast"):
            with self.subTest(log_type):
                rules = self.rules(log_type)
                try:
                    self.work(log_type)
                finally:
                    rules._revert_methods()
                lines = self.lines()
                self.assertTrue(any("in@example.com" in line for line in lines), lines)
                self.assert_silent(*lines)
                self.assert_silent(*lines, secret=OTHER)
