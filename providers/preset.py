"""A preset: what is known about a provider of mailboxes, as data.

Only what stands in the provider's own documentation, or in messages that it delivered, is written
down. What is not known is empty, and a mailbox test finds it out; empty never means "no".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Encryption = Literal["ssl", "starttls"]
Login = Literal["oauth", "app_password", "password"]
Sending = Literal["any", "listed", "account", "unknown"]
TLS_PORTS = {"imap": 993, "pop": 995, "smtp": 465}


@dataclass(frozen=True, slots=True)
class Server:
    """Where a mail client connects.

    ``{mx}`` in the host is the first MX host of the domain, ``{region}`` what ``regions`` of the
    preset say of it.
    """

    host: str
    port: int
    encryption: Encryption = "ssl"

    def match(self, host: str) -> re.Match[str] | None:
        """Whether a host is the server's; what stands for the region is a group of the match."""
        return re.fullmatch(re.escape(self.host).replace(r"\{region\}", "([a-z0-9.-]+)"), host)


def by_tls(host: str) -> dict[str, Server]:
    """Servers at the usual ports; ``{job}`` in the host is imap, pop or smtp."""
    return {job: Server(host.replace("{job}", job), port) for job, port in TLS_PORTS.items()}


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider.

    - ``mx``: its receiving hosts, or the domains that they are under; ``mx_record`` is the record
      to publish, where it is the same for every customer.
    - ``servers``: by "imap", "pop" and "smtp"; ``hosts`` are other names of them, so that an
      account of it is recognised.
    - ``login``: how a program may log in; ``pop_refused`` says why its POP3 is of no use here.
    - ``catch_all``: the steps to switch it on, in the provider's own words; ``catch_all_refused``
      says that there is none.
    - ``sends_as``: ``any`` address of the domain, only those ``listed`` with the provider, only
      the ``account``'s own. It decides the outgoing account's policy. ``keeps_sent``: it puts a
      copy of what is submitted into the mailbox's Sent folder by itself.
    - ``minute_limit`` and ``day_limit``: how many recipients it takes from an account in a minute
      and in 24 hours; 0: not documented.
    - ``envelope_header``: the header that names the envelope recipient; empty: not known for sure,
      and ``envelope_note`` says what is known instead.
    - ``regions``: by MX host, or the domain above it, what stands for ``{region}``.
    - ``own_hosts`` and ``authserv_ids``: what the provider's servers call themselves in Received
      and in Authentication-Results.
    - ``spf``: the mechanism that covers its senders, ``spf_regions`` that of other regions, and
      ``spf_also`` older ones that cover them too; ``dkim_selectors``: under which names its keys
      usually stand.
    - ``notes``: what an admin should know besides.
    """

    code: str
    name: str
    mx: tuple[str, ...] = ()
    mx_record: str = ""
    hosts: tuple[str, ...] = ()
    servers: Mapping[str, Server] = field(default_factory=dict)
    login: Login = "password"
    pop_refused: str = ""
    catch_all: tuple[str, ...] = ()
    catch_all_refused: str = ""
    sends_as: Sending = "unknown"
    keeps_sent: bool = False
    minute_limit: int = 0
    day_limit: int = 0
    envelope_header: str = ""
    envelope_note: str = ""
    regions: tuple[tuple[str, str], ...] = ()
    own_hosts: tuple[str, ...] = ()
    authserv_ids: tuple[str, ...] = ()
    spf: str = ""
    spf_regions: tuple[tuple[str, str], ...] = ()
    spf_also: tuple[str, ...] = ()
    dkim_selectors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def catch_all_steps(self) -> tuple[str, ...]:
        """How a catch-all is switched on, or the one sentence that says that there is none."""
        return (self.catch_all_refused,) if self.catch_all_refused else self.catch_all

    @property
    def from_policy(self) -> str:
        """The value of ``catchall_from_policy`` that suits the provider."""
        return {"any": "keep", "account": "account"}.get(self.sends_as, "auto")

    @property
    def spf_all(self) -> tuple[str, ...]:
        """Every mechanism that covers the provider's senders, in one region or other."""
        names = (self.spf, *(mechanism for _region, mechanism in self.spf_regions), *self.spf_also)
        return tuple(name for name in names if name)

    def spf_for(self, hosts: Iterable[str]) -> str:
        """The mechanism for an account on these SMTP hosts; empty where nothing sure is known."""
        smtp = self.servers.get("smtp")
        found = [match for host in hosts if smtp and (match := smtp.match(host))]
        region = next((match[1] for match in found if match.groups()), "")
        return dict(self.spf_regions).get(region, self.spf)
