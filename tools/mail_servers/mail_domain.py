"""A private mail domain: real Postfix and Dovecot, on loopback, for tests and the demo.

`example.com` is ours: a few people have mailboxes, everything else goes to the mailbox
catchall@example.com. `customer.test` is the outside world: carla has a mailbox, and any
other address there is delivered to inbox@customer.test, so a test can invent customers.
`bounce.test` accepts every message and then returns it with a real delivery status report.
"""

from __future__ import annotations

import atexit
import os
import shutil
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from ..console import Failure, step
from ..paths import CHECKOUT_KEY, service_folder
from ..processes import free_port, start_time, wait_until
from . import dovecot
from .certificates import make_certificates
from .dovecot import Dovecot, DovecotPorts
from .mailbox import Mailboxes
from .postfix import Postfix, PostfixPorts, PostfixSetup

PACKAGES = ("postfix", *dovecot.PACKAGES)
DOMAIN = "example.com"
OUTSIDE = "customer.test"
BOUNCING = "bounce.test"
ACCOUNT = f"catchall@{DOMAIN}"
CUSTOMERS = f"inbox@{OUTSIDE}"
PEOPLE = (ACCOUNT, f"anna@{DOMAIN}", f"boss@{DOMAIN}", f"carla@{OUTSIDE}", CUSTOMERS)
DEFAULT_EVIDENCE = ("x-original-to", "received-for")
# REPLACE in header_checks also sees the Received that Postfix itself has just written.
STRIP_FOR = r"/^(Received:.* with .*[^[:space:]])[[:space:]]+for <[^>]*>(;.*)$/ REPLACE $1$2"


