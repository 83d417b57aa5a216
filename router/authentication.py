"""Whether a mail is proved to come from the address in From (DESIGN §5, "author check")."""

from . import headers
from .decision import AuthorCheck, Policy
from .mail import ReceivedMail
from .received import Boundary

# RFC 3848: the hop was an authenticated submission.
_AUTHENTICATED = frozenset({"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP"})


def check_author(
    mail: ReceivedMail, boundary: Boundary, policy: Policy
) -> tuple[AuthorCheck, str]:
    """Return the check's result and the evidence for it, in words."""
    for hop in boundary.hops:
        if boundary.known and hop.protocol in _AUTHENTICATED:
            return AuthorCheck.VERIFIED, f"our own hop {hop.by} says {hop.protocol}"
    believed = [
        item
        for item in mail.all(headers.AUTHENTICATION_RESULTS)
        if boundary.believes(item.index)
    ]
    if not believed:
        return AuthorCheck.UNVERIFIED, "no Authentication-Results of ours"
    return AuthorCheck.UNVERIFIED, "Authentication-Results give no verdict"
