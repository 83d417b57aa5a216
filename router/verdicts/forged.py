from ...translatable import _lt
from ..case import Case
from ..codes import Reason
from ..message.lists import is_under
from .base import Effect, Evidence, Verdict


class Forged(Verdict):
    """DMARC failed, and either the domain's policy is enforced, or From claims to be one of us."""

    name = "forged"
    label = _lt("Forged sender")
    reason = Reason.FORGED
    effect = Effect.QUARANTINE
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """A fail, and either the domain's owner wants it kept away, or the name is one of us.

        Forwarders break DMARC of honest mail every day: an outsider whose domain asks for nothing
        (``p=none``), or whom the provider let pass, is a customer.
        """
        if not case.dmarc.failed:
            return None
        sender = case.mail.sender
        failed = f"failed the domain check (DMARC): {case.dmarc.text}"
        if case.directory.user(sender.address):
            return Evidence(f"claims to be a colleague, but {failed}")
        if is_under(sender.domain, case.policy.domains):
            return Evidence(f"claims to be from our own domain, but {failed}")
        if case.dmarc.enforced:
            return Evidence(f"{failed}, and the policy is enforced")
        return None
