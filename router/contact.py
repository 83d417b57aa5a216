"""Who the customer is: not always the one in From (DESIGN §4, last paragraph)."""

import re

from . import addresses, headers
from .addresses import Address
from .decision import AuthorCheck, Directory, Policy
from .mail import ReceivedMail

_NO_REPLY = re.compile(
    r"^(?:.*[._+-])?(?:no|do|donot|dont|do-not|never)[._-]?(?:not)?[._-]?(?:reply|respond|answer)"
    r"(?:[._+-].*)?$|^(?:notifications?|mailer|automail(?:er)?|wordpress|www-data|apache|nobody)$"
)


def is_no_reply(address: str) -> bool:
    """Whether nobody reads that address: ``no-reply@``, ``notifications@``, a web server's user."""
    return bool(_NO_REPLY.match(address.rpartition("@")[0]))


def find_contact(
    mail: ReceivedMail,
    directory: Directory,
    policy: Policy,
    check: AuthorCheck,
    *,
    is_machine: bool = False,
) -> Address:
    """The address that the record gets: Reply-To behind a form, a shop or a group, else From."""
    sender = mail.sender
    ours = sender.domain in policy.domains
    if ours and check is AuthorCheck.VERIFIED and directory.user(sender.address):
        return sender
    if not (ours or is_machine or not sender.address or is_no_reply(sender.address)):
        return sender
    original = mail.first(headers.X_ORIGINAL_FROM) if ours else ""
    for candidate in (*addresses.parse(original), *mail.addresses(headers.REPLY_TO)):
        if candidate.domain not in policy.domains and candidate.address != sender.address:
            return candidate
    return sender
