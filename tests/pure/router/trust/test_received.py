"""``Received`` of every mail server, and what a stranger may not reach with it."""

from functools import partial

from .....router.message.mail import ReceivedMail
from .....router.trust.boundary import find_boundary
from .....router.trust.received import parse_hop
from ....kit.effort import assert_in_proportion
from ....kit.pure import PureCase

# (server, value, helo, verified name, ip, by, protocol, recipient)
FORMS = (
    ("Postfix",
     "from mail.x.test (mail.x.test [198.51.100.7]) (using TLSv1.3 with cipher T (256/256 bits)) "
     "by mx.example.com (Postfix) with ESMTPS id 4XMk for <sales@example.com>; Mon, 5 Oct 2026",
     "mail.x.test", "mail.x.test", "198.51.100.7", "mx.example.com", "ESMTPS", "sales@example.com"),
    ("Postfix, unknown client",
     "from [10.0.0.1] (unknown [198.51.100.7]) by mx.example.com (Postfix) with SMTP id 1; Mon",
     "10.0.0.1", "", "198.51.100.7", "mx.example.com", "SMTP", ""),
    ("Postfix, IPv6",
     "from a.test (a.test [IPv6:2001:db8::25]) by mx.example.com (Postfix) with ESMTPSA id 1; Mon",
     "a.test", "a.test", "2001:db8::25", "mx.example.com", "ESMTPSA", ""),
    ("Postfix, pickup",
     "by mx.example.com (Postfix, from userid 33) id 4XMk; Mon, 5 Oct 2026",
     "", "", "", "mx.example.com", "", ""),
    ("Exim, verified",
     "from mail.x.test ([198.51.100.7] helo=x) by mail.hoster.test with esmtps (TLS1.3) tls "
     "TLS_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from <a@x.test>) id 1tA-03-2Z "
     "for sales@example.com; Mon, 05 Oct 2026",
     "mail.x.test", "mail.x.test", "198.51.100.7", "mail.hoster.test", "ESMTPS",
     "sales@example.com"),
    ("Exim, not verified",
     "from [198.51.100.7] (helo=mx.example.com) by mail.hoster.test with esmtp (Exim 4.96) id 1; M",
     "198.51.100.7", "", "198.51.100.7", "mail.hoster.test", "ESMTP", ""),
    ("Exim, local",
     "from www-data by web.example.com with local (Exim 4.96) (envelope-from <w@x>) id 1; Mon",
     "www-data", "", "", "web.example.com", "LOCAL", ""),
    ("Exchange",
     "from mail.x.test (198.51.100.7) by AM7EUR03FT017.mail.protection.outlook.com "
     "(100.127.140.205) with Microsoft SMTP Server (version=TLS1_3, cipher=T) id 15.20.8026.14 "
     "via Frontend Transport; Mon, 5 Oct 2026",
     "mail.x.test", "", "198.51.100.7", "am7eur03ft017.mail.protection.outlook.com", "MICROSOFT",
     ""),
    ("Gmail",
     "from mail.x.test (mail.x.test. [198.51.100.7]) by mx.google.com with ESMTPS id a640 "
     "for <sales@example.com> (version=TLS1_3 cipher=T bits=256/256); Mon, 05 Oct 2026",
     "mail.x.test", "mail.x.test", "198.51.100.7", "mx.google.com", "ESMTPS", "sales@example.com"),
    ("Gmail, inside",
     "by 2002:a05:6402:5208:b0:5c8:9f44:f1b2 with SMTP id s8csp14; Mon, 5 Oct 2026",
     "", "", "", "2002:a05:6402:5208:b0:5c8:9f44:f1b2", "SMTP", ""),
    ("qmail",
     "from unknown (HELO mail.x.test) (198.51.100.7) by mail.example.com with SMTP; 5 Oct 2026",
     "unknown", "", "198.51.100.7", "mail.example.com", "SMTP", ""),
    ("qmail, ident",
     "from mx.x.test (HELO y) (root@198.51.100.7) by mail.example.com with SMTP; 5 Oct 2026",
     "mx.x.test", "", "198.51.100.7", "mail.example.com", "SMTP", ""),
    ("qmail, local", "(qmail 21334 invoked by uid 89); 5 Oct 2026", "", "", "", "", "", ""),
    ("Sendmail",
     "from helo.test (mail.x.test [198.51.100.7]) by mail.example.com (8.17.1/8.17.1) with ESMTPS "
     "id 4957 (version=TLSv1.3 bits=256 verify=NOT) for <sales@example.com>; Mon, 5 Oct 2026",
     "helo.test", "mail.x.test", "198.51.100.7", "mail.example.com", "ESMTPS",
     "sales@example.com"),
    ("Sendmail, may be forged",
     "from a.test (mx.example.com [198.51.100.7] (may be forged)) by mail.example.com (8.17.1) "
     "with ESMTP id 4957; Mon, 5 Oct 2026",
     "a.test", "", "198.51.100.7", "mail.example.com", "ESMTP", ""),
    ("Sendmail, no reverse name",
     "from mx.example.com ([198.51.100.7]) by mail.example.com (8.17.1/8.17.1) with ESMTP id 4; M",
     "mx.example.com", "", "198.51.100.7", "mail.example.com", "ESMTP", ""),
    ("Dovecot LMTP",
     "from mx.example.com ([127.0.0.1]) by mail.example.com with LMTP id 8Gz (envelope-from "
     "<a@x.test>) for <catchall@example.com>; Mon, 05 Oct 2026",
     "mx.example.com", "", "127.0.0.1", "mail.example.com", "LMTP", "catchall@example.com"),
    ("Amazon SES",
     "from mail.x.test (mail.x.test [198.51.100.7]) by inbound-smtp.eu-west-1.amazonaws.com with "
     "SMTP id 7q2 for sales@example.com; Mon, 05 Oct 2026 07:12:41 +0000 (UTC)",
     "mail.x.test", "mail.x.test", "198.51.100.7", "inbound-smtp.eu-west-1.amazonaws.com", "SMTP",
     "sales@example.com"),
    ("SMTPUTF8",
     "from a.test (a.test [198.51.100.7]) by mx.example.com (Postfix) with UTF8SMTPS id 1 "
     "for <żółw@example.com>; Mon",
     "a.test", "a.test", "198.51.100.7", "mx.example.com", "UTF8SMTPS", "żółw@example.com"),
    ("Symantec",
     "from unknown [198.51.100.7] (EHLO mx.example.com) by server-1.tower.test with ESMTP id x; M",
     "unknown", "", "198.51.100.7", "server-1.tower.test", "ESMTP", ""),
    ("Yahoo", "from 198.51.100.7 by atlas.mail.test with HTTP; Mon, 5 Oct 2026",
     "198.51.100.7", "", "198.51.100.7", "atlas.mail.test", "HTTP", ""),
    ("folded by, upper case", "FROM a.test (a.test [198.51.100.7]) BY MX.Example.COM. WITH smtp; M",
     "a.test", "a.test", "198.51.100.7", "mx.example.com", "SMTP", ""),
    ("words smuggled in by a quoted sender say nothing",
     'from [198.51.100.7] (helo=x) by mail.hoster.test with esmtp (Exim 4.96) (envelope-from '
     '<"a) by mx.example.com with esmtpsa for jobs@example.com ("@x.test>) id 1 '
     'for sales@example.com; Mon',
     "198.51.100.7", "", "198.51.100.7", "", "", ""),
    ("an open comment hides the rest", "from a.test (open by mx.example.com with ESMTPSA; Mon",
     "a.test", "", "", "", "", ""),
    ("nothing", "", "", "", "", "", "", ""),
)  # fmt: skip

