"""Plain text as HTML: paragraphs, links, quoted passages; columns keep their columns.

Odoo shows plain text as ``<pre>``, a grey box in monospace (odoo/tools/mail.py,
append_content_to_html). A mail program shows it as text.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape

MAX_QUOTE_DEPTH = 10
MAX_TAGS = 8_000  # of one text; a longer one is shown as one block, without links
_MAX_LINK = 2_000  # characters; what is longer stays text
_AS_WRITTEN = "white-space:pre-wrap"
_MONOSPACE = f"font-family:monospace; {_AS_WRITTEN}"

# No address goes on behind these: quotation marks, and what Chinese and Japanese sentences have.
_OUTSIDE = r"\s<>\"«»“”„「」『』【】《》〈〉（）。，、；：！？"
_LINK = re.compile(
    rf"https?://[^{_OUTSIDE}]+|www\.[^{_OUTSIDE}]+"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}",
    re.I,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}")
_BEHIND_LINKS = ".,;:!?'*_…’"
# Behind a sentence some people write two blanks; anywhere else they are a column.
_COLUMNS = re.compile(r"[^\s.!?:;,] {2,}\S|\S\t+\S|[\u2500-\u257f]{2}|\|[^|]*\||^\+[-=+]{3,}\+$")
_BLANKS = re.compile(r"^[ \t\u3000]|[^\s.!?:;,] {2,}\S|\S\t")
_ENRICHED_PARAM = re.compile(r"<param>[^<>]{0,1000}</param>", re.I)
_BREAKS = re.compile(r"\n+")
_INDENTED = re.compile(r"(?: {4}|\t)\s*\S")


def to_html(text: str, *, flowed: bool = False, delsp: bool = False) -> str:
    """Return plain text as HTML, ``""`` when there is nothing to read.

    :param flowed: lines go on that end with a blank (``format=flowed``, RFC 3676)
    :param delsp: that blank is no part of the text (``delsp=yes``)
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    if flowed:
        lines = list(unflowed(lines, delsp=delsp))
    if not text.strip():
        return ""
    if len(lines) < MAX_TAGS // 2:
        found = "".join(_quoted(lines, 0))
        if found.count("<") <= MAX_TAGS:
            return found
    return f'<div style="{_AS_WRITTEN}">{escape(chr(10).join(lines), quote=False)}</div>'


def from_enriched(text: str) -> str:
    """The words of ``text/enriched`` (RFC 1896): commands go, a single line break is a blank."""
    text = _ENRICHED_PARAM.sub("", text.replace("\r\n", "\n").replace("<<", "\0"))
    pieces = text.split("<")
    text = pieces[0] + "".join(piece.partition(">")[2] for piece in pieces[1:])
    lines = _BREAKS.sub(lambda found: " " if len(found[0]) == 1 else found[0][1:], text)
    return lines.replace("\0", "<")


def unflowed(lines: Iterable[str], *, delsp: bool) -> Iterator[str]:
    """Join the lines of flowed text (RFC 3676 §4); quoted ones keep their quote signs."""
    paragraph, depth = "", -1
    for line in lines:
        rest = line.lstrip(">")
        quotes = len(line) - len(rest)
        rest = rest[1:] if rest.startswith(" ") else rest  # stuffed: §4.4
        is_signature = rest == "-- "
        if depth >= 0 and (quotes != depth or is_signature):
            yield _with_signs(depth, paragraph)
            paragraph, depth = "", -1
        paragraph += rest
        depth = quotes
        if rest.endswith(" ") and not is_signature:
            paragraph = paragraph[:-1] if delsp else paragraph
        else:
            yield _with_signs(depth, paragraph)
            paragraph, depth = "", -1
    if depth >= 0:
        yield _with_signs(depth, paragraph)


def _with_signs(depth: int, text: str) -> str:
    return f"{'>' * depth} {text}" if depth else text


