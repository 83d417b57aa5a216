"""The first texts of a message as they came, and what each of its parts holds.

What is shown of a message, content/ reads; this is for copies of broken messages (repair.py).
"""

from collections.abc import Iterator

from .mail import MAX_TEXT_CHARS, ReceivedMail, part_text


def first_texts(mail: ReceivedMail) -> tuple[str, str]:
    """The first plain text and the first HTML of a message that are no file, ``""`` for none."""
    text, html = "", ""
    for part in mail.parts():
        disposition = part.get("content-disposition").lower()
        if part.is_multipart() or disposition.startswith("attachment") or part.get_filename():
            continue
        if part.get_content_type() == "text/html":
            html = html or part_text(part, MAX_TEXT_CHARS)
        elif part.get_content_type() == "text/plain":
            text = text or part_text(part, MAX_TEXT_CHARS)
    return text.replace("\0", ""), html.replace("\0", "")


def decoded_parts(mail: ReceivedMail) -> Iterator[bytes | str]:
    """Yield what each part holds, without its transfer encoding, and texts by their charset too."""
    for part in mail.parts():
        if part.is_multipart():
            continue
        yield part.decoded()
        if part.get_content_maintype() == "text":
            yield part_text(part, MAX_TEXT_CHARS)
