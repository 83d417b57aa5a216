"""Bounces: a server says that a message of ours did not arrive, or not yet.

Reports of the standard (RFC 3464) are known by their type: they are proved. The rest is known by
signs, of which one is never enough: the envelope and sender of a mail server, a subject, words in
the text, the layout of a known server, the enclosed original. A person who replies to or sends on
a bounce, or whose parcel did not arrive, shows the same words, but not the first kind of sign nor
the layout. What is only likely waits for a person, who says so of all of them at once.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...translatable import _lt, listed, said
from ..case import Case
from ..contact import is_no_reply
from ..message import headers
from ..message.automatic import auto_submitted, header_sign, passed_on_by
from ..message.encoded_words import decode_words
from ..message.mail import ReceivedMail
from ..message.mime import Part
from ..message.programs import persons_sign, sent_on
from ..reports.bounce_facts import read_bounce
from ..reports.bounce_text import (
    known_layout,
    names_mail,
    phrase_sign,
    quotes_a_header,
    quotes_a_server,
    subject_sign,
)
from ..reports.certified import certified_failure
from ..reports.report import (
    DELIVERY,
    DISPOSITION,
    enclosed_message_ids,
    holds,
    notice,
    originals,
    report_blocks,
    report_parts,
    report_type,
)
from ..reports.ses import ses_notice
from ..tokens.tokens import TokenKey, bounce_token_in, read_bounce_token
from .base import Effect, Evidence, Verdict

# No person has these. "ndr", "dsn" and "daemon" are initials and names as well.
_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|mail[-_.]delivery[-_.](?:sub)?system"
    r"|mail[-_.]?system|mailadm|microsoftexchange[0-9a-f]{32}|[a-z0-9_]*smtp_mail_service)$"
)
# The whole name: "Mail Delivery" is a courier's, "Mail Delivery Systems GmbH" a firm.
_DAEMON_NAME = re.compile(
    r"^(?:mail(?:er)?[ -]?daemon|(?:internet )?mail delivery (?:sub)?system|delivery subsystem)$",
    re.I,
)
_POSTMASTER = re.compile(
    r"^(?:post[-_.]?master|mail-?admin(?:istrator)?|system[ -]?administrator)$"
)
# "Postmaster", "Postmaster at customer.test"; not "Postmaster Paper Goods".
_POSTMASTER_NAME = re.compile(
    r"^(?:system administrator|mail administrator|post-?master)(?:$| ?[@(,:-]| (?:at|of)\b)", re.I
)
_PERHAPS = re.compile(r"^(?:sysadmin|mail[-_.]delivery|daemon|ndr|dsn)$")
_PERHAPS_NAME = re.compile(r"^(?:internet )?mail delivery(?: service)?$", re.I)


@dataclass(frozen=True, slots=True)
class _Envelope:
    """What sender and envelope say: ``daemon`` is strong, the others are not.

    ``perhaps`` has an address or a name that servers have, and people and firms as well.
    """

    daemon: str = ""
    null: str = ""
    postmaster: str = ""
    perhaps: str = ""
    own_bounce_address: str = ""

    @property
    def words(self) -> str:
        sender = self.daemon or self.postmaster or self.perhaps
        signs = (self.null, sender, self.own_bounce_address)
        return listed(filter(None, signs), ", ")


class Bounce(Verdict):
    """A server says that a message of ours did not arrive: the one it is about is marked."""

    name = "bounce"
    label = _lt("Bounce")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """**Proved** by a ``multipart/report; delivery-status``, ``X-Failed-Recipients``, the
        notice of a certified mail system (PEC), a signed bounce address of ours, or by an
        enclosed message that we sent together with a null return path or a daemon as sender.
        **Likely** by a daemon as sender, a null return path, or known layouts of text, each with
        other signs; words alone never make one. It is opened only on suspicion. It is linked to
        the message that it is about by its bounce address, else by a Message-ID in an attached
        part, else by one anywhere in the body (in public corpora 89 % have it there, 11 % in
        headers). Without a token of ours it may annotate, never blacklist: it can be forged.
        """
        mail = case.mail
        kind = report_type(mail)
        declared = mail.first(headers.X_FAILED_RECIPIENTS)[:200] or certified_failure(mail)
        envelope, subject = _envelope(case), subject_sign(mail.subject)
        if kind not in ("", DELIVERY, DISPOSITION):
            return None  # a report of another kind: another verdict's
        told = ses_notice(mail)
        if told and told.kind == "bounce":
            text = said(_lt("a notification of Amazon SES"))
            return Evidence(text, {**told.facts(), "bounce_address": ""})
        if not (kind or declared or envelope.words or subject):
            return None
        parts = report_parts(mail)
        if kind == DELIVERY:
            why = f"Content-Type: multipart/report; {DELIVERY}"
            return _reported(case, parts, why, proved=holds(parts, DELIVERY))
        if kind == DISPOSITION:
            why = said(_lt("disposition-notification that reports a rejection (RFC 5429)"))
            proved = holds(parts, DISPOSITION)
            return _reported(case, parts, why, proved) if _is_rejection(mail, parts) else None
        if declared:
            name = "X-Failed-Recipients" if mail.has(headers.X_FAILED_RECIPIENTS) else "X-Ricevuta"
            return _reported(case, parts, f"{name}: {declared}", proved=True)
        why = _suffices(case, envelope, subject, parts)
        return _reported(case, parts, why, _is_proved(case, envelope, parts)) if why else None


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
    perhaps = bool(_PERHAPS.match(local) or _PERHAPS_NAME.match(name))
    bounced_to = _own_bounce_address(case)
    # nobody stands between the brackets; "A <> B Exchange" is a name
    daemon = daemon or ("<>" in shown and not sender.address)
    return _Envelope(
        daemon=f"From: {shown[:120]}" if daemon else "",
        null=said(_lt("null return path")) if _is_null(mail) else "",
        postmaster=f"From: {shown[:120]}" if postmaster else "",
        perhaps=f"From: {shown[:120]}" if perhaps else "",
        own_bounce_address=said(_lt("sent to %(address)s"), address=bounced_to)
        if bounced_to
        else "",
    )


def _is_null(mail: ReceivedMail) -> bool:
    """Whether the null return path speaks of whoever wrote the message.

    Sieve's redirect, fetchmail and their kin write it over people's mail; from an address that
    nobody reads no person's mail comes.
    """
    if mail.return_path != "" or not passed_on_by(mail):
        return mail.return_path == ""
    return is_no_reply(mail.sender.address) and not _PERHAPS.match(mail.sender.local)


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


def _is_proved(case: Case, envelope: _Envelope, parts: tuple[Part, ...]) -> bool:
    """Whether what looks like a bounce is one: by a mark of ours, or by what a server encloses."""
    key = TokenKey(case.policy.secret, case.policy.database)
    for item in case.recipients:
        if case.policy.secret and read_bounce_token(key, bounce_token_in(item.address))[0]:
            return True
    if not (envelope.null or envelope.daemon):
        return False
    if not (envelope.daemon or envelope.postmaster) and _may_be_a_person(case.mail):
        return False  # whose server took the envelope sender away, and who attached something
    if holds(parts, DELIVERY):
        return True
    sent = enclosed_message_ids(parts)
    return bool(sent) and case.directory.thread(sent) is not None


def _suffices(case: Case, envelope: _Envelope, subject: str, parts: tuple[Part, ...]) -> str:
    """The signs in words when they suffice, or ``""``."""
    mail = case.mail
    if mail.has(headers.X_MS_INBOX_RULES_LOOP) or auto_submitted(mail) == "no":
        return ""
    if envelope.daemon and envelope.null:
        return envelope.words
    persons = _is_persons(mail, parts)
    if holds(parts, DELIVERY) and (envelope.words or (subject and not persons)):
        sign = envelope.words or subject
        return said(_lt("%(sign)s, encloses a %(type)s"), sign=sign, type=DELIVERY)
    signs = _text_signs(mail, parts, subject)
    seen = listed(filter(None, (envelope.words, *signs.heard)), ", ")
    if envelope.daemon and signs.heard:
        return seen
    is_named = _has_a_persons_name(mail)
    if persons or (not envelope.words and is_named):
        return ""
    return seen if _is_written_by_a_server(envelope, subject, signs, is_named) else ""


def _has_a_persons_name(mail: ReceivedMail) -> bool:
    """Whether From shows a name where no header says that a program wrote.

    Gateways that are no daemons show a bare address; who has a name and pastes a bounce is asking.
    """
    sender = mail.sender
    return bool(sender.name) and not is_no_reply(sender.address) and not header_sign(mail)


def _may_be_a_person(mail: ReceivedMail) -> bool:
    return bool(persons_sign(mail)) or _has_a_persons_name(mail)


def _is_written_by_a_server(
    envelope: _Envelope, subject: str, signs: "_TextSigns", is_named: bool
) -> bool:
    """Whether words and layout suffice where no daemon is the sender.

    "Could not be delivered" is what people write of parcels, and so do parcel services. Only what
    is laid out as servers do, or encloses the message it is about, is a bounce by its words; with
    the null path what speaks of a message, unless somebody ``is_named``.
    """
    two = len(signs.heard) == 2
    encloses = bool(signs.encloses and (two or subject or signs.phrase))
    if envelope.own_bounce_address or envelope.postmaster:
        return two or encloses or bool(envelope.null and signs.heard)
    if envelope.null:
        about_mail = signs.quotes_server or (signs.is_about_mail and not is_named)
        return encloses or (two and (about_mail or signs.is_known_layout()))
    if envelope.perhaps:
        return encloses or (two and (signs.quotes_server or signs.is_known_layout()))
    return two and (signs.encloses or signs.is_known_layout())


@dataclass(frozen=True, slots=True)
class _TextSigns:
    """What the text says: ``heard`` in words, and what stands beside them.

    ``quotes_server``: the reply of a mail server, with its code; ``is_about_mail``: that, or a word
    for a message. ``is_known_layout`` reads the whole text, so it is asked last.
    """

    heard: tuple[str, ...]
    phrase: str
    encloses: bool
    quotes_server: bool
    is_about_mail: bool
    is_known_layout: Callable[[], bool]


def _text_signs(mail: ReceivedMail, parts: tuple[Part, ...], subject: str) -> _TextSigns:
    told = notice(parts)
    phrase = phrase_sign(told)
    heard = (
        said(_lt("subject “%(words)s”"), words=subject) if subject else "",
        said(_lt("text “%(words)s”"), words=phrase) if phrase else "",
    )
    quotes_server = quotes_a_server(told)
    return _TextSigns(
        heard=tuple(sign for sign in heard if sign),
        phrase=phrase,
        encloses=quotes_a_header(told) or any(True for _original in originals(parts)),
        quotes_server=quotes_server,
        is_about_mail=quotes_server or names_mail(f"{mail.subject}\n{told}"),
        is_known_layout=lambda: any(known_layout(mail)),
    )


def _is_persons(mail: ReceivedMail, parts: tuple[Part, ...]) -> bool:
    """Whether a person wrote it: with a mail client, as a reply, or to send a bounce on.

    A server encloses what we sent; who encloses somebody's bounce has received it.
    """
    if persons_sign(mail) or (mail.in_reply_to and mail.return_path != ""):
        return True
    if sent_on(mail):
        return True
    return any(
        original.sender.address != mail.sender.address
        and (report_type(original) or _DAEMON.match(original.sender.local))
        for original in originals(parts)
    )


def _reported(
    case: Case, parts: tuple[Part, ...], why: str, proved: bool = False
) -> Evidence | None:
    facts = read_bounce(case.mail, case.policy, parts)
    if facts is None:
        return None  # a report of success: a receipt
    facts = {**facts, "bounce_address": _own_bounce_address(case)}
    return Evidence(why, facts, proved=proved)
