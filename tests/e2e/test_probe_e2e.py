"""The mailbox test against real mail servers, sound and broken ones; each is named rightly."""

import pytest
from world import letter

from tools.processes import free_port, wait_until

STRICT = {"virtual_alias_maps": "texthash:$config_directory/people"}
PEOPLE = {
    "people": "catchall@example.com catchall@example.com\n@customer.test inbox@customer.test\n"
}


class Probe:
    """One probe in Odoo, as its form shows it."""

    def __init__(self, world, account):
        self.world = world
        action = world.rpc("fetchmail.server", "action_catchall_probe", [account])
        self.id = action["res_id"]

    def read(self, *names):
        return self.world.rpc.read("mail.catchall.probe", self.id, *names)[0]

    def mails(self):
        found = self.world.rpc.read(
            "mail.catchall.probe.mail", [("probe_id", "=", self.id)], "kind", "place", "answer"
        )
        return {row["kind"]: row for row in found}

    def look(self):
        self.world.rpc("mail.catchall.probe", "action_look", [self.id])

    def codes(self):
        return {line["code"]: line["level"] for line in self.read("lines")["lines"]}

    def wait(self, *kinds):
        """Press "Check Now" until these messages have arrived."""

        def arrived():
            self.look()
            mails = self.mails()
            return all(kind in mails and mails[kind]["place"] for kind in kinds)

        wait_until(arrived, 60, f"not all arrived: {self.mails()}", every=0.3)

    def stop(self):
        self.world.rpc("mail.catchall.probe", "action_stop", [self.id])
        return self.codes()


@pytest.fixture
def outgoing(world):
    """A function that lets the shared outgoing account send through another provider."""
    (server,) = world.rpc.read(
        "ir.mail_server", [("is_catchall", "=", True)], "id", "smtp_port", "smtp_pass"
    )

    def through(domain, **values):
        values |= {"smtp_port": domain.submission_port, "smtp_encryption": "starttls"}
        world.rpc("ir.mail_server", "write", [server["id"]], values)
        return server["id"]

    yield through
    world.rpc("ir.mail_server", "action_catchall_forget_from", [server["id"]])
    before = {
        "smtp_port": server["smtp_port"],
        "smtp_encryption": "starttls_strict",
        "catchall_from_policy": "auto",
    }
    world.rpc("ir.mail_server", "write", [server["id"]], before)


def account_of(world, account):
    return world.rpc.read("fetchmail.server", account, "catchall_verified_date", "envelope_header")[
        0
    ]


def test_a_mailbox_that_works_is_verified(world, new_account):
    account = new_account(confirm=False)
    probe = Probe(world, account)
    probe.wait("random", "bcc", "first", "second", "author", "sub_address", "near")
    assert probe.read("state")["state"] == "waiting_outside"
    codes = probe.codes()
    assert codes["catch_all_ok"] == codes["recipient_ok"] == codes["two_ok"] == "ok"
    assert codes["author_ok"] == codes["sub_address_ok"] == "ok"
    found = account_of(world, account)
    assert found["catchall_verified_date"]
    assert found["envelope_header"] == "X-Original-To"
    outside = probe.read("outside_address")["outside_address"]
    world.send(letter("From my phone", outside), outside)
    probe.wait("outside")
    assert probe.read("state")["state"] == "done"
    assert probe.codes()["outside_ok"] == "ok"
    assert world.domain.count(world.domain.account) == 0, "messages of the probe are left"


def test_a_lane_that_was_quicker_makes_nothing(world, account):
    before = world.value("SELECT count(*) FROM crm_lead")
    probe = Probe(world, account)
    world.domain.wait_delivered()
    world.fetch_and_route(account)
    probe.wait("random", "bcc", "near")
    probe.stop()
    assert world.value("SELECT count(*) FROM crm_lead") == before
    assert not world.rows(account)


def test_nobody_hides_a_mail_behind_a_mark(world, account):
    probe = Probe(world, account)
    outside = probe.read("outside_address")["outside_address"]
    world.send(
        letter("To sales and a probe", f"sales@example.com, {outside}"), ["sales@example.com"]
    )
    forged = f"probe-{outside[6:26][::-1]}@example.com"
    world.send(
        letter("Marked by a stranger", "sales@example.com", X_Catchall_Probe=forged[6:26]),
        "sales@example.com",
    )
    world.fetch_and_route(account)
    world.lead("To sales and a probe")
    world.lead("Marked by a stranger")
    probe.stop()


