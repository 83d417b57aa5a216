"""Which servers and results an admin is asked about, from what the first messages name."""

from ....incoming.suggest_hosts import suggest_hosts
from ...kit.pure import PureCase
from ...kit.verdict_kit import hop
from ...kit.verdict_kit import mail as received


class TestSuggestHosts(PureCase):
    """Which of the names in the first mails an admin is asked about."""

    RESULTS = "Authentication-Results: {}; spf=pass smtp.mailfrom=example.org"

    def mail(self, *above, host="mx3.provider.net", below=()):
        entry = hop().replace("mx.domain.com", host)
        return received(*below, above=[*above, entry], received=False)

    def test_host_and_id_of_the_server(self):
        mails = [self.mail(self.RESULTS.format("mx3.provider.net"))] * 4
        found = suggest_hosts(mails)
        self.assertEqual(found.hosts, (("mx3.provider.net", 4),))
        self.assertEqual(found.ids, (("mx3.provider.net", 4),))
        self.assertEqual(found.mails, 4)

    def test_hosts_inside_the_store_are_passed_over(self):
        date = "Mon, 3 Nov 2025 10:00:00 +0100"
        mails = [
            self.mail(
                "Received: from mx3.provider.net ([127.0.0.1]) by store.provider.net with LMTP;"
                f" {date}",
                f"Received: by 10.1.2.3 with SMTP id x; {date}",
            )
        ] * 3
        names = {name for name, _count in suggest_hosts(mails).hosts}
        self.assertEqual(names, {"store.provider.net", "mx3.provider.net"})

    def test_a_name_below_ours_must_be_a_sibling_or_stand_in_most_mails(self):
        date = "Mon, 3 Nov 2025 10:00:00 +0100"
        top = f"Received: from x ([10.0.0.1]) by store.provider.net with ESMTP; {date}"
        for host, mails, offered in (
            ("mx3.provider.net", 2, True),
            ("filter.example", 2, False),
            ("filter.example", 9, True),
        ):
            found = suggest_hosts(
                [self.mail(top, host=host)] * mails + [self.mail(top, host="a.b.c")] * 3
            )
            self.assertEqual(host in dict(found.hosts), offered, (host, mails))

    def test_numbered_machines_of_microsoft_are_one(self):
        mails = [self.mail(host=f"DB{number}.eurprd08.prod.outlook.com") for number in range(3)]
        self.assertEqual(suggest_hosts(mails).hosts, (("*.outlook.com", 3),))

    def test_an_id_of_another_name_stands_in_most_mails(self):
        theirs = self.mail(self.RESULTS.format("auth.provider.example"))
        self.assertEqual(suggest_hosts([theirs] * 3).ids, (("auth.provider.example", 3),))
        self.assertEqual(suggest_hosts([theirs] * 3 + [self.mail()] * 4).ids, ())

    def test_what_a_sender_plants_is_not_offered(self):
        planted = self.RESULTS.format("mx.evil.example")
        below = [
            planted,
            "Received: from a by mx.evil.example; Mon, 3 Nov 2025 10:00:00 +0100",
        ]
        # behind the sender's own fields, and once at the very top of what they sent
        mails = [self.mail(below=["X-Mailer: x", *below])] * 10
        mails += [self.mail(below=below)] * 2
        found = suggest_hosts(mails)
        self.assertEqual(found.ids, ())
        self.assertEqual(found.hosts, (("mx3.provider.net", 12),))

    def test_only_the_first_mails_from_outside_count(self):
        inside = received(received=False)
        mails = [inside] * 5 + [self.mail()] * 25
        self.assertEqual(suggest_hosts(mails).mails, 20)

    def test_rubbish_is_no_name(self):
        for host in ("<script>", "a b.example", "localhost", "192.0.2.1"):
            mails = [self.mail(self.RESULTS.format(host), host=host)] * 4
            found = suggest_hosts(mails)
            self.assertEqual((found.ids, found.hosts), ((), ()), host)
