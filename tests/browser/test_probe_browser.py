"""A probe on the screen: it shows by itself what arrives, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def account(odoo, mail_domain):
    rpc = odoo.rpc()
    known = rpc.read("mail.alias.domain", [("name", "=", mail_domain.domain)], "id")
    domain = known[0]["id"] if known else rpc.create("mail.alias.domain", name=mail_domain.domain)
    before = rpc.read("ir.mail_server", [("is_catchall", "=", True)], "id")
    rpc("ir.mail_server", "write", [row["id"] for row in before], {"active": False})
    password = mail_domain.passwords[mail_domain.account]
    outgoing = rpc.create(
        "ir.mail_server",
        name="Probe",
        smtp_host="localhost",
        smtp_port=mail_domain.submission_port,
        smtp_encryption="starttls",
        smtp_user=mail_domain.account,
        smtp_pass=password,
        is_catchall=True,
        catchall_alias_domain_ids=[(6, 0, [domain])],
    )
    account = rpc.create(
        "fetchmail.server",
        name="Mailbox of the probe",
        server_type="imap",
        server="127.0.0.1",
        port=mail_domain.imap_port,
        is_ssl=False,
        user=mail_domain.account,
        password=password,
        is_catchall=True,
        alias_domain_ids=[(6, 0, [domain])],
    )
    yield account
    rpc("fetchmail.server", "write", [account], {"active": False})
    rpc("ir.mail_server", "write", [outgoing], {"active": False})
    rpc("ir.mail_server", "write", [row["id"] for row in before], {"active": True})


def test_from_the_button_to_the_proof(page, phone, account, odoo, mail_domain, screenshot, save):
    page.goto(f"/odoo/action-mail.action_email_server_tree/{account}")
    page.click("button[name=action_catchall_probe]")
    findings = page.locator(".o_catchall_findings")
    # nobody presses anything: the job looks, and the page shows it
    expect(findings.locator("[data-code=catch_all_ok]")).to_be_visible(timeout=120_000)
    expect(findings.locator("[data-code=recipient_ok]")).to_contain_text("X-Original-To")
    address = page.locator("[name=outside_address]").inner_text().split()[0]
    assert address.startswith("probe-")
    screenshot("probe")
    mail = f"From: Me <me@customer.test>\r\nTo: {address}\r\nSubject: Test\r\n\r\nHello\r\n"
    mail_domain.send(mail.encode(), "me@customer.test", address)
    expect(findings.locator("[data-code=outside_ok]")).to_be_visible(timeout=120_000)
    expect(page.locator("button[name=action_again]")).to_be_visible()
    screenshot("probe-done")
    (probe,) = odoo.rpc().read(
        "mail.catchall.probe", [("fetchmail_server_id", "=", account)], "id", "state"
    )
    assert probe["state"] == "done"
    phone.goto(f"/odoo/catchall-probes/{probe['id']}")
    expect(phone.locator("[data-code=catch_all_ok]")).to_be_visible()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= phone.viewport_size["width"]
    save(phone, "probe-phone")
    page.goto(f"/odoo/action-mail.action_email_server_tree/{account}")
    page.click("a[name=catchall]")
    expect(page.locator("[name=catchall_verified_date]")).to_be_visible()
    screenshot("account-verified")
