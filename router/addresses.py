"""E-mail addresses: reading them out of header values, normalising, comparing.

A parser of our own, because header values are written by strangers: ``email.utils.getaddresses``
takes seconds for ten thousand recipients and, in strict mode, drops a whole list for one comma.
This one is linear in the length of the value and never raises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header

import idna

MAX_ADDRESSES = 20_000

# RFC 5322 §3.4: the pieces of an address list. Alternatives are disjoint by their first
# character, so the scan is linear. An unclosed quote, comment or bracket falls to the last one.
_TOKEN = re.compile(
    r"""
      (?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<comment>\((?:[^()\\]|\\.)*\))
    | (?P<angle><[^<>]*>)
    | (?P<separator>[,;])
    | (?P<group>:)
    | (?P<text>[^"(<,;:]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NESTED_COMMENT = re.compile(r"\([^()]*\)")
_ADDR_SPEC = re.compile(r'^(?:"(?:[^"\\]|\\.)+"|[^\s"(),:;<>@\[\]\\]+)@(?:[^\s"(),:;<>@\[\]\\]+|\[[^\]]+\])$')
_LOOSE_ADDR = re.compile(r'[^\s"(),:;<>@\[\]\\]+@[^\s"(),:;<>@\[\]\\]+')
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of a header value: ``address`` is normalised, ``name`` decoded (RFC 2047)."""

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        """The part before the last ``@``."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the last ``@``."""
        return self.address.rpartition("@")[2]


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words; what cannot be decoded stays as it is."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    decoded = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            decoded.append(piece)
            continue
        try:
            decoded.append(piece.decode(charset or "utf-8", "replace"))
        except (LookupError, UnicodeError):
            decoded.append(piece.decode("utf-8", "replace"))
    return "".join(decoded)


def normalise_domain(domain: str) -> str:
    """Lower-case A-label form of a domain (RFC 5890); a domain that is none stays lower case."""
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return domain


def normalise(address: str) -> str:
    """Comparable form of an address, or ``""`` when it is none.

    Case is folded in both parts: RFC 5321 §2.4 allows case in local parts, no catch-all
    uses it, and Odoo's aliases are lower case.
    """
    address = address.strip().strip("<>").strip()
    if not _ADDR_SPEC.match(address):
        return ""
    local, _at, domain = address.rpartition("@")
    if local.startswith('"') and local.endswith('"'):
        unquoted = re.sub(r"\\(.)", r"\1", local[1:-1])
        local = unquoted if _LOOSE_ADDR.fullmatch(f"{unquoted}@x") else local
    return f"{local.lower()}@{normalise_domain(domain)}"


def split_sub_address(address: str, separators: str = "+") -> str:
    """The address without its sub-address (RFC 5233): ``sales+web@`` gives ``sales@``; else ``""``."""
    local, _at, domain = address.rpartition("@")
    for separator in separators:
        base, found, _detail = local.partition(separator)
        if found and base:
            return f"{base}@{domain}"
    return ""


def parse(value: str) -> tuple[Address, ...]:
    """All mailboxes of a header value (RFC 5322 §3.4 with groups, comments, quotes), in order."""
    return tuple(_mailboxes(value))


def _mailboxes(value: str) -> Iterator[Address]:
    found = 0
    for text, name, spec in _entries(_strip_nested_comments(value)):
        candidate = spec if spec is not None else text
        address = normalise(_SPACE.sub("", candidate) if spec is not None else candidate)
        if not address and spec is None:
            loose = _LOOSE_ADDR.search(text)
            address = normalise(loose.group()) if loose else ""
        if address:
            yield Address(address, decode_words(name).strip())
            found += 1
            if found >= MAX_ADDRESSES:
                return


def _strip_nested_comments(value: str) -> str:
    # RFC 5322 comments nest; a regular expression does not. Few levels, from the inside out.
    for _level in range(4):
        if "(" not in value or value.count("(") < 2 or ")" not in value:
            return value
        stripped = re.sub(r"\(([^()]*)\([^()]*\)", r"(\1", value)
        if stripped == value:
            return value
        value = stripped
    return value


def _entries(value: str) -> Iterator[tuple[str, str, str | None]]:
    """Yield ``(bare text, display name, addr-spec in angle brackets or None)`` per list entry."""
    bare: list[str] = []
    name: list[str] = []
    comment = ""
    spec: str | None = None
    for token in _TOKEN.finditer(value):
        kind, text = token.lastgroup, token.group()
        if kind == "separator":
            if bare or spec is not None:
                yield _entry(bare, name, comment, spec)
            bare, name, comment, spec = [], [], "", None
        elif kind == "group":
            # "Group name: a@x, b@x;" - what stood before the colon was the name of a group.
            if spec is None and "@" not in "".join(bare):
                bare, name = [], []
        elif kind == "angle":
            spec = text[1:-1].rpartition(":")[2]  # RFC 5322 §4.4: an obsolete route before ':'
        elif kind == "quoted":
            bare.append(text)
            name.append(re.sub(r"\\(.)", r"\1", text[1:-1]))
        elif kind == "comment":
            comment = text[1:-1]
        else:
            bare.append(text)
            name.append(text)
    if bare or spec is not None:
        yield _entry(bare, name, comment, spec)


def _entry(
    bare: list[str], name: list[str], comment: str, spec: str | None
) -> tuple[str, str, str | None]:
    shown = "".join(name) if spec is not None else comment
    return "".join(bare).strip(), _SPACE.sub(" ", shown).strip(), spec
