"""A probe that meets with trouble: servers that hang up, refuse for another reason, or are not ours."""

import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..fetching import MailboxError
from .common import CatchallCase

PROBE = "odoo.addons.mail_catchall_router.models.mail_catchall_probe"


class Session:
    """The end of an SMTP session that a test writes the answers of, by the author of the mail."""

    def __init__(self, answer):
        self.answer = answer
        self.mails = []

    def sendmail(self, sender, recipients, source):
        self.mails.append(source)
        return self.answer(self, source, recipients) or {}

    def quit(self):
        raise smtplib.SMTPServerDisconnected("please run connect() first")


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestProbeTrouble(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.outgoing = cls.env["ir.mail_server"].create(
            {
                "name": "Account",
                "smtp_host": "smtp.example",
                "smtp_user": f"catchall@{cls.domain.name}",
                "is_catchall": True,
                "catchall_from_policy": "auto",
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.Probe = cls.env["mail.catchall.probe"]

    def start(self, answer=lambda *_: None, **options):
        """A probe whose mails were handed to a server that answers like that."""
        self.session = Session(answer)
        Server, Mailbox = type(self.env["ir.mail_server"]), type(self.Probe)
        with (
            patch.object(Server, "_connect__", autospec=True, return_value=self.session),
            patch.object(Mailbox, "_with_mailbox", autospec=True),
        ):
            return self.Probe._start(self.server, **options)

    def codes(self, probe):
        return {line["code"] for line in probe.lines}

    def test_a_server_that_hangs_up_is_shown_and_not_raised(self):
        def hang_up(session, _source, _recipients):
            if len(session.mails) == 2:
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        probe = self.start(hang_up)
        self.assertIn("Connection unexpectedly closed", probe.sending_error)
        self.assertEqual(probe.mail_ids.mapped("kind"), ["random"])
        self.assertIn("sending_failed", self.codes(probe))

    def test_a_copied_database_leaves_the_mailbox_alone(self):
        self.server.catchall_database_uuid = "another"
        probe = self.Probe._start(self.server)
        self.assertEqual((probe.state, probe.level), ("done", "bad"))
        self.assertIn("of which this one is a copy", probe.summary)
        self.assertFalse(probe.mail_ids)

    def test_a_login_that_fails_in_its_own_way_is_shown_in_the_end(self):
        probe = self.start()
        error = UserError("The token of the account is not valid any more.")
        with (
            patch.object(type(probe), "_with_mailbox", autospec=True, side_effect=error),
            mute_logger(PROBE),
        ):
            probe._look()
            self.assertEqual((probe.state, probe.mailbox_error), ("running", False))
            probe.start_date -= timedelta(hours=1)
            probe._look()
        self.assertEqual((probe.state, probe.mailbox_error), ("done", str(error)))

    def test_a_probe_that_cannot_go_on_keeps_no_other_from_it(self):
        with self.lane() as env:
            probes = env["mail.catchall.probe"].create(
                [
                    {
                        "fetchmail_server_id": self.server.id,
                        "domain": self.domain.name,
                        "next_look_date": fields.Datetime.now() - timedelta(minutes=age),
                    }
                    for age in (2, 1)
                ]
            )
            looked = []

            def look(probe):
                looked.append(probe)
                if probe == probes[0]:
                    raise ZeroDivisionError("unforeseen")

            env.cr.commit()
            with patch.object(type(probes), "_look", look), mute_logger(PROBE):
                env["mail.catchall.probe"]._cron_look()
            self.assertEqual(looked, list(probes))
            self.assertEqual(probes[0].state, "done")
            self.assertIn("unforeseen", probes[0].mailbox_error)
            probes.unlink()

    def test_the_weekly_job_goes_on_after_an_account_that_cannot_be_tried(self):
        other = self.server.copy({"name": "Other"})
        both = self.server | other
        both.write({"state": "done", "catchall_verified_date": fields.Datetime.now()})
        tried = []

        def start(_model, account, is_repeated=False):
            tried.append(account.id)
            if account == self.server:
                raise UserError("no email domain")

        with patch.object(type(self.Probe), "_start", start), self.lane() as env:
            env["mail.catchall.probe"]._cron_repeat()
        self.assertLessEqual(set(both.ids), set(tried))
        self.assertTrue(
            self.env["mail.message"].search([("subject", "like", "could not be tried")])
        )

    def test_whoever_sits_before_the_weekly_one_gets_an_address(self):
        probe = self.start(is_repeated=True)
        self.assertFalse(probe.outside_address)
        self.assertEqual(self.start(), probe)
        self.assertTrue(probe.outside_address)

    def test_a_mailbox_that_cannot_be_cleaned_ends_the_probe_all_the_same(self):
        probe = self.start()
        probe.mail_ids[0].keys = ["x"]
        error = MailboxError("read only")
        with (
            patch.object(type(probe), "_with_mailbox", autospec=True, side_effect=error),
            mute_logger(f"{PROBE}_post"),
        ):
            probe._end()
        self.assertEqual(probe.state, "done")
