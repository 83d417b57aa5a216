"""What stands on a record, compared with tests/mails/content.json, in a few words.

Pure: what stands there comes from odoo_content.py as JSON, the words go into docs/mails.md.
"""

import re

# In the order of the page; what each means to the one who reads it.
WORDS = {
    "right": "everything that `content.json` asks for stands on the record",
    "text lacking": "words that the message says are not there, or not readable",
    "text too much": "what is no text of this message is mixed into it",
    "subject": "the subject is not the one that was written",
    "sender": "the sender is another, or cannot be answered",
    "file lacking": "a file is not there, or has not its name",
    "file changed": "a file is there, with other bytes",
    "files too many": "there are more files than the message has, or fewer",
    "picture lacking": "the text does not show a picture that came with it",
    "date": "it stands under a date that cannot be",
    "nothing": "there is no record that could show it",
}


def content_problems(wanted, outcome):
    """Return what of a row of content.json does not stand on the record, as words.

    Where several records were made, the best of them counts.
    """
    found = [_shown_problems(wanted, shown) for shown in outcome.get("content", ())]
    return min(found, key=len, default=["nothing"])


def _shown_problems(wanted, shown):
    files = shown["files"]
    checks = {
        "text lacking": all(word in shown["text"] for word in wanted.get("text", ()))
        and all(piece in shown["html"] for piece in wanted.get("html", ())),
        "text too much": not any(word in shown["text"] for word in wanted.get("text_not", ())),
        "subject": wanted.get("subject", shown["subject"]) == shown["subject"],
        "sender": any(wanted.get("sender", "") in sender for sender in shown["senders"])
        and wanted.get("cc", "") in shown["cc"],
        "file lacking": all(_named(files, name) for name, _start in wanted.get("files", ())),
        "file changed": all(_has(files, *item) for item in wanted.get("files", ())),
        "files too many": wanted.get("file_count", len(files)) == len(files),
        "picture lacking": all(
            wanted.get(key, 0) <= shown[key] for key in ("pictures", "pictures_distinct")
        ),
        "date": wanted.get("after", "") <= shown["date"] < wanted.get("before", "9999"),
    }
    found = [word for word, holds in checks.items() if not holds]
    return [word for word in found if word != "file changed" or "file lacking" not in found]


def _named(files, name):
    return [item for item in files if re.search(name, item[0])]


def _has(files, name, start):
    """Whether a file of that name begins so; without a beginning any will do."""
    return any(start is None or item[1] == start for item in _named(files, name))


def content_cell(wanted):
    """A row of content.json, as docs/mails.md shows it."""
    cells = [f"“{word}”" for word in wanted.get("text", ())]
    cells += [f"no “{word}”" for word in wanted.get("text_not", ())]
    cells += [f"subject “{wanted[key]}”" for key in ("subject",) if key in wanted]
    cells += [f"`{wanted[key]}`" for key in ("sender", "cc") if key in wanted]
    cells += [f"`{_plain_name(name)}`" for name, _start in wanted.get("files", ())]
    numbers = {"file_count": "files", "pictures": "pictures in the text"}
    cells += [f"{label}: {wanted[key]}" for key, label in numbers.items() if key in wanted]
    cells += [f"{key} {wanted[key]}" for key in ("after", "before") if key in wanted]
    return ", ".join(cells).replace("|", "\\|")


def judge(wanted, outcome):
    """Return the words of :func:`content_problems` as one cell."""
    return ", ".join(content_problems(wanted, outcome)) or "right"


def _plain_name(expression):
    return expression.replace(".*", "…").replace("\\", "").strip("^$")
