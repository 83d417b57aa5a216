"""What a refusal proves: that nobody has the address, that the author may not send, or neither.

A catch-all is said to be missing only where a server says so in its last word about that address.
A server that is busy, or refuses the account or what the message holds, knows nothing of it.
"""

import re
from dataclasses import dataclass

from ..outgoing.refusals import Answer
from ..router.message import headers
from ..router.message.automatic import auto_submitted, is_reply_precedence
from ..router.message.mail import ReceivedMail
from ..router.policy import Policy
from ..router.reports.bounce_facts import read_bounce
from ..router.reports.dsn import told_status
from ..router.reports.report import report_parts, report_type
from ..router.reports.status import status_of_words

_CODE = re.compile(r"\s*([245]\d\d)(?=[ \-:]|$)")
_FAR_FROM_THE_ADDRESS = ("5.1.7", "5.1.8")  # RFC 3463 §3.2: of the sender
_ABOUT_THE_ADDRESS = ("5.1.", "5.2.1", "5.4.1")  # 5.4.1: Microsoft's, "Access denied"
_BARE = (550, 551, 553)  # RFC 5321 §4.2.3: mailbox unavailable, not local, not allowed
_NOBODYS = Policy(frozenset(), frozenset())


def read_answer(text: str) -> Answer:
    """A kept answer; where it begins with no code, its status or its words give one."""
    if found := _CODE.match(text):
        return Answer(int(found[1]), text[found.end() :].strip())
    return Answer(450 if told_status("", text, permanent=True)[0] == "4" else 550, text)


def says_nobody(text: str, *, at_recipient: bool) -> bool:
    """Whether a server's last word is that nobody has the address.

    :param at_recipient: the answer was to RCPT, or came back: a code without more will do
    """
    answer = read_answer(text)
    if answer.is_temporary or answer.names_sender:
        return False
    if status_of_words(text, permanent=True) == "5.1.1":
        return True
    status = told_status("", text, permanent=True)
    if status in _FAR_FROM_THE_ADDRESS:
        return False
    bare = at_recipient and answer.code in _BARE and status == "5.0.0"
    return bare or status.startswith(_ABOUT_THE_ADDRESS)


@dataclass(frozen=True, slots=True)
class Returned:
    """An address that a report is about; not ``permanent`` while a server still tries."""

    address: str
    answer: str
    permanent: bool


def is_answer(mail: ReceivedMail) -> bool:
    """Whether a program wrote this about our message; many quote its subject, mark and all."""
    return bool(
        report_type(mail)
        or mail.first(headers.X_FAILED_RECIPIENTS)
        or mail.return_path == ""
        or auto_submitted(mail).startswith("auto-replied")
        or is_reply_precedence(mail)
    )


def read_returned(mail: ReceivedMail) -> tuple[Returned, ...]:
    """Whom a report is about, and what the server said; empty where all went well."""
    facts = read_bounce(mail, _NOBODYS, report_parts(mail))
    return tuple(
        Returned(address, _quoted(item), bool(item["permanent"]))
        for item in (facts or {}).get("recipients", ())
        for address in dict.fromkeys((item["address"], item.get("final_address") or ""))
        if address
    )


def _quoted(item: dict[str, str]) -> str:
    said = item["diagnostic"] or item["explanation"]
    return said if _CODE.match(said) or not item["status"] else f"{item['status']} {said}"