DOMAINS = frozenset({"example.com"})
OUTSIDE = "from a.test (a.test [198.51.100.7]) by {by} (Postfix) with ESMTPS id 1 for <a@b.c>; M"


class TestReceived(PureCase):
    def test_forms_of_servers(self):
        for server, value, helo, name, ip, *expected in FORMS:
            with self.subTest(server=server):
                hop = parse_hop(value)
                self.assertEqual((hop.helo, hop.verified_name), (helo, name))
                self.assertIn(ip, hop.ips or ("",))
                self.assertEqual([hop.by, hop.protocol, hop.recipient], expected)

    def test_a_field_of_any_length_is_read_in_no_time(self):
        begin = "from a (b [1.2.3.4]) by c "
        for piece in ("(", ")", "from ", "by x ", "[1.2.3.4] ", "a", "(x)"):
            with self.subTest(piece):
                make = partial(_repeated, begin, piece)
                assert_in_proportion(self, make, parse_hop, 200_000)


def _repeated(begin, piece, size):
    return begin + piece * (size // len(piece))


class TestBoundary(PureCase):
    def boundary(self, *received, hosts=(), **options):
        lines = [f"Received: {value}\r\nX-Mark-{at}: x" for at, value in enumerate(received)]
        mail = ReceivedMail.from_bytes("\r\n".join([*lines, "From: a@x.test", "", ""]).encode())
        return find_boundary(mail, DOMAINS, frozenset(hosts), **options)

    def trusted(self, *received, hosts=(), **options):
        """How many hops are believed, and whether one of them is known to be ours."""
        boundary = self.boundary(*received, hosts=hosts, **options)
        return len(boundary.hops), boundary.known

    def test_first_hop_of_ours_that_came_from_outside_ends_it(self):
        ours = OUTSIDE.format(by="mx.example.com")
        self.assertEqual(self.trusted(ours, ours), (1, True))
        boundary = self.boundary(ours, ours)
        self.assertTrue(boundary.believes(0))
        self.assertFalse(boundary.believes(1))

    def test_what_comes_from_inside_goes_on(self):
        ours = OUTSIDE.format(by="mx.example.com")
        for name, inner in (
            ("an alias of Postfix' own", "by mail.example.com (Postfix) id 1; M"),
            ("LMTP", "from mx.example.com by mail.example.com (Dovecot) with LMTP id 1; M"),
            ("LMTP over a container's network",
             "from mx.example.com ([fd4d::d]) by store with LMTP id 1; M"),
            ("loopback", "from localhost (localhost [127.0.0.1]) by mx.example.com with ESMTP; M"),
            ("verified name",
             "from x (mx.example.com [203.0.113.9]) by mail.example.com (Postfix) with ESMTPS; M"),
            ("Exim's verified name",
             "from mx.example.com ([203.0.113.9]) by mail.example.com with esmtps (Exim 4); M"),
            ("qmail's own note", "(qmail 1 invoked from network); 5 Oct"),
            ("a store without from", "by 2002:a05:6402:5208:b0:5c8:9f44:f1b2 with SMTP id 1; M"),
        ):  # fmt: skip
            with self.subTest(inner=name):
                boundary = self.boundary(inner, ours)
                self.assertEqual(boundary.hops[-1].number, 1)
                self.assertTrue(boundary.known)

    # What a user of the machine may have handed in, with whatever fields below.
    LOCAL = (
        "from www by host7.hoster.net with local (Exim 4.96) (envelope-from <w@x>) id 1; M",
        "from www by host7.hoster.net with local-esmtp (Exim 4.96) id 1; M",
        "from www by host7.hoster.net with local-bsmtp (Exim 4.96) id 1; M",
        "by host7.hoster.net (Postfix, from userid 33) id 1; M",
        "by host7.hoster.net (Postfix) id 1; M",
        "by host7.hoster.net id 1; M",
        "(from www@localhost) by host7.hoster.net (8.17.1/8.17.1/Submit) id 1; M",
        "(qmail 21334 invoked by uid 1005); M",
        "(qmail 21334 invoked by alias); M",
        "from localhost (localhost [127.0.0.1]) by host7.hoster.net (Postfix) with ESMTP id 1; M",
        "from host7.hoster.net (localhost [127.0.0.1]) by host7.hoster.net (8.17.1) with ESMTP; M",
        "from host7.hoster.net (host7.hoster.net [192.0.2.7]) by host7.hoster.net with ESMTP; M",
        "from localhost ([127.0.0.1]) by host7.hoster.net with LMTP id 1; M",
        "from web1 by host7.hoster.net with LMTP id 1; M",
    )

    def test_what_was_handed_in_on_a_shared_machine_ends_it(self):
        planted = OUTSIDE.format(by="mx.example.com")
        for local in self.LOCAL:
            for hosts in (["host7.hoster.net"], []):
                with self.subTest(local, hosts=hosts):
                    boundary = self.boundary(local, planted, hosts=hosts)
                    self.assertEqual([hop.number for hop in boundary.hops], [0])
                    self.assertFalse(boundary.believes(1))

    def test_users_of_a_machine_of_ours_are_no_filters_either(self):
        planted = OUTSIDE.format(by="mx.example.com")
        for local in (
            "from www by web.example.com with local (Exim 4.96) id 1; M",
            "by web.example.com (Postfix, from userid 33) id 1; M",
            "(from www@localhost) by web.example.com (8.17.1/8.17.1/Submit) id 1; M",
        ):
            with self.subTest(local):
                self.assertEqual(self.trusted(local, planted), (1, True))
                self.assertEqual(self.trusted(local, planted, local_is_filter=True), (2, True))

    def test_a_host_of_the_hoster_that_nobody_else_uses(self):
        ours = OUTSIDE.format(by="host7.hoster.net")
        for inner in (
            "from localhost (localhost [127.0.0.1]) by host7.hoster.net with ESMTP id 1; M",
            "by host7.hoster.net (Postfix) id 1; M",
        ):
            with self.subTest(inner):
                hosts = frozenset({"host7.hoster.net"})
                self.assertEqual(self.trusted(inner, ours, exclusive=hosts), (2, True))

    def test_lmtp_goes_on_from_the_host_itself(self):
        for helo in ("host7.hoster.net", "mx.example.com"):
            inner = f"from {helo} ([127.0.0.1]) by host7.hoster.net with LMTP id 1; M"
            outer = OUTSIDE.format(by="host7.hoster.net")
            self.assertEqual(self.trusted(inner, outer, hosts=["host7.hoster.net"]), (2, True))

    def test_a_stranger_who_calls_himself_ours_is_outside(self):
        forged = OUTSIDE.format(by="mx.example.com")
        for name, real in (
            ("HELO, Postfix", "from mx.example.com (unknown [198.51.100.66]) by mx.example.com; M"),
            ("HELO, Sendmail", "from mx.example.com ([198.51.100.66]) by mx.example.com (8.17); M"),
            ("HELO, Exchange", "from mx.example.com (198.51.100.66) by mail.example.com with M; M"),
            ("HELO, qmail",
             "from unknown (HELO mx.example.com) (198.51.100.66) by mail.example.com with SMTP; M"),
            ("HELO, Exim",
             "from [198.51.100.66] (helo=mx.example.com) by x.example.com with esmtp (Exim 4); M"),
            ("HELO localhost",
             "from localhost (unknown [198.51.100.66]) by mx.example.com (Postfix) with ESMTP; M"),
            ("address literal of ours",
             "from [127.0.0.1] (unknown [198.51.100.66]) by mx.example.com with ESMTP; M"),
            ("reverse name of ours, forged",
             "from x (mx.example.com [198.51.100.66] (may be forged)) by mail.example.com; M"),
            ("behind a translated address",
             "from mx.example.com (unknown [10.0.0.1]) by mx.example.com (Postfix) with ESMTP; M"),
            ("without any address",
             "from mx.example.com by mx.example.com (Postfix) with ESMTP id 1; M"),
        ):  # fmt: skip
            with self.subTest(forgery=name):
                self.assertEqual(self.trusted(real, forged), (1, True))

    def test_unknown_hosts_are_never_passed_over_for_a_forged_one(self):
        forged = OUTSIDE.format(by="mx.example.com")
        for real in (
            "from localhost (unknown [198.51.100.66]) by mx.provider.test (Postfix) with ESMTP; M",
            "from unknown (HELO localhost) (198.51.100.66) by mx.provider.test with SMTP; M",
            "from localhost (198.51.100.66) by mx.provider.test with Microsoft SMTP Server id 1; M",
            "from localhost by mx.provider.test with ESMTP id 1; M",
            "from mx.example.com by mx.provider.test with ESMTP id 1; M",
        ):
            with self.subTest(real=real):
                self.assertEqual(self.trusted(real, forged), (1, False))

    def test_hosts_are_named_exactly_by_suffix_or_by_network(self):
        hop = "from a.test (198.51.100.7) by {} with Microsoft SMTP Server id 1; M"
        for by, hosts, known in (
            ("mx.provider.test", ["mx.provider.test"], True),
            ("mx.provider.test", ["provider.test"], False),
            ("mx.provider.test", ["*.provider.test"], True),
            ("mx.provider.test", [".Provider.test."], True),
            ("evilprovider.test", ["*.provider.test"], False),
            ("evilexample.com", [], False),
            ("example.com.evil.test", [], False),
            ("mx.EXAMPLE.com", [], True),
        ):
            with self.subTest(by=by, hosts=hosts):
                self.assertEqual(self.trusted(hop.format(by), hosts=hosts), (1, known))

    def test_a_network_of_ours_is_inside(self):
        inner = (
            "from edge.corp.test (10.0.0.2) by mailbox.corp.test (10.0.0.3) with Microsoft SMTP; M"
        )
        outer = "from a.test (198.51.100.7) by edge.corp.test (10.0.0.2) with Microsoft SMTP; M"
        self.assertEqual(self.trusted(inner, outer, hosts=["*.corp.test"]), (1, True))
        self.assertEqual(self.trusted(inner, outer, hosts=["*.corp.test", "10.0.0.0/8"]), (2, True))
        self.assertEqual(self.trusted(inner, outer, hosts=["*.corp.test", "10.0.0.0/x"]), (1, True))

    def test_without_any_hop_everything_is_believed(self):
        boundary = self.boundary()
        self.assertTrue(boundary.believes(0))
        self.assertFalse(boundary.known)

    def test_ten_thousand_hops(self):
        self.assertEqual(self.trusted(*[OUTSIDE.format(by="x.test")] * 5_000), (1, False))
