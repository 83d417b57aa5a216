"""Who the customer is: not always the one in From (docs/design.md#finding-the-recipient)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .codes import AuthorCheck
from .directory import Directory
from .message import addresses, headers
from .message.addresses import Mailbox
from .message.certified import certified_inside
from .message.mail import ReceivedMail
from .message.programs import web_sites_sign
from .policy import Policy

# A blank stands for any separator or none: "no-reply", "do.not.reply", "jobs-noreply2".
_NO_REPLY_PHRASES = (
    *(
        f"{no} {answer}"
        for no in ("no", "do not", "dont", "never")
        for answer in ("repl(?:y|ies|ay)", "respon(?:d|se)", "answer")
    ),
    *("nicht antworten", "keine? antwort", "ne pas r[eé]pondre", "n[aã]o respond", "no respond"),
    *("no contest", "non rispond", "nie odpowiad", "ne odgovar", "neodpovidat", "svara inte"),
    *("svar ikke", "yanitlama", "ala vastaa", "niet beantwoorden", "niet antwoorden"),
)
_NO_REPLY = re.compile(f"(?:^|[._+-])(?:{'|'.join(_NO_REPLY_PHRASES)})".replace(" ", "[._-]?"))
# Not "auto" (a car dealer) nor "webmaster": they may be people of a firm.
_MACHINES = frozenset(
    """
    notification notifications notify notifier alert alerts mailer mailer-daemon mail-daemon
    automail automailer automatic automated robot bot system daemon wordpress
    www www-data apache nginx httpd webserver root nobody bounce bounces postmaster
    support-bounces
    """.split()
)
# Parts of a local part, or all of it, that no person has. What may be the mailbox of a firm's
# people (info@, anfrage@, service@, orders@) is none of them.
_FORM_WORDS = re.compile(
    r"(?:^|[._+-])(?:"
    r"(?:web|site|contact|kontakt|lead|mail|online|wp|jot|type|gravity|ninja|php|cgi|order|inquiry"
    r"|enquiry|anfrage|feedback|apply|application|bewerbungs|support|request|cognito|zoho|google"
    r"|tally|survey)?[._-]?"
    r"(?:forms?|formmail(?:er)?|formul(?:ar\w{0,3}|aires?|arios?|ier(?:en)?|ář))"
    r"|form(?:bot|handler|capture|spree|stack|assembly|submit|submissions?|data|entry|entries|sender)"
    r"|submissions?|(?:contact|kontakt)us[._-]?form"
    r"|(?:mail|chat|web|auto|lead|help|ticket|info|form|job|my|ro)[._-]?bot"  # "bot" is a surname
    r"|(?:cgi|php|web|auto|form|site|server|smtp|wp|html|bulk|mass)[._-]?mailer|sendmail"
    r"|leads|lead[._-]?(?:ads?|gen|generator|mail|notification)|new[._-]?leads?"
    r"|wufoo|cf7|elementor|zapier|auto[._-]?sender"
    r"|modulo|lomake|[uű]rlap|skjema|dotazn[ií]k|notif(?:ications?|ier|y)|benachrichtigung(?:en)?"
    r")\d{0,3}(?=$|[._+-])"
)
_FORMS = re.compile(
    r"^(?:(?:indeed|easy|quick|smart)?apply(?:now)?|dse(?:_(?:na|eu|au|ca|jp|demo)\d{0,2})|docusign"
    r"|(?:echo|adobe|hello|panda|sign)[._-]?sign\w{0,3}|(?:inmail-)?hit-reply|posta-certificata"
    r"|(?:web|wp)[._-]?(?:anfrage|anfragen|enquiry|inquiry|request|lead|site|seite|page|order|shop)s?"
    r"|online[._-]?(?:anfragen?|bewerbung(?:en)?|application|request|inquiry|enquiry)|homepage"
    r"|lead|submit|cron(?:job|tab|d)?|script|cgi[._-]?bin|www[._-]?run|https?|anonymous|bounces?[+=].*"
    r"|jobalerts?|job-?apps?|applicants?-?mail|messages-?relay|mail-?relay|relay|smtp|mailout|php|cgi)$"
)
_VIA = re.compile(r"\bvia\b", re.IGNORECASE)
_IN_QUOTES = re.compile(r"^'([^']{1,200}(?:'[^']{1,200}){0,9})'(?: via .*)?$")


def is_no_reply(address: str) -> bool:
    """Whether nobody reads that address: ``no-reply@``, ``notifications@``, a web server's user."""
    local = address.rpartition("@")[0].lower()
    return local in _MACHINES or bool(_NO_REPLY.search(local[:100]))


