"""The stages of a decision, one function each; ``chain.py`` says in which order they come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ..translatable import _lt, said
from .case import Case
from .codes import AuthorCheck, Code, Reason, State
from .contact import Contact, find_contact
from .decision import TraceLine
from .message import headers
from .message.automatic import header_sign, passed_on_by
from .message.programs import persons_sign
from .own_copy import names_somebody, own_copy
from .places import Recipient, Route
from .rules.rules import Action, Rule, read_rules
from .sent import OwnCopy
from .steps import Row, When
from .tokens.reading import ReadToken, read_tokens
from .trust.proofs import Proof, Scope
from .verdicts import Effect, Evidence, Verdict
from .verdicts.loop import Loop


@dataclass
class Log:
    """What was seen on the way; becomes the trace."""

    lines: list[TraceLine] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def note(self, step: str, text: str, *, decided: bool = False) -> None:
        """Add a line."""
        self.lines.append(TraceLine(step, text, decided))

    def note_recipients(self, found: Iterable[Recipient]) -> None:
        """Add a line for each recipient, with the evidence."""
        for item in found:
            where = f"{item.header}[{item.occurrence}]"
            text = said(_lt("%(address)s from %(header)s"), address=item.address, header=where)
            self.note("recipients", text)
        if not self.lines:
            self.note("recipients", said(_lt("no recipient at our domains")))


@dataclass(frozen=True, slots=True)
class Kind:
    """What the verdict that decides says of the message."""

    reason: Code
    effect: Effect
    overridable: bool
    proved: bool = False

    @classmethod
    def of(cls, reason: Code, verdict: Verdict, evidence: Evidence) -> "Kind":
        """A guess never makes a message disappear: without proof a person dismisses it.

        Nor is a guess the last word: a rule may overrule it, whatever it says of a proof.
        """
        effect = evidence.effect or verdict.effect
        guessed = effect in (Effect.IGNORE, Effect.THREAD_ONLY) and not evidence.proved
        if guessed and effect is Effect.IGNORE:
            effect = Effect.QUARANTINE
        return cls(reason, effect, verdict.overridable or guessed, evidence.proved)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of the message."""

    state: State
    reason: Code
    routes: tuple[Route, ...] = ()


def find_own(case: Case, log: Log) -> Case:
    """Say whether it is a copy of what we sent, which stands on its record already."""
    own = own_copy(case)
    if own is OwnCopy.PROVED:
        log.note("duplicate", said(_lt("a copy of an email that was sent from here")))
    elif own is OwnCopy.CLAIMED:
        text = _lt(
            "the Message-ID of an email that was sent from here; "
            "whether the text is the same is not known"
        )
        log.note("duplicate", said(text))
    return replace(case, own=own)


def find_author(case: Case, log: Log) -> Case:
    """Say who wrote it, and whether that address is proved: not always the one in From.

    A domain's word is for From alone. Of an address of ours a reply address proves nothing, and
    of the customer only that they may speak on the record that it is the address of.
    """
    ours = case.directory.is_ours
    contact = _contact(case, log)
    author = contact.mailbox
    address = author.address
    tokens = tuple(read_tokens(case.recipients, address, case.directory, case.policy))
    check = case.author_check
    if check is AuthorCheck.VERIFIED and not case.proofs.of(address):
        check = AuthorCheck.UNVERIFIED
        log.note("author", said(_lt("Not verified: the author is %(address)s"), address=address))
    proofs = case.proofs
    if check is AuthorCheck.UNVERIFIED and not ours(address):
        proofs = proofs.and_for(_by_reply_address(tokens, address))
        if proofs.at(address):
            text = _lt("Verified: sent to the reply address issued to this sender")
            log.note("author", said(text))
            check = AuthorCheck.VERIFIED
    unproven = bool(ours(address)) and not proofs.of(address)
    if unproven:
        text = _lt("Unproven: %(address)s is one of yours, and nothing proves who wrote this")
        log.note("author", said(text, address=address))
    return replace(
        case, author=author, author_check=check, proofs=proofs, tokens=tokens, unproven=unproven
    )


