"""What is known before DNS is asked: the accounts as set up, and what the probe has seen."""

from collections.abc import Callable
from dataclasses import dataclass

from ..dns_lookup.client import Answer, Dns
from ..findings import Finding, Level
from ..providers.preset import Preset


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM signature that our own mail carried (RFC 6376 §3.5): its ``d=`` and ``s=``."""

    domain: str
    selector: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The input of a domain check.

    ``domain`` is the domain of our addresses, an A-label. What is None or empty is not known,
    and is never reported as wrong.

    - ``catch_all``: whether a message to a random address came through the outgoing account into
      the mailbox; ``catch_all_detail`` is the refusal of the one that did not.
    - ``signatures``: those of a message that left through the account; empty: it had none.
    - ``outgoing_hosts``: SMTP hosts that the accounts submit to; ``outgoing_addresses``: those
      that a receiver has seen our mail come from, which is better evidence.
    - ``envelope_domain``: of the return path, where it is not ``domain``.
    - ``incoming_host``: the host of the mailbox.
    - ``incoming`` and ``outgoing``: the presets of the providers, where they are known.
    """

    domain: str
    catch_all: bool | None = None
    catch_all_detail: str = ""
    signatures: tuple[Signature, ...] | None = None
    outgoing_hosts: tuple[str, ...] = ()
    outgoing_addresses: tuple[str, ...] = ()
    envelope_domain: str = ""
    incoming_host: str = ""
    incoming: Preset | None = None
    outgoing: Preset | None = None

    @property
    def return_path(self) -> str:
        """The domain whose SPF record receivers look at (RFC 7208 §2.4)."""
        return self.envelope_domain or self.domain


Check = Callable[[Facts, Dns], list[Finding]]


def silence(subject: str, answer: Answer, name: str, level: Level = Level.WARNING) -> list[Finding]:
    """What is said where DNS did not answer: nothing is known, which is not the same as wrong."""
    return [Finding(f"{subject}_{answer.status}", level, {"name": name})]
