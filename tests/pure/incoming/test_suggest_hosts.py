"""Which servers and results an admin is asked about, from what the first messages name."""

from ....incoming.suggest_hosts import (
    SuggestedHosts,
    _are_akin,
    _is_name,
    entrance,
    named_ids,
    suggest_hosts,
)
from ...kit.pure import PureCase
from ...kit.verdict_kit import DATE, hop
from ...kit.verdict_kit import mail as received


class TestSuggestHosts(PureCase):
    """Which of the names in the first messages an admin is asked about."""

    RESULTS = "Authentication-Results: {}; spf=pass smtp.mailfrom=example.org"

    def mail(self, *above, host="mx3.provider.net", below=()):
        entry = hop().replace("mx.domain.com", host)
        return received(*below, above=[*above, entry], received=False)

    def test_host_and_id_of_the_server(self):
        mails = [self.mail(self.RESULTS.format("mx3.provider.net"))] * 4
        found = suggest_hosts(mails)
        self.assertEqual(found.hosts, (("mx3.provider.net", 4),))
        self.assertEqual(found.ids, (("mx3.provider.net", 4),))

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
        self.assertEqual(suggest_hosts(mails).hosts, (("mx3.provider.net", 20),))

    def test_rubbish_is_no_name(self):
        for host in ("<script>", "a b.example", "localhost", "192.0.2.1"):
            mails = [self.mail(self.RESULTS.format(host), host=host)] * 4
            found = suggest_hosts(mails)
            self.assertEqual((found.ids, found.hosts), ((), ()), host)

    def test_nothing(self):
        self.assertEqual(suggest_hosts([]), SuggestedHosts(ids=(), hosts=()))

    def test_a_name_of_another_company_stands_in_three_messages_and_in_most(self):
        theirs = self.mail(self.RESULTS.format("auth.other.example"))
        for named, others, offered in ((3, 2, True), (3, 3, False), (2, 1, False), (4, 3, True)):
            with self.subTest(named=named, others=others):
                found = suggest_hosts([theirs] * named + [self.mail()] * others)
                expected = (("auth.other.example", named),) if offered else ()
                self.assertEqual(found.ids, expected)

    def test_a_name_akin_to_a_sure_one_stands_in_two(self):
        akin = self.mail(self.RESULTS.format("auth.provider.net"))
        for named, offered in ((1, ()), (2, (("auth.provider.net", 2),))):
            self.assertEqual(suggest_hosts([akin] * named + [self.mail()] * 9).ids, offered)

    def test_the_topmost_host_stands_in_two(self):
        for named, offered in ((1, False), (2, True)):
            mails = [self.mail(host="mx.other.example")] * named + [self.mail()] * 9
            hosts = dict(suggest_hosts(mails).hosts)
            self.assertEqual("mx.other.example" in hosts, offered)

    def test_one_message_that_was_asked_for_is_enough(self):
        asked = self.mail(self.RESULTS.format("auth.other.example"), host="mx.other.example")
        found = suggest_hosts([self.mail()] * 4, asked=[asked, received(received=False)])
        self.assertEqual(found.ids, (("auth.other.example", 1),))
        self.assertEqual(found.hosts, (("mx3.provider.net", 4), ("mx.other.example", 1)))

    def test_a_message_that_names_a_host_twice_counts_once(self):
        top = f"Received: by mx3.provider.net with LMTP; {DATE}"
        found = suggest_hosts([self.mail(top)] * 2)
        self.assertEqual(found.hosts, (("mx3.provider.net", 2),))


