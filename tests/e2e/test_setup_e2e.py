"""The setup against real Postfix and Dovecot: what is broken is named, and POP3 works as well."""

import pytest


@pytest.fixture(scope="module")
def odoo_of_setups(new_module_odoo):
    """An Odoo on a database without any account."""
    return new_module_odoo("setups")


@pytest.fixture(scope="module")
def set_up(odoo_of_setups, mail_domain):
    """A function that sets the domain up with some values, and returns what the screen shows."""
    rpc = odoo_of_setups.rpc()
    setup = rpc.create("mail.catchall.setup", address=mail_domain.account)
    # asked for once; the servers of this test have ports of their own
    rpc("mail.catchall.setup", "action_set_up", [setup])

    def run(**values):
        good = {
            "incoming_type": "imap",
            "server": "localhost",
            "port": mail_domain.imaps_port,
            "is_ssl": True,
            "smtp_host": "localhost",
            "smtp_port": mail_domain.submission_port,
            "smtp_encryption": "starttls_strict",
            "user": mail_domain.account,
            "password": mail_domain.passwords[mail_domain.account],
        }
        rpc("mail.catchall.setup", "write", [setup], {**good, **values})
        rpc("mail.catchall.setup", "action_set_up", [setup])
        (row,) = rpc.read("mail.catchall.setup", [("id", "=", setup)], "checks", "state")
        return row["checks"], row["state"], rpc

    return run


@pytest.mark.parametrize(
    ("values", "direction", "code", "words"),
    [
        ({"password": "wrong"}, "incoming", "incoming_login", "Check the user name"),
        ({"password": "wrong"}, "outgoing", "outgoing_login", "Check the user name"),
        ({"port": 1}, "incoming", "incoming_refused", "nothing answers at localhost, port 1"),
        ({"smtp_port": 1}, "outgoing", "outgoing_refused", "nothing answers at localhost, port 1"),
        ({"server": "no..where"}, "incoming", "incoming_no_name", "no server named"),
        ({"is_ssl": False}, "incoming", "incoming_needs_tls", "Switch on SSL/TLS"),
        ({"port": "imap_port"}, "incoming", "incoming_not_tls", "does not speak SSL/TLS"),
        (
            {"smtp_encryption": "ssl_strict"},
            "outgoing",
            "outgoing_not_tls",
            "or STARTTLS for sending",
        ),
        (
            {"smtp_encryption": "none"},
            "outgoing",
            "outgoing_plain_forbidden",
            "accepts no password without encryption",
        ),
        (
            {"smtp_host": "127.1"},
            "outgoing",
            "outgoing_certificate",
            "certificate of 127.1 is not valid",
        ),
    ],
)
def test_what_is_broken_is_named(set_up, mail_domain, values, direction, code, words):
    values = {
        name: getattr(mail_domain, value) if value == "imap_port" else value
        for name, value in values.items()
    }
    checks, state, rpc = set_up(**values)
    assert checks[direction]["code"] == code, checks
    assert words in checks[direction]["text"]
    assert mail_domain.account in checks[direction]["text"]
    assert state == "login"
    assert not rpc.read("fetchmail.server", [], "id")
    assert not rpc.read("ir.mail_server", [], "id")


def test_by_imap_and_again_by_pop3(set_up, mail_domain):
    checks, state, rpc = set_up()
    assert {line["level"] for line in checks.values()} == {"ok"}, checks
    assert state == "ready"
    checks, state, rpc = set_up(incoming_type="pop", port=mail_domain.pop3s_port)
    assert {line["level"] for line in checks.values()} == {"ok"}, checks
    (account,) = rpc.read("fetchmail.server", [], "server_type", "port", "is_catchall")
    assert (account["server_type"], account["port"]) == ("pop", mail_domain.pop3s_port)
    rpc("fetchmail.server", "button_confirm_login", [account["id"]])
    (domain,) = rpc.read("mail.alias.domain", [], "name", "catchall_email", "default_from_email")
    assert domain["catchall_email"] == domain["default_from_email"] == mail_domain.account
