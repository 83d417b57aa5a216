"""``Received`` fields (RFC 5321 §4.4): one hop of a message's way, as a mail server wrote it down.

Every server has its own form. A stranger chooses some of what stands in it (the name in HELO,
their address, sometimes their host's name), so what is ambiguous is read as nothing.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..message import addresses, headers
from ..message.mail import ReceivedMail

MAX_HOPS = 100
_MAX_CHARS = 4_000

_PARENTHESIS = re.compile(r"[()]")
_IP = re.compile(r"\[(?:[Ii][Pp]v6:)?([0-9A-Fa-f.:]+)(?:%[0-9A-Za-z]+)?\]")
_BARE_IP = re.compile(r"(?:[^\s@\[\]]+@)?([0-9A-Fa-f.:]{3,})(?:%[0-9A-Za-z]+)?")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?")
_PROTOCOL = re.compile(r"[A-Za-z0-9]+")
# How servers show the login of a submission. Only before "by": behind it Exim shows the envelope
# sender, in whose quotes anybody may write parentheses.
_LOGIN = re.compile(
    r"""(?ix) authenticated\ sender:\s* (?P<postfix>\S+)
      | authenticated\ user\s+ (?P<kerio>\S+)  # Kerio Connect
      | account\s+ (?P<communigate>\S+) (?:\s.*)?  # CommuniGate Pro: "(account x HELO y)"
      | user=(?P<sendmail>\S+)\s+ mech=.*  # Sendmail with confSMTP_LOGIN_MSG of many hosters
      | auth:\s* (?:login|plain|cram-md5|xoauth2)\s+ (?P<courier>[^\s,]+) .*
    """
)
# RFC 3848 and RFC 6531 §4.3: the hop was an authenticated submission; Sendmail says it otherwise.
_AUTHENTICATED = frozenset({"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP"})
_SENDMAIL_AUTH = re.compile(r"authenticated bits=\d+")
# Exim shows what the peer called itself, and what its ident server says (RFC 1413), as they are.
_EXIM_PEER = re.compile(r"(?:^|\s)(?:helo|ident)=", re.IGNORECASE)
_FROM_NETWORK = re.compile(r"qmail \d+ invoked from network")
_CLAUSES = frozenset({"from", "by", "via", "with", "id", "for"})


@dataclass(frozen=True, slots=True)
class Hop:
    """One ``Received`` field. ``index`` counts fields from the top, ``number`` hops from the top.

    ``helo`` is what the peer called itself; ``verified_name`` the name that the server found for
    its address, forward and back; ``ips`` every address that stands for the peer. ``logins`` are
    those that the field shows, ``is_authenticated``: the peer had to log in. ``is_exim``: Exim
    wrote it, which shows no login here, but words of the peer's choice. ``is_local``: a program
    on the machine handed the message in; ``is_forward``: Postfix itself, for an alias.
    """

    index: int
    number: int
    helo: str = ""
    verified_name: str = ""
    ips: tuple[str, ...] = ()
    by: str = ""
    protocol: str = ""
    recipient: str = ""
    has_from: bool = False
    logins: tuple[str, ...] = ()
    is_authenticated: bool = False
    is_exim: bool = False
    is_local: bool = False
    is_forward: bool = False


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where our own servers begin: fields with ``index`` below ``first_untrusted`` are believed.

    ``hops`` are those of our own, newest first. ``known`` is false when no hop names a host of
    ours: then only what stands above the first hop, and that hop itself, is believed.
    """

    first_untrusted: int
    hops: tuple[Hop, ...]
    known: bool

    def believes(self, index: int) -> bool:
        """Whether the field at ``index`` was written by one of our servers."""
        return index < self.first_untrusted


def parse_hop(value: str, index: int = 0, number: int = 0) -> Hop:
    """Read one ``Received`` value as Postfix, Exim, Exchange, Gmail, qmail or Sendmail write it."""
    words, comments = _split(" ".join(value[:_MAX_CHARS].split()))
    clauses = _clauses(words)
    origin = clauses.get("from", "")
    by_at = next((at for at, word in enumerate(words) if word.lower() == "by"), len(words))
    near = [text for at, text in comments if at <= by_at] if origin else []
    by = clauses.get("by", "").partition(" ")[0]
    protocol = _PROTOCOL.match(clauses.get("with", ""))
    helo = origin.partition(" ")[0]
    says_exim = any(text.startswith("Exim ") for _at, text in comments)
    is_exim = says_exim or any(_EXIM_PEER.search(text) for text in near)
    name = protocol[0].upper() if protocol else ""
    by_sendmail = not is_exim and any(_SENDMAIL_AUTH.fullmatch(text) for text in near)
    is_authenticated = name in _AUTHENTICATED or by_sendmail
    hop = Hop(
        index=index,
        number=number,
        helo=_host(helo),
        verified_name=_verified_name(helo, near, is_exim=says_exim),
        ips=_ips(origin, near),
        by=_host(by),
        protocol=name,
        recipient=next((item.address for item in addresses.parse(clauses.get("for", ""))), ""),
        has_from=bool(words) and words[0].lower() == "from",
        logins=tuple(_logins(near)) if is_authenticated and not is_exim else (),
        is_authenticated=is_authenticated,
        is_exim=is_exim,
    )
    texts = [text for _at, text in comments]
    is_local = _is_local(hop, clauses.get("with", ""), texts)
    # a user's message says "Postfix, from userid 33"
    is_forward = is_local and not hop.has_from and len(texts) == 1 and texts[0].isalpha()
    return replace(hop, is_local=is_local, is_forward=is_forward)


