"""The condition of accounts as an administrator sees it; passwords that no browser gets."""

import pytest
from conftest import pages_of
from playwright.sync_api import expect

from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.mail_domain import MailDomain

CALM = "() => !document.querySelector('.o_loading_indicator')"
PASSWORD = "Xyzzy-Pl0ugh-7781"


@pytest.fixture(scope="module")
def odoo(mail_domain):
    """An Odoo of its own: others begin with an empty ledger."""
    with OdooServer(fresh("health"), env={"SSL_CERT_FILE": str(mail_domain.ca_file)}) as server:
        yield server


@pytest.fixture(scope="module")
def open_page(odoo, browser):
    return pages_of(odoo, browser)


@pytest.fixture(scope="module")
def tight(odoo):
    """An account whose mailbox is nearly full and whose certificate ends soon; its ids."""
    rpc = odoo.rpc()
    with MailDomain(certificate_days=5, quota_kb=200) as domain:
        alias_domain = rpc.create("mail.alias.domain", name="tight.test")
        only = [(6, 0, [alias_domain])]
        body = b"Subject: Large\r\n\r\n" + (b"x" * 60 + b"\r\n") * 3_000
        domain.append(domain.account, body)
        login = {"is_catchall": True, "name": "Tight"}
        incoming = rpc.create(
            "fetchmail.server",
            server="127.0.0.1",
            port=domain.imaps_port,
            is_ssl=True,
            user=domain.account,
            password=domain.passwords[domain.account],
            alias_domain_ids=only,
            state="done",
            **login,
        )
        outgoing = rpc.create(
            "ir.mail_server",
            smtp_host="localhost",
            smtp_port=domain.submission_port,
            smtp_encryption="starttls",
            smtp_user=domain.account,
            smtp_pass=domain.passwords[domain.account],
            catchall_alias_domain_ids=only,
            **login,
        )
        rpc("fetchmail.server", "fetch_mail", [incoming])
        yield {"incoming": incoming, "outgoing": outgoing, "domain": domain}
        rpc("ir.mail_server", "write", [outgoing], {"active": False})
        rpc("fetchmail.server", "write", [incoming], {"active": False})


def test_all_accounts_on_one_screen(page, tight, screenshot):
    page.goto("/odoo/mail-accounts")
    card = page.locator(".o_kanban_record", has_text="Tight").first
    expect(card).to_contain_text("Incoming")
    expect(card).to_contain_text("91% full")
    expect(card.locator(".o_progressbar")).to_be_visible()
    expect(card.locator("canvas")).to_be_visible()
    screenshot("accounts")
    page.click(".o_switch_view.o_list")
    expect(page.locator(".o_list_table")).to_contain_text("Tight")
    screenshot("accounts-list")
    page.click(".o_switch_view.o_kanban")
    card.click(position={"x": 20, "y": 12})
    expect(page.locator("[name=is_catchall]")).to_be_visible()


def test_the_form_says_what_is_wrong_and_asks_again(page, tight, screenshot):
    page.goto(f"/odoo/fetchmail.server/{tight['incoming']}")
    page.click("a[name=catchall_health]")
    expect(page.locator("[data-code=certificate_ends]")).to_contain_text("Warning")
    expect(page.locator("[data-code=quota_near]")).to_contain_text("% full")
    page.click("button[name=action_catchall_check_health]")
    expect(page.locator(".o_notification")).to_contain_text("has been checked")
    page.click("a[name=catchall_health]")
    expect(page.locator(".o_catchall_capabilities")).to_contain_text("UIDPLUS")
    screenshot("health")


def test_the_outgoing_form(page, tight, screenshot):
    page.goto(f"/odoo/ir.mail_server/{tight['outgoing']}")
    page.click("button[name=action_catchall_check_health]")
    expect(page.locator(".o_notification")).to_contain_text("has been checked")
    expect(page.locator("[data-code=certificate_ends]")).to_be_visible()
    expect(page.locator(".o_catchall_capabilities")).to_contain_text("PIPELINING")
    page.wait_for_function(CALM)
    page.locator(".o_catchall_health").scroll_into_view_if_needed()
    screenshot("health-outgoing")


def test_a_password_is_typed_and_never_seen_again(page, tight, odoo, screenshot):
    rpc = odoo.rpc()
    account = rpc.create(
        "fetchmail.server",
        name="Secret",
        server="mx.example.com",
        port=993,
        user="all@example.com",
        password=PASSWORD,
        is_catchall=True,
    )
    answers = []
    page.on(
        "response",
        lambda response: answers.append(response.text()) if "/web/dataset" in response.url else 0,
    )

    def stored():
        return odoo.shell(f"print('<%s>' % env['fetchmail.server'].browse({account}).password)")

    page.goto(f"/odoo/fetchmail.server/{account}")
    field = page.locator("[name=password] input")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("type", "password")
    expect(field).to_have_attribute("placeholder", "Stored. Type to replace it.")
    screenshot("password")
    page.fill("[name=name] input", "Renamed")
    page.click(".o_form_button_save")
    expect(page.locator(".o_form_saved")).to_be_attached()
    assert f"<{PASSWORD}>" in stored()
    field.fill("new-one")
    page.click(".o_form_button_save")
    expect(page.locator(".o_form_saved")).to_be_attached()
    expect(field).to_have_value("")
    assert "<new-one>" in stored()
    assert answers
    assert not [answer for answer in answers if PASSWORD in answer or "new-one" in answer]
    rpc("fetchmail.server", "unlink", [account])


def test_on_a_phone(phone, tight, save):
    for path, wait, name in (
        ("/odoo/mail-accounts", ".o_kanban_record canvas", "accounts-phone"),
        (f"/odoo/ir.mail_server/{tight['outgoing']}", "[name=catchall_health]", "health-phone"),
    ):
        phone.goto(path)
        phone.locator(wait).first.scroll_into_view_if_needed()
        width = phone.evaluate("document.documentElement.scrollWidth")
        assert width <= phone.viewport_size["width"], path
        save(phone, name)
