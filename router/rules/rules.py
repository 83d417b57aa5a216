"""The administrator's rules: conditions on a message, and what is done where they hold.

They are read from top to bottom. A rule that places a message takes the recipients it is about: a
mail to two addresses, of which a rule names one, still reaches the other. The reading ends when
a rule that stops has left nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Protocol

from ...translatable import _lt, said
from ..codes import AuthorCheck, Codes
from ..message import headers
from ..message.encoded_words import decode_words, one_line
from ..message.mail import ReceivedMail
from ..places import Alias, Recipient, Route, User
from ..policy import Policy
from .patterns import Operator, TextTest

_MAX_FIELDS = 50  # of one name: more are nobody's mail
_MAX_ATTACHMENTS = 500


class Judged(Protocol):
    """What rules look at: a message whose kind and recipients are known (:class:`..case.Case`)."""

    @property
    def mail(self) -> ReceivedMail:
        """The message itself."""

    @property
    def policy(self) -> Policy:
        """Of the account that received it."""

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Those that no step has placed yet."""

    @property
    def sender_check(self) -> AuthorCheck:
        """Whether From is proved, for whatever place."""

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Names of the verdicts that hold."""


class Aspect(Codes):
    """What a condition looks at; the costly ones come last and are looked at last."""

    RECIPIENT = "recipient", _lt("Recipient")
    SENDER = "sender", _lt("Sender")
    SUBJECT = "subject", _lt("Subject")
    VERDICT = "verdict", _lt("Classification")
    SIZE = "size", _lt("Size")
    HEADER = "header", _lt("Header")
    ATTACHMENT_NAME = "attachment_name", _lt("Attachment name")
    ATTACHMENT_TYPE = "attachment_type", _lt("Attachment type")


class Action(Codes):
    """What a rule does."""

    ALIAS = "alias", "Route to an alias"
    RECORD = "record", "Add to a record"
    USER = "user", "Deliver to a user's inbox"
    DEFAULTS = "defaults", "Set values on new records"
    ACCEPT = "accept", "Override classification"
    FORM = "form", "Treat the sender as a web form"
    QUARANTINE = "quarantine", "Send to To Sort"
    IGNORE = "ignore", "Dismiss"


_PLACING = frozenset({Action.ALIAS, Action.RECORD, Action.USER})
_BLOCKING = frozenset({Action.QUARANTINE, Action.IGNORE})


@dataclass(frozen=True, slots=True)
class SizeTest:
    """Larger or smaller than so many bytes."""

    limit: int
    larger: bool = True

    @property
    def shown(self) -> str:
        """The limit as a person reads it."""
        size = self.limit // 1000
        if self.larger:
            return said(_lt("above %(size)s kB"), size=size)
        return said(_lt("below %(size)s kB"), size=size)

    def holds(self, size: int) -> bool:
        """Whether a message of that size is meant."""
        return size > self.limit if self.larger else size < self.limit


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about a message. ``negate``: it holds where the answer is no."""

    aspect: Aspect
    test: TextTest | SizeTest
    header: str = ""  # lower case, for Aspect.HEADER
    negate: bool = False

    @property
    def text(self) -> str:
        """The condition in words, for the trace."""
        is_header = self.aspect is Aspect.HEADER
        field = self.header.title() if is_header else said(self.aspect.label)
        values = {"field": field, "value": self.test.shown}
        if isinstance(self.test, TextTest):
            how = said(self.test.operator.label)
            text = said(_lt("%(field)s %(operator)s %(value)s"), **values, operator=how)
        else:
            text = said("%(field)s %(value)s", **values)
        return said(_lt("not: %(condition)s"), condition=text) if self.negate else text

    def holds(self, case: Judged) -> bool:
        """Whether the message is meant; recipients are asked for one by one, see :meth:`names`."""
        if isinstance(self.test, SizeTest):
            found = self.test.holds(case.mail.size)
        else:
            found = any(map(self.test.hits, _texts(case, self.aspect, self.header)))
        return found is not self.negate

    def names(self, recipient: Recipient) -> bool:
        """Whether a recipient is meant."""
        found = isinstance(self.test, TextTest) and bool(self.test.hits(recipient.address))
        return found is not self.negate


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Without conditions it holds for every message of its accounts and domains.

    ``is_empty``: it had conditions and has lost them; it holds for nothing. ``accounts`` and
    ``domains`` (of recipients) narrow it down; empty = all. ``defaults`` are values for new
    records of ``model``, as (field, value). ``stop`` ends the reading.
    """

    id: int
    name: str
    action: Action
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    stop: bool = True
    accounts: frozenset[int] = frozenset()
    domains: frozenset[str] = frozenset()
    alias: Alias | None = None
    model: str = ""
    res_id: int = 0
    user: User | None = None
    defaults: tuple[tuple[str, object], ...] = ()
    is_empty: bool = False

    def about(self, case: Judged, left: tuple[Recipient, ...]) -> tuple[Recipient, ...] | None:
        """Return the recipients among ``left`` that the rule is about, None where it fails."""
        if self.is_empty or not self.is_for(case, left):
            return None
        left = self._of_domains(left)
        if not self.conditions:
            return left
        return self._any(case, left) if self.any_condition else self._all(case, left)

    def is_for(self, case: Judged, left: tuple[Recipient, ...]) -> bool:
        """Whether the account, and the domain of a recipient, are those of the rule."""
        if self.accounts and case.policy.account not in self.accounts:
            return False
        return not self.domains or bool(self._of_domains(left))

    def _of_domains(self, left: tuple[Recipient, ...]) -> tuple[Recipient, ...]:
        if not self.domains:
            return left
        return tuple(item for item in left if item.address.rpartition("@")[2] in self.domains)

    def _all(self, case: Judged, left: tuple[Recipient, ...]) -> tuple[Recipient, ...] | None:
        for condition in sorted(self.conditions, key=_cost):
            if condition.aspect is not Aspect.RECIPIENT:
                if not condition.holds(case):
                    return None
            elif left or not condition.negate:  # a message that names nobody is "not to" anyone
                left = tuple(item for item in left if condition.names(item))
                if not left:
                    return None
        return left

    def _any(self, case: Judged, left: tuple[Recipient, ...]) -> tuple[Recipient, ...] | None:
        named: dict[str, Recipient] = {}
        for condition in sorted(self.conditions, key=_cost):
            if condition.aspect is Aspect.RECIPIENT:
                named.update({item.address: item for item in left if condition.names(item)})
            elif condition.holds(case):
                return left
        return tuple(named.values()) or None

    def route(self, recipient: Recipient | None) -> Route:
        """Return the place that a placing rule stands for."""
        address = recipient.address if recipient else ""
        if self.action is Action.ALIAS and self.alias:
            return Route(
                self.alias.model,
                self.alias.force_thread_id,
                alias=self.alias,
                address=address,
                defaults=self.defaults,
            )
        if self.action is Action.USER and self.user:
            return Route("res.users", user_id=self.user.id, address=address)
        return Route(self.model, self.res_id, address=address)

    @property
    def text(self) -> str:
        """Name and conditions in words, for the trace."""
        if self.is_empty:
            return said(_lt("rule “%(name)s” (no condition left)"), name=self.name)
        if not self.conditions:
            return said(_lt("rule “%(name)s” (every message)"), name=self.name)
        joint = _lt("%(one)s or %(other)s") if self.any_condition else _lt("%(one)s and %(other)s")
        texts = (condition.text for condition in self.conditions[:5])
        why = reduce(lambda one, other: said(joint, one=one, other=other), texts)
        return said(_lt("rule “%(name)s” (%(conditions)s)"), name=self.name, conditions=why)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that holds, and the recipients it is about (none, where the message names nobody)."""

    rule: Rule
    recipients: tuple[Recipient, ...] = ()

    @property
    def places(self) -> bool:
        """Whether it gives the message a place."""
        return self.rule.action in _PLACING

    @property
    def blocks(self) -> bool:
        """Whether it keeps the message from every place."""
        return self.rule.action in _BLOCKING


