"""Who else got an email is shown with it and offered as Cc, in the chatter and the composer."""

import json

import pytest
from playwright.sync_api import expect

WORLD = """
import json
from odoo.addons.mail_catchall_router.models.incoming.ledger import Ledger
from odoo.addons.mail_catchall_router.models.routing.delivery import Delivery
from odoo.addons.mail_catchall_router.models.routing.routing_context import Batch
env["mail.alias.domain"].search([("name", "=", "example.com")]) or \\
    env["mail.alias.domain"].create({"name": "example.com"})
customer = env["res.partner"].create({"name": "Carla Cc", "email": "carla@cc.test"})
lead = env["crm.lead"].create({"name": "Tables for the hall", "partner_id": customer.id})
offer = lead.message_post(body="Our offer", message_type="comment", partner_ids=customer.ids,
                          subtype_xmlid="mail.mt_comment")
server = env["fetchmail.server"].create({
    "name": "Catch-all of Cc", "server_type": "imap", "server": "mail.example.com",
    "user": "catchall@example.com", "password": "x", "is_catchall": True})
source = (f"From: Carla Cc <carla@cc.test>\\r\\nTo: catchall@example.com\\r\\n"
          f"Cc: Dora Planner <dora@planner.test>, erik@hall.test\\r\\nSubject: Re: Tables\\r\\n"
          f"Message-ID: <cc1@cc.test>\\r\\nReferences: {offer.message_id}\\r\\n"
          f"\\r\\nWe take ten\\r\\n")
Ledger(server, env).insert("cc1", source.encode())
for row in env["mail.catchall.message"].search([("remote_key", "=", "cc1")]):
    Delivery(row, Batch(env)).route()
env.cr.commit()
print("LEAD", json.dumps(lead.id))
"""
CHOSEN = """
import json
found = env["mail.message"].search([("model", "=", "crm.lead"), ("res_id", "=", {lead}),
                                    ("outgoing_email_to", "!=", False)], order="id")
named = ("dora@planner.test", "erik@hall.test")
contacts = env["res.partner"].search_count([("email", "in", named)])
print("CHOSEN", json.dumps([found.mapped("outgoing_email_to"), contacts]))
"""


@pytest.fixture(scope="module")
def lead(odoo):
    """The id of the lead."""
    printed = odoo.shell(WORLD)
    return json.loads(printed.rpartition("LEAD ")[2].splitlines()[0])


def test_cc_is_shown_and_offered(odoo, lead, page, screenshot):
    page.goto(f"/odoo/crm/{lead}")
    message = page.locator(".o-mail-Message").filter(has_text="We take ten")
    others = message.locator(".o_catchall_others")
    expect(others).to_have_text("Also sent to: Dora Planner <dora@planner.test>, erik@hall.test")

    page.get_by_role("button", name="Send message").click()
    row = page.locator(".o-mail-Chatter .o_catchall_cc")
    dora = row.get_by_label("Dora Planner")
    expect(dora).not_to_be_checked()
    expect(page.locator(".o-mail-RecipientsInput")).to_contain_text("Carla Cc")
    expect(page.locator(".o-mail-RecipientsInput")).not_to_contain_text("Dora")
    dora.check()
    row.get_by_label("erik@hall.test").check()
    row.get_by_label("erik@hall.test").uncheck()
    screenshot("cc-chatter")
    page.locator(".o-mail-Composer-input").fill("Ten it is")
    page.locator(".o-mail-Composer-send").click()
    expect(page.locator(".o-mail-Message").filter(has_text="Ten it is")).to_be_visible()

    page.get_by_role("button", name="Send message").click()
    expect(dora).not_to_be_checked()
    row.get_by_label("erik@hall.test").check()
    page.get_by_title("Open Full Composer").click()
    field = page.locator(".modal .o_catchall_cc")
    expect(field.get_by_label("erik@hall.test")).to_be_checked()
    field.get_by_label("erik@hall.test").uncheck()
    field.get_by_label("Dora Planner").check()
    screenshot("cc-composer")
    page.locator(".modal .note-editable").fill("By Friday")
    page.locator(".modal").get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".o-mail-Message").filter(has_text="By Friday")).to_be_visible()

    page.get_by_role("button", name="Log note").click()
    expect(page.locator(".o-mail-Composer-input")).to_be_visible()
    expect(page.locator(".o-mail-Chatter .o_catchall_cc")).to_have_count(0)
    printed = odoo.shell(CHOSEN.format(lead=lead))
    chosen = json.loads(printed.rpartition("CHOSEN ")[2].splitlines()[0])
    assert chosen == [['"Dora Planner" <dora@planner.test>'] * 2, 0], chosen
