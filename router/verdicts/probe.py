from ...translatable import _lt, said
from ..case import Case
from ..tokens.probe_mark import find_probe
from ..tokens.tokens import TokenKey
from .base import Effect, Evidence, Verdict


class Probe(Verdict):
    """A message of our own mailbox test: it is counted, and creates nothing."""

    name = "probe"
    label = _lt("Mailbox test")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """The signed mark of a mailbox test of ours, on a message that names nobody else of
        ours.
        """
        token = find_probe(case.mail, TokenKey(case.policy.secret, case.policy.database))
        if token is None:
            return None
        for item in case.recipients:
            if case.directory.aliases(item.address) or case.directory.user(item.address):
                return None
        return Evidence(
            said(_lt("a message of our own mailbox test")),
            {"probe": [token.probe_id, token.part]},
            proved=True,
        )
