"""Messages that break programs: each is kept byte for byte, none is lost or replied to."""

import pytest
from strange import STRANGE
from world import letter

pytestmark = pytest.mark.usefixtures("nobody_is_answered")


@pytest.fixture(scope="module")
def fetched(world):
    """All strange messages in one batch of one account: none may take another along."""
    world.domain.clear(world.domain.account)
    world.domain.append_many(world.domain.account, STRANGE.values())
    account = world.account()
    world.fetch_and_route(account, len(STRANGE), timeout=180)
    yield account
    world.close(account)


def test_the_ledger_holds_exactly_the_bytes_of_the_mailbox(world, fetched):
    assert sorted(world.sources(fetched)) == sorted(world.domain.messages(world.domain.account))


def test_nothing_failed(world, fetched):
    rows = world.rows(fetched)
    assert not [(row["subject"], row["error"]) for row in rows if row["state"] != "routed"]


@pytest.mark.parametrize("name", STRANGE)
def test_a_mail_that_names_an_alias_makes_its_record(world, fetched, name):
    # Dovecot has made CRLF of LF and, in IMAP, 0x80 of NUL
    found = [
        row_id
        for row_id, source in world.sql(
            "SELECT id, source FROM mail_catchall_message WHERE fetchmail_server_id = %s", fetched
        )
        if bytes(source).split() == STRANGE[name].replace(b"\0", b"\x80").split()
    ]
    [row] = world.rpc.read("mail.catchall.message", [("id", "in", found)], "route_ids", "state")
    [route] = world.rpc.read(
        "mail.catchall.route", [("id", "in", row["route_ids"])], "model", "res_id"
    )
    assert route["model"] == "crm.lead"
    assert world.rpc.read("crm.lead", route["res_id"], "name")


def test_an_unknown_address_waits_for_a_person(world, account):
    world.send(letter("Unknown address", "nobody-here@example.com"), "nobody-here@example.com")
    [row] = world.fetch_and_route(account, 1)
    assert (row["state"], row["reason"]) == ("quarantined", "unmatched")


def test_the_account_itself_waits_for_a_person(world, account):
    world.send(letter("To the account", "catchall@example.com"), "catchall@example.com")
    [row] = world.fetch_and_route(account, 1)
    assert (row["state"], row["reason"]) == ("quarantined", "unmatched")


def test_a_person_behind_the_null_sender(world, account):
    world.send(letter("From nowhere"), sender="")
    [row] = world.fetch_and_route(account, 1)
    assert row["state"] == "routed", row
    world.lead("From nowhere")


def test_this_odoo_could_have_answered(world):
    """The proof that silence is not for want of an outgoing account."""
    lead = world.rpc.create("crm.lead", name="To be answered", email_from="inbox@customer.test")
    partner = world.rpc.create("res.partner", name="Ines", email="inbox@customer.test")
    world.rpc("crm.lead", "message_post", [lead], body="Yes", partner_ids=[partner])
    world.send_queue()
    assert world.mails_to_customers()
    world.domain.clear("inbox@customer.test")
