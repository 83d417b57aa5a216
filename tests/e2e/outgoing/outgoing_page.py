"""The tables of docs/outgoing.md: what customers got, as the end-to-end test saw it.

They stand below markers such as ``<!-- delivered: plain -->``. What a run found for one provider
is compared with the page, so that the page cannot go stale; ``--write-docs`` writes it instead.
"""

import re
from pathlib import Path

from providers import PROVIDERS

PAGE = Path(__file__).parents[3] / "docs" / "outgoing.md"
HEAD = (
    "| the provider | the author | From | Reply-To | envelope sender | arrived | SPF | DKIM |"
    " DMARC |\n|---|---|---|---|---|---:|---|---|---|\n"
)
_TOKEN = re.compile(r"\b(reply|bounce)-[a-z2-7]{8,34}@")


def row_of(provider, author, mails):
    """One row: what the customer saw of these messages, each value once."""

    def seen(values):
        return ", ".join(sorted({_TOKEN.sub(r"\1-…@", value) for value in values}))

    once = len({(item.mail["Message-Id"], item.recipients) for item in mails})
    cells = (
        provider,
        author,
        seen(f"{item.author.display_name} `{item.author.addr_spec}`" for item in mails),
        seen(f"`{item.mail['Reply-To'].addresses[0].addr_spec}`" for item in mails),
        seen(f"`{item.envelope}`" for item in mails),
        f"{once} of {len(mails)} once",
        *(seen(getattr(item, check) for item in mails) for check in ("spf", "dkim", "dmarc")),
    )
    return f"| {' | '.join(cells)} |"


class Page:
    """The page as it is, and as the rows that were seen make it."""

    def __init__(self):
        self.before = self.text = PAGE.read_text(encoding="utf-8")

    def put(self, table, provider, rows):
        """Put a provider's rows in the place of those that stand in a table."""
        marker = f"<!-- delivered: {table} -->\n"
        start, found, rest = self.text.partition(marker)
        old = re.match(r"(?:\|.*\n)*", rest)[0]
        # The providers in their order, those that this run has not met as they stand.
        known = {name: [] for name in PROVIDERS}
        for row in old.removeprefix(HEAD).splitlines():
            known.get(row.split(" | ")[0].removeprefix("| "), []).append(row)
        known[provider] = rows
        new = "".join(f"{row}\n" for name in PROVIDERS for row in known[name])
        self.text = start + found + HEAD + new + rest[len(old) :]

    def settle(self, *, write):
        """Fail where the page says something else, or write it."""
        if write:
            PAGE.write_text(self.text, encoding="utf-8")
        assert write or self.text == self.before, (
            "docs/outgoing.md shows other messages than these; look at them, then write it with"
            " ./dev test e2e test_outgoing_providers_e2e.py --write-docs"
        )
