"""The administrator writes a rule and sees what it would change; a newsletter is accepted."""

import pytest
from playwright.sync_api import expect

# Three messages lie in the ledger: one for sales, a newsletter, one that names nobody.
LEDGER = """
from odoo.addons.mail_catchall_router.models.incoming.ledger import Ledger
from odoo.addons.mail_catchall_router.models.routing.delivery import Delivery
from odoo.addons.mail_catchall_router.models.routing.routing_context import Batch
server = env["fetchmail.server"].create({
    "name": "Catch-all", "server_type": "imap", "server": "mail.example.com",
    "user": "catchall@example.com", "password": "x", "is_catchall": True})
ledger = Ledger(server, env)
for number, (to, subject, more) in enumerate((
    ("sales", "Tender for a roof", ""),
    ("sales", "News of the week", "List-Id: <weekly.magazine.test>\\r\\n"),
    ("nobody-of-us", "Where is my order?", ""))):
    source = (f"From: Carla <carla{number}@customer.test>\\r\\nTo: {to}@example.com\\r\\n"
              f"Subject: {subject}\\r\\nMessage-ID: <{number}@customer.test>\\r\\n{more}"
              "\\r\\nHello\\r\\n")
    ledger.insert(f"k{number}", source.encode())
for row in env["mail.catchall.message"].search([]):
    Delivery(row, Batch(env)).route()
env.cr.commit()
"""


@pytest.fixture(scope="module")
def world(odoo):
    """A domain, two aliases, and three messages in the ledger."""
    rpc = odoo.rpc()
    found = rpc.read("mail.alias.domain", [("name", "=", "example.com")], "id")
    domain_id = found[0]["id"] if found else rpc.create("mail.alias.domain", name="example.com")
    for name, model in (("sales", "crm.lead"), ("jobs", "hr.applicant")):
        model_id = rpc.read("ir.model", [("model", "=", model)], "id")[0]["id"]
        known = [("alias_name", "=", name), ("alias_domain_id", "=", domain_id)]
        if not rpc.read("mail.alias", known, "id"):
            rpc.create(
                "mail.alias", alias_name=name, alias_domain_id=domain_id, alias_model_id=model_id
            )
    rpc.create("hr.job", name="Carpenter of the rule")
    odoo.shell(LEDGER)
    return rpc


def _choose(scope, field, text):
    scope.locator(f".o_field_widget[name={field}] input").first.fill(text)
    scope.page.locator(".o-autocomplete--dropdown-item", has_text=text).first.click()


def _select(line, field, label):
    cell = line.locator(f"[name={field}]").first
    cell.click()
    cell.locator("input").fill(label)
    choices = line.page.locator(".o_select_menu_item")
    # typing narrows the list after a moment, and would open it again once something is chosen
    expect(choices.filter(has_not_text=label)).to_have_count(0)
    choices.filter(has_text=label).first.click()


def test_a_rule_is_written_and_tried(world, page, screenshot):
    page.goto("/odoo/mail-rules")
    expect(page.get_by_text("No routing rules yet")).to_be_visible()
    page.get_by_role("button", name="New").click()
    page.get_by_label("Name").fill("Tenders go to the jobs alias")
    _choose(page.locator(".o_form_sheet"), "alias_id", "jobs")
    page.get_by_role("tab", name="Conditions").click()
    page.get_by_role("button", name="Add a line").click()
    line = page.locator(".o_field_widget[name=condition_ids] .o_selected_row")
    _select(line, "part", "Subject")
    value = line.locator("[name=value] textarea")
    value.click()  # outside of the list of choices, which a slow machine still shows
    value.fill("tender")
    page.get_by_role("tab", name="Field Values").click()
    page.get_by_role("button", name="Add a line").click()
    line = page.locator(".o_field_widget[name=default_ids] .o_selected_row")
    _choose(line, "field_id", "Job Position")
    _choose(line, "record_ref", "Carpenter of the rule")
    page.get_by_role("button", name="Save manually").click()
    screenshot("rule")
    page.get_by_role("button", name="Preview").click()
    dialog = page.locator(".modal")
    expect(dialog).to_contain_text("Would change: 1")
    screenshot("rule-try")
    dialog.get_by_text("Tender for a roof").click()
    screenshot("rule-try-line")


def test_alias_and_newsletter(world, page, screenshot):
    page.goto("/odoo/received-mail")
    page.get_by_text("News of the week").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".modal")).to_contain_text("Would change: 0")
    screenshot("preview")
    page.locator(".modal").get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="Accept This List").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    expect(page.get_by_role("button", name="Accept This List")).to_be_hidden()
    alias = world.read("mail.alias", [("alias_name", "=", "sales")], "catchall_accepted_lists")
    assert alias[0]["catchall_accepted_lists"] == "weekly.magazine.test"
    page.goto(f"/odoo/mail.alias/{alias[0]['id']}")
    expect(page.get_by_text("Accepted Lists")).to_be_visible()
    screenshot("alias")
