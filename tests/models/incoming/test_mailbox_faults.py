"""Fetches from mailboxes whose servers do one wrong thing after another, by a seeded generator.

``./dev fuzz mailbox 500`` runs as many fetches; ``MAIL_ROUTER_FAULTS`` is their number, and
``MAIL_ROUTER_FAULTS_SEED`` the first seed. After the faults have ended, every message has one row
with its bytes, nothing unread was deleted, and no account is stuck; and whatever an account said
was really so.
"""

import os
import random
from collections import Counter

from odoo.tests import tagged

from ...kit.common import mail
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3
from .test_servers_reading import ServersCase

FETCHES = int(os.environ.get("MAIL_ROUTER_FAULTS") or 60)
SEED = int(os.environ.get("MAIL_ROUTER_FAULTS_SEED") or 1)
ROUNDS, CALM = 4, 3  # fetches with faults, and without, of each mailbox

SLOW = b"[THROTTLED] slow down"
FULL = b"[OVERQUOTA] mailbox is full"
# Fault: (what a server does then, what the account may say of it)
IMAP_FAULTS = {
    "bye": ({"greeting": b"* BYE Too many connections"}, "no further connection"),
    "login": ({"refuses": {"login": b"NO [UNAVAILABLE] not now"}}, "at the moment"),
    "password": ({"refuses": {"login": b"NO [AUTHENTICATIONFAILED] no"}}, "user name and the pass"),
    "not connected": (
        {"refuses": {"select": b"BAD User is authenticated but not connected."}},
        "accepted the login",
    ),
    "slow": ({"refuses": {"uid_fetch": b"NO " + SLOW}}, "fewer logins"),
    "store": ({"refuses": {"uid_store": b"NO [NOPERM] store"}}, "[NOPERM] store"),
    "full": ({"refuses": {"uid_move": b"NO " + FULL, "create": b"NO " + FULL}}, "mailbox is full"),
    "expunge": ({"refuses": {"uid_expunge": b"NO [NOPERM] expunge"}}, "[NOPERM] expunge"),
    "no move": ({"after_login": "IMAP4rev1 UIDPLUS"}, ""),
    "read-only": ({"read_only": True}, "read-only"),
    "search ends": ({"ends_at": b"UID SEARCH"}, "in the middle"),
    "store ends": ({"ends_at": b"UID STORE"}, "in the middle"),
    "fetch ends": ({"ends_at": b"UID FETCH"}, "in the middle"),
    "lines": ({"search_line": 2}, ""),
    "order": ({"reverse": True, "chatter": (b"* 1 FETCH (FLAGS ())", b"* 9 EXISTS")}, ""),
    "no next": ({"next_uid": None}, ""),
    "id": ({"wants_id": True}, ""),
}
POP_FAULTS = {
    "busy": ({"greeting": b"-ERR too many connections"}, "no further connection"),
    "in use": ({"refuses": {"PASS": b"-ERR [IN-USE] locked"}}, "another program"),
    "delete": ({"refuses": {"DELE": b"-ERR no way"}}, "no way"),
    "no top": ({"has_top": False}, ""),
    "newest": ({"newest": 2}, ""),
    "poison": ({"ends_in": 1}, "in the middle"),
    "refused": ({"refused": frozenset({1, 2})}, ""),
    "one name": ({"one_name": True}, ""),
}


class Removing:
    """A server that keeps what it was told to remove."""

    def __init__(self, *arguments, **quirks):
        self.removed = []
        super().__init__(*arguments, **quirks)

    def calm(self):
        """No fault any more."""
        for name in {name for faults, _words in self.faults.values() for name in faults}:
            setattr(self, name, getattr(type(self), name))


