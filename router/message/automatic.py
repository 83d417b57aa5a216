"""What a message's header says about who pressed "send", a person or a program; and what ours say.

The verdicts share these readings, so that two of them never read one header differently.
"""

from ...translatable import _lt, said
from . import headers
from .mail import ReceivedMail

_BULK = frozenset({"bulk", "list", "junk"})
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply", "auto_response"})
_OFF = frozenset({"", "no", "none", "false", "0", "off"})


def automatic_headers(submitted: str = "auto-generated") -> dict[str, str]:
    """What a message of ours carries that nobody wrote, so that no program answers it.

    :param submitted: the keyword of RFC 3834 §5; ``auto-replied`` where a message caused it
    """
    return {"Auto-Submitted": submitted, "X-Auto-Response-Suppress": "All"}


def keyword(value: str) -> str:
    """The bare keyword of a header value: ``Auto-Replied (vacation); x=y`` gives ``auto-replied``.

    RFC 3834 §5 allows parameters after ``;`` and comments; case never counts.
    """
    return value.partition(";")[0].partition("(")[0].strip().strip('"').strip().lower()


def is_on(value: str) -> bool:
    """Whether a flag-like header says yes: anything that does not say no."""
    return keyword(value) not in _OFF


def auto_submitted(mail: ReceivedMail) -> str:
    """Keyword of ``Auto-Submitted`` (RFC 3834 §5), ``""`` when it is missing."""
    return keyword(mail.first(headers.AUTO_SUBMITTED))


def precedence(mail: ReceivedMail) -> str:
    """Keyword of ``Precedence``, or of the ``X-Precedence`` that some programs write instead."""
    return keyword(mail.first(headers.PRECEDENCE) or mail.first("x-precedence"))


def is_bulk_precedence(mail: ReceivedMail) -> bool:
    """``Precedence: bulk``, ``list`` or ``junk`` (RFC 2076 §3.9)."""
    return precedence(mail) in _BULK


def is_reply_precedence(mail: ReceivedMail) -> bool:
    """``Precedence: auto_reply``."""
    return precedence(mail) in _AUTOMATIC_PRECEDENCE


def suppressed_answers(mail: ReceivedMail) -> frozenset[str]:
    """Keywords of ``X-Auto-Response-Suppress`` ([MS-OXCMAIL] §2.1.3.2.19), lower case."""
    value = mail.first(headers.X_AUTO_RESPONSE_SUPPRESS)
    return frozenset(item.strip().lower() for item in value.split(",") if item.strip())


def automatic_sign(mail: ReceivedMail, *, through_own_group: bool = False) -> str:
    """The header that marks a message as written by a program, in words; ``""`` for a person's.

    We never answer such a message, no matter who wrote it (RFC 3834 §2). A group of our own
    domain writes ``Precedence: list`` over people's mail: ``through_own_group`` passes over it.
    """
    submitted = auto_submitted(mail)
    if submitted == "no":
        return ""
    if submitted:
        return f"Auto-Submitted: {submitted}"
    value = precedence(mail)
    if value in _AUTOMATIC_PRECEDENCE or (value in _BULK and not through_own_group):
        return f"Precedence: {value}"
    return said(_lt("null return path")) if mail.return_path == "" else ""
