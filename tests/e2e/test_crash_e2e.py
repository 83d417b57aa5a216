"""Power cuts: Odoo is ended by SIGKILL at the worst moments; every message has its record, once."""

import psycopg2
import pytest
from blocking import BLOCK, BLOCKED, UNBLOCK
from proxy import Proxy
from world import World, letter

from tools.processes import wait_until


@pytest.fixture(scope="module")
def mortal(mail_domain, new_module_odoo):
    """A world whose Odoo may be killed."""
    world = World(new_module_odoo("crash"), mail_domain)
    world.alias("sales")
    with world.nobody_is_answered():
        yield world


@pytest.fixture
def crashing(mortal):
    """The same world on an empty mailbox; its accounts are closed afterwards."""
    mortal.domain.clear(mortal.domain.account)
    accounts = []

    def make(**values):
        accounts.append(mortal.account(**values))
        return accounts[-1]

    mortal.make = make
    yield mortal
    for account in accounts:
        mortal.close(account)


@pytest.mark.parametrize(
    ("after_fetch", "command"),
    [("seen", rb"UID STORE"), ("move", rb"UID (MOVE|COPY)"), ("delete", rb"UID STORE")],
)
def test_killed_between_the_ledger_and_the_acknowledgement(crashing, after_fetch, command):
    world = crashing
    subjects = [f"{after_fetch} {number}" for number in range(5)]
    world.domain.append_many(world.domain.account, map(letter, subjects))
    with Proxy(world.domain.imap_port, command) as proxy:
        account = world.make(port=proxy.port, after_fetch=after_fetch, archive_folder="Archive")
        world.fetch_in_background(account)
        assert proxy.stalled.wait(30)
        assert len(world.sources(account)) == 5
        assert not any(world.domain.flags(world.domain.account).values())
        world.restart()
    world.rpc("fetchmail.server", "write", [account], {"port": world.domain.imap_port})
    world.fetch(account)
    world.wake()
    world.wait_routed(account, 5)
    for subject in subjects:
        world.lead(subject)
    left = world.domain.flags(world.domain.account)
    if after_fetch == "seen":
        assert len(left) == 5
        assert all("\\Seen" in flags for flags in left.values())
    else:
        assert not left
    assert world.domain.count(world.domain.account, "Archive") == 5 * (after_fetch == "move")


def test_killed_in_the_middle_of_routing(crashing):
    world = crashing
    subjects = [f"Routing {number}" for number in range(30)]
    subjects[12] = "Routing, stop here"
    world.sql(BLOCK)
    holder = psycopg2.connect(dbname=world.odoo.database)
    holder.cursor().execute("SELECT pg_advisory_lock(4711)")
    holder.commit()
    world.domain.append_many(world.domain.account, map(letter, subjects))
    account = world.make()
    world.fetch(account)
    wait_until(lambda: bool(world.sql(BLOCKED)), 30, "no lane came to the message that blocks it")
    world.odoo.kill()
    holder.close()
    wait_until(
        lambda: (
            world.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            == 1
        ),
        30,
        "connections of the dead Odoo stay",
    )
    claimed = world.value("SELECT count(*) FROM mail_catchall_message WHERE claim_pid IS NOT NULL")
    assert claimed >= 2, "the kill came too late to prove anything"
    world.sql(UNBLOCK)
    world.restart()
    world.wake()
    world.wait_routed(account, 30, timeout=60)
    for subject in subjects:
        world.lead(subject)
    assert {row["state"] for row in world.rows(account)} == {"routed"}


def test_a_mail_that_always_ends_the_process_is_given_up_and_takes_none_along(crashing):
    world = crashing
    world.domain.append_many(
        world.domain.account, [letter("Before"), letter("Deadly stop here"), letter("After")]
    )
    world.sql(BLOCK)
    account = world.make()
    try:
        for _death in range(3):
            holder = psycopg2.connect(dbname=world.odoo.database)
            holder.cursor().execute("SELECT pg_advisory_lock(4711)")
            holder.commit()
            world.fetch(account)
            world.wake()
            wait_until(lambda: bool(world.sql(BLOCKED)), 60, "the deadly one was not tried again")
            world.odoo.kill()
            holder.close()
            world.restart()
    finally:
        world.sql(UNBLOCK)
    # Odoo lets a job that died three times wait for its next turn: here it is
    world.lanes_turn()
    world.wait_routed(account, 3)
    assert world.row(account, "Deadly stop here")["state"] == "failed"
    world.lead("Before")
    world.lead("After")
    deadly = world.row(account, "Deadly stop here")["id"]
    world.rpc("mail.catchall.message", "action_replay", [deadly])
    world.wait_routed(account, 3)
    world.lead("Deadly stop here")
