"""Macros of SPF (RFC 7208 §7): how a record names a host by the address that sends."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

_MACRO = re.compile(r"%(?:\{([slodiphcrtv])([0-9]*)(r?)([.\-+,/_=]*)\}|([%_-])|(.?))", re.I)
UNKNOWN_NAME = "unknown"
_LITERALS = {"%": "%", "_": " ", "-": "%20"}
_NOT_SIGHT = re.compile(r"[^\x21-\x7e]")


class MacroError(ValueError):
    """A ``%`` that begins no macro, or a macro that is not allowed here."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The message that is judged: its address, sender and HELO name."""

    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    sender: str
    helo: str = "unknown"


def expand(
    spec: str, sending: Sending | None, domain: str = "", own_name: str = UNKNOWN_NAME
) -> str:
    """Replace the macros of a domain-spec; without a message only their syntax is checked.

    ``own_name`` is the confirmed name of the sending address, for ``%{p}``.

    :raises MacroError: where the syntax is wrong
    """
    if _NOT_SIGHT.search(spec):
        raise MacroError(spec)

    def replace(found: re.Match[str]) -> str:
        letter, digits, reverse, delimiters, literal, other = found.groups()
        if literal:
            return _LITERALS[literal]
        if other is not None or letter.lower() in "crt":
            raise MacroError(found.group())  # "crt" belong to explanations alone
        if digits and not int(digits):
            raise MacroError(found.group())
        if sending is None:
            return "x"
        value = own_name if letter in "pP" else _value(letter.lower(), sending, domain)
        parts = re.split("[" + re.escape(delimiters or ".") + "]", value)
        if reverse:
            parts.reverse()
        if digits:
            parts = parts[-int(digits) :]
        text = ".".join(parts)
        return quote(text, safe="-._~") if letter.isupper() else text

    expanded = _MACRO.sub(replace, spec)
    if sending is not None:
        expanded = expanded.rstrip(".").lower()
        while len(expanded) > 253 and "." in expanded:  # §7.3: cut from the left
            expanded = expanded.partition(".")[2]
    return expanded


def _value(letter: str, sending: Sending, domain: str) -> str:
    local, _at, sender_domain = sending.sender.rpartition("@")
    if letter == "i":
        if sending.ip.version == 4:
            return str(sending.ip)
        return ".".join(sending.ip.exploded.replace(":", ""))
    return {
        "s": f"{local or 'postmaster'}@{sender_domain}",
        "l": local or "postmaster",
        "o": sender_domain,
        "d": domain,
        "v": "in-addr" if sending.ip.version == 4 else "ip6",
        "h": sending.helo,
    }[letter]