class Imap(Removing, ScriptedImap):
    faults = IMAP_FAULTS
    marked = frozenset()

    def on_uid_store(self, line, arguments, _write):
        if b"Deleted" in line:
            self.marked |= set(self._chosen(arguments[0]))

    def on_uid_expunge(self, _line, arguments, _write):
        for uid in set(self._chosen(arguments[0])) & self.marked:
            self.removed.append(self.mails.pop(uid))
        self.marked = frozenset()

    def on_uid_move(self, _line, arguments, _write):
        for uid in self._chosen(arguments[0]):
            self.removed.append(self.mails.pop(uid))


class Pop3(Removing, ScriptedPop3):
    faults = POP_FAULTS
    one_name = False

    def talk(self, lines, write):
        before = dict(self.mails)
        try:
            super().talk(lines, write)
        finally:
            self.removed += [text for key, text in before.items() if key not in self.mails]


@tagged("post_install", "-at_install")
class TestMailboxFaults(ServersCase):
    def test_random_faults(self):
        for seed in range(SEED, SEED + max(FETCHES // (ROUNDS + CALM), 2)):
            with self.subTest(seed=seed):
                self.play(random.Random(seed))

    def play(self, dice):
        """One mailbox: rounds with faults, then without."""
        script = dice.choice((Imap, Pop3))()
        after = dice.choice(("seen", "delete", "move"))
        placed = []
        with self.account(script, after_fetch=after) as server:
            for _turn in range(ROUNDS):
                script.calm()
                played = self.choose(dice, script)
                self.change(dice, script, placed, played)
                server._catchall_fetch()
                self.assert_said(server, played)
            script.calm()
            self.spoil(script, frozenset())
            for _turn in range(CALM):
                server._catchall_fetch()
            self.env.invalidate_all()
            self.assertFalse(server.error_message)
            rows = self.rows(server)
            self.assertFalse(rows.filtered(lambda row: not row.has_source).mapped("error"))
            found = Counter(rows.mapped("subject"))
            self.assertEqual(found, Counter(placed))
            kept = {source for _row, source in rows._read_sources()}
            self.assertLessEqual(set(script.removed), kept)

    def choose(self, dice, script):
        played = dice.sample(sorted(script.faults), dice.choice((0, 1, 1, 2)))
        for name in played:
            for quirk, value in script.faults[name][0].items():
                if quirk == "refuses":
                    value = {**script.refuses, **value}
                setattr(script, quirk, value)
        return played

    def change(self, dice, script, placed, played):
        """What happens in the mailbox between two fetches; nobody else removes anything."""
        if isinstance(script, Imap) and dice.random() < 0.3:
            script.mails = dict(enumerate(script.mails.values(), 1))
            script.uidvalidity += dice.choice((0, 1))
            script.marked = frozenset()
        for _number in range(dice.choice((0, 1, 2, 5))):
            subject = f"number {len(placed)}"
            placed.append(subject)
            key = max(script.mails, default=0) + 1
            script.mails[key] = mail(subject=subject)
            if isinstance(script, Pop3):
                # as names are given again: the number of messages, not of deliveries
                script.names = {**script.names, key: dice.choice((f"u{key}", f"u{key}", "same"))}
        if isinstance(script, Imap):
            some = {uid for uid in script.mails if dice.random() < 0.2}
            quirk = self.spoil(script, frozenset(some), dice)
            played += [quirk] if some else []

    def spoil(self, script, uids, dice=None):
        """Some messages are not handed out as they are."""
        quirks = ("empty", "short", "nil", "poison", "refused")
        if isinstance(script, Imap):
            for name in quirks:
                setattr(script, name, frozenset())
            if dice:
                name = dice.choice(quirks)
                setattr(script, name, uids)
                return name
        return ""

    def assert_said(self, server, played):
        """Every sentence on the account names something that was played."""
        words = {**IMAP_FAULTS, **POP_FAULTS}
        causes = [words[name][1] for name in played if name in words and words[name][1]]
        causes += ["in the middle"] if "poison" in played else []
        for line in (server.error_message or "").splitlines():
            self.assertTrue([cause for cause in causes if cause in line], (played, line))
