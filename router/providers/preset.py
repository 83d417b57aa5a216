"""A preset: what is known about a provider of mailboxes, as data.

Only what stands in the provider's own documentation, or in mails that it delivered, is written
down. What is not known is empty, and the probe finds it out; empty never means "no".
"""

from dataclasses import dataclass
from typing import Literal

Encryption = Literal["ssl", "starttls"]
Login = Literal["oauth", "app_password", "password"]
Sending = Literal["any", "listed", "account", "unknown"]


def _lt(text: str) -> str:
    """Mark a text for translation; who shows it translates it."""
    return text


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail program connects. ``{mx}`` in the host is the first MX host of the domain."""

    host: str
    port: int
    encryption: Encryption = "ssl"


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider.

    - ``mx``: its receiving hosts, or the domains that they are under; ``mx_record`` is the record
      to publish, where it is the same for every customer; ``imap_hosts`` and ``smtp_hosts`` name
      its servers beyond ``imap`` and ``smtp``, so that an account of it is recognised.
    - ``login``: how a program may log in; ``pop_refused`` says why its POP3 is of no use here.
    - ``catch_all``: the steps to switch it on, in the provider's own words; ``catch_all_refused``
      says that there is none.
    - ``sends_as``: ``any`` address of the domain, only those ``listed`` with the provider, only
      the ``account``'s own. It decides the outgoing account's policy. ``keeps_sent``: it puts a
      copy of what is submitted into the mailbox's Sent folder by itself.
    - ``envelope_header``: the header that names the envelope recipient; empty: not known for sure.
    - ``own_hosts`` and ``authserv_ids``: what the provider's servers call themselves in Received
      and in Authentication-Results.
    - ``spf``: the mechanism that covers its senders; ``dkim_selectors``: under which names its
      keys usually stand.
    - ``notes``: what an admin should know besides.
    """

    code: str
    name: str
    mx: tuple[str, ...] = ()
    mx_record: str = ""
    imap_hosts: tuple[str, ...] = ()
    smtp_hosts: tuple[str, ...] = ()
    imap: Server | None = None
    pop: Server | None = None
    smtp: Server | None = None
    login: Login = "password"
    pop_refused: str = ""
    catch_all: tuple[str, ...] = ()
    catch_all_refused: str = ""
    sends_as: Sending = "unknown"
    keeps_sent: bool = False
    envelope_header: str = ""
    own_hosts: tuple[str, ...] = ()
    authserv_ids: tuple[str, ...] = ()
    spf: str = ""
    dkim_selectors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def from_policy(self) -> str:
        """The value of ``catchall_from_policy`` that suits the provider."""
        return {"any": "keep", "account": "account"}.get(self.sends_as, "auto")
