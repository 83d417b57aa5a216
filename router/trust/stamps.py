"""Fields that our servers' filters write directly below their own ``Received`` field.

Postfix hides its own ``Received`` from milters, so that OpenDKIM, OpenDMARC, Rspamd and
SpamAssassin insert *below* it; Gmail does likewise. These fields stand under the boundary hop
although ours. They end at the first field that no filter writes: from there on it is the sender's.
"""

from ..message import headers
from ..message.mail import ReceivedMail
from .received import Boundary

_STAMPS = frozenset(
    {
        *(headers.AUTHENTICATION_RESULTS, headers.RETURN_PATH, headers.RECEIVED_SPF),
        *("dkim-filter", "dmarc-filter"),
    }
)
_STAMP_PREFIXES = ("arc-", "x-spam", "x-rspamd", "x-virus", "x-amavis", "x-bogosity", "x-dspam")


def first_unstamped(mail: ReceivedMail, boundary: Boundary) -> int:
    """Index of the first field below the boundary hop that is certainly not ours."""
    at = boundary.first_untrusted
    if not boundary.known:
        return at
    for item in mail.fields[at:]:
        if item.name not in _STAMPS and not item.name.startswith(_STAMP_PREFIXES):
            break
        at = item.index + 1
    return at
