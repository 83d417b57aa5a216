"""Rows of docs/mails.md that were measured before, when only some messages are measured anew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .content_page import ContentRow, wanted_content
from .page import Row, scoring

_BAR = re.compile(r" (?<!\\)\| ")


def kept(
    text: str,
    expected: Mapping[str, Any],
    rows: Sequence[Row],
    content: Sequence[ContentRow],
) -> tuple[list[Row], list[ContentRow]]:
    """Return the new rows with those of the page, in the order of expected.json.

    :param text: the page as it was; a message that it does not know has to be measured
    """
    places, _heading, shown = text.partition("\n## What stands on the record\n")
    old = {cells[0].strip("`"): cells for cells in _tables(places)}
    old_content = {cells[0].strip("`"): cells for cells in _tables(shown)}
    judge = scoring()
    new = {row.mail: row for row in rows}
    new_content = {row.mail: row for row in content}
    return [
        new.get(name) or _row(old[name], item, judge.expected_cell(item))
        for name, item in expected.items()
        if name in new or name in old
    ], [
        new_content.get(name) or ContentRow(name, *old_content[name][1:])
        for name in wanted_content()
        if name in new_content or name in old_content
    ]


def _tables(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in _BAR.split(line[2:-2])] for line in lines]


def _row(cells: Sequence[str], item: Mapping[str, Any], expected: str) -> Row:
    name, phenomenon, _expected, ours, plain_cell = cells
    word = plain_cell.partition(":")[0]
    return Row(name.strip("`"), phenomenon, item["human"], expected, ours, word, plain_cell)
