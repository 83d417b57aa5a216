"""Names of files: what strangers call them, made safe; and names for those that have none."""

import re
import unicodedata
from mimetypes import MimeTypes
from urllib.parse import unquote, urlsplit

from ..router.message.encoded_words import decode_words, one_line
from ..router.message.mail import Part, ReceivedMail

MAX_NAME_BYTES = 240  # of UTF-8; file systems take 255
_MAX_EXTENSION = 16
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
# The built-in table alone: what a machine has in /etc/mime.types must not change a name.
_TYPES = MimeTypes(filenames=())
_EXTENSIONS = {
    "text/calendar": ".ics",
    "application/ics": ".ics",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/directory": ".vcf",
    "text/xml": ".xml",
    "text/enriched": ".txt",
    "text/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/pjpeg": ".jpg",
    "image/x-png": ".png",
    "image/tiff": ".tif",
    "image/svg+xml": ".svg",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "video/avi": ".avi",
    "audio/amr": ".amr",
    "audio/mp4": ".m4a",
    "application/xml": ".xml",
    "application/x-pdf": ".pdf",
    "application/gzip": ".gz",
    "application/x-gzip": ".gz",
    "application/x-zip-compressed": ".zip",
    "application/pgp-encrypted": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/ms-tnef": ".dat",
    "application/vnd.ms-tnef": ".dat",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "text/rfc822-headers": ".txt",
    "message/partial": ".eml",
    **dict.fromkeys(_MESSAGES, ".eml"),
}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_EXTENSIONS |= {
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_MAGIC = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"PK\x03\x04", ".zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
    (b"{\\rtf", ".rtf"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"\x1f\x8b", ".gz"),
    (b"BEGIN:VCALENDAR", ".ics"),
    (b"BEGIN:VCARD", ".vcf"),
    (b"<?xml", ".xml"),
)
_STEMS = {".ics": "calendar", ".vcf": "contact", ".eml": "message", ".txt": "text"}
_STEMS_OF_KINDS = {"image": "picture", "audio": "audio", "video": "video"}
_FORMATTING = frozenset("\u200b\u2060\ufeff\u00ad")  # invisible, and of no use in a name
_PATH = re.compile(r"\\|^(?:[a-z]:|file:|[./~])|/\.\.?/", re.I)
_EXTENSION = re.compile(r"\.[^\W_]{1,10}$")


def file_name(part: Part, data: bytes) -> str:
    """The name of the file that a part is: the sender's if there is one, else one by its type.

    :param data: its bytes, decoded
    """
    kind = part.get_content_type()
    name = safe_name(part.get_filename()) or _name_of_location(part)
    if kind in _MESSAGES:
        return name_of_message(data, name)
    if name:
        return name
    described = safe_name(one_line(decode_words(part.get("content-description"))))
    if _EXTENSION.search(described):
        return described
    extension = extension_of(kind, data)
    return safe_name(f"{described or _stem(kind, extension)}{extension}")


def safe_name(name: str) -> str:
    """A name without its path and without characters that hide what it is; ``""`` for none.

    Too long ones are cut before the extension.
    """
    name = unicodedata.normalize("NFC", name)
    name = "".join(char for char in one_line(name) if not _is_hidden(char))
    if _PATH.search(name):
        name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = name.replace("/", "-").strip().rstrip(". ")
    if not name.strip(". _-?\N{REPLACEMENT CHARACTER}"):
        return ""
    stem, extension = _parts_of(name)
    room = MAX_NAME_BYTES - len(extension.encode())
    if len(stem.encode()) > room:
        stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip()
    return f"{stem}{extension}"


def name_of_message(source: bytes, name: str = "") -> str:
    """The name of an attached message: its own, else its subject; it ends in ``.eml``."""
    if not name:
        name = safe_name(ReceivedMail.from_bytes(source).subject) or "message"
    if name.lower().endswith((".eml", ".msg")):
        return name
    return f"{_cut(name, MAX_NAME_BYTES - len('.eml'))}.eml"


def extension_of(content_type: str, data: bytes = b"") -> str:
    """The extension for a type, with its dot; for one that says nothing, by how a file begins."""
    found = _EXTENSIONS.get(content_type)
    if found and content_type != "text/plain":
        return found
    if content_type != "application/octet-stream" and not found:
        found = _TYPES.guess_extension(content_type, strict=False)
    begins = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    magic = next((extension for magic, extension in _MAGIC if begins.startswith(magic)), "")
    if content_type.startswith(("text/", "message/")):
        found = found or ".txt"
    return (magic if not found or content_type == "text/plain" else "") or found or ".bin"


def _is_hidden(char: str) -> bool:
    """Bidirectional controls turn ``exe.pdf`` around; joiners belong to emoji and to Persian."""
    if char in _FORMATTING:
        return True
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") and char not in "\u200c\u200d"


def _parts_of(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _MAX_EXTENSION or " " in extension:
        return name, ""
    return stem, dot + extension


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode("utf-8", "ignore").rstrip()


def _name_of_location(part: Part) -> str:
    """The file in a Content-Location (RFC 2557 §4.2), when it looks like one."""
    location = "".join(part.get("content-location").split())[:2_000]
    try:
        path = urlsplit(location).path
    except ValueError:  # brackets of an IPv6 address that is none
        return ""
    name = safe_name(unquote(path).rpartition("/")[2])
    return name if _EXTENSION.search(name) else ""


def _stem(kind: str, extension: str) -> str:
    main, _slash, sub = kind.partition("/")
    if main == "message" and extension == ".txt":
        return sub  # of a report: delivery-status
    return _STEMS.get(extension) or _STEMS_OF_KINDS.get(main) or "attachment"
