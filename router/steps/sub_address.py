"""Sub-addresses (RFC 5233): ``sales+web@`` reaches ``sales@``."""

from ...translatable import _lt, said
from ..case import Case
from ..codes import Reason
from ..message.addresses import split_sub_address
from ..places import Recipient, Route
from .alias import route_to
from .base import Found, Step


class SubAddress(Step):
    """Recipients that are an alias once what follows the plus is cut (``sales+web@``)."""

    name = "sub_address"
    label = _lt("Sub-addresses")
    reason = Reason.ALIAS
    by_address = True

    def find(self, case: Case) -> Found:
        """One route an alias, as the alias step does."""
        routes: dict[int, Route] = {}
        remaining: list[Recipient] = []
        for recipient in case.recipients:
            base = split_sub_address(recipient.address)
            aliases = case.directory.aliases(base) if base else ()
            if not aliases:
                remaining.append(recipient)
            for alias in aliases:
                routes.setdefault(alias.id, route_to(alias, recipient.address))
        if not routes:
            return Found(said(_lt("no sub-address of an alias")))
        names = ", ".join(sorted({route.address for route in routes.values()}))
        text = said(_lt("sub-address %(addresses)s"), addresses=names)
        return Found(text, tuple(routes.values()), tuple(remaining))
