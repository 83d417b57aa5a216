"""Whether two readings of a mailbox are of one message: by its header and size, never a key alone.

Servers give a key again after a deletion (POP3's UIDL) and number anew without saying so (IMAP).
"""

import hashlib
import re
from collections.abc import Iterator

_LINE = re.compile(rb"\r\n|\r|\n")
_BLANKS = re.compile(rb"\s+")
_BOUNDARY = re.compile(rb'boundary\s*=\s*"?([^";\r\n]{1,200})', re.IGNORECASE)
_MAX_HEADER = 256_000  # bytes
_MUCH = 5  # a part of the size: more than a fifth missing is no other way of counting
# Written by the mailbox itself, and different at the next look (UW IMAP, qpopper, Dovecot's mbox);
# Exchange writes new boundaries, and with them Content-Type, whenever it hands a message out.
_VOLATILE = frozenset(
    b"status x-status x-uid x-uidl x-keywords x-imap x-imapbase lines mime-version"
    b" x-mozilla-status x-mozilla-status2 x-mozilla-keys x-evolution".split()
)


def header_key(source: bytes) -> str:
    """A key of the header of a message, or of a header alone: 24 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=12)
    for field in _fields(source[:_MAX_HEADER]):
        name = field.partition(b":")[0].strip().lower()
        if name not in _VOLATILE and not name.startswith(b"content-"):
            digest.update(_BLANKS.sub(b" ", field).strip() + b"\n")
    return digest.hexdigest()


def content_key(source: bytes) -> str:
    """A key of all bytes, however the lines of them end."""
    return hashlib.blake2b(b"\n".join(_LINE.split(source)).rstrip(), digest_size=12).hexdigest()


def is_cut_short(source: bytes, size: int) -> bool:
    """Whether a server handed out less than the ``size`` bytes that it announced.

    Sizes may be estimates (Exchange), or count line ends that the bytes do not have: what is
    nearly as long, and ends as a message ends, is whole.
    """
    missing = size - len(source)
    bare_ends = source.count(b"\n") - source.count(b"\r\n")
    if missing <= 0 or (source and missing == bare_ends):
        return False
    return missing * _MUCH > size or not _ends_well(source)


def _ends_well(source: bytes) -> bool:
    head = b"\n".join(_fields(source[:_MAX_HEADER]))
    if b"multipart/" in head.lower() and (found := _BOUNDARY.search(head)):
        return b"--" + found[1].strip() + b"--" in source
    return source.endswith(b"\n")


def _fields(source: bytes) -> Iterator[bytes]:
    """The header fields, each with its folded lines, up to the first empty line."""
    field = b""
    for line in _LINE.split(source):
        if not line:
            break
        if line[:1] in b" \t":
            field += b"\n" + line
            continue
        if field:
            yield field
        field = line
    if field:
        yield field
