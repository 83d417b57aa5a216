"""The check-up as an administrator sees it, at a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tools.dns_domain import DnsDomain

RECORDS = [
    "mx-host=shop.test,mx.shop.test,10",
    "host-record=mx.shop.test,192.0.2.1",
    'txt-record=shop.test,"v=spf1 ip4:198.51.100.1 -all"',
    'txt-record=_dmarc.shop.test,"v=DMARC1; p=none"',
]
VALUE = "v=spf1 ip4:198.51.100.1 a:mx.shop.test -all"


@pytest.fixture(scope="module")
def shop(odoo):
    """An alias domain whose SPF record leaves its own server out; its id."""
    rpc = odoo.rpc()
    domain = rpc.create("mail.alias.domain", name="shop.test")
    only = [(6, 0, [domain])]
    account = {"name": "Shop", "is_catchall": True}
    rpc.create(
        "ir.mail_server",
        smtp_host="mx.shop.test",
        smtp_user="all@shop.test",
        catchall_alias_domain_ids=only,
        **account,
    )
    rpc.create(
        "fetchmail.server",
        server="mx.shop.test",
        user="all@shop.test",
        alias_domain_ids=only,
        **account,
    )
    rpc.create("res.users", name="Stella", login="stella", email="stella@shop.test")
    with DnsDomain(RECORDS) as dns:
        rpc("ir.config_parameter", "set_param", "mail_catchall_router.dns_server", dns.address)
        yield domain


def test_the_button_shows_what_to_publish(page, shop, screenshot):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/odoo/mail.alias.domain/{shop}")
    page.click("button[name=action_catchall_check]")
    finding = page.locator("[data-code=spf_not_covered]")
    expect(finding).to_contain_text("To be mended")
    expect(finding).to_contain_text(VALUE)
    finding.locator(".o_catchall_copy_value").click()
    assert page.evaluate("navigator.clipboard.readText()") == VALUE
    screenshot("checkup")


def test_users_without_a_mailbox_get_the_odoo_inbox(page, shop, odoo):
    page.goto(f"/odoo/mail.alias.domain/{shop}")
    page.click("button[name=action_catchall_check]")
    users = page.locator("[name=user_ids]")
    expect(users).to_contain_text("stella@shop.test")
    page.click("button[name=action_use_inbox]")
    expect(users).to_have_count(0)
    found = odoo.rpc().read("res.users", [("login", "=", "stella")], "notification_type")
    assert found[0]["notification_type"] == "inbox"


def test_on_a_phone(phone, shop, odoo, save):
    action = odoo.rpc()("mail.alias.domain", "action_catchall_check", [shop])
    phone.goto(f"/odoo/domain-checkup/{action['res_id']}")
    expect(phone.locator("[data-code=spf_not_covered]")).to_contain_text(VALUE)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= phone.viewport_size["width"]
    save(phone, "checkup-phone")