def test_a_mail_with_a_mark_that_names_an_alias_is_still_there_to_be_fetched(world, account):
    probe = Probe(world, account)
    outside = probe.read("outside_address")["outside_address"]
    world.send(letter("Before the fetch", f"sales@example.com, {outside}"), ["sales@example.com"])
    probe.wait("random", "bcc", "first", "second", "author", "sub_address", "near")
    world.domain.wait_delivered()
    probe.look()
    probe.stop()
    assert world.domain.count(world.domain.account) == 1, "the probe removed a customer's mail"
    world.fetch_and_route(account)
    world.lead("Before the fetch")


def test_a_server_that_is_busy_is_no_missing_catch_all(
    world, new_mail_domain, new_account, outgoing
):
    busy = {"smtpd_recipient_restrictions": "check_recipient_access regexp:$config_directory/busy"}
    domain = new_mail_domain(
        submission=busy, files={"busy": "/probe-/ 450 4.2.0 busy, come back later\n"}
    )
    outgoing(domain)
    account = new_account(domain, confirm=False)
    codes = Probe(world, account).stop()
    assert codes["sending_later"] == "warning"
    assert not {"catch_all_refused", "author_refused"} & set(codes)


def test_no_catch_all(world, new_mail_domain, new_account, outgoing):
    domain = new_mail_domain(
        main={**STRICT, "virtual_mailbox_maps": "regexp:$config_directory/strict"},
        files={**PEOPLE, "strict": "/^catchall@example\\.com$/ ok\n/@customer\\.test$/ ok\n"},
    )
    server = outgoing(domain)
    account = new_account(domain, confirm=False)
    probe = Probe(world, account)
    codes = probe.codes()
    assert codes["catch_all_refused"] == "bad"
    assert "author_refused" not in codes
    (found,) = world.rpc.read("ir.mail_server", server, "catchall_from_learned")
    assert not found["catchall_from_learned"], "an unknown address is no refusal of its author"
    assert not account_of(world, account)["catchall_verified_date"]
    (text,) = [
        line["text"]
        for line in probe.read("shown_lines")["shown_lines"]
        if line["code"] == "catch_all_refused"
    ]
    assert "550" in text and "not switched on" in text
    probe.stop()


def test_mail_in_junk(world, new_account):
    account = new_account(confirm=False)
    probe = Probe(world, account)
    world.domain.wait_delivered()
    user = world.domain.account
    mails = world.domain.messages(user)
    world.domain.clear(user)
    for raw in mails:
        world.domain.append(user, raw, "Junk")
    probe.wait("random")
    assert probe.stop()["junk"] == "warning"
    assert account_of(world, account)["catchall_verified_date"]
    assert world.domain.count(user, "Junk") == 0


def test_nothing_names_the_recipient(world, new_mail_domain, new_account, outgoing):
    domain = new_mail_domain(evidence="none")
    outgoing(domain)
    account = new_account(domain, confirm=False)
    probe = Probe(world, account)
    probe.wait("random", "bcc")
    codes = probe.stop()
    assert codes["recipient_missing"] == "warning"
    assert codes["catch_all_ok"] == "ok"
    assert not account_of(world, account)["envelope_header"]


def test_a_provider_that_replaces_from_is_learned(world, new_mail_domain, new_account, outgoing):
    domain = new_mail_domain(
        submission={"cleanup_service_name": "rewriting"},
        services=[
            "rewriting unix n - n - 0 cleanup",
            "  -o header_checks=regexp:$config_directory/rewrite",
        ],
        files={"rewrite": '/^From:.*/ REPLACE From: "Somebody" <catchall@example.com>\n'},
    )
    server = outgoing(domain)
    account = new_account(domain, confirm=False)
    probe = Probe(world, account)
    probe.wait("author")
    assert probe.stop()["author_rewritten"] == "note"
    (found,) = world.rpc.read("ir.mail_server", server, "catchall_from_answer")
    assert "arrived as catchall@example.com" in found["catchall_from_answer"]


