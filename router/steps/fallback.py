"""The account's fallback: what the admin wants done with mail that names nobody."""

from ...translatable import _lt
from ..case import Case
from ..codes import Reason
from ..places import Route
from .base import Found, Step


class Fallback(Step):
    """A new record of the account's fallback model, where one is set."""

    name = "fallback"
    label = _lt("Fallback")
    reason = Reason.FALLBACK

    def find(self, case: Case) -> Found:
        """One record, no matter who was named."""
        if not case.policy.fallback_model:
            return Found("the account has no fallback model")
        return Found(
            f"fallback model {case.policy.fallback_model}", (Route(case.policy.fallback_model),), ()
        )
