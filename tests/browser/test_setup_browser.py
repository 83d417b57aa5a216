"""From an empty database to a verified mailbox by the setup alone, on real servers."""

import re

import pytest
from conftest import PHONE, pages_of
from playwright.sync_api import expect

from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.dns_domain import DnsDomain


@pytest.fixture(scope="module")
def dns(mail_domain):
    """What the domain publishes: its servers by SRV (RFC 6186), and records of mail."""
    records = [
        "mx-host=example.com,localhost,10",
        f"srv-host=_imaps._tcp.example.com,localhost,{mail_domain.imaps_port}",
        f"srv-host=_submission._tcp.example.com,localhost,{mail_domain.submission_port}",
        'txt-record=example.com,"v=spf1 ip4:127.0.0.1 -all"',
        'txt-record=_dmarc.example.com,"v=DMARC1; p=none"',
        "mx-host=tenant.test,tenant-test.mail.protection.outlook.com,0",
    ]
    with DnsDomain(records) as server:
        yield server


@pytest.fixture(scope="module")
def empty(mail_domain, dns):
    """An Odoo on a database that has the addon and nothing else."""
    mail_domain.clear(mail_domain.account)
    env = {"SSL_CERT_FILE": str(mail_domain.ca_file)}
    with OdooServer(fresh("setup"), env=env) as server:
        rpc = server.rpc()
        for model in ("fetchmail.server", "ir.mail_server", "mail.alias.domain"):
            assert not rpc.read(model, [], "id"), model
        # Instead of the name server of this machine.
        rpc("ir.config_parameter", "set_param", "mail_catchall_router.dns_server", dns.address)
        yield server


@pytest.fixture(scope="module")
def open_empty(empty, browser):
    return pages_of(empty, browser)


def level(page, code):
    return page.locator(f"[data-code={code}]")


def back_from(page, model):
    """Go back from the form of a model: its address is pushed after it is drawn."""
    page.wait_for_url(re.compile(re.escape(model)))
    page.go_back()


def log_in_with_a_wrong_password(page, account, address):
    """It says so, and nothing that was typed is gone."""
    address.fill(account)
    page.locator("[name=password] input").fill("wrong")
    page.click("button[name=action_set_up]:visible")
    expect(level(page, "incoming_login")).to_contain_text("Check the user name and the password")
    expect(level(page, "outgoing_login")).to_be_visible()
    expect(address).to_have_value(account)
    expect(page.locator("[name=server] input")).to_have_value("localhost")
    assert page.locator("[name=password] input").input_value() == ""


