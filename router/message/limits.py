"""What of a message is handed to Odoo's engine and to the libraries below it: one table of limits.

Our own readers are linear; ``email`` with its policy (``_header_value_parser`` cuts the rest of a
value off for every token), ``html_sanitize`` and the expressions around it are not. Each limit is
far above what people and their programs write, and low enough that the worst message within it
costs about a second. The table in docs/limits.md is made of this one.
"""

from dataclasses import dataclass

from ...translatable import _lt, said


@dataclass(frozen=True, slots=True)
class Limit:
    """``most`` of what ``label`` counts; ``remedy`` says what Odoo gets instead of more."""

    code: str
    most: int
    label: str
    remedy: str

    @property
    def text(self) -> str:
        """What is said of a message that is over it."""
        return said(self.label, most=f"{self.most:,}")


_KEPT = "those that a record needs, then the topmost"
_WRITTEN_ANEW = "written anew, from what the router read in it"
_TEXT = "a new message: addresses, subject, text"
_WORDS = "its words as plain text, and its files"

HEADER_FIELDS = Limit("fields", 1_000, _lt("more than %(most)s header fields"), _KEPT)
HEADER_BYTES = Limit("header", 250_000, _lt("a header of more than %(most)s bytes"), _KEPT)
MAILBOXES = Limit(
    "mailboxes", 2_100, _lt("more than %(most)s addresses in the header"), "the first ones"
)
ODD_CHARS = Limit(
    "odd",
    500,
    _lt("a header field of more than %(most)s characters that is not plainly written"),
    _WRITTEN_ANEW,
)
FIELD_CHARS = Limit(
    "field", 10_000, _lt("a header field of more than %(most)s characters"), "its beginning"
)
ENCODED_WORDS = Limit(
    "words", 500, _lt("more than %(most)s encoded words in a header field"), _WRITTEN_ANEW
)
LINES = Limit("lines", 1_000_000, _lt("more than %(most)s lines"), _TEXT)
PARTS = Limit("parts", 500, _lt("more than %(most)s parts"), _TEXT)
DEPTH = Limit("depth", 30, _lt("parts within parts, more than %(most)s deep"), _TEXT)
PART_HEADER_BYTES = Limit(
    "part_headers", 300_000, _lt("part headers of more than %(most)s bytes"), _TEXT
)
TEXT_CHARS = Limit("text", 1_000_000, _lt("more than %(most)s characters of text"), _WORDS)
QUOTED_BLOCKS = Limit(
    "quotes", 200, _lt("more than %(most)s quoted passages in a long text"), _WORDS
)
HTML_CHARS = Limit("html", 2_000_000, _lt("HTML of more than %(most)s characters"), _WORDS)
HTML_TAGS = Limit("tags", 20_000, _lt("HTML of more than %(most)s tags"), _WORDS)
TAG_ATTRIBUTES = Limit(
    "attributes", 1_000, _lt("an HTML tag of more than %(most)s attributes"), _WORDS
)
ODD_HTML = Limit(
    "odd_html", 20, _lt("HTML that is not properly written, in more than %(most)s places"), _WORDS
)
READINGS = Limit(
    "readings",
    10_000_000,
    _lt("text in too many pieces: their number times its characters is more than %(most)s"),
    _WORDS,
)

LIMITS = (
    *(HEADER_FIELDS, HEADER_BYTES, FIELD_CHARS, ODD_CHARS, MAILBOXES, ENCODED_WORDS),
    *(LINES, PARTS, DEPTH, PART_HEADER_BYTES),
    *(TEXT_CHARS, QUOTED_BLOCKS, HTML_CHARS, HTML_TAGS, TAG_ATTRIBUTES, ODD_HTML, READINGS),
)
