"""The address of an alias: a record of its model for each."""

from ..case import Case
from ..decision import Alias, Reason, Recipient, Route
from .base import Found, Step


class AliasStep(Step):
    """Every recipient that is an alias."""

    name = "alias"
    reason = Reason.ALIAS

    def find(self, case: Case) -> Found:
        """One route an alias; two recipients of one alias make one record."""
        routes: dict[int, Route] = {}
        remaining: list[Recipient] = []
        for recipient in case.recipients:
            aliases = case.directory.aliases(recipient.address)
            if not aliases:
                remaining.append(recipient)
            for alias in aliases:
                routes.setdefault(alias.id, route_to(alias, recipient.address))
        if not routes:
            return Found("no recipient is an alias")
        names = ", ".join(sorted({route.address for route in routes.values()}))
        return Found(f"alias {names}", tuple(routes.values()), tuple(remaining))


def route_to(alias: Alias, address: str) -> Route:
    """The route that an alias stands for: its fixed record, or a new one of its model."""
    return Route(alias.model, alias.force_thread_id, alias=alias, address=address)
