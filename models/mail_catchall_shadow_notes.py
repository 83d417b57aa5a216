"""What the observer of a trial run writes down. Each method is one short transaction of its own."""

import hashlib

import psycopg2
from odoo import api, fields, models
from odoo.tools import SQL, exception_to_unicode

from ..router.chain import decide
from ..router.compare import Did, compare, is_lost
from ..router.decision import Reason, State
from ..router.mail import ReceivedMail
from ..router.repair import printable
from .fetch_session import described
from .paper_directory import PaperDirectory

MAX_ENDED = 2  # times that deciding about a mail may have ended the process
_ERROR_CHARS = 2_000


def fingerprint(source):
    """A name for exactly these bytes, however a protocol ends lines."""
    return hashlib.sha256(source.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


class CatchallShadow(models.Model):
    _inherit = "mail.catchall.shadow"

    @api.model
    def _observe(self, account_id, source):
        """Keep the bytes of a mail that Odoo is about to process.

        :return: (id of the row, whether the router is to decide about it)
        """
        server = self.env["fetchmail.server"].browse(account_id)
        if server._get_connection_type() == "pop":
            # poplib took the line ends off; RFC 1939 §3 says which they were
            source = source.rstrip(b"\n").replace(b"\n", b"\r\n") + b"\r\n"
        companies, now = server.alias_domain_ids.company_ids, fields.Datetime.now()
        small = len(source) <= server.max_message_mb * 1_000_000
        values = {
            "fetchmail_server_id": account_id,
            "company_id": companies.id if len(companies) == 1 else None,
            "fingerprint": fingerprint(source),
            "size": len(source),
            "has_source": small,
            "observed_date": now,
            "observed_count": 1,
            "did": str(Did.PENDING),
            "verdict": "pending",
            "lost": False,
            "reviewed": False,
            "replayed": False,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }
        columns = SQL(", ").join(SQL.identifier(name) for name in [*values, "source"])
        query = SQL(
            """INSERT INTO mail_catchall_shadow AS known (%s) VALUES %s
               ON CONFLICT (fetchmail_server_id, fingerprint) DO UPDATE
                  SET observed_count = known.observed_count + 1,
                      source = COALESCE(known.source, EXCLUDED.source),
                      has_source = known.has_source OR EXCLUDED.has_source
            RETURNING id, observed_count, did, state IS NULL AND decision_error IS NULL""",
            columns,
            (*values.values(), psycopg2.Binary(source) if small else None),
        )
        self.env.cr.execute(query, log_exceptions=False)
        row_id, count, did, undecided = self.env.cr.fetchone()
        # One that Odoo could not end is decided anew: what is known of it may have been cut short.
        return row_id, (undecided or did == Did.PENDING) and count <= MAX_ENDED + 1

    @api.model
    def _paper_directory(self):
        return PaperDirectory(self.env)

    def _decide(self, directory):
        """Return the values that say what the router would do; this changes nothing."""
        server = self.fetchmail_server_id
        source = self._read_source()
        if not source:
            return {
                "state": str(State.FAILED),
                "reason": str(Reason.OVERSIZE),
                "explanation": self.env._(
                    "Larger than the %(limit)s MB that the account allows: the router would leave "
                    "it in the mailbox. Its bytes are not kept here.",
                    limit=server.max_message_mb,
                ),
            }
        mail = ReceivedMail.from_bytes(source)
        about = described(source)
        keys = ("message_id", "email_from", "email_to", "subject")
        decision = decide(mail, directory.for_row(self), directory.policy(server))
        decided = [finding.text for finding in decision.trace if finding.decided]
        if not decided and decision.state == State.QUARANTINED:
            decided = [finding.text for finding in decision.trace[-1:]]
        return {
            **{key: about[key] for key in keys},
            "identity": mail.identity,
            "state": str(decision.state),
            "reason": str(decision.reason),
            "places": [
                {
                    "model": route.model,
                    "res_id": route.res_id,
                    "user_id": route.user_id,
                    "alias_id": route.alias.id if route.alias else 0,
                    "address": route.alias.address if route.alias else route.address,
                    "defaults": [name for name, _value in route.defaults],
                    "target": route.target,
                }
                for route in decision.routes
            ],
            "recipients": [item.as_json() for item in decision.recipients],
            "recipient_names": ", ".join(item.address for item in decision.recipients),
            "author_check": str(decision.author_check),
            "contact": decision.contact,
            "trace": [finding.as_json() for finding in decision.trace],
            "explanation": printable("; ".join(decided))[:1000],
            "company_id": directory.company_id(decision) or self.company_id.id,
            "decision_error": False,
        }

    @api.model
    def _no_decision_values(self, error):
        text = f"{type(error).__name__}: {exception_to_unicode(error)}"
        return {"decision_error": printable(text)[:_ERROR_CHARS]}

    def _note_native(self, did, places, error, bounced_to):
        """Write down what Odoo did, and how that compares; a better-known outcome stays."""
        if not self.exists():
            return
        again = did is Did.NOTHING and self.did == Did.PENDING and self.observed_count > 1
        if again and (places := self._native_messages()):
            # The process was ended after Odoo's commit: what the engine now takes for a copy is
            # what it made of this very mail.
            did = Did.RECORD
        known = Did(self.did)
        if known is Did.RECORD or (known is not Did.PENDING and did is Did.NOTHING):
            return
        state = State(self.state) if self.state else None
        reason = Reason(self.reason) if self.reason else None
        native = {place["target"] for place in places}
        targets = {place["target"] for place in self.places or ()}
        self.write(
            {
                "did": str(did),
                "native_places": places,
                "native_error": printable(error)[:_ERROR_CHARS] or False,
                "bounced_to": printable(bounced_to) or False,
                "verdict": str(compare(did, native, state, reason, targets)),
                "lost": is_lost(did, state),
            }
        )

    def _native_messages(self):
        """Places of the messages that Odoo has made of this mail since it was first seen."""
        self.ensure_one()
        if not self.message_id:
            return []
        self.env.cr.execute(
            """SELECT model, res_id FROM mail_message
                WHERE message_id = %s AND message_type = 'email' AND create_date >= %s
                  AND model IS NOT NULL AND COALESCE(res_id, 0) <> 0""",
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
