"""What a fetch takes from the mailbox, and what it leaves there."""

import re

import pytest
from proxy import Proxy
from world import letter

pytestmark = pytest.mark.usefixtures("nobody_is_answered")


def put(world, subjects, folder="INBOX", flags=""):
    """Put messages into the catch-all mailbox."""
    for subject in subjects:
        world.domain.append(world.domain.account, letter(subject), folder, flags)


def test_a_mail_that_somebody_read_on_a_phone_is_fetched_too(world, account):
    put(world, ["Read on a phone"], flags="\\Seen")
    world.fetch_and_route(account, 1)
    world.lead("Read on a phone")


def test_a_second_fetch_asks_for_new_mails_only(world, new_account):
    with Proxy(world.domain.imap_port) as proxy:
        account = new_account(port=proxy.port)
        put(world, ["Mark 1", "Mark 2"])
        world.fetch_and_route(account, 2)
        world.fetch(account)
        put(world, ["Mark 3"])
        world.fetch_and_route(account, 3)
        bodies = [line for line in proxy.lines if b"BODY.PEEK[]" in line]
    assert len(bodies) == 2
    for number in (1, 2, 3):
        world.lead(f"Mark {number}")


def test_a_mailbox_that_is_numbered_anew_doubles_nothing(world, account):
    put(world, ["Numbered anew 1", "Numbered anew 2"])
    world.fetch_and_route(account, 2)
    world.domain.dovecot.stop()
    for path in world.domain.dovecot.maildir(world.domain.account).glob("dovecot*"):
        if path.is_file():
            path.unlink()
    uidvalidity = world.domain.dovecot.maildir(world.domain.account) / "dovecot-uidlist"
    assert not uidvalidity.exists()
    world.domain.dovecot.start()
    put(world, ["Numbered anew 3"])
    rows = world.fetch_and_route(account, 3)
    for number in (1, 2, 3):
        world.lead(f"Numbered anew {number}")
    # known by their headers and sizes: not even stored a second time
    assert [str(row["reason"]) for row in rows] == ["alias"] * 3
    world.fetch(account)
    assert len(world.rows(account)) == 3


def test_junk_is_fetched_and_waits_for_a_person(world, account):
    put(world, ["Taken for spam"], "Junk")
    [row] = world.fetch_and_route(account, 1)
    assert row["folder_is_junk"]
    assert (row["state"], row["reason"]) == ("quarantined", "spam")
    assert not world.leads("Taken for spam")


def test_junk_may_be_left_alone(world, new_account):
    account = new_account(fetch_junk=False)
    put(world, ["Left in Junk"], "Junk")
    world.fetch(account)
    assert not world.rows(account)
    assert world.domain.count(world.domain.account, "Junk") == 1


def test_seen_is_set_after_fetching(world, account):
    put(world, ["To be seen"])
    world.fetch_and_route(account, 1)
    [flags] = world.domain.flags(world.domain.account).values()
    assert "\\Seen" in flags


def test_the_archive_folder_is_created_whatever_its_name(world, new_account):
    # "&" and "ü" are written in modified UTF-7 (RFC 3501 §5.1.3)
    account = new_account(after_fetch="move", archive_folder="Mail für Sales & Co")
    put(world, ["To the archive"])
    world.fetch_and_route(account, 1)
    world.lead("To the archive")
    assert world.domain.count(world.domain.account) == 0
    assert world.domain.count(world.domain.account, "Mail f&APw-r Sales &- Co") == 1


def test_delete_removes_what_is_stored_and_nothing_else(world, new_account):
    account = new_account(after_fetch="delete", max_message_mb=1)
    put(world, ["Small enough"])
    world.domain.append(world.domain.account, letter("Big", body="x" * 900 + "\n" * 1_100_000))
    world.fetch_and_route(account, 2)
    assert world.row(account, "Small enough")["state"] == "routed"
    [left] = world.domain.messages(world.domain.account)
    assert b"Subject: Big" in left


