"""Whose servers a domain uses: told by its MX, by SRV records (RFC 6186), by panels' records."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..dns_lookup.client import Answer, Dns, mail_hosts, under
from . import hosters
from .large import GOOGLE, MICROSOFT
from .panels import CPANEL, MAILCOW, PLESK
from .preset import TLS_PORTS, Encryption, Preset, Server
from .relays import RELAYS

BY_MX: tuple[Preset, ...] = (
    *(GOOGLE, MICROSOFT, hosters.ZOHO, hosters.FASTMAIL, hosters.OVH, hosters.IONOS),
    *(hosters.GANDI, hosters.HETZNER, hosters.MIGADU, hosters.PROTON, hosters.YANDEX),
    *(hosters.WORKMAIL, hosters.INFOMANIAK),
)
BY_PANEL: tuple[Preset, ...] = (MAILCOW, CPANEL, PLESK)
PRESETS: dict[str, Preset] = {preset.code: preset for preset in (*BY_MX, *BY_PANEL)}

SERVICES: dict[str, tuple[str, Encryption]] = {
    "_imaps": ("imap", "ssl"),
    "_imap": ("imap", "starttls"),
    "_submissions": ("smtp", "ssl"),  # RFC 8314 §5.1
    "_submission": ("smtp", "starttls"),
    "_pop3s": ("pop", "ssl"),
}
_CPANEL_DISCOVERY = "cpanelemaildiscovery.cpanel.net"
_CPANEL_DAV_PORT = "2080"
# How an account logs in to them, in the words of Odoo's OAuth addons.
_OAUTH = {"google": "gmail", "microsoft": "outlook"}


@dataclass(frozen=True, slots=True)
class Detection:
    """The provider, if it is a known one, and the servers that the domain itself names.

    ``servers`` holds "imap", "smtp" and "pop"; what the domain says in SRV records comes before
    what the preset says. ``evidence`` is the host or record that told. ``failed`` says that DNS
    did not answer, so that nothing found means nothing.
    """

    preset: Preset | None = None
    servers: dict[str, Server] = field(default_factory=dict)
    evidence: str = ""
    mx_hosts: tuple[str, ...] = ()
    failed: bool = False


def detect(domain: str, dns: Dns) -> Detection:
    """Find the provider of a domain. Questions are asked all at once."""
    panel = [
        (f"_autodiscover._tcp.{domain}", "SRV"),
        (f"_caldavs._tcp.{domain}", "SRV"),
        (f"_caldavs._tcp.{domain}", "TXT"),
        (f"_domainconnect.{domain}", "TXT"),
    ]
    services = [(f"{service}._tcp.{domain}", "SRV") for service in SERVICES]
    mx, *answers = dns.ask_all([(domain, "MX"), *services, *panel])
    named = _named_servers(answers[: len(SERVICES)])
    hosts = tuple(mail_hosts(mx.records))
    preset, evidence = _find(hosts, named, answers[len(SERVICES) :])
    servers = {**_preset_servers(preset, hosts), **named}
    if preset and preset.pop_refused:
        servers.pop("pop", None)
    return Detection(preset, servers, evidence, hosts, mx.failed)


def find_preset(hosts: Iterable[str]) -> Preset | None:
    """The provider that one of these receiving hosts belongs to."""
    for host in hosts:
        for preset in BY_MX:
            if under(host, preset.mx):
                return preset
    return None


def find_by_server(host: str) -> Preset | None:
    """The provider whose IMAP or SMTP server this is."""
    host = host.strip().rstrip(".").lower()
    for preset in (*BY_MX, *RELAYS):
        if host in preset.hosts or any(item.match(host) for item in preset.servers.values()):
            return None if host == "127.0.0.1" else preset
    return None


def login_of(preset: Preset | None) -> str:
    """``gmail`` or ``outlook``, as Odoo's OAuth addons call it, else ``password``."""
    return _OAUTH[preset.code] if preset and preset.login == "oauth" else "password"


def find_by_account(host: str, login: str) -> Preset | None:
    """The provider of an account: by its server, else by a login that one provider alone has."""
    named = (PRESETS[code] for code, name in _OAUTH.items() if name == login)
    return find_by_server(host) or next(named, None)


def _sorted(records: tuple[str, ...]) -> list[str]:
    """By priority (RFC 2782), the lowest first."""

    def rank(record: str) -> int:
        first = record.split(maxsplit=1)[0]
        return int(first) if first.isdigit() else 0

    return sorted((record for record in records if record.split()), key=rank)


def _named_servers(answers: list[Answer]) -> dict[str, Server]:
    """Servers by SRV; of two for one job the one with encryption from the start (RFC 8314 §3)."""
    found: dict[str, Server] = {}
    for (job, encryption), answer in zip(SERVICES.values(), answers, strict=True):
        for record in _sorted(answer.records)[:1]:
            parts = record.split()
            host = parts[-1].rstrip(".").lower()
            # A target of "." says that the service is not offered (RFC 6186 §3.4).
            if len(parts) == 4 and parts[2].isdigit() and host and job not in found:
                port = int(parts[2])
                # Gandi names port 465 under "_submission": the port decides (RFC 8314 §7.3).
                found[job] = Server(host, port, "ssl" if port in TLS_PORTS.values() else encryption)
    return found


def _find(
    hosts: tuple[str, ...], named: dict[str, Server], panel: list[Answer]
) -> tuple[Preset | None, str]:
    if preset := find_preset(hosts):
        return preset, next(host for host in hosts if under(host, preset.mx))
    autodiscover, dav, dav_text, connect = (answer.records for answer in panel)
    if any("/sogo/dav" in text.lower() for text in dav_text):
        return MAILCOW, next(text for text in dav_text if "/sogo/dav" in text.lower())
    if any(_CPANEL_DISCOVERY in record.lower() for record in autodiscover):
        return CPANEL, _CPANEL_DISCOVERY
    if any(record.split()[2:3] == [_CPANEL_DAV_PORT] for record in dav):
        return CPANEL, next(iter(dav))
    if any("plesk" in text.lower() for text in connect):
        return PLESK, next(text for text in connect if "plesk" in text.lower())
    if "imap" in named and (preset := find_by_server(named["imap"].host)):
        return preset, named["imap"].host  # a filter stands before the mailboxes
    return None, ""


def _preset_servers(preset: Preset | None, hosts: tuple[str, ...]) -> dict[str, Server]:
    if not preset:
        return {}
    found = {}
    for job, server in preset.servers.items():
        if hosts or "{mx}" not in server.host:
            host = server.host.replace("{mx}", hosts[0] if hosts else "")
            found[job] = replace(server, host=host.replace("{region}", _region(preset, hosts)))
    return found


def _region(preset: Preset, hosts: tuple[str, ...]) -> str:
    """The part of a host name that differs by customer: ``zoho.eu`` of mx.zoho.eu."""
    for host in hosts:
        for suffix, region in preset.regions:
            if under(host, [suffix]):
                return region
    return preset.regions[0][1] if preset.regions else ""
