"""Public keys of DKIM from DNS, with a limit of time and a memory of what was answered.

A key is asked for once an hour, not once per message, and a domain whose name servers are down
is left alone for a minute. Shared by the threads of a process; nothing here knows Odoo.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.resolver

from ..dns_lookup.resolver import plain_resolver

MAX_RECORDS = 10
MAX_RECORD_BYTES = 4_000  # a key of 8192 bit has 1,400
LIFETIME = 3.0  # seconds for one question, all name servers and retries together


class KeyUnavailable(Exception):
    """DNS did not answer: whether there is a key is not known, and may be known later."""


@dataclass(frozen=True, slots=True)
class Records:
    """The TXT records of a name, none when it has none; ``ttl`` in seconds."""

    texts: tuple[bytes, ...]
    ttl: float = 3600.0


# Name and seconds to records; raises KeyUnavailable. The name has no final dot.
Ask = Callable[[str, float], Records]


def ask_dns(server: tuple[str, int] | None, name: str, seconds: float) -> Records:
    """Look up TXT records of one name, in ``seconds`` at most.

    :param server: address and port of a name server; None: the system's own
    """
    try:
        answer = plain_resolver(server).resolve(
            dns.name.from_text(name + "."),
            "TXT",
            raise_on_no_answer=False,
            lifetime=min(seconds, LIFETIME),
            search=False,
        )
    except dns.resolver.NXDOMAIN:
        return Records(())
    except (dns.name.LabelTooLong, dns.name.NameTooLong, dns.name.EmptyLabel):
        return Records(())  # a name that cannot exist
    except (dns.exception.DNSException, OSError, ValueError) as error:
        raise KeyUnavailable(str(error) or type(error).__name__) from error
    if answer.rrset is None:
        return Records(())
    texts = [b"".join(item.strings) for item in list(answer.rrset)[:MAX_RECORDS]]
    kept = tuple(text for text in texts if len(text) <= MAX_RECORD_BYTES)
    return Records(kept, float(answer.rrset.ttl))


class KeyCache:
    """Remember answers: keys as long as DNS says (an hour at most), their absence, failures.

    The one that was not used for longest is forgotten first.
    """

    FOUND = (60.0, 3600.0)  # seconds, least and most
    ABSENT = 300.0
    FAILED = 60.0

    def __init__(
        self, ask: Ask, size: int = 2_000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.ask = ask
        self._size = size
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, Records | None]] = OrderedDict()

    def __call__(self, name: str, seconds: float) -> Records:
        """As the source that is asked; what failed a moment ago fails at once."""
        name = name.lower()
        with self._lock:
            until, records = self._known.get(name, (0.0, None))
            if until > self._clock():
                self._known.move_to_end(name)
                if records is None:
                    raise KeyUnavailable("no answer a moment ago")
                return records
        try:
            found = self.ask(name, seconds)
        except KeyUnavailable:
            self._keep(name, None, self.FAILED)
            raise
        least, most = self.FOUND
        lifetime = min(max(found.ttl, least), most) if found.texts else self.ABSENT
        self._keep(name, found, lifetime)
        return found

    def _keep(self, name: str, records: Records | None, seconds: float) -> None:
        with self._lock:
            self._known[name] = (self._clock() + seconds, records)
            self._known.move_to_end(name)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
