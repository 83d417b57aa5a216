"""A trial on a real mailbox: Odoo fetches as ever, then the account is switched over."""

import contextlib
import threading

import psycopg2
import pytest
from blocking import BLOCK, BLOCKED, UNBLOCK
from proxy import Proxy
from world import World, letter

from tools.installation.odoo_server import RpcError
from tools.processes import wait_until

EXPLODE = """
CREATE FUNCTION explode() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.name LIKE '%explode%' THEN RAISE EXCEPTION 'the application has a fault'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER explode BEFORE INSERT ON crm_lead FOR EACH ROW EXECUTE FUNCTION explode();
"""
MEND = "DROP TRIGGER explode ON crm_lead; DROP FUNCTION explode()"


def without_id(raw):
    """The same message without a Message-ID, as some machines write."""
    head, _end, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Message-ID")]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Trial:
    """An account that went on trial by the wizard, and what was written down of it."""

    def __init__(self, world, **values):
        self.world = world
        self.account = world.account(confirm=False, is_catchall=False, **values)
        wizard = world.rpc.create(
            "mail.catchall.activate", fetchmail_server_id=self.account, start="trial"
        )
        world.rpc("mail.catchall.activate", "action_activate", [wizard])
        world.calm_crons()

    def rows(self):
        fields = ("subject", "did", "state", "reason", "verdict", "lost", "native_text")
        fields += ("router_text", "native_error", "has_source", "can_route", "replayed")
        domain = [("fetchmail_server_id", "=", self.account)]
        return self.world.rpc.read("mail.catchall.shadow", domain, *fields, order="id")

    def row(self, subject):
        found = [row for row in self.rows() if row["subject"] == subject]
        assert len(found) == 1, found or self.rows()
        return found[0]

    def route_now(self, *subjects):
        ids = [self.row(subject)["id"] for subject in subjects]
        self.world.rpc("mail.catchall.shadow", "action_route_now", ids)
        self.world.wake()
        self.world.wait_routed(self.account, len(ids))

    def switch(self, *, replay_lost=True):
        wizard = self.world.rpc.create(
            "mail.catchall.switch", fetchmail_server_id=self.account, replay_lost=replay_lost
        )
        self.world.rpc("mail.catchall.switch", "action_switch", [wizard])
        # the job is woken, and the lanes after it
        self.world.wake()

    def wait_live(self, total):
        """Wait until the ledger has so many rows, fetched by the account's own job and routed."""
        self.world.wait_routed(self.account, total)


@pytest.fixture
def trial(world, new_account):
    """A function that puts accounts on trial, each on an empty mailbox."""
    world.domain.clear(world.domain.account)
    made = []

    def start(**values):
        made.append(Trial(world, **values))
        return made[-1]

    yield start
    for item in made:
        world.close(item.account)


def by_pop(world):
    return {"server_type": "pop", "port": world.domain.pop3_port}


KINDS = [("IMAP", lambda world: {}), ("POP3", by_pop)]


# What Odoo did with each, what the router would have done, which is better, whether it was lost.
COMPARED = {
    "alike": ("record", "routed", "same", False),
    # the mailbox's own Delivered-To is a message to the catch-all, for Odoo
    "hidden": ("bounced", "routed", "better", True),
    "mistyped": ("bounced", "routed", "better", True),
    "nobody": ("bounced", "quarantined", "better", True),
    "newsletter": ("record", "quarantined", "differs", False),
    "vacation": ("bounced", "ignored", "differs", False),
    "explode": ("failed", "routed", "better", True),
}


def send_several(send, kind):
    send(letter(f"{kind} alike"))
    send(letter(f"{kind} hidden", "friend@elsewhere.test"))
    send(letter(f"{kind} mistyped", "saels@example.com"), "saels@example.com")
    send(letter(f"{kind} nobody", "who@example.com"), "who@example.com")
    send(letter(f"{kind} newsletter", List_Id="<news.shop.test>"))
    send(letter(f"{kind} vacation", "x@elsewhere.test", Auto_Submitted="auto-replied"))
    send(letter(f"{kind} explode"))