def go_live(page):
    page.click("button[name=action_start]")
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Mail that arrives from now on").click()
    dialog.locator("button[name=action_activate]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".alert-success")).to_contain_text("Domain: example.com")


def assert_set_up(rpc):
    """Both accounts are as the set-up found them out."""
    (account,) = rpc.read(
        "fetchmail.server", [], "state", "catchall_verified_date", "envelope_header"
    )
    assert account["state"] == "done"
    assert account["catchall_verified_date"]
    assert account["envelope_header"] == "X-Original-To"
    (outgoing,) = rpc.read("ir.mail_server", [], "is_catchall", "smtp_encryption")
    assert outgoing == {
        "id": outgoing["id"],
        "is_catchall": True,
        "smtp_encryption": "starttls_strict",
    }


def test_from_an_empty_database_to_a_verified_mailbox(open_empty, empty, mail_domain, save):
    with open_empty() as page:
        page.goto("/odoo/action-mail_catchall_router.action_mail_catchall_message")
        page.click(".o_view_nocontent a:has-text('Set up the mailbox')")
        address = page.locator("[name=address] input")
        expect(address).to_be_visible()
        save(page, "setup")

        log_in_with_a_wrong_password(page, mail_domain.account, address)
        save(page, "setup-wrong-password")

        page.locator("[name=password] input").fill(mail_domain.passwords[mail_domain.account])
        page.click("button[name=action_set_up]:visible")
        expect(level(page, "incoming_ok")).to_be_visible()
        expect(level(page, "outgoing_ok")).to_be_visible()
        save(page, "setup-ready")

        page.click("button[name=action_probe]:visible")
        expect(level(page, "catch_all_ok")).to_be_visible(timeout=120_000)
        back_from(page, "mail.catchall.probe")
        go_live(page)
        page.click("button[name=action_checkup]")
        expect(page.locator("[data-code=spf_ok]")).to_be_visible()
        back_from(page, "mail.catchall.checkup")
        expect(page.locator("[name=checkup_level]")).to_be_visible()
        save(page, "setup-done")
        # the menu leads back to it
        page.click("button[data-menu-xmlid='mail_catchall_router.menu_configuration']")
        page.click("[data-menu-xmlid='mail_catchall_router.menu_setup']")
        expect(page.locator("[name=domain] input, [name=domain] span").first).to_be_visible()

    assert_set_up(empty.rpc())


def tab_to(page, selector, limit=60):
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _press in range(limit):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not come to {selector}")


def test_by_keyboard_alone(open_empty, mail_domain):
    with open_empty() as page:
        page.goto("/odoo/catchall-setup/new")
        expect(page.locator("[name=address] input")).to_be_visible()
        tab_to(page, "[name=address] input")
        page.keyboard.type("all@keys.test")
        tab_to(page, "[name=password] input")
        page.keyboard.type("a password")
        page.keyboard.press("Alt+q")
        expect(page.locator("[name=server] input")).to_have_value("mail.keys.test")
        unknown = page.locator("[data-code=incoming_no_name], [data-code=incoming_no_dns]")
        expect(unknown).to_contain_text("mail.keys.test")
        tab_to(page, "[name=server] input")
        page.keyboard.press("Control+a")
        page.keyboard.type("localhost")
        tab_to(page, "[name=smtp_host] input")
        page.keyboard.press("Control+a")
        page.keyboard.type("localhost")
        page.keyboard.press("Alt+q")
        expect(level(page, "incoming_refused")).to_contain_text("nothing answers at localhost")


def test_a_provider_that_wants_oauth_and_commands(open_empty, save):
    with open_empty() as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/odoo/catchall-setup/new")
        page.locator("[name=address] input").fill("catchall@tenant.test")
        page.click("button[name=action_set_up]:visible")
        provider = page.locator("[name=provider_html]")
        expect(provider).to_contain_text("Microsoft 365")
        expect(page.locator("[name=password]")).to_have_count(0)
        commands = page.locator("[name=provider_commands]")
        expect(commands.last).to_contain_text("Set-AcceptedDomain -Identity 'tenant.test'")
        page.get_by_role("button", name="Copy Commands").click()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "-RedirectMessageTo 'catchall@tenant.test'" in copied
        page.click("button[name=action_connect_incoming]")
        expect(page.get_by_role("dialog")).to_contain_text("client ID and secret")
        page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
        save(page, "setup-microsoft")


def test_on_a_phone(open_empty, save):
    with open_empty(PHONE, has_touch=True, is_mobile=True) as phone:
        phone.goto("/odoo/catchall-setup/new")
        expect(phone.locator("[name=address] input")).to_be_visible()
        save(phone, "setup-phone-new")
        phone.goto("/odoo/catchall-setup/1")
        expect(level(phone, "incoming_ok")).to_be_visible()
        width = phone.evaluate("document.documentElement.scrollWidth")
        assert width <= phone.viewport_size["width"]
        save(phone, "setup-phone")


def test_the_settings_lead_to_it(open_empty, save):
    with open_empty() as page:
        page.goto("/odoo/settings")
        setting = page.locator("#catchall_setup_setting")
        setting.scroll_into_view_if_needed()
        setting.get_by_role("button").click()
        expect(page.locator(".o_catchall_findings, .o_list_view").first).to_be_visible()
