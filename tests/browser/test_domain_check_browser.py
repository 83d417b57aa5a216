"""The domain check as an administrator sees it, at a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from tools.mail_servers.dns_domain import DnsDomain

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
    expect(finding).to_contain_text("Needs fixing")
    expect(finding).to_contain_text(VALUE)
    finding.locator(".o_catchall_copy_value").click()
    assert page.evaluate("navigator.clipboard.readText()") == VALUE
    screenshot("checkup")


def tab_to(page, selector, limit=80):
    """Press Tab until an element has the focus, as somebody without a mouse does."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def test_by_keyboard_alone(page, shop):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/odoo/mail.alias.domain/{shop}")
    expect(page.locator("button[name=action_catchall_check]")).to_be_visible()
    tab_to(page, "button[name=action_catchall_check]")
    page.keyboard.press("Enter")
    expect(page.locator("[data-code=spf_not_covered]")).to_be_visible()
    tab_to(page, "button[name=action_check_again]")
    tab_to(page, "button[name=action_catchall_use_inbox]")
    tab_to(page, "button[name=action_catchall_has_mailbox]")
    tab_to(page, "button[name=action_catchall_invitation]")
    tab_to(page, "button[name=action_use_inbox]")
    tab_to(page, "[data-code=spf_not_covered] .o_catchall_copy_value")
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("Enter")
    page.wait_for_function(f"navigator.clipboard.readText().then(text => text === {VALUE!r})")
    # whoever hears the screen hears what a button copies
    named = page.get_by_role("button", name="Copy Value")
    assert named.count() == page.locator(".o_catchall_copy_value").count() > 0


def test_the_link_for_somebody_without_a_mailbox(page, shop, odoo, screenshot):
    users = odoo.rpc().read("res.users", [("login", "=", "stella")], "id")
    page.goto(f"/odoo/action-base.action_res_users/{users[0]['id']}")
    banner = page.locator("[name=catchall_no_mailbox]").filter(has_text="catch-all mailbox")
    expect(banner).to_contain_text("notifications, invitation, password emails")
    screenshot("user-without-mailbox")
    banner.get_by_role("button", name="Show the Link").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("/web/signup?")
    expect(dialog.locator(".o_clipboard_button")).to_be_visible()
    screenshot("login-link")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


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
    odoo.rpc().create("res.users", name="Tina", login="tina", email="tina@shop.test")
    action = odoo.rpc()("mail.alias.domain", "action_catchall_check", [shop])
    phone.goto(f"/odoo/domain-checkup/{action['res_id']}")
    expect(phone.locator("[data-code=spf_not_covered]")).to_contain_text(VALUE)
    users = phone.locator("[name=user_ids]")
    expect(users).to_contain_text("tina@shop.test")
    expect(users.get_by_role("button", name="Show the Link").first).to_be_visible()
    # nothing is cut off: every button lies within the screen
    for button in phone.locator(".o_catchall_findings button, [name=user_ids] button").all():
        box = button.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= phone.viewport_size["width"]
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= phone.viewport_size["width"]
    save(phone, "checkup-phone")