def test_pop3(world, new_account):
    account = new_account(server_type="pop", confirm=False)
    probe = Probe(world, account)
    probe.wait("random", "bcc", "near")
    codes = probe.stop()
    assert codes["catch_all_ok"] == codes["recipient_ok"] == "ok"
    assert world.domain.count(world.domain.account) == 0


def test_a_wrong_password_is_named(world, new_account):
    account = new_account(confirm=False, password="wrong")
    probe = Probe(world, account)
    assert probe.read("state")["state"] == "done"
    assert probe.codes()["mailbox_failed"] == "bad"
    text = probe.read("summary")["summary"]
    assert "Check the user name and the password" in text and "wrong" not in text


def test_an_account_that_cannot_send(world, new_account, outgoing):
    server = outgoing(world.domain, smtp_pass="not-this-one")
    try:
        account = new_account(confirm=False)
        probe = Probe(world, account)
        assert probe.codes()["sending_failed"] == "bad"
        assert "not-this-one" not in str(probe.read("shown_lines"))
        outside = probe.read("outside_address")["outside_address"]
        world.send(letter("From my phone", outside), outside)
        probe.wait("outside")
        assert account_of(world, account)["catchall_verified_date"]
    finally:
        password = world.domain.passwords[world.domain.account]
        world.rpc("ir.mail_server", "write", [server], {"smtp_pass": password})


def test_a_sub_address_that_is_refused_is_a_note(world, new_mail_domain, new_account, outgoing):
    domain = new_mail_domain(
        main={"smtpd_recipient_restrictions": "check_recipient_access regexp:$config_directory/no"},
        submission={
            "smtpd_recipient_restrictions": "check_recipient_access regexp:$config_directory/no"
        },
        files={"no": "/\\+/ REJECT no plus addresses here\n"},
    )
    outgoing(domain)
    account = new_account(domain, confirm=False)
    probe = Probe(world, account)
    probe.wait("random")
    codes = probe.stop()
    assert codes["sub_address_missing"] == "note"
    assert codes["catch_all_ok"] == "ok"


def test_mail_that_comes_back(world, new_mail_domain, new_account, outgoing):
    """A provider that takes everything in and finds out later that nobody has the address."""
    domain = new_mail_domain(
        main={
            "virtual_alias_maps": f"{STRICT['virtual_alias_maps']} regexp:$config_directory/nobody"
        },
        files={**PEOPLE, "nobody": "/probe-.*@example\\.com$/ nobody@bounce.test\n"},
    )
    outgoing(domain)
    account = new_account(domain, confirm=False)
    probe = Probe(world, account)

    def came_back():
        probe.look()
        return probe.codes().get("catch_all_bounced") == "bad"

    wait_until(came_back, 60, f"no bounce was seen: {probe.mails()}", every=0.3)
    probe.stop()
    assert "bounced" in probe.read("summary")["summary"]
    assert not account_of(world, account)["catchall_verified_date"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"port": "closed"}, "nothing answers at 127.0.0.1"),
        ({"is_ssl": True}, "does not speak SSL/TLS"),
    ],
    ids=["wrong port", "no TLS there"],
)
def test_a_mailbox_that_cannot_be_reached_is_named(world, new_account, values, sentence):
    if values.get("port") == "closed":
        values = {"port": free_port()}
    probe = Probe(world, new_account(confirm=False, **values))
    found = probe.read("state", "level", "summary")
    assert (found["state"], found["level"]) == ("done", "bad")
    assert sentence in found["summary"]


def test_a_mail_server_whose_clock_is_wrong(world, new_mail_domain, new_account, outgoing):
    wrong = "Sun, 01 Nov 2026 10:00:00 +0000"
    domain = new_mail_domain(
        main={"header_checks": "regexp:$config_directory/clock"},
        files={"clock": f"/^(Received:.*;)[^;]*$/ REPLACE $1 {wrong}\n"},
    )
    outgoing(domain)
    probe = Probe(world, new_account(domain, confirm=False))
    probe.wait("random")
    codes = probe.stop()
    assert codes["clock_behind"] == "warning"
    assert codes["catch_all_ok"] == "ok"
