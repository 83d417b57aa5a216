"""The Sent folder on the outgoing account's form, as an administrator sees it."""

import pytest
from playwright.sync_api import expect

from tools.processes import free_port


@pytest.fixture(scope="module")
def account(odoo):
    """An account that wants copies; its id."""
    rpc = odoo.rpc()
    domain = rpc.create("mail.alias.domain", name="copies.test")
    return rpc.create(
        "ir.mail_server",
        name="Copies",
        smtp_host="mx.copies.test",
        smtp_user="all@copies.test",
        is_catchall=True,
        catchall_alias_domain_ids=[(6, 0, [domain])],
    )


FAIL = """
from odoo import fields
from odoo.addons.mail_catchall_router.models.sent_copies.copy_queue import CopyQueue
Copy = env["mail.catchall.sent"]
CopyQueue(env, %s, "people").insert(env, {
    "server_id": %s, "message_id": "<1@copies.test>", "subject": "Our offer", "size": 5,
    "sent_date": fields.Datetime.now(), "rank": 2,
}, b"a: b\\r\\n\\r\\nc")
Copy.search([]).next_try_date = fields.Datetime.now()
env.cr.commit()
Copy._cron_put_copies()
env.cr.commit()
"""


def test_the_form_offers_copies_and_says_why_they_wait(page, account, odoo, save):
    page.goto(f"/odoo/ir.mail_server/{account}")
    mailbox = page.locator("[name=catchall_sent_account_id]")
    expect(mailbox).to_have_count(0)
    page.get_by_label("Emails written by people").check()
    expect(mailbox).to_have_count(1)
    page.click(".o_form_button_save")
    expect(page.locator(".o_form_saved")).to_have_count(1)
    # another test's mailbox may be open to all domains; this one is not there
    mailbox = odoo.rpc().create(
        "fetchmail.server",
        name="Away",
        server_type="imap",
        server="127.0.0.1",
        port=free_port(),
        is_ssl=False,
        user="all@copies.test",
        password="x",
    )
    odoo.rpc()("ir.mail_server", "write", [account], {"catchall_sent_account_id": mailbox})
    odoo.shell(FAIL % (account, account))
    page.reload()
    warning = page.locator(".alert", has_text="copies do not reach the Sent folder")
    expect(warning).to_contain_text("nothing answers at 127.0.0.1")
    warning.scroll_into_view_if_needed()
    save(page, "sent-copies")
    page.click("button[name=action_catchall_copies]")
    expect(page.locator(".o_data_row")).to_contain_text("Our offer")
    save(page, "sent-copies-list")


def test_it_is_not_offered_where_the_provider_keeps_a_copy(page, account, odoo):
    odoo.rpc()("ir.mail_server", "write", [account], {"smtp_host": "smtp.gmail.com"})
    page.goto(f"/odoo/ir.mail_server/{account}")
    expect(page.get_by_text("The provider saves a copy of every sent email")).to_be_visible()
    expect(page.locator("[name=catchall_sent_copy]")).to_have_count(0)
