"""One attack: its messages, the account that receives them, and what must not come of it.

Words in the messages: ``@N@`` a number that no other message has, ``@DATE@`` now, ``@MARK@`` by
which the attacker's text is found again, ``@KNOWN@`` the Message-ID of the offer, ``@CUSTOMER@``
the customer's address, ``@TOKEN_CUSTOMER@`` and ``@TOKEN_BOSS@`` the Reply-To of the offer as each
of them got it.
"""

import re
from dataclasses import dataclass
from email.utils import format_datetime
from itertools import count

_numbers = count(1)
_CONVERSATION = re.compile(rb"@(KNOWN|CUSTOMER|TOKEN_CUSTOMER|TOKEN_BOSS)@")
_WORD = re.compile(rb"@([A-Z_]+)@")


@dataclass(frozen=True)
class Case:
    """An attack, or something honest that must go on working.

    ``name`` begins with the kind: ``4a`` and ``4-second-hop`` are of kind 4, ``Na`` of kind N.
    """

    name: str
    text: str
    mails: tuple[bytes, ...]
    account: str = "a"
    prepare: str = ""  # a method of the world, called before the messages arrive
    login: str = "colleague@example.com"  # of kind 19: who was logged in
    may_leave: int = 0  # of kind 11: how many acknowledgements may leave
    signed: str = ""  # a domain that signs the messages as they arrive
    same_as: str = ""  # another case whose expectation this one shares, such as 0a or Nk
    today: str = ""  # what the shared description saw, in the words of judge.py; "held": nothing

    @property
    def kind(self):
        return re.match(r"\d+|[A-Z]", self.name)[0]

    @property
    def like(self):
        """The name of the case whose expectation holds for this one."""
        return self.same_as or self.name


def filled(source, words, now):
    """Return a message as it arrives: words filled in, lines ended by CRLF.

    :param words: {word without @: its value}, such as MARK and CUSTOMER
    :param now: a ``datetime`` with its zone, for Date and Received
    """
    values = {"N": f"{next(_numbers)}", "DATE": format_datetime(now), **words}
    lines = source.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def value(match):
        return values[match[1].decode()].encode() if match[1].decode() in values else match[0]

    return _WORD.sub(value, lines)


def names_conversation(mails):
    """Whether messages need the conversation with the customer, which takes a while to make."""
    return any(map(_CONVERSATION.search, mails))
