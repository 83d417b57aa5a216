"""``Authentication-Results`` as they are written, not as RFC 8601 wants them.

Microsoft leaves out the authserv-id, several hosts write one field a method, Postfix appends its
queue id to the host (``mx.example.com/4XABC``), and the domain's policy stands in comments.
Libraries refuse the first and drop the last. This reader is linear, bounded and never raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

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
# One whole mailbox, "@domain" or domain; its parts exclude each other's first character.
_MAILBOX = re.compile(r"""(?:(?:"(?:[^"\\]|\\.)*"|[^\s@"<>()\\]*)@)?([\w.-]+)""")

UNREADABLE = "?"  # a domain that is not known, and equals no other


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result: ``dkim=pass header.d=example.com``. Keys and ``value`` lower case.

    ``unclear`` names the properties whose value is not all that was written there: words stand
    behind it, or it stands there twice and differs.
    """

    method: str
    value: str
    properties: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    unclear: frozenset[str] = frozenset()

    def domain(self, *names: str) -> str:
        """The domain in the first of these properties: of ``@x``, ``a@x``, ``<a@x>`` or ``x``.

        ``""`` where none is there, UNREADABLE where it is not one whole mailbox or domain: a part
        of what a stranger wrote is never taken for the whole.
        """
        for name in names:
            if name in self.unclear:
                return UNREADABLE
            if self.properties.get(name):
                return _domain_of(self.properties[name])
        return ""

    def signer(self) -> str:
        """The domain that signed, of a DKIM result: ``header.d``, else that of ``header.i``.

        UNREADABLE where the two contradict each other: i is d or below it (RFC 6376 §3.5).
        """
        domain, identity = self.domain("header.d"), self.domain("header.i")
        if domain and identity and not f".{identity}".endswith(f".{domain}"):
            return UNREADABLE
        return domain or identity

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


def _domain_of(value: str) -> str:
    if value.startswith("<") and value.endswith(">"):
        value = value[1:-1]
    found = _MAILBOX.fullmatch(value)
    domain = found[1].lower() if found else ""
    return domain if domain and all(domain.split(".")) else UNREADABLE


@dataclass(frozen=True, slots=True)
class AuthResults:
    """One field: who wrote it (``""`` where Microsoft does not say), and the results.

    What is known of it once it is believed (:mod:`.believed`): ``at_entry``, the server that the
    message entered by wrote it; ``is_below``: it stands below that server's own field, where a
    sender may write too; ``withheld``, results that do not count yet.
    """

    authserv_id: str
    results: tuple[Result, ...]
    at_entry: bool = True
    is_below: bool = False
    withheld: tuple[Result, ...] = ()


def parse_authres(value: str) -> AuthResults:
    """Read one field value (RFC 8601 §2.2), with every deviation seen in the wild."""
    return _read(value[:MAX_CHARS])


@lru_cache(maxsize=16)  # several ask about the fields of one message
def _read(value: str) -> AuthResults:
    sections = list(_sections(value))
    authserv_id = ""
    if sections and not _is_result(sections[0]):
        authserv_id = _host(sections.pop(0))
    results = [_result(section) for section in sections[:MAX_RESULTS]]
    return AuthResults(authserv_id, tuple(item for item in results if item is not None))


def authserv_id(value: str) -> str:
    """Who wrote a field, from its first words alone: whether it is believed comes before reading.

    ``""`` where it does not say (Microsoft), or begins as no server writes it.
    """
    return _read_id(value[:_MAX_ID_CHARS])


@lru_cache(maxsize=64)
def _read_id(value: str) -> str:
    section = next(_sections(value))
    return "" if _is_result(section) else _host(section)


class _Token(NamedTuple):
    """A word, a quoted string, ``=``, or a stray quote.

    ``glued``: nothing stands between it and the one before.
    ``text`` is what it means, ``raw`` as it is written.
    """

    text: str
    raw: str
    glued: bool


@dataclass(slots=True)
class _Section:
    """What stands between two semicolons.

    ``in_doubt``: a quote that nothing closes stands in it or before it. Of what follows nobody can
    say whether the server or the sender wrote it.
    """

    in_doubt: bool = False
    tokens: list[_Token] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def _sections(value: str) -> Iterator[_Section]:
    # A quoted string is one token inside a comment as well: the envelope sender
    # "a) ; dmarc=pass ("@evil.example is quoted there and must not end the comment.
    section, depth, end = _Section(), 0, -1
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
            section = _Section(section.in_doubt)
        elif kind != "space":
            section.in_doubt |= kind == "unclosed"
            plain = _ESCAPED.sub(r"\1", text[1:-1]) if kind == "quoted" else text
            section.tokens.append(_Token(plain, text, match.start() == end))
            end = match.end()
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
    return len(section.tokens) > 1 and section.tokens[1].raw == "="


def _host(section: _Section) -> str:
    # "mx.example.com/4XABC 1": a queue id of Postfix' filters, and the version of RFC 8601 §2.2
    first = section.tokens[0].text if section.tokens else ""
    return first.partition("/")[0].lower().rstrip(".")


def _result(section: _Section) -> Result | None:
    """Pairs ``name = value``; words without ``=`` (reasons in prose) are passed over.

    Words behind a value make it unclear: whoever wrote them may have meant them to be its end.
    A pass in doubt is none, a fail stays one.
    """
    pairs: list[tuple[str, str]] = []
    unclear: set[str] = set()
    tokens, at = section.tokens, 0
    while at < len(tokens):
        if at + 1 < len(tokens) and tokens[at].raw != "=" and tokens[at + 1].raw == "=":
            name = tokens[at].text.lower()
            value, at = _value(tokens, at + 2)
            pairs.append((name, value))
        else:
            unclear.update(name for name, _value in pairs[-1:])
            at += 1
    if not pairs or not pairs[0][1] or not _METHOD.match(pairs[0][0]):
        return None
    properties: dict[str, str] = {}
    for name, value in pairs[1:]:
        if properties.setdefault(name, value) != value:
            unclear.add(name)
    value = pairs[0][1].lower()
    return Result(
        method=pairs[0][0].partition("/")[0],
        value=UNREADABLE if value == "pass" and section.in_doubt else value,
        properties=properties,
        comment=" ".join(section.comments),
        unclear=frozenset(unclear),
    )


def _value(tokens: list[_Token], at: int) -> tuple[str, int]:
    """All that stands behind an ``=`` without a gap, and where it ends.

    Quotes stay where they are only a part: ``"boss@example.com"@evil.test`` is one mailbox.
    """
    end = at + 1
    while end < len(tokens) and tokens[end].glued:
        end += 1
    parts = tokens[at:end]
    if not parts or (not parts[0].glued and len(parts) > 1 and parts[1].raw == "="):
        return "", at  # an empty value: "smtp.mailfrom= ;", "smtp.mailfrom= header.d=example.com"
    if len(parts) == 1:
        return parts[0].text, end
    return "".join(part.raw for part in parts), end
