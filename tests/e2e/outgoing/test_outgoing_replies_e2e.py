"""What leaves, what comes back to it, and what stays in the Sent folder: on real servers.

A customer's program may drop every reference, Odoo may have deleted the message, and somebody
may have altered the token: each reply lands where it must.
"""

import json
import re
import socket
from email import message_from_bytes, policy

import pytest
from world import letter

from tools.console import Failure
from tools.processes import wait_until

CUSTOMERS = "inbox@customer.test"
# What servers on the way add, or write anew (Postfix: message_drop_headers).
TRANSPORT = (b"return-path", b"delivered-to", b"x-original-to", b"received")
# Core deletes a template's message once it was sent: neither mail.mail nor mail.message is left.
TEMPLATE = """
template = env["mail.template"].create({
    "name": "T", "model_id": env["ir.model"]._get_id("crm.lead"), "auto_delete": True,
    "email_from": "anna@example.com", "email_to": %(to)r, "use_default_to": False,
    "subject": %(subject)r, "body_html": "<p>Good day</p>",
})
template.send_mail(%(lead)s, force_send=True)
env.cr.commit()
import json
left = env["mail.message"].search_count([("subject", "=", %(subject)r)])
print("LEFT" + json.dumps(left))
"""
# The worker dies when the mailbox has taken the copy and Odoo has not committed that.
DIE = """
import imaplib, os, signal
from odoo import fields
append = imaplib.IMAP4.append
def dying(*arguments):
    append(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
imaplib.IMAP4.append = dying
env["mail.catchall.sent"].search([]).next_try_date = fields.Datetime.now()
env.cr.commit()
env["mail.catchall.sent"]._cron_put_copies()
"""


@pytest.fixture
def outgoing(world, account):
    """The outgoing account, whose replies come back to an account that is fetched here."""
    found = world.rpc.read("ir.mail_server", [("is_catchall", "=", True)], "id")[0]["id"]
    before = world.rpc.read("ir.mail_server", found, "catchall_reply_policy")[0]
    world.domain.clear(CUSTOMERS)
    user = world.rpc.read("res.users", [("login", "=", "admin")], "partner_id")[0]
    world.rpc("res.partner", "write", user["partner_id"][0], {"email": "anna@example.com"})
    yield found
    world.rpc(
        "ir.mail_server",
        "write",
        [found],
        {"catchall_sent_copy": "none", "catchall_reply_policy": before["catchall_reply_policy"]},
    )


def settings(world, outgoing, **values):
    world.rpc("ir.mail_server", "write", [outgoing], values)


def new_lead(world, name, *customers):
    partners = [
        world.rpc.create("res.partner", name=f"Customer of {name}", email=address)
        for address in customers
    ]
    lead = world.rpc.create("crm.lead", name=name, partner_id=partners[0], type="opportunity")
    return lead, partners


def post(world, lead, partners, body="Good day"):
    """Write to customers from a lead's chatter; return what they got, as bytes."""
    before = world.domain.count(CUSTOMERS)
    world.rpc(
        "crm.lead",
        "message_post",
        [lead],
        body=body,
        partner_ids=partners,
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
    )
    world.domain.wait_count(CUSTOMERS, before + len(partners))
    world.domain.wait_delivered()
    return world.domain.messages(CUSTOMERS)[before:]


def template(world, lead, to, subject):
    """Let a template write to a customer, and be deleted; return what the customer got."""
    output = world.odoo.shell(TEMPLATE % {"to": to, "lead": lead, "subject": subject})
    assert json.loads(output.rpartition("LEFT")[2].splitlines()[0]) == 0, output
    return world.domain.wait_for(CUSTOMERS, lambda mail: mail["Subject"] == subject)


def parsed(raw):
    return message_from_bytes(raw, policy=policy.default)


def altered(token):
    return token[:-1] + ("a" if token[-1] != "a" else "b")


