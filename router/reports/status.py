"""Enhanced status codes (RFC 3463, IANA's registry): reading them, and saying them in words."""

import re

from ...translatable import _lt

# In prose a code counts only beside a reply code or a mark: "Version 5.0.11" is no failure.
_IN_FIELD = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_IN_TEXT = re.compile(
    r"(?:(?<![\d.])[45]\d\d[ \-:]{1,2}#?|#|\()([45])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)"
)
# A reply code counts only where a server is quoted: "500 chairs" is no error.
_REPLY = re.compile(
    r"(?:^|said:? |error:? |code:? |repl(?:y|ied):? |respon(?:se|ded):? |with |>>> |<<< "
    r"|smtp[;:]? ?|result:? )\s{0,4}([45])([0-5]\d)(?=[ \-:,.)#])",
    re.IGNORECASE | re.MULTILINE,
)

# What a reply code says by itself (RFC 5321 §4.2.3), as subject and detail.
_OF_REPLY = {"51": "1.6", "52": "2.2"}
# What words say where no code does, the most telling first.
_CAUSES: tuple[tuple[str, str], ...] = (
    (r"quota|(?:mail ?box|folder)(?: is| has been)? full|full mailbox|storage|box space", "2.2"),
    (r"too (?:large|big)|exceed\w{0,3}[^.\n]{0,40} size|size limit", "2.3"),
    (r"account (?:has been |is )?(?:disabled|inactive|suspended|deactivated)", "2.1"),
    (r"(?:host|domain) (?:unknown|not found)|(?:unknown|no such|bad) (?:host|domain)", "1.2"),
    (
        r"(?:user|recipient|address|addressee|account|mailbox|userid)(?: is)? (?:unknown|not found"
        r"|unavailable|rejected)|(?:unknown|invalid|no such|bad|not a valid|not our) "
        r"(?:local |final delivery )?(?:user|recipient|address|mailbox|person|customer)"
        r"|doesn['’]t have an? |does not exist|not listed in|no mailbox",
        "1.1",
    ),
    (r"too many hops|mail loop|message looping", "4.6"),
    (r"spam\b|bl[ao]ck ?list|policy|banned|blocked|contains a virus", "7.1"),
    (r"timed? ?out|unreachable|not reachable|not responding|connection refused", "4.1"),
    (r"queue (?:too long|period)|time expired|maximum[- ]time|\d attempts|maximum delivery", "4.7"),
)
_CAUSE = tuple((re.compile(words, re.IGNORECASE), detail) for words, detail in _CAUSES)

_WORDS = {
    "1.1": _lt("The address does not exist."),
    "1.2": _lt("The domain of the address does not exist."),
    "1.3": _lt("The address is misspelt."),
    "1.4": _lt("The address is ambiguous."),
    "1.6": _lt("The mailbox has moved."),
    "1.8": _lt("The sender's domain was not accepted."),
    "1.10": _lt("The address does not exist, because its domain accepts no mail."),
    "2.1": _lt("The mailbox is disabled."),
    "2.2": _lt("The mailbox is full."),
    "2.3": _lt("The email is larger than the recipient accepts."),
    "3.2": _lt("The recipient's server accepts no mail at the moment."),
    "3.4": _lt("The email is larger than the recipient's server accepts."),
    "4.1": _lt("The recipient's server does not answer."),
    "4.3": _lt("The recipient's domain cannot be looked up."),
    "4.4": _lt("No route to the recipient's server was found."),
    "4.6": _lt("The email was caught in a mail loop."),
    "4.7": _lt("The recipient's server could not be reached in time."),
    "7.20": _lt("The recipient's server could not verify our signature (DKIM)."),
    "7.23": _lt("The recipient's server could not verify our server (SPF)."),
    "7.25": _lt("The IP address of our server has no valid host name (reverse DNS)."),
    "7.26": _lt("The recipient's server could not verify that the email is ours."),
    "7.27": _lt("The recipient's server could not verify that the email is ours."),
}
_SUBJECTS = {
    "1": _lt("The address was not accepted."),
    "2": _lt("The mailbox did not accept the email."),
    "3": _lt("The recipient's mail system did not accept the email."),
    "4": _lt("The network or the route to the recipient failed."),
    "5": _lt("The servers did not understand each other."),
    "6": _lt("The content of the email was not accepted."),
    "7": _lt("The recipient's server refused the email because of its policy."),
}


def parse_status(value: str) -> str:
    """The code in a Status field (RFC 3464 §2.3.4), or ``""``."""
    found = _IN_FIELD.search(value[:500])
    return f"{found[1]}.{int(found[2])}.{int(found[3])}" if found else ""


def find_status(text: str) -> str:
    """The first code that a server is quoted with; else one of its reply code; else ``""``."""
    text = text[:8_000]
    found = _IN_TEXT.search(text)
    if found:
        return f"{found[1]}.{int(found[2])}.{int(found[3])}"
    reply = _REPLY.search(text)
    return f"{reply[1]}.{_OF_REPLY.get(reply[2], '0.0')}" if reply else ""


def status_of_words(text: str, *, permanent: bool) -> str:
    """The code that a cause in words stands for ("mailbox full"), or ``""``."""
    text = text[:4_000]
    kind = "5" if permanent else "4"
    return next((f"{kind}.{code}" for words, code in _CAUSE if words.search(text)), "")


def is_undefined(status: str) -> bool:
    """Whether a code says no more than "failed" or "delayed"."""
    return not status or status.endswith(".0.0")


def explain(status: str) -> str:
    """What a code says, as a sentence, or ``""`` when it says nothing."""
    subject_detail = status.partition(".")[2]
    return _WORDS.get(subject_detail) or _SUBJECTS.get(subject_detail.partition(".")[0], "")