def hops(mail: ReceivedMail) -> Iterator[Hop]:
    """The hops of a message, newest first."""
    for number, item in enumerate(mail.all(headers.RECEIVED)[:MAX_HOPS]):
        yield parse_hop(item.value, item.index, number)


def _split(value: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Words outside comments up to the date, and comments with the number of words before each."""
    words: list[str] = []
    comments: list[tuple[int, str]] = []
    depth, start = 0, 0
    for mark in _PARENTHESIS.finditer(value):
        if not depth:
            text, semicolon, _date = value[start : mark.start()].partition(";")
            words.extend(text.split())
            if semicolon:
                return words, comments
        if mark.group() == "(":
            start = start if depth else mark.end()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                comments.append((len(words), value[start : mark.start()]))
                start = mark.end()
        else:
            start = mark.end()
    if not depth:
        words.extend(value[start:].partition(";")[0].split())
    return words, comments


def _clauses(words: list[str]) -> dict[str, str]:
    """What follows each keyword. One that stands there twice was written by two: it says nothing.

    An envelope sender with blanks and parentheses in quotes (Exim shows it) can add words to the
    field, but it cannot take away those of the server.
    """
    found: dict[str, list[str]] = {}
    doubled: set[str] = set()
    current = ""
    for at, word in enumerate(words):
        name = word.lower()
        if name in _CLAUSES and (name != "from" or not at):
            doubled.update({name} & found.keys())
            current = name
            found.setdefault(name, [])
        elif current:
            found[current].append(word)
    return {name: " ".join(text) for name, text in found.items() if name not in doubled}


def _is_local(hop: Hop, protocol: str, comments: list[str]) -> bool:
    """Whether a program on the machine handed the message in: no other machine is named.

    Exim says ``with local``, ``local-esmtp``, ``local-bsmtp``; Postfix' pickup, Sendmail's Submit
    and qmail name no peer. Of the fields without one two are a way through the network: Gmail's
    stores, which name themselves by an address, and qmail's note about the next field.
    """
    if hop.has_from:
        return protocol.lower().startswith("local")
    if is_ip(hop.by) and hop.protocol == "SMTP":
        return False
    return not any(_FROM_NETWORK.fullmatch(text) for text in comments)


def _logins(comments: list[str]) -> Iterator[str]:
    for text in comments:
        found = _LOGIN.fullmatch(text.strip())
        if found:
            yield next(filter(None, found.groups())).strip("<>").lower()


def _ips(origin: str, comments: list[str]) -> tuple[str, ...]:
    # Postfix, Sendmail, Gmail: "(name [ip])"; Exim: "[ip] (helo=…)" and "name ([ip] helo=…)";
    # Exchange: "name (ip)"; qmail: "name (HELO x) (user@ip)"; Yahoo: "ip". The peer may choose an
    # address literal as its HELO: all are kept, and a public one counts before a private one.
    found = [match[1] for text in (*comments, origin) for match in _IP.finditer(text)]
    for text in (*comments, *origin.split()):
        bare = _BARE_IP.fullmatch(text)
        if bare:
            found.append(bare[1])
    return tuple(dict.fromkeys(ip for ip in found if is_ip(ip)))


def is_ip(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _verified_name(helo: str, comments: list[str], *, is_exim: bool) -> str:
    """The host name that belongs to the peer's address, by the server's own look-up."""
    comment = comments[0].lower() if comments else ""
    if "may be forged" in comment:  # Sendmail: the name does not lead back to the address
        return ""
    if is_exim or "helo=" in comment:
        # Exim writes a name in this place only once it has verified it, else "[address]".
        return "" if helo.startswith("[") else _domain_name(helo)
    if not _IP.search(comment):
        return ""
    name = comment.partition("[")[0].strip().rpartition("@")[2]  # Sendmail: "ident@name [ip]"
    return _domain_name(name)


def _domain_name(text: str) -> str:
    name = _host(text)
    return name if "." in name and not is_ip(name) else ""


def _host(text: str) -> str:
    name = text.strip("[]<>;,").lower().rstrip(".")
    return name if _HOST.fullmatch(name) or is_ip(name.removeprefix("ipv6:")) else ""
