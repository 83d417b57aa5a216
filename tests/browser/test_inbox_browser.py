"""An administrator's way through the addon: from an empty database to a sorted inbox."""

import re
import threading
from email.message import EmailMessage
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tools.processes import wait_until

LEDGER = "/odoo/received-mail"
TO_SORT = "/odoo/mail-to-sort"
OFFER = """<h2 style="color:#714B67">Two hundred chairs</h2>
<p>Dear sales team,</p>
<p>we are furnishing our new hall and ask for an offer:</p>
<table border="1" cellpadding="6"><tr><th>What</th><th>How many</th></tr>
<tr><td>Chair, stackable</td><td>200</td></tr><tr><td>Table, 180 cm</td><td>20</td></tr></table>
<p>Kind regards<br>Carla Customer</p>
<img src="{pictures}/logo.png" alt="Logo" width="120" height="40">
<img src="{pictures}/pixel.gif" width="1" height="1">
<div style="background-image:url({pictures}/background.png)">&nbsp;</div>"""
MAILS = (
    # subject, sender, To, envelope, is it HTML
    ("Offer for 200 chairs", "Carla Customer", "sales@example.com", "sales", True),
    ("Application as a carpenter", "Anton Applicant", "jobs@example.com", "jobs", False),
    ("The door of the cabinet jams", "Uta User", "support@example.com", "support", False),
    ("Your colleague has my order in Bcc", "Bruno Buyer", "ben@elsewhere.test", "sales", False),
    ("Where is my order 4711?", "Olga Order", "slaes@example.com", "slaes", False),
    ("Interview for our magazine", "Paula Press", "press@example.com", "press", False),
    ("Invitation to the trade fair", "Frank Fair", "press@example.com", "press", False),
    ("Win a voyage", "Sara Seller", "you@example.com", "you", False),
    ("Visit on Tuesday", "Vera Visitor", "reception.desk@example.com", "reception.desk", False),
)


class World:
    """What the tests of this file share: aliases, an account, and messages in the ledger."""

    def __init__(self, odoo, mail_domain):
        self.rpc, self.domain = odoo.rpc(), mail_domain
        self._alias_domain()

    def _alias_domain(self):
        domain_id = self.rpc.create("mail.alias.domain", name="example.com")
        company = self.rpc.read("res.company", [], "id")[0]["id"]
        self.rpc(
            "res.company", "write", [company], {"alias_domain_id": domain_id, "name": "Example"}
        )
        job = {"job_id": self.rpc.create("hr.job", name="Carpenter")}  # its first stage thanks
        for name, model in (("sales", "crm.lead"), ("jobs", "hr.applicant")):
            model_id = self.rpc.read("ir.model", [("model", "=", model)], "id")[0]["id"]
            values = {"alias_domain_id": domain_id, "alias_model_id": model_id}
            values["alias_defaults"] = repr(job if name == "jobs" else {})
            self.rpc.create("mail.alias", alias_name=name, **values)
        self.rpc.create("project.project", name="Support", alias_name="support")

    def ledger(self, *domain):
        return self.rpc.read("mail.catchall.message", domain, "subject", "state", "reason")

    def state(self, subject):
        return self.ledger(("subject", "=", subject))[0]["state"]

    def send(self, subject, sender, to, envelope, body, is_html=False):
        message = EmailMessage(policy=SMTP)
        address = f"{sender.split()[0].lower()}@customer.test"
        message["From"], message["To"] = f"{sender} <{address}>", to
        message["Subject"] = subject
        message["Message-ID"] = f"<{re.sub('[^a-z]', '', subject.lower())}@customer.test>"
        message["Date"] = "Mon, 02 Nov 2026 09:59:58 +0000"
        message.set_content(re.sub("<[^>]+>", "", body))
        if is_html:
            message.add_alternative(body, subtype="html")
        self.domain.send(message.as_bytes(), address, f"{envelope}@example.com")


class Pictures(BaseHTTPRequestHandler):
    """A sender's server: it remembers what was asked for."""

    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_arguments):
        pass


