"""Parts that have to be opened before there is anything to show: one module a kind.

Each has a function that takes a part and returns :class:`~..content.Opened`, or None when the
part is none of its kind. Those in ``OPENERS`` are asked in their order, before a part is shown or
attached.
"""

from collections.abc import Callable

from ...router.message.mime import Part
from ..content import Opened

Opener = Callable[[Part], Opened | None]

OPENERS: tuple[Opener, ...] = ()
