"""Whether our mail is signed in our name, and the key behind it (RFC 6376 §3.6.1, RFC 8301)."""

import base64
import binascii
from dataclasses import replace

from ..dns_lookup.client import Dns
from ..findings import Finding, Level
from .alignment import is_aligned
from .facts import Facts, Signature, silence
from .tags import read_tags

_RSA = bytes.fromhex("06092a864886f70d010101")
_REFUSED_BITS = 1024  # RFC 8301 §3.2: verifiers must not trust less
_USUAL_BITS = 2048


def check_dkim(facts: Facts, dns: Dns) -> list[Finding]:
    """The signatures seen on our own mail; without any, the keys that usually exist."""
    if facts.signatures is None:
        return _unseen(facts, dns)
    if not facts.signatures:
        return [Finding("dkim_unsigned", Level.BAD, {"domain": facts.domain})]
    aligned = [sig for sig in facts.signatures if is_aligned(sig.domain, facts.domain, dns)]
    if not aligned:
        signer = ", ".join(sorted({signature.domain for signature in facts.signatures}))
        shown = {"domain": facts.domain, "signer": signer}
        return [Finding("dkim_not_aligned", Level.BAD, shown)]
    keys = [(signature, _check_key(signature, dns)) for signature in aligned]
    good = [signature for signature, found in keys if not _is_broken(found)]
    findings = [finding for _signature, found in keys for finding in found]
    if good:
        # One signature that holds is enough for DMARC; the others are worth a warning.
        findings = [
            replace(finding, level=Level.WARNING) if finding.level is Level.BAD else finding
            for finding in findings
        ]
        shown = {"domain": facts.domain, "selector": good[0].selector}
        findings.insert(0, Finding("dkim_aligned", Level.OK, shown))
    return findings


def good_signatures(facts: Facts, dns: Dns) -> list[Signature] | None:
    """Signatures whose key is published and holds, as far as is known; None: none was seen."""
    if facts.signatures is None:
        return None
    return [
        signature
        for signature in facts.signatures
        if not any(finding.level is Level.BAD for finding in _check_key(signature, dns))
    ]


def _is_broken(found: list[Finding]) -> bool:
    return any(finding.level.gravity > Level.NOTE.gravity for finding in found)


def _unseen(facts: Facts, dns: Dns) -> list[Finding]:
    preset = facts.outgoing
    selectors = preset.dkim_selectors if preset else ()
    answers = dns.ask_all([(_key_name(facts.domain, name), "TXT") for name in selectors])
    present = [
        name
        for name, answer in zip(selectors, answers, strict=True)
        if any("p=" in text for text in answer.records)
    ]
    shown = {"domain": facts.domain, "selectors": ", ".join(present)}
    return [Finding("dkim_published" if present else "dkim_unknown", Level.NOTE, shown)]


def _key_name(domain: str, selector: str) -> str:
    return f"{selector}._domainkey.{domain}"


def _check_key(signature: Signature, dns: Dns) -> list[Finding]:
    name = _key_name(signature.domain, signature.selector)
    shown = {"name": name, "selector": signature.selector}
    answer = dns.ask(name, "TXT")
    if answer.failed:
        return silence("dkim", answer, name)
    keys = [tags for text in answer.records if (tags := read_tags(text)) and "p" in tags]
    if len(keys) != 1:
        code = "dkim_several_keys" if keys else "dkim_key_missing"
        return [Finding(code, Level.BAD, shown)]
    return _check_tags(keys[0], shown)


def _check_tags(tags: dict[str, str], shown: dict[str, str]) -> list[Finding]:
    found = []
    if not tags["p"]:
        return [Finding("dkim_revoked", Level.BAD, shown)]
    if tags.get("v", "DKIM1") != "DKIM1" or tags.get("k", "rsa") not in ("rsa", "ed25519"):
        return [Finding("dkim_syntax", Level.BAD, shown)]
    if "sha256" not in tags.get("h", "sha256"):
        return [Finding("dkim_hash", Level.BAD, shown)]
    if not {"*", "email"} & {kind.strip() for kind in tags.get("s", "*").split(":")}:
        return [Finding("dkim_syntax", Level.BAD, shown)]  # a key for something else than mail
    if tags.get("k") == "ed25519":
        if not _is_ed25519(tags["p"]):
            return [Finding("dkim_syntax", Level.BAD, shown)]
        found.append(Finding("dkim_ed25519", Level.NOTE, shown))  # RFC 8463; few verify it
    else:
        bits = rsa_bits(tags["p"])
        shown = {**shown, "bits": str(bits)}
        if not bits:
            return [Finding("dkim_syntax", Level.BAD, shown)]
        if bits < _REFUSED_BITS:
            return [Finding("dkim_weak", Level.BAD, shown)]
        if bits < _USUAL_BITS:
            found.append(Finding("dkim_short", Level.NOTE, shown))
    if "y" in tags.get("t", "").split(":"):
        found.append(Finding("dkim_testing", Level.NOTE, shown))
    return found


def _is_ed25519(text: str) -> bool:
    """The key is 32 bytes as they are, without a frame (RFC 8463 §4)."""
    try:
        return len(base64.b64decode("".join(text.split()), validate=True)) == 32
    except binascii.Error:
        return False


def rsa_bits(text: str) -> int:
    """The length of an RSA key in ``p=`` (RFC 6376 §3.6.1, DER of RFC 3279 §2.3.1); 0: none.

    A reader of our own: cryptography refuses to load the short keys that must be named here.
    """
    try:
        outer, _rest = _element(base64.b64decode("".join(text.split()), validate=True), 0x30)
        if outer[0] == 0x30:
            algorithm, key = _element(outer, 0x30)
            if not algorithm.startswith(_RSA):
                return 0
            outer, _rest = _element(_element(key, 0x03)[0][1:], 0x30)
        modulus, _rest = _element(outer, 0x02)
    except (binascii.Error, ValueError, IndexError):
        return 0
    return int.from_bytes(modulus, "big").bit_length()


def _element(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first DER element, and what follows it."""
    if data[0] != tag:
        raise ValueError(f"tag {data[0]}")
    size, start = data[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[2:start], "big")
    if start + size > len(data):
        raise ValueError("cut short")
    return data[start : start + size], data[start + size :]
