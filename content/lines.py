"""A line of a message, as a person sees it."""

from dataclasses import dataclass

MOST_CHARS = 500  # of a line that is looked at: what programs write into one is shorter
DECORATION = " \t-–—_*=|"
_RULE = frozenset("-–—_*=~ ")


@dataclass(frozen=True, slots=True)
class Line:
    """Its text, and what the HTML around it is known for.

    ``cited``: a program marked it as a quotation. ``indented``: in a quotation, or merely moved to
    the right. ``attributes``: says who wrote what follows. ``headed``: in the header of what
    follows. ``sent_on``: in what somebody sends on. ``signs``: in a signature. ``closes``: two
    dashes and the blank behind them that programs write above a signature. ``picture``: shows
    something that is no text.
    """

    text: str
    cited: bool = False
    indented: bool = False
    attributes: bool = False
    headed: bool = False
    sent_on: bool = False
    signs: bool = False
    closes: bool = False
    picture: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return not self.text and not self.picture

    @property
    def quoted(self) -> bool:
        """Not what a program broke off before the end of an address: ``>:``."""
        return self.cited or (self.text.startswith(">") and not self.text.startswith(">:"))

    @property
    def rule(self) -> bool:
        """Nothing but dashes: belongs to the header that stands below it."""
        return len(self.text) > 2 and _RULE.issuperset(self.text)

    @property
    def bare(self) -> str:
        """The text without quotation marks, dashes and stars around it."""
        return self.text.lstrip("> ").strip(DECORATION)
