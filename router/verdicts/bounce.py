"""Bounces: a server says that a mail of ours did not arrive, or not yet.

Reports of the standard (RFC 3464) are known by their type. The rest is known by signs, of which
one is never enough: the envelope and sender of a mail server, a subject, words in the text, an
address on a line of its own, the enclosed original. A person who answers or forwards a bounce,
or complains about one, shows the same words, but not the first kind of sign.
"""

import re
from dataclasses import dataclass
from typing import Any

from .. import addresses, headers
from ..automatic import auto_submitted
from ..bounce_text import (
    address_lines,
    diagnostic_of,
    is_delay,
    known_layout,
    named_addresses,
    phrase_sign,
    quotes_a_header,
    subject_sign,
)
from ..case import Case
from ..decision import Reason
from ..dsn import Recipient, delivery_recipients, is_delivered, told_status
from ..mail import Part, ReceivedMail
from ..report import (
    DELIVERY,
    DISPOSITION,
    about_message_ids,
    machine_part,
    notice,
    originals,
    report_blocks,
    report_parts,
    report_type,
)
from ..status import explain
from .base import Effect, Evidence, Verdict

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|daemon|mail[-_.]delivery(?:[-_.](?:sub)?system)?"
    r"|mail[-_.]?system|mailadm|ndr|dsn|microsoftexchange[0-9a-f]{32}|[a-z0-9_]*smtp_mail_service)$"
)
_DAEMON_NAME = re.compile(
    r"^(?:mail(?:er)?[ -]?daemon|(?:internet )?mail delivery(?: (?:sub)?system| service)?"
    r"|delivery subsystem|mail delivery)\b",
    re.IGNORECASE,
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
        return ", ".join(sign for sign in signs if sign)


class Bounce(Verdict):
    """A server says that a mail of ours did not arrive."""

    name = "bounce"
    reason = Reason.BOUNCE
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """Recognise the mail by its header as far as possible; open it only on suspicion."""
        mail = case.mail
        kind = report_type(mail)
        if kind == DELIVERY:
            return _reported(case, f"{headers.CONTENT_TYPE}: multipart/report; {DELIVERY}")
        if kind == DISPOSITION and _is_rejection(mail):
            return _reported(case, "disposition-notification that says rejected (RFC 5429)")
        if kind:
            return None  # a report of another kind: another verdict's
        if mail.has(headers.X_FAILED_RECIPIENTS):
            named = mail.first(headers.X_FAILED_RECIPIENTS)[:200]
            return _reported(case, f"X-Failed-Recipients: {named}")
        envelope, subject = _envelope(case), subject_sign(mail.subject)
        if not (envelope.words or subject):
            return None
        text = _text_signs(case, envelope, subject)
        return _reported(case, text) if text else None


def _is_rejection(mail: ReceivedMail) -> bool:
    """A mailbox filter's ``reject`` (RFC 5429 §2.2) comes as a disposition notification."""
    if "reject" in mail.first(headers.AUTO_SUBMITTED).lower():
        return True
    parts = report_parts(mail)
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
    return _Envelope(
        daemon=f"From: {shown[:120]}" if daemon or (mail.has("from") and "<>" in shown) else "",
        null="null return path" if return_path == "" else "",
        postmaster=f"From: {shown[:120]}" if postmaster else "",
        own_bounce_address=f"sent to {bounced_to}" if bounced_to else "",
    )


def _unreadable(shown: str) -> tuple[str, str]:
    local = shown.rpartition("<")[2].partition("@")[0].strip(' "\\>').lower()
    return local, addresses.decode_words(shown.partition("<")[0]).strip(' "')


def _own_bounce_address(case: Case) -> str:
    """The bounce address of ours that the mail was sent to, signed ones included."""
    for recipient in case.recipients:
        local, _at, domain = recipient.address.rpartition("@")
        if f"{local.partition('-')[0].partition('+')[0]}@{domain}" in case.policy.bounce_addresses:
            return recipient.address
    for name in ("delivered-to", "x-original-to", headers.TO):
        for item in case.mail.addresses(name)[:5]:
            if item.address in case.policy.bounce_addresses:
                return item.address
    return ""


def _text_signs(case: Case, envelope: _Envelope, subject: str) -> str:
    """The signs in words when they suffice, or ``""``."""
    mail = case.mail
    if mail.has(headers.X_MS_INBOX_RULES_LOOP) or auto_submitted(mail) == "no":
        return ""
    if machine_part(mail) == DELIVERY and (envelope.words or subject):
        return f"{envelope.words or subject}, encloses a {DELIVERY}"
    if envelope.daemon and envelope.null:
        return envelope.words
    parts = report_parts(mail)
    told = notice(parts)
    phrase = phrase_sign(told)
    encloses = quotes_a_header(told) or any(True for _original in originals(parts))
    heard = [f"subject “{subject}”"] if subject else []
    heard += [f"text “{phrase}”"] if phrase else []
    seen = ", ".join([envelope.words, *heard] if envelope.words else heard)
    if envelope.daemon and heard:
        return seen
    if _is_persons(mail):
        return ""
    if envelope.postmaster and envelope.null and heard:
        return seen
    if envelope.words and (len(heard) == 2 or (subject and encloses)):
        return seen
    others = [item for item in address_lines(told) if item != mail.sender.address]
    if subject and phrase and (encloses or others):
        return seen
    return ""


def _is_persons(mail: ReceivedMail) -> bool:
    """Whether a person's mail program or an answer speaks against a mail server as author."""
    program = mail.first("user-agent") or mail.first("x-mailer")
    return bool(
        _PERSONS_PROGRAM.search(program[:300])
        or mail.has(*_PERSONS_HEADERS)
        or (mail.in_reply_to and mail.return_path != "")
    )


# --- facts


def _reported(case: Case, why: str) -> Evidence | None:
    parts = report_parts(case.mail)
    told = notice(parts)
    recipients = delivery_recipients(parts)
    if recipients and all(is_delivered(recipient) for recipient in recipients):
        return None  # a success report: a receipt
    recipients = tuple(item for item in recipients if not is_delivered(item))
    if not any(recipient.address for recipient in recipients):
        recipients = _told_recipients(case, told, recipients)
    return Evidence(why, _facts(case, parts, recipients))


def _told_recipients(
    case: Case, told: str, reported: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    """Recipients by header, by a known layout, or by what the notice names."""
    mail = case.mail
    late = is_delay(f"{mail.subject}\n{told}")
    delayed, failed = known_layout(mail)
    if not (delayed or failed):
        named = tuple(item.address for item in mail.addresses(headers.X_FAILED_RECIPIENTS))
        if not named:
            ours = {mail.sender.address, mail.return_path, *case.policy.own_addresses}
            named = tuple(item for item in named_addresses(told) if item not in ours)[:5]
        delayed, failed = (named, ()) if late else ((), named)
    found = [(address, True) for address in failed] + [(address, False) for address in delayed]
    if not found:
        found = [("", reported[0].permanent if reported else not late)]
    return tuple(
        _told_recipient(told, address, permanent, reported) for address, permanent in found
    )


def _told_recipient(
    told: str, address: str, permanent: bool, reported: tuple[Recipient, ...]
) -> Recipient:
    diagnostic = next((item.diagnostic for item in reported if item.diagnostic), "")
    diagnostic = diagnostic or diagnostic_of(told, address)
    status = next((item.status for item in reported), "")
    return Recipient(
        address=address,
        permanent=permanent,
        action="failed" if permanent else "delayed",
        status=told_status(status, diagnostic, permanent=permanent),
        diagnostic=diagnostic,
    )


def _facts(
    case: Case, parts: tuple[Part, ...], recipients: tuple[Recipient, ...]
) -> dict[str, Any]:
    chosen = next((item for item in recipients if item.permanent), None)
    chosen = chosen or next(iter(recipients), Recipient("", permanent=True, status="5.0.0"))
    return {
        "bounced_address": chosen.address,
        "status": chosen.status,
        "permanent": chosen.permanent,
        "action": chosen.action,
        "diagnostic": chosen.diagnostic,
        "explanation": explain(chosen.status),
        "bounced_message_ids": about_message_ids(case.mail, parts),
        "recipients": [item.as_json() for item in recipients if item.address],
        "bounce_address": _own_bounce_address(case),
    }
