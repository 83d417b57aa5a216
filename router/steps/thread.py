"""Replies: In-Reply-To and References name a message that Odoo knows, or one that is gone."""

from collections.abc import Sequence

from ...translatable import _lt, said
from ..case import Case
from ..codes import Reason
from ..message import headers
from ..message.certified import all_references
from ..message.mail import MAX_REFERENCES
from ..places import Alias, Recipient, Route, ThreadMessage
from ..tokens.tokens import ReplyToken, TokenKey, read_thread_token, thread_token_in
from .base import Found, Step


class Thread(Step):
    """The record of the conversation, by ``In-Reply-To`` and ``References``.

    A message that Odoo knows says it. One that was deleted, as template messages are, says it by
    the token in its Message-ID. References are copied to everybody who is written to, so neither
    is ever proof of who wrote: a stranger's mail becomes an internal note, as with a signed
    address, and a forged token is a reference like any other that nobody knows.
    """

    name = "thread"
    label = _lt("Earlier messages")
    reason = Reason.REPLY
    joins_thread = True

    def find(self, case: Case) -> Found:
        """A reply goes to its record, unless it was sent on to an alias of another model."""
        if case.routed:
            return Found(said(_lt("the signed address already names the record")))
        references = [ref for ref in all_references(case.mail) if "reply_to" not in ref]
        if not references:
            return Found(said(_lt("no references")))
        route, text = _answered(case, references[-MAX_REFERENCES:])
        if route is None:
            return Found(text)
        if route.stranger and case.holds_strangers:
            return Found(text, remaining=(), held=Reason.STRANGER)
        aliases = _aliases(case)
        foreign = [
            recipient
            for recipient, alias in aliases
            if alias.model != route.model and _counts_as_forward(recipient)
        ]
        if foreign and not case.only_threads:
            names = ", ".join(recipient.address for recipient in foreign)
            text = said(_lt("forwarded to %(addresses)s: a new record"), addresses=names)
            return Found(text, remaining=tuple(foreign))
        return Found(text, (route,), ())


def _answered(case: Case, references: Sequence[str]) -> tuple[Route | None, str]:
    """The route to the record of what was replied to and how it was found, or None and why not."""
    parent = case.directory.thread(references) or _thread_in_lower_case(case, references)
    if parent is None:
        return _answered_by_token(case, references)
    same = next((alias for _found, alias in _aliases(case) if alias.model == parent.model), None)
    familiar = case.directory.familiar(parent.model, parent.res_id, case.author.address)
    stranger = not case.may_speak_on(familiar=familiar)
    route = Route(
        parent.model,
        parent.res_id,
        alias=same,
        parent_id=parent.id,
        internal=stranger,
        stranger=stranger,
    )
    text = (
        _lt("internal note by a stranger on %(record)s") if stranger else _lt("reply to %(record)s")
    )
    return route, said(text, record=f"{parent.model} {parent.res_id}")


def _thread_in_lower_case(case: Case, references: Sequence[str]) -> ThreadMessage | None:
    """What was replied to where a gateway has changed the case of its id: ours have small letters.

    Ids are compared exactly (RFC 5322 §3.6.4), so only what is not known as it stands comes here.
    """
    changed = [lower for ref in references if (lower := ref.lower()) != ref]
    return case.directory.thread(changed) if changed else None


def _answered_by_token(case: Case, references: Sequence[str]) -> tuple[Route | None, str]:
    """The newest of the references that carries a token of ours and whose record still exists."""
    why = said(_lt("no reference is known"))
    tokens = [text for text in map(thread_token_in, reversed(references)) if text]
    if not (tokens and case.policy.secret):
        return None, why
    key = TokenKey(case.policy.secret, case.policy.database)
    for text in dict.fromkeys(tokens):
        token, reason = read_thread_token(key, text)
        if token is None:
            not_ours = _lt("no reference is known, and the token in one is not ours: %(why)s")
            why = said(not_ours, why=reason)
            continue
        place = ReplyToken(token.model_id, token.res_id)
        target = case.directory.reply_target(place, case.author.address)
        if target is None:
            gone = _lt("no reference is known, and the record that one names no longer exists")
            why = said(gone)
            continue
        stranger = not case.may_speak_on(familiar=target.familiar)
        internal = stranger or token.is_note
        route = Route(target.model, target.res_id, internal=internal, stranger=stranger)
        found = (
            _lt("internal note by a stranger on %(record)s, by the token in a Message-ID")
            if stranger
            else _lt("reply to %(record)s, by the token in a Message-ID")
        )
        return route, said(found, record=f"{target.model} {target.res_id}")
    return None, why


def _aliases(case: Case) -> list[tuple[Recipient, Alias]]:
    return [
        (recipient, alias)
        for recipient in case.recipients
        for alias in case.directory.aliases(recipient.address)
    ]


def _counts_as_forward(recipient: Recipient) -> bool:
    # Odoo looks at To and Delivered-To alone: a Cc to another team does not end a conversation.
    return recipient.envelope or recipient.header == headers.TO
