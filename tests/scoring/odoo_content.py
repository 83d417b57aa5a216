"""What stands on a record of a message: text, files, pictures, sender, as JSON."""

import hashlib
import re

from lxml import html

# Of a file, as far as tests/mails/content.json tells how it begins.
START = 3_000
_PICTURE = re.compile(r"/web/image/(\d+)\b")
_BLANKS = re.compile(r"\s+")


def content(message):
    """Describe one message in the chatter; files as ``[name, beginning, size, SHA-256]``.

    The beginning is Latin-1, one character for each byte.
    """
    record = message.env[message.model].browse(message.res_id)
    tree = html.fromstring(f"<div>{message.body or ''}</div>")
    shown = {int(number) for number in _numbers(tree)} & set(message.attachment_ids.ids)
    return {
        "text": _BLANKS.sub(" ", " ".join(tree.itertext())).strip(),
        "html": str(message.body or ""),
        "subject": message.subject or "",
        "senders": [message.email_from or "", _field(record, "email_from")],
        "cc": _field(record, "email_cc"),
        "date": str(message.date),
        "files": [_file(attachment) for attachment in message.attachment_ids],
        "pictures": sum(int(number) in shown for number in _numbers(tree)),
        "pictures_distinct": len(shown),
    }


def _numbers(tree):
    """The ids of the attachments that the pictures show, one for each picture."""
    found = (_PICTURE.search(source) for source in tree.xpath("//img/@src"))
    return [match[1] for match in found if match]


def _field(record, name):
    return (record[name] or "") if name in record._fields else ""


def _file(attachment):
    data = attachment.raw or b""
    digest = hashlib.sha256(data).hexdigest()
    return [attachment.name, data[:START].decode("latin-1"), len(data), digest]
