from ...translatable import _lt, said
from ..case import Case
from ..message import headers
from ..message.automatic import is_bulk_precedence, precedence
from ..message.lists import foreign_list, is_own_group
from ..message.mail import MAX_REFERENCES, ReceivedMail
from .base import Effect, Evidence, Verdict


class Bulk(Verdict):
    """A newsletter or a mailing list: it waits, unless its aliases accept it or it is a reply."""

    name = "bulk"
    label = _lt("Newsletter or mailing list")
    effect = Effect.QUARANTINE
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """A foreign ``List-Id`` or ``List-Post`` (RFC 2919, RFC 2369); or
        ``List-Unsubscribe`` with ``Precedence: bulk``, ``list`` or ``junk``.
        ``List-Unsubscribe`` alone is no list: shops put it under order confirmations.
        """
        mail = case.mail
        found = foreign_list(mail, case.policy.domains)
        if found:
            text, name = f"{found[0]}: {found[1]}", found[1]
        elif _can_be_left(mail) and not is_own_group(mail, case.policy.domains):
            sign = f"Precedence: {precedence(mail)}"
            text = said(_lt("List-Unsubscribe with %(sign)s"), sign=sign)
            name = mail.sender.domain
        else:
            return None
        facts = {"list": name}
        if _is_accepted(case, name):
            text = said(_lt("%(sign)s, which the alias accepts"), sign=text)
            return Evidence(text, facts, Effect.NOTE)
        if _is_answer(case):
            text = said(_lt("%(sign)s, but it replies to a message of ours"), sign=text)
            return Evidence(text, facts, Effect.NOTE)
        return Evidence(text, facts)


def _can_be_left(mail: ReceivedMail) -> bool:
    return mail.has(headers.LIST_UNSUBSCRIBE) and is_bulk_precedence(mail)


def _is_accepted(case: Case, name: str) -> bool:
    aliases = [alias for item in case.recipients for alias in case.directory.aliases(item.address)]
    return bool(aliases) and all(
        alias.accepts_bulk or name in alias.accepted_lists for alias in aliases
    )


def _is_answer(case: Case) -> bool:
    """A customer who writes from a group address (``info@`` at Google) replies through a list."""
    references = case.mail.references[-MAX_REFERENCES:]
    return bool(references) and case.directory.thread(references) is not None
