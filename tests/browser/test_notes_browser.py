"""What claims to be of a colleague is released by that colleague: in the chatter, in Discuss."""

import json

import pytest
from playwright.sync_api import expect

# The administrator and a colleague follow a customer's lead; four messages name its Message-ID.
WORLD = """
import json
from odoo.addons.mail_catchall_router.models.incoming.ledger import Ledger
from odoo.addons.mail_catchall_router.models.routing.delivery import Delivery
from odoo.addons.mail_catchall_router.models.routing.routing_context import Batch
env["mail.alias.domain"].search([("name", "=", "example.com")]) or \\
    env["mail.alias.domain"].create({"name": "example.com"})
admin = env.ref("base.user_admin")
admin.write({"email": "admin@example.com", "notification_type": "inbox"})
env["res.users"].create({"name": "Ben Boss", "login": "ben@example.com",
                         "email": "ben@example.com"})
customer = env["res.partner"].create({"name": "Carla", "email": "carla@customer.test"})
lead = env["crm.lead"].create({"name": "Chairs for the hall", "partner_id": customer.id})
lead.message_subscribe((admin.partner_id | customer).ids)
offer = lead.message_post(body="Our offer", message_type="comment",
                          subtype_xmlid="mail.mt_comment")
server = env["fetchmail.server"].create({
    "name": "Catch-all of the notes", "server_type": "imap", "server": "mail.example.com",
    "user": "catchall@example.com", "password": "x", "is_catchall": True})
ledger = Ledger(server, env)
for number, (sender, body) in enumerate((
    ("Admin <admin@example.com>", "Written on my phone"),
    ("Admin <admin@example.com>", "Written on a train"),
    ("Ben Boss <ben@example.com>", "Please pay to another account"),
    ("Carla at home <carla@home.test>", "I take two hundred"))):
    source = (f"From: {sender}\\r\\nTo: catchall@example.com\\r\\nSubject: Re: Chairs\\r\\n"
              f"Message-ID: <note{number}@somewhere.test>\\r\\nReferences: {offer.message_id}\\r\\n"
              f"\\r\\n{body}\\r\\n")
    ledger.insert(f"note{number}", source.encode())
for row in env["mail.catchall.message"].search([("remote_key", "=like", "note%")]):
    Delivery(row, Batch(env)).route()
env.cr.commit()
print("LEAD", json.dumps(lead.id))
"""


@pytest.fixture(scope="module")
def lead(odoo):
    """The path of the lead's form."""
    printed = odoo.shell(WORLD)
    lead_id = json.loads(printed.rpartition("LEAD ")[2].splitlines()[0])
    return f"/odoo/crm/{lead_id}"


def message(page, text):
    """The message in the chatter, or in Discuss, that has this text."""
    return page.locator(".o-mail-Message").filter(has_text=text)


def choose(page, note, action):
    """Choose an action of a message, which stands beside it or in its menu."""
    note.hover()
    button = note.get_by_title(action)
    if not button.count():
        note.get_by_title("Expand").click()
        button = page.get_by_role("menuitem", name=action)
    button.click()


# First: whoever opens the record has read its messages, and they leave the inbox.
def test_it_is_released_from_the_inbox(lead, page, screenshot):
    page.goto("/odoo/discuss?active_id=mail.box_inbox")
    note = message(page, "Written on a train")
    expect(note).to_contain_text("Not proved")
    note.hover()
    screenshot("note-inbox")
    choose(page, note, "I Wrote This: Release")
    expect(note).not_to_contain_text("Not proved")


def test_a_note_says_why_and_is_released(lead, page, screenshot):
    page.goto(lead)
    note = message(page, "Written on my phone")
    expect(note).to_contain_text("Not proved: this email claims to come from admin@example.com")
    note.hover()
    screenshot("note-unproven")
    choose(page, note, "I Wrote This: Release")
    expect(note).not_to_contain_text("Not proved")
    expect(message(page, "it is mine").first).to_be_visible()
    screenshot("note-released")
    page.reload()
    note = message(page, "Written on my phone")
    expect(note).not_to_contain_text("Not proved")
    note.hover()
    expect(note.get_by_title("I Wrote This: Release")).to_have_count(0)


def test_others_send_it_on(lead, page, screenshot):
    page.goto(lead)
    note = message(page, "Please pay to another account")
    note.hover()
    expect(note.get_by_title("I Wrote This: Release")).to_have_count(0)
    choose(page, note, "Send On Under My Name")
    expect(page.locator(".modal")).to_contain_text("Nothing proves who wrote this email")
    screenshot("note-send-on")
    page.locator(".modal").get_by_role("button", name="Send On").click()
    sent = page.locator(".o-mail-Message").filter(has_text="This email reached us from")
    expect(sent).to_be_visible()


def test_a_stranger_is_the_customer(lead, page, screenshot):
    page.goto(lead)
    note = message(page, "I take two hundred")
    expect(note).to_contain_text("carla@home.test is not known on this record")
    choose(page, note, "It Is the Customer")
    expect(note).not_to_contain_text("is not known on this record")
    screenshot("note-customer")