def test_too_large_a_mail_stays_and_comes_once_the_limit_is_raised(world, new_account):
    account = new_account(max_message_mb=1)
    raw = letter("Large", attachments=[("plan.bin", b"x" * 1_500_000)])
    world.domain.append(world.domain.account, raw)
    put(world, ["Beside a large one"])
    rows = world.fetch_and_route(account, 2)
    [large] = [row for row in rows if not row["has_source"]]
    assert (large["state"], large["reason"]) == ("failed", "oversize")
    assert "Raise the limit" in large["error"]
    world.lead("Beside a large one")
    world.rpc("mail.catchall.message", "action_replay", [large["id"]])
    assert world.rpc.read("mail.catchall.message", large["id"], "reason")[0]["reason"] == "oversize"
    assert sorted(len(flags) for flags in world.domain.flags(world.domain.account).values()) == [
        0,
        1,
    ]
    world.rpc("fetchmail.server", "write", [account], {"max_message_mb": 3})
    world.rpc("mail.catchall.message", "action_replay", [large["id"]])
    world.wait_routed(account, 2)
    world.lead("Large")
    world.fetch(account)
    assert all("\\Seen" in flags for flags in world.domain.flags(world.domain.account).values())


def activate(world, account, **values):
    """Confirm an account through the dialogue that asks from when on to fetch."""
    wizard = world.rpc.create("mail.catchall.activate", fetchmail_server_id=account, **values)
    world.rpc("mail.catchall.activate", "action_activate", [wizard])


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ({"start": "now"}, {"new"}),
        ({"start": "date", "since": "2026-10-02 00:00:00"}, {"later", "recent", "new"}),
        ({"start": "all"}, {"old", "later", "recent", "new"}),
    ],
)
def test_fetching_starts_where_the_admin_said(world, new_account, start, expected):
    account = new_account(confirm=False)
    # arrived in a time zone in which it was still the first of October
    dates = {"old": "01-Oct-2026 10:00:00 +0000", "later": "01-Oct-2026 22:30:00 -0500"}
    with world.domain.imap(world.domain.account, "INBOX", readonly=False) as client:
        for name, date in dates.items():
            client.append("INBOX", None, f'"{date}"', letter(f"{start['start']} {name}"))
    put(world, [f"{start['start']} recent"])
    world.wait_clock()
    activate(world, account, **start)
    world.wait_clock()
    put(world, [f"{start['start']} new"])
    rows = world.fetch_and_route(account, len(expected))
    assert {row["subject"].split()[1] for row in rows} == expected
    world.fetch(account)
    assert len(world.rows(account)) == len(expected)


def test_a_full_mailbox_comes_in_bounded_batches(world, new_account):
    total, lanes = 2000, "name LIKE 'ir_cron_catchall_route_%' AND model = 'ir.cron'"
    world.domain.append_many(
        world.domain.account, (letter(f"Full {number}") for number in range(total))
    )
    world.sql(
        "UPDATE ir_cron SET active = false WHERE id IN"
        f" (SELECT res_id FROM ir_model_data WHERE {lanes})"
    )
    try:
        with Proxy(world.domain.imap_port) as proxy:
            account = new_account(port=proxy.port)
            world.fetch(account)
            asked = [line for line in proxy.lines if b"BODY.PEEK[]" in line]
        assert len(world.sources(account)) == total
        assert max(map(uids, asked)) <= 200
        assert len(asked) >= 10
        world.sql("DELETE FROM mail_catchall_message WHERE fetchmail_server_id = %s", account)
    finally:
        world.sql(
            "UPDATE ir_cron SET active = true WHERE id IN"
            f" (SELECT res_id FROM ir_model_data WHERE {lanes})"
        )


def uids(line):
    """How many UIDs a command names."""
    ranges = re.search(rb"FETCH (\S+)", line)[1].split(b",")
    ends = [item.partition(b":") for item in ranges]
    return sum(int(last or first) - int(first) + 1 for first, _colon, last in ends)
