"""Postfix with a configuration, a queue and a log of its own, on loopback high ports.

Nothing in /etc/postfix is read or written. Postfix's master must run as root, so a normal
user needs sudo for it. No DNS is asked and no mail can leave the machine.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..console import Failure
from ..paths import is_root
from ..processes import accepts, forget, record, wait_until
from ..system import as_root, need_packages, run

PROGRAM = "/usr/sbin/postfix"
HOST = "mx.example.com"

MAIN = {
    "compatibility_level": "3.6",
    "mail_owner": "postfix",
    "setgid_group": "postdrop",
    "myhostname": HOST,
    "inet_interfaces": "127.0.0.1",
    "inet_protocols": "ipv4",
    "mynetworks": "",
    "mydestination": "",
    "local_recipient_maps": "",
    "local_transport": "error:5.1.1 there are no local users here",
    "default_transport": "error:5.1.2 this private mail domain knows no other domains",
    "alias_maps": "",
    "alias_database": "",
    "smtp_dns_support_level": "disabled",
    "smtpd_peername_lookup": "no",
    "strict_rfc821_envelopes": "no",
    "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
    "smtpd_client_connection_count_limit": "0",
    "smtpd_client_connection_rate_limit": "0",
    "smtpd_tls_security_level": "may",
    "smtpd_sasl_type": "dovecot",
    # Received shows who logged in: what proves a colleague (docs/proofs.md)
    "smtpd_sasl_authenticated_header": "yes",
    "message_size_limit": "104857600",
    "header_size_limit": "1048576",
    "in_flow_delay": "0",
    "lmtp_destination_recipient_limit": "1",  # X-Original-To needs a copy for each recipient
    "queue_run_delay": "5s",
    "minimal_backoff_time": "5s",
    "maximal_backoff_time": "10s",
    "default_process_limit": "30",
    "initial_destination_concurrency": "10",
    "biff": "no",
    "append_dot_mydomain": "no",
}

MASTER = """
{smtp} inet n - n - - smtpd
{submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
{submission_options}
{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
{submission_options}
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
lmtp unix - - n - - lmtp{lmtp_flags}
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""

SUBMISSION = {
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_tls_auth_only": "yes",
    "smtpd_client_restrictions": "permit_sasl_authenticated,reject",
    "smtpd_relay_restrictions": "permit_sasl_authenticated,reject",
    "smtpd_recipient_restrictions": "",
    "smtpd_sender_login_maps": "texthash:$config_directory/logins",
}


@dataclass(frozen=True)
class PostfixPorts:
    """Loopback ports: `smtp` is the internet's side, the others are for users."""

    smtp: int
    submission: int
    smtps: int


@dataclass(frozen=True)
class PostfixSetup:
    """What a test may vary.

    `files` are written beside main.cf (name -> text), for tables that the options name as
    `texthash:$config_directory/<name>` or `regexp:$config_directory/<name>`.
    """

    main: Mapping[str, str]
    submission: Mapping[str, str]
    services: Sequence[str]
    files: Mapping[str, str]
    lmtp_flags: str = ""


class Postfix:
    """One Postfix instance below `folder`, delivering to Dovecot's LMTP socket there."""

    def __init__(self, folder: Path, ports: PostfixPorts, setup: PostfixSetup) -> None:
        self.folder = folder
        self.ports = ports
        self.setup = setup
        self.config = folder / "postfix"
        self.queue = folder / "queue"
        self.log = folder / "log" / "postfix.log"
        self._pid = 0

    def start(self) -> None:
        """Write the configuration, start, wait for the ports."""
        need_packages("postfix")
        self._write()
        self._as_root(
            ["sh", "-c", PREPARE, "sh", self.folder],
            "The folders of the private Postfix could not be made.",
        )
        self._control("start")
        atexit.register(self.stop)
        wait_until(self._ready, 30, f"Postfix did not start; see {self.log}")
        pid = run(
            as_root(["cat", self.queue / "pid" / "master.pid"]),
            error="Postfix's master.pid could not be read.",
        )
        self._pid = int(pid)
        record("postfix", self._pid, as_root([PROGRAM, "-c", str(self.config), "stop"]))

    def stop(self) -> None:
        """Stop this instance; its own master.pid says which."""
        atexit.unregister(self.stop)
        if self.config.exists():
            with contextlib.suppress(Failure):
                self._control("stop")
        forget(self._pid)

    def remove(self) -> None:
        """Delete the queue, which belongs to Postfix's user."""
        if is_root():
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            self._as_root(["rm", "-rf", self.queue, self.folder / "data", self.folder / "log"], "")
            shutil.rmtree(self.folder, ignore_errors=True)

    def pending(self) -> int:
        """Return how many messages are in the queue."""
        done = run(
            as_root(["/usr/sbin/postqueue", "-c", self.config, "-j"]),
            error="Postfix's queue could not be read.",
        )
        return len(done.splitlines())

    def flush(self) -> None:
        """Try deferred messages again at once."""
        self._control("flush")

    def _ready(self) -> bool:
        return all(accepts(port) for port in vars(self.ports).values())

    def _control(self, action: str) -> None:
        self._as_root(
            [PROGRAM, "-c", self.config, action],
            f"postfix {action} failed; see {self.log}.",
        )

    def _as_root(self, command: Sequence[str | Path], error: str) -> None:
        run(as_root(command), cwd=Path("/"), error=error)

    def _write(self) -> None:
        self.config.mkdir(parents=True, exist_ok=True)
        options = {
            **MAIN,
            "queue_directory": str(self.queue),
            "data_directory": str(self.folder / "data"),
            "maillog_file": str(self.log),
            "maillog_file_prefixes": str(self.folder),
            "smtpd_tls_cert_file": str(self.folder / "tls" / "server.pem"),
            "smtpd_tls_key_file": str(self.folder / "tls" / "server.key"),
            "smtpd_sasl_path": str(self.folder / "d" / "sasl"),
            "virtual_transport": f"lmtp:unix:{self.folder}/d/lmtp",
            **self.setup.main,
        }
        main = "".join(f"{name} = {value}\n" for name, value in options.items())
        (self.config / "main.cf").write_text(main, "utf-8")
        submission = "\n".join(
            f"  -o {{ {name} = {value} }}"
            for name, value in {**SUBMISSION, **self.setup.submission}.items()
        )
        flags = f"\n  flags={self.setup.lmtp_flags}" if self.setup.lmtp_flags else ""
        master = MASTER.format(submission_options=submission, lmtp_flags=flags, **vars(self.ports))
        master += "".join(f"{line}\n" for line in self.setup.services)
        (self.config / "master.cf").write_text(master, "utf-8")
        for name, text in self.setup.files.items():
            (self.config / name).write_text(text, "utf-8")


# What Debian's package does for the system's own instance: Postfix is strict about owners.
PREPARE = r"""
set -e
cd "$1"
mkdir -p queue/pid data log
for name in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    mkdir -p queue/$name
    chown postfix queue/$name
    chmod 700 queue/$name
done
mkdir -p queue/maildrop queue/public
chown postfix:postdrop queue/maildrop queue/public
chmod 730 queue/maildrop
chmod 710 queue/public
chown postfix data
chmod 700 data
chown root queue queue/pid postfix postfix/main.cf postfix/master.cf
"""
