"""Bounces: a server says that a message of ours did not arrive, or not yet.

Reports of the standard (RFC 3464) are known by their type. The rest is known by signs, of which
one is never enough: the envelope and sender of a mail server, a subject, words in the text, an
address on a line of its own, the enclosed original. A person who replies to or forwards a bounce,
or complains about one, shows the same words, but not the first kind of sign.
"""

import re
from dataclasses import dataclass

from ...translatable import _lt, listed, said
from ..case import Case
from ..message import headers
from ..message.automatic import auto_submitted
from ..message.encoded_words import decode_words
from ..message.mail import ReceivedMail
from ..message.mime import Part
from ..reports.bounce_facts import read_bounce
from ..reports.bounce_text import address_lines, phrase_sign, quotes_a_header, subject_sign
from ..reports.report import (
    DELIVERY,
    DISPOSITION,
    holds,
    notice,
    originals,
    report_blocks,
    report_parts,
    report_type,
)
from ..tokens.tokens import bounce_token_in
from .base import Effect, Evidence, Verdict

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|daemon|mail[-_.]delivery(?:[-_.](?:sub)?system)?"
    r"|mail[-_.]?system|mailadm|ndr|dsn|microsoftexchange[0-9a-f]{32}|[a-z0-9_]*smtp_mail_service)$"
)
_DAEMON_NAME = re.compile(
    r"^(?:mail(?:er)?[ -]?daemon|(?:internet )?mail delivery|delivery subsystem)\b", re.IGNORECASE
)
_POSTMASTER = re.compile(r"^(?:post-?master|mail-?admin(?:istrator)?|system[ -]?administrator)$")
_POSTMASTER_NAME = re.compile(r"^(?:system administrator|mail administrator|postmaster)\b", re.I)
_PERSONS_PROGRAM = re.compile(
    r"thunderbird|outlook|apple mail|iphone|ipad|android|k-9|mutt|evolution|kmail|roundcube|horde"
    r"|squirrelmail|zimbra|the bat|airmail|spark|foxmail|sogo|rainloop|snappymail|webmail|gnus"
    r"|claws|sylpheed|mailspring|emclient|em client|nextcloud|proton",
    re.IGNORECASE,
)
# Web mail writes no X-Mailer, but leaves these behind.
_PERSONS_HEADERS = ("x-gm-message-state", "thread-index", "x-originating-ip")


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What sender and envelope say: ``daemon`` and ``null`` are strong, the others are not."""

    daemon: str = ""
    null: str = ""
    postmaster: str = ""
    own_bounce_address: str = ""

    @property
    def words(self) -> str:
        signs = (self.null, self.daemon or self.postmaster, self.own_bounce_address)
        return listed(filter(None, signs), ", ")


class Bounce(Verdict):
    """A server says that a message of ours did not arrive: the one it is about is marked."""

    name = "bounce"
    label = _lt("Bounce")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """A ``multipart/report; delivery-status``, ``X-Failed-Recipients``, a null return
        path with a daemon as sender, known layouts of text. Its header is enough as far as
        possible; it is opened only on suspicion. It is linked to the message that it is
        about by its bounce address, else by a Message-ID in an attached part, else by one
        anywhere in the body (in public corpora 89 % have it there, 11 % in headers).
        Without a token of ours it may annotate, never blacklist: it can be forged.
        """
        mail = case.mail
        kind = report_type(mail)
        declared = mail.first(headers.X_FAILED_RECIPIENTS)[:200]
        envelope, subject = _envelope(case), subject_sign(mail.subject)
        if kind not in ("", DELIVERY, DISPOSITION):
            return None  # a report of another kind: another verdict's
        if not (kind or declared or envelope.words or subject):
            return None
        parts = report_parts(mail)
        if kind == DELIVERY:
            return _reported(case, parts, f"Content-Type: multipart/report; {DELIVERY}")
        if kind == DISPOSITION:
            why = said(_lt("disposition-notification that reports a rejection (RFC 5429)"))
            return _reported(case, parts, why) if _is_rejection(mail, parts) else None
        if declared:
            return _reported(case, parts, f"X-Failed-Recipients: {declared}")
        why = _suffices(case, envelope, subject, parts)
        return _reported(case, parts, why) if why else None


def _is_rejection(mail: ReceivedMail, parts: tuple[Part, ...]) -> bool:
    """A mailbox filter's ``reject`` (RFC 5429 §2.2) comes as a disposition notification."""
    if "reject" in mail.first(headers.AUTO_SUBMITTED).lower():
        return True
    return any(
        "automatic-action" in block.first("disposition").lower()
        and "deleted" in block.first("disposition").lower()
        and phrase_sign(notice(parts))
        for block in report_blocks(parts, DISPOSITION)
    )