@pytest.fixture(scope="module")
def pictures():
    """The address of a sender's server, which tells what was loaded from it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def world(odoo, mail_domain):
    """Odoo with three aliases."""
    return World(odoo, mail_domain)


@pytest.fixture(scope="module")
def account(world, open_page, save):
    """An account that was set up on its form, as an administrator does."""
    with open_page() as page:
        page.goto(LEDGER)
        expect(page.get_by_text("No emails received yet")).to_be_visible()
        save(page, "empty")
        page.get_by_role("button", name="Configuration").click()
        page.get_by_role("menuitem", name="Incoming Accounts").click()
        page.get_by_role("button", name="New").click()
        _fill(page, "name", "Catch-all of example.com")
        _fill(page, "server", "127.0.0.1")
        _fill(page, "port", "1")
        _fill(page, "user", world.domain.account)
        _fill(page, "password", world.domain.passwords[world.domain.account])
        page.get_by_label("Catch-all Mailbox").check()
        page.get_by_role("tab", name="Catch-all").click()
        expect(page.get_by_label("Maximum Email Size (MB)")).to_have_value("50")
        save(page, "account")
        _start(page)
        expect(page.locator(".o_error_dialog, .modal-content").last).to_contain_text(
            "nothing answers at 127.0.0.1, port 1"
        )
        save(page, "account-wrong-port")
        page.get_by_role("button", name="Close").last.click()
        page.get_by_role("button", name="Discard").click()
        page.get_by_role("tab", name="Server & Login").click()
        _fill(page, "port", str(world.domain.imap_port))
        _start(page)
        expect(page.get_by_role("button", name="Fetch Now")).to_be_visible()
    return world


@pytest.fixture(scope="module")
def ledger(account, pictures, open_page):
    """Customers' messages, fetched by a click and routed."""
    world = account
    for subject, sender, to, envelope, is_html in MAILS:
        body = OFFER.format(pictures=pictures) if is_html else f"Hello,\n\n{subject}.\n\n{sender}"
        world.send(subject, sender, to, envelope, body, is_html)
    world.domain.wait_delivered()
    world.domain.wait_count(world.domain.account, len(MAILS))
    with open_page() as page:
        page.goto("/odoo/action-mail.action_email_server_tree")
        page.get_by_role("cell", name="Catch-all of example.com").click()
        page.get_by_role("button", name="Fetch Now").click()
        wait_until(
            lambda: len(world.ledger(("state", "!=", "received"))) == len(MAILS),
            120,
            "not every message was routed",
            every=0.5,
        )
    return world


