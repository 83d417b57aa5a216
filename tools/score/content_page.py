"""The second table of docs/mails.md: what stands on the record of each message."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..paths import CHECKOUT
from .page import scoring

HEAD = """## What stands on the record

The record that the message made, or the one it was posted on: its text, files and pictures, its
sender and subject. *Expected* is what `content.json` says; names of files are expressions. *Ours*
and *plain Odoo* are measured as above.

| outcome | meaning |
|---|---|
{words}

| outcome | ours | plain Odoo |
|---|---:|---:|
{summary}

| message | phenomenon | stands there | ours | plain Odoo |
|---|---|---|---|---|
{rows}"""


@dataclass(frozen=True)
class ContentRow:
    """One message: what has to stand there, and the words for either side."""

    mail: str
    phenomenon: str
    expected: str
    ours: str
    plain: str


def content_rows(
    expected: Mapping[str, Any], ours: Mapping[str, Any], plain: Mapping[str, Any]
) -> list[ContentRow]:
    """Judge what both sides show of every message of content.json."""
    judge = scoring("content_scoring")
    wanted = wanted_content()
    return [
        ContentRow(
            name,
            expected[name]["phenomenon"],
            judge.content_cell(row),
            judge.judge(row, ours[name]),
            judge.judge(row, plain[name]),
        )
        for name, row in wanted.items()
        if name in expected
    ]


def wanted_content() -> dict[str, Any]:
    """What tests/mails/content.json asks for, by the message's name."""
    path = CHECKOUT / "tests" / "mails" / "content.json"
    return dict(json.loads(path.read_text("utf-8")))


def content_part(rows: Sequence[ContentRow]) -> str:
    """That part of the page."""
    judge = scoring("content_scoring")
    ours, plain = (_counted([row.ours for row in rows]), _counted([row.plain for row in rows]))
    used = [word for word in judge.WORDS if ours[word] or plain[word]]
    summary = [f"| {word} | {ours[word]} | {plain[word]} |" for word in used]
    summary.append(f"| **messages** | **{len(rows)}** | **{len(rows)}** |")
    lines = [
        f"| `{row.mail}` | {row.phenomenon} | {row.expected} | {row.ours} | {row.plain} |"
        for row in rows
    ]
    return HEAD.format(
        words="\n".join(f"| {word} | {judge.WORDS[word]} |" for word in used),
        summary="\n".join(summary),
        rows="\n".join(lines),
    )


def _counted(cells: Sequence[str]) -> Counter[str]:
    """How often each word stands in the cells; a cell may have several."""
    return Counter(word for cell in cells for word in cell.split(", "))
