"""``Authentication-Results`` as they are written, not as RFC 8601 wants them.

Microsoft leaves out the authserv-id, several hosts write one field a method, Postfix appends its
queue id to the host (``mx.example.com/4XABC``), and the domain's policy stands in comments.
Libraries refuse the first and drop the last. This reader is linear, bounded and never raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_CHARS = 20_000
MAX_RESULTS = 200
_MAX_ID_CHARS = 1_000  # of what stands before the first result; a host name has 255

# Disjoint by their first character, so the scan is linear; the last takes what is left over.
_BARE = r"""
      (?P<space>\s+)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<end>;)
    | (?P<equals>=)
    | (?P<word>[^\s"();=]+)
    | (?P<other>.)
    """
_QUOTES = r"""
      (?P<quoted>"[^"\\]*(?:\\.[^"\\]*)*")
    | (?P<unclosed>")
    """
_TOKEN = re.compile(f"{_QUOTES} | {_BARE}", re.VERBOSE | re.DOTALL)
_BARE_TOKEN = re.compile(_BARE, re.VERBOSE | re.DOTALL)
_ESCAPED = re.compile(r"\\(.)")
_POLICY = re.compile(r"(?:^|[\s,;])(p|sp|d|dis|policy|action)\s*=\s*([a-z.]+)")
_METHOD = re.compile(r"^[a-z][a-z0-9._-]*(?:/\d+)?$")


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: ``dkim=pass header.d=example.com``. Keys and ``value`` lower case."""

    method: str
    value: str
    properties: dict[str, str] = field(default_factory=dict)
    comment: str = ""

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties: of ``@x``, ``a@x``, ``<a@x>`` or ``x``."""
        for name in names:
            value = self.properties.get(name, "").strip("<>\"' ").lower()
            domain = value.rpartition("@")[2].rstrip(".")
            if domain:
                return domain
        return ""

    def policies(self) -> dict[str, str]:
        """What was published and what was done: ``(p=NONE sp=QUARANTINE dis=NONE)``, ``action=``.

        Keys ``p``, ``sp``, ``dis``, ``policy``, ``action``; values lower case.
        """
        found: dict[str, str] = dict(_POLICY.findall(self.comment.lower()))
        if "d" in found:  # Fastmail's short form of the disposition
            found.setdefault("dis", found.pop("d"))
        for key, name in (
            ("action", "action"),
            ("policy.published-domain-policy", "p"),
            ("policy.applied-disposition", "dis"),
            ("policy.dmarc", "p"),
            ("p", "p"),
            ("dis", "dis"),
        ):
            if key in self.properties:
                found.setdefault(name, self.properties[key].lower())
        return found


@dataclass(frozen=True, slots=True)
class AuthResults:
    """One field: who wrote it (``""`` where Microsoft does not say), and the results."""

    authserv_id: str
    results: tuple[Result, ...]


def parse_authres(value: str) -> AuthResults:
    """Read one field value (RFC 8601 §2.2), with every deviation seen in the wild."""
    sections = list(_sections(value[:MAX_CHARS]))
    authserv_id = ""
    if sections and not _is_result(sections[0]):
        authserv_id = _host(sections.pop(0))
    results = [_result(section) for section in sections[:MAX_RESULTS]]
    return AuthResults(authserv_id, tuple(item for item in results if item is not None))


def authserv_id(value: str) -> str:
    """Who wrote a field, from its first words alone: whether it is believed comes before reading.

    ``""`` where it does not say (Microsoft), or begins as no server writes it.
    """
    section = next(_sections(value[:_MAX_ID_CHARS]))
    return "" if _is_result(section) else _host(section)


@dataclass(slots=True)
class _Section:
    """What stands between two semicolons."""

    tokens: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def _sections(value: str) -> Iterator[_Section]:
    # A quoted string is one token inside a comment as well: the envelope sender
    # "a) ; dmarc=pass ("@evil.example is quoted there and must not end the comment.
    section, depth = _Section(), 0
    comment: list[str] = []
    for match in _tokens(value):
        kind, text = match.lastgroup, match.group()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(depth - 1, 0)
            if not depth:
                section.comments.append("".join(comment))
                comment = []
        elif depth:
            comment.append(text)
        elif kind == "end":
            yield section
            section = _Section()
        elif kind == "quoted":
            section.tokens.append(_ESCAPED.sub(r"\1", text[1:-1]))
        elif kind in ("word", "equals"):
            section.tokens.append(text)
    if comment:  # never closed: its words are a comment all the same
        section.comments.append("".join(comment))
    yield section


def _tokens(value: str) -> Iterator["re.Match[str]"]:
    for match in _TOKEN.finditer(value):
        yield match
        if match.lastgroup == "unclosed":
            # In its reading every quote behind it is escaped, so none of those ends either.
            yield from _BARE_TOKEN.finditer(value, match.end())
            return


def _is_result(section: _Section) -> bool:
    return len(section.tokens) > 1 and section.tokens[1] == "="


def _host(section: _Section) -> str:
    # "mx.example.com/4XABC 1": a queue id of Postfix' filters, and the version of RFC 8601 §2.2
    first = section.tokens[0] if section.tokens else ""
    return first.partition("/")[0].lower().rstrip(".")


def _result(section: _Section) -> Result | None:
    """Pairs ``name = value``; words without ``=`` (reasons in prose) are passed over."""
    pairs: list[tuple[str, str]] = []
    tokens = section.tokens
    at = 0
    while at + 2 < len(tokens):
        if tokens[at + 1] != "=":
            at += 1
            continue
        name, value = tokens[at].lower(), tokens[at + 2]
        if value == "=":  # an empty value: "smtp.mailfrom= ;"
            at += 2
            continue
        at += 3
        while at < len(tokens) and tokens[at] == "=":  # padding of unquoted Base64
            at += 1
        pairs.append((name, value))
    if not pairs or not _METHOD.match(pairs[0][0]):
        return None
    properties: dict[str, str] = {}
    for name, value in pairs[1:]:
        properties.setdefault(name, value)
    return Result(
        method=pairs[0][0].partition("/")[0],
        value=pairs[0][1].lower(),
        properties=properties,
        comment=" ".join(section.comments),
    )
