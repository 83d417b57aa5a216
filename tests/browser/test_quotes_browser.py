"""What is quoted is folded in the chatter, one click shows it; new text is never folded."""

import json

import pytest
from playwright.sync_api import expect

# A customer answers an offer four times: as text, from Outlook, between the lines, sending on.
WORLD = """
import json
from email.message import EmailMessage
from odoo.addons.mail_catchall_router.models.incoming.ledger import Ledger
from odoo.addons.mail_catchall_router.models.routing.delivery import Delivery
from odoo.addons.mail_catchall_router.models.routing.routing_context import Batch
env["mail.alias.domain"].search([("name", "=", "example.com")]) or \\
    env["mail.alias.domain"].create({"name": "example.com"})
customer = env["res.partner"].create({"name": "Fiona Fold", "email": "fiona@customer.test"})
lead = env["crm.lead"].create({"name": "Chairs for the school", "partner_id": customer.id})
lead.message_subscribe(customer.ids)
offer = lead.message_post(body="Our offer", message_type="comment",
                          subtype_xmlid="mail.mt_comment")
server = env["fetchmail.server"].create({
    "name": "Catch-all of the folds", "server_type": "imap", "server": "mail.example.com",
    "user": "folds@example.com", "password": "x", "is_catchall": True})
ledger = Ledger(server, env)
OUTLOOK = '''<p>The blue ones, please.</p><div style="border:none;border-top:solid #E1E1E1 1.0pt">
<p><b>From:</b> Sales &lt;sales@example.com&gt;<br><b>Sent:</b> Monday, October 5, 2026 09:12<br>
<b>To:</b> Fiona Fold<br><b>Subject:</b> Chairs</p></div><p>We have blue and red chairs.</p>'''
for number, (subject, subtype, body) in enumerate((
    ("Re: Chairs", "plain", "We take forty.\\n\\n-- \\nFiona Fold\\nPhone 030 123456\\n\\n"
     "On 5 Oct 2026, at 09:12, Sales <sales@example.com> wrote:\\n> How many chairs?\\n> Sales\\n"),
    ("RE: Chairs", "html", OUTLOOK),
    ("Re: Chairs", "plain", "> By when?\\nBy Friday.\\n\\n> Where to?\\nTo the school.\\n"),
    ("Fwd: Chairs", "plain", "---------- Forwarded message ---------\\nFrom: The principal\\n"
     "Subject: Chairs\\n\\nNo wheels, if possible.\\n"))):
    message = EmailMessage()
    message["From"], message["To"] = "Fiona Fold <fiona@customer.test>", "folds@example.com"
    message["Subject"], message["Message-ID"] = subject, f"<fold{number}@customer.test>"
    message["References"] = offer.message_id
    message.set_content(body, subtype=subtype)
    ledger.insert(f"fold{number}", message.as_bytes())
for row in env["mail.catchall.message"].search([("remote_key", "=like", "fold%")]):
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
    """The message in the chatter that has this text."""
    return page.locator(".o-mail-Message").filter(has_text=text)


def folds(note):
    """The buttons that open what is folded."""
    return note.locator(".o-mail-ellipsis")


def test_a_click_shows_what_is_quoted(lead, page, screenshot):
    page.goto(lead)
    for new, old in (
        ("We take forty", "How many chairs?"),
        ("The blue ones, please", "We have blue and red chairs"),
    ):
        note = message(page, new)
        expect(note.get_by_text(new)).to_be_visible()
        expect(note.get_by_text(old)).to_be_hidden()
        expect(folds(note)).to_have_count(1)
    note.scroll_into_view_if_needed()
    screenshot("fold-closed")
    for new, old in (
        ("We take forty", "How many chairs?"),
        ("The blue ones, please", "We have blue and red chairs"),
    ):
        note = message(page, new)
        folds(note).click()
        expect(note.get_by_text(old)).to_be_visible()
    expect(page.get_by_text("Phone 030 123456")).to_be_visible()
    screenshot("fold-open")
    folds(message(page, "We take forty")).click()
    expect(page.get_by_text("How many chairs?")).to_be_hidden()


def test_answers_between_the_lines_and_what_is_sent_on_are_seen(lead, page):
    page.goto(lead)
    for text in ("By when?", "By Friday.", "Where to?", "To the school.", "No wheels"):
        expect(page.locator(".o-mail-Message").get_by_text(text)).to_be_visible()
    expect(folds(message(page, "To the school."))).to_have_count(0)
    expect(folds(message(page, "No wheels"))).to_have_count(0)
