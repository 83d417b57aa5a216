"""Whose DKIM pass may speak for a domain, in the results of our own servers.

A pass names a signer; the signature itself stands in the message. One that leaves room for
changes (``l=``, RFC 6376 §8.2), or does not cover every From and Subject, proves nothing of a
message, whatever our server says of it. Of a field that h= names less often than it stands there,
the upper ones are anybody's (RFC 6376 §5.4.2 and §8.15).
"""

import re
from collections import Counter
from typing import NamedTuple

from ..message import headers
from ..message.addresses import normalise_domain
from ..message.mail import ReceivedMail
from .authres import Result

# Signers that providers put in until a domain has a key of its own: any customer's tenant.
_DEFAULT_SIGNERS = (".gappssmtp.com", ".onmicrosoft.com")
_MAX_SIGNATURES = 50
_MAX_CHARS = 8_000
_BLANKS = re.compile(r"\s+")


class _Signature(NamedTuple):
    """The tags of one ``DKIM-Signature`` field; ``covers``: how often h= has a lower-case name."""

    domain: str
    selector: str
    value: str
    covers: Counter[str]
    is_partial: bool


def is_aligned(domain: str, author_domain: str) -> bool:
    """Whether a signer may speak for the author's domain: equal, or parent and child."""
    if not domain or not author_domain or "." not in domain or "." not in author_domain:
        return False
    return (
        domain == author_domain
        or domain.endswith(f".{author_domain}")
        or author_domain.endswith(f".{domain}")
    )


def is_default_signer(domain: str) -> bool:
    """Whether a provider signs with that name for customers who have set up no key."""
    return domain.endswith(_DEFAULT_SIGNERS)


def is_whole(result: Result, mail: ReceivedMail) -> bool:
    """Whether the signature that a DKIM result is about covers body, From and Subject.

    Of a signature that is no longer in the message, the server's word is all there is.
    """
    if _is_unreadable(mail):
        return False
    return all(
        not item.is_partial and item.covers[headers.FROM] and _covers(item, name, mail)
        for item in _meant(_signatures(mail), result)
        for name in (headers.FROM, headers.SUBJECT)
    )


def signed(result: Result, mail: ReceivedMail, *names: str) -> frozenset[str]:
    """Which of these fields the signature that a DKIM pass is about covers, all of that name.

    Of a signature that is no longer in the message: all.
    """
    if _is_unreadable(mail):
        return frozenset()
    meant = _meant(_signatures(mail), result)
    return frozenset(name for name in names if all(_covers(item, name, mail) for item in meant))


def _is_unreadable(mail: ReceivedMail) -> bool:
    fields = mail.all(headers.DKIM_SIGNATURE)
    too_long = any(len(item.value) > _MAX_CHARS for item in fields)
    return mail.is_header_cut or too_long or len(fields) > _MAX_SIGNATURES


def _signatures(mail: ReceivedMail) -> list[_Signature]:
    return [_read(item.value) for item in mail.all(headers.DKIM_SIGNATURE)]


def _covers(item: _Signature, name: str, mail: ReceivedMail) -> bool:
    return len(mail.all(name)) <= item.covers[name]


def _meant(found: list[_Signature], result: Result) -> list[_Signature]:
    """Those that the result may be about: by the beginning of b= (RFC 6008), else by d= and s=."""
    begin = _BLANKS.sub("", result.properties.get("header.b", ""))
    exact = [item for item in found if begin and item.value.startswith(begin)]
    if exact:
        return exact
    signer = result.signer()
    selector = result.properties.get("header.s", "").lower()
    return [
        item
        for item in found
        if f".{signer}".endswith(f".{item.domain}") and selector in ("", item.selector)
    ]


def _read(value: str) -> _Signature:
    tags: dict[str, str] = {}
    for part in value.split(";"):
        name, _equals, text = part.partition("=")
        tags.setdefault(name.strip().lower(), _BLANKS.sub("", text))
    return _Signature(
        domain=normalise_domain(tags.get("d", "")),
        selector=tags.get("s", "").lower(),
        value=tags.get("b", ""),
        covers=Counter(tags.get("h", "").lower().split(":")),
        is_partial="l" in tags,
    )