def _quoted(lines: list[str], depth: int) -> Iterator[str]:
    """HTML of lines; those that begin with ``>`` one level down."""
    for is_quoted, group in _passages(lines):
        if is_quoted and depth < MAX_QUOTE_DEPTH:
            inner = [line[2:] if line.startswith("> ") else line[1:] for line in group]
            yield '<blockquote type="cite">'
            yield from _quoted(inner, depth + 1)
            yield "</blockquote>"
        else:
            yield from _shown(list(_paragraphs(group)))


def _passages(lines: Iterable[str]) -> Iterator[tuple[bool, list[str]]]:
    """Lines in a row that are quoted, or that are not, with whether they are."""
    was_quoted, found = False, list[str]()
    for line in lines:
        # A mailbox file writes ">From " for a line of text that begins with "From ".
        is_quoted = line.startswith(">") and (was_quoted or not line.startswith(">From "))
        if is_quoted != was_quoted and found:
            yield was_quoted, found
            found = []
        was_quoted = is_quoted
        found.append(line)
    if found:
        yield was_quoted, found


def _paragraphs(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines between empty ones; a signature begins with two hyphens (RFC 3676 §4.3)."""
    found: list[str] = []
    for line in lines:
        if found and (not line.strip() or line.rstrip() == "--"):
            yield found
            found = []
        if line.strip():
            found.append(line)
    if found:
        yield found


def _shown(paragraphs: list[list[str]]) -> Iterator[str]:
    """HTML of paragraphs; rows of a table may have empty lines between them."""
    is_row = [len(lines) == 1 and bool(_COLUMNS.search(lines[0].strip())) for lines in paragraphs]
    for at, lines in enumerate(paragraphs):
        neighbours = is_row[max(at - 1, 0) : at] + is_row[at + 1 : at + 2]
        yield _paragraph(lines, _is_aligned(lines) or (is_row[at] and any(neighbours)))


def _paragraph(lines: list[str], is_aligned: bool) -> str:
    is_written = is_aligned or (len(lines) > 1 and any(map(_BLANKS.search, lines)))
    text = "<br>".join(
        map(_linked, map(str.rstrip, lines) if is_written else map(str.strip, lines))
    )
    style = _MONOSPACE if is_aligned else _AS_WRITTEN
    return f'<p style="{style}">{text}</p>' if is_written else f"<p>{text}</p>"


def _is_aligned(lines: list[str]) -> bool:
    """Whether lines stand below one another on purpose: a table, a drawing, code."""
    return len(lines) > 1 and (
        sum(1 for line in lines if _COLUMNS.search(line.strip())) > 1
        or any(_INDENTED.match(line) for line in lines)
    )


def _linked(line: str) -> str:
    pieces, end = [], 0
    for match in _LINK.finditer(line):
        shown = _without_end(match.group())
        address = _address(shown)
        if not address:
            continue
        pieces += [escape(line[end : match.start()], quote=False)]
        pieces += [f'<a href="{escape(address)}">{escape(shown, quote=False)}</a>']
        end = match.start() + len(shown)
    return "".join((*pieces, escape(line[end:], quote=False)))


def _without_end(link: str) -> str:
    """A link without what a sentence puts behind it; brackets that it opens itself are its own."""
    while len(link) <= _MAX_LINK and link:
        last = link[-1]
        opening = {")": "(", "]": "[", "}": "{"}.get(last)
        if last not in _BEHIND_LINKS and not (opening and link.count(last) > link.count(opening)):
            break
        link = link[:-1]
    return link


def _address(shown: str) -> str:
    if len(shown) > _MAX_LINK:
        return ""
    lower = shown.lower()
    if lower.startswith(("http://", "https://")):
        return shown if len(shown) > len("https://") else ""
    if lower.startswith("www."):
        return f"http://{shown}" if "." in shown[4:] else ""
    return f"mailto:{shown}" if _ADDRESS.fullmatch(shown) else ""
