"""A trial on the screen: from the wizard over the comparison to the switch."""

import pytest
from playwright.sync_api import expect


def letter(subject, to, sender="Carla Customer <carla@customer.test>", **headers):
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    lines += [f"Message-ID: <{subject.replace(' ', '.')}@customer.test>"]
    lines += ["Date: Mon, 02 Nov 2026 09:59:58 +0000"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", "Hello, how much are 40 chairs?", ""]).encode()


@pytest.fixture(scope="module")
def account(odoo, mail_domain):
    """An account that Odoo itself fetches, and its mailbox with messages of several kinds."""
    rpc = odoo.rpc()
    known = rpc.read("mail.alias.domain", [("name", "=", mail_domain.domain)], "id")
    values = {"catchall_alias": "catchall", "bounce_alias": "bounce"}
    domain = (
        known[0]["id"]
        if known
        else rpc.create("mail.alias.domain", name=mail_domain.domain, **values)
    )
    model = rpc.read("ir.model", [("model", "=", "crm.lead")], "id")[0]["id"]
    if not rpc.read("mail.alias", [("alias_name", "=", "sales")], "id"):
        rpc.create("mail.alias", alias_name="sales", alias_model_id=model, alias_domain_id=domain)
    mail_domain.clear(mail_domain.account)
    # Those that other tests have set up would fetch what this one is to find.
    others = rpc.read("fetchmail.server", [("user", "=", mail_domain.account)], "id")
    if others:
        rpc("fetchmail.server", "write", [other["id"] for other in others], {"active": False})
    account = rpc.create(
        "fetchmail.server",
        name="Office mailbox",
        server_type="imap",
        server="127.0.0.1",
        port=mail_domain.imap_port,
        user=mail_domain.account,
        password=mail_domain.passwords[mail_domain.account],
        alias_domain_ids=[(6, 0, [domain])],
        state="done",
    )
    yield account
    rpc("fetchmail.server", "write", [account], {"active": False})


def deliver(mail_domain):
    for number in range(6):
        raw = letter(f"Price of {number + 2} chairs", "sales@example.com")
        mail_domain.send(raw, "carla@customer.test", "sales@example.com")
    for subject, to in (
        ("Your offer for 40 chairs", "saels@example.com"),
        ("Chairs, once more", "friend@elsewhere.test"),
        ("To somebody who has left", "old.colleague@example.com"),
    ):
        recipient = to if to.endswith("example.com") else "sales@example.com"
        mail_domain.send(letter(subject, to), "carla@customer.test", recipient)
    raw = letter("News of the week", "sales@example.com", List_Id="<news.shop.test>")
    mail_domain.send(raw, "carla@customer.test", "sales@example.com")
    mail_domain.wait_delivered()


def test_from_the_wizard_to_the_switch(page, phone, account, odoo, mail_domain, screenshot, save):
    form = f"/odoo/action-mail.action_email_server_tree/{account}"
    page.goto(form)
    banner = start(page, screenshot)
    deliver(mail_domain)
    fetch(page, banner)
    screenshot("trial-account")
    phone.goto(form)
    expect(phone.locator(".alert", has_text="On trial")).to_contain_text("Emails: 10.")
    assert_fits(phone)
    save(phone, "trial-account-phone")

    compare(page, screenshot)
    compare_on_a_phone(phone, save)

    page.get_by_role("button", name="Route Now").click()
    expect(page.locator(".o_notification")).to_contain_text("The email is being routed")
    expect(page.get_by_role("button", name="Route Now")).to_have_count(0)
    expect(page.locator(".o_form_view")).to_contain_text("handed to the router afterwards")
    screenshot("trial-mail-routed")

    page.goto(form)
    switch(page, screenshot)
    [server] = odoo.rpc().read("fetchmail.server", account, "is_catchall", "catchall_shadow")
    assert (server["is_catchall"], server["catchall_shadow"]) == (True, False)


def start(page, screenshot):
    """Put the account on trial; return the banner that its form has from now on."""
    page.get_by_role("button", name="Start Trial…").click()
    dialog = page.locator(".modal")
    expect(dialog.get_by_label("Trial first")).to_be_checked()
    expect(dialog).to_contain_text("Nothing changes")
    screenshot("trial-activate")
    dialog.get_by_role("button", name="Test & Start").click()
    banner = page.locator(".alert", has_text="On trial")
    expect(banner).to_contain_text("Odoo has not fetched any mail since.")
    screenshot("trial-started")
    return banner


def fetch(page, banner):
    page.get_by_role("button", name="Fetch Now").click()
    expect(banner).to_contain_text("Emails: 10.", timeout=120_000)
    expect(banner).to_contain_text("Same: 6. Lost by Odoo: 3. Otherwise different: 1.")
    expect(banner.locator(".progress-bar").first).to_be_visible()


def compare(page, screenshot):
    page.get_by_role("button", name="Compare").click()
    rows = page.locator(".o_data_row")
    expect(rows).to_have_count(10)
    mistyped = rows.filter(has_text="Your offer for 40 chairs")
    expect(mistyped).to_contain_text("Router is better")
    screenshot("trial-list")
    page.click(".o_switch_view.o_graph")
    expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
    screenshot("trial-graph")
    page.click(".o_switch_view.o_pivot")
    expect(page.locator(".o_pivot table")).to_be_visible()
    screenshot("trial-pivot")
    page.click(".o_switch_view.o_list")
    mistyped.locator("td[name=subject]").click()
    expect(page.locator(".o_form_view")).to_contain_text("Nobody has received this email")
    expect(page.locator(".o_catchall_story")).to_be_visible()
    screenshot("trial-mail")


def compare_on_a_phone(phone, save):
    phone.goto("/odoo/mail-trial")
    expect(phone.locator(".o_kanban_record:not(.o_kanban_ghost)")).to_have_count(10)
    save(phone, "trial-cards-phone")
    phone.locator(".o_kanban_record", has_text="Your offer for 40 chairs").click()
    expect(phone.locator(".o_form_view")).to_contain_text(
        "What the router would have done", ignore_case=True
    )
    assert_fits(phone)
    save(phone, "trial-mail-phone")


def assert_fits(phone):
    """Nothing is cut off on the right."""
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]


def switch(page, screenshot):
    page.get_by_role("button", name="Switch").click()
    expect(page.locator(".modal")).to_contain_text("not reviewed yet: 2")
    expect(page.locator(".modal").get_by_label("Route Emails Lost by Odoo")).to_be_checked()
    screenshot("trial-switch")
    page.locator(".modal").get_by_role("button", name="Switch").click()
    expect(page.locator(".o_notification").last).to_contain_text("being routed: 2")
    expect(page.locator(".alert", has_text="On trial")).to_have_count(0)
    expect(page.locator("[name=catchall_waiting_count]")).to_be_visible()
    screenshot("trial-switched")
