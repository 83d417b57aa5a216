"""Meeting requests: a person looks at them."""

from odoo.addons.mail_catchall_router.router.verdicts import Effect, Evidence, Verdict
from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)


class Invitation(Verdict):
    """A meeting request (RFC 6047) as the whole message."""

    name = "invitation"
    label = _lt("Meeting request")
    effect = Effect.QUARANTINE
    overridable = True
    in_conditions = True

    def check(self, case):
        """By the content type of the message itself; an attached invitation is an attachment."""
        content_type = case.mail.first("content-type").partition(";")[0].strip().lower()
        return (
            Evidence(f"Content-Type: {content_type}") if content_type == "text/calendar" else None
        )
