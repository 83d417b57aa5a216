"""The attacks that are described beside the checkout: their README, and the messages.

They lie in ``../shared/cases/security``, or where MAIL_ROUTER_SECURITY_CASES says. CI may not have
them: what they stand for is repeated by variants of our own (``variants_*.py``).
"""

import os
import re
from pathlib import Path

from .cases import Case

_CHECKOUT = Path(__file__).resolve().parents[3]
FOLDER = Path(
    os.environ.get("MAIL_ROUTER_SECURITY_CASES")
    or _CHECKOUT.parent / "shared" / "cases" / "security"
)
MISSING = f"the attacks are not at {FOLDER}; MAIL_ROUTER_SECURITY_CASES may name another folder"
# Their messages are bombs, login links or steps in Odoo: tested in the rooms that they attack.
ELSEWHERE = ("1", "9", "10", "12", "15", "16", "17")
_ITEM = re.compile(r"^- \*\*(\w+)\*\* (.*)\n  Today: (.*)$", re.MULTILINE)
_MAY = re.compile(r"acknowledgements left, (\d+) may")
_MORE = re.compile(r"and (\d+) more like it")


def shared_cases():
    """Every described attack that has messages; none where the folder is missing."""
    readme = FOLDER / "README.md"
    if not readme.is_file():
        return ()
    items = _ITEM.findall(readme.read_text(encoding="utf-8"))
    cases = (_case(name, text, today) for name, text, today in items)
    return tuple(case for case in cases if case.mails and case.kind not in ELSEWHERE)


def _case(name, text, today):
    return Case(
        name,
        re.split(r" Mail: | Set-up: ", text)[0].rstrip("."),
        _mails(name, text),
        account=found[1] if (found := re.search("Account “(.*?)”", text)) else "a",
        prepare="customer_follows_team" if "customer follows the parent" in text else "",
        may_leave=int(found[1]) if (found := _MAY.search(today)) else 0,
        today=today.rstrip("."),
    )


def _mails(name, text):
    """Its messages; where the folder has three of many, the last one again with other numbers."""
    paths = sorted(FOLDER.glob(f"{name}.eml")) or sorted(FOLDER.glob(f"{name}-*.eml"))
    mails = [path.read_bytes() for path in paths]
    more = int(found[1]) if (found := _MORE.search(text)) else 0
    if not mails:
        return ()
    first, second = mails[0], mails[-1]
    return (*mails, *(_another(first, second, len(mails) + number) for number in range(more)))


def _another(first, last, number):
    """The next of a row of messages that differ in a number that they count up.

    ``first`` counts 0, ``last`` counts on; wherever the two differ the number is written.
    """
    old, new = first.decode().splitlines(), last.decode().splitlines()
    lines = [
        one if one == two else re.sub(_counted(one, two), str(number), two)
        for one, two in zip(old, new, strict=True)
    ]
    return "\n".join(lines).encode()


def _counted(one, two):
    """A pattern of the number that two lines do not have in common."""
    numbers = zip(re.findall(r"\d+", one), re.findall(r"\d+", two), strict=True)
    return "|".join(sorted({rf"(?<!\d){b}(?!\d)" for a, b in numbers if a != b}))