def _contact(case: Case, log: Log) -> Contact:
    """Whom the record gets; what a person may correct is kept beside it."""
    mail = case.mail
    rule = _forms_rule(case) if mail.has(headers.REPLY_TO) else None
    is_machine = case.is_machine
    if is_machine and not header_sign(mail):
        # a person's message that a server passes on with a null return path is no program's
        is_machine = not (passed_on_by(mail) or persons_sign(mail))
    contact = find_contact(
        mail,
        case.directory,
        case.policy,
        case.author_check,
        is_machine=is_machine,
        is_form=rule is not None,
    )
    if rule is not None and contact.mailbox.address != mail.sender.address:
        text = _lt("The customer is the one in Reply-To: %(rule)s")
        log.note("author", said(text, rule=rule.text))
    if contact.beside:
        log.facts["reply_to"] = contact.beside
        text = _lt("Reply-To names %(address)s, but the sender may be a person")
        log.note("author", said(text, address=contact.beside))
    return contact


def _forms_rule(case: Case) -> Rule | None:
    """The administrator's rule that says that the sender is a form."""
    rules = (rule for rule in case.directory.rules() if rule.action is Action.FORM)
    return next((rule for rule in rules if rule.about(case, case.recipients) is not None), None)


def _by_reply_address(tokens: Iterable[ReadToken], address: str) -> Iterator[Proof]:
    for item in tokens:
        if item.target and item.target.is_partner:
            place = (item.target.model, item.target.res_id)
            why = said(_lt("sent to the reply address issued to this sender"))
            yield Proof(Scope.RECORD, address, frozenset({address}), why, place)


def judge(case: Case, verdicts: Iterable[Verdict], log: Log) -> tuple[Case, Kind | None]:
    """The first verdict that holds decides; a mere note lets the next ones speak."""
    for verdict in verdicts:
        evidence = verdict.check(case)
        if evidence is None:
            continue
        effect = evidence.effect or verdict.effect
        log.note(verdict.name, evidence.text, decided=effect is not Effect.NOTE)
        log.facts.update(evidence.facts)
        case = replace(
            case,
            verdicts=(*case.verdicts, verdict.name),
            is_machine=case.is_machine or verdict.is_machine,
            answerable=case.answerable and verdict.answerable,
        )
        if effect is not Effect.NOTE and verdict.reason is not None:
            return case, Kind.of(verdict.reason, verdict, evidence)
    return case, None


def find_hits(case: Case, kind: Kind | None) -> Case:
    """Read the administrator's rules, unless nothing that they say would count."""
    if kind and kind.effect is Effect.IGNORE and not kind.overridable:
        return case
    hits = read_rules(case, case.directory.rules())
    if case.own is not OwnCopy.NO:
        # What it says has had its place; whom it was written to may have one by a rule.
        own = case.policy.own_addresses
        hits = tuple(
            hit
            for hit in hits
            if not hit.places or any(item.address not in own for item in hit.recipients)
        )
    return replace(case, hits=hits)


def override(case: Case, kind: Kind | None, log: Log) -> Kind | None:
    """Let a rule overrule what kind of message it is. The verdict stays: it gets no auto-reply."""
    if kind is None or not kind.overridable:
        return kind
    for hit in case.hits:
        if hit.rule.action is Action.ACCEPT:
            text = _lt("classification “%(kind)s” overridden by %(rule)s")
            log.note("rules", said(text, kind=said(kind.reason.label), rule=hit.rule.text))
            return None
    return kind


