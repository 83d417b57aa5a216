"""Signed names of ours: ``reply-<token>@`` says where a reply belongs, ``bounce-<token>@`` which
message did not arrive, ``…-thread-<token>@`` in a Message-ID what its message is about,
``probe-<token>@`` that it only tries the mailbox.

A token carries what it needs to be understood alone, because the message that it came from may be
deleted. The mailbox is a catch-all, so that every local part arrives; it must survive servers that
fold case, therefore RFC 4648 base32 in lower case, and it fits the 64 characters of RFC 5321
§4.5.3.1.1 with room to spare: 40 for a whole reply local part, 20 for a bounce token.

Layout, most significant bit first; the first character is the version::

    reply    version 5 | database 8 | day 14 | model | record | parent message | partner | MAC
    bounce   version 5 | message | partner | MAC
    thread   version 5 | database 8 | note 1 | model | record | MAC
    probe    version 5 | probe | part | MAC

``database`` is a hash of the database's id: it tells "signed elsewhere" from "forged" in the
trace. ``day`` counts from 2025-01-01 and lasts until 2069. A number is a varint: three bits for
its size (0, 8, 12 … 32 bits), then the number; ids of small databases leave more room for the MAC.

The MAC is HMAC-SHA-256 over the kind, the version, the full database id and the payload,
truncated to what is left: at most 80 bits (RFC 2104 §5), at least 40 for a reply and a thread and
32 for a bounce, which even ids of nine digits leave. That is enough here: a guess can only be tried
by sending us a message, nothing tells the sender whether it hit, and a hit says *where* it goes,
not *whether*: a stranger's reply is an internal note. 2**40 guesses at 100 messages a second take
350 years. A token of another length than its payload asks for is refused, so that nobody shortens
it. The kind is signed as well: References are copied to everybody who is written to, and nobody
may make a reply address of what they read there.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from ...translatable import _lt, said

VERSION = 1
MAX_MAC_BITS = 80
EPOCH = date(2025, 1, 1)

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_SIZES = (0, 8, 12, 16, 20, 24, 28, 32)
_DATABASE_BITS = 8
_DAY_BITS = 14
_LOCAL_PART = re.compile(r"^(reply|bounce)-([a-z2-7]{8,34})$")
_MESSAGE_ID = re.compile(r"-thread-([a-z2-7]{8,34})@[^@]*$")


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The database's ``secret`` and its ``database`` id (database.uuid): a copy signs otherwise."""

    secret: bytes = field(repr=False)
    database: str


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """Where a reply belongs, whom the address was given to, and when.

    ``model_id`` is the number of the record's model (ir.model); ``parent_id`` the message that
    carried the address, ``partner_id`` its addressee, each 0 when unknown.
    """

    model_id: int
    res_id: int
    parent_id: int = 0
    partner_id: int = 0
    issued: date = EPOCH


@dataclass(frozen=True, slots=True)
class BounceToken:
    """Which message went out (``message_id``, the number of the mail.message), and to whom."""

    message_id: int
    partner_id: int = 0


@dataclass(frozen=True, slots=True)
class ThreadToken:
    """The record that a message is about, and whether it was a note that only colleagues read.

    A Message-ID is one for all recipients and stands in everybody's References: it names no
    partner, and proves nothing about who quotes it.
    """

    model_id: int
    res_id: int
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class ProbeToken:
    """A message that tries the mailbox: ``part`` says which one of its probe."""

    probe_id: int
    part: int


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    max_chars: int
    min_mac_bits: int


_REPLY = _Kind("reply", 34, 40)
_BOUNCE = _Kind("bounce", 20, 32)
_THREAD = _Kind("thread", 34, 40)
_PROBE = _Kind("probe", 30, 60)  # it is read wherever it stands in a message, so it is long


def make_reply_token(key: TokenKey, token: ReplyToken) -> str:
    """Sign a reply token: at most 34 characters, ``""`` where the ids are too large to sign."""
    day = (token.issued - EPOCH).days
    if not 0 <= day < 1 << _DAY_BITS:
        return ""
    writer = _Bits().put(_database_hash(key), _DATABASE_BITS).put(day, _DAY_BITS)
    for number in (token.model_id, token.res_id, token.parent_id, token.partner_id):
        writer.put_number(number)
    return _sign(key, _REPLY, writer)


