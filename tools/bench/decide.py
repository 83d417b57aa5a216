"""Times `decide()` alone: no Odoo, no database, no network, but a whole company to ask.

The messages are what customers send: 10 kB of text and HTML, and 25 MB with photographs and a PDF.
"""

from __future__ import annotations

import importlib
import json
import random
import statistics
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from .. import pytest_pure  # makes the addon's packages, without Odoo
from ..paths import ADDON

assert pytest_pure
memory = importlib.import_module(f"{ADDON}.tests.kit.memory_directory")
decide = importlib.import_module(f"{ADDON}.router.chain").Chain().decide
ReceivedMail = importlib.import_module(f"{ADDON}.router.message.mail").ReceivedMail

_WORDS = "offer delivery price question order window garden project invoice meeting plan".split()
# What a mail server of ours writes, newest first, and a sender who signs.
_TRACE = """\
Return-Path: <c{0}@customer.test>
X-Original-To: {1}
Delivered-To: catchall@example.com
Authentication-Results: mx.example.com; dkim=pass (2048-bit key) header.d=customer.test;
 spf=pass smtp.mailfrom=customer.test; dmarc=pass (p=reject dis=none) header.from=customer.test
Received: from mail.customer.test (mail.customer.test [198.51.100.23])
 (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
 by mx.example.com (Postfix) with ESMTPS id 4XMkQ21z9Fz5v{0}
 for <{1}>; Mon, 05 Oct 2026 09:12:41 +0200
Received: from [192.168.1.20] (unknown [192.168.1.20])
 by mail.customer.test (Postfix) with ESMTPSA id 8A1B2C3{0}; Mon, 05 Oct 2026 09:12:40 +0200
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.test; s=2026; t=1791184360;
 h=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
 b=dGhpcyBpcyBhIHNpZ25hdHVyZSB0aGF0IG5vYm9keSBjaGVja3MgaGVyZQdGhpcyBpcyBhIHNpZ25hdHVyZQ==
"""
# Where messages go: an alias, a reply, a mistyped alias, a user, an address that nobody has.
_TO = ("sales", "sales", "jobs", "catchall", "saels", "myname", "somebody.else")
USERS = 500


def company() -> Any:
    """A company of some size: the one of tests/mails with hundreds of users and projects."""
    world = json.loads((memory.MAILS / "world.json").read_text("utf-8"))
    world["users"] += [
        {"id": 1000 + number, "address": f"user{number}.name@example.com"}
        for number in range(USERS)
    ]
    world["aliases"] += [
        {"id": 1000 + number, "address": f"project-{number}@example.com", "model": "project.task"}
        for number in range(USERS)
    ]
    return memory.MemoryDirectory(world)


def customer_mail(number: int, size: int) -> bytes:
    """A message of about `size` bytes: text and HTML; beyond a megabyte, attachments."""
    source = random.Random(number)
    to = f"{_TO[number % len(_TO)]}@example.com"
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"Customer {number}" <c{number}@customer.test>'
    message["To"] = to
    message["Subject"] = f"{source.choice(_WORDS).title()} {source.choice(_WORDS)} {number}"
    message["Message-ID"] = f"<{number}.bench@customer.test>"
    message["Date"] = "Mon, 05 Oct 2026 09:12:39 +0200"
    if to.startswith("catchall"):
        message["In-Reply-To"] = "<177.lead42@example.com>"
        message["References"] = "<1.x@customer.test> <177.lead42@example.com>"
    # the text comes twice
    lines = (size - 1_700) // 140 if size <= 1_000_000 else 40
    text = "\n".join(" ".join(source.choices(_WORDS, k=10)) for _line in range(lines))
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    trace = _TRACE.format(number, to).replace("\n", "\r\n").encode()
    left = size - len(trace) - len(message.as_bytes())
    if left > 1_000_000:
        for kind, name in (("jpeg", "a.jpg"), ("jpeg", "b.jpg"), ("pdf", "plan.pdf")):
            main = "image" if kind == "jpeg" else "application"
            content = source.randbytes(left * 57 // 78 // 3)  # base64: lines of 78 bytes for 57
            message.add_attachment(content, main, kind, filename=name)
    return trace + message.as_bytes()


def main() -> None:
    """Print medians in milliseconds as JSON."""
    count = int(sys.argv[1])
    directory = company()
    policy = directory.policy()
    small = [customer_mail(number, 10_000) for number in range(count)]
    large = [customer_mail(number, 25_000_000) for number in range(len(_TO))]
    figures = {"10 kB": _times(small, directory, policy), "25 MB": _times(large, directory, policy)}
    print(json.dumps({name: round(statistics.median(times), 3) for name, times in figures.items()}))


def _times(sources: list[bytes], directory: Any, policy: Any) -> list[float]:
    """Milliseconds of CPU time that each message takes, from bytes to decision."""
    times = []
    for source in sources:
        started = time.process_time()
        decision = decide(ReceivedMail.from_bytes(source), directory, policy)
        times.append((time.process_time() - started) * 1000)
        assert decision.trace
    return times


if __name__ == "__main__":
    main()
