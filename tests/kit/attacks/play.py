"""Playing an attack: its messages arrive, a lane routes them, and what people see is gathered."""

from datetime import datetime, timezone
from email import message_from_string
from email.utils import parseaddr
from itertools import count
from unittest.mock import patch

from odoo.addons.mail.tests.common import MockEmail
from odoo.tools import email_normalize, mute_logger

from ....models.incoming.ledger import Ledger
from ....models.routing import signatures
from ..dkim_kit import Zone, sign
from .cases import Case, filled, names_conversation
from .seen import Judged, Post, Record, Row, Sent
from .world import RESTRICTED, AttackWorld

RECORDS = ("crm.lead", "hr.applicant")
QUIET = (
    "odoo.addons.mail_catchall_router.models.routing.lane",
    "odoo.addons.mail.models.mail_mail",
)
_numbers = count(1)


class AttackCase(AttackWorld, MockEmail):
    """Plays attacks in the world of ``world.py``; whatever a test does is undone after it."""

    def setUp(self):
        super().setUp()
        self.words = {"MARK": f"mark{next(_numbers)}"}
        self.lead = self.env["crm.lead"]
        self.zone = Zone()  # keys are looked up in memory, never in DNS
        self.enterContext(patch.object(signatures, "dkim_keys", lambda _env: self.zone))

    def play(self, case):
        """Let the messages of a case (or one, as bytes) arrive.

        :return: :class:`Judged`; ``self.rows`` are the rows of the ledger themselves
        """
        if isinstance(case, bytes):
            case = Case("0", "a message", (case,))
        if names_conversation(case.mails) and not self.lead:
            self.words |= self.converse()
        if case.prepare:
            getattr(self, case.prepare)()
        now = datetime.now(timezone.utc)
        sources = [filled(source, self.words, now) for source in case.mails]
        if case.signed:
            sources = [sign(source, case.signed) for source in sources]
        followers, last = self._followers(), self._last()
        with self.mock_mail_gateway(), mute_logger(*QUIET):
            with self.lane() as env:
                ids = self._arrive(env, self.accounts[case.account], sources)
                self._route(env, ids)
            queued = self._new("mail.mail", last).filtered(lambda mail: mail.state == "outgoing")
            queued.send()
            sent = tuple(map(_sent, self.emails))
        self.rows = self.Message.browse(ids)
        return Judged(
            rows=tuple(map(_row, self.rows)),
            posts=tuple(_post(message, last) for message in self._new("mail.message", last)),
            records=tuple(self._records(last)),
            sent=sent,
            followers=self._followers() - followers,
        )

    # ------------------------------------------------------------ what arrives

    def _arrive(self, env, account, sources):
        """Put messages into the ledger as a fetch does; return the ids of their rows."""
        ledger = Ledger(account.with_env(env), env)
        keys = [f"imap:INBOX:7:{next(_numbers)}" for _source in sources]
        for key, source in zip(keys, sources, strict=True):
            ledger.insert(key, source)
        return [ledger.row(key).id for key in keys]

    def _route(self, env, ids):
        rows = env["mail.catchall.message"].browse(ids)
        for _run in range(3):  # a lane may leave the second message of a sender to its next run
            env["mail.catchall.message"]._cron_route()
            rows.invalidate_recordset()
            if "received" not in rows.mapped("state"):
                return

    # ------------------------------------------------------------ what came of it

    def _last(self):
        """The highest id so far: {model: id}."""
        models = (*RECORDS, "mail.message", "mail.mail")
        return {model: max(self._all(model, limit=1).ids, default=0) for model in models}

    def _all(self, model, *domain, **options):
        found = self.env[model].with_context(active_test=False)
        return found.search(list(domain), order="id desc", **options)

    def _new(self, model, last):
        return self._all(model, ("id", ">", last[model])).sorted("id")

    def _followers(self):
        self.lead.invalidate_recordset()
        return frozenset(self.lead.message_partner_ids.mapped("email_normalized"))

    def _records(self, last):
        routes = {(route.model, route.res_id): route for route in self.rows.route_ids}
        for record in (item for model in RECORDS for item in self._new(model, last)):
            route = routes.get((record._name, record.id), self.rows.route_ids[:0])
            yield Record(
                model=record._name,
                alias=route.alias_id.alias_full_name or "",
                restricted=route.alias_id.alias_contact in RESTRICTED,
                made_as=record.create_uid.login,
                contact=email_normalize(record.email_from or "") or "",
            )


def _row(row):
    # As it was written: decoded, a display name could look like the address.
    source = row._read_source().decode("utf-8", "replace")
    sender = parseaddr(message_from_string(source)["From"] or "")[1].lower()
    check = row.author_check or ""
    return Row(row.state, row.reason or "", check, sender, row.explanation or "")


def _post(message, last):
    return Post(
        kind=message.message_type,
        model=message.model or "",
        on_old_record=message.model in last and message.res_id <= last[message.model],
        author=message.author_id.email_normalized or "",
        email_from=email_normalize(message.email_from or "") or "",
        public=not (message.is_internal or message.subtype_id.internal),
        notified={
            item.res_partner_id.email_normalized: item.notification_type
            for item in message.notification_ids
        },
    )


def _sent(item):
    to = tuple(address.lower() for address in item["smtp_to_list"])
    return Sent(to, parseaddr(item["msg_from"])[1].lower(), item["message"])
