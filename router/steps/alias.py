from ...translatable import _lt, listed, said
from ..case import Case
from ..codes import Reason
from ..places import Alias, Recipient, Route
from ..verdicts.bulk import Bulk
from .base import Found, Step


class AliasStep(Step):
    """Every recipient that is an alias."""

    name = "alias"
    label = _lt("Aliases")
    reason = Reason.ALIAS
    by_address = True

    def find(self, case: Case) -> Found:
        """One route an alias; two recipients of one alias create one record.

        An alias that accepts no mail from programs gets none; a message for those alone waits.
        """
        routes: dict[int, Route] = {}
        remaining: list[Recipient] = []
        refused: list[str] = []
        for recipient in case.recipients:
            aliases = case.directory.aliases(recipient.address)
            if not aliases:
                remaining.append(recipient)
            for alias in aliases:
                if accepts(case, alias):
                    routes.setdefault(alias.id, route_to(alias, recipient.address))
                else:
                    refused.append(recipient.address)
        names = ", ".join(sorted({route.address for route in routes.values()}))
        lines = [said(_lt("alias %(addresses)s"), addresses=names)] if routes else []
        if refused:
            closed = ", ".join(sorted(set(refused)))
            text = _lt("%(addresses)s does not accept mail written by programs")
            lines.append(said(text, addresses=closed))
        return Found(
            listed(lines, "; ") or said(_lt("no recipient is an alias")),
            tuple(routes.values()),
            tuple(remaining),
            held=Bulk.reason if refused else None,
        )


def accepts(case: Case, alias: Alias) -> bool:
    """Whether an alias takes mail of this kind for new records."""
    return alias.accepts_machine or not case.is_machine


def route_to(alias: Alias, address: str) -> Route:
    """The route that an alias stands for: its fixed record, or a new one of its model."""
    return Route(alias.model, alias.force_thread_id, alias=alias, address=address)
