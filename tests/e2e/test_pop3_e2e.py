"""The same over POP3, where a message has a UIDL and nothing else: no folder, no flag, no date."""

import threading

import pytest
from proxy import Proxy
from strange import STRANGE
from world import letter

pytestmark = pytest.mark.usefixtures("nobody_is_answered")

LEAVE, DELETE = "seen", "delete"


@pytest.fixture
def new_pop(world, new_account):
    """A function that makes catch-all accounts by POP3, through a proxy if one is given."""

    def make(**values):
        proxy = values.pop("proxy", None)
        port = proxy.port if proxy else world.domain.pop3_port
        return new_account(server_type="pop", port=port, **values)

    return make


@pytest.mark.parametrize("after_fetch", [LEAVE, DELETE])
def test_every_alias_makes_its_record_once(world, new_pop, after_fetch):
    account = new_pop(after_fetch=after_fetch)
    name = f"POP3 {after_fetch}"
    world.send(letter(f"{name} to"))
    world.send(letter(f"{name} bcc", "friend@elsewhere.test"))
    world.send(
        letter(f"{name} cc", "catchall@example.com", Cc="sales@example.com"),
        "catchall@example.com",
    )
    world.send(letter(f"{name} unknown", "who@example.com"), "who@example.com")
    world.fetch_and_route(account, 4)
    for kind in ("to", "bcc", "cc"):
        world.lead(f"{name} {kind}")
    unknown = world.row(account, f"{name} unknown")
    assert (unknown["state"], unknown["reason"]) == ("quarantined", "unmatched")
    left = world.domain.count(world.domain.account)
    assert left == (0 if after_fetch == DELETE else 4)
    world.fetch(account)
    assert len(world.rows(account)) == 4


@pytest.mark.parametrize("after_fetch", [LEAVE, DELETE])
def test_strange_mails_are_kept_byte_for_byte(world, new_pop, after_fetch):
    mails = [another(raw, after_fetch) for raw in STRANGE.values() if len(raw) < 200_000]
    world.domain.append_many(world.domain.account, mails)
    account = new_pop(after_fetch=after_fetch)
    rows = world.fetch_and_route(account, len(mails), timeout=120)
    assert not [(row["subject"], row["error"]) for row in rows if row["state"] != "routed"]
    assert sorted(world.sources(account)) == sorted(map(on_the_wire, mails))


def another(raw, name):
    """A message of its own for each account: a copy would create no record."""
    tag = f"pop3-{name}".encode()
    return raw.replace(b"customer.test", tag + b".test").replace(b"Hello", b"Hello " + tag)


def on_the_wire(raw):
    """A message as POP3 transfers it: every line ends with CRLF."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    text = b"\r\n".join(lines)
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def test_a_line_of_any_length_costs_no_mail(world, new_pop):
    page = b"<p>" + b"word " * 60_000 + b"</p>"
    raw = letter("One long line").replace(b"Content-Type: text/plain", b"Content-Type: text/html")
    world.domain.append_many(
        world.domain.account,
        [letter("Before a long line"), raw.replace(b"Hello", page), letter("After a long line")],
    )
    world.fetch_and_route(new_pop(), 3)
    for subject in ("Before a long line", "One long line", "After a long line"):
        world.lead(subject)


def test_a_connection_that_breaks_costs_no_mail(world, new_pop):
    subjects = [f"Broken connection {number}" for number in range(5)]
    world.domain.append_many(world.domain.account, map(letter, subjects))
    with Proxy(world.domain.pop3_port, rb"RETR 4") as proxy:
        account = new_pop(proxy=proxy, after_fetch=DELETE)
        fetch_until_it_stalls(world, account, proxy)
    assert world.domain.count(world.domain.account) >= 1
    world.rpc("fetchmail.server", "write", [account], {"port": world.domain.pop3_port})
    world.fetch_and_route(account, 5)
    assert world.domain.count(world.domain.account) == 0
    for subject in subjects:
        world.lead(subject)


def test_a_session_that_ends_before_quit_deletes_later_and_doubles_nothing(world, new_pop):
    world.domain.append_many(world.domain.account, [letter("Before QUIT")])
    with Proxy(world.domain.pop3_port, rb"QUIT") as proxy:
        account = new_pop(proxy=proxy, after_fetch=DELETE)
        fetch_until_it_stalls(world, account, proxy)
    assert world.domain.count(world.domain.account) == 1
    world.rpc("fetchmail.server", "write", [account], {"port": world.domain.pop3_port})
    world.fetch_and_route(account, 1)
    assert world.domain.count(world.domain.account) == 0
    assert len(world.rows(account)) == 1
    world.lead("Before QUIT")


def fetch_until_it_stalls(world, account, proxy):
    """Fetch, break the connection where the proxy holds it; return Odoo's error, if any."""
    errors = []

    def run():
        try:
            world.fetch(account)
        except Exception as error:  # the test looks at it
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert proxy.stalled.wait(30)
    for _second in range(60):  # it connects again, to see which message it is
        if proxy.stalled.wait(1):
            proxy.stalled.clear()
            proxy.cut()
        if not thread.is_alive():
            return errors[0] if errors else None
    raise AssertionError("the fetch does not end")


def test_fetching_starts_where_the_admin_said(world, new_pop):
    account = new_pop(confirm=False)
    old = letter("POP3 old")
    hop = b"Received: from a.customer.test by mx.example.com; %s\r\n"
    world.domain.append_many(world.domain.account, [hop % b"Thu, 01 Oct 2020 10:00:00 +0000" + old])
    wizard = world.rpc.create("mail.catchall.activate", fetchmail_server_id=account, start="now")
    world.rpc("mail.catchall.activate", "action_activate", [wizard])
    world.fetch(account)
    assert not world.rows(account)
    world.wait_clock()
    world.send(letter("POP3 new"))
    world.fetch_and_route(account, 1)
    world.lead("POP3 new")
    assert not world.leads("POP3 old")


def test_too_large_a_mail_stays_on_the_server(world, new_pop):
    account = new_pop(max_message_mb=1, after_fetch=DELETE)
    raw = letter("POP3 large", attachments=[("plan.bin", b"x" * 1_000_000)])
    world.domain.append_many(world.domain.account, [raw])
    world.fetch(account)
    [row] = world.rows(account)
    assert (row["state"], row["reason"]) == ("failed", "oversize")
    assert world.domain.count(world.domain.account) == 1
    world.rpc("fetchmail.server", "write", [account], {"max_message_mb": 2})
    world.rpc("mail.catchall.message", "action_replay", [row["id"]])
    world.wait_routed(account, 1)
    world.lead("POP3 large")
    world.fetch(account)
    assert world.domain.count(world.domain.account) == 0
