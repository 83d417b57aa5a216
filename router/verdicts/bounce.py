"""Delivery status notifications (RFC 3464): a server reports on a mail of ours."""

from .. import headers
from ..case import Case
from ..decision import Reason
from .base import Effect, Evidence, Verdict

_DAEMONS = ("mailer-daemon", "postmaster", "mail-daemon")


class Bounce(Verdict):
    """A server says that a mail of ours did not arrive."""

    name = "bounce"
    reason = Reason.BOUNCE
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """A delivery report by its content type, or a daemon's mail with a null return path."""
        content_type = case.mail.first("content-type").lower()
        if content_type.startswith("multipart/report") and "delivery-status" in content_type:
            return Evidence("multipart/report; report-type=delivery-status")
        if case.mail.has("x-failed-recipients"):
            return Evidence("X-Failed-Recipients is set")
        local = case.mail.sender.local
        if case.mail.return_path == "" and local in _DAEMONS:
            return Evidence(f"null return path, {headers.FROM} {local}")
        return None
