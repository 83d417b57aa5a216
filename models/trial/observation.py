"""What the observer of a trial writes down. Each method is one short transaction of its own."""

import hashlib
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL
from psycopg2.extras import Json

from ...ledger.codes import LedgerReason, LedgerState
from ...router.message.mail import ReceivedMail
from ...router.message.repair import printable
from ...trial.comparison import Comparison, Did, compare, is_lost
from ..companies.of_account import company_of
from ..credentials.login_mail import shown_values
from ..inbox.decision_story import why_line
from ..incoming.ledger import described

MAX_ENDED = 2  # times that deciding about a message may have ended the process


def fingerprint(source):
    """A name for exactly these bytes, however a protocol ends lines."""
    return hashlib.sha256(source.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


@dataclass(frozen=True)
class AccountFacts:
    """What of an account is asked for each of its messages, read once for a fetch."""

    account_id: int
    is_pop: bool
    company_id: int | None
    max_mb: int


class CatchallShadow(models.Model):
    _inherit = "mail.catchall.shadow"

    @api.model
    def _account_facts(self, account_id):
        server = self.env["fetchmail.server"].browse(account_id)
        return AccountFacts(
            account_id=account_id,
            is_pop=server._get_connection_type() == "pop",
            company_id=company_of(server).id or None,
            max_mb=server.max_message_mb,
        )

    @api.model
    def _observe(self, account, source):
        """Keep the bytes of a message that Odoo is about to process.

        :param account: its :class:`AccountFacts`
        :return: (id of the row, the bytes, None where they are too many to be kept, whether the
            router is to decide about it)
        """
        if account.is_pop:
            # poplib took the line ends off; RFC 1939 §3 says which they were
            source = source.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"
        kept = source if len(source) <= account.max_mb * 1_000_000 else None
        row_id, count, did, undecided = self._keep(account, source, kept)
        # One that Odoo could not end is decided anew: what is known of it may have been cut short.
        wants_decision = (undecided or did == Did.PENDING) and count <= MAX_ENDED + 1
        if undecided and not wants_decision:
            text = "The process ended while the router was deciding about this email"
            self.browse(row_id)._write_down({"decision_error": text})
        return row_id, kept, wants_decision

    def _keep(self, account, source, kept):
        """Write the row of a message, or count it there; ``kept`` are the bytes that are stored.

        :return: (id, times seen, what Odoo did, whether the router has decided nothing yet)
        """
        now = fields.Datetime.now()
        values = {
            "fetchmail_server_id": account.account_id,
            "company_id": account.company_id,
            "fingerprint": fingerprint(source),
            "size": len(source),
            "has_source": kept is not None,
            "observed_date": now,
            "observed_count": 1,
            "did": str(Did.PENDING),
            "verdict": str(Comparison.PENDING),
            "lost": False,
            "reviewed": False,
            "replayed": False,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        seen_again = SQL(
            """ON CONFLICT (fetchmail_server_id, fingerprint) DO UPDATE
                  SET observed_count = known.observed_count + 1,
                      source = COALESCE(known.source, EXCLUDED.source),
                      has_source = known.has_source OR EXCLUDED.has_source
            RETURNING id, observed_count, did, state IS NULL AND decision_error IS NULL"""
        )
        self._insert_with_source(values, kept, seen_again)
        return self.env.cr.fetchone()

    @api.model
    def _decide(self, row_id, account, source, directory):
        """Return the values that say what the router would do; this changes nothing."""
        if source is None:
            return {
                "state": str(LedgerState.FAILED),
                "reason": str(LedgerReason.OVERSIZE),
                "explanation": self.env._(
                    "Larger than the account's limit of %(limit)s MB: the router would leave it in "
                    "the mailbox. Its source is not kept here.",
                    limit=account.max_mb,
                ),
            }
        mail = ReceivedMail.from_bytes(source)
        about = described(source, mail)
        server = self.env["fetchmail.server"].browse(account.account_id)
        decision = self.env["mail.catchall.chain"]._decide(
            mail, directory.for_row(self.browse(row_id)), directory.policy(server)
        )
        return {
            **{key: about[key] for key in ("message_id", "email_from", "email_to", "subject")},
            "identity": mail.fingerprint,
            **_decision_values(self.env, decision),
            "company_id": directory.company_id(decision) or account.company_id,
            "decision_error": None,
        }

    def _write_down(self, values):
        """Not by the ORM: this is done twice for each message, and nothing is computed from it."""
        values = shown_values(self.env, values, codes=True)
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), Json(value) if isinstance(value, list) else value)
            for name, value in values.items()
        )
        self.env.cr.execute(
            SQL("UPDATE mail_catchall_shadow SET %s WHERE id = %s", assignments, self.id),
            log_exceptions=False,
        )
        self.invalidate_recordset(flush=False)

    def _note_native(self, did, places, error, bounced_to):
        """Write down what Odoo did, and how that compares; a better-known outcome stays."""
        self.env.cr.execute(
            """SELECT did, state, reason, places, observed_count
                 FROM mail_catchall_shadow WHERE id = %s""",
            [self.id],
        )
        if not (row := self.env.cr.fetchone()):
            return
        known, state, reason, would, count = row
        again = did is Did.NOTHING and known == Did.PENDING and count > 1
        if again and (places := self._native_messages()):
            # The process was ended after Odoo's commit: what the engine now takes for a copy is
            # what it made of this very message.
            did = Did.RECORD
        if known == Did.RECORD or (known != Did.PENDING and did is Did.NOTHING):
            return
        native, targets = ({place["target"] for place in some or ()} for some in (places, would))
        self._write_down(
            {
                "did": str(did),
                "native_places": places,
                "native_error": error or None,
                "bounced_to": printable(bounced_to) or None,
                "verdict": str(compare(did, native, state, reason, targets)),
                "lost": is_lost(did, state),
            }
        )

    def _native_messages(self):
        """Places of the messages that Odoo has made of this message since it was first seen."""
        if not self.message_id:
            return []
        self.env.cr.execute(
            """SELECT model, res_id FROM mail_message
                WHERE message_id = %s AND message_type = 'email' AND create_date >= %s
                  AND model IS NOT NULL AND COALESCE(res_id, 0) <> 0
                  AND NOT EXISTS (SELECT FROM mail_catchall_route
                                   WHERE mail_message_id = mail_message.id)""",
            [self.message_id, self.create_date],
        )
        would = {place["model"]: place for place in self.places or () if not place["res_id"]}
        return [
            {
                "model": model,
                "res_id": res_id,
                "new": model in would,
                "target": would[model]["target"] if model in would else f"record:{model}:{res_id}",
            }
            for model, res_id in self.env.cr.fetchall()
        ]


def _decision_values(env, decision):
    return {
        "state": str(decision.state),
        "reason": str(decision.reason),
        "places": [_place(route) for route in decision.routes],
        "recipients": [item.as_json() for item in decision.recipients],
        "recipient_names": ", ".join(item.address for item in decision.recipients),
        "author_check": str(decision.author_check),
        "unproven": decision.unproven,
        "contact": decision.contact or None,
        "trace": [finding.as_json() for finding in decision.trace],
        "explanation": why_line(env, decision),
    }


def _place(route):
    return {
        "model": route.model,
        "res_id": route.res_id,
        "user_id": route.user_id,
        "alias_id": route.alias.id if route.alias else 0,
        "address": route.alias.address if route.alias else route.address,
        "defaults": [name for name, _value in route.defaults],
        "target": route.target,
    }
