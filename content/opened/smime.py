"""S/MIME (RFC 8551) as one piece: what lies in a ``smime.p7m``, signed, compressed or encrypted.

Nothing is verified here, and nothing decrypted: a message that claims to be signed is shown as
any other, and its record says so. What is signed apart (multipart/signed) needs no opening.
"""

import zlib
from dataclasses import dataclass
from enum import Enum

from ...router.message.mime import Part
from ...translatable import _lt, said
from ..content import Opened
from .ber import CONTEXT_0, SEQUENCE, Cursor, Malformed
from .parts import entity, made_part

MAX_BYTES = 60_000_000  # a mailbox takes messages of 25 to 50 MB
MAX_INFLATED = 20_000_000
_MAX_WRAPPINGS = 5  # signed in compressed in signed: RFC 2634 §1.1 has three
_PKCS7, _CT = "2a864886f70d0107", "2a864886f70d01091001"  # 1.2.840.113549.1.7, .1.9.16.1
_DATA, _SIGNED, _COMPRESSED = f"{_PKCS7}01", f"{_PKCS7}02", f"{_CT}09"
_ENCRYPTED = frozenset({f"{_PKCS7}03", f"{_PKCS7}06", f"{_CT}17"})  # RFC 5652 §6, §8; RFC 5083

_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_VERSION = "application/pgp-encrypted"
_NAME = "smime.p7m"  # RFC 8551 §3.2.1; files that are signed are called "invoice.xml.p7m"

UNCHECKED = _lt("This email is signed (S/MIME). The signature was not checked.")
ENCRYPTED = _lt("This email is encrypted. The file %(file)s holds it, for whoever has the key.")


class Kind(str, Enum):
    """What was found."""

    SIGNED = "signed"
    COMPRESSED = "compressed"
    ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Cms:
    """``entity`` is the MIME entity inside, header and body: ``b""`` where it is encrypted."""

    kind: Kind
    entity: bytes = b""


def open_smime(part: Part) -> Opened | None:
    """The message in a signed or compressed one, or a note that it is encrypted.

    Not of a file that somebody has signed, an invoice say, whatever its type.
    """
    name, is_whole = part.get_filename().lower(), part.depth == 0
    is_named = name == _NAME
    if part.is_multipart() or not (part.get_content_type() in _TYPES or is_named):
        return None
    if name and not is_named and (not is_whole or "." in name.removesuffix(".p7m")):
        return None
    found = read_cms(part.decoded())
    if found is None or (found.kind is Kind.COMPRESSED and not is_whole):
        return None
    if found.kind is Kind.ENCRYPTED:
        file = part.get_filename() or _NAME
        return Opened(stays=True, notes=(said(ENCRYPTED, file=file),))
    inner = _message_in(found.entity, is_whole=is_whole)
    if inner is None:
        return None
    notes = (said(UNCHECKED),) if found.kind is Kind.SIGNED else ()
    return Opened(parts=(inner,), stays=True, notes=notes, encloses=found.kind)


def _message_in(data: bytes, *, is_whole: bool) -> Part | None:
    """What was signed, if it is a MIME entity; or text, from programs that forget its header."""
    root = entity(data)
    if root is None:
        return None
    if any(item.name.startswith("content-") for item in root.fields):
        is_wrapped = root.get_content_type() == "message/rfc822"  # its header too (RFC 8551 §3.1)
        return root.children[0] if is_wrapped and root.children else root
    is_text = is_whole and b"\0" not in data and not data.lstrip().startswith((b"<?", b"%PDF"))
    return made_part(data, "text/plain") if is_text else None


def open_pgp(part: Part) -> Opened | None:
    """The file of an encrypted message (RFC 3156 §4), without the part that says its version."""
    if part.get_content_type() != "multipart/encrypted" or not part.children:
        return None
    files = [item for item in part.children if item.get_content_type() != _PGP_VERSION]
    file = next((item.get_filename() for item in files if item.get_filename()), "")
    return Opened(parts=tuple(files), notes=(said(ENCRYPTED, file=file or "encrypted.asc"),))


def read_cms(data: bytes) -> Cms | None:
    """Open a CMS message (RFC 5652 §3), or None: no such thing, broken, or nothing inside."""
    kind = None
    try:
        for _wrapping in range(_MAX_WRAPPINGS):
            cursor = Cursor(data)
            cursor.enter(SEQUENCE)
            content_type = cursor.oid()
            if content_type in _ENCRYPTED:
                return Cms(Kind.ENCRYPTED)
            if content_type not in (_SIGNED, _COMPRESSED):
                return None
            if content_type == _SIGNED or kind is None:
                kind = Kind.SIGNED if content_type == _SIGNED else Kind.COMPRESSED
            inner, data = _inside(cursor)
            if content_type == _COMPRESSED:
                data = _inflated(data)
            if inner == _DATA:
                return Cms(kind, data)
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
    found = machine.decompress(data, MAX_INFLATED)
    if not machine.eof:
        raise Malformed("cut, or too large")
    return found
