from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from ...translatable import _lt, listed, said
from ..case import Case
from ..codes import NearMissPolicy, Reason
from ..message.addresses import split_sub_address
from ..places import Recipient, Route, User
from ..verdicts import VERDICTS
from .alias import route_to
from .base import Found, Step
from .user import route_to_user

MIN_LETTERS = 5
MAX_SUGGESTIONS = 3
_MIN_SIMILARITY = 0.6
# Mail that names more unknown addresses than this was typed by a machine.
_MAX_RECIPIENTS = 5
_TOO_SHORT = _lt("%(address)s is too short for a guess")


class _Guess(NamedTuple):
    route: Route | None
    text: str
    suggestions: list[str]


class NearMiss(Step):
    """One edit from an alias (``saels@``): delivered to it on narrow conditions, else suggested.

    One edit as Damerau has it: a character too many, too few, another, or two swapped. It must be
    the only candidate among aliases, users and archived ones. Never where a digit differs
    (``invoice2024@``): numbers are told apart on purpose. The alias must have five letters or
    more, be public, and create records only: a wrong guess then shows a message to people who read
    mail of strangers anyway. For a user it would disclose a message, so that it needs the admin's
    word. A message with a verdict is never guessed at.
    """

    name = "near_miss"
    label = _lt("Mistyped addresses")
    reason = Reason.NEAR_MISS
    by_address = True

    def find(self, case: Case) -> Found:
        """Deliver by the account's policy, and suggest where that says no."""
        mode = case.policy.near_miss
        if mode == NearMissPolicy.OFF:
            return Found(said(_lt("delivery of mistyped addresses is switched off")))
        routes: dict[str, Route] = {}
        remaining = list(case.recipients)
        lines: list[str] = []
        suggestions: dict[str, list[str]] = {}
        for recipient in _unknown(case):
            guess = _guess(case, recipient.address, mode)
            text = said("%(address)s: %(why)s", address=recipient.address, why=guess.text)
            lines.append(text)
            if guess.route is not None:
                routes.setdefault(guess.route.target, guess.route)
                remaining.remove(recipient)
            elif guess.suggestions:
                suggestions[recipient.address] = guess.suggestions
        return Found(
            listed(lines, "; ") or said(_lt("no address to guess")),
            tuple(routes.values()),
            tuple(remaining),
            {"suggestions": suggestions} if suggestions else {},
        )


def _unknown(case: Case) -> list[Recipient]:
    """The recipients that a person may have mistyped; those of the envelope come first."""
    found = [item for item in case.recipients if item.address not in case.policy.own_addresses]
    return found[:_MAX_RECIPIENTS]


def _guess(case: Case, address: str, mode: str) -> _Guess:
    base = split_sub_address(address) or address
    local, _at, domain = base.rpartition("@")
    known = [item for item in case.directory.known_addresses(domain) if item != base]
    own = [item for item in case.policy.own_addresses if item.endswith(f"@{domain}")]
    near = _near(base, [*known, *own])
    if len(near) == 1:
        route, why = _deliverable(case, address, local, near[0], mode)
        if route is not None:
            text = said(_lt("taken as a misspelling of %(address)s"), address=near[0])
            return _Guess(route, text, [])
    elif near:
        why = said(_lt("%(count)s addresses are one edit away"), count=len(near))
    else:
        why = said(_lt("no address is one edit away"))
    suggestions = list(islice(_suggestions(case, base, known), MAX_SUGGESTIONS))
    if suggestions:
        similar = said(_lt("similar to %(addresses)s"), addresses=", ".join(suggestions))
        why = listed((why, similar), "; ")
    return _Guess(None, why, suggestions)


def _near(address: str, known: list[str]) -> list[str]:
    """Those one edit away (optimal string alignment: a swap of two neighbours is one edit)."""
    matches = process.extract(
        address, known, scorer=OSA.distance, processor=None, score_cutoff=1, limit=3
    )
    return list(dict.fromkeys(choice for choice, _distance, _index in matches))


def _deliverable(
    case: Case, address: str, local: str, candidate: str, mode: str
) -> tuple[Route | None, str]:
    """The route to the only candidate, or None and the reason why it is not taken."""
    meant = candidate.rpartition("@")[0]
    if case.verdicts:
        text = _lt("%(address)s is close, but the message is classified as %(kinds)s")
        return None, said(text, address=candidate, kinds=_kinds(case))
    if mode not in (NearMissPolicy.ALIAS, NearMissPolicy.ALL):
        text = _lt("%(address)s is close, but the account only suggests")
        return None, said(text, address=candidate)
    if _differ_in_digits(local, meant):
        return None, said(_lt("%(address)s differs in a digit"), address=candidate)
    aliases = case.directory.aliases(candidate)
    if len(aliases) > 1:
        return None, said(_lt("%(address)s is more than one alias"), address=candidate)
    for alias in aliases:
        if sum(char.isalpha() for char in meant) < MIN_LETTERS:
            return None, said(_TOO_SHORT, address=candidate)
        if alias.force_thread_id or not alias.public:
            text = _lt("%(address)s does not accept mail from strangers for new records")
            return None, said(text, address=candidate)
        return route_to(alias, address), ""
    return _user_route(case, address, candidate, mode)


def _kinds(case: Case) -> str:
    labels = {verdict.name: said(verdict.label) for verdict in VERDICTS}
    return listed((labels.get(name, name) for name in case.verdicts), ", ")


def _user_route(case: Case, address: str, candidate: str, mode: str) -> tuple[Route | None, str]:
    user: User | None = case.directory.user(candidate)
    if user is None:
        return None, said(_lt("%(address)s is archived"), address=candidate)
    if mode != NearMissPolicy.ALL:
        return None, said(_lt("%(address)s is a user's address"), address=candidate)
    if sum(char.isalpha() for char in candidate.rpartition("@")[0]) < MIN_LETTERS:
        return None, said(_TOO_SHORT, address=candidate)
    return route_to_user(user, address), ""


def _differ_in_digits(one: str, other: str) -> bool:
    """Whether a digit stands in what is left of two names without their common ends."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return any(char.isdigit() for char in one + other)


def _suggestions(case: Case, address: str, known: list[str]) -> Iterator[str]:
    """Addresses in use that resemble it, the likeliest first."""
    size = len(address.rpartition("@")[2]) + 1
    locals_ = [item[:-size] for item in known]
    matches = process.extract(
        address[:-size],
        locals_,
        scorer=OSA.normalized_similarity,
        processor=None,
        score_cutoff=_MIN_SIMILARITY,
        limit=2 * MAX_SUGGESTIONS,
    )
    for _local, _score, index in matches:
        if case.directory.aliases(known[index]) or case.directory.user(known[index]):
            yield known[index]
