"""Own verification of DKIM signatures (RFC 6376), for mailboxes whose provider writes no results.

dkimpy does the cryptography. Around it stands what a verifier of strangers' mail needs: only
signatures that can speak for the author are tried, no input makes it slow, and a signature that
leaves room for changes (part of the body, a repeated field, a weak key, SHA-1, a key that is
being tested) proves nothing. No Odoo here; DNS is a function that the caller brings.

What is verified is what the router reads: where the two would see two different headers, as in
``X-Note: a<CR>From: boss@example.com``, the message counts as not signed.
"""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from typing import NamedTuple

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from ..router.message import headers
from ..router.message.addresses import normalise_domain
from ..router.message.mail import ReceivedMail
from ..router.trust.authentication import is_aligned
from .keys import Ask, KeyUnavailable, Records

MAX_BYTES = 30_000_000  # the whole body is hashed; larger messages are not verified
MAX_HEADER_BYTES = 500_000
MAX_SIGNATURES = 5
MAX_SIGNATURE_BYTES = 8_000
SECONDS = 5.0  # for one message, DNS included
MIN_RSA_BITS, MAX_RSA_BITS = 1_024, 8_192  # RFC 8301 §3.2
_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}  # RFC 8301: no SHA-1
# Fields of which a message has one (RFC 5322 §3.6). A second one on top would be shown, while the
# signature is about the first: a repeated one must be signed as often as it is there.
_SINGLE = (
    *(headers.FROM, headers.SENDER, headers.REPLY_TO, headers.TO, headers.CC, headers.SUBJECT),
    *(headers.DATE, headers.MESSAGE_ID, headers.IN_REPLY_TO, headers.REFERENCES),
    *(headers.CONTENT_TYPE, "content-transfer-encoding", "mime-version"),
)
# dkimpy's patterns take long on runs of blanks; none that anybody writes is so long.
_LONG_BLANK = re.compile(rb"\s{200}")
_BLANKS = re.compile(rb"[\t ]+")
_LONE_LF = re.compile(rb"(?<!\r)\n")


