"""Dovecot with a configuration of its own: LMTP in, IMAP and POP3 out, SASL for Postfix.

As root the messages belong to the system user `mail`, because Dovecot refuses uid 0; as a
normal user everything runs as that user, so no sudo is needed here.
"""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ..console import Failure
from ..paths import is_root
from ..processes import Daemon, accepts, wait_until
from ..system import need_packages

PACKAGES = ("dovecot-core", "dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd")
PROGRAM = "/usr/sbin/dovecot"
HOST = "mx.example.com"
FOLDERS = {"Junk": r"\Junk", "Archive": r"\Archive", "Sent": r"\Sent", "Trash": r"\Trash"}

COMMON = """
base_dir = {folder}/d
state_dir = {folder}/d
log_path = {folder}/dovecot.log
instance_name = {name}
protocols = imap pop3 lmtp
listen = 127.0.0.1
hostname = {host}
auth_mechanisms = plain login
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_fsync = never
mail_max_userip_connections = 500
lmtp_hdr_delivery_address = {delivery_address}
namespace inbox {{
  inbox = yes
  separator = /
{mailboxes}}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
  {chroot}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
  {chroot}
}}
service anvil {{
  {chroot}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
service auth {{
  unix_listener sasl {{
    mode = 0666
  }}
}}
"""

# The catch-all by Dovecot: an unknown local part falls through to the domain's entry.
VERSION_2_3 = """
mail_location = maildir:~/Maildir
ssl = yes
ssl_cert = <{folder}/tls/server.pem
ssl_key = <{folder}/tls/server.key
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Lu {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {folder}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Ld {folder}/domains
}}
"""

VERSION_2_4 = """
mail_driver = maildir
mail_path = ~/Maildir
ssl = yes
ssl_server_cert_file = {folder}/tls/server.pem
ssl_server_key_file = {folder}/tls/server.key
auth_allow_cleartext = yes
passdb passwd-file {{
  passwd_file_path = {folder}/users
  auth_username_format = %{{user | lower}}
  default_password_scheme = PLAIN
}}
userdb passwd-file {{
  passwd_file_path = {folder}/users
  auth_username_format = %{{user | lower}}
}}
userdb catchall {{
  driver = passwd-file
  passwd_file_path = {folder}/domains
  auth_username_format = %{{user | domain | lower}}
}}
"""

QUOTA_2_3 = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:User quota
  quota_rule = *:storage={kb}K
  quota_vsizes = yes
}}
"""

QUOTA_2_4 = """
mail_plugins {{
  quota = yes
}}
protocol imap {{
  mail_plugins {{
    imap_quota = yes
  }}
}}
quota "User quota" {{
  driver = count
  storage_size = {kb}K
}}
"""


@dataclass(frozen=True)
class DovecotPorts:
    """Loopback ports of the mailbox side."""

    imap: int
    imaps: int
    pop3: int
    pop3s: int


class Dovecot:
    """One Dovecot instance below `folder`; messages in `folder`/mail/<address>/Maildir."""

    def __init__(
        self,
        folder: Path,
        ports: DovecotPorts,
        passwords: dict[str, str],
        catch_alls: dict[str, str],
        delivery_address: str = "final",
        quota_kb: int = 0,
    ) -> None:
        self.folder = folder
        self.ports = ports
        self.passwords = passwords
        self.catch_alls = catch_alls
        self.delivery_address = delivery_address
        self.quota_kb = quota_kb
        self.owner = pwd.getpwnam("mail") if is_root() else pwd.getpwuid(os.getuid())
        self._daemon: Daemon | None = None

    def home(self, user: str) -> Path:
        """Return the home of a mailbox's owner."""
        return self.folder / "mail" / user

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Return the Maildir of a folder; sub-folders are Maildir++ directories."""
        root = self.home(user) / "Maildir"
        return root if folder == "INBOX" else root / f".{folder.replace('/', '.')}"

    def start(self) -> None:
        """Write the configuration, start, wait for the ports."""
        need_packages(*PACKAGES)
        (self.folder / "d").mkdir(parents=True, exist_ok=True)
        for user in self.passwords:
            self.home(user).mkdir(parents=True, exist_ok=True)
        if is_root():
            for path in (self.folder / "mail").rglob("*"):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        self._write()
        self._daemon = Daemon(
            "dovecot",
            [PROGRAM, "-F", "-c", self.folder / "dovecot.conf"],
            self.folder / "dovecot.out",
        )
        self._daemon.start()
        wait_until(
            self._ready,
            20,
            f"Dovecot did not start; see {self.folder}/dovecot.out and dovecot.log there.",
        )

    def stop(self) -> None:
        """End the whole instance."""
        if self._daemon:
            self._daemon.stop()

    def _ready(self) -> bool:
        if self._daemon is None or not self._daemon.running:
            output = (self.folder / "dovecot.out").read_text("utf-8", "replace")[-600:]
            raise Failure(f"Dovecot ended at once: {output.strip()}")
        sockets = all((self.folder / "d" / name).exists() for name in ("lmtp", "sasl"))
        return sockets and accepts(self.ports.imap) and accepts(self.ports.pop3)

    def _write(self) -> None:
        home = self.folder / "mail"
        self._table("users", {u: f"{{PLAIN}}{p}" for u, p in self.passwords.items()}, home)
        domains = {domain: user for domain, user in self.catch_alls.items() if user}
        lines = [f"{domain}:::::{home / user}::user={user}\n" for domain, user in domains.items()]
        (self.folder / "domains").write_text("".join(lines), "utf-8")
        mailboxes = "".join(
            f"  mailbox {name} {{\n    auto = subscribe\n    special_use = {use}\n  }}\n"
            for name, use in FOLDERS.items()
        )
        own = getpass.getuser()
        values = {
            "folder": self.folder,
            "name": self.folder.name,
            "host": HOST,
            "internal": "dovecot" if is_root() else own,
            "login": "dovenull" if is_root() else own,
            "group": "dovecot" if is_root() else grp.getgrgid(os.getgid()).gr_name,
            "chroot": "" if is_root() else "chroot =",
            "uid": self.owner.pw_uid,
            "gid": self.owner.pw_gid,
            "delivery_address": self.delivery_address,
            "mailboxes": mailboxes,
            **vars(self.ports),
        }
        new = _version() >= (2, 4)
        head = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" if new else ""
        text = head + (COMMON + (VERSION_2_4 if new else VERSION_2_3)).format(**values)
        if self.quota_kb:
            text += (QUOTA_2_4 if new else QUOTA_2_3).format(kb=self.quota_kb)
        (self.folder / "dovecot.conf").write_text(text, "utf-8")

    def _table(self, name: str, entries: dict[str, str], home: Path) -> None:
        uid, gid = self.owner.pw_uid, self.owner.pw_gid
        lines = [f"{key}:{value}:{uid}:{gid}::{home / key}::\n" for key, value in entries.items()]
        (self.folder / name).write_text("".join(lines), "utf-8")


def _version() -> tuple[int, int]:
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False)
    major, minor = done.stdout.split(".")[:2]
    return int(major), int(minor)
