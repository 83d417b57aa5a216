"""The account's fallback: what the admin wants done with mail that names nobody."""

from ...translatable import _lt, said
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
        model = case.policy.fallback_model
        if not model:
            return Found(said(_lt("the account has no fallback model")))
        return Found(said(_lt("fallback model %(model)s"), model=model), (Route(model),), ())
