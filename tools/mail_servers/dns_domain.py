"""A private name server: dnsmasq on loopback, with zones of its own and nothing else.

It never asks the internet. Everything below `test` and `example.com` that is not in the
configuration does not exist. Names below `slow.test` are passed on to a port that swallows every
question, names below `broken.test` to one that answers with SERVFAIL.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import struct
import threading
from collections.abc import Sequence
from types import TracebackType

from ..console import Failure, step
from ..paths import CHECKOUT_KEY, service_folder
from ..processes import Daemon, free_port, wait_until
from ..system import need_packages

PACKAGES = ("dnsmasq-base",)
PROGRAM = "/usr/sbin/dnsmasq"
HOST = "127.0.0.1"

# Nothing of the machine is read, nothing is kept, and nobody else is asked.
CONFIGURATION = """
port={port}
listen-address={host}
bind-interfaces
no-resolv
no-hosts
no-poll
no-daemon
cache-size=0
dns-forward-max=1000
pid-file={folder}/dnsmasq.pid
log-facility=-
local=/test/
local=/example.com/
server=/slow.test/{host}#{silent}
server=/broken.test/{host}#{failing}
"""


class DnsDomain:
    """The running name server; usable as a context manager.

    `records` are lines of dnsmasq's configuration: `mx-host=good.test,mx.good.test,10`,
    `host-record=mx.good.test,192.0.2.1`, `txt-record=good.test,"v=spf1 mx -all"`,
    `srv-host=_imaps._tcp.good.test,imap.good.test,993`. `address` is "127.0.0.1:port".
    """

    def __init__(self, records: Sequence[str]) -> None:
        self.records = list(records)
        self.port = free_port()
        self.address = f"{HOST}:{self.port}"
        self.folder = service_folder("dns") / f"{CHECKOUT_KEY}-{os.getpid()}-{self.port}"
        self.daemon = Daemon(
            "dnsmasq",
            [PROGRAM, "--keep-in-foreground", f"--conf-file={self.folder}/dnsmasq.conf"],
            self.folder / "dnsmasq.log",
        )
        self.silent, self.failing = _Upstream(answers=False), _Upstream(answers=True)

    def start(self) -> DnsDomain:
        """Start and wait until it answers."""
        need_packages(*PACKAGES)
        with step("private name server", quiet=True):
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "dnsmasq.conf").write_text(self._configuration(), "utf-8")
            atexit.register(self.stop)
            self.silent.start()
            self.failing.start()
            self.daemon.start()
            wait_until(
                self._answers, 20, f"dnsmasq did not start; see {self.folder / 'dnsmasq.log'}"
            )
        return self

    def stop(self) -> None:
        """Stop it and delete its folder."""
        atexit.unregister(self.stop)
        self.daemon.stop()
        self.silent.stop()
        self.failing.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> DnsDomain:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _configuration(self) -> str:
        options = CONFIGURATION.format(
            port=self.port,
            host=HOST,
            folder=self.folder,
            silent=self.silent.port,
            failing=self.failing.port,
        )
        # As root dnsmasq gives its rights up, for a user that is there on every system.
        user = "user=nobody\n" if os.geteuid() == 0 else ""
        return options + user + "\n".join(self.records) + "\n"

    def _answers(self) -> bool:
        if not self.daemon.running:
            raise Failure(f"dnsmasq did not start; see {self.folder / 'dnsmasq.log'}")
        question = (
            struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + b"\x04test\0" + struct.pack("!2H", 1, 1)
        )
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.5)
            with contextlib.suppress(OSError):
                client.sendto(question, (HOST, self.port))
                return client.recv(512)[:2] == question[:2]
        return False


class _Upstream:
    """A name server that swallows what it is asked, or answers everything with SERVFAIL."""

    def __init__(self, *, answers: bool) -> None:
        self._answering = answers
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if not self._thread.is_alive():
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (HOST, self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            question, client = self._socket.recvfrom(4096)
            if not question:
                return
            if self._answering and len(question) > 12:
                # The question comes back as it is, marked as an answer with rcode 2.
                flags = 0x8182
                self._socket.sendto(question[:2] + struct.pack("!H", flags) + question[4:], client)