def read_reply_token(key: TokenKey, text: str) -> tuple[ReplyToken | None, str]:
    """Return the token, or None and the reason in words, for the trace."""
    reader, reason = _open(_REPLY, text)
    if reader is None:
        return None, reason
    database, day = reader.take(_DATABASE_BITS), reader.take(_DAY_BITS)
    model_id, res_id, parent_id, partner_id = (reader.take_number() for _number in range(4))
    if database != _database_hash(key) and not reader.broken:
        return None, said(_lt("signed by another database"))
    if not _is_signed(key, _REPLY, reader):
        return None, said(_lt("the signature is wrong"))
    issued = EPOCH + timedelta(days=day)
    token = ReplyToken(model_id, res_id, parent_id, partner_id, issued)
    return token, said(_lt("signed on %(date)s"), date=issued)


def make_bounce_token(key: TokenKey, token: BounceToken) -> str:
    """Sign a bounce token: at most 20 characters, ``""`` where the ids are too large to sign."""
    writer = _Bits().put_number(token.message_id).put_number(token.partner_id)
    return _sign(key, _BOUNCE, writer)


def read_bounce_token(key: TokenKey, text: str) -> tuple[BounceToken | None, str]:
    """Return the token, or None and the reason in words, for the trace."""
    reader, reason = _open(_BOUNCE, text)
    if reader is None:
        return None, reason
    token = BounceToken(reader.take_number(), reader.take_number())
    if not _is_signed(key, _BOUNCE, reader):
        return None, "the signature is wrong, or from another database"
    return token, "signed"


def make_thread_token(key: TokenKey, token: ThreadToken) -> str:
    """Sign a thread token: at most 34 characters, ``""`` where the ids are too large to sign."""
    writer = _Bits().put(_database_hash(key), _DATABASE_BITS).put(token.is_note, 1)
    writer.put_number(token.model_id).put_number(token.res_id)
    return _sign(key, _THREAD, writer)


def read_thread_token(key: TokenKey, text: str) -> tuple[ThreadToken | None, str]:
    """Return the token, or None and the reason in words, for the trace."""
    reader, reason = _open(_THREAD, text)
    if reader is None:
        return None, reason
    database, is_note = reader.take(_DATABASE_BITS), bool(reader.take(1))
    token = ThreadToken(reader.take_number(), reader.take_number(), is_note)
    if database != _database_hash(key) and not reader.broken:
        return None, said(_lt("signed by another database"))
    if not _is_signed(key, _THREAD, reader):
        return None, said(_lt("the signature is wrong"))
    return token, "signed"


def make_probe_token(key: TokenKey, token: ProbeToken) -> str:
    """Sign a probe token: at most 30 characters."""
    return _sign(key, _PROBE, _Bits().put_number(token.probe_id).put_number(token.part))


def read_probe_token(key: TokenKey, text: str) -> ProbeToken | None:
    """Return the token, None where it is no signed one of this database."""
    reader, _reason = _open(_PROBE, text)
    if reader is None:
        return None
    token = ProbeToken(reader.take_number(), reader.take_number())
    return token if _is_signed(key, _PROBE, reader) else None


def reply_local_part(token: str) -> str:
    """The local part for a token."""
    return f"reply-{token}"


def bounce_local_part(token: str) -> str:
    """The local part for a token."""
    return f"bounce-{token}"


def reply_token_in(address: str) -> str:
    """The reply token that an address of ours seems to carry (unread, so unproved), or ``""``."""
    return _token_in(address, "reply")


def bounce_token_in(address: str) -> str:
    """The bounce token that an address of ours seems to carry (unread, so unproved), or ``""``."""
    return _token_in(address, "bounce")


def thread_suffix(token: str) -> str:
    """What a token adds to the left part of a Message-ID; nothing when there is none."""
    return f"-thread-{token}" if token else ""


