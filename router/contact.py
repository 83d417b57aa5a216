"""Who the customer is: not always the one in From (docs/design.md#finding-the-recipient)."""

import re
from collections.abc import Iterator

from .codes import AuthorCheck
from .directory import Directory
from .message import addresses, headers
from .message.addresses import Mailbox
from .message.mail import ReceivedMail
from .policy import Policy

# A blank stands for any separator or none: "no-reply", "do.not.reply", "jobs-noreply2".
_NO_REPLY_PHRASES = (
    *(
        f"{no} {answer}"
        for no in ("no", "do not", "dont", "never")
        for answer in ("repl(?:y|ies|ay)", "respon(?:d|se)", "answer")
    ),
    *("nicht antworten", "keine? antwort", "ne pas r[eé]pondre", "n[aã]o respond", "no respond"),
    *("no contest", "non rispond", "nie odpowiad", "ne odgovar", "neodpovidat", "svara inte"),
    *("svar ikke", "yanitlama", "ala vastaa", "niet beantwoorden", "niet antwoorden"),
)
_NO_REPLY = re.compile(f"(?:^|[._+-])(?:{'|'.join(_NO_REPLY_PHRASES)})".replace(" ", "[._-]?"))
_MACHINES = frozenset(
    """
    notification notifications notify notifier alert alerts mailer mailer-daemon mail-daemon
    automail automailer auto automatic automated automation robot bot system daemon wordpress
    www www-data apache nginx httpd webmaster webserver webform web-form form forms root nobody
    bounce bounces postmaster support-bounces
    """.split()
)


def is_no_reply(address: str) -> bool:
    """Whether nobody reads that address: ``no-reply@``, ``notifications@``, a web server's user."""
    local = address.rpartition("@")[0].lower()
    return local in _MACHINES or bool(_NO_REPLY.search(local[:100]))


def find_contact(
    mail: ReceivedMail,
    directory: Directory,
    policy: Policy,
    check: AuthorCheck,
    *,
    is_machine: bool = False,
) -> Mailbox:
    """The address that the record gets: Reply-To behind a form, a shop or a group, else From."""
    sender = mail.sender
    ours = sender.domain in policy.domains
    if ours and check is AuthorCheck.VERIFIED and directory.user(sender.address):
        return sender
    if not (ours or is_machine or not sender.address or is_no_reply(sender.address)):
        return sender
    for candidate in _candidates(mail, ours=ours):
        foreign = candidate.domain not in policy.domains
        if foreign and candidate.address != sender.address and not is_no_reply(candidate.address):
            return candidate
    if sender.address:
        return sender
    return next(_without_from(mail), sender)


def _candidates(mail: ReceivedMail, *, ours: bool) -> Iterator[Mailbox]:
    """Whom the message names beside From, likeliest first."""
    if ours:  # a Google Group of ours took From for itself
        yield from mail.addresses(headers.X_ORIGINAL_FROM)
    yield from mail.addresses(headers.REPLY_TO)
    if ours and mail.has(headers.LIST_ID, headers.LIST_POST):
        yield from mail.addresses(headers.X_ORIGINAL_SENDER)


def _without_from(mail: ReceivedMail) -> Iterator[Mailbox]:
    """A message without From: whom else it names as its sender."""
    yield from mail.addresses(headers.SENDER)
    if mail.return_path and addresses.normalise(mail.return_path):
        yield Mailbox(address=mail.return_path)