# dkimpy logs at ERROR what strangers write; the ledger row says it instead.
_QUIET = logging.Logger("dkim", logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What became of the signatures: the one that passed, else the most telling one.

    ``result``: ``pass``, ``fail``, ``none`` (no signature that could prove anything) or
    ``temperror`` (DNS did not answer, or the time was over).
    """

    result: str
    domain: str = ""
    selector: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        """The form kept on the ledger row."""
        return asdict(self) | {"detail": self.detail[:300]}


class _Signature(NamedTuple):
    """One ``DKIM-Signature`` field: its rank among them, and its tags."""

    rank: int
    domain: str
    selector: str
    tags: dict[bytes, bytes]


class _Refused(Exception):
    """The signature proves nothing, for the reason that the text says."""


def verify(
    mail: ReceivedMail,
    ask: Ask,
    *,
    others: Collection[str] = (),
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> DkimResult:
    """Look for a signature that proves the address in From; never raises on a message's content.

    :param ask: answers with the TXT records of a name, see :mod:`.keys`
    :param others: domains that may sign for the author's beside itself
    :param seconds: limit for this message; DNS gets what is left of it
    """
    deadline = clock() + seconds
    senders = mail.addresses(headers.FROM)
    fields = mail.all("dkim-signature")
    if not fields:
        return DkimResult("none", detail="not signed")
    if len(senders) != 1 or len(mail.all(headers.FROM)) != 1:
        return DkimResult("none", detail="From does not name one author")
    if mail.size > MAX_BYTES or mail.body_offset > MAX_HEADER_BYTES:
        return DkimResult("none", detail="too large to verify")
    message = _message(mail)
    if message is None:
        return DkimResult("none", detail="the header is ambiguous")
    author = senders[0].domain
    signers = _signatures(message)
    found = [item for item in signers if is_aligned(item.domain, author) or item.domain in others]
    if not found:
        return DkimResult("none", detail=f"no signature by {author}")
    # equal domains first: the others are parents and children
    found.sort(key=lambda item: item.domain != author)
    body = _LONE_LF.sub(b"\r\n", mail.source[mail.body_offset :])
    return _best(
        _outcome(item, message, body, mail, ask, deadline - clock())
        for item in found[:MAX_SIGNATURES]
    )


def _best(results: Iterable[DkimResult]) -> DkimResult:
    """The first pass, else the most telling; after a pass none is asked for."""
    seen: list[DkimResult] = []
    for result in results:
        if result.result == "pass":
            return result
        seen.append(result)
    return min(seen, key=lambda result: ("temperror", "fail", "none").index(result.result))


def _outcome(
    item: _Signature, message: dkim.DKIM, body: bytes, mail: ReceivedMail, ask: Ask, left: float
) -> DkimResult:
    name = {"domain": item.domain, "selector": item.selector}
    if left <= 0:
        return DkimResult("temperror", **name, detail="the time limit for this message was reached")
    try:
        _check_tags(item, mail)
        key = _key(ask(f"{item.selector}._domainkey.{item.domain}", left), item)
        _check_signature(item, message, body, key)
    except _Refused as refusal:
        return DkimResult("fail", **name, detail=str(refusal))
    except KeyUnavailable as error:
        return DkimResult("temperror", **name, detail=f"no answer from DNS: {error}")
    return DkimResult("pass", **name)


# --- the message


def _message(mail: ReceivedMail) -> dkim.DKIM | None:
    """How dkimpy reads the header; None where it is not as the router does."""
    try:
        message = dkim.DKIM(mail.source[: mail.body_offset], logger=_QUIET, minkey=MIN_RSA_BITS)
    except (dkim.DKIMException, IndexError):  # IndexError: the first line is a folded one
        return None
    read = [(name.decode().lower(), _value(value)) for name, value in message.headers]
    return message if read == [(item.name, item.value) for item in mail.fields] else None


def _value(raw: bytes) -> str:
    raw = raw.replace(b"\r\n", b"").strip()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _signatures(message: dkim.DKIM) -> list[_Signature]:
    found: list[_Signature] = []
    values = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
    for rank, value in enumerate(values):
        if len(value) > MAX_SIGNATURE_BYTES or _LONG_BLANK.search(value):
            continue
        try:
            tags = parse_tag_value(value)
            domain = normalise_domain(tags[b"d"].decode())
            selector = tags[b"s"].decode("ascii").lower()
        except (InvalidTagValueList, KeyError, UnicodeDecodeError):
            continue
        if domain and selector:
            found.append(_Signature(rank, domain, selector, tags))
    return found


def _canonical(body: bytes, *, relaxed: bool) -> bytes:
    """RFC 6376 §3.4.3 and §3.4.4, in linear time: dkimpy's own patterns are quadratic."""
    if relaxed:
        body = _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    kept = body.rstrip(b"\r\n")
    tail = body[len(kept) :]
    # Line ends are CRLF by now; a CR before another one, or at the end, belongs to the text.
    if tail.endswith(b"\r"):
        kept = body
    elif b"\r\r" in tail:
        kept = body[: len(kept) + tail.rindex(b"\r\r") + 1]
    if relaxed and not kept:
        return b""
    return kept + b"\r\n"


# --- one signature


def _check_tags(item: _Signature, mail: ReceivedMail) -> None:
    tags = item.tags
    if tags.get(b"a") not in _ALGORITHMS:
        raise _Refused(f"algorithm {tags.get(b'a', b'').decode('ascii', 'replace')} is too weak")
    if b"l" in tags:  # RFC 6376 §8.2: whatever is added behind it would be signed as well
        raise _Refused("the signature says how much of the body it covers")
    signed = Counter(re.split(r"\s*:\s*", tags.get(b"h", b"").decode("latin-1").lower().strip()))
    if not signed[headers.FROM]:  # RFC 6376 §5.4; dkimpy lets it pass
        raise _Refused("From is not signed")
    if mail.has(headers.SUBJECT) and not signed[headers.SUBJECT]:
        raise _Refused("the subject is not signed")
    for name in _SINGLE:
        if len(mail.all(name)) > max(signed[name], 1):
            raise _Refused(f"there is another {name}, which is not signed")


def _key(records: Records, item: _Signature) -> bytes:
    """The one key record (RFC 6376 §3.6.2.2), if it is good for this signature."""
    texts = [text for text in records.texts if b"p=" in text]
    if not texts:
        raise _Refused("there is no such key in DNS")
    text = texts[0]
    try:
        tags = parse_tag_value(text)
        if tags.get(b"p") == b"":
            raise _Refused("the key has been revoked")
        _check_key(tags, item)
        text = _for_dkimpy(tags)
        key, bits, kind, _tlsrpt = dkim.evaluate_pk(item.selector, text)
    except _Refused:
        raise
    except (dkim.NaClNotFoundError, NameError) as error:
        raise _Refused("Ed25519 needs the Python package pynacl") from error
    except Exception as error:  # dkimpy's reader of ASN.1 raises many; kept with the message
        raise _Refused("the key in DNS cannot be read") from error
    if kind != _ALGORITHMS[item.tags[b"a"]]:
        raise _Refused("the key is of another type than the signature")
    if kind == b"rsa":
        if not MIN_RSA_BITS <= bits <= MAX_RSA_BITS:
            raise _Refused(f"a key of {bits} bits is not accepted")
        if not 2 < key["publicExponent"] < 2**64:  # a giant one would take minutes
            raise _Refused("the key in DNS cannot be used")
    return text


def _check_key(tags: dict[bytes, bytes], item: _Signature) -> None:
    """RFC 6376 §3.6.1: what the key is for."""
    flags = _words(tags.get(b"t", b""))
    if b"y" in flags:
        raise _Refused("the domain is only testing this key")
    identity = item.tags.get(b"i", b"").decode("utf-8", "replace").rpartition("@")[2]
    if b"s" in flags and identity and normalise_domain(identity) != item.domain:
        raise _Refused("the key is not for subdomains")
    if b"s" in tags and not {b"*", b"email"} & _words(tags[b"s"]):
        raise _Refused("the key is not for mail")
    if b"h" in tags and b"sha256" not in _words(tags[b"h"]):
        raise _Refused("the key is not for SHA-256")


def _for_dkimpy(tags: dict[bytes, bytes]) -> bytes:
    """The key record for dkimpy, which takes a list of service types (``s=``) for one unknown type.

    What the key is for was checked before; the other tags are as they were.
    """
    return b"; ".join(name + b"=" + value for name, value in tags.items() if name != b"s")


def _words(value: bytes) -> set[bytes]:
    return {word.strip().lower() for word in value.split(b":")}


def _check_signature(item: _Signature, message: dkim.DKIM, body: bytes, key: bytes) -> None:
    how = item.tags.get(b"c", b"simple/simple").partition(b"/")[2]
    canonical = _canonical(body, relaxed=how == b"relaxed")
    message.body = canonical  # which dkimpy's own reading leaves as it is
    try:
        good = message.verify(item.rank, dnsfunc=lambda _name, timeout=0: key)
    except Exception as error:  # whatever a stranger's signature does to dkimpy: kept with it
        raise _Refused(_reason(error)) from error
    if not good:
        raise _Refused("the header was changed in transit")


def _reason(error: Exception) -> str:
    text = str(error)
    if text.startswith("body hash mismatch"):
        return "the body was changed in transit"
    if text.startswith("x="):
        return "the signature has expired"
    return text or type(error).__name__
