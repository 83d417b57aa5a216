"""What the admin said about mail like this beats what an address says."""

from ...translatable import _lt, listed, said
from ..case import Case
from ..codes import Reason
from ..places import Route
from .base import Found, Step


class AdminRules(Step):
    """Rules that place a message: to an alias, a record, or a user's inbox.

    A reply stays with its record: a rule places only the recipients that are left.
    """

    name = "rules"
    label = _lt("Routing rules")
    reason = Reason.RULE
    by_address = True

    def find(self, case: Case) -> Found:
        """One route a rule; one that stops takes the recipients it is about."""
        if case.routed and not case.recipients:
            return Found(said(_lt("the message already has its place")))
        routes: dict[str, Route] = {}
        remaining = list(case.recipients)
        lines: list[str] = []
        for hit in case.hits:
            about = [item for item in hit.recipients if item in remaining]
            if not hit.places or (hit.recipients and not about):
                continue
            route = hit.rule.route(next(iter(about), None))
            routes.setdefault(route.target, route)
            lines.append(hit.rule.text)
            if hit.rule.stop:
                remaining = [item for item in remaining if item not in about]
        text = listed(lines, "; ") or said(_lt("no rule routes it"))
        return Found(text, tuple(routes.values()), tuple(remaining))
