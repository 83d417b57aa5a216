"""Texts compared as a rule says: literally, by wildcards, or by an expression in linear time.

Expressions are RE2's: Python's own take exponential time on a hostile text, and a stranger
writes the texts. RE2 has neither look-around nor back references for that reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import re2

from ...translatable import _lt, said
from ..codes import Codes
from ..message import addresses

MAX_VALUES = 10_000
MAX_PATTERN_CHARS = 1_000
MAX_PATTERN_BYTES = 4_000_000  # of memory for one compiled expression
# Of a text that is compared: the longest header that means anything is shorter.
MAX_TEXT_CHARS = 20_000


class PatternError(ValueError):
    """A value that cannot be compared with; the message says why, in English."""


class Operator(Codes):
    """How a text is compared with the values of a condition; upper and lower case never count."""

    EQUALS = "equals", _lt("is")
    CONTAINS = "contains", _lt("contains")
    WILDCARD = "wildcard", _lt("matches the pattern (* and ?)")
    REGEX = "regex", _lt("matches the regular expression")


# Returns the value that a lower-case text agrees with, "" when there is none.
Finder = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TextTest:
    """Several values compared with a text; one that agrees is enough."""

    operator: Operator
    find: Finder
    shown: str  # the values, cut short, as a person reads them

    @classmethod
    def make(
        cls, operator: Operator, values: Iterable[str], *, are_addresses: bool = False
    ) -> "TextTest":
        """Compile the values once.

        :param are_addresses: ``@example.com`` then stands for every address of that domain
        :raises PatternError: when there is no value, too many, or one that RE2 refuses
        """
        wanted = list(dict.fromkeys(filter(None, (value.strip() for value in values))))
        if not wanted:
            raise PatternError("there is no value to compare with")
        if len(wanted) > MAX_VALUES:
            raise PatternError(f"there are more than {MAX_VALUES} values")
        if operator is Operator.EQUALS:
            find = _equals(wanted, are_addresses)
        elif operator is Operator.CONTAINS:
            find = _contains(wanted)
        else:
            find = _expressions(wanted, is_wildcard=operator is Operator.WILDCARD)
        shown = f"“{wanted[0][:80]}”"
        if len(wanted) > 1:
            shown = said(_lt("%(value)s (and %(count)s more)"), value=shown, count=len(wanted) - 1)
        return cls(operator, find, shown)

    def hits(self, text: str) -> str:
        """Return the value that agrees with the text, ``""`` when none does."""
        return self.find(text[:MAX_TEXT_CHARS].lower())


def _equals(values: list[str], are_addresses: bool) -> Finder:
    known = {value.lower() for value in values}
    if not are_addresses:
        return lambda text: text if text in known else ""
    known |= {addresses.normalise(value) for value in values} - {""}
    domains = {addresses.normalise_domain(value[1:]) for value in values if value.startswith("@")}

    def find(text: str) -> str:
        if text in known:
            return text
        domain = text.rpartition("@")[2]
        return f"@{domain}" if domain in domains else ""

    return find


def _contains(values: list[str]) -> Finder:
    parts = [value.lower() for value in values]
    return lambda text: next((part for part in parts if part in text), "")


def _expressions(values: list[str], *, is_wildcard: bool) -> Finder:
    compiled = [
        (value, _compile(f"^(?:{_from_wildcard(value)})$" if is_wildcard else value))
        for value in values
    ]

    def find(text: str) -> str:
        encoded = text.encode("utf-8", "replace")
        return next((value for value, regex in compiled if regex(encoded)), "")

    return find


def _compile(pattern: str) -> Callable[[bytes], object]:
    if len(pattern) > MAX_PATTERN_CHARS:
        raise PatternError(f"“{pattern[:40]}…” is longer than {MAX_PATTERN_CHARS} characters")
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    options.log_errors = False
    options.max_mem = MAX_PATTERN_BYTES
    try:
        search: Callable[[bytes], object] = re2.compile(pattern.encode("utf-8"), options).search
    except (re2.error, UnicodeError) as error:
        why = error.args[0] if error.args else error
        why = why.decode("utf-8", "replace") if isinstance(why, bytes) else why
        raise PatternError(f"“{pattern[:80]}” is not a valid regular expression: {why}") from error
    return search


def _from_wildcard(value: str) -> str:
    literal = str(re2.escape(value.lower()))
    return literal.replace(r"\*", ".*").replace(r"\?", ".")
