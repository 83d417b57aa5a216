r"""The folders of an IMAP mailbox: their names, and the one that Junk or All Mail is.

A server without SPECIAL-USE (RFC 6154) marks none: then usual names tell.
"""

import contextlib
import imaplib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7

# imaplib cuts "* LIST" off: the answer begins with the flags.
_LIST = re.compile(
    rb'\s*\((?P<flags>[^()]*)\)\s+(?P<between>"(?:[^"\\]|\\.)*"|NIL)\s+'
    rb'(?P<name>"(?:[^"\\]|\\.)*"|.+)',
    re.DOTALL | re.IGNORECASE,
)
_LITERAL = re.compile(rb"\{\d{1,10}\}\s*")
_ESCAPED = re.compile(rb"\\(.)")
_PREFIX = re.compile(r'\(\s*"((?:[^"\\]|\\.)*)"\s+(?:"(?:[^"\\]|\\.)*"|NIL)')
_MAX_LIST = 10_000  # bytes of one answer; RFC 3501 has no limit, no server a name of that length
_CLOSED = frozenset((rb"\noselect", rb"\nonexistent"))
# Where servers without NAMESPACE put other people's folders (Dovecot, Cyrus, Courier, Zimbra).
_FOREIGN = ("user", "users", "other users", "shared", "shared folders", "public", "public folders")
# Junk as it is called: by servers and clients in English; Courier, cPanel and Plesk put "INBOX."
# before it; Exchange and Outlook write it in the language of the mailbox, and so do others.
JUNK_NAMES = (
    *("junk", "spam", "junk e-mail", "junk email", "junk-e-mail", "junk mail", "junkmail"),
    *("bulk mail", "bulk", "bulkmail", "spambox", "spam mail", "probably spam", "quarantine"),
    *("spamverdacht", "spam-verdacht", "junk-mail", "unerwünscht", "unerwünschte e-mails"),
    *("unerwünschte werbung", "werbung", "spamordner"),
    *("courrier indésirable", "courriers indésirables", "indésirables", "pourriel", "pourriels"),
    *("correo no deseado", "correo basura", "no deseado", "correo electrónico no deseado"),
    *("posta indesiderata", "indesiderata", "posta spazzatura"),
    *("lixo eletrônico", "lixo eletrónico", "lixo electrónico", "correio eletrônico de lixo"),
    *("e-mail de lixo", "ongewenste e-mail", "ongewenst", "ongewenste reclame", "reclame"),
    *("skräppost", "skräp", "søppelpost", "uønsket e-post", "uønsket e-mail", "uønsket mail"),
    *("roskaposti", "rämpspost", "wiadomości-śmieci", "wiadomości śmieci", "niechciane"),
    *("nevyžádaná pošta", "nevyžiadaná pošta", "levélszemét", "mesaje nedorite", "mesaj nedorit"),
    *("neželjena pošta", "neželena e-pošta", "neželena pošta", "nepageidaujami", "mēstules"),
    *("önemsiz e-posta", "gereksiz", "istenmeyen", "ανεπιθύμητα", "ανεπιθύμητη αλληλογραφία"),
    *("нежелательная почта", "спам", "небажана пошта", "нежелана поща", "непожелана поща"),
    *(
        "迷惑メール",
        "迷惑",
        "垃圾邮件",
        "垃圾郵件",
        "垃圾信件",
        "垃圾箱",
        "정크 메일",
        "스팸",
        "스팸메일함",
    ),
    *("דואר זבל", "البريد الإلكتروني غير الهام", "thư rác", "email sampah", "correu brossa"),
)


@dataclass(frozen=True, slots=True)
class Folder:
    """``flags`` in lower case; ``raw`` is the name as the server writes it."""

    name: str
    raw: bytes
    flags: frozenset[bytes]
    between: str  # the hierarchy's delimiter, or ""

    @property
    def is_open(self) -> bool:
        """Whether the server says that it can be selected."""
        return not self.flags & _CLOSED

    @property
    def plain(self) -> str:
        """Its name without ``INBOX.`` and the like, to compare: one case, one form of accents."""
        name = _plain(self.name)
        for root in ("inbox", "[gmail]", "[google mail]"):
            if name.startswith(tuple(root + mark for mark in {self.between, ".", "/"} if mark)):
                return name[len(root) + 1 :]
        return name


