"""A DMARC record read into its tags, as receivers do (RFC 7489 §6.3, RFC 9989 §4.7)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .tags import read_tags

POLICIES = ("none", "quarantine", "reject")  # from the mildest to the strictest

# "DMARC1" is the one part where capitals count: other spellings are no DMARC record at all.
_VERSION = re.compile(r"[vV][ \t]*=[ \t]*DMARC1[ \t]*(;|$)")
_LOOKS_LIKE = re.compile(r"[\s\"']*v\s*=\s*dmarc\W?1?", re.I)
_MAILTO = re.compile(r"mailto:[^\s@!,;]+@[^\s@!,;]+(![0-9]+[kmgt]?)?", re.I)


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """What a record says. ``wrong`` are tags that receivers skip, as they stand there."""

    policy: str
    sub_policy: str
    strict_dkim: bool = False
    strict_spf: bool = False
    percent: int = 100  # RFC 7489
    testing: bool = False  # RFC 9989 has this in its place
    report_hosts: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)


def is_dmarc(text: str) -> bool:
    """Whether receivers take a TXT record for DMARC (RFC 7489 §6.6.3)."""
    return bool(_VERSION.match(text))


def looks_like_dmarc(text: str) -> bool:
    """Whether people meant it for one, and receivers do not see it."""
    return bool(_LOOKS_LIKE.match(text)) and not is_dmarc(text)


def read_dmarc(text: str) -> DmarcRecord | None:
    """Read a record; None where receivers ignore all of it.

    A tag whose value is no good counts as if it were not there, but for the policy: without one
    only a record that asks for reports counts, as ``none`` (RFC 7489 §6.6.3).
    """
    tags = read_tags(text) if is_dmarc(text) else None
    if tags is None:
        return None
    lower = {name: value.lower() for name, value in tags.items()}
    wrong = [name for name, text in lower.items() if not (text and _GOOD.get(name, bool)(text))]
    hosts = _report_hosts(tags.get("rua", ""))
    policy = lower.get("p", "")
    if policy not in POLICIES:
        if not hosts:
            return None
        policy = "none"
    sub_policy = lower["sp"] if "sp" in lower and "sp" not in wrong else policy
    percent = lower.get("pct", "100")
    return DmarcRecord(
        policy,
        sub_policy,
        strict_dkim=lower.get("adkim") == "s",
        strict_spf=lower.get("aspf") == "s",
        percent=int(percent) if "pct" not in wrong else 100,
        testing=lower.get("t") == "y",
        report_hosts=hosts,
        wrong=tuple(f"{name}={tags[name]}" for name in wrong),
        tags=tags,
    )


def write_tags(tags: dict[str, str]) -> str:
    """The text of a record from its tags, in their order."""
    return "; ".join(f"{name}={value}" for name, value in tags.items())


def _report_hosts(text: str) -> tuple[str, ...]:
    """Domains that get the daily reports; other ways than mail are hardly used."""
    uris = [uri.strip() for uri in text.split(",") if _MAILTO.fullmatch(uri.strip())]
    hosts = {uri.partition("!")[0].rpartition("@")[2].lower().rstrip(".") for uri in uris}
    return tuple(sorted(hosts))


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda text: text in values


def _number(limit: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= limit


def _uris(text: str) -> bool:
    return all(
        _MAILTO.fullmatch(uri) or uri.startswith(("https://", "http://"))
        for uri in (uri.strip() for uri in text.split(","))
    )


def _options(text: str) -> bool:
    return set(text.replace(" ", "").split(":")) <= {"0", "1", "d", "s"}


# The values that a tag may have; those of an unknown one are nobody's business.
_GOOD: dict[str, Callable[[str], bool]] = {
    "p": _one_of(*POLICIES),
    "sp": _one_of(*POLICIES),
    "np": _one_of(*POLICIES),
    "adkim": _one_of("r", "s"),
    "aspf": _one_of("r", "s"),
    "pct": _number(100),
    "ri": _number(2**32 - 1),
    "fo": _options,
    "t": _one_of("y", "n"),
    "psd": _one_of("y", "n", "u"),
    "rua": _uris,
    "ruf": _uris,
}