class TestEntrance(PureCase):
    """Down to which field a message was written by servers of ours."""

    def mail(self, peer, by="store.provider.net"):
        top = f"Received: from {peer} by {by} with ESMTP; {DATE}"
        return received(above=[top, hop()], received=False)

    def test_from_a_network_within(self):
        for ip, within in (
            ("127.0.0.1", True),
            ("127.255.255.255", True),
            ("128.0.0.0", False),
            ("10.0.0.0", True),
            ("10.255.255.255", True),
            ("11.0.0.0", False),
            ("172.15.255.255", False),
            ("172.16.0.0", True),
            ("172.31.255.255", True),
            ("172.32.0.0", False),
            ("192.167.255.255", False),
            ("192.168.0.0", True),
            ("192.168.255.255", True),
            ("192.169.0.0", False),
            ("192.0.2.1", False),
            ("IPv6:::1", True),
            ("IPv6:::2", False),
            ("IPv6:fc00::1", True),
            ("IPv6:fdff::1", True),
            ("IPv6:fe00::1", False),
            ("IPv6:fe80::1", True),
            ("IPv6:febf::1", True),
            ("IPv6:fec0::1", False),
            ("IPv6:2001:db8::1", False),
        ):
            with self.subTest(ip=ip):
                found = entrance(self.mail(f"x.test (x.test [{ip}])"))
                hosts = ["store.provider.net", *(["mx.domain.com"] if within else [])]
                self.assertEqual([each.by for each in found], hosts)

    def test_an_address_of_the_world_beside_one_from_within(self):
        self.assertEqual(len(entrance(self.mail("[203.0.113.9] (x.test [10.0.0.1])"))), 1)

    def test_from_nobody_who_can_be_seen(self):
        self.assertEqual(len(entrance(self.mail("x.test"))), 1)

    def test_from_a_host_that_is_known_by_then(self):
        peer = "store.provider.net (store.provider.net [203.0.113.9])"
        self.assertEqual(len(entrance(self.mail(peer))), 2)
        peer = "a1.prod.outlook.com (a1.prod.outlook.com [203.0.113.9])"
        self.assertEqual(len(entrance(self.mail(peer, by="b2.mail.outlook.com"))), 2)

    def test_a_message_that_never_was_outside(self):
        self.assertEqual(entrance(received(received=False)), ())
        top = f"Received: by store.provider.net with LMTP; {DATE}"
        self.assertEqual(entrance(received(above=[top], received=False)), ())


class TestIds(PureCase):
    RESULTS = TestSuggestHosts.RESULTS

    def ids(self, *above):
        return named_ids(received(above=above, received=False))

    def test_above_the_entrance_and_directly_below_it(self):
        for above, expected in (
            ([], ()),
            ([hop()], ()),
            (["b.test", "a.test", hop()], ("a.test", "b.test")),
            (["a.test", hop(), "b.test", "c.test"], ("a.test", "b.test", "c.test")),
            ([hop(), "X-Mailer: x", "b.test"], ()),
            (["X-Store: x", hop(), "X-Mailer: x", "b.test"], ()),
            ([hop(), hop(), "b.test"], ()),
            ([f"Received: by s.test with LMTP; {DATE}", hop(), "b.test"], ("b.test",)),
            (["a.test"], ()),
        ):
            with self.subTest(above=above):
                lines = [line if ":" in line else self.RESULTS.format(line) for line in above]
                self.assertEqual(self.ids(*lines), expected)

    def test_five_of_one_message(self):
        fields = [self.RESULTS.format(f"a{number}.test") for number in range(7)]
        self.assertEqual(self.ids(*fields, hop()), tuple(f"a{n}.test" for n in range(5)))


class TestNames(PureCase):
    def test_what_is_a_name(self):
        long = ".".join(["a" * 60] * 4)  # 243 letters
        for name, expected in (
            ("mx.test", True),
            ("mx-1.a_b.test", True),
            ("a.b.c.test", True),
            ("mx1", False),
            ("", False),
            ("mx..test", False),
            ("mx.test.", False),
            (".test", False),
            ("-._", False),
            ("192.0.2.1", False),
            ("1.test", True),
            ("mx.1", False),
            ("mx.b!c.test", False),
            ("mx.bücher.test", False),
            (f"{long}.{'b' * 9}", True),
            (f"{long}.{'b' * 10}", False),
        ):
            with self.subTest(name=name):
                self.assertEqual(_is_name(name), expected)

    def test_what_is_akin(self):
        for name, host, expected in (
            ("mx.provider.net", "mx.provider.net", True),
            ("auth.provider.net", "mx.provider.net", True),
            ("auth.provider.net", "mx.other.net", False),
            ("provider.net", "other.net", False),
            ("net", "org", False),
            ("a.b.provider.net", "mx.provider.net", False),
            ("a.b.outlook.com", "*.outlook.com", True),
            ("a.b.outlook.org", "*.outlook.com", False),
        ):
            with self.subTest(name=name, host=host):
                self.assertEqual(_are_akin(name, host), expected)

    def test_numbered_machines_are_confirmed_as_a_whole(self):
        for host, shown in (
            ("a1.outlook.com", "*.outlook.com"),
            ("outlook.com", "outlook.com"),
            ("a1.notoutlook.com", "a1.notoutlook.com"),
        ):
            entry = hop().replace("mx.domain.com", host)
            found = suggest_hosts([received(above=[entry], received=False)] * 2)
            self.assertEqual(found.hosts, ((shown, 2),))
