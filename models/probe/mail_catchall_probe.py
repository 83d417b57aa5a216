"""A live probe of a mailbox: marked messages are sent and looked for, and what they prove is kept.

``probe`` says which messages, and what follows from where they arrive. Here they are sent through
the outgoing account, looked for in the background, and removed again.
"""

import base64
import logging
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...probe import address_of, forged_ids, forged_probe
from ...router.codes import State
from ...router.message.addresses import normalise_domain
from ...router.tokens.probe_mark import Kind
from ...router.verdicts.loop import Loop
from ...router.verdicts.probe import Probe
from ..findings.rendering import LEVELS
from ..routing.odoo_directory import OdooDirectory
from ..windows import form_window

_logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=30)
LOOKS = (5, 5, 10, 10, 20, 30, 60, 60, 120, 180)  # seconds until the next look; then the last
KEPT = timedelta(days=400)
KEPT_MAIL = timedelta(days=2)  # a message of a probe that came after its end


class MailCatchallProbe(models.Model):
    _name = "mail.catchall.probe"
    _inherit = "mail.catchall.of.account"
    _description = "Test of a Catch-all Mailbox"
    _order = "id desc"
    _rec_name = "domain"
    _catchall_accounts = {"fetchmail_server_id": "fetchmail.server"}

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Incoming Account", required=True, index=True, ondelete="cascade"
    )
    mail_server_id = fields.Many2one("ir.mail_server", "Outgoing Account")
    alias_domain_id = fields.Many2one("mail.alias.domain")
    domain = fields.Char(required=True)
    start_date = fields.Datetime("Started", required=True, default=fields.Datetime.now)
    end_date = fields.Datetime("Ended")
    state = fields.Selection(
        [
            ("running", "Waiting for the test emails"),
            ("waiting_outside", "Waiting for an email from outside"),
            ("done", "Done"),
        ],
        required=True,
        default="running",
    )
    is_repeated = fields.Boolean("Automatic", help="Started by the weekly scheduled action.")
    level = fields.Selection(LEVELS, "Result", required=True, default="ok")
    lines = fields.Json("Stored Results")
    mail_ids = fields.One2many("mail.catchall.probe.mail", "probe_id", "Test Emails")
    outside_address = fields.Char(
        "Address for an Email from Outside",
        help="Send an email to this address from a private mailbox at another provider.",
    )
    forged_message = fields.Binary("Email with Forged Results", compute="_compute_forged")
    forged_name = fields.Char(compute="_compute_forged")
    forged_command = fields.Char(
        "Command",
        compute="_compute_forged",
        help="Run it on a computer outside of your network, in the folder of the downloaded file.",
    )
    catch_all = fields.Selection([("yes", "Works"), ("no", "Does not work")], "Catch-all")
    refusal = fields.Char()
    signatures = fields.Json()
    outgoing_address = fields.Char(help="The address from which our mail reached the receiver.")
    mailbox_error = fields.Char()
    sending_error = fields.Char()
    marks = fields.Json("What Was There Before")
    looks = fields.Integer("Times Looked")
    next_look_date = fields.Datetime("Next Look", index="btree_not_null")

    # ------------------------------------------------------------ starting

    @api.model
    def _start(self, account, is_repeated=False):
        """Send the messages of a new probe and return it; one that runs already is returned."""
        account.ensure_one()
        running = self.search(
            [("fetchmail_server_id", "=", account.id), ("state", "!=", "done")], limit=1
        )
        if running:
            if not is_repeated and not running.outside_address:
                # The weekly one runs, and now somebody sits before it.
                running._ask_outside()
            return running
        # the first one that arrives here
        domains = account.alias_domain_ids or self.env["ir.mail_server"]._catchall_all_domains()
        alias_domain = domains[:1]
        if not alias_domain:
            raise UserError(
                self.env._(
                    "“%(account)s” has no email domain yet, so no address can be tested. Create "
                    "one under Configuration > Alias Domains.",
                    account=account.name,
                )
            )
        outgoing = alias_domain._catchall_outgoing_account()
        probe = self.create(
            {
                "fetchmail_server_id": account.id,
                "mail_server_id": outgoing.id,
                "alias_domain_id": alias_domain.id,
                "domain": normalise_domain(alias_domain.name),
                "is_repeated": is_repeated,
            }
        )
        if not is_repeated:
            probe._ask_outside()
        probe._note_marks()
        if outgoing and not probe.mailbox_error:
            probe._send()
        probe._weigh()
        probe._look_later()
        return probe

    def _ask_outside(self):
        self.outside_address = address_of(self._key(), self.id, Kind.OUTSIDE, self.domain)

    @api.depends("domain", "fetchmail_server_id", "outside_address")
    def _compute_forged(self):
        """What an admin sends from outside to see whether forged results are removed."""
        for probe in self:
            ids = forged_ids(probe._policy()) if probe.outside_address else ()
            probe.forged_message = probe.forged_command = probe.forged_name = False
            if not ids:
                continue
            # sudo: the key that signs marks; shown is the mark, as in the address
            key = probe.sudo()._key()
            message = forged_probe(key, probe.id, probe.domain, ids, probe.start_date)
            probe.forged_message = base64.b64encode(message.source)
            probe.forged_name = "mailbox-test.eml"
            probe.forged_command = (
                f"curl smtp://{ids[0]} --mail-from you@example.net "
                f"--mail-rcpt {message.addresses[0]} --upload-file {probe.forged_name}"
            )

    def _is_over(self):
        return self.state == "done" or fields.Datetime.now() >= self.start_date + PATIENCE

    def _policy(self):
        """The router's policy of the account: which hosts and results are ours."""
        # sudo: what the admin set up, read for the test alone
        directory = OdooDirectory(self.sudo().env)
        return directory.policy(self.fetchmail_server_id.sudo())

    def _key(self):
        return self.env["mail.mail"]._catchall_token_key()

    def _look_later(self):
        if self.state == "done":
            return  # _end has said whether there is one more
        seconds = LOOKS[min(self.looks, len(LOOKS) - 1)]
        # Many probes of one night do not all look in the same second.
        self.next_look_date = fields.Datetime.now() + timedelta(seconds=seconds + random.random())
        self._job()._trigger(self.next_look_date)

    def _job(self):
        # sudo: waking the job is not configuring it
        return self.env.ref("mail_catchall_router.ir_cron_catchall_probe").sudo()

    def wake_when_due(self):
        """Have the job look now if the time for it has come. An open page calls this: Odoo's job
        threads notice a time that comes a minute late, or two (`WorkerCron`, `cron_thread`).
        """
        self.check_access("read")
        now = fields.Datetime.now()
        if any(probe.next_look_date and probe.next_look_date <= now for probe in self):
            self._job()._trigger()

    # ------------------------------------------------------------ jobs

    @api.model
    def _cron_look(self):
        """Look for the messages of every probe whose time has come; each in a transaction."""
        due = self.search([("next_look_date", "<=", fields.Datetime.now())], order="next_look_date")
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(due))
        for probe in due:
            try:
                if probe.try_lock_for_update():
                    probe._look()
                    self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # A fetch holds the account, or somebody edits it: a little later, then.
                self.env.cr.rollback()
                self._job()._trigger(fields.Datetime.now() + timedelta(seconds=LOOKS[0]))
            except Exception as error:
                # One probe that cannot go on keeps no other from it; its page has the error.
                self.env.cr.rollback()
                _logger.exception("The probe %s of %s stopped", probe.id, probe.domain)
                probe._give_up(error)
            if not commit(1):
                break

    @api.model
    def _cron_repeat(self):
        """Once a week: try every verified mailbox again."""
        verified = [("state", "=", "done"), ("catchall_verified_date", "!=", False)]
        accounts = self.env["fetchmail.server"].search([("is_catchall", "=", True), *verified])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(accounts))
        for account in accounts:
            if not account.catchall_other_database:
                self._repeat(account)
            if not commit(1):
                break

    @api.model
    def _repeat(self, account):
        try:
            self._start(account, is_repeated=True)
        except UserError as error:
            # Raised before anything is written or sent; the other mailboxes are tried all the same.
            self.env["ir.mail_server"]._catchall_tell_admins(
                self.env._("The mailbox of %s could not be tested", account.name), str(error)
            )

    @api.autovacuum
    def _gc_probes(self):
        self.search([("start_date", "<", fields.Datetime.now() - KEPT)]).unlink()

    @api.autovacuum
    def _gc_probe_mails(self):
        """Messages of a probe that arrived after its end."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM mail_catchall_message
                    WHERE state = %s AND reason = ANY(%s) AND facts ? 'probe'
                      AND fetched_date < %s""",
                str(State.IGNORED),
                [str(Probe.reason), str(Loop.reason)],
                fields.Datetime.now() - KEPT_MAIL,
            )
        )

    # ------------------------------------------------------------ buttons

    def action_look(self):
        self.ensure_one()
        self.fetchmail_server_id.check_access("write")
        probe = self.sudo()  # sudo: rows are written by probes alone; the right was checked
        if probe.state != "done" and probe.try_lock_for_update():
            probe._look()
        return True

    def action_stop(self):
        self.ensure_one()
        self.fetchmail_server_id.check_access("write")
        probe = self.sudo()  # sudo: as action_look
        if probe.state != "done":
            probe._end()
        return True

    def action_again(self):
        self.ensure_one()
        return self.fetchmail_server_id.action_catchall_probe()

    def _open(self):
        return form_window(self, self.env._("Mailbox Test"))
