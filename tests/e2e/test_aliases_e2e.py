"""Messages that name an alias, wherever they name it, create the record that it creates."""

import pytest
from world import letter

pytestmark = pytest.mark.usefixtures("nobody_is_answered")


@pytest.fixture(scope="module")
def follower(world):
    """An internal user who reads notifications in Odoo."""
    user = world.rpc.create(
        "res.users",
        name="Fred Follower",
        login="fred",
        email="fred@example.com",
        notification_type="inbox",
        group_ids=[(4, world.rpc.ref("base.group_user"))],
    )
    return world.rpc.read("res.users", user, "partner_id")[0]["partner_id"][0]


def parent_with_alias(world, model, alias, follower, **values):
    """A team, project or job with an alias and a follower of what it receives."""
    parent = world.rpc.create(model, name=alias.title(), alias_name=alias, **values)
    subtypes = world.rpc.read("mail.message.subtype", [("res_model", "in", (model, False))], "id")
    world.rpc(model, "message_subscribe", [parent], [follower], [item["id"] for item in subtypes])
    return parent


@pytest.mark.parametrize(
    ("parent", "model", "contact_field", "name_field", "values"),
    [
        ("crm.team", "crm.lead", "email_from", "name", {"use_leads": True}),
        ("project.project", "project.task", "partner_id", "name", {"privacy_visibility": "portal"}),
        ("hr.job", "hr.applicant", "email_from", "partner_name", {}),
    ],
)
def test_an_alias_makes_its_record_and_its_followers_see_it_unread(
    world, account, follower, parent, model, contact_field, name_field, values
):
    alias = f"{model.split('.')[1]}-alias"
    parent_with_alias(world, parent, alias, follower, **values)
    name = f"Nora {alias}"
    raw = letter(
        f"For {alias}",
        f"{alias}@example.com",
        sender=f"{name} <nora.{alias}@customer.test>",
        body="With a plan attached",
        attachments=[("plan.pdf", b"%PDF-1.4 a plan")],
    )
    world.send(raw, f"{alias}@example.com")
    assert world.fetch_and_route(account, 1)[0]["state"] == "routed"
    [route] = world.rpc.read("mail.catchall.route", [], "model", "res_id", limit=1, order="id desc")
    assert route["model"] == model
    [record] = world.rpc.read(model, route["res_id"], contact_field, name_field)
    assert f"nora.{alias}@customer.test" in contact(world, record[contact_field])
    message = assert_whole(world, model, record, name)
    [seen] = world.rpc.read(
        "mail.notification",
        [("mail_message_id", "=", message), ("res_partner_id", "=", follower)],
        *("is_read", "notification_type"),
    )
    assert (seen["is_read"], seen["notification_type"]) == (False, "inbox")
    if model == "hr.applicant":
        # natively a job thanks for the application: nobody has proved who applies, so it waits
        # on the record for somebody's click
        world.send_queue()
        assert not world.mails_to_customers()
        about = [("model", "=", model), ("res_id", "=", record["id"])]
        [note] = world.rpc.read("mail.message", [*about, ("body", "ilike", "held back")], "body")
        world.rpc("mail.message", "action_catchall_send_held", [note["id"]])
        world.send_queue()
        [sent] = world.mails_to_customers()
        assert b"Return-Path: <>" not in sent
        world.domain.clear("inbox@customer.test")


def assert_whole(world, model, record, name):
    """Text, author and attachment of the message on a record are there; return its id."""
    [message] = world.rpc.read(
        "mail.message",
        [("model", "=", model), ("res_id", "=", record["id"]), ("message_type", "=", "email")],
        *("body", "email_from", "attachment_ids"),
    )
    assert "With a plan attached" in message["body"]
    assert name in message["email_from"]
    [attachment] = world.rpc.read(
        "ir.attachment", [("id", "in", message["attachment_ids"])], "name", "raw"
    )
    assert attachment["name"] == "plan.pdf"
    return message["id"]


def contact(world, value):
    """The address that a contact field says: itself, or its partner's."""
    if isinstance(value, list):
        return world.rpc.read("res.partner", value[0], "email")[0]["email"]
    return value


def test_bcc_to_an_alias(world, account):
    world.send(letter("Bcc", "friend@elsewhere.test"))
    world.fetch_and_route(account, 1)
    world.lead("Bcc")


@pytest.mark.parametrize(
    "evidence",
    ["x-original-to", "delivered-to", "received-for", "Envelope-To", "X-Forwarded-To"],
)
def test_an_alias_that_one_header_alone_names(world, new_mail_domain, new_account, evidence):
    domain = new_mail_domain(evidence=evidence)
    account = new_account(domain)
    subject = f"Only in {evidence}"
    world.send(letter(subject, "friend@elsewhere.test"), domain=domain)
    [row] = world.fetch_and_route(account, 1)
    assert row["recipient_names"] == "sales@example.com"
    world.lead(subject)


def test_to_catchall_cc_alias(world, account):
    raw = letter("Cc alias", "catchall@example.com", Cc="Sales <SALES@Example.com>")
    world.send(raw, "catchall@example.com")
    world.fetch_and_route(account, 1)
    world.lead("Cc alias")


def test_two_aliases_in_one_transaction_make_one_record_each(world, account):
    world.alias("partners")
    raw = letter("Both in To", "sales@example.com, partners@example.com")
    world.send(raw, ["sales@example.com", "partners@example.com"])
    hidden = letter("Both in Bcc", "friend@elsewhere.test")
    world.send(hidden, ["sales@example.com", "partners@example.com"])
    rows = world.fetch_and_route(account, 4)
    assert len(world.leads("Both in To")) == 2, rows
    assert len(world.leads("Both in Bcc")) == 2, rows


def test_delivery_headers_that_a_stranger_wrote_are_not_believed(world, account):
    raw = letter("Forged headers", "unknown@example.com", sender="Eve <eve@customer.test>")
    forged = b"".join(
        name + b": sales@example.com\r\n"
        for name in (b"X-Original-To", b"Delivered-To", b"Envelope-To", b"X-Forwarded-To")
    )
    hop = (
        b"Received: from a.customer.test by b.customer.test with ESMTP\r\n"
        b"\tfor <sales@example.com>; Mon, 02 Nov 2026 09:00:00 +0000\r\n"
    )
    world.send(hop + forged + raw, "unknown@example.com")
    [row] = world.fetch_and_route(account, 1)
    assert (row["state"], row["reason"]) == ("quarantined", "unmatched")
    assert row["recipient_names"] == "unknown@example.com"
    assert not world.leads("Forged headers")