def thread_token_in(message_id: str) -> str:
    """The thread token that a Message-ID seems to carry (unread, so unproved), or ``""``."""
    found = _MESSAGE_ID.search(message_id.lower())
    return found[1] if found else ""


def _token_in(address: str, kind: str) -> str:
    found = _LOCAL_PART.match(address.rpartition("@")[0].partition("+")[0].lower())
    return found[2] if found and found[1] == kind else ""


# --- signing


def _sign(key: TokenKey, kind: _Kind, payload: "_Bits") -> str:
    mac_bits = _mac_bits(kind, payload.length)
    if payload.broken or mac_bits < kind.min_mac_bits:
        return ""
    mac = _mac(key, kind, payload, mac_bits)
    return _ALPHABET[VERSION] + payload.put(mac, mac_bits).encode()


def _mac_bits(kind: _Kind, payload_bits: int) -> int:
    """What a payload of that size leaves for its MAC: up to 80 bits and a whole character."""
    chars = min(kind.max_chars - 1, -(-(payload_bits + MAX_MAC_BITS) // 5))
    return chars * 5 - payload_bits


def _mac(key: TokenKey, kind: _Kind, payload: "_Bits", mac_bits: int) -> int:
    context = f"{kind.name}\0{VERSION}\0{key.database}\0{payload.length}\0{payload.value:x}"
    digest = hmac.new(key.secret, context.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return int.from_bytes(digest, "big") >> (len(digest) * 8 - mac_bits)


def _database_hash(key: TokenKey) -> int:
    return hashlib.sha256(key.database.encode("utf-8", "surrogatepass")).digest()[0]


def _open(kind: _Kind, text: str) -> tuple["_Reader | None", str]:
    text = text.lower()
    if not text or len(text) > kind.max_chars or any(char not in _ALPHABET for char in text):
        return None, said(_lt("not a token"))
    version = _ALPHABET.index(text[0])
    if version != VERSION:
        return None, said(_lt("version %(version)s is unknown"), version=version)
    return _Reader(text[1:]), ""


def _is_signed(key: TokenKey, kind: _Kind, reader: "_Reader") -> bool:
    payload, left = reader.payload(), reader.left
    if reader.broken or left != _mac_bits(kind, payload.length) or left < kind.min_mac_bits:
        return False
    size = (left + 7) // 8
    mac, expected = reader.take(left), _mac(key, kind, payload, left)
    return hmac.compare_digest(mac.to_bytes(size, "big"), expected.to_bytes(size, "big"))


# --- bits


@dataclass(slots=True)
class _Bits:
    """A growing string of bits; ``broken`` once something did not fit."""

    value: int = 0
    length: int = 0
    broken: bool = False

    def put(self, number: int, bits: int) -> "_Bits":
        self.value = self.value << bits | number
        self.length += bits
        return self

    def put_number(self, number: int) -> "_Bits":
        if not 0 <= number < 1 << _SIZES[-1]:
            self.broken = True
            return self
        index = next(at for at, size in enumerate(_SIZES) if number < 1 << size)
        return self.put(index, 3).put(number, _SIZES[index])

    def encode(self) -> str:
        """The bits as base32; their number is a multiple of five."""
        return "".join(
            _ALPHABET[self.value >> shift & 31] for shift in range(self.length - 5, -1, -5)
        )


class _Reader:
    """Bits read from the front; ``broken`` once it was asked for more than there are."""

    def __init__(self, text: str) -> None:
        self._value = 0
        for char in text:
            self._value = self._value << 5 | _ALPHABET.index(char)
        self._length = len(text) * 5
        self.left = self._length
        self.broken = False

    def take(self, bits: int) -> int:
        if bits > self.left:
            self.broken = True
            return 0
        self.left -= bits
        return self._value >> self.left & ((1 << bits) - 1)

    def take_number(self) -> int:
        size = _SIZES[self.take(3)]
        number = self.take(size)
        if number >> (size - 4 if size > 8 else 0) == 0 and size:
            self.broken = True  # not the shortest form: one token must have one spelling
        return number

    def payload(self) -> _Bits:
        """What was read so far."""
        return _Bits(self._value >> self.left, self._length - self.left)
