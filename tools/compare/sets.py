"""The sets of messages that are compared: our own, and other people's beside the checkout.

Nothing of the corpora is copied. What is no message by itself (the text of a reply, a winmail.dat)
is put into the plainest message that carries it.
"""

from __future__ import annotations

import importlib
from base64 import encodebytes
from collections.abc import Iterator
from pathlib import Path

from .. import pytest_pure  # makes the addon's packages, without Odoo
from ..paths import ADDON, CHECKOUT

assert pytest_pure
corpora = importlib.import_module(f"{ADDON}.tests.kit.corpora")
# What a set is, for the page.
SETS = {
    "mails": "`tests/mails`, our own",
    "content": "fixtures of Request Tracker, php-imap, mail-mime-parser and talon",
    "malformed": "broken messages of stalwart mail-parser and Apache James mime4j",
    "bounces": "bounces of flufl.bounce",
    "quotes": "replies of email_reply_trimmer, each as the text of a message",
    "tnef": "winmail.dat files of tnefparse, each in a message",
}
_HEAD = b"From: a@customer.test\r\nTo: sales@example.com\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
_TEXT = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
_TNEF = (
    b'Content-Type: application/ms-tnef; name="winmail.dat"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


def messages() -> Iterator[tuple[str, str, bytes]]:
    """Yield (set, name, bytes) of every message that is there."""
    for path in sorted((CHECKOUT / "tests" / "mails").glob("*.eml")):
        yield "mails", path.name, path.read_bytes()
    for name in SETS:
        folder = corpora.FOLDER / name
        for path in corpora.corpus(name):
            if name == "quotes" and path.parent.name != "emails":
                continue
            yield name, str(path.relative_to(folder)), _as_message(name, path)


def missing() -> list[str]:
    """Names of the sets that are not there."""
    return [name for name in SETS if name != "mails" and not corpora.corpus(name)]


def _as_message(name: str, path: Path) -> bytes:
    source = path.read_bytes()
    if name == "quotes":
        return _HEAD % path.name.encode() + _TEXT + source
    if name == "tnef":
        return _HEAD % path.name.encode() + _TNEF + encodebytes(source).replace(b"\n", b"\r\n")
    return source
