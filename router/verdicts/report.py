import re

from ...translatable import _lt, said
from ..case import Case
from ..contact import is_no_reply
from ..message.automatic import header_sign
from ..message.mail import ReceivedMail
from ..message.programs import persons_sign, sent_on
from ..reports.domain_report import domain_report
from .base import Effect, Evidence, Verdict

_REPORTERS = re.compile(
    r"dmarc|tls-?r(?:e)?pt|tls-?report|postmaster|(?:^|[._-])reports?(?:$|[._-])"
)
# What Amazon's web services tell whoever runs an account. Alarms are no notices: somebody set
# them up to be told, and an alias may make tasks of them. Nor is what the shop tells its sellers.
_AWS = re.compile(
    r"^(?:no-?reply@(?:[a-z0-9-]+\.)*amazonaws\.com"
    r"|(?:aws-\w{1,40}|no-reply-aws|aws)@(?:[a-z0-9-]+\.)*amazon(?:aws)?\.com)$"
)
_AWS_CHORES = re.compile(
    r"^(?:aws notification(?: -|:) (?:subscription|unsubscribe) confirmation|amazon (?:ses|web serv"
    r"ices)|aws (?:health|budgets?|cost|support|account|billing|trusted advisor|free tier)"
    r"|\[?(?:notification|action (?:required|may be required)|reminder)\]?)",
    re.IGNORECASE,
)


class Report(Verdict):
    """A machine's report on a domain or an account of ours (DMARC, TLS, Amazon's notices)."""

    name = "report"
    label = _lt("Report of a server")
    effect = Effect.IGNORE
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """**Proved** by a TLS report's own part (RFC 8460), or by an attachment named as RFC 7489
        §7.2.1.1 wants for a domain of ours, from a sender or under a subject that no person has.
        **Likely** by that name alone, by the subject alone, or as a notice of Amazon's services.
        Never what a person's program wrote, a reply, or what was sent on.
        """
        mail = case.mail
        if persons_sign(mail) or mail.in_reply_to or sent_on(mail):
            return None
        found = domain_report(mail, case.policy.domains)
        if found:
            sign = found.name or (mail.subject if found.is_titled else "TLS-Report-Domain")
            text = _lt("a report on %(domain)s: %(sign)s")
            machines = found.is_titled or found.is_bare or _is_reporters(mail)
            proved = found.has_part or bool(found.name and machines)
            return Evidence(said(text, domain=found.domain, sign=sign[:200]), proved=proved)
        if _AWS.match(mail.sender.address) and _AWS_CHORES.match(mail.subject):
            text = _lt("a notice to the administrator from %(sender)s")
            return Evidence(said(text, sender=mail.sender.address))
        return None


def _is_reporters(mail: ReceivedMail) -> bool:
    """Whether no person sends from that address, or a program says that it wrote."""
    sender = mail.sender
    return bool(_REPORTERS.search(sender.local) or is_no_reply(sender.address) or header_sign(mail))
