"""Email addresses: reading them out of header values, normalising, comparing.

A parser of our own, because header values are written by strangers: ``email.utils.getaddresses``
drops, in strict mode, a whole list for one comma. This one reads the rest of the list, is linear
in the length of the value, and never raises.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from .encoded_words import decode_words, one_line

# Of all fields of one name together; a mail server takes no thousandth part of it.
MAX_ENTRIES = 15_000
MAX_SPECIALS = 60_000
MAX_LOOSE_WORDS = 1_000
_MAX_LOOSE_CHARS = 100_000
MAX_ADDRESS_CHARS = 1_000
# Labels of domains that are turned into Punycode, the one slow part of a normal form. Nobody
# writes to more domains beyond ASCII; :func:`same_spelling` finds ours among the rest.
MAX_A_LABELS = 1_000

# The entries of nearly every list: `name <address>`, `"name" <address>`. Blanks are single here.
_SIMPLE = re.compile(
    r' ?(?:"([^"\\]*)" ?|([^"(<>,;:@\\]*))<([^\s"(),:;<>@\[\]\\]+@[^\s"(),:;<>@\[\]\\]+)> ?(?:,|$)'
)
# Entries without any address, at the speed of the expression.
_EMPTY = re.compile(r'(?:[^"(<>,;:@\\]*[,;])+')
_PLAIN = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SPECIAL = re.compile(r'["(<,;:]')
_PARENTHESIS = re.compile(r"\\.|[()]")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_ESCAPED = re.compile(r"\\(.)")
_ADDR_SPEC = re.compile(
    r'(?:"(?:[^"\\]|\\.)+"|[^\s"(),:;<>@\[\]\\]+)@(?:[^\s"(),:;<>@\[\]\\]+|\[[^\]\s]+\])'
)
_NEEDS_NO_QUOTES = re.compile(r'[^\s"(),:;<>@\[\]\\]+')
_NOT_IN_ADDRESS = re.compile(r'[\s"(),:;<>\[\]\\]+')
_NOT_IN_BARE_NAME = re.compile(r'["@:;()]')
_ANGLE = re.compile(r"[<>]")
_INNER_BLANKS = re.compile(r" ?([@.]) ?")
_SCHEME = re.compile(r"^ ?mailto:", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_IDEOGRAPHIC_STOPS = re.compile("[。．｡]")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox of a header value: ``name`` is decoded (RFC 2047), ``address`` normalised."""

    name: str = ""
    address: str = ""

    @property
    def local(self) -> str:
        """The part before the last ``@``."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """The part after the last ``@``."""
        return self.address.rpartition("@")[2]


def normalise_domain(domain: str) -> str:
    """Comparable form of a domain: lower case, A-labels (RFC 5891 §4.4).

    The mapping of RFC 5895 (width, case, full stops) and Punycode, without the tests of IDNA:
    domains are compared here, not registered, ten thousand of them in one field if need be.
    """
    labels = _u_labels(domain)
    return ".".join(labels if domain.isascii() else map(_a_label, labels))


def same_spelling(domain: str) -> str:
    """The form in which an A-label and its U-label are the same text: lower case, U-labels."""
    return ".".join(_u_label(label) for label in _u_labels(domain))


def _u_labels(domain: str) -> list[str]:
    """The labels in lower case, mapped (RFC 5895), the invisible ones of a copied text removed."""
    domain = domain.strip().rstrip(".")
    if domain.isascii():
        return domain.lower().split(".")
    domain = _IDEOGRAPHIC_STOPS.sub(".", _visible(domain)).rstrip(".")
    return [_mapped(label) for label in domain.split(".")]


def _mapped(label: str) -> str:
    label = unicodedata.normalize("NFKC", label).lower()
    if not unicodedata.is_normalized("NFKC", label):
        label = unicodedata.normalize("NFKC", label)
    return label


def _u_label(label: str) -> str:
    if not label.startswith("xn--") or not label.isascii() or len(label) > 63:
        return label
    try:
        return _mapped(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


@lru_cache(maxsize=2_000)
def _a_label(label: str) -> str:
    if label.isascii() or len(label) > 63:  # Punycode takes quadratic time
        return label
    try:
        return f"xn--{label.encode('punycode').decode('ascii')}"
    except UnicodeError:
        return label


class _Domains:
    """Normal forms of the domains of a list: A-labels for so many, :func:`same_spelling` beyond."""

    def __init__(self) -> None:
        self._left = MAX_A_LABELS

    def __call__(self, domain: str) -> str:
        labels = _u_labels(domain)
        strange = sum(not label.isascii() for label in labels)
        self._left -= strange
        return ".".join(map(_a_label, labels) if strange and self._left >= 0 else labels)


def normalise(address: str, form: Callable[[str], str] = normalise_domain) -> str:
    """Comparable form of an address, or ``""`` when it is none; ``form`` is that of its domain.

    Case is folded in both parts: RFC 5321 §2.4 allows case in local parts, no catch-all
    uses it, and Odoo's aliases are lower case.
    """
    lowered = address.lower()
    if len(lowered) < MAX_ADDRESS_CHARS and _PLAIN.fullmatch(lowered):
        return lowered
    address = address.strip(" \t\r\n<>")
    if len(address) > MAX_ADDRESS_CHARS:
        return ""
    if address.startswith("'") and address.endswith("'"):  # Outlook quotes what it copied
        address = address[1:-1]
    if not address.isascii():
        address = _visible(address)
    if not _ADDR_SPEC.fullmatch(address):
        return ""
    local, _at, domain = address.rpartition("@")
    if local.startswith('"'):
        unquoted = _ESCAPED.sub(r"\1", local[1:-1])
        # Quotes that nothing needs are not part of the address (RFC 5321 §4.1.2).
        local = unquoted if _NEEDS_NO_QUOTES.fullmatch(unquoted) else local
    domain = form(domain)
    local = unicodedata.normalize("NFC", local.lower())  # RFC 6532 §3.1
    return f"{local}@{domain}" if domain and one_line(local) == local else ""


def _visible(text: str) -> str:
    """Without the invisible characters of a copied address (zero width, soft hyphen)."""
    return _INVISIBLE.sub("", text)


def split_sub_address(address: str) -> str:
    """The address without its sub-address (RFC 5233), ``""`` when it has none: ``sales+web@``."""
    local, _at, domain = address.rpartition("@")
    base, found, _detail = local.partition("+")
    return f"{base}@{domain}" if found and base else ""


def bare_addresses(value: str) -> frozenset[str]:
    """Every address in a header value that stands in no quotes, names included.

    For other readers any of them may be the mailbox: ``ann@a.test <x@b.test>``.
    """
    words = _NOT_IN_ADDRESS.split(_QUOTED.sub(" ", value[:MAX_ADDRESS_CHARS]))
    return frozenset(normalise(word) for word in words if "@" in word) - {""}


def unquoted_name(value: str) -> str:
    """The name before a bracket whose comma no quotes enclose, or ``""``: ``Berg, Anna <a@x>``.

    A comma ends an entry of a list (RFC 5322 §3.4), so the name would be "Anna" alone.
    """
    name, bracket, _rest = value[:MAX_ADDRESS_CHARS].partition("<")
    if not bracket or "," not in name or _NOT_IN_BARE_NAME.search(name):
        return ""
    return one_line(decode_words(name.strip()))


def parse(value: str) -> tuple[Mailbox, ...]:
    """All mailboxes of a header value (RFC 5322 §3.4 with groups, comments, quotes), in order."""
    return parse_all((value,))[0]


def parse_all(values: Iterable[str]) -> tuple[tuple[Mailbox, ...], ...]:
    """Mailboxes of several fields; together they may have ``MAX_ENTRIES``, the rest is not read."""
    left, form = MAX_ENTRIES, _Domains()
    found: list[tuple[Mailbox, ...]] = []
    for value in values:
        if "@" not in value:
            # Some programs encode the whole field, address and all (RFC 2047 §5 forbids it).
            value = decode_words(value) if "=?" in value else ""
        mailboxes: list[Mailbox] = []
        for entry in islice(_entries(" ".join(value.split())), left):
            left -= 1
            mailboxes.extend(_mailboxes(entry, form))
        found.append(tuple(mailboxes))
    return tuple(found)


def _mailboxes(entry: "_Entry", form: Callable[[str], str]) -> Iterator[Mailbox]:
    for address in entry.addresses(form):
        name = entry.name.strip(" <>")  # of brackets that somebody doubled
        yield Mailbox(one_line(decode_words(name)) if name else "", address)


@dataclass(slots=True)
class _Entry:
    """One entry of a list: what stood there bare, the display name, what stood in brackets."""

    bare: str = ""
    name: str = ""
    spec: str | None = None

    def addresses(self, form: Callable[[str], str]) -> Iterator[str]:
        if self.spec is not None and (_is_written(self.spec) or not _is_written(self.bare)):
            # A display name is never an address, whatever it looks like.
            spec = _SCHEME.sub("", self.spec[: 2 * MAX_ADDRESS_CHARS])
            if spec.lstrip().startswith("@"):
                spec = spec.rpartition(":")[2]  # RFC 5322 §4.4: an obsolete route
            if address := _spaced(spec, form):
                yield address
            return
        if address := _spaced(self.bare, form):
            yield address
            return
        words = (
            word for word in _NOT_IN_ADDRESS.split(self.bare[:_MAX_LOOSE_CHARS]) if "@" in word
        )
        for word in islice(words, MAX_LOOSE_WORDS):
            if address := normalise(word, form):
                yield address


def _is_written(text: str) -> bool:
    """Whether an address was meant there: nothing between the brackets says that nobody is."""
    return "@" in text or not text.strip()


def _spaced(text: str, form: Callable[[str], str]) -> str:
    """The address in ``text``, also with the blanks of RFC 5322 §4.4 around its dots and ``@``."""
    if len(text) > MAX_ADDRESS_CHARS:
        return ""
    return normalise(text, form) or normalise(_INNER_BLANKS.sub(r"\1", text), form)


def _entries(value: str) -> Iterator[_Entry]:
    at, size, scanner = 0, len(value), _Scanner(value)
    while at < size:
        if empty := _EMPTY.match(value, at):
            at = empty.end()
        simple = _SIMPLE.match(value, at)
        if simple:
            quoted, name, spec = simple.groups()
            yield _Entry(name=quoted if quoted is not None else name.strip(), spec=spec)
            at = simple.end()
        else:
            entry, at = scanner.entry(at)
            yield entry


class _Scanner:
    """Reads the entries that are not simple.

    A quote, comment or bracket that is never closed is text; once one was found unclosed, the
    ones behind it are not tried, so that a scan stays linear.
    """

    def __init__(self, value: str) -> None:
        self._value = value
        self._quotes = self._comments = self._brackets = True
        self._left = MAX_SPECIALS

    def entry(self, at: int) -> tuple[_Entry, int]:
        """Return the entry that begins at ``at``, and where the next one begins."""
        value = self._value
        bare: list[str] = []
        names: list[str] = []
        comment, spec, has_address = "", None, False
        while True:
            special = _SPECIAL.search(value, at) if self._left > 0 else None
            self._left -= 1 if special else 0
            stop = special.start() if special else len(value)
            bare.append(value[at:stop])
            names.append(value[at:stop])
            has_address = has_address or "@" in bare[-1]
            if special is None or special.group() in ",;":
                break
            at, char = stop + 1, special.group()
            if char == ":":
                # "Group name: a@x, b@x;" - what stood before the colon named a group.
                if spec is None and not has_address:
                    bare, names = [], []
                else:
                    bare.append(":")
            elif char == '"' and (quoted := self._quoted(stop)):
                bare.append(quoted.group())
                names.append(_ESCAPED.sub(r"\1", quoted[1]))
                at = quoted.end()
            elif char == "(" and (end := self._comment_end(stop)):
                comment, at = comment or value[stop + 1 : end - 1], end
                bare.append(" ")
            elif char == "<" and (end := self._bracket_end(stop)):
                if spec is None or not _is_written(spec):  # "Lena <Fischer> <lena@x>"
                    spec = value[stop + 1 : end - 1]
                at = end
            else:
                bare.append(" ")
        name = "".join(names) if spec is not None else comment
        return _Entry("".join(bare).strip(), " ".join(name.split()), spec), stop + 1

    def _quoted(self, at: int) -> re.Match[str] | None:
        found = _QUOTED.match(self._value, at) if self._quotes else None
        self._quotes = self._quotes and found is not None
        return found

    def _comment_end(self, at: int) -> int:
        """Offset behind the comment; comments nest (RFC 5322 §3.2.2)."""
        depth = 0
        for token in _PARENTHESIS.finditer(self._value, at) if self._comments else ():
            depth += {"(": 1, ")": -1}.get(token.group(), 0)
            self._left -= 1
            if not depth:
                return token.end()
            if self._left <= 0:
                break
        self._comments = False
        return 0

    def _bracket_end(self, at: int) -> int:
        found = _ANGLE.search(self._value, at + 1) if self._brackets else None
        self._brackets = found is not None
        return found.end() if found and found.group() == ">" else 0