def _envelope(case: Case) -> _Envelope:
    mail = case.mail
    sender, shown = mail.sender, mail.first(headers.FROM)
    return_path = mail.return_path
    local, name = sender.local.strip('"'), sender.name
    if not sender.address:  # From: "Mail Delivery System" <>, or an address nobody can read
        local, name = _unreadable(shown)
    path_local = (return_path or "").partition("@")[0]
    daemon = bool(_DAEMON.match(local) or _DAEMON_NAME.match(name) or _DAEMON.match(path_local))
    postmaster = bool(_POSTMASTER.match(local) or _POSTMASTER_NAME.match(name))
    bounced_to = _own_bounce_address(case)
    daemon = daemon or (mail.has(headers.FROM) and "<>" in shown)
    return _Envelope(
        daemon=f"From: {shown[:120]}" if daemon else "",
        null=said(_lt("null return path")) if return_path == "" else "",
        postmaster=f"From: {shown[:120]}" if postmaster else "",
        own_bounce_address=said(_lt("sent to %(address)s"), address=bounced_to)
        if bounced_to
        else "",
    )


def _unreadable(shown: str) -> tuple[str, str]:
    local = shown.rpartition("<")[2].partition("@")[0].strip(' "\\>').lower()
    return local, decode_words(shown.partition("<")[0]).strip(' "')


def _own_bounce_address(case: Case) -> str:
    """The bounce address of ours that the message was sent to: a signed one, or a plain one."""
    for recipient in case.recipients:
        if bounce_token_in(recipient.address):
            return recipient.address
    if not case.policy.bounce_addresses:
        return ""
    for name in ("delivered-to", "x-original-to", headers.TO):
        for mailbox in case.mail.addresses(name)[:5]:
            if mailbox.address in case.policy.bounce_addresses:
                return mailbox.address
    return ""


def _suffices(case: Case, envelope: _Envelope, subject: str, parts: tuple[Part, ...]) -> str:
    """The signs in words when they suffice, or ``""``."""
    mail = case.mail
    if mail.has(headers.X_MS_INBOX_RULES_LOOP) or auto_submitted(mail) == "no":
        return ""
    if envelope.daemon and envelope.null:
        return envelope.words
    persons = _is_persons(mail)
    if holds(parts, DELIVERY) and (envelope.words or not persons):
        sign = envelope.words or subject
        return said(_lt("%(sign)s, encloses a %(type)s"), sign=sign, type=DELIVERY)
    signs = _text_signs(mail, parts, subject)
    seen = listed(filter(None, (envelope.words, *signs.heard)), ", ")
    if envelope.daemon and signs.heard:
        return seen
    if persons:
        return ""
    if envelope.words:
        two = len(signs.heard) == 2 or (subject and signs.encloses)
        return seen if two or (envelope.postmaster and envelope.null and signs.heard) else ""
    enough = len(signs.heard) == 2 and (signs.encloses or signs.names_somebody)
    return seen if enough else ""


@dataclass(frozen=True, slots=True)
class _TextSigns:
    """What the text says: ``heard`` in words, and what stands beside them."""

    heard: tuple[str, ...]
    encloses: bool
    names_somebody: bool


def _text_signs(mail: ReceivedMail, parts: tuple[Part, ...], subject: str) -> _TextSigns:
    told = notice(parts)
    phrase = phrase_sign(told)
    heard = (
        said(_lt("subject “%(words)s”"), words=subject) if subject else "",
        said(_lt("text “%(words)s”"), words=phrase) if phrase else "",
    )
    return _TextSigns(
        heard=tuple(sign for sign in heard if sign),
        encloses=quotes_a_header(told) or any(True for _original in originals(parts)),
        names_somebody=any(item != mail.sender.address for item in address_lines(told)),
    )


def _is_persons(mail: ReceivedMail) -> bool:
    """Whether a person's mail client or a reply speaks against a mail server as author."""
    program = mail.first("user-agent") or mail.first("x-mailer")
    return bool(
        _PERSONS_PROGRAM.search(program[:300])
        or mail.has(*_PERSONS_HEADERS)
        or (mail.in_reply_to and mail.return_path != "")
    )


def _reported(case: Case, parts: tuple[Part, ...], why: str) -> Evidence | None:
    facts = read_bounce(case.mail, case.policy, parts)
    if facts is None:
        return None  # a report of success: a receipt
    return Evidence(why, {**facts, "bounce_address": _own_bounce_address(case)})
