from ...translatable import _lt, said
from ..case import Case
from ..message.lists import is_under
from .base import Effect, Evidence, Verdict


class Forged(Verdict):
    """DMARC failed, and either the domain's policy is enforced, or From is a user's address."""

    name = "forged"
    label = _lt("Forged sender")
    effect = Effect.QUARANTINE
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """An explicit DMARC fail **and** either an enforced policy, or the address of an
        internal user. Another address of our own domain is marked as failed: the web site and
        the scanner break DMARC of our own domain every day. The provider's disposition counts:
        ``p=none``, ``dis=none``, ``action=none`` and ``compauth=pass`` never hold an outsider's
        message, because forwarders break DMARC of honest mail every day.
        """
        if not case.dmarc.failed:
            return None
        sender = case.mail.sender
        if case.directory.user(sender.address):
            text = _lt("claims to be a colleague, but failed the domain check (DMARC): %(result)s")
        elif not case.dmarc.enforced:
            return None
        elif is_under(sender.domain, case.policy.domains):
            text = _lt(
                "claims to be from our own domain, but failed the domain check (DMARC): %(result)s"
            )
        else:
            text = _lt("failed the domain check (DMARC): %(result)s, and the policy is enforced")
        return Evidence(said(text, result=case.dmarc.text))