def is_forms(address: str) -> bool:
    """Whether the local part is a form's, a portal's or a script's: no person has it."""
    local = address.rpartition("@")[0].lower()[:100]
    return bool(_FORM_WORDS.search(local) or _FORMS.match(local))


def persons_name(name: str) -> str:
    """A display name without the quotes of Outlook, or of a group: ``'Anna' via Info``."""
    found = _IN_QUOTES.match(name)
    return found[1] if found else name


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the record gets (``mailbox``), and the address that was left beside it, or ``""``.

    ``beside`` is the Reply-To of somebody else, where From may be a person.
    """

    mailbox: Mailbox
    beside: str = ""


def find_contact(
    mail: ReceivedMail,
    directory: Directory,
    policy: Policy,
    check: AuthorCheck,
    *,
    is_machine: bool = False,
    is_form: bool = False,
) -> Contact:
    """The address that the record gets: Reply-To behind a form, a shop or a group, else From.

    :param is_machine: a verdict says that a program wrote it
    :param is_form: an administrator's rule says that the sender is a form
    """
    sender = mail.sender
    ours = sender.domain in policy.domains
    if ours and check is AuthorCheck.VERIFIED and directory.user(sender.address):
        return Contact(sender)
    found = _others((*_passed_on(mail, ours=ours), *_certified(mail)), mail, policy)
    if found:
        return Contact(found[0])
    behind = _others(mail.addresses(headers.REPLY_TO), mail, policy)
    if ours and not behind and mail.has(headers.LIST_ID, headers.LIST_POST):
        behind = _others(mail.addresses(headers.X_ORIGINAL_SENDER), mail, policy)
    if behind:
        nobodys = not sender.address or is_no_reply(sender.address) or is_forms(sender.address)
        if is_form or ours or is_machine or nobodys or _is_named_by_a_site(mail, behind):
            return Contact(behind[0])
        return Contact(sender, beside=behind[0].address)
    return Contact(sender if sender.address else next(_without_from(mail), sender))


def _others(found: Iterable[Mailbox], mail: ReceivedMail, policy: Policy) -> list[Mailbox]:
    """Those that are somebody's, neither ours nor From's, each once."""
    known = {mail.sender.address, *policy.domains}
    return list(
        {
            box.address: box
            for box in reversed(list(found))
            if box.address not in known and box.domain not in known and not is_no_reply(box.address)
        }.values()
    )[::-1]


def _passed_on(mail: ReceivedMail, *, ours: bool) -> tuple[Mailbox, ...]:
    """The author, where a group took From for itself: ours, or anybody's list, or "Lena via …".

    Anybody may write the header, so it proves nothing (:func:`..stages.find_author`).
    """
    is_list = mail.has(headers.LIST_ID) or bool(_VIA.search(mail.sender.name))
    return mail.addresses(headers.X_ORIGINAL_FROM) if ours or is_list else ()


def _certified(mail: ReceivedMail) -> Iterator[Mailbox]:
    """Who wrote a certified message, as its envelope says too: a name, and no proof either."""
    found = certified_inside(mail)
    if found and found.sender:
        yield found.sender


def _is_named_by_a_site(mail: ReceivedMail, behind: list[Mailbox]) -> bool:
    """Whether a web site's program wrote it, about the one person whom Reply-To and text name."""
    return (
        len(behind) == 1 and bool(web_sites_sign(mail)) and behind[0].address in mail.text.lower()
    )


def _without_from(mail: ReceivedMail) -> Iterator[Mailbox]:
    """A message without From: whom else it names as its sender."""
    yield from mail.addresses(headers.SENDER)
    if mail.return_path and addresses.normalise(mail.return_path):
        yield Mailbox(address=mail.return_path)
