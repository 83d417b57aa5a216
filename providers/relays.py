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
    smtp=Server("smtp-relay.gmail.com", 587, "starttls"),
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
SES = Preset(
    code="ses",
    name="Amazon SES",
    smtp=Server("email-smtp.{region}.amazonaws.com", 587, "starttls"),
    sends_as="any",
    notes=(_VERIFIED,),
)
MAILGUN = Preset(
    code="mailgun",
    name="Mailgun",
    smtp=Server("smtp.mailgun.org", 587, "starttls"),
    smtp_hosts=("smtp.eu.mailgun.org",),
    sends_as="any",
    notes=(_VERIFIED,),
)
SENDGRID = Preset(
    code="sendgrid",
    name="SendGrid",
    smtp=Server("smtp.sendgrid.net", 587, "starttls"),
    smtp_hosts=("smtp.eu.sendgrid.net",),
    sends_as="any",
    notes=(_VERIFIED,),
)
POSTMARK = Preset(
    code="postmark",
    name="Postmark",
    smtp=Server("smtp.postmarkapp.com", 587, "starttls"),
    smtp_hosts=("smtp-broadcasts.postmarkapp.com",),
    sends_as="any",
    notes=(_VERIFIED,),
)
BREVO = Preset(
    code="brevo",
    name="Brevo",
    smtp=Server("smtp-relay.brevo.com", 587, "starttls"),
    smtp_hosts=("smtp-relay.sendinblue.com",),
    sends_as="any",
    notes=(_VERIFIED,),
)
MAILJET = Preset(
    code="mailjet",
    name="Mailjet",
    smtp=Server("in-v3.mailjet.com", 587, "starttls"),
    sends_as="any",
    notes=(_VERIFIED,),
)

RELAYS: tuple[Preset, ...] = (GOOGLE_RELAY, SES, MAILGUN, SENDGRID, POSTMARK, BREVO, MAILJET)
