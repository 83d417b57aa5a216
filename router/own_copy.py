"""Copies of what we sent, in the mailbox that is read: a provider's, or all mail in one folder.

What equals a message that left through us is one, whatever its Message-ID became. A Message-ID
alone proves nothing: everybody who got the message knows it.
"""

import re

from ..translatable import _lt, said
from .case import Case
from .message import headers
from .message.addresses import split_sub_address
from .message.automatic import automatic_sign, suppressed_answers
from .sent import OwnCopy
from .tokens.tokens import TokenKey, read_thread_token, thread_token_in

# As Odoo makes them (odoo/tools/mail.py, generate_tracking_message_id), for whatever host.
_OWN_FORM = re.compile(r"^<[0-9.]{3,80}-openerp-[^<>@\s]{1,300}@[^<>@\s]{1,255}>$")


def own_copy(case: Case) -> OwnCopy:
    """Say whether a message is a copy of one that we sent."""
    sender, own = case.mail.sender.address, case.policy.own_addresses
    # The content is read where From is what we send as.
    may_be = sender in own or case.directory.is_ours(sender)
    found = case.directory.sent(case.mail, case.mail.text_digest if may_be else "")
    if found and found.senders and (sender in found.senders or sender in own):
        return OwnCopy.PROVED
    return OwnCopy.CLAIMED if found or _is_signed(case) else OwnCopy.NO


def _is_signed(case: Case) -> bool:
    """Whether its Message-ID has a token of ours: Odoo may have deleted the message."""
    token, secret = thread_token_in(case.mail.message_id), case.policy.secret
    if not (token and secret):
        return False
    return read_thread_token(TokenKey(secret, case.policy.database), token)[0] is not None


def names_somebody(case: Case) -> bool:
    """Whether an alias or a user is among the recipients that are left."""
    directory = case.directory
    named = (item.address for item in case.recipients)
    each = (one for address in named for one in (address, split_sub_address(address)) if one)
    return any(directory.aliases(one) or directory.user(one) for one in each)


def sent_before_installing(case: Case) -> str:
    """Why it looks like an automatic message that Odoo sent when nothing marked it, or ``""``."""
    mail = case.mail
    if mail.sender.address not in case.policy.own_addresses or not _OWN_FORM.match(mail.message_id):
        return ""
    sign = automatic_sign(mail)
    if not sign and suppressed_answers(mail):
        sign = f"X-Auto-Response-Suppress: {mail.first(headers.X_AUTO_RESPONSE_SUPPRESS)[:80]}"
    if not sign:
        return ""
    text = _lt(
        "from the account's own address, with a Message-ID as Odoo writes it, and automatic "
        "(%(sign)s): perhaps sent before this addon was installed"
    )
    return said(text, sign=sign)
