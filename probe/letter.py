"""One message of a mailbox test, as bytes."""

from collections.abc import Iterable
from datetime import datetime, timezone
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from ..router.message.automatic import automatic_headers
from ..router.tokens.probe_mark import HEADER

# Long lines: nothing that a server compares is folded.
_POLICY = policy.SMTP.clone(max_line_length=900)


def letter(
    token: str,
    domain: str,
    sender: str,
    to: str,
    now: datetime,
    text: str,
    above: Iterable[tuple[str, str]] = (),
) -> bytes:
    """Write a message that carries the signed mark ``token`` of a mailbox test.

    :param domain: ours, for its Message-ID
    :param sender: the value of From
    :param now: naive, in UTC
    :param above: fields that stand first, as (name, value)
    """
    message = EmailMessage(policy=_POLICY)
    for name, value in above:
        message[name] = value
    message["From"] = sender
    message["To"] = to
    message["Subject"] = f"Catch-all probe: {token}"
    message["Date"] = format_datetime(now.replace(tzinfo=timezone.utc))
    message["Message-ID"] = f"<probe-{token}@{domain}>"
    for name, value in automatic_headers().items():
        message[name] = value
    message[HEADER] = token
    message.set_content(text)
    return message.as_bytes()
