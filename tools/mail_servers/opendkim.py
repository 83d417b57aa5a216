"""A private OpenDKIM: a milter on loopback that signs mail of our domains, one key for each.

Nothing in /etc is read. The public keys are lines for the private name server (``dns_domain``).
"""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Sequence
from types import TracebackType

from ..console import step
from ..paths import CHECKOUT_KEY, is_root, service_folder
from ..processes import Daemon, accepts, free_port, wait_until
from ..system import need_packages, run

PACKAGES = ("opendkim",)
PROGRAM = "/usr/sbin/opendkim"
HOST = "127.0.0.1"
SELECTOR = "odoo"

# Safe keys would need folders that nobody else may enter; these keys sign nothing but tests.
CONFIGURATION = """
Mode s
Socket inet:{port}@{host}
KeyTable file:{folder}/keys
SigningTable refile:{folder}/domains
Canonicalization relaxed/simple
OversignHeaders From
RequireSafeKeys no
"""


class DkimSigner:
    """The running signer; usable as a context manager.

    Mail whose From is of one of `domains`, exactly, is signed in that domain's name. `milter` is
    its address for Postfix's smtpd_milters, `records` are dnsmasq's lines with the public keys.
    """

    def __init__(self, domains: Sequence[str]) -> None:
        self.domains = list(domains)
        self.port = free_port()
        self.milter = f"inet:{HOST}:{self.port}"
        self.folder = service_folder("dkim") / f"{CHECKOUT_KEY}-{os.getpid()}-{self.port}"
        self.daemon = Daemon(
            "opendkim",
            [PROGRAM, "-f", "-l", "-x", self.folder / "opendkim.conf"],
            self.folder / "opendkim.log",
        )
        self.records: list[str] = []

    def start(self) -> DkimSigner:
        """Make the keys, start, wait for the port."""
        need_packages(*PACKAGES)
        with step("private DKIM signer", quiet=True):
            self.folder.mkdir(parents=True, exist_ok=True)
            atexit.register(self.stop)
            self.records = [self._key(domain) for domain in self.domains]
            self._write()
            self.daemon.start()
            wait_until(
                self._ready, 20, f"OpenDKIM did not start; see {self.folder / 'opendkim.log'}"
            )
        return self

    def stop(self) -> None:
        """Stop it and delete its folder with the keys."""
        atexit.unregister(self.stop)
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> DkimSigner:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _ready(self) -> bool:
        return self.daemon.running and accepts(self.port)

    def _key(self, domain: str) -> str:
        """Make the key of a domain; return the public half as a line of dnsmasq's (RFC 6376)."""
        path = self.folder / f"{domain}.pem"
        error = "The DKIM keys of the private mail domain could not be made with openssl."
        run(["openssl", "genrsa", "-out", path, "2048"], error=error)
        public = run(["openssl", "rsa", "-in", path, "-pubout"], error=error)
        path.chmod(0o600)
        text = "v=DKIM1; k=rsa; p=" + "".join(public.splitlines()[1:-1])
        # A string of a TXT record has 255 characters at most (RFC 1035 §3.3).
        strings = ",".join(f'"{text[at : at + 250]}"' for at in range(0, len(text), 250))
        return f"txt-record={SELECTOR}._domainkey.{domain},{strings}"

    def _write(self) -> None:
        names = {domain: f"{SELECTOR}._domainkey.{domain}" for domain in self.domains}
        keys = [
            f"{name} {domain}:{SELECTOR}:{self.folder}/{domain}.pem\n"
            for domain, name in names.items()
        ]
        (self.folder / "keys").write_text("".join(keys), "utf-8")
        domains = [f"*@{domain} {name}\n" for domain, name in names.items()]
        (self.folder / "domains").write_text("".join(domains), "utf-8")
        text = CONFIGURATION.format(port=self.port, host=HOST, folder=self.folder)
        if is_root():
            text += "UserID opendkim\n"
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "opendkim")
        (self.folder / "opendkim.conf").write_text(text, "utf-8")
