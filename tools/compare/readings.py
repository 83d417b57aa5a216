"""What the two parsers read of one message, in a form that can be compared."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import pytest_pure  # makes the addon's packages, without Odoo
from ..console import Failure
from ..paths import ADDON

assert pytest_pure
reader = importlib.import_module(f"{ADDON}.content.reader")
page_words = importlib.import_module(f"{ADDON}.tests.kit.words").page_words
received = importlib.import_module(f"{ADDON}.router.message.mail")
SCRIPT = Path(__file__).with_name("mailparser.js")
UNREADABLE = "\ufffd"
# Of text only letters, digits and what could not be read are compared: neither parser keeps blanks.
_LETTERS = re.compile(rf"[^\W_]+|{UNREADABLE}")


@dataclass(frozen=True)
class Reading:
    """``words`` of the text one after the other; of each file its name, size and SHA-256."""

    words: str
    files: tuple[tuple[str, int, str], ...]
    error: str = ""
    types: tuple[str, ...] = ()  # of the files
    opened: str = ""  # what kind of envelope was opened

    @property
    def digests(self) -> list[str]:
        """Of the files, in an order that both have."""
        return sorted(digest for _name, _size, digest in self.files)

    @property
    def names(self) -> list[str]:
        """Of the files that have one, in an order that both have."""
        return sorted(name for name, _size, _digest in self.files if name)

    @property
    def named(self) -> list[tuple[str, str]]:
        """Name and SHA-256 of each file."""
        return [(name, digest) for name, _size, digest in self.files]


def ours(source: bytes) -> Reading:
    """What the record of a message shows."""
    content = reader.read(received.ReceivedMail.from_bytes(source))
    files = tuple(
        (item.name, len(item.data), hashlib.sha256(item.data).hexdigest()) for item in content.files
    )
    types = tuple(item.content_type for item in content.files)
    return Reading(words(content.html), files, types=types, opened=content.encloses)


def theirs(sources: Sequence[bytes], modules: Path) -> list[Reading]:
    """What nodemailer's mailparser reads of each message."""
    lines = [
        json.dumps({"name": number, "source": base64.b64encode(source).decode()})
        for number, source in enumerate(sources)
    ]
    done = subprocess.run(
        ["node", SCRIPT],
        input="\n".join(lines) + "\n",
        env={**os.environ, "NODE_PATH": str(modules)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure(f"mailparser did not end: {done.stderr[-500:]}")
    return [_reading(json.loads(line)) for line in done.stdout.splitlines()]


def _reading(read: Mapping[str, Any]) -> Reading:
    if "error" in read:
        return Reading("", (), read["error"])
    shown = words(read["html"]) if read["html"] else _letters(read["text"])
    files = tuple((name, size, digest) for name, size, digest, _type in read["files"])
    return Reading(shown, files, types=tuple(item[3] for item in read["files"]))


def words(page: str) -> str:
    """The letters of a page, as they would be read."""
    return _letters("".join(page_words(page)))


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text))
