from ...translatable import _lt, said
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
    label = _lt("Users")
    reason = Reason.USER
    by_address = True

    def find(self, case: Case) -> Found:
        """One route a user."""
        routes: dict[int, Route] = {}
        remaining: list[Recipient] = []
        for recipient in case.recipients:
            user = find_user(case, recipient.address)
            if user is None:
                remaining.append(recipient)
            else:
                routes.setdefault(user.id, route_to_user(user, recipient.address))
        if not routes:
            return Found(said(_lt("no recipient is a user")))
        names = ", ".join(sorted(route.address for route in routes.values()))
        text = said(_lt("Odoo inbox of %(addresses)s"), addresses=names)
        return Found(text, tuple(routes.values()), tuple(remaining))


def find_user(case: Case, address: str) -> User | None:
    """The user with that address, also behind a sub-address (RFC 5233)."""
    user = case.directory.user(address)
    base = split_sub_address(address)
    return user or (case.directory.user(base) if base else None)


def route_to_user(user: User, address: str) -> Route:
    """The route to a user's inbox."""
    return Route("res.users", user_id=user.id, address=address)
