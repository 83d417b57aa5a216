"""S/MIME (RFC 8551) as one piece: what lies in a ``smime.p7m``, signed, compressed or encrypted.

Nothing is verified here, and nothing decrypted: a message that claims to be signed is shown as
any other, and its record says so. What is signed apart (multipart/signed) needs no opening.
"""

import zlib
from dataclasses import dataclass
from enum import Enum

from .ber import CONTEXT_0, SEQUENCE, Cursor, Malformed

MAX_BYTES = 60_000_000  # of what is opened: a mailbox takes messages of 25 to 50 MB
_MAX_WRAPPINGS = 5  # signed in compressed in signed: RFC 2634 §1.1 has three
_PKCS7, _CT = "2a864886f70d0107", "2a864886f70d01091001"  # 1.2.840.113549.1.7, .1.9.16.1
_DATA, _SIGNED, _COMPRESSED = f"{_PKCS7}01", f"{_PKCS7}02", f"{_CT}09"
_ENCRYPTED = frozenset({f"{_PKCS7}03", f"{_PKCS7}06", f"{_CT}17"})  # RFC 5652 §6, §8; RFC 5083


class Kind(str, Enum):
    """What was found."""

    SIGNED = "signed"
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Opened:
    """``entity`` is the MIME entity inside, header and body: ``b""`` where it is encrypted."""

    kind: Kind
    entity: bytes = b""


def opened(data: bytes) -> Opened | None:
    """Open a CMS message (RFC 5652 §3), or None: no such thing, broken, or nothing inside."""
    kind = None
    try:
        for _wrapping in range(_MAX_WRAPPINGS):
            cursor = Cursor(data)
            cursor.enter(SEQUENCE)
            content_type = cursor.oid()
            if content_type in _ENCRYPTED:
                return Opened(Kind.ENCRYPTED)
            if content_type not in (_SIGNED, _COMPRESSED):
                return None
            if content_type == _SIGNED or kind is None:
                kind = Kind.SIGNED if content_type == _SIGNED else Kind.COMPRESSED
            inner, data = _inside(cursor)
            if content_type == _COMPRESSED:
                data = _inflated(data)
            if inner == _DATA:
                return Opened(kind, data)
    except (Malformed, zlib.error):
        return None
    return None


def _inside(cursor: Cursor) -> tuple[str, bytes]:
    """The type and the octets of encapContentInfo.

    Signed: version, digests, content, certificates … (RFC 5652 §5.1); compressed: version,
    algorithm, content (RFC 3274 §1.1). What comes behind the content is not looked at.
    """
    cursor.enter(CONTEXT_0)
    cursor.enter(SEQUENCE)
    cursor.skip()
    cursor.skip()
    content = cursor.enter(SEQUENCE)
    inner = cursor.oid()
    if not cursor.has_more(content):
        raise Malformed("signed apart, or certificates alone")
    cursor.enter(CONTEXT_0)
    return inner, cursor.octets(MAX_BYTES)


def _inflated(data: bytes) -> bytes:
    machine = zlib.decompressobj()
    found = machine.decompress(data, MAX_BYTES)
    if not machine.eof:
        raise Malformed("cut, or too large")
    return found