class MailDomain(Mailboxes):
    """The running domain; usable as a context manager.

    `evidence` says where the envelope recipient is written down, and it is written nowhere
    else: any of "x-original-to" (Postfix), "delivered-to" (Dovecot), "received-for", or the
    name of any other header, which is then put above the topmost Received, such as
    "Envelope-To". Without evidence the mailbox knows only its own address.

    `main`, `submission`, `services` and `files` extend Postfix's configuration:
    main.cf options, options of both user ports, further master.cf lines, files beside
    main.cf. `certificate_days` is how long the servers' certificate is valid, `quota_kb` how
    much a mailbox may hold (0: no limit). Passwords are in `passwords`; `ca_file` is what a
    client must trust.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        evidence: str | Sequence[str] = DEFAULT_EVIDENCE,
        people: Sequence[str] = PEOPLE,
        main: Mapping[str, str] | None = None,
        submission: Mapping[str, str] | None = None,
        services: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        ports: Mapping[str, int] | None = None,
        certificate_days: int = 3650,
        quota_kb: int = 0,
    ) -> None:
        self.domain, self.account = DOMAIN, ACCOUNT
        self.host = "127.0.0.1"
        self.temporary = folder is None
        unique = f"{CHECKOUT_KEY}-{os.getpid()}-{id(self) % 997}"
        self.folder = folder or service_folder("mail") / unique
        self.evidence = self._evidence(evidence)
        self.certificate_days = certificate_days
        postfix_ports, dovecot_ports = self._choose_ports(ports or {})
        self.passwords = {user: f"{user.partition('@')[0]}-secret" for user in people}
        self.ca_file = self.folder / "tls" / "ca.pem"
        self.dovecot = Dovecot(
            self.folder,
            dovecot_ports,
            self.passwords,
            {DOMAIN: ACCOUNT, OUTSIDE: CUSTOMERS},
            quota_kb=quota_kb,
        )
        setup = PostfixSetup(
            main={**self._main_options(), **(main or {})},
            submission=submission or {},
            services=services,
            files={**self._tables(), **(files or {})},
            lmtp_flags="O" if "x-original-to" in self.evidence else "",
        )
        self.postfix = Postfix(self.folder, postfix_ports, setup)

    def _choose_ports(self, wanted: Mapping[str, int]) -> tuple[PostfixPorts, DovecotPorts]:
        """Those that are wanted, by protocol, and free ones for the rest."""
        smtp = [free_port(wanted.get(name, 0)) for name in ("smtp", "submission", "smtps")]
        mail = [free_port(wanted.get(name, 0)) for name in ("imap", "imaps", "pop3", "pop3s")]
        self.smtp_port, self.submission_port, self.smtps_port = smtp
        self.imap_port, self.imaps_port, self.pop3_port, self.pop3s_port = mail
        return PostfixPorts(*smtp), DovecotPorts(*mail)

    def start(self) -> MailDomain:
        """Start both servers; takes two or three seconds."""
        with step("private mail domain", quiet=True):
            self._remove_stale()
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o755)
            make_certificates(self.folder / "tls", self.certificate_days)
            atexit.register(self.stop)
            try:
                self.dovecot.start()
                self.postfix.start()
            except Failure:
                self.temporary = False  # its message names a log there; the next start removes it
                raise
        return self

    def stop(self) -> None:
        """Stop both servers; a folder that nobody chose is removed."""
        atexit.unregister(self.stop)
        self.postfix.stop()
        self.dovecot.stop()
        if self.temporary:
            self.postfix.remove()

    def __enter__(self) -> MailDomain:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and issubclass(kind, Failure):
            self.temporary = False  # as in start
        self.stop()

    def send(self, raw: bytes, mail_from: str, recipients: str | Sequence[str]) -> None:
        """Hand in one message from outside, as another mail server would. "" is the null sender."""
        rcpts = [recipients] if isinstance(recipients, str) else list(recipients)
        with smtplib.SMTP(self.host, self.smtp_port, "mail.customer.test", timeout=60) as client:
            utf8 = not all(address.isascii() for address in (mail_from, *rcpts))
            client.sendmail(mail_from, rcpts, raw, ["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [])

    def submit(
        self,
        raw: bytes,
        mail_from: str,
        recipients: str | Sequence[str],
        login: str = ACCOUNT,
        *,
        implicit_tls: bool = False,
    ) -> None:
        """Send one message as a user of ours: TLS, login, submission."""
        context = ssl.create_default_context(cafile=str(self.ca_file))
        client: smtplib.SMTP
        if implicit_tls:
            client = smtplib.SMTP_SSL(self.host, self.smtps_port, timeout=60, context=context)
        else:
            client = smtplib.SMTP(self.host, self.submission_port, timeout=60)
        with client:
            if not implicit_tls:
                client.starttls(context=context)
            client.login(login, self.passwords[login])
            rcpts = [recipients] if isinstance(recipients, str) else list(recipients)
            client.sendmail(mail_from, rcpts, raw)

    def wait_delivered(self, timeout: float = 60) -> None:
        """Wait until Postfix's queue is empty: all that was sent is in a mailbox."""
        wait_until(
            lambda: self.postfix.pending() == 0,
            timeout,
            f"Postfix still has mail in its queue after {timeout:.0f} s; see {self.postfix.log}",
        )

    @staticmethod
    def _evidence(evidence: str | Sequence[str]) -> tuple[str, ...]:
        names = (evidence,) if isinstance(evidence, str) else tuple(evidence)
        return tuple(name for name in names if name != "none")

    def _main_options(self) -> dict[str, str]:
        options = {
            "virtual_mailbox_domains": f"{DOMAIN}, {OUTSIDE}, {BOUNCING}",
            "virtual_mailbox_maps": "regexp:$config_directory/mailboxes",
            "virtual_alias_maps": "texthash:$config_directory/virtual",
            "enable_original_recipient": "yes" if "x-original-to" in self.evidence else "no",
        }
        if "received-for" not in self.evidence:
            options["header_checks"] = "regexp:$config_directory/strip_for"
        if self._stamps():
            options["smtpd_recipient_restrictions"] = (
                "check_recipient_access regexp:$config_directory/stamps"
            )
        return options

    def _stamps(self) -> list[str]:
        known = ("x-original-to", "delivered-to", "received-for")
        return [name for name in self.evidence if name not in known]

    def _tables(self) -> dict[str, str]:
        # With Dovecot's Delivered-To as evidence, Dovecot does the catching, else Postfix.
        by_postfix = "delivered-to" not in self.evidence
        virtual = [f"{user} {user}" for user in self.passwords]
        if by_postfix:
            virtual.append(f"@{DOMAIN} {ACCOUNT}")
        virtual.append(f"@{OUTSIDE} {CUSTOMERS}")
        stamps = [f"/^(.+@{DOMAIN})$/ PREPEND {name}: $1" for name in self._stamps()]
        return {
            "virtual": "\n".join(virtual) + "\n",
            "mailboxes": f"/@({DOMAIN}|{OUTSIDE}|{BOUNCING})$/ ok\n",
            "logins": "".join(f"{user} {user}\n" for user in self.passwords),
            "strip_for": STRIP_FOR + "\n",
            "stamps": "\n".join(stamps) + "\n",
        }

    def _remove_stale(self) -> None:
        """Delete folders whose ./dev died without stopping."""
        for path in self.folder.parent.glob(f"{CHECKOUT_KEY}-*-*"):
            pid = path.name.split("-")[1]
            if path != self.folder and pid.isdigit() and not start_time(int(pid)):
                shutil.rmtree(path, ignore_errors=True)
