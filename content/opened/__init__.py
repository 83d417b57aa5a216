"""Parts that have to be opened before there is anything to show: one module a kind.

Each has a function that takes a part and returns :class:`~..content.Opened`, or None when the
part is none of its kind. Those in ``OPENERS`` are asked in their order, before a part is shown or
attached.
"""

from collections.abc import Callable

from ...router.message.mime import Part
from ..content import Opened
from .apple import open_apple_single
from .certified import open_certified
from .in_text import open_text
from .smime import open_pgp, open_smime
from .tnef import open_winmail

Opener = Callable[[Part], Opened | None]

OPENERS: tuple[Opener, ...] = (
    *(open_certified, open_smime, open_pgp, open_winmail),
    *(open_apple_single, open_text),
)