def messages_of(world, lead, text):
    return world.sql(
        "SELECT id, is_internal, model, res_id FROM mail_message"
        " WHERE model = 'crm.lead' AND res_id = %s AND body LIKE %s",
        lead,
        f"%{text}%",
    )


def test_answer_without_any_reference_lands_on_the_record(world, account, outgoing):
    settings(world, outgoing, catchall_reply_policy="signed")
    lead, partners = new_lead(world, "By address", "eva@customer.test")
    sent = parsed(post(world, lead, partners)[0])
    address = sent["Reply-To"].addresses[0].addr_spec
    assert re.fullmatch(r"reply-[a-z2-7]{8,34}@example\.com", address)
    answer = letter("No prefix at all", address, sender="eva@customer.test", body="I take it")
    assert b"References" not in answer and b"In-Reply-To" not in answer
    world.send(answer, address, sender="eva@customer.test")
    world.fetch_and_route(account, 1)
    row = world.row(account, "No prefix at all")
    assert (row["state"], row["reason"]) == ("routed", "reply"), row
    ((_id, internal, _model, _res_id),) = messages_of(world, lead, "I take it")
    assert not internal
    assert not world.leads("No prefix at all")


def test_answer_to_a_mail_that_odoo_has_deleted_lands_on_the_record(world, account, outgoing):
    settings(world, outgoing, catchall_reply_policy="record")
    lead, _partners = new_lead(world, "Deleted", "olga@customer.test")
    sent = template(world, lead, "olga@customer.test", "Our offer")
    message_id = sent["Message-ID"].strip()
    assert re.fullmatch(
        rf"<[^@]+-openerp-{lead}-crm\.lead-thread-[a-z2-7]+@example\.com>", message_id
    )
    for header in ("References", "In-Reply-To"):
        subject = f"Re: Our offer, by {header}"
        answer = letter(
            subject,
            "sales@example.com",
            sender="olga@customer.test",
            body=f"Yes by {header}",
            **{header.replace("-", "_"): "<mark@us>"},
        ).replace(b"<mark@us>", message_id.encode())  # a Python program would encode it
        world.send(answer, "sales@example.com", sender="olga@customer.test")
        world.fetch_and_route(account)
        row = world.row(account, subject)
        assert (row["state"], row["reason"]) == ("routed", "reply"), row
        ((_id, internal, _model, _res_id),) = messages_of(world, lead, f"Yes by {header}")
        assert not internal
        assert not world.leads(subject)


def test_forged_tokens_wait_for_a_person(world, account, outgoing):
    settings(world, outgoing, catchall_reply_policy="signed")
    lead, partners = new_lead(world, "Forged", "vera@customer.test")
    sent = parsed(post(world, lead, partners)[0])
    address = sent["Reply-To"].addresses[0].addr_spec
    local, _at, domain = address.partition("@")
    forged = f"{altered(local)}@{domain}"
    world.send(letter("Forged address", forged, body="Let me in"), forged)
    offer = template(world, lead, "vera@customer.test", "Offer to forge")
    left, _at, right = offer["Message-ID"].strip().partition("@")
    nobody = "nobody.knows.this@example.com"
    reference = f"{altered(left)}@{right}"
    world.send(letter("Forged id", nobody, body="Let me in", References=reference), nobody)
    world.fetch_and_route(account, 2)
    for subject in ("Forged address", "Forged id"):
        row = world.row(account, subject)
        assert (row["state"], row["reason"]) == ("quarantined", "unmatched"), row
    assert not messages_of(world, lead, "Let me in")


def test_the_provider_is_told_a_domain_and_no_host(world, outgoing):
    lead, partners = new_lead(world, "Greeting", "ehlo@customer.test")
    (raw,) = post(world, lead, partners)
    received = parsed(raw).get_all("Received")[-1]
    assert received.split()[:2] == ["from", "example.com"], received
    head = raw.partition(b"\r\n\r\n")[0].decode()
    for name in {socket.gethostname(), socket.getfqdn()} - {"localhost"}:
        assert not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", head), head


