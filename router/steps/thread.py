"""Answers: In-Reply-To and References name a message that Odoo knows."""

from .. import headers
from ..case import Case
from ..decision import Alias, Reason, Recipient, Route
from .base import Found, Step

# As in Odoo (mail_thread.py, message_route): newer ids are appended (RFC 5322 §3.6.4), and more
# than this many slow the search down without ever being needed.
MAX_REFERENCES = 32


class Thread(Step):
    """The record that the conversation belongs to."""

    name = "thread"
    reason = Reason.REPLY
    joins_thread = True

    def find(self, case: Case) -> Found:
        """A reply goes to its record, unless it was sent on to an alias of another model."""
        if case.routed:
            return Found("the signed address has said where")
        references = [ref for ref in case.mail.references if "reply_to" not in ref]
        parent = case.directory.thread(references[-MAX_REFERENCES:]) if references else None
        if parent is None:
            return Found("no reference is known" if references else "no references")
        aliases = _aliases(case)
        foreign = [
            recipient
            for recipient, alias in aliases
            if alias.model != parent.model and _counts_as_forward(recipient)
        ]
        if foreign and not case.only_threads:
            names = ", ".join(recipient.address for recipient in foreign)
            return Found(f"sent on to {names}: a new record", remaining=tuple(foreign))
        same = next((alias for _recipient, alias in aliases if alias.model == parent.model), None)
        route = Route(parent.model, parent.res_id, alias=same, parent_id=parent.id)
        return Found(f"answer to {parent.model} {parent.res_id}", (route,), ())


def _aliases(case: Case) -> list[tuple[Recipient, Alias]]:
    return [
        (recipient, alias)
        for recipient in case.recipients
        for alias in case.directory.aliases(recipient.address)
    ]


def _counts_as_forward(recipient: Recipient) -> bool:
    # Odoo looks at To and Delivered-To alone: a Cc to another team does not end a conversation.
    return recipient.envelope or recipient.header == headers.TO
