from ...translatable import _lt, said
from ..case import Case
from ..message.automatic import automatic_sign, declared_auto_reply
from ..message.lists import is_own_group
from ..message.mail import MAX_REFERENCES
from ..own_copy import sent_before_installing
from ..sent import OwnCopy
from ..tokens.loop_mark import LoopMark, find_loop_mark
from .base import Effect, Evidence, Verdict

MAX_HOPS = 1
# Odoo puts this into the Message-ID of every notice it sends by itself (mail_thread.py,
# _detect_loop_headers): whatever refers to it replies to a machine.
_NOTICE = "-loop-detection-bounce-email@"


class Loop(Verdict):
    """Mail of ours that came back and would go out again; it waits where it names an alias."""

    name = "loop"
    label = _lt("Mail loop")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """Our keyed header, which holds the record and a hop count: on automatic mail, or
        back at the record that sent it, or after more than one hop; or a reply to a notice
        of Odoo. A header without our key never counts. A person's message, or a web form's,
        that passes through an alias is routed. **Likely** by the account's own address with a
        Message-ID as Odoo writes it on automatic mail, which we did not mark yet.
        """
        mark = find_loop_mark(case.mail, case.policy.secret)
        why = _why(case, mark) if mark else ""
        if why:
            return Evidence(why, effect=_effect(case), proved=True)
        if not mark and (why := sent_before_installing(case)):
            proved = case.own is OwnCopy.PROVED
            return Evidence(why, effect=_effect(case), proved=proved)
        references = (*case.mail.references[-MAX_REFERENCES:], *case.mail.in_reply_to)
        if any(_NOTICE in reference for reference in references):
            # An auto-responder's reply is dropped; a person who replies to a notice is heard.
            text = said(_lt("References name an automatic notice of ours"))
            return Evidence(text, proved=bool(declared_auto_reply(case.mail)))
        return None


def _why(case: Case, mark: LoopMark) -> str:
    if mark.hops > MAX_HOPS:
        text = _lt(
            "X-Catchall-Loop of %(record)s: it has already passed through %(hops)s records of ours"
        )
        return said(text, record=mark.record, hops=mark.hops)
    own_group = is_own_group(case.mail, case.policy.domains)
    sign = automatic_sign(case.mail, through_own_group=own_group)
    if sign:
        text = _lt("X-Catchall-Loop of %(record)s: automatic mail (%(sign)s)")
        return said(text, record=mark.record, sign=sign)
    references = case.mail.references[-MAX_REFERENCES:]
    parent = case.directory.thread(references) if references else None
    if not parent or f"{parent.model},{parent.res_id}" != mark.record:
        return ""
    if _names_another(case, parent.model):
        return ""
    text = _lt("X-Catchall-Loop of %(record)s: it came back to the record that sent it")
    return said(text, record=mark.record)


def _names_another(case: Case, model: str) -> bool:
    """Whether it came to an alias of another kind of record, for which it is a new message."""
    aliases = (case.directory.aliases(item.address) for item in case.recipients)
    return any(alias.model != model for found in aliases for alias in found)


def _effect(case: Case) -> Effect:
    """What names an alias may have been meant for it: a person looks."""
    named = any(case.directory.aliases(item.address) for item in case.recipients)
    return Effect.QUARANTINE if named else Effect.IGNORE
