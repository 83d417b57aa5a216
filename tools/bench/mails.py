"""The messages that the benchmark sends: everyday ones of several sizes, each from a new sender."""

from __future__ import annotations

import random
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

_WORDS = "offer delivery price question order window garden project invoice meeting plan".split()


def mails(count: int, seed: int, to: str) -> Iterator[bytes]:
    """Yield `count` messages for `to`: one in four with an attachment, 2 to 60 kB."""
    source = random.Random(seed)
    for number in range(count):
        message = EmailMessage(policy=SMTP)
        message["Received"] = (
            "from mx.customer.test (mx.customer.test [192.0.2.7]) by mail.example.com (Postfix)"
            f" with ESMTP id {seed}A{number}; {formatdate()}"
        )
        message["From"] = f'"Customer {seed}-{number}" <c{seed}.{number}@customer.test>'
        message["To"] = to
        message["Subject"] = f"{source.choice(_WORDS).title()} {source.choice(_WORDS)} {number}"
        message["Message-ID"] = f"<{seed}.{number}.bench@customer.test>"
        message["Date"] = formatdate()
        text = " ".join(source.choices(_WORDS, k=source.randint(60, 600)))
        message.set_content(text)
        message.add_alternative(f"<p>{text}</p>" * source.randint(1, 3), subtype="html")
        if number % 4 == 0:
            message.add_attachment(
                source.randbytes(source.randint(2_000, 40_000)),
                "application",
                "pdf",
                filename="plan.pdf",
            )
        raw = message.as_bytes()
        yield (
            f"Return-Path: <c{seed}.{number}@customer.test>\r\nDelivered-To: {to}\r\n".encode()
            + raw
        )