def list_folders(connection: imaplib.IMAP4) -> Iterator[Folder]:
    """Every folder that the server lists; none where it refuses to."""
    status, lines = connection.list()
    for line in lines if status == "OK" else ():
        # A name with special characters comes as a literal: imaplib hands it over as a tuple.
        raw = b" ".join(line) if isinstance(line, tuple) else line
        if not raw or len(raw) > _MAX_LIST:
            continue
        match = _LIST.match(_LITERAL.sub(b"", raw))
        if not match:
            continue
        flags = frozenset(match["flags"].lower().split())
        between = _unquoted(match["between"]).decode("ascii", "replace")
        name = _unquoted(match["name"].strip())
        yield Folder(readable(name), name, flags, "" if match["between"] == b"NIL" else between)


def find_junk_folder(connection: imaplib.IMAP4) -> str | None:
    r"""Name of the Junk folder: the one marked ``\Junk`` (RFC 6154), else one that is called so."""
    return find_special_folder(connection, rb"\junk", JUNK_NAMES)


def find_special_folder(connection: imaplib.IMAP4, flag: bytes, usual: Sequence[str]) -> str | None:
    """Name of the folder with that (lower-case) flag, else the first of the usual names.

    One that cannot be selected is none, and neither is another user's.
    """
    folders = [folder for folder in list_folders(connection) if folder.is_open]
    if not folders:
        return None
    foreign = _foreign_prefixes(connection)
    own = [folder for folder in folders if not _plain(folder.name).startswith(foreign)]
    marked = next((folder.name for folder in own if flag in folder.flags), None)
    if marked:
        return marked
    names = {folder.plain: folder.name for folder in reversed(own)}
    names |= {_plain(folder.name): folder.name for folder in own}
    return next((names[name] for name in usual if name in names), None)


def _foreign_prefixes(connection: imaplib.IMAP4) -> tuple[str, ...]:
    """How names of other people's folders begin (RFC 2342), by the server's word or by custom."""
    usual = [f"{word}{mark}" for word in _FOREIGN for mark in "/."] + ["~", "#"]
    if "NAMESPACE" in getattr(connection, "capabilities", ()):
        try:
            _status, data = connection.namespace()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            data = []
        text = readable(data[-1]) if data and isinstance(data[-1], bytes) else ""
        parts = _namespaces(text)
        if len(parts) == 3:
            own = {_plain(prefix) for prefix in _PREFIX.findall(parts[0])}
            told = [_plain(prefix) for part in parts[1:] for prefix in _PREFIX.findall(part)]
            # an empty prefix begins every name
            return tuple(prefix for prefix in [*told, *usual] if prefix and prefix not in own)
    return tuple(usual)


def _namespaces(text: str) -> list[str]:
    """The three parts of an answer: personal, other users', shared; each a list or NIL."""
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "(":
            start = place if depth == 0 else start
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                parts.append(text[start : place + 1])
        elif depth == 0 and text[place : place + 3].upper() == "NIL":
            parts.append("")
    return parts


def readable(raw: bytes) -> str:
    """A folder's name for people: modified UTF-7 (RFC 3501 §5.1.3), or what the server wrote."""
    with contextlib.suppress(ValueError, LookupError, AssertionError):
        name: str = decode_utf7(raw)
        if encode_utf7(name) == raw:
            return name
    # "R&D": no modified UTF-7, as some servers let clients write it
    return raw.decode("utf-8", "replace")


def quote_folder(name: str) -> str:
    """A folder's name as the protocol writes it (RFC 3501 §5.1.3)."""
    encoded: bytes = encode_utf7(name)
    return quote_raw(encoded)


def quote_raw(raw: bytes) -> str:
    """The same of a name that a server wrote."""
    return '"' + _escaped(raw).decode("latin-1") + '"'


def _escaped(raw: bytes) -> bytes:
    return raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _unquoted(name: bytes) -> bytes:
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        return _ESCAPED.sub(rb"\1", name[1:-1])
    return name


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