@lru_cache(maxsize=1_000)
def text_test(aspect: Aspect, operator: Operator, values: str) -> TextTest:
    """Compile the values of a condition, one a line; remembered, since every batch asks again.

    :raises PatternError: when there is nothing to compare with, or no valid expression
    """
    are_addresses = aspect in (Aspect.SENDER, Aspect.RECIPIENT)
    return TextTest.make(operator, values.splitlines(), are_addresses=are_addresses)


def read_rules(case: Judged, rules: Iterable[Rule]) -> tuple[Hit, ...]:
    """Return the rules that hold, in their order, as far as they are read."""
    hits: list[Hit] = []
    left = case.recipients
    for rule in rules:
        about = rule.about(case, left)
        if about is None:
            continue
        hit = Hit(rule, about)
        hits.append(hit)
        if hit.blocks:
            break
        if not rule.stop:
            continue
        if not hit.places:
            break
        left = tuple(item for item in left if item not in about)
        if not left:
            break
    return tuple(hits)


def _cost(condition: Condition) -> int:
    return list(Aspect).index(condition.aspect)


# --- the texts that a condition is compared with


def _texts(case: Judged, aspect: Aspect, header: str) -> Iterable[str]:
    mail = case.mail
    if aspect is Aspect.SENDER:
        return [mailbox.address for mailbox in mail.addresses(headers.FROM)[:_MAX_FIELDS]]
    if aspect is Aspect.SUBJECT:
        return [mail.subject]
    if aspect is Aspect.VERDICT:
        return [*case.verdicts, str(case.sender_check)]
    if aspect is Aspect.HEADER:
        return (one_line(decode_words(item.value)) for item in mail.all(header)[:_MAX_FIELDS])
    at = 0 if aspect is Aspect.ATTACHMENT_NAME else 1
    return (found[at] for found in _attachments(mail))


def _attachments(mail: ReceivedMail) -> Iterator[tuple[str, str]]:
    """File name and type of everything that a person would call an attachment."""
    for part in mail.parts()[:_MAX_ATTACHMENTS]:
        if part.is_multipart():
            continue
        name = part.get_filename()
        disposition = part.get("content-disposition").lower()
        if name or disposition.startswith("attachment") or part.get_content_maintype() != "text":
            yield one_line(decode_words(name)), part.get_content_type()
