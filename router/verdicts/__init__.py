"""The kinds of mail, in their order of precedence (DESIGN §5): the first that holds decides."""

from .auto_reply import AutoReply
from .base import Effect, Evidence, Verdict
from .bounce import Bounce
from .loop import Loop

VERDICTS: tuple[Verdict, ...] = (
    Loop(),  # our own mail that came back
    Bounce(),  # a server says that a mail of ours did not arrive
    AutoReply(),  # an answering machine
)

__all__ = ["VERDICTS", "Effect", "Evidence", "Verdict"]
