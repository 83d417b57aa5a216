"""A user's own address: the mail is theirs."""

from ..case import Case
from ..codes import Reason
from ..message.addresses import split_sub_address
from ..places import Recipient, Route, User
from .base import Found, Step


class UserStep(Step):
    """Recipients that are internal users: to their inbox in Odoo, never mailed on.

    Mailing it to the user's address would send it into the catch-all again.
    """

    name = "user"
    reason = Reason.USER

    def find(self, case: Case) -> Found:
        """One route a user."""
        routes: dict[int, Route] = {}
        remaining: list[Recipient] = []
        without: list[str] = []
        for recipient in case.recipients:
            user = find_user(case, recipient.address)
            if user is not None and case.directory.has_inbox(user):
                routes.setdefault(user.id, route_to_user(user, recipient.address))
                continue
            remaining.append(recipient)
            if user is not None:
                without.append(recipient.address)
        if routes:
            names = ", ".join(sorted(route.address for route in routes.values()))
            return Found(f"Odoo inbox of {names}", tuple(routes.values()), tuple(remaining))
        if without:
            return Found(f"no inbox in Odoo for {', '.join(without)}")
        return Found("no recipient is a user")


def find_user(case: Case, address: str) -> User | None:
    """The user with that address, also behind a sub-address (RFC 5233)."""
    user = case.directory.user(address)
    base = split_sub_address(address)
    return user or (case.directory.user(base) if base else None)


def route_to_user(user: User, address: str) -> Route:
    """The route to a user's inbox."""
    return Route("res.users", user_id=user.id, address=address)
