"""The routing pipeline: from a message to a decision.

``decide`` reads like docs/design.md#the-flow: recipients, verdicts, steps, decision. It asks the
directory, never the network, and it never raises on anything a stranger can write.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .case import Case
from .codes import AuthorCheck, Reason, State
from .contact import find_contact
from .decision import Decision, Finding
from .directory import Directory
from .message.mail import ReceivedMail
from .places import Route
from .policy import Policy
from .recipients import Recipients, find_recipients
from .rules.rules import ACCEPTABLE, Action, read_rules
from .steps import STEPS
from .steps.reply_token import read_tokens
from .tokens.probe_mark import find_probe
from .tokens.tokens import TokenKey
from .trust.authentication import check_author
from .verdicts import VERDICTS, Effect


@dataclass
class _Log:
    """What was seen on the way; becomes the trace."""

    findings: list[Finding] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def note(self, step: str, text: str, *, decided: bool = False) -> None:
        self.findings.append(Finding(step, text, decided))


def decide(
    mail: ReceivedMail, directory: Directory, policy: Policy, signed_by: Sequence[str] = ()
) -> Decision:
    """Say where ``mail`` goes and why. Pure: same message, same directory, same answer.

    :param signed_by: domains whose DKIM signature was verified before, outside (authentication/)
    """
    log = _Log()
    recipients = find_recipients(mail, directory, policy)
    _note_recipients(log, recipients)
    author = check_author(mail, recipients.boundary, policy, signed_by)
    log.note("author", f"{author.check.label}: {author.why}".replace("?:", "?"))
    case = Case(
        mail=mail,
        directory=directory,
        policy=policy,
        boundary=recipients.boundary,
        recipients=recipients.found,
        author_check=author.check,
        dmarc=author.dmarc,
    )
    if _is_probe(case, log):
        return Decision(
            state=State.IGNORED,
            reason=Reason.LOOP,
            recipients=recipients.found,
            trace=tuple(log.findings),
            author_check=case.author_check,
            facts=log.facts,
        )
    case = _known_by_token(case, log)
    case, reason, effect = _judge(case, log)
    if effect is not Effect.IGNORE:
        case = replace(case, hits=read_rules(case, directory.rules()))
        reason, effect = _accept(case, reason, effect, log)
    state, reason, routes = _place(case, reason, effect, log)
    routes = _with_defaults(case, routes, log)
    state, reason, routes = _without_copies(case, state, reason, routes, log)
    contact = find_contact(
        mail, directory, policy, case.author_check, is_machine="machine" in case.verdicts
    )
    return Decision(
        state=state,
        reason=reason,
        routes=routes,
        recipients=recipients.found,
        trace=tuple(log.findings),
        contact=contact.address,
        contact_name=contact.name,
        author_check=case.author_check,
        verdicts=case.verdicts,
        rules=tuple(hit.rule.id for hit in case.hits),
        facts=log.facts,
    )


def _is_probe(case: Case, log: _Log) -> bool:
    """A message that only tries the mailbox makes nothing; one that names somebody of ours as well
    is a message like any other.
    """
    token = find_probe(case.mail, TokenKey(case.policy.secret, case.policy.database))
    if token is None:
        return False
    for item in case.recipients:
        if case.directory.aliases(item.address) or case.directory.user(item.address):
            return False
    log.note("probe", "a message of our own mailbox test", decided=True)
    log.facts["probe"] = [token.probe_id, token.part]
    return True


def _note_recipients(log: _Log, recipients: Recipients) -> None:
    if not recipients.found:
        log.note("recipients", "no recipient at our domains")
    for item in recipients.found:
        where = f"{item.header}[{item.occurrence}]"
        log.note("recipients", f"{item.address} from {where}")


def _known_by_token(case: Case, log: _Log) -> Case:
    """A message to the reply address issued to its sender needs no other proof.

    See docs/design.md#verdicts. What failed the check of our own servers stays failed.
    """
    if case.author_check is not AuthorCheck.UNVERIFIED:
        return case
    for item in read_tokens(case):
        if item.target and item.target.is_partner:
            why = "sent to the reply address issued to this sender"
            log.note("author", f"{AuthorCheck.VERIFIED.label}: {why}")
            return replace(case, author_check=AuthorCheck.VERIFIED)
    return case


def _judge(case: Case, log: _Log) -> tuple[Case, Reason | None, Effect | None]:
    """The first verdict that holds decides; a mere note lets the next ones speak."""
    for verdict in VERDICTS:
        evidence = verdict.check(case)
        if evidence is None:
            continue
        effect = evidence.effect or verdict.effect
        log.note(verdict.name, evidence.text, decided=effect is not Effect.NOTE)
        log.facts.update(evidence.facts)
        case = replace(case, verdicts=(*case.verdicts, verdict.name))
        if effect is not Effect.NOTE:
            return case, verdict.reason, effect
    return case, None, None


def _accept(
    case: Case, reason: Reason | None, effect: Effect | None, log: _Log
) -> tuple[Reason | None, Effect | None]:
    """Let a rule overrule what kind of mail it is. The verdict stays: it is never answered."""
    if reason is None or reason not in ACCEPTABLE:
        return reason, effect
    for hit in case.hits:
        if hit.rule.action is Action.ACCEPT:
            log.note("rules", f"classification “{reason.label}” overridden by {hit.rule.text}")
            return None, None
    return reason, effect


def _place(
    case: Case, verdict: Reason | None, effect: Effect | None, log: _Log
) -> tuple[State, Reason, tuple[Route, ...]]:
    if verdict and effect is Effect.IGNORE:
        return State.IGNORED, verdict, ()
    case = replace(case, only_threads=effect is Effect.THREAD_ONLY)
    routes: dict[str, Route] = {}
    reason: Reason | None = None
    kept_back = effect is Effect.QUARANTINE
    held = verdict if kept_back else None
    for step in STEPS:
        if kept_back and not step.before_verdicts:
            continue
        if case.only_threads and not step.joins_thread:
            continue
        if step.last_resort and (routes or held):
            continue
        found = step.find(case)
        log.note(step.name, found.text, decided=bool(found.routes or found.state or found.held))
        log.facts.update(found.facts)
        if found.state:
            return found.state, step.reason, ()
        for route in found.routes:
            routes.setdefault(route.target, route)
        if found.routes and reason is None:
            reason = step.reason
        held = held or found.held
        remaining = case.recipients if found.remaining is None else found.remaining
        case = replace(case, recipients=remaining, routed=bool(routes))
    if reason:
        return State.ROUTED, verdict or reason, tuple(routes.values())
    if held:
        return State.QUARANTINED, held, ()
    if verdict:
        return State.IGNORED, verdict, ()
    return State.QUARANTINED, Reason.UNMATCHED, ()


def _with_defaults(case: Case, routes: tuple[Route, ...], log: _Log) -> tuple[Route, ...]:
    """Give new records the values that rules set, whichever step found their place."""
    for hit in case.hits:
        if hit.rule.action is not Action.DEFAULTS:
            continue
        new = [
            replace(route, defaults=(*route.defaults, *hit.rule.defaults))
            if route.model == hit.rule.model and not route.res_id and not route.user_id
            else route
            for route in routes
        ]
        if tuple(new) != routes:
            names = ", ".join(name for name, _value in hit.rule.defaults)
            log.note("rules", f"{names} set by {hit.rule.text}")
        routes = tuple(new)
    return routes


def _without_copies(
    case: Case, state: State, reason: Reason, routes: tuple[Route, ...], log: _Log
) -> tuple[State, Reason, tuple[Route, ...]]:
    """A message reaches each place once, however many copies of it arrive.

    What we sent and got back is no copy, though its Message-ID is known.
    """
    if state is State.IGNORED or reason is Reason.LOOP:
        return state, reason, routes
    delivered = case.directory.delivered(case.mail)
    if delivered is None:
        return state, reason, routes
    fresh = tuple(route for route in routes if route.target not in delivered)
    if fresh:
        log.note("duplicate", "an earlier copy was routed elsewhere")
        return state, reason, fresh
    log.note("duplicate", "an earlier copy of this message was received", decided=True)
    return State.IGNORED, Reason.DUPLICATE, ()
