"""A message that really comes back: Postfix's report, to the address of this one recipient."""

import pytest

from tools.processes import wait_until


@pytest.fixture
def outgoing(world, account):
    """The outgoing account with bounce addresses; an account that fetches what comes back."""
    server = world.rpc.read("ir.mail_server", [("is_catchall", "=", True)], "id")[0]["id"]
    world.rpc("ir.mail_server", "write", [server], {"catchall_envelope_policy": "verp"})
    user = world.rpc.read("res.users", [("login", "=", "admin")], "partner_id")[0]
    world.rpc("res.partner", "write", user["partner_id"][0], {"email": "anna@example.com"})
    yield server
    world.rpc("ir.mail_server", "write", [server], {"catchall_envelope_policy": "account"})


def post(world, lead, partners, subject):
    posted = world.rpc(
        "crm.lead",
        "message_post",
        [lead],
        body="An offer",
        subject=subject,
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
        partner_ids=partners,
    )
    return posted[0] if isinstance(posted, list) else posted


def states(world, message):
    found = world.rpc.read(
        "mail.notification",
        [("mail_message_id", "=", message), ("notification_type", "=", "email")],
        *("res_partner_id", "notification_status", "failure_reason"),
    )
    return {row["res_partner_id"][0]: row for row in found}


def test_exactly_that_recipient_of_exactly_that_mail(world, account, outgoing):
    # What other tests have told the administrator, say, lies in the queue or in the mailbox.
    world.send_queue()
    world.domain.wait_delivered()
    world.domain.clear(world.domain.account)
    gone, there = (
        world.rpc.create("res.partner", name=address, email=address)
        for address in ("rosa@bounce.test", "carla@customer.test")
    )
    lead = world.rpc.create("crm.lead", name="Bounces", type="opportunity")
    first = post(world, lead, [gone, there], "The first offer")
    world.send_queue()
    wait_until(
        lambda: world.domain.count(world.domain.account) == 1, 60, "no report came back", every=0.2
    )
    # The second one leaves afterwards: the report of the first says nothing about it.
    world.fetch_and_route(account, 1)
    second = post(world, lead, [there], "The second offer")
    world.send_queue()
    (row,) = world.rows(account)
    assert (row["state"], row["reason"]) == ("ignored", "bounce")
    found = states(world, first)
    assert found[gone]["notification_status"] == "bounce"
    assert "rosa@bounce.test" in found[gone]["failure_reason"]
    assert found[there]["notification_status"] == "sent"
    assert states(world, second)[there]["notification_status"] == "sent"
    (report,) = world.sources(account)
    assert b"bounce-" in report.lower()
