"""Whether what a record sends by itself to the sender of a message may leave.

An applicant is thanked, a stage has a template, an automation writes back: all of it goes to an
address that somebody wrote into a header, and the victims of a forger are the ones who get it. So
it leaves to whoever is proved to have written, once a day; what is held back waits on the record
for a person's click.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ..translatable import _lt
from .codes import Acknowledge, AuthorCheck, Codes
from .contact import is_no_reply
from .decision import Decision
from .freemail import is_freemail
from .message import addresses, headers
from .message.automatic import suppressed_answers
from .message.mail import ReceivedMail
from .verdicts.machine import Machine

PER_HOUR = 200  # of one account
# Of that, what one domain may take: no flood of one silences the others.
_DOMAIN_PART, _FREEMAIL_PART = 10, 2
# What somebody says with X-Auto-Response-Suppress who wants no acknowledgement
# ([MS-OXCMAIL] §2.1.3.2.19); OOF and the like are about other replies.
_SUPPRESSED = frozenset({"all", "autoreply"})
_MAX_NAMES = 50  # of one field
_SECOND_LEVELS = frozenset("ac co com edu gob gov gv ltd mil ne net or org plc".split())
_NAMES = (
    *(headers.FROM, headers.SENDER, headers.REPLY_TO, headers.TO, headers.CC),
    *(headers.X_ORIGINAL_FROM, headers.X_ORIGINAL_SENDER),
)


class Held(Codes):
    """Why an automatic email is held back."""

    NEVER = "never", _lt("the account sends no automatic replies")
    AUTOMATIC = "automatic", _lt("a program wrote the email, or it asks for no automatic reply")
    FAILED = "failed", _lt("the sender may be forged")
    UNPROVEN = "unproven", _lt("nothing proves that this sender wrote the email")
    FORM = "form", _lt("a form sent the email, and the alias does not answer its visitors")
    FORM_UNPROVEN = "form_unproven", _lt("nothing proves that the form sent the email")
    NAMED = "named", _lt("the email only names this address")
    NOTE = "note", _lt("the email that caused it stays internal")
    TODAY = "today", _lt("this mailbox got an automatic email within the last 24 hours")
    DOMAIN = "domain", _lt("too many automatic emails to this domain within an hour")
    ACCOUNT = "account", _lt("too many automatic emails of the account within an hour")


@dataclass(frozen=True, slots=True)
class Terms:
    """What the admin decided: the account's ``acknowledge``, and the forms that the alias lists.

    ``forms`` are lower-case addresses and domains. ``known``: Odoo knew the contact before this
    message; it is asked only where that counts.
    """

    acknowledge: str = Acknowledge.PROVED
    forms: frozenset[str] = frozenset()
    known: bool = False


def why_held(
    mail: ReceivedMail, decision: Decision, terms: Terms, place: tuple[str, int]
) -> Held | None:
    """Return why nothing may leave to the contact by itself, None where it may.

    :param place: model and id of the record that sends it
    """
    sender, contact = mail.sender.address, decision.contact
    if terms.acknowledge == Acknowledge.NEVER:
        return Held.NEVER
    if decision.author_check is AuthorCheck.FAILED:
        return Held.FAILED
    if decision.proofs.of(contact, place):
        return _unless_automatic(mail, decision)
    if contact == sender:
        if not _came_from(sender, decision) and not (
            terms.acknowledge == Acknowledge.KNOWN and terms.known and not decision.unproven
        ):
            return Held.UNPROVEN
        return _unless_automatic(mail, decision)
    if not is_listed(sender, terms.forms):
        return Held.FORM
    if not decision.proofs.of(sender) and not _came_from(sender, decision):
        return Held.FORM_UNPROVEN
    # A form is a program; that the alias lists it says that its visitors are people.
    silent = set(decision.verdicts) - {Machine.name} or is_no_reply(contact)
    return Held.AUTOMATIC if silent else None


def over_limit(domain: str, to_domain: int, of_account: int, per_hour: int) -> Held | None:
    """Return which limit is reached.

    :param domain: :func:`limited_domain` of the recipient
    :param to_domain: automatic emails to it within the last hour, of this account
    :param of_account: automatic emails of the account within the last hour
    :param per_hour: how many the account may send
    """
    if of_account >= per_hour:
        return Held.ACCOUNT
    part = _FREEMAIL_PART if is_freemail(domain) else _DOMAIN_PART
    return Held.DOMAIN if to_domain >= max(1, per_hour // part) else None


def limited_domain(address: str) -> str:
    """The domain that a limit counts: what somebody owns, whatever subdomains they write from.

    Without the list of public suffixes, which grows old: strangers who share a suffix that is not
    known here share a limit.
    """
    labels = address.rpartition("@")[2].split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3 if is_shared else -2 :])


def named_in(mail: ReceivedMail) -> frozenset[str]:
    """All addresses that a message brings in: whoever wrote it may have put anybody there."""
    return frozenset(item.address for name in _NAMES for item in mail.addresses(name))


def names_in(mail: ReceivedMail) -> frozenset[str]:
    """Display names that a message brings in with them."""
    found = (item.name for name in _NAMES for item in mail.addresses(name)[:_MAX_NAMES])
    return frozenset(found) - {""}


def read_forms(text: str) -> frozenset[str]:
    """Forms as an admin types them: addresses or domains, apart by blanks, commas or lines."""
    words = text.lower().replace(",", " ").replace(";", " ").split()
    return frozenset(
        addresses.normalise(word) or addresses.normalise_domain(word.lstrip("@")) for word in words
    )


def is_listed(form: str, forms: Iterable[str]) -> bool:
    """Whether a form's address stands there, or its domain."""
    return bool(form) and bool({form, form.rpartition("@")[2]} & set(forms))


def _came_from(sender: str, decision: Decision) -> bool:
    """Whether SPF passed for an envelope of the sender's own domain.

    Of that very domain: a parent (``co.uk``, ``hoster.example``) or a child is often another's.
    """
    return bool(decision.envelope) and decision.envelope == sender.rpartition("@")[2]


def _unless_automatic(mail: ReceivedMail, decision: Decision) -> Held | None:
    silent = (
        not decision.answerable
        or mail.return_path == ""
        or is_no_reply(decision.contact)
        or suppressed_answers(mail) & _SUPPRESSED
    )
    return Held.AUTOMATIC if silent else None
