"""What holds of the content of any message, whatever a stranger wrote: it is bounded and storable.

Shared by the tests and by ./dev fuzz.
"""

from ...content.plain import MAX_TAGS
from ...content.reader import read
from ...router.message.limits import HTML_CHARS, HTML_TAGS
from ...router.message.mime import MAX_PARTS

# Escaped and quoted, a character of text takes more of HTML.
MAX_HTML = 8 * HTML_CHARS.most
MAX_NAME = 255  # characters; what file systems take
# Decoded bytes for each byte of the message: beside what is attached an envelope may stay.
_DECODED = 3
_SPARE = 1_000_000  # bytes, of what an opener may make of a small one


def content_problem(mail):
    """Read a message as its record does; return what of it is out of bounds, or ``""``."""
    content = read(mail)
    content.html.encode()  # PostgreSQL takes no lone surrogates
    held = {
        "long HTML": len(content.html) <= MAX_HTML,
        "many tags": content.html.count("<") <= HTML_TAGS.most + MAX_TAGS,
        "NUL": "\0" not in content.html,
        "many files": len(content.files) <= MAX_PARTS,
        "much data": sum(len(item.data) for item in content.files) <= _DECODED * mail.size + _SPARE,
        "a file without a name": all(item.name for item in content.files),
        "a file's name": all(_is_storable(item.name) for item in content.files),
        "many notes": len(content.notes) <= MAX_PARTS,
    }
    return ", ".join(what for what, holds in held.items() if not holds)


def _is_storable(name):
    return len(name) <= MAX_NAME and name == name.encode(errors="replace").decode()
