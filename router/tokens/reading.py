"""The signed reply addresses that a message was sent to, read once for all who ask."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...translatable import _lt, said
from ..directory import Directory
from ..places import Recipient, ReplyTarget
from ..policy import Policy
from .tokens import ReplyToken, TokenKey, read_reply_token, reply_token_in

# A message replies to one of ours. Further tokens beside it are somebody trying.
_MAX_TOKENS = 5


class ReadToken(NamedTuple):
    """A recipient that looks like a signed address; ``target`` only where it is one of ours."""

    recipient: Recipient
    token: ReplyToken | None
    target: ReplyTarget | None
    why: str


def read_tokens(
    recipients: Iterable[Recipient], sender: str, directory: Directory, policy: Policy
) -> Iterator[ReadToken]:
    """Read the signed addresses among the recipients; ``sender`` is the address in From."""
    candidates = [item for item in recipients if reply_token_in(item.address)]
    if not candidates:
        return
    if not policy.secret:
        why = said(_lt("there is no secret to check it with"))
        yield ReadToken(candidates[0], None, None, why)
        return
    key = TokenKey(policy.secret, policy.database)
    for item in candidates[:_MAX_TOKENS]:
        token, why = read_reply_token(key, reply_token_in(item.address))
        target = None
        if token is not None:
            target = directory.reply_target(token, sender)
            gone = _lt("signed on %(date)s, but the record no longer exists")
            why = why if target else said(gone, date=token.issued)
        yield ReadToken(item, token, target, why)
