"""A stranger who knows a Message-ID: through real mail servers, up to the click of a colleague."""

from email import message_from_bytes
from uuid import uuid4

import pytest
from world import letter

from tools.processes import wait_until

CUSTOMER, STRANGER = "inbox@customer.test", "eve@evil.test"


@pytest.fixture
def conversation(world):
    """A lead that its customer and a seller follow, with the offer that the customer has got.

    :return: id of the lead, Message-ID of the offer as it left, the seller's contact
    """
    subject = f"Chairs {uuid4()}"
    customer = _partner(world, CUSTOMER)
    user = world.rpc.create(
        "res.users",
        name="Anna Seller",
        login=f"anna-{uuid4()}",
        email="anna@example.com",
        notification_type="inbox",
    )
    seller = world.rpc.read("res.users", user, "partner_id")[0]["partner_id"][0]
    lead = world.rpc.create("crm.lead", name=subject, partner_id=customer)
    world.rpc("crm.lead", "message_subscribe", [lead], [customer, seller])
    post = {"body": "Our offer", "message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
    world.rpc("crm.lead", "message_post", [lead], **post)
    world.send_queue()
    [offer] = map(message_from_bytes, world.mails_to_customers())
    world.domain.clear(CUSTOMER)
    yield lead, offer["Message-ID"], seller
    world.domain.clear(CUSTOMER)


def test_a_stranger_leaves_a_note_and_a_click_makes_it_the_customers(world, account, conversation):
    lead, offer, seller = conversation
    message, subject = _stranger_replies(world, account, offer, lead)
    assert message["is_internal"]
    assert not message["author_id"]
    assert "is not known on this record" in message["body"]

    # the colleague is told, nobody outside
    about = [("mail_message_id", "=", message["id"])]
    told = world.rpc.read("mail.notification", about, "res_partner_id", "is_read")
    assert (seller, False) in [(item["res_partner_id"][0], item["is_read"]) for item in told]
    assert not world.mails_to_customers()

    world.rpc("mail.message", "catchall_is_customer", [message["id"]])
    world.send_queue()
    [shown] = world.rpc.read("mail.message", [("id", "=", message["id"])], *FIELDS)
    assert not shown["is_internal"]
    assert "is not known on this record" not in shown["body"]
    [author] = world.rpc.read("res.partner", [("id", "=", shown["author_id"][0])], "email")
    assert author["email"] == STRANGER
    # now the customer reads it as well
    wait_until(world.mails_to_customers, 60, "the customer is not told")
    [raw] = world.mails_to_customers()
    assert subject.encode() in raw

    # and needs no click the next time
    again, _subject = _stranger_replies(world, account, offer, lead)
    assert not again["is_internal"]


FIELDS = ("is_internal", "author_id", "body")


def _stranger_replies(world, account, offer, lead):
    """Send the stranger's reply in; return the message that it became, and its subject."""
    subject = f"Re: our bank account {uuid4()}"
    reply = letter(
        subject, "catchall@example.com", sender=STRANGER, In_Reply_To=offer, References=offer
    )
    world.send(reply, "catchall@example.com", sender=STRANGER)
    world.fetch_and_route(account)
    row = world.row(account, subject)
    assert row["state"] == "routed", row
    world.send_queue()
    about = [("model", "=", "crm.lead"), ("res_id", "=", lead), ("message_type", "=", "email")]
    newest = world.rpc.read("mail.message", about, *FIELDS, order="id desc")[0]
    assert "Hello" in newest["body"]
    return newest, subject


def _partner(world, email):
    found = world.rpc.read("res.partner", [("email", "=", email)], "id")
    return found[0]["id"] if found else world.rpc.create("res.partner", name=email, email=email)