@pytest.mark.parametrize(("kind", "values"), KINDS, ids=[kind for kind, _values in KINDS])
def test_several_kinds_of_mail(world, trial, kind, values):
    run = trial(**values(world))
    send_several(world.send, kind)
    original = world.domain.messages(world.domain.account)
    world.sql(EXPLODE)
    try:
        world.fetch(run.account)
    finally:
        world.sql(MEND)
    found = {
        row["subject"].partition(" ")[2]: (row["did"], row["state"], row["verdict"], row["lost"])
        for row in run.rows()
    }
    assert found == COMPARED
    assert "the application has a fault" in run.row(f"{kind} explode")["native_error"]
    # the mailbox is as plain Odoo leaves it, and the bytes are those that it had
    left = world.domain.flags(world.domain.account)
    assert len(left) == (0 if kind == "POP3" else len(original))
    assert all("\\Seen" in flags for flags in left.values())
    kept = world.sql(
        "SELECT source FROM mail_catchall_shadow WHERE fetchmail_server_id = %s", run.account
    )
    assert sorted(bytes(source) for (source,) in kept) == sorted(original)
    # what was lost makes its record after all, once
    lost = [f"{kind} {name}" for name in ("hidden", "mistyped", "explode")]
    assert not any(map(world.leads, lost))
    run.route_now(*lost)
    for subject in (*lost, f"{kind} alike"):
        world.lead(subject)
        assert not run.row(subject)["can_route"]
    with pytest.raises(RpcError, match="can be routed"):
        run.route_now(lost[0])
    # and Odoo, should it come upon them again, makes none either
    world.domain.append_many(world.domain.account, original)
    world.fetch(run.account)
    for subject in (*lost, f"{kind} alike"):
        world.lead(subject)
    assert len(run.rows()) == 7


def read_on_a_phone(world, name):
    """Somebody reads two new messages before Odoo comes, and marks an old one as unread."""
    world.send(letter(f"{name} phone"))
    world.send(without_id(letter(f"{name} phone, nameless")))
    with world.domain.imap(world.domain.account, "INBOX", readonly=False) as imap:
        imap.store("7:8", "+FLAGS", "\\Seen")
        imap.store("1", "-FLAGS", "\\Seen")


@pytest.mark.parametrize(("kind", "values"), KINDS, ids=[kind for kind, _values in KINDS])
def test_switching_loses_and_doubles_nothing(world, trial, kind, values):
    run = trial(**values(world))
    name = f"Switch {kind}"
    for number in range(3):
        world.send(letter(f"{name} had {number}"))
    world.send(letter(f"{name} lost", "saels@example.com"), "saels@example.com")
    world.send(letter(f"{name} dropped", "saels@example.com"), "saels@example.com")
    nameless = without_id(letter(f"{name} dropped too", "saels@example.com"))
    world.send(nameless, "saels@example.com")
    world.fetch(run.account)
    dropped = [run.row(f"{name} {what}")["id"] for what in ("dropped", "dropped too")]
    world.rpc("mail.catchall.shadow", "action_review", dropped)
    if kind == "IMAP":
        read_on_a_phone(world, name)
    # arrives, and Odoo does not come any more
    world.send(letter(f"{name} instant"))
    run.switch()
    world.send(letter(f"{name} after"))
    run.wait_live(3)
    world.fetch(run.account)
    expected = 6 if kind == "IMAP" else 3
    run.wait_live(expected)
    names = ["had 0", "had 1", "had 2", "lost", "instant", "after"]
    if kind == "IMAP":
        names += ["phone", "phone, nameless"]
        unread_again = world.row(run.account, f"{name} had 0")
        assert (unread_again["state"], unread_again["reason"]) == ("ignored", "duplicate")
    for what in names:
        world.lead(f"{name} {what}")
    assert not world.leads(f"{name} dropped") + world.leads(f"{name} dropped too")
    # what Odoo has had was not even read again
    assert len(world.rows(run.account)) == expected
    world.fetch(run.account)
    run.wait_live(0)
    assert len(world.rows(run.account)) == expected
    [server] = world.rpc.read("fetchmail.server", run.account, "is_catchall", "catchall_shadow")
    assert (server["is_catchall"], server["catchall_shadow"]) == (True, False)


def test_odoos_own_job_fetches_it_beside_a_live_account(world, trial, new_account):
    live = new_account(user="anna@example.com", alias_domain_ids=[])
    run = trial()
    world.domain.clear("anna@example.com")
    world.send(letter("By the job"))
    world.send(letter("To Anna", "anna@example.com"), "anna@example.com")
    cron = world.rpc.ref("mail.ir_cron_mail_gateway_action")
    world.rpc("ir.cron", "method_direct_trigger", [cron])
    world.wake()
    assert [(row["subject"], row["verdict"]) for row in run.rows()] == [("By the job", "same")]
    world.wait_routed(live, 1)
    assert not world.rows(run.account)


def test_a_mail_that_was_old_and_unread_is_not_forgotten(world, trial):
    # Odoo takes 50 messages at a time: a backlog may be older than the trial
    run = trial()
    for number in range(3):
        world.send(letter(f"Backlog {number}"))
    with world.domain.imap(world.domain.account, "INBOX", readonly=False) as imap:
        imap.store("2", "+FLAGS", "\\Seen")
    world.sql(
        "UPDATE fetchmail_server SET catchall_shadow_since = now() + interval '1 hour'"
        " WHERE id = %s",
        run.account,
    )
    run.switch()
    run.wait_live(2)
    world.fetch(run.account)
    run.wait_live(2)
    assert [len(world.leads(f"Backlog {number}")) for number in range(3)] == [1, 0, 1]


