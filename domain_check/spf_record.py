"""SPF records, RFC 7208 §4.5 to §7.1: read into terms, with every mistake that is an error."""

import ipaddress
import re
from dataclasses import dataclass

from .spf_macros import MacroError, expand

_TERM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>[a-z][a-z0-9._-]*)(?:(?P<sep>[:=/])(?P<value>.*))?", re.I
)
_CIDR = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?$")
_LABEL = re.compile(r"(?=.*[a-z-])[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.I)
_VISIBLE = re.compile(r"[\x21-\x7e]*")
MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_LOOKING_UP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})


class SpfError(Exception):
    """The evaluation ends here: ``code`` names the finding, ``permanent`` tells perm from temp."""

    def __init__(self, code: str, where: str, permanent: bool = True) -> None:
        super().__init__(f"{code}: {where}")
        self.code, self.where, self.permanent = code, where, permanent


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism or modifier as it stands in the record; ``spec`` is the domain or network."""

    text: str
    qualifier: str
    name: str
    spec: str = ""
    cidr4: int = 32
    cidr6: int = 128

    @property
    def looks_up(self) -> bool:
        """Whether the term counts against the ten lookups."""
        return self.name in _LOOKING_UP


def spf_records(texts: tuple[str, ...]) -> list[str]:
    """Those TXT records that are SPF (§4.5)."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower()[:7] == "v=spf1 "]


def parse_spf(record: str) -> tuple[Term, ...]:
    """Read a record into its terms, all of them checked (§4.6).

    :raises SpfError: ``syntax``, with the term that is wrong
    """
    terms = tuple(_parse_term(text) for text in record.split(" ")[1:] if text)
    for name in ("redirect", "exp"):
        if sum(term.name == name for term in terms) > 1:
            raise SpfError("syntax", f"{name}=")
    return terms


def _parse_term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if not found or not _VISIBLE.fullmatch(text):
        raise SpfError("syntax", text)
    name, sep, value = found["name"].lower(), found["sep"] or "", found["value"] or ""
    term = Term(text, found["qualifier"] or "+", name)
    if sep == "=":
        if found["qualifier"]:
            raise SpfError("syntax", text)
        return _parse_modifier(term, value)
    if name not in MECHANISMS or (name == "all" and sep):
        raise SpfError("syntax", text)
    if name == "all":
        return term
    if name in ("ip4", "ip6"):
        return _parse_network(term, sep, value)
    return _parse_named(term, sep, value)


def _parse_modifier(term: Term, value: str) -> Term:
    if term.name in ("redirect", "exp"):
        _check_spec(term.text, value)
        return Term(term.text, "", term.name, value)
    try:
        expand(value, None)
    except MacroError:
        raise SpfError("syntax", term.text) from None
    return Term(term.text, "", "unknown")  # §6: must be ignored


def _parse_network(term: Term, sep: str, value: str) -> Term:
    address, slash, length = value.partition("/")
    try:
        if sep != ":" or (slash and not re.fullmatch(r"0|[1-9]\d{0,2}", length)):
            raise ValueError
        kind = ipaddress.IPv4Network if term.name == "ip4" else ipaddress.IPv6Network
        network = kind(f"{address}/{length}" if slash else address, strict=False)
    except ValueError:
        raise SpfError("syntax", term.text) from None
    return Term(term.text, term.qualifier, term.name, str(network))


def _parse_named(term: Term, sep: str, value: str) -> Term:
    cidr4, cidr6 = 32, 128
    spec = value if sep == ":" else f"/{value}" if sep == "/" else ""
    if term.name in ("a", "mx"):
        cidr = _CIDR.search(spec)
        if cidr and cidr.group():
            spec = spec[: cidr.start()]
            cidr4, cidr6 = int(cidr[1] or 32), int(cidr[2] or 128)
    if cidr4 > 32 or cidr6 > 128:
        raise SpfError("syntax", term.text)
    if spec or sep == ":" or term.name in ("include", "exists"):
        _check_spec(term.text, spec)
    return Term(term.text, term.qualifier, term.name, spec, cidr4, cidr6)


def _check_spec(text: str, spec: str) -> None:
    """A domain-spec (§7.1) ends in a macro or in a label that is no number."""
    try:
        expanded = expand(spec, None)
    except MacroError:
        raise SpfError("syntax", text) from None
    _above, dot, last = expanded.rstrip(".").rpartition(".")
    ends_well = spec.endswith("}") or (dot and _LABEL.fullmatch(last))
    if not ends_well or spec.startswith("/"):
        raise SpfError("syntax", text)
