"""Whose DKIM pass may speak for a domain, in the results of our own servers.

A pass names a signer; the signature itself stands in the message. One that leaves room for
changes (``l=``, RFC 6376 §8.2), or covers neither From nor Subject, proves nothing of a message,
whatever our server says of it.
"""

import re
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
    """The tags of one ``DKIM-Signature`` field; ``covers`` are the names in h=, lower case."""

    domain: str
    selector: str
    value: str
    covers: frozenset[str]
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
    fields = mail.all(headers.DKIM_SIGNATURE)
    if len(fields) > _MAX_SIGNATURES or any(len(item.value) > _MAX_CHARS for item in fields):
        return False
    needed = {headers.FROM, *([headers.SUBJECT] if mail.has(headers.SUBJECT) else ())}
    return all(
        not item.is_partial and needed <= item.covers
        for item in _meant([_read(item.value) for item in fields], result)
    )


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
        covers=frozenset(tags.get("h", "").lower().split(":")),
        is_partial="l" in tags,
    )
