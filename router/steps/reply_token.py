"""Our own signed reply addresses: they say where a message belongs, not whether it may."""

from ...translatable import _lt, listed, said
from ..case import Case
from ..codes import Reason
from ..places import Recipient, ReplyTarget, Route
from ..tokens.tokens import ReplyToken
from .base import Found, Step

# An address that a customer's address book kept is no longer a reply.
MAX_AGE_DAYS = 30


class ReplyTokenStep(Step):
    """The record that our own signed reply address names.

    A forged or foreign token is only trace. A stranger's message becomes an internal note. What is
    no reply (no References) and comes late opens a new record, linked with the old one.
    """

    name = "reply_token"
    label = _lt("Reply address")
    reason = Reason.REPLY
    joins_thread = True

    def find(self, case: Case) -> Found:
        """One route a record; another alias beside the address stays to be placed."""
        lines: list[str] = []
        routes: dict[str, Route] = {}
        remaining, held = list(case.recipients), None
        for item in case.tokens:
            if item.recipient not in remaining:
                continue  # another step has placed it
            if item.token is None or item.target is None:
                text = said("%(address)s: %(why)s", address=item.recipient.address, why=item.why)
                lines.append(text)
                continue
            route, text = _route(case, item.recipient, item.token, item.target)
            if route.stranger and case.holds_strangers:
                held = Reason.STRANGER
            else:
                routes.setdefault(route.target, route)
            lines.append(text)
            remaining.remove(item.recipient)
            remaining = [left for left in remaining if not _is_own_alias(case, left, item.target)]
        if not lines:
            return Found(said(_lt("no signed reply address")))
        return Found(listed(lines, "; "), tuple(routes.values()), tuple(remaining), held=held)


def _route(
    case: Case, recipient: Recipient, token: ReplyToken, target: ReplyTarget
) -> tuple[Route, str]:
    where = f"{target.model} {target.res_id}"
    late = _late(case, token, target, where)
    if late:
        route = Route(
            target.model, alias=target.alias, address=recipient.address, continues=target.res_id
        )
        return route, late
    stranger = not case.may_speak_on(familiar=target.familiar)
    route = Route(
        target.model,
        target.res_id,
        parent_id=target.parent_id or token.parent_id,
        address=recipient.address,
        internal=stranger,
        stranger=stranger,
    )
    if stranger:
        return route, said(_lt("internal note by a stranger on %(record)s"), record=where)
    return route, said(_lt("reply to %(record)s"), record=where)


def _late(case: Case, token: ReplyToken, target: ReplyTarget, where: str) -> str:
    """Why a message is no longer a reply, ``""`` when it is one."""
    if case.mail.references or case.only_threads:
        return ""
    if target.closed:
        return said(_lt("the record is closed: a new record, linked to %(record)s"), record=where)
    arrived = case.mail.arrived
    # Without Received and Date nothing says that it is late.
    age = (arrived.date() - token.issued).days if arrived else 0
    if age <= MAX_AGE_DAYS:
        return ""
    text = _lt("the address is %(days)s days old: a new record, linked to %(record)s")
    return said(text, days=age, record=where)


def _is_own_alias(case: Case, recipient: Recipient, target: ReplyTarget) -> bool:
    """Whether a recipient is the alias by which the record came: the same conversation."""
    for alias in case.directory.aliases(recipient.address):
        if target.alias is None:
            return alias.model == target.model
        if alias.id == target.alias.id:
            return True
    return False
