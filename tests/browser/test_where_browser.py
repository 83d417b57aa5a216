"""Where would this go? Asked by keyboard, about an address and a pasted message."""

from playwright.sync_api import expect


def ask(page):
    page.goto("/odoo/catchall-probes")
    page.click(".o_menu_sections >> text=Where Would This Go?")
    dialog = page.locator(".modal-content")
    expect(dialog.locator("[name=address] input")).to_be_visible()
    return dialog


def test_an_address_by_keyboard(page, screenshot):
    dialog = ask(page)
    dialog.locator("[name=address] input").fill("nobody-has-this@example.com")
    page.keyboard.press("Alt+q")
    expect(dialog.locator("[name=outcome]")).to_contain_text("No recipient found")
    expect(dialog.locator("[name=trace_html]")).to_contain_text("Mistyped addresses")
    screenshot("where")


def test_a_pasted_mail(page):
    dialog = ask(page)
    dialog.locator("text=A pasted email").click()
    mail = "From: a@customer.test\nTo: nobody-has-this@example.com\nSubject: S\n\nHello"
    dialog.locator("[name=text] textarea").fill(mail)
    dialog.locator("button[name=action_ask]").click()
    expect(dialog.locator("[name=recipients_html]")).to_contain_text("nobody-has-this@example.com")


def test_on_a_phone(phone, save):
    phone.goto("/odoo/action-mail_catchall_router.action_mail_catchall_where")
    field = phone.locator("[name=address] input")
    field.fill("sales@example.com")
    phone.locator("button[name=action_ask]").click()
    expect(phone.locator("[name=outcome]")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= phone.viewport_size["width"]
    save(phone, "where-phone")
