"""Services that only send. They have no mailboxes, so no domain's DNS leads to them.

Each sends as any address of a domain that was verified with it, by its own documentation. What
they need in DNS differs by customer, and their own pages show it.
"""

from ..translatable import _lt
from .preset import Preset, Server

_VERIFIED = _lt(
    "Verify the whole domain there, not single addresses, so that every author may send."
)

GOOGLE_RELAY = Preset(
    code="google_relay",
    name="Google SMTP relay",
    servers={"smtp": Server("smtp-relay.gmail.com", 587, "starttls")},
    sends_as="any",
    spf="include:_spf.google.com",
    dkim_selectors=("google",),
    notes=(
        _lt(
            "In admin.google.com, Apps > Google Workspace > Gmail > Routing > SMTP relay service,"
            " allow only addresses in your domains."
        ),
    ),
)


def _relay(code: str, name: str, host: str, *more_hosts: str) -> Preset:
    servers = {"smtp": Server(host, 587, "starttls")}
    return Preset(code, name, hosts=more_hosts, servers=servers, sends_as="any", notes=(_VERIFIED,))


RELAYS: tuple[Preset, ...] = (
    GOOGLE_RELAY,
    _relay("ses", "Amazon SES", "email-smtp.{region}.amazonaws.com"),
    _relay("mailgun", "Mailgun", "smtp.mailgun.org", "smtp.eu.mailgun.org"),
    _relay("sendgrid", "SendGrid", "smtp.sendgrid.net", "smtp.eu.sendgrid.net"),
    _relay("postmark", "Postmark", "smtp.postmarkapp.com", "smtp-broadcasts.postmarkapp.com"),
    _relay("brevo", "Brevo", "smtp-relay.brevo.com", "smtp-relay.sendinblue.com"),
    _relay("mailjet", "Mailjet", "in-v3.mailjet.com"),
)
