"""What holds for any message, whatever it is made of.

MAIL_ROUTER_RANDOM_MAILS says how many; a failure names the seed of its message. Eighty take
half a minute; a change of what is believed is tried with a thousand.
"""

import os
from dataclasses import replace

from odoo.tests import tagged

from ...kit.attacks.judge import Judge
from ...kit.attacks.play import AttackCase
from ...kit.attacks.random_mail import random_mail
from ...kit.attacks.table import note

COUNT = int(os.environ.get("MAIL_ROUTER_RANDOM_MAILS", "80"))
PARTS = 4


@tagged("post_install", "-at_install")
class TestAnyMail(AttackCase):
    def setUp(self):
        super().setUp()
        self.words |= self.converse()
        self.lead.message_subscribe(self.follower.ids)
        # Nobody of these may become known by what another message did: each is undone.
        self.known = {self.customer.email, self.follower.email}

    def test_first_part(self):
        self.play_part(0)

    def test_second_part(self):
        self.play_part(1)

    def test_third_part(self):
        self.play_part(2)

    def test_fourth_part(self):
        self.play_part(3)

    def play_part(self, part):
        for seed in range(part, COUNT, PARTS):
            mail = random_mail(seed)
            with self.subTest(seed=seed), self.env.cr.savepoint() as savepoint:
                judge = Judge(self.env, self.play(mail.source))
                mail = replace(mail, sender=mail.sender.replace("@CUSTOMER@", self.customer.email))
                wrong = [*self.unproved_authors(mail, judge), *self.strangers_mailed(mail, judge)]
                savepoint.rollback()
                self.env.invalidate_all()
                note(f"random {seed}", wrong, more=f"    ({mail.truth})")
                self.assertEqual(wrong, [], f"{mail.truth}\n{mail.source.decode()}")

    def unproved_authors(self, mail, judge):
        """Whoever is the internal author of what a message makes has a proof for that address."""
        users = self.env["res.users"].with_context(active_test=False)
        emails = {user.login: user.email for user in users.search([])}
        words = [f"author {who}" for who in judge.internal_authors() if not mail.proves(who)]
        words += [
            f"record made as {login}" for login in judge.made_as() if not mail.proves(emails[login])
        ]
        if not mail.proves(mail.sender):
            words += [f"record by {alias}" for alias in judge.restricted()]
        return words

    def strangers_mailed(self, mail, judge):
        """Nobody outside is mailed, unless by somebody proved or known on that record."""
        ours = judge.is_ours(mail.sender) and mail.proves(mail.sender)
        known = mail.sender in self.known and not mail.failed
        return [
            f"mailed to {to} with From {sender}"
            for to, sender in judge.left()
            if not (mail.proves(mail.sender) if to == mail.sender else ours or known)
        ]