def test_an_automatic_reply_that_was_held_back_is_sent_by_a_click(ledger, page, screenshot):
    """Nothing proves who wrote: the template that thanks applicants waits on the record."""
    subject = ("catchall_message_id.subject", "=", "Application as a carpenter")
    rows = ledger.rpc.read("mail.catchall.route", [subject], "res_id")
    held = [("model", "=", "hr.applicant"), ("res_id", "=", rows[0]["res_id"])]
    page.goto(f"/odoo/hr.applicant/{rows[0]['res_id']}")
    note = page.locator(".o-mail-Message").filter(has_text="was held back")
    expect(note).to_contain_text("anton@customer.test")
    screenshot("held-back")
    assert ledger.rpc.read("mail.mail", held, "state")[0]["state"] == "cancel"
    note.get_by_role("button", name="Send", exact=True).click()
    log = page.locator(".o-mail-Message").filter(has_text="Sent the automatic email")
    expect(log).to_be_visible()
    expect(note.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    assert ledger.rpc.read("mail.mail", held, "state") != [{"state": "cancel"}]


def test_ledger_shows_where_every_mail_went(ledger, page, screenshot):
    page.goto(LEDGER)
    expect(page.locator(".o_data_row")).to_have_count(len(MAILS))
    row = _row(page, "Offer for 200 chairs")
    expect(row).to_contain_text("Routed")
    expect(row).to_contain_text("sales@example.com")
    expect(_row(page, "Your colleague has my order in Bcc")).to_contain_text("sales@example.com")
    screenshot("ledger")
    page.goto(TO_SORT)
    expect(page.locator(".o_data_row").filter(has_text="Interview")).to_be_visible()
    expect(page.locator(".o_data_row").filter(has_text="Offer for")).to_have_count(0)
    screenshot("to-sort")


def test_mail_is_shown_without_telling_its_sender(ledger, page, screenshot):
    _open(page, "Offer for 200 chairs")
    frame = page.frame_locator(".o_catchall_mail_frame")
    expect(frame.get_by_text("Chair, stackable")).to_be_visible()
    expect(frame.locator("img")).to_have_count(1)
    assert page.locator(".o_catchall_mail_frame").get_attribute("sandbox") == (
        "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
    )
    screenshot("mail")
    assert not Pictures.asked, "the sender was told that the message was opened"
    with page.expect_request("**/logo.png"):
        page.get_by_role("button", name="Load Images").click()
    expect(page.get_by_role("button", name="Load Images")).to_have_count(0)
    wait_until(lambda: bool(Pictures.asked), 10, "no picture was asked for")
    assert set(Pictures.asked) == {"/logo.png"}, "pixels and backgrounds are never loaded"
    page.reload()  # allowed once is not allowed for ever
    expect(page.get_by_role("button", name="Load Images")).to_be_visible()


def test_decision_is_told_as_a_story(ledger, page, screenshot):
    _open(page, "Your colleague has my order in Bcc")
    page.get_by_role("tab", name="Decision").click()
    expect(page.locator(".o_catchall_recipients")).to_contain_text("X-Original-To")
    expect(page.locator(".o_catchall_decided")).to_contain_text("sales@example.com")
    screenshot("decision")
    page.get_by_role("tab", name="Headers").click()
    expect(page.locator("[name=header_text]")).to_contain_text("Received: ")
    screenshot("headers")


def test_record_is_one_click_away_and_leads_back(ledger, page, screenshot):
    page.goto(LEDGER)
    _row(page, "Offer for 200 chairs").locator(".o_catchall_record").click()
    message = page.locator(".o-mail-Message").filter(has_text="Chair, stackable")
    message.hover()
    message.get_by_title("Expand").click()
    action = page.get_by_role("menuitem", name="Show Received Email")
    expect(action).to_be_visible()
    screenshot("lead")
    action.click()
    expect(page.locator(".o_form_view .o_catchall_mail_frame")).to_be_visible()
    expect(page.locator(".o_last_breadcrumb_item, .o_breadcrumb .active").last).to_contain_text(
        "Offer for 200 chairs"
    )


def test_unmatched_mail_is_routed_to_an_alias(ledger, page, screenshot):
    _open(page, "Visit on Tuesday", TO_SORT)
    expect(page.locator(".alert-warning")).to_contain_text("No recipient found")
    page.get_by_role("button", name="Route to…").click()
    page.locator("[name=alias_choice] input, [name=alias_choice] .o_select_menu_toggler").click()
    page.locator(".o_select_menu_item").filter(has_text="sales@example.com").click()
    screenshot("route")
    page.get_by_role("button", name="Route", exact=True).click()
    expect(page.locator(".o-mail-Message").filter(has_text="Visit on Tuesday")).to_be_visible()
    assert ledger.state("Visit on Tuesday") == "routed"


def test_alias_is_created_for_all_mails_of_an_address(ledger, page, screenshot):
    page.goto(TO_SORT)
    for subject in ("Interview for our magazine", "Invitation to the trade fair"):
        _row(page, subject).locator(".o_list_record_selector input").check()
    page.get_by_role("button", name="Create Alias…").click()
    expect(page.locator(".modal [name=alias_name] input")).to_have_value("press")
    page.locator(".modal [name=model_id] input").fill("Lead")
    page.get_by_role("option", name="Lead", exact=True).click()
    screenshot("create-alias")
    page.get_by_role("button", name="Create and Route").click()
    expect(page.locator(".o_notification").filter(has_text="Emails routed: 2")).to_be_visible()
    expect(page.locator(".o_data_row").filter(has_text="Interview")).to_have_count(0)
    states = {
        ledger.state(s) for s in ("Interview for our magazine", "Invitation to the trade fair")
    }
    assert states == {"routed"}
    assert ledger.rpc.read("mail.alias", [("alias_full_name", "=", "press@example.com")], "id")


def test_mail_is_ignored_and_replayed(ledger, page):
    _open(page, "Win a voyage", TO_SORT)
    page.get_by_role("button", name="Dismiss").click()
    expect(page.locator(".o_statusbar_status")).to_contain_text("Dismissed")
    assert ledger.state("Win a voyage") == "ignored"
    page.get_by_role("button", name="Route Again").click()
    wait_until(
        lambda: ledger.state("Win a voyage") == "quarantined",
        90,
        "the message was not routed again",
        0.5,
    )


def test_source_is_downloaded(ledger, page):
    _open(page, "Offer for 200 chairs")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    content = download.value.path().read_bytes()
    assert content in ledger.domain.messages(ledger.domain.account)


def test_statistics_are_drawn(ledger, page, screenshot):
    page.goto("/odoo/mail-statistics")
    page.wait_for_selector(".o_graph_renderer canvas")
    screenshot("statistics")
    page.get_by_role("button", name="Pivot View").click()
    expect(page.locator(".o_pivot table")).to_contain_text("Alias")


def test_phone_shows_cards_and_nothing_is_cut(ledger, phone, save):
    phone.goto(LEDGER)
    expect(phone.locator(".o_kanban_record:not(.o_kanban_ghost)")).to_have_count(len(MAILS))
    save(phone, "phone-ledger")
    phone.locator(".o_kanban_record").filter(has_text="Offer for 200 chairs").click()
    frame = phone.frame_locator(".o_catchall_mail_frame")
    frame.get_by_text("Chair, stackable").scroll_into_view_if_needed()
    save(phone, "phone-mail")
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
    assert not phone.evaluate(wide), "the page is wider than the phone"
    assert not phone.locator(".o_catchall_mail_frame").evaluate(
        "frame => frame.contentDocument.body.scrollWidth > frame.clientWidth + 1"
    ), "the message is wider than the phone"


def _fill(page, field, value):
    box = page.locator(f".o_field_widget[name={field}] input")
    box.fill(value)
    box.press("Tab")


def _start(page):
    page.get_by_role("button", name="Test & Start").click()
    page.locator(".modal").get_by_label("Everything in the mailbox").check()
    page.locator(".modal").get_by_role("button", name="Test & Start").click()


def _row(page, subject):
    return page.locator(".o_data_row").filter(has_text=subject)


def _open(page, subject, place=LEDGER):
    page.goto(place)
    _row(page, subject).locator("td[name=subject]").click()
    page.wait_for_selector(".o_form_view .o_catchall_mail_frame")