@contextlib.contextmanager
def over_and_over(*works):
    """Do each of these all the time, beside the test; Odoo can keep up with five a second."""
    stop = threading.Event()

    def repeat(work):
        while not stop.wait(0.2):
            work()

    threads = [threading.Thread(target=repeat, args=[work], daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def test_mail_comes_in_all_the_time_and_odoo_fetches_while_somebody_switches(world, trial):
    run = trial()
    rpc = world.odoo.rpc()  # of the thread that fetches
    sent = []

    def deliver():
        subject = f"Rush {len(sent)}"
        world.domain.send(letter(subject), "carla@customer.test", "sales@example.com")
        sent.append(subject)

    def fetch():
        with contextlib.suppress(RpcError):
            rpc("fetchmail.server", "fetch_mail", [run.account])

    def switched():
        try:
            run.switch()
        except RpcError as error:
            assert "right now" in str(error) or "serialize" in str(error), error
            return False
        return True

    with over_and_over(deliver, fetch):
        wait_until(lambda: len(run.rows()) > 5, 60, "Odoo fetches nothing")
        wait_until(switched, 60, "the account was never free", every=0.1)
        then = len(sent)
        wait_until(lambda: len(sent) >= then + 20, 60, "no mail comes in any more")
    world.domain.wait_delivered()
    world.fetch(run.account)
    natively = len(run.rows())
    assert 5 < natively < len(sent)
    run.wait_live(len(sent) - natively)
    counts = [len(world.leads(subject)) for subject in sent]
    assert counts == [1] * len(sent), (natively, counts)


# --- a process that ends


@pytest.fixture(scope="module")
def mortal(mail_domain, new_module_odoo):
    """A world whose Odoo may be killed."""
    world = World(new_module_odoo("shadow"), mail_domain)
    world.alias("sales")
    return world


@pytest.mark.parametrize("then", ["fetch", "switch"])
def test_killed_while_odoo_makes_the_record(mortal, then):
    world = mortal
    world.domain.clear(world.domain.account)
    run = Trial(world)
    subject = f"Killed stop here {then}"
    world.sql(BLOCK)
    holder = psycopg2.connect(dbname=world.odoo.database)
    holder.cursor().execute("SELECT pg_advisory_lock(4711)")
    holder.commit()
    try:
        world.send(letter(subject))
        world.fetch_in_background(run.account)
        wait_until(lambda: bool(world.sql(BLOCKED)), 30, "Odoo did not come to the mail")
        row = run.row(subject)
        assert (row["did"], row["verdict"], row["reason"]) == ("pending", "pending", "alias")
        assert row["has_source"]
        world.odoo.kill()
    finally:
        holder.close()
        world.sql(UNBLOCK)
    world.restart()
    assert not world.leads(subject)
    if then == "fetch":
        world.fetch(run.account)
        row = run.row(subject)
        assert (row["did"], row["verdict"]) == ("record", "same")
    else:
        run.switch()
        run.wait_live(1)
    world.lead(subject)
    world.close(run.account)


@pytest.mark.parametrize("then", ["fetch", "switch"])
def test_killed_before_odoo_could_tell_the_mailbox(mortal, then):
    world = mortal
    world.domain.clear(world.domain.account)
    subject = f"Not told {then}"
    world.send(letter(subject))
    with Proxy(world.domain.imap_port, rb"STORE 1 \+FLAGS") as proxy:
        run = Trial(world, port=proxy.port)
        world.fetch_in_background(run.account)
        assert proxy.stalled.wait(30)
        world.lead(subject)
        world.restart()
    world.rpc("fetchmail.server", "write", [run.account], {"port": world.domain.imap_port})
    if then == "fetch":
        world.fetch(run.account)
        assert (run.row(subject)["did"], run.row(subject)["verdict"]) == ("record", "same")
    else:
        run.switch()
        run.wait_live(1)
        row = world.row(run.account, subject)
        assert (row["state"], row["reason"]) == ("ignored", "duplicate")
    world.lead(subject)
    world.close(run.account)


def test_killed_in_the_middle_of_the_switch(mortal):
    world = mortal
    world.domain.clear(world.domain.account)
    with Proxy(world.domain.imap_port, rb"SEARCH UNSEEN") as proxy:
        run = Trial(world)
        world.send(letter("Before the switch"))
        world.fetch(run.account)
        world.send(letter("At the switch"))
        world.rpc("fetchmail.server", "write", [run.account], {"port": proxy.port})

        def switch():
            with contextlib.suppress(Exception):
                run.switch()

        threading.Thread(target=switch, daemon=True).start()
        # Odoo's own fetch searches (UNSEEN) without UID: this is the switch
        assert proxy.stalled.wait(30)
        world.restart()
    world.rpc("fetchmail.server", "write", [run.account], {"port": world.domain.imap_port})
    [server] = world.rpc.read("fetchmail.server", run.account, "catchall_shadow")
    assert server["catchall_shadow"], "nothing has changed"
    run.switch()
    run.wait_live(1)
    world.lead("Before the switch")
    world.lead("At the switch")
    world.close(run.account)
