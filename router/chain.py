"""The routing pipeline: from a message to a decision. Its order stands in :meth:`Chain.decide`.

It asks the directory, never the network, and never raises on anything a stranger can write.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..translatable import _lt, said
from . import stages
from .case import Case
from .codes import AuthorCheck
from .decision import Decision
from .directory import Directory
from .message.mail import ReceivedMail
from .policy import Policy
from .recipients import find_recipients
from .stages import Log, Outcome
from .steps import STEPS, Row
from .trust.authentication import check_author
from .trust.spf import envelope_domain
from .verdicts import VERDICTS, Verdict

# Lines of the trace that are neither a verdict's nor a step's.
_LINES = {
    "recipients": _lt("Recipients"),
    "author": _lt("Sender"),
    "duplicate": _lt("Duplicates"),
}
_AUTHOR = {
    AuthorCheck.VERIFIED: _lt("Verified: %(why)s"),
    AuthorCheck.UNVERIFIED: _lt("Not verified: %(why)s"),
    AuthorCheck.FAILED: _lt("Forged? %(why)s"),
}


@dataclass(frozen=True, slots=True)
class Chain:
    """The verdicts and steps that are asked, in their order. Another addon may bring more."""

    verdicts: tuple[Verdict, ...] = VERDICTS
    steps: tuple[Row, ...] = STEPS

    def decide(
        self,
        mail: ReceivedMail,
        directory: Directory,
        policy: Policy,
        signed_by: Sequence[str] = (),
    ) -> Decision:
        """Say where ``mail`` goes and why. Pure: same message, same directory, same answer.

        :param signed_by: domains whose DKIM signature was verified before, outside (signatures/)
        """
        log = Log()
        recipients = find_recipients(mail, directory, policy)
        log.note_recipients(recipients.found)
        sender = check_author(mail, recipients.boundary, policy, directory, signed_by)
        log.note("author", said(_AUTHOR[sender.check], why=sender.why))
        case = Case(
            mail=mail,
            directory=directory,
            policy=policy,
            boundary=recipients.boundary,
            recipients=recipients.found,
            author_check=sender.check,
            dmarc=sender.dmarc,
            proofs=sender.proofs,
        )
        case = stages.find_own(case, log)  # what we sent came back
        case, kind = stages.judge(case, self.verdicts, log)  # a mailbox test first, then what it is
        case = stages.find_author(case, log)  # behind a form it is another than From
        case = stages.find_hits(case, kind)  # the administrator's rules that hold
        kind = stages.override(case, kind, log)  # a rule may accept what a verdict would hold
        outcome = stages.place(case, kind, self.steps, log)
        outcome = stages.set_defaults(case, outcome, log)  # values that rules set on new records
        outcome = stages.drop_copies(case, outcome, log)  # each place once
        # What Odoo adds, in models/routing: a reply waits for its original before all this;
        # afterwards a message that would go nowhere keeps the records it has, too many new
        # records from one sender are held, and a notice tells the sender of an unknown address.
        return _decision(case, outcome, sender.naming, log)

    def label(self, name: str) -> str:
        """What people read for a line of the trace, marked for translation, ``""`` if unknown."""
        verdicts = {item.name: item.label for item in self.verdicts}
        steps = {row.step.name: row.step.label for row in self.steps}
        return {**_LINES, **verdicts, **steps}.get(name, "")


def _decision(case: Case, outcome: Outcome, naming: Iterable[str], log: Log) -> Decision:
    return Decision(
        state=outcome.state,
        reason=outcome.reason,
        routes=outcome.routes,
        recipients=case.recipients,
        trace=tuple(log.lines),
        contact=case.author.address,
        contact_name=case.author.name,
        author_check=case.author_check,
        proofs=case.proofs,
        unproven=case.unproven,
        named=frozenset(item.address for name in naming for item in case.mail.addresses(name)),
        envelope=envelope_domain(case.mail, case.boundary, case.policy),
        verdicts=case.verdicts,
        answerable=case.answerable,
        rules=tuple(hit.rule.id for hit in case.hits),
        facts=log.facts,
    )
