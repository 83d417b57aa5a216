"""A probe in trouble: servers that hang up or refuse for another reason, reports, copies."""

import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ....incoming import MailboxError
from ...kit.common import CatchallCase, mail

PROBE = "odoo.addons.mail_catchall_router.models.probe.mail_catchall_probe"


class Session:
    """The end of an SMTP session whose answers a test writes, by the author of the message."""

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
        """A probe whose messages were handed to a server that answers like that."""
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
        self.assertIn("this one is a copy of it", probe.summary)
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
            self.env["mail.message"].search([("subject", "like", "could not be tested")])
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

    def answer_at_rcpt(self, code, text):
        def refuse(_session, _source, recipients):
            answers = dict.fromkeys(recipients, (code, text))
            raise smtplib.SMTPRecipientsRefused(answers)

        return refuse

    def test_nobodys_address_is_no_missing_right_of_its_author(self):
        probe = self.start(self.answer_at_rcpt(550, b"5.1.1 User unknown"))
        self.assertEqual(probe.catch_all, "no")
        self.assertNotIn("author_refused", self.codes(probe))
        self.outgoing.invalidate_recordset()
        self.assertFalse(self.outgoing.catchall_from_learned)

    def test_a_busy_server_takes_no_verification_away(self):
        self.server.catchall_verified_date = before = fields.Datetime.now() - timedelta(days=7)
        probe = self.start(self.answer_at_rcpt(450, b"4.2.0 Greylisted"), is_repeated=True)
        self.assertEqual((probe.state, probe.level, probe.catch_all), ("done", "warning", False))
        self.assertEqual(self.server.catchall_verified_date, before)

    def test_an_author_that_is_refused_in_words_is_learned(self):
        def refuse(_session, source, _recipients):
            if b'"Catch-all probe" <probe-' in source:
                raise smtplib.SMTPDataError(
                    554, b"5.7.1 Sender address rejected: not owned by user"
                )

        probe = self.start(refuse)
        probe.start_date -= timedelta(hours=1)
        probe._weigh()
        self.outgoing.invalidate_recordset()
        self.assertIn("author_refused", self.codes(probe))
        self.assertIn("not owned", self.outgoing.catchall_from_answer)

    def report(self, probe, mark, *, action="failed", said="550 5.1.1 user unknown"):
        return (
            "Return-Path: <>\r\nFrom: Postmaster <postmaster@example.com>\r\n"
            f"Subject: Undeliverable: Catch-all probe: {mark}\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.test\r\n\r\n"
            f"Final-Recipient: rfc822; probe-{mark}@{probe.domain}\r\nAction: {action}\r\n"
            f"Diagnostic-Code: smtp; {said}\r\n--b--\r\n"
        ).encode()

    def test_a_report_that_quotes_the_mark_proves_the_opposite_of_an_arrival(self):
        probe = self.start()
        row = probe.mail_ids.filtered(lambda row: row.kind == "random")
        mark = row.address[6:].partition("@")[0]
        probe._see(self.report(probe, mark, action="delayed", said="451 later"), "inbox", "k1")
        self.assertEqual((row.place, row.answer), (False, False))
        probe._see(self.report(probe, mark), "inbox", "k2")
        probe._weigh()
        self.assertEqual((row.place, row.is_bounced, row.keys), (False, True, ["k1", "k2"]))
        self.assertEqual(probe.catch_all, "no")
        self.assertFalse(self.server.catchall_verified_date)

    def test_a_report_about_somebody_elses_mistyped_alias_is_left_alone(self):
        probe = self.start()
        row = probe.mail_ids.filtered(lambda row: row.kind == "near")
        self.assertTrue(row)
        report = self.report(probe, "x").replace(
            f"probe-x@{probe.domain}".encode(), row.address.encode()
        )
        probe._see(report, "inbox", "theirs")
        self.assertFalse(row.keys or row.answer)

    def test_a_mail_with_our_mark_that_names_an_alias_is_never_taken_for_ours(self):
        probe = self.start()
        alias = self.env["mail.alias"].search(
            [("alias_name", "!=", False), ("alias_domain_id", "=", self.domain.id)], limit=1
        )
        for to, expected in (
            (f"{probe.outside_address}, {alias.alias_full_name}", 0),
            (probe.outside_address, 1),
        ):
            probe._see(mail(to=to), "inbox", "key")
            with self.subTest(to=to):
                rows = probe.mail_ids.filtered(lambda row: row.kind == "outside")
                self.assertEqual(len(rows), expected)

    def test_what_comes_late_is_a_proof_too_and_is_removed(self):
        probe = self.start()
        probe.start_date -= timedelta(hours=1)
        probe._weigh()
        self.assertEqual((probe.state, probe.level), ("done", "warning"))
        self.assertTrue(probe.next_look_date, "nobody looks for what is late")
        end, removed = probe.end_date, []
        source = self.session.mails[0]

        def late(model, _work):
            if removed or model.mail_ids.filtered("keys"):
                removed.append(model.mail_ids.mapped("keys"))
            else:
                model._see(source, "inbox", "key")

        with patch.object(type(probe), "_with_mailbox", late):
            probe._look()
        self.assertTrue(removed)
        self.assertTrue(self.server.catchall_verified_date)
        self.assertEqual((probe.catch_all, probe.end_date), ("yes", end))
        self.assertFalse(probe.next_look_date)

    def test_what_comes_late_changes_nothing_that_a_newer_probe_has_found(self):
        old = self.start()
        old.start_date -= timedelta(hours=1)
        old._weigh()
        self.server.catchall_verified_date = fields.Datetime.now()
        self.start()
        row = old.mail_ids.filtered(lambda row: row.kind == "random")
        row.write({"answer": "550 5.1.1 user unknown", "is_bounced": True})
        with patch.object(type(old), "_with_mailbox", autospec=True):
            old._look()
        self.assertTrue(self.server.catchall_verified_date)

    def test_the_servers_that_a_mail_from_outside_names_are_offered_and_not_believed(self):
        probe = self.start()
        way = (
            b"Received: from out.home.test (out.home.test [8.8.8.8]) by mx.host.test; "
            b"Mon, 02 Nov 2026 10:00:00 +0000\r\n"
            b"Authentication-Results: mx.host.test; dkim=pass header.d=home.test\r\n"
        )
        # where it stands: the id above the hop that took the message in
        lines = way.split(b"\r\n")
        source = b"\r\n".join([lines[1], lines[0], b""]) + mail(to=probe.outside_address)
        probe._see(source, "inbox", "key")
        self.server.invalidate_recordset()
        self.assertIn("mx.host.test", self.server.catchall_learned_hosts)
        self.assertIn("mx.host.test", self.server.catchall_learned_ids)
        self.assertFalse(self.server.own_hosts or self.server.trusted_authserv_ids)
