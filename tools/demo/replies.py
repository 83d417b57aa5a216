"""The way out and back: a user replies from a lead, the customer reads it and writes back."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any

from ..console import step
from ..mail_servers.mail_domain import ACCOUNT, DOMAIN, MailDomain
from .company import Company
from .ledger import Ledger, Row, describe
from .mails import CARLA, LEAD, ROSA

OFFER = "Forty desks in oak: 11,600 with delivery in February. Shall I reserve the wood?"
THANKS = "Yes please, reserve it! Can two of them be height-adjustable?"
POSTSCRIPT = "PS: The lift is broken until Monday."
TO_ROSA = "We do. Two hundred folding chairs would be ready in six weeks."


class Replies:
    """The conversation about one lead, and a message that cannot be delivered."""

    def __init__(self, company: Company, ledger: Ledger, domain: MailDomain) -> None:
        self.company = company
        self.ledger = ledger
        self.domain = domain
        self.problems: list[str] = []
        self.rows: list[Row] = []

    def reply(self, lead_id: int, customer: str, body: str) -> int:
        """Let Anna reply from a lead, as the Send button of its chatter does."""
        anna = self.company.anna
        lead = anna.read(LEAD, lead_id, "partner_id", "email_from")[0]
        partner_id = lead["partner_id"] and lead["partner_id"][0]
        if not partner_id:
            name = parseaddr(lead["email_from"])[0] or customer
            partner_id = anna.create("res.partner", name=name, email=customer)
            anna(LEAD, "write", [lead_id], {"partner_id": partner_id})
        posted = anna(
            LEAD,
            "message_post",
            [lead_id],
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=[partner_id],
        )
        message_id = int(posted[0] if isinstance(posted, list) else posted)
        self._send_now(message_id)
        return message_id

    def _send_now(self, message_id: int) -> None:
        """Press both buttons Send Now where another addon lets a post wait (OCA's mail_post_defer).

        It waits half a minute, and then for the next run of the queue.
        """
        admin = self.company.admin
        of_post = ("mail_message_id", "=", message_id)
        waiting = admin("mail.message.schedule", "search", [of_post])
        if waiting:
            admin("mail.message.schedule", "force_send", waiting)
            mails = admin("mail.mail", "search", [of_post, ("state", "=", "outgoing")])
            admin("mail.mail", "send", mails)

    def to_carla(self, lead_id: int) -> EmailMessage:
        """Reply to Carla; return the message as it arrives in her mailbox."""
        with step("Anna replies to Carla from the lead", quiet=True):
            self.reply(lead_id, CARLA, OFFER)
            mail = self.domain.wait_for(CARLA, lambda found: found["Reply-To"])
        self._expect(mail, "From", lambda value: _address(value) == f"anna@{DOMAIN}")
        self._expect(mail, "Return-Path", lambda value: value.strip("<>").endswith(f"@{DOMAIN}"))
        self._expect(mail, "Reply-To", lambda value: _address(value).endswith(f"@{DOMAIN}"))
        self._expect(mail, "Message-ID", lambda value: value.endswith(f"@{DOMAIN}>"))
        return mail

    def from_carla(self, lead_id: int, received: EmailMessage) -> dict[str, Any]:
        """Reply as Carla does; return the message as it stands on the lead."""
        with step("Carla replies twice, once without references", quiet=True):
            mails = [
                _written_back(received, "thanks", THANKS),
                _written_back(received, "postscript", POSTSCRIPT, references=False),
            ]
            for mail in mails:
                self.domain.send(mail.as_bytes(), CARLA, _address(mail["To"]))
            self.domain.wait_delivered()
            self.ledger.fetch()
        thanks, _postscript = (self._came_back(lead_id, mail) for mail in mails)
        if thanks is None:
            return {}
        fields = ("author_id", "email_from", "date", "preview", "parent_id")
        return dict(self.company.anna.read("mail.message", thanks, *fields)[0])

    def _came_back(self, lead_id: int, mail: EmailMessage) -> int | None:
        """Add a line for a reply; return the message's id where it is on the lead."""
        title = "Carla's reply" if mail["References"] else "her reply without references"
        rows = self.ledger.rows(("message_id", "=", str(mail["Message-ID"])))
        records = rows[0]["records"] if rows else []
        state, reason = (rows[0]["state"], rows[0]["reason"]) if rows else ("-", "-")
        local = _address(mail["To"]).partition("@")[0]
        line = Row(title, f"{local}@", state, reason, describe(records))
        self.rows.append(line)
        places = [(record["model"], record["res_id"]) for record in records]
        if (state, reason) != ("routed", "reply") or places != [(LEAD, lead_id)]:
            line.problem = f"expected routed/reply on lead {lead_id}"
            return None
        return int(records[0]["mail_message_id"][0])

    def to_rosa(self, lead_id: int) -> None:
        """Reply to Rosa, whose address is gone; her mail server's report marks the message."""
        with step("Anna replies to Rosa, whose address is gone", quiet=True):
            posted = self.reply(lead_id, ROSA, TO_ROSA)
            before = self.ledger.rows(("reason", "=", "bounce"))
            self.domain.wait_for(
                ACCOUNT, lambda found: found.get_content_type() == "multipart/report"
            )
            self.ledger.fetch()
        rows = [row for row in self.ledger.rows(("reason", "=", "bounce")) if row not in before]
        line = Row("bounce from Rosa's mail server", "bounce@", "-", "-", "-")
        self.rows.append(line)
        if not rows:
            line.problem = "expected a bounce from her mail server"
            return
        line.outcome, line.reason = rows[0]["state"], rows[0]["reason"]
        line.meant_for = (rows[0]["recipient_names"] or "bounce@").partition("@")[0] + "@"
        line.record = f"Lead {lead_id}: delivery failed"

        def marked() -> bool:
            domain = [("mail_message_id", "=", posted), ("notification_status", "=", "bounce")]
            return bool(self.company.admin("mail.notification", "search_count", domain))

        if not marked():
            line.record, line.problem = "-", "expected the reply to Rosa to be marked as bounced"

    def _expect(self, mail: EmailMessage, header: str, holds: Callable[[str], bool]) -> None:
        value = str(mail[header] or "")
        if not holds(value):
            self.problems.append(f"{header} of the reply to Carla is {value or 'missing'}")


def _written_back(
    received: EmailMessage, key: str, body: str, *, references: bool = True
) -> EmailMessage:
    """What a mail program makes of the Reply button."""
    mail = EmailMessage()
    mail["From"] = f"Carla Meyer <{CARLA}>"
    mail["To"] = str(received["Reply-To"])
    mail["Subject"] = f"Re: {received['Subject']}"
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = f"<{key}@{CARLA.rpartition('@')[2]}>"
    if references:
        mail["In-Reply-To"] = str(received["Message-ID"])
        known = f"{received.get('References', '')} {received['Message-ID']}"
        mail["References"] = " ".join(known.split())
    mail.set_content(body)
    return mail


def _address(value: object) -> str:
    return parseaddr(str(value))[1]
