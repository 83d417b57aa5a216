from ...translatable import _lt, listed, said
from ..case import Case
from ..codes import Reason, State
from ..rules.rules import Action
from .base import Found, Step

MAX_NAMED = 5


class BlockRules(Step):
    """Rules that send a message to To Sort, or dismiss it, whatever kind it is.

    The first step about rules: here the trace names those that have lost their conditions.

    They come before what a verdict says: "dismiss this newsletter" means one that would wait.
    """

    name = "block"
    label = _lt("Blocking rules")
    reason = Reason.RULE
    joins_thread = True
    by_address = True

    def find(self, case: Case) -> Found:
        """End the search where such a rule holds."""
        for hit in case.hits:
            if hit.blocks:
                holds = hit.rule.action is Action.QUARANTINE
                state = State.QUARANTINED if holds else State.IGNORED
                text = _lt("sent to To Sort by %(rule)s") if holds else _lt("dismissed by %(rule)s")
                return Found(said(text, rule=hit.rule.text), state=state)
        empty = [
            rule.text
            for rule in case.directory.rules()
            if rule.is_empty and rule.is_for(case, case.recipients)
        ]
        if empty:
            rules = listed(empty[:MAX_NAMED], ", ")
            return Found(said(_lt("no rule blocks it; these do nothing: %(rules)s"), rules=rules))
        return Found(said(_lt("no rule blocks it")))
