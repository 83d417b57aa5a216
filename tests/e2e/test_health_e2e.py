"""What real servers say of themselves, and what becomes of it on the accounts' forms."""

import base64
import contextlib

import pytest
from world import World, letter

from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.mail_domain import MailDomain

pytestmark = pytest.mark.usefixtures("nobody_is_answered")
FIELDS = (
    *("level", "shown_findings", "summary", "seen_date", "capabilities", "encryption"),
    *("certificate_end", "size_limit", "quota_percent", "quota_known", "last_count"),
    *("waiting_count", "failed_count", "failing_since", "capabilities_html"),
)


@pytest.fixture(scope="module")
def tight_domain():
    """A mail domain whose mailboxes hold 200 KB, and whose certificate ends in 5 days."""
    with MailDomain(certificate_days=5, quota_kb=200) as domain:
        yield domain


@pytest.fixture(scope="module")
def tight_world(tight_domain):
    env = {"SSL_CERT_FILE": str(tight_domain.ca_file)}
    with OdooServer(fresh("health"), env=env) as server:
        world = World(server, tight_domain)
        world.alias("sales")
        yield world


def health(world, account, model="fetchmail.server"):
    link = {"fetchmail.server": "fetchmail_server_id", "ir.mail_server": "mail_server_id"}[model]
    [row] = world.rpc.read("mail.catchall.health", [(link, "=", account)], *FIELDS)
    row["codes"] = {finding["code"]: finding["level"] for finding in row["shown_findings"]}
    return row


def outgoing(world):
    return world.rpc.read("ir.mail_server", [("is_catchall", "=", True)], "id")[0]["id"]


@pytest.fixture
def tight_account(tight_world):
    tight_world.domain.clear(tight_world.domain.account)
    account = tight_world.account(port=tight_world.domain.imaps_port, is_ssl=True)
    yield account
    tight_world.close(account)


def test_a_fetch_by_tls_sees_quota_and_certificate(tight_world, tight_account):
    world = tight_world
    world.domain.append(world.domain.account, letter("Large", body="x" * 60 + "\n" * 45_000))
    world.fetch_and_route(tight_account, 1)
    row = health(world, tight_account)
    assert row["encryption"] == "ssl"
    assert row["last_count"] == 1
    assert {"IDLE", "MOVE", "UIDPLUS", "QUOTA"} <= set(row["capabilities"])
    assert row["codes"]["certificate_ends"] == "warning"
    assert 40 < row["quota_percent"] < 90
    assert row["codes"]["quota_ok"] == "ok"
    world.domain.append(world.domain.account, letter("More", body="x" * 60 + "\n" * 47_000))
    world.rpc("fetchmail.server", "action_catchall_check_health", [tight_account])
    row = health(world, tight_account)
    assert row["quota_percent"] > 90
    assert row["codes"]["quota_near"] == "warning"
    assert row["level"] == "warning"


def test_sending_sees_the_certificate_of_starttls(tight_world):
    world = tight_world
    account = outgoing(world)
    result = world.rpc("ir.mail_server", "action_catchall_check_health", [account])
    assert result["params"]["type"] == "success", result
    row = health(world, account, "ir.mail_server")
    assert row["encryption"] == "starttls"
    assert {"SIZE", "STARTTLS", "AUTH", "DSN", "8BITMIME", "PIPELINING"} <= set(row["capabilities"])
    assert row["size_limit"] == 104857600
    assert row["codes"]["certificate_ends_strict"] == "warning"
    assert "100.0 MB" in row["capabilities_html"]


def test_administrators_are_told_once(tight_world, tight_account):
    world = tight_world
    world.fetch(tight_account)
    cron = world.rpc.ref("mail_catchall_router.ir_cron_catchall_health")

    def told():
        world.rpc("ir.cron", "method_direct_trigger", [cron])
        return world.value(
            "SELECT count(*) FROM mail_message WHERE subject LIKE '%%needs attention%%'"
            "  AND body LIKE '%%certificate of 127.0.0.1%%'"
        )

    assert told() == 1
    assert told() == 1


@pytest.mark.parametrize("kind", ["imap", "pop"])
def test_the_certificate_behind_starttls_of_a_plain_account(tight_world, kind):
    world = tight_world
    account = world.account(server_type=kind)
    world.rpc("fetchmail.server", "action_catchall_check_health", [account])
    row = health(world, account)
    world.close(account)
    assert row["encryption"] == "none"
    assert row["codes"]["certificate_none_offered"] == "note"  # on this very machine
    assert row["codes"]["certificate_ends"] == "warning"
    assert {"STARTTLS", "STLS"} & set(row["capabilities"])


def test_in_order(world, account):
    world.domain.append(world.domain.account, letter("In order"))
    world.fetch_and_route(account, 1)
    row = health(world, account)
    assert row["codes"]["fetch_ok"] == "ok"
    assert not row["quota_known"]
    assert row["level"] == "note"  # the connection of the test is not encrypted
    assert (row["waiting_count"], row["failed_count"]) == (0, 0)


def test_a_login_test_collects_at_once(world, new_account):
    account = new_account(confirm=False)
    world.rpc("fetchmail.server", "button_confirm_login", [account])
    assert "IDLE" in health(world, account)["capabilities"]


def test_a_wrong_password_of_the_outgoing_account_is_seen_while_sending(world, nobody_is_answered):
    account = outgoing(world)
    password = world.domain.passwords[world.domain.account]
    secret = "Wr0ng-Xyzzy-9"
    world.rpc("ir.mail_server", "write", [account], {"smtp_pass": secret, "smtp_debug": True})
    try:
        mail = world.rpc.create(
            "mail.mail",
            subject="Not out",
            body_html="x",
            email_to="colleague@example.com",
            email_from="anna@example.com",
        )
        world.send_queue()
        row = health(world, account, "ir.mail_server")
        assert row["failing_since"]
        assert row["codes"]["send_trouble"] == "warning"
        assert "535" in row["summary"]
        [left] = world.rpc.read("mail.mail", mail, "state", "failure_reason")
        assert left["state"] == "outgoing"
        assert secret not in str(left)
        assert secret not in str(row)
        assert secret not in str(world.rpc.read("ir.mail_server", account))
        log = world.odoo.log.read_text("utf-8", "replace")
        for form in (secret, base64.b64encode(f"\0{world.domain.account}\0{secret}".encode())):
            assert (form if isinstance(form, str) else form.decode()) not in log
    finally:
        world.rpc(
            "ir.mail_server", "write", [account], {"smtp_pass": password, "smtp_debug": False}
        )
        with contextlib.suppress(Exception):
            world.rpc("mail.mail", "unlink", [mail])
    world.rpc("ir.mail_server", "action_catchall_check_health", [account])
    assert not health(world, account, "ir.mail_server")["failing_since"]


def test_nothing_that_a_browser_can_ask_for_holds_a_password(world, account):
    password = world.domain.passwords[world.domain.account]
    for model, record, name in (
        ("fetchmail.server", account, "password"),
        ("ir.mail_server", outgoing(world), "smtp_pass"),
    ):
        assert world.rpc.read(model, record, name)[0][name] is False
        exported = world.rpc(model, "export_data", [record], ["name", name])
        assert password not in str(exported)
        assert password not in str(world.rpc(model, "copy_data", [record]))
        for operator, value in (("=", password), ("=like", password[:3] + "%"), (">", "a")):
            assert not world.rpc(model, "search_count", [(name, operator, value)])
    # and logging in goes on
    world.domain.append(world.domain.account, letter("Still in"))
    world.fetch_and_route(account, 1)
    world.lead("Still in")
