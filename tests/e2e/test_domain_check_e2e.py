"""The domain check against a real name server, each broken setup named rightly."""

import time

import pytest

from tools.mail_servers.dns_domain import DnsDomain


def zone(name, *, spf='"v=spf1 mx -all"', dmarc='"v=DMARC1; p=none"', mx=None):
    """Lines of dnsmasq for one domain whose mail host is 192.0.2.1."""
    mx = mx or f"mx.{name}"
    spf = (spf,) if isinstance(spf, str) else spf
    return [
        f"mx-host={name},{mx},10",
        f"host-record=mx.{name},192.0.2.1",
        *(f"txt-record={name},{text}" for text in spf),
        f"txt-record=_dmarc.{name},{dmarc}",
        f"srv-host=_imaps._tcp.{name},mx.{name},993",
    ]


DEEP = " ".join(f"include:spf{number}.deep.test" for number in range(11))
RECORDS = [
    *zone("good.test"),
    *zone("foreign.test", spf='"v=spf1 ip4:198.51.100.1 -all"'),
    *zone("double.test", spf=('"v=spf1 mx -all"', '"v=spf1 ip4:198.51.100.1 ~all"')),
    *zone("deep.test", spf=f'"v=spf1 {DEEP} -all"'),
    *(f'txt-record=spf{n}.deep.test,"v=spf1 ip4:192.0.2.1 -all"' for n in range(11)),
    *zone("strict.test", dmarc='"v=DMARC1; p=reject"'),
    *zone("moved.test", mx="mx.elsewhere.test"),
    "host-record=mx.elsewhere.test,198.51.100.2",
    *zone("alias.test", mx="post.alias.test"),
    "cname=post.alias.test,mx.alias.test",
    # one record in two strings (RFC 7208 §3.3): read apart it would be an error
    *zone("split.test", spf='"v=spf1 ip4:198.51.100.1 m","x -all"'),
    *zone("voids.test", spf='"v=spf1 a:a.voids.test a:b.voids.test a:c.voids.test mx -all"'),
    *zone("twice.test"),
    'txt-record=_dmarc.twice.test,"v=DMARC1; p=reject"',
    *zone("everybody.test", spf='"v=spf1 +all"'),
]
CASES = {
    # domain: (finding, level, the record to publish)
    "good.test": ("spf_ok", "ok", None),
    "foreign.test": (
        "spf_not_covered",
        "bad",
        ["foreign.test", "TXT", "v=spf1 ip4:198.51.100.1 a:mx.foreign.test -all", True],
    ),
    "double.test": (
        "spf_several",
        "bad",
        ["double.test", "TXT", "v=spf1 ip4:198.51.100.1 mx ~all", True],
    ),
    "deep.test": ("spf_lookups", "bad", None),
    "strict.test": ("dmarc_only_dkim", "warning", None),
    "moved.test": ("mx_elsewhere", "warning", ["moved.test", "MX", "10 mx.moved.test.", True]),
    "alias.test": ("mx_alias", "warning", None),
    "split.test": ("spf_ok", "ok", None),
    "voids.test": ("spf_voids", "warning", None),
    "twice.test": ("dmarc_several", "bad", ["_dmarc.twice.test", "TXT", "v=DMARC1; p=none", True]),
    "everybody.test": ("spf_everybody", "warning", None),
    "gone.test": ("domain_nxdomain", "bad", None),
    "slow.test": ("mx_timeout", "warning", None),
    "broken.test": ("mx_servfail", "warning", None),
}


def make_accounts(rpc, alias_domain, domain, address):
    """An outgoing and an incoming account of the domain, on the host of its zone."""
    host, domains = f"mx.{domain}", [(6, 0, [alias_domain])]
    outgoing = rpc.create(
        "ir.mail_server",
        name=domain,
        smtp_host=host,
        smtp_authentication="login",
        smtp_user=address,
        is_catchall=True,
        catchall_alias_domain_ids=domains,
    )
    incoming = rpc.create(
        "fetchmail.server",
        name=domain,
        server=host,
        user=address,
        is_catchall=True,
        alias_domain_ids=domains,
    )
    return outgoing, incoming


@pytest.fixture(scope="module")
def check(world):
    """A function that checks one domain and returns its findings by code, and the seconds."""
    rpc = world.rpc
    servers = rpc.read("ir.mail_server", [("is_catchall", "=", True)], "id")
    rpc("ir.mail_server", "write", [row["id"] for row in servers], {"active": False})
    made = []

    def run(domain, *, account="catchall"):
        address = account if "@" in account else f"{account}@{domain}"
        alias_domain = rpc.create("mail.alias.domain", name=domain)
        made.append(make_accounts(rpc, alias_domain, domain, address))
        started = time.monotonic()
        action = rpc("mail.alias.domain", "action_catchall_check", [alias_domain])
        seconds = time.monotonic() - started
        row = rpc.read(
            "mail.catchall.checkup", [("id", "=", action["res_id"])], "findings", "level"
        )
        return {finding["code"]: finding for finding in row[0]["findings"]}, seconds

    with DnsDomain(RECORDS) as dns:
        parameter = "mail_catchall_router.dns_server"
        rpc("ir.config_parameter", "set_param", parameter, dns.address)
        yield run
        rpc("ir.config_parameter", "set_param", parameter, False)
    for outgoing, incoming in made:
        rpc("ir.mail_server", "write", [outgoing], {"active": False})
        rpc("fetchmail.server", "write", [incoming], {"active": False, "is_catchall": False})
    rpc("ir.mail_server", "write", [row["id"] for row in servers], {"active": True})


@pytest.mark.parametrize("domain", CASES)
def test_each_set_up_is_named(check, domain):
    code, level, record = CASES[domain]
    # the policy matters where the return path is somebody else's
    account = "catchall@good.test" if domain == "strict.test" else "catchall"
    found, seconds = check(domain, account=account)
    assert code in found, sorted(found)
    assert found[code]["level"] == level
    if record:
        assert found[code]["record"] == record
    assert seconds < 60  # 20 of them for name servers at the most
    if domain in ("good.test", "split.test"):
        assert {finding["level"] for finding in found.values()} <= {"ok", "note"}, found
    else:
        assert "spf_ok" not in found or not code.startswith("spf_")
