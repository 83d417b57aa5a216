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
from ...kit.servers.mailbox_faults import (
    IMAP_FAULTS,
    OF_A_MESSAGE,
    POP_FAULTS,
    SPOILS,
    FaultyImap,
    FaultyPop3,
)
from .test_servers_reading import ServersCase

FETCHES = int(os.environ.get("MAIL_ROUTER_FAULTS") or 60)
SEED = int(os.environ.get("MAIL_ROUTER_FAULTS_SEED") or 1)
ROUNDS, CALM = 4, 3  # fetches with faults, and without, of each mailbox


@tagged("post_install", "-at_install")
class TestMailboxFaults(ServersCase):
    def test_random_faults(self):
        for seed in range(SEED, SEED + max(FETCHES // (ROUNDS + CALM), 2)):
            with self.subTest(seed=seed):
                self.play(random.Random(seed))

    def play(self, dice):
        """One mailbox: rounds with faults, then without."""
        script = dice.choice((FaultyImap, FaultyPop3))()
        after = dice.choice(("seen", "delete", "move"))
        placed, history = [], set()
        with self.account(script, after_fetch=after) as server:
            for _turn in range(ROUNDS):
                script.calm()
                played = dice.sample(sorted(script.faults), dice.choice((0, 1, 1, 2)))
                script.play(played)
                played += self.change(dice, script, placed)
                history |= set(played)
                server._catchall_fetch()
                self.assert_said(server, script, played)
                self.assert_said_of_messages(server, history)
            script.calm()
            if isinstance(script, FaultyImap):
                script.spoil()
            for _turn in range(CALM):
                server._catchall_fetch()
            self.assert_all_arrived(server, script, placed)

    def change(self, dice, script, placed):
        """What happens in the mailbox between two fetches; nobody else removes anything.

        Return the names of what is said of it.
        """
        said = []
        if isinstance(script, FaultyImap) and dice.random() < 0.3:
            script.renumber(back=dice.choice(((), script.removed)))
            script.uidvalidity += dice.choice((0, 1))
            said.append("numbered anew")
        for _number in range(dice.choice((0, 1, 2, 5))):
            subject = f"number {len(placed)}"
            placed.append(subject)
            key = max(script.mails, default=0) + 1
            script.mails[key] = mail(subject=subject)
            if isinstance(script, FaultyPop3):
                # as names are given again: the number of messages, not of deliveries
                script.names = {**script.names, key: dice.choice((f"u{key}", f"u{key}", "same"))}
        if isinstance(script, FaultyImap):
            some = {uid for uid in script.mails if dice.random() < 0.2}
            spoil = dice.choice(sorted(SPOILS))
            script.spoil(spoil, some)
            said += [spoil] if some else []
        return said

    def assert_said(self, server, script, played):
        """Every sentence on the account names something that was played."""
        faults = IMAP_FAULTS if isinstance(script, FaultyImap) else POP_FAULTS
        words = {name: said for name, (_quirks, said) in faults.items()} | {
            name: said for name, said in SPOILS.items() if isinstance(script, FaultyImap)
        }
        causes = [words[name] for name in played if words.get(name)]
        for line in (server.error_message or "").splitlines():
            self.assertTrue([cause for cause in causes if cause in line], (played, line))

    def assert_said_of_messages(self, server, history):
        """The same of every message that could not be fetched; faults of before count."""
        self.env.invalidate_all()
        for row in self.rows(server).filtered(lambda row: not row.has_source):
            causes = [names for words, names in OF_A_MESSAGE.items() if words in row.error]
            self.assertTrue([names for names in causes if names & history], (history, row.error))

    def assert_all_arrived(self, server, script, placed):
        self.env.invalidate_all()
        self.assertFalse(server.error_message)
        rows = self.rows(server)
        # For what is too large a person has to say that it may come.
        rows.filtered(lambda row: row.reason == "oversize")._reopen()
        self.assertFalse(rows.filtered(lambda row: not row.has_source).mapped("error"))
        self.assertEqual(Counter(rows.mapped("subject")), Counter(placed))
        self.assertEqual(set(rows.mapped("state")), {"received"} if placed else set())
        kept = {source for _row, source in rows._read_sources()}
        self.assertLessEqual(set(script.removed), kept)