def stripped(raw):
    """A message without what servers on the way add."""
    head, _break, body = raw.partition(b"\r\n\r\n")
    fields = re.findall(rb"[^\r\n]+(?:\r\n[ \t][^\r\n]*)*", head)
    kept = [item for item in fields if item.partition(b":")[0].lower() not in TRANSPORT]
    return b"\r\n".join(kept) + b"\r\n\r\n" + body


def put_copies(world):
    world.sql("UPDATE mail_catchall_sent SET next_try_date = now() AT TIME ZONE 'UTC'")
    job = world.rpc.ref("mail_catchall_router.ir_cron_catchall_sent")
    world.rpc("ir.cron", "method_direct_trigger", [job])


def test_the_copy_lies_in_the_sent_folder_once(world, account, outgoing):
    domain = world.domain
    settings(world, outgoing, catchall_sent_copy="people", catchall_reply_policy="signed")
    lead, partners = new_lead(world, "Copy", "one@customer.test", "two@customer.test")
    got = post(world, lead, partners, body="Grüße")
    assert domain.count(domain.account, "Sent") == 0, "sending does not wait for the mailbox"
    assert world.value("SELECT count(*) FROM mail_catchall_sent") == 1
    for _again in range(2):
        put_copies(world)
    (copy,) = domain.messages(domain.account, "Sent")
    assert stripped(copy) in [stripped(raw) for raw in got]
    assert next(iter(domain.flags(domain.account, "Sent").values())) >= {"\\Seen"}
    # what lies there is never taken for mail that came in
    world.fetch(account)
    assert not [row for row in world.rows(account) if row["folder"] == "Sent"]
    assert world.value("SELECT count(*) FROM mail_catchall_sent") == 0


def test_a_worker_that_dies_leaves_one_copy(world, outgoing):
    domain = world.domain
    domain.clear(domain.account, "Sent")
    settings(world, outgoing, catchall_sent_copy="people")
    lead, partners = new_lead(world, "Dies", "dies@customer.test")
    post(world, lead, partners)
    with pytest.raises(Failure):
        world.odoo.shell(DIE)
    wait_until(lambda: domain.count(domain.account, "Sent") == 1, 10, "the mailbox took no copy")
    assert world.value("SELECT attempts FROM mail_catchall_sent") == 1
    put_copies(world)
    assert world.value("SELECT count(*) FROM mail_catchall_sent") == 0
    assert domain.count(domain.account, "Sent") == 1


def test_a_mailbox_that_is_away_stops_no_mail(world, outgoing):
    domain = world.domain
    domain.clear(domain.account, "Sent")
    settings(world, outgoing, catchall_sent_copy="people")
    lead, partners = new_lead(world, "Away", "away@customer.test")
    mailboxes = world.rpc.read(
        "fetchmail.server", [("is_catchall", "=", True), ("state", "=", "done")], "id", "port"
    )
    for mailbox in mailboxes:
        world.rpc("fetchmail.server", "write", [mailbox["id"]], {"port": 1})
    assert len(post(world, lead, partners)) == 1
    put_copies(world)
    shown = world.rpc.read("ir.mail_server", outgoing, "catchall_sent_error")[0]
    assert "nothing answers at 127.0.0.1, port 1" in shown["catchall_sent_error"]
    for mailbox in mailboxes:
        world.rpc("fetchmail.server", "write", [mailbox["id"]], {"port": mailbox["port"]})
    world.rpc("ir.mail_server", "action_catchall_copies_now", [outgoing])
    world.wake()
    left = "SELECT count(*) FROM mail_catchall_sent"
    wait_until(lambda: not world.value(left), 60, "the copy was not tried again")
    assert domain.count(domain.account, "Sent") == 1
    shown = world.rpc.read("ir.mail_server", outgoing, "catchall_sent_error")[0]
    assert not shown["catchall_sent_error"]
