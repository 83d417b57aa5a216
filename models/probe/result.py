"""What a probe has proved: weighed after every look, shown, and written down on the accounts."""

from datetime import timedelta

from odoo import api, fields, models

from ...findings import gravest_first, grown_worse, worst
from ...probe import Course, conclude
from ...probe.sentences import FIXED_BY_PROVIDER, WORDING
from ...providers.detect import find_by_account
from ...router.tokens.probe_mark import Kind
from ..findings.rendering import render

LATE = timedelta(hours=6)  # after the end: one more look for what was late


class MailCatchallProbe(models.Model):
    _inherit = "mail.catchall.probe"

    shown_lines = fields.Json("Results", compute="_compute_shown_lines")
    summary = fields.Char("Most Urgent Finding", compute="_compute_shown_lines")

    @api.depends("lines")
    @api.depends_context("lang")
    def _compute_shown_lines(self):
        for probe in self:
            found = gravest_first(WORDING.load(probe.lines))
            cards = render(probe.env, found, WORDING)
            for card in cards:
                if card["code"] in FIXED_BY_PROVIDER:
                    card["steps"] = probe._provider_steps()
            probe.shown_lines = cards
            probe.summary = cards[0]["text"] if cards else False

    def _provider_steps(self):
        """How the catch-all is switched on at the provider, where it is known, in its words."""
        account = self.fetchmail_server_id
        preset = find_by_account(account.server or "", account.server_type)
        if not preset:
            return []
        return [preset.name, *(self.env._(step) for step in preset.catch_all_steps)]

    def _weigh(self):
        """Conclude from what was seen so far; end the probe when nothing more is to come."""
        course, conclusion = self._write_conclusion()
        settled = course.is_settled and bool(course.sent)
        outside = course.by_kind(Kind.OUTSIDE) or not course.wants_outside
        if course.over or self.mailbox_error or (outside and (settled or not course.sent)):
            self._end()
        elif settled or not course.sent:
            self.state = "waiting_outside"
            self._apply_result(conclusion)

    def _write_conclusion(self):
        course = self._course()
        conclusion = conclude(course)
        signatures = conclusion.signatures
        self.write(
            {
                "lines": [finding.to_json() for finding in conclusion.findings],
                "level": str(worst(conclusion.findings)),
                "catch_all": {True: "yes", False: "no", None: False}[conclusion.catch_all],
                "refusal": conclusion.refusal,
                "signatures": signatures and [[s.domain, s.selector] for s in signatures],
                "outgoing_address": conclusion.outgoing_address,
            }
        )
        return course, conclusion

    def _course(self):
        account = self.fetchmail_server_id
        return Course(
            domain=self.domain,
            started=self.start_date,
            now=fields.Datetime.now(),
            over=self._is_over(),
            sent=tuple(row._sent() for row in self.mail_ids if row.kind != str(Kind.OUTSIDE)),
            seen=tuple(row._seen() for row in self.mail_ids if row.place),
            pinned=account.envelope_header or "",
            folder=account.imap_folder or "INBOX",
            reads_junk=account.fetch_junk,
            mailbox_error=self.mailbox_error or "",
            sending_error=self.sending_error or "",
            has_account=bool(self.mail_server_id),
            wants_outside=bool(self.outside_address),
            from_policy=self.mail_server_id.catchall_from_policy or "auto",
            policy=self._policy(),
        )

    def _end(self):
        """Stop waiting: what is still missing is missing now. What comes late is looked for once
        more, for it is a proof as well and must not stay in the mailbox.
        """
        is_first, now = self.state != "done", fields.Datetime.now()
        late = now + LATE if is_first and self._is_incomplete() else False
        self.write({"state": "done", "end_date": self.end_date or now, "next_look_date": late})
        _course, conclusion = self._write_conclusion()
        if is_first or not self._newer():
            self._apply_result(conclusion)
        self._remove_mails()
        if is_first:
            self._tell_worse()

    def _is_incomplete(self):
        if self.mailbox_error:
            return False
        outside = self.mail_ids.filtered(lambda row: row.kind == str(Kind.OUTSIDE))
        awaited = self.mail_ids.filtered(lambda row: row.kind != str(Kind.FORGED))
        missing = awaited.filtered(lambda row: not row.place and not row.answer)
        return bool(missing or (self.outside_address and not outside))

    def _newer(self):
        """A later probe of the account: it knows better."""
        account = self.fetchmail_server_id.id
        return self.search([("fetchmail_server_id", "=", account), ("id", ">", self.id)], limit=1)

    def _give_up(self, error):
        """End without another look, for a reason that nobody foresaw."""
        text = self.fetchmail_server_id._catchall_explain(error)
        values = {"mailbox_error": text, "state": "done", "end_date": fields.Datetime.now()}
        self.write({**values, "next_look_date": False})
        self._write_conclusion()
        self._tell_worse()

    def _apply_result(self, conclusion):
        """Write down on the accounts what was proved."""
        account = self.fetchmail_server_id
        if conclusion.catch_all:
            account.catchall_verified_date = fields.Datetime.now()
            if conclusion.envelope_header and not account.envelope_header:
                account.envelope_header = conclusion.envelope_header
        elif conclusion.catch_all is False:
            # Explicitly refused: replies to addresses of their own would bounce.
            account.catchall_verified_date = False
        if conclusion.results_shown is not None:
            account._catchall_note_shown(conclusion.results_shown)
        server = self.mail_server_id
        changed = server.catchall_from_policy == "auto" and conclusion.author_kept is False
        if changed and not server.catchall_from_learned:
            server._catchall_record_refusal("author", conclusion.author_answer)

    def _tell_worse(self):
        """A repeated probe that ends worse than the one before is told to administrators."""
        if not self.is_repeated:
            return
        account = ("fetchmail_server_id", "=", self.fetchmail_server_id.id)
        before = self.search([account, ("state", "=", "done"), ("id", "<", self.id)], limit=1)
        if not grown_worse(WORDING.load(self.lines), WORDING.load(before.lines)):
            return
        self.env["ir.mail_server"]._catchall_tell_admins(
            self.env._("The mailbox of %s needs attention", self.domain),
            self.env._(
                "The weekly test of the mailbox “%(account)s” found a new problem: %(summary)s",
                account=self.fetchmail_server_id.name,
                summary=self.summary,
            ),
        )