def place(case: Case, kind: Kind | None, steps: Iterable[Row], log: Log) -> Outcome:
    """Ask the steps where the message goes, each of them as its row says."""
    effect = kind.effect if kind else None
    if kind and effect is Effect.IGNORE:
        return Outcome(State.IGNORED, kind.reason)
    case = replace(case, only_threads=effect is Effect.THREAD_ONLY)
    held = kind.reason if kind and effect is Effect.QUARANTINE else None
    routes: dict[str, Route] = {}
    reason: Code | None = None
    for step, when in steps:
        if when is not When.ALWAYS and effect is Effect.QUARANTINE:
            continue
        if when is When.LAST and (routes or held):
            continue
        if case.only_threads and not step.joins_thread:
            continue
        if case.own is not OwnCopy.NO and not step.by_address:
            continue
        found = step.find(case)
        log.note(step.name, found.text, decided=bool(found.routes or found.state or found.held))
        log.facts.update(found.facts)
        if found.state:
            return Outcome(found.state, step.reason)
        for route in found.routes:
            own = route if step.joins_thread else _as_stranger(case, route)
            routes.setdefault(route.target, own)
        if found.routes and reason is None:
            reason = step.reason
        held = held or found.held
        remaining = case.recipients if found.remaining is None else found.remaining
        case = replace(case, recipients=remaining, routed=bool(routes))
    if reason:
        return Outcome(State.ROUTED, kind.reason if kind else reason, tuple(routes.values()))
    return _without_place(case, kind, held)


def _without_place(case: Case, kind: Kind | None, held: Code | None) -> Outcome:
    if case.own is OwnCopy.PROVED and not (held and names_somebody(case)):
        return Outcome(State.IGNORED, Reason.DUPLICATE)
    if held:
        return Outcome(State.QUARANTINED, held)
    if kind:
        return Outcome(State.IGNORED if kind.proved else State.QUARANTINED, kind.reason)
    if case.own is not OwnCopy.NO:
        return Outcome(State.QUARANTINED, Reason.DUPLICATE)
    return Outcome(State.QUARANTINED, Reason.UNMATCHED)


def _as_stranger(case: Case, route: Route) -> Route:
    """The route to a record that an alias or a rule names: strangers leave a note there as well.

    Else their text would be sent on to the record's followers outside, in our name.
    """
    author = case.author.address
    if not route.res_id or case.proofs.of(author, (route.model, route.res_id)):
        return route
    familiar = case.directory.familiar(route.model, route.res_id, author)
    if case.may_speak_on(familiar=familiar):
        return route
    return replace(route, internal=True, stranger=True)


def set_defaults(case: Case, outcome: Outcome, log: Log) -> Outcome:
    """Give new records the values that rules set, whichever step found their place."""
    routes = outcome.routes
    for hit in case.hits:
        if hit.rule.action is not Action.DEFAULTS:
            continue
        new = tuple(
            replace(route, defaults=(*route.defaults, *hit.rule.defaults))
            if route.model == hit.rule.model and not route.res_id and not route.user_id
            else route
            for route in routes
        )
        if new != routes:
            names = ", ".join(name for name, _value in hit.rule.defaults)
            text = said(_lt("%(fields)s set by %(rule)s"), fields=names, rule=hit.rule.text)
            log.note("rules", text)
        routes = new
    return replace(outcome, routes=routes)


def drop_copies(case: Case, outcome: Outcome, log: Log) -> Outcome:
    """A message reaches each place once, however many copies of it arrive.

    What went round in a circle is no copy of what came first.
    """
    if outcome.state is State.IGNORED or outcome.reason == Loop.reason:
        return outcome
    delivered = case.directory.delivered(case.mail)
    if delivered is None:
        return outcome
    fresh = tuple(route for route in outcome.routes if route.target not in delivered)
    if fresh:
        log.note("duplicate", said(_lt("an earlier copy was routed elsewhere")))
        return replace(outcome, routes=fresh)
    text = said(_lt("an earlier copy of this message was received"))
    log.note("duplicate", text, decided=True)
    return Outcome(State.IGNORED, Reason.DUPLICATE)
