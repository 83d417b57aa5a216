"""Questions to real name servers, many at once, and never for longer than agreed.

One bad name server must not hang a screen: a question ends after ``query_seconds``, and when
``total_seconds`` are over every question that is still open or comes later is answered with
"timeout". Names are checked before anything is sent, only DNS is spoken, and nobody is asked but
the name servers of the machine, or the one that was named.
"""

import ipaddress
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

import dns.exception
import dns.name
import dns.rdata
import dns.rdtypes.txtbase
import dns.resolver

from ..router.message.addresses import normalise_domain
from .client import Answer, Status, is_name

QUERY_SECONDS = 3.0
TOTAL_SECONDS = 20.0
MAX_QUESTIONS = 250  # a record of strangers decides what is asked next
_AT_ONCE = 16
_MAX_RECORDS = 50
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def name_server(text: str) -> tuple[str, int]:
    """Read ``192.0.2.53``, ``192.0.2.53:5353`` or ``[2001:db8::53]:5353``.

    :raises ValueError: where it is no address with a port
    """
    text = text.strip()
    if text.startswith("["):
        host, _bracket, port = text[1:].partition("]")
        port = port.removeprefix(":")
    elif text.count(":") == 1:
        host, _colon, port = text.partition(":")
    else:
        host, port = text, ""
    number = int(port or 53)
    if not 0 < number < 65536:
        raise ValueError(f"not a valid port: {port}")
    return str(ipaddress.ip_address(host)), number


def plain_resolver(server: tuple[str, int] | None) -> dns.resolver.Resolver:
    """Ask this address and port, or the machine's own name servers where it is None."""
    resolver = dns.resolver.Resolver(configure=server is None)
    if server:
        resolver.nameservers, resolver.port = [server[0]], server[1]
    resolver.use_edns(0, 0, 1232)
    return resolver


class Resolver:
    """A :class:`~.client.Dns` for one domain check; a context manager.

    ``server`` is an address and a port instead of the machine's own name servers. A question that
    was asked before is answered from memory.
    """

    def __init__(
        self,
        server: tuple[str, int] | None = None,
        *,
        query_seconds: float = QUERY_SECONDS,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        self._query_seconds = query_seconds
        self._deadline = time.monotonic() + total_seconds
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], Future[Answer]] = {}
        # Two pools: who waits for an answer must not take the place of who fetches it.
        self._questions = ThreadPoolExecutor(_AT_ONCE, "dns")
        self._askers = ThreadPoolExecutor(_AT_ONCE, "check")
        self._resolver = self._configure(server)

    def __enter__(self) -> "Resolver":
        return self

    def __exit__(self, *exc: object) -> None:
        for pool in (self._askers, self._questions):
            pool.shutdown(wait=False, cancel_futures=True)

    def ask(self, name: str, kind: str) -> Answer:
        """Look one name up."""
        return self.ask_all([(name, kind)])[0]

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Look several names up at once."""
        return [self._wait(future) for future in [self._start(*item) for item in questions]]

    def at_once(
        self, function: Callable[[_Item], _Result], items: Iterable[_Item]
    ) -> Iterable[_Result]:
        """Like ``map``, all items at once; for what asks questions one after the other."""
        return self._askers.map(function, items)

    def _configure(self, server: tuple[str, int] | None) -> dns.resolver.Resolver | None:
        try:
            resolver = plain_resolver(server)
        except (dns.resolver.NoResolverConfiguration, OSError, ValueError):
            return None
        resolver.lifetime = self._query_seconds
        resolver.timeout = self._query_seconds / 2  # the first packet may get lost
        return resolver

    def _start(self, name: str, kind: str) -> "Future[Answer]":
        name = normalise_domain(name)
        future: Future[Answer] = Future()
        if not is_name(name):
            future.set_result(Answer(Status.BAD_NAME))
            return future
        with self._lock:
            known = self._open.get((name, kind))
            if known:
                return known
            if len(self._open) >= MAX_QUESTIONS or time.monotonic() > self._deadline:
                future.set_result(Answer(Status.TIMEOUT))
                return future
            future = self._questions.submit(self._fetch, name, kind)
            self._open[name, kind] = future
            return future

    def _wait(self, future: "Future[Answer]") -> Answer:
        try:
            return future.result(max(0.0, self._deadline - time.monotonic()))
        except FutureTimeoutError:
            return Answer(Status.TIMEOUT)

    def _fetch(self, name: str, kind: str) -> Answer:
        seconds = min(self._query_seconds, self._deadline - time.monotonic())
        if not self._resolver:
            return Answer(Status.NO_NETWORK)
        if seconds <= 0:
            return Answer(Status.TIMEOUT)
        try:
            found = self._resolver.resolve(name + ".", kind, search=False, lifetime=seconds)
        except dns.resolver.NXDOMAIN:
            return Answer(Status.NXDOMAIN)
        except (dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return Answer(Status.NO_ANSWER)
        except dns.resolver.LifetimeTimeout as error:
            return Answer(_silence(error, Status.TIMEOUT))
        except dns.resolver.NoNameservers as error:
            return Answer(_silence(error, Status.SERVFAIL))
        except dns.exception.Timeout:
            return Answer(Status.TIMEOUT)
        except OSError:
            return Answer(Status.NO_NETWORK)
        except dns.exception.DNSException:
            return Answer(Status.SERVFAIL)  # an answer that cannot be read
        self._prefer(found.nameserver)
        return Answer(Status.FOUND, tuple(_text(record) for record in list(found)[:_MAX_RECORDS]))

    def _prefer(self, server: str | None) -> None:
        """Whoever answered is asked first from now on: a dead name server costs its time once."""
        with self._lock:
            if not self._resolver or server is None:
                return
            servers = list(self._resolver.nameservers)
            if server in servers[1:]:
                servers.remove(server)
                self._resolver.nameservers = [server, *servers]


def _silence(error: dns.exception.DNSException, otherwise: Status) -> Status:
    """What the tries ended with: nothing but errors of our own network is no network."""
    ends = [attempt[3] for attempt in error.kwargs.get("errors") or ()]
    if ends and all(isinstance(end, OSError) for end in ends):
        return Status.NO_NETWORK
    if ends and all(end == "REFUSED" for end in ends):
        return Status.REFUSED
    return otherwise


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return b"".join(record.strings).decode("utf-8", "replace")
    words = record.to_text().split(" ")
    # The final dot of a name; the name alone for PTR and CNAME, the last word for MX and SRV.
    words[-1] = words[-1].rstrip(".") or "."
    return " ".join(words)
