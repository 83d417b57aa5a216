"""The edges of what is read to find out whom to believe, and what a hostile message may cost."""

from dataclasses import replace

from .....router.codes import AuthorCheck
from .....router.message.mail import ReceivedMail
from .....router.recipients import find_recipients
from .....router.trust.authentication import check_author
from .....router.trust.authres import UNREADABLE, Result, parse_authres
from .....router.trust.believed import authserv_ids, believed_results, is_at_microsoft
from .....router.trust.boundary import OwnHosts, find_boundary
from .....router.trust.received import Boundary, hops, parse_hop
from ....kit.memory_directory import world_directory
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, Company

WORLD = world_directory()
OURS = "Received: from a.test (a.test [198.51.100.7]) by mx.domain.com with ESMTPS id 1; M"


def mail(*lines):
    return ReceivedMail.from_bytes("\n".join([*lines, "", ""]).encode())


def author(*lines, policy=POLICY, **options):
    found = mail("From: a@domain.com", *lines)
    boundary = find_boundary(found, policy.domains, policy.own_hosts)
    return check_author(found, boundary, policy, Company(), **options)


class TestResults(PureCase):
    def test_20000_characters_of_a_field_are_read(self):
        for size, found in ((20_000, "pass"), (20_001, "pas")):
            value = "mx.test; ".ljust(size - 8) + "spf=pass"
            self.assertEqual(parse_authres(value).results[0].value, found)

    def test_200_results_of_a_field_are_read(self):
        for count, read in ((200, 200), (201, 200)):
            value = "mx.test" + "; spf=pass" * count
            self.assertEqual(len(parse_authres(value).results), read)

    def test_50_fields_are_read(self):
        boundary = Boundary(1_000, (parse_hop("by mx.domain.com"),), known=True)
        for count, read in ((50, 50), (51, 50)):
            found = mail(*["Authentication-Results: mx.domain.com; spf=pass"] * count)
            self.assertEqual(len(believed_results(found, boundary, POLICY)), read)

    def test_the_form_of_a_field(self):
        for value, host, results in (
            ("MX.Test./4XABC 1; SPF=Pass", "mx.test", [("spf", "pass")]),
            ("spf=pass smtp.mailfrom=a@b", "", [("spf", "pass")]),
            ("mx.test; none", "mx.test", []),
            ("mx.test; dkim/1=pass", "mx.test", [("dkim", "pass")]),
            ("mx.test; 9x=pass; -y=pass; z!=pass", "mx.test", []),
            ("mx.test; spf = pass", "mx.test", [("spf", "pass")]),
            ("mx.test; because spf=pass", "mx.test", [("spf", "pass")]),
            ("mx.test; spf=", "mx.test", []),
            ("mx.test; spf", "mx.test", []),
            ('"mx.test"; spf="pa\\ss"', "mx.test", [("spf", "pass")]),
            ("mx.test (a (b; c) d); spf=pass", "mx.test", [("spf", "pass")]),
            (") mx.test; ) spf=pass", "mx.test", [("spf", "pass")]),
            ("", "", []),
            (";;", "", []),
            ("mx.test; ;spf=pass", "mx.test", [("spf", "pass")]),
        ):
            with self.subTest(value):
                found = parse_authres(value)
                self.assertEqual(found.authserv_id, host)
                self.assertEqual([(item.method, item.value) for item in found.results], results)

    def test_properties_and_comments_of_a_result(self):
        for text, properties, comment in (
            ("dkim=pass header.D=X.test header.d=y.test", {"header.d": "X.test"}, ""),
            ("dkim=pass header.b=abc== header.d=x", {"header.b": "abc==", "header.d": "x"}, ""),
            ("dkim=pass a== b=c", {"a": "=", "b": "c"}, ""),
            ("dkim=pass a=b=c=d", {"a": "b=c=d"}, ""),
            ("dkim=pass a= b=c", {"a": "", "b": "c"}, ""),
            ("dkim=pass a = b", {"a": "b"}, ""),
            ("dkim=pass (one) (two) a=b", {"a": "b"}, "one two"),
            ("dkim=pass (one (inner) more)", {}, "one inner more"),
            ('dkim=pass ("quoted) ; x")', {}, '"quoted) ; x"'),
            ("dkim=pass (open a=b", {}, "open a=b"),
            ("dkim=pass because of that a=b", {"a": "b"}, ""),
        ):
            with self.subTest(text):
                (found,) = parse_authres(f"mx.test; {text}").results
                self.assertEqual((found.properties, found.comment), (properties, comment))

    def test_the_domain_of_a_property(self):
        for value, domain in (
            ("x.test", "x.test"),
            ("@X.test", "x.test"),
            ("<a@x.test>", "x.test"),
            ('"a b"@x.test', "x.test"),
            ('"@ours.test"@x.test', "x.test"),
            *(
                (value, UNREADABLE)
                for value in (
                    "a@x.test.",
                    ".x.test",
                    "@.x.test",
                    "x..test",
                    "'a@x.test'",
                    "a@",
                    "a@b@x.test",
                    "@x.test@y.test",
                    '"a"b@x.test',
                    'x.test"',
                    "<x.test",
                    "a <b@x.test>",
                    "x.test y.test",
                    '"x.test',
                )
            ),
        ):
            with self.subTest(value):
                self.assertEqual(Result("dkim", "pass", {"header.i": value}).domain("header.i"),
                                 domain)  # fmt: skip
        both = Result("dkim", "pass", {"header.i": "i.test", "header.d": "d.test"})
        self.assertEqual(both.domain("header.d", "header.i"), "d.test")
        self.assertEqual(both.domain("header.x", "header.i"), "i.test")
        self.assertEqual(both.domain("header.x"), "")

    def test_policies_by_the_word_of_every_server(self):
        for comment, properties, expected in (
            ("p=REJECT sp=NONE dis=NONE", {}, {"p": "reject", "sp": "none", "dis": "none"}),
            ("p=none,d=quarantine", {}, {"p": "none", "dis": "quarantine"}),
            ("d=none dis=reject", {}, {"dis": "reject"}),
            ("policy=reject; action=none", {}, {"policy": "reject", "action": "none"}),
            ("p = reject", {}, {"p": "reject"}),
            ("xp=reject", {}, {}),
            ("", {"action": "OReject"}, {"action": "oreject"}),
            ("", {"policy.published-domain-policy": "None"}, {"p": "none"}),
            ("", {"policy.applied-disposition": "none"}, {"dis": "none"}),
            ("", {"policy.dmarc": "reject"}, {"p": "reject"}),
            ("", {"p": "reject", "dis": "none"}, {"p": "reject", "dis": "none"}),
            ("p=none", {"p": "reject"}, {"p": "none"}),
        ):
            with self.subTest(comment, properties=properties):
                found = Result("dmarc", "fail", properties, comment).policies()
                self.assertEqual(found, expected)

    def test_ids_are_named_once_newest_first(self):
        values = ("b.test; none", "a.test; none", "spf=pass", "b.test; none")
        found = mail(*(f"Authentication-Results: {value}" for value in values))
        self.assertEqual(authserv_ids(found.fields), ("b.test", "a.test"))


class TestHops(PureCase):
    def test_100_hops_are_read(self):
        for count, read in ((100, 100), (101, 100)):
            found = list(hops(mail(*[OURS] * count)))
            self.assertEqual((len(found), found[-1].number), (read, 99))

    def test_4000_characters_of_a_field_are_read(self):
        for size, by in ((4_000, "mx.test"), (4_001, "mx.tes")):
            value = ("from a.test via" + " x" * 2_000)[: size - 11] + " by mx.test"
            self.assertEqual(parse_hop(value).by, by)

    def test_numbers_count_hops_and_indexes_count_fields(self):
        found = list(hops(mail("A: b", OURS, "C: d", OURS)))
        self.assertEqual([(hop.index, hop.number) for hop in found], [(1, 0), (3, 1)])

    def test_what_stands_for_the_peer(self):
        for value, helo, name, ips in (
            ("from a.test (b.test [192.0.2.1]) by c.test; M", "a.test", "b.test", ("192.0.2.1",)),
            ("from [192.0.2.1] by c.test; M", "192.0.2.1", "", ("192.0.2.1",)),
            ("from a.test (192.0.2.1) by c.test (192.0.2.9); M", "a.test", "", ("192.0.2.1",)),
            ("from a.test (x@b.test [192.0.2.1]) by c.test; M", "a.test", "b.test",
             ("192.0.2.1",)),
            ("from a.test (b [192.0.2.1]) by c.test; M", "a.test", "", ("192.0.2.1",)),
            ("from a.test ([IPv6:2001:db8::1%eth0]) by c.test; M", "a.test", "", ("2001:db8::1",)),
            ("from a.test ([192.0.2.1] [192.0.2.1] [192.0.2.2]) by c.test; M", "a.test", "",
             ("192.0.2.1", "192.0.2.2")),
            ("from a.test (999.0.2.1) by c.test; M", "a.test", "", ()),
            ("from a.test (b.test) by c.test (d.test [192.0.2.1]); M", "a.test", "", ()),
            ("by c.test (b.test [192.0.2.1]); M", "", "", ()),
            ("from -a- by c.test; M", "", "", ()),
            ("from a.test via 192.0.2.1 by c.test; M", "a.test", "", ()),
            ("from a.test with 192.0.2.1 by c.test; M", "a.test", "", ()),
            ("from a.test id 192.0.2.1 by c.test; M", "a.test", "", ()),
            ("from a.test for 192.0.2.1 by c.test; M", "a.test", "", ()),
            ("from a.test 192.0.2.1 by c.test; M", "a.test", "", ("192.0.2.1",)),
            ("from a.test; by c.test", "a.test", "", ()),
        ):  # fmt: skip
            with self.subTest(value):
                hop = parse_hop(value)
                self.assertEqual((hop.helo, hop.verified_name, hop.ips), (helo, name, ips))

    def test_a_hop_alone_is_the_first(self):
        hop = parse_hop("by c.test")
        self.assertEqual((hop.index, hop.number, hop.by), (0, 0, "c.test"))

    def test_only_a_from_at_the_front_names_a_peer(self):
        for value, found in (("from a by c", True), ("FROM a", True), ("by c from a", False),
                             ("", False)):  # fmt: skip
            self.assertEqual(parse_hop(value).has_from, found, value)


class TestOwnHosts(PureCase):
    def sent(self, value, hosts=()):
        return OwnHosts({"domain.com"}, hosts).sent(parse_hop(value))

    def test_names(self):
        own = OwnHosts({"domain.com"}, [" MX.provider.test. ", "*.store.test", ".shop.test"])
        for name, expected in (
            ("domain.com", True),
            ("mx.domain.com", True),
            ("mxdomain.com", False),
            ("mx.provider.test", True),
            ("a.mx.provider.test", False),
            ("a.store.test", True),
            ("store.test", False),
            ("a.shop.test", True),
            ("", False),
        ):
            self.assertEqual(name in own, expected, name)
        self.assertNotIn("a.", OwnHosts({""}, [""]))

    def test_networks(self):
        for ip, inside in (("10.1.2.3", True), ("11.0.0.1", False), ("2001:db8::1", True)):
            value = f"from a.test ([{ip}]) by mx.domain.com with ESMTP; M"
            self.assertEqual(self.sent(value, ["10.0.0.5/8", "2001:db8::/32"]), inside, ip)
        both = "from a.test ([10.0.0.1] [203.0.113.9]) by mx.domain.com with ESMTP; M"
        self.assertFalse(self.sent(both, ["10.0.0.0/8"]))

    def test_lmtp_and_the_machine_itself(self):
        for protocol in ("LMTP", "LMTPS", "LMTPA", "LMTPSA", "UTF8LMTP", "UTF8LMTPS"):
            for helo, by, inside in (
                ("mx.domain.com", "x", True),
                ("localhost", "mx.domain.com", True),
                ("localhost.localdomain", "mx.domain.com", True),
                ("localhost", "x", False),
                ("x", "x", True),
                ("a.test", "x", False),
            ):
                with self.subTest(protocol, helo=helo):
                    self.assertEqual(self.sent(f"from {helo} by {by} with {protocol}; M"), inside)
        for value, inside in (
            ("from localhost (x [127.0.0.1]) by a.domain.com with ESMTP; M", True),
            ("from mx.domain.com (x [::1]) by a.domain.com with ESMTP; M", True),
            ("from localhost (x [127.0.0.1]) by a.test with ESMTP; M", False),
            ("from mx.domain.com (x [::1]) by a.test with ESMTP; M", False),
            ("from a.test (x [127.0.0.1]) by a.domain.com with ESMTP; M", False),
            ("from localhost (x [10.0.0.1]) by a.domain.com with ESMTP; M", False),
            ("from localhost (x [8.8.8.8]) by a.test with LMTP; M", False),
            ("from localhost by a.test with ESMTP; M", False),
            ("from a.test by b.test with local; M", False),
            ("by b.test with SMTP; M", False),
            ("by 192.0.2.1 with SMTP; M", True),
            ("by 192.0.2.1; M", False),
        ):
            with self.subTest(value):
                self.assertEqual(self.sent(value), inside)

    def test_where_the_boundary_lies(self):
        outside = "Received: from a.test (a.test [198.51.100.7]) by {} with ESMTPS id 1; M"
        ours, foreign = outside.format("mx.domain.com"), outside.format("mx.x.test")
        inner = "Received: from mx.domain.com by store.domain.com with LMTP; M"
        nameless = "Received: (qmail 1 invoked from network); M"
        for lines, first_untrusted, count, known in (
            ([], 1, 0, False),
            ([ours], 2, 1, True),
            ([foreign], 2, 1, False),
            ([inner, ours, ours], 3, 2, True),
            ([nameless, inner, ours], 4, 2, True),
            ([inner, nameless, ours], 4, 2, True),
            ([inner, foreign, ours], 2, 1, True),
            ([foreign, ours], 2, 1, False),
        ):
            with self.subTest(lines):
                found = find_boundary(mail("A: b", *lines), POLICY.domains, frozenset())
                self.assertEqual(found.first_untrusted, first_untrusted)
                self.assertEqual((len(found.hops), found.known), (count, known))


class TestAuthor(PureCase):
    exclusive = replace(POLICY, exclusive_hosts=frozenset({"mx.domain.com"}))

    def test_protocols_of_a_submission_with_a_password(self):
        for protocol, verified in (
            ("ESMTPA", True),
            ("ESMTPSA", True),
            ("UTF8SMTPA", True),
            ("UTF8SMTPSA", True),
            ("ASMTP", True),
            ("ESMTPS", False),
            ("SMTP", False),
            ("LMTPA", False),
        ):
            with self.subTest(protocol):
                found = author(OURS.replace("ESMTPS", protocol), policy=self.exclusive)
                self.assertEqual(found.check is AuthorCheck.VERIFIED, verified)
                if verified:
                    why = f"submitted to our server mx.domain.com with {protocol}"
                    self.assertEqual(found.why, why)

    def test_the_login_of_a_submission(self):
        for login, verified in (("a@domain.com", True), ("A@DOMAIN.com", True), ("u@x.test", False),
                                ("u@domain.com", False), ("u", False)):  # fmt: skip
            line = OURS.replace(" by ", f" (Authenticated sender: {login}) by ")
            found = author(line.replace("ESMTPS", "ESMTPSA"))
            self.assertEqual(found.check is AuthorCheck.VERIFIED, verified, login)
            if verified:
                self.assertTrue(found.why.endswith(f"ESMTPSA, login {login.lower()}"))

    def results(self, *values, domain="a@x.test", **options):
        lines = [f"Authentication-Results: mx.domain.com; {value}" for value in values]
        found = mail(*lines, OURS, f"From: {domain}")
        boundary = find_boundary(found, POLICY.domains, POLICY.own_hosts)
        return check_author(found, boundary, POLICY, Company(), **options)

    def test_dispositions_that_keep_a_message_away(self):
        for value, enforced in (
            ("action=reject", True),
            ("action=quarantine", True),
            ("action=oreject", True),
            ("action=o.reject", True),
            ("action=pct.reject", True),
            ("action=pct.quarantine", True),
            ("action=none", False),
            ("(p=reject)", True),
            ("(p=quarantine)", True),
            ("(p=none)", False),
            ("(policy=reject)", True),
            ("(p=reject dis=none)", False),
            ("(p=reject) action=accept", False),
            ("(p=reject) action=permerror", False),
            ("(p=reject) action=temperror", False),
            ("(p=reject) action=unheard", True),
            ("(p=none dis=quarantine)", True),
            ("", False),
        ):
            with self.subTest(value):
                found = self.results(f"dmarc=fail {value} header.from=x.test")
                self.assertIs(found.check, AuthorCheck.FAILED)
                self.assertEqual((found.dmarc.failed, found.dmarc.enforced), (True, enforced))
                self.assertTrue(found.why.startswith("dmarc=fail for x.test"))

    def test_microsofts_own_judgement(self):
        for values, check, enforced, why in (
            (["dmarc=fail (p=reject); compauth=pass"], "failed", False, "but compauth=pass"),
            (["dmarc=fail (p=reject); compauth=softpass"], "failed", False, "compauth=softpass"),
            (["dmarc=fail (p=reject); compauth=fail"], "failed", True, "dmarc=fail for x.test"),
            (["spf=pass; compauth=fail"], "failed", False, "Microsoft's compauth=fail"),
            (["spf=pass; compauth=pass"], "unverified", False, "nothing proves"),
            (["dkim=pass header.d=x.test; compauth=fail"], "verified", False, "of x.test"),
        ):  # fmt: skip
            with self.subTest(values):
                found = self.results(*values)
                self.assertEqual((found.check, found.dmarc.enforced), (check, enforced))
                self.assertIn(why, found.why)

    def test_what_is_said_where_nothing_proves_it(self):
        for value, text in (
            ("arc=none", "no result for DMARC, DKIM or SPF"),
            ("spf=pass; dkim=none; dkim=fail; dmarc=none", "dmarc=none, dkim=none, spf=pass"),
            ("dkim=pass header.d=y.test", "dkim=pass"),
        ):
            with self.subTest(value):
                expected = f"nothing proves that it comes from x.test: {text}"
                self.assertEqual(self.results(value).why, expected)

    def test_signatures_that_were_verified_here(self):
        for signers, check in (
            (["x.test"], "verified"),
            (["y.test", "mail.x.test"], "verified"),
            (["y.test"], "unverified"),
            ([], "unverified"),
        ):
            self.assertEqual(self.results("spf=pass", signed_by=signers).check, check)
        found = self.results("spf=pass", signed_by=["y.test", "x.test"])
        self.assertEqual(found.why, "DKIM signature of x.test, verified here")
        self.assertEqual(self.results("dmarc=fail", signed_by=["x.test"]).check, "failed")

    def test_several_authors_or_none(self):
        for lines, why in (
            (["From: a@x.test, b@y.test"], "From contains several addresses"),
            (["From: a@x.test", "From: b@y.test"], "From contains several addresses"),
            (["From: nobody"], "From contains no address"),
            ([], "From contains no address"),
        ):
            found = mail(OURS, *lines)
            boundary = find_boundary(found, POLICY.domains, POLICY.own_hosts)
            author_found = check_author(found, boundary, POLICY, Company())
            self.assertEqual(author_found[:2], ("unverified", why))


class TestMicrosoft(PureCase):
    def test_the_mailbox_is_theirs_by_the_admins_word_and_the_newest_hop(self):
        for by, hosts, expected in (
            ("a.prod.outlook.com", ["*.outlook.com"], True),
            ("a.office365.com", ["outlook.office365.com"], True),
            ("a.prod.outlook.com", ["mx.test"], False),
            ("a.prod.outlook.com", [], False),
            ("a.test", ["*.outlook.com"], False),
            ("evil-outlook.com", ["*.outlook.com"], False),
        ):
            policy = replace(POLICY, own_hosts=frozenset(hosts))
            found = mail(f"Received: from a.test by {by}; M")
            self.assertEqual(is_at_microsoft(found, policy), expected, by)
        policy = replace(POLICY, own_hosts=frozenset({"*.outlook.com"}))
        self.assertFalse(is_at_microsoft(mail("A: b"), policy))


class TestRecipientLimits(PureCase):
    policy = WORLD.policy()

    def found(self, *lines, **changes):
        policy = replace(self.policy, **changes)
        return [item.address for item in find_recipients(mail(*lines), WORLD, policy).found]

    def test_50_addresses_that_are_no_alias(self):
        for count, kept in ((50, 50), (51, 50)):
            many = ", ".join(f"u{number}@example.com" for number in range(count))
            self.assertEqual(len(self.found(f"To: {many}")), kept)
        half = ", ".join(f"u{number}@example.com" for number in range(30))
        other = ", ".join(f"v{number}@example.com" for number in range(30))
        self.assertEqual(len(self.found(f"To: {half}", f"Cc: {other}")), 50)

    def test_10_fields_of_a_list(self):
        for name, value in (("List-Id", "<sales.example.com>"),
                            ("List-Post", "<mailto:sales@example.com>")):  # fmt: skip
            for before, count in ((9, 1), (10, 0)):
                lines = [f"{name}: x"] * before + [f"{name}: {value}"]
                self.assertEqual(len(self.found(*lines)), count)

    def test_20_addresses_of_a_list_within_2000_characters(self):
        for before, count in ((18, 1), (19, 0)):
            value = "<x> " * before + "<mailto:sales@example.com>"
            self.assertEqual(len(self.found(f"List-Post: {value}")), count)
        end = "<mailto:sales@example.com"
        for size, count in ((2_000, 1), (2_001, 0)):
            line = "x" * (size - len(end)) + end + ">"
            self.assertEqual(len(self.found(f"List-Post: {line}")), count)

    def test_1000_characters_of_an_identifier(self):
        end = "<sales.example.com"
        for size, count in ((1_000, 1), (1_001, 0)):
            line = "x" * (size - len(end)) + end + ">"
            self.assertEqual(len(self.found(f"List-Id: {line}")), count)

    def test_addresses_in_the_form_of_each_field(self):
        for line, expected in (
            ("Original-Recipient: rfc822;sales@example.com", ["sales@example.com"]),
            ("Original-Recipient: rfc822; x; sales@example.com", ["sales@example.com"]),
            ("X-Forwarded-For: sales@example.com jobs@example.com", ["sales@example.com"]),
            ("Envelope-To: jobs@example.com, sales@example.com, jobs@example.com",
             ["jobs@example.com", "sales@example.com"]),
            ("Delivered-To: example.com-sales@example.com", ["sales@example.com"]),
            ("List-Post: <mailto:sales%40example.com?subject=a>", ["sales@example.com"]),
            ("List-Post: <https://x.test>, < mailto:sales@example.com >", ["sales@example.com"]),
            ("List-Id: a.b <Sales.Example.com> ", ["sales@example.com"]),
            ("List-Id: sales.example.com", ["sales@example.com"]),
            ("List-Id: <example.com>", []),
            ("To: sales+web@example.com", ["sales+web@example.com"]),
            ("Resent-To: sales@example.com", ["sales@example.com"]),
            ("Resent-Cc: sales@example.com", ["sales@example.com"]),
        ):  # fmt: skip
            with self.subTest(line):
                self.assertEqual(self.found(line), expected)

    def test_the_evidence_of_a_pinned_field_is_its_first(self):
        lines = ("X-Stamped: sales@example.com", "X-Stamped: jobs@example.com")
        policy = replace(self.policy, envelope_header=" X-Stamped: ")
        (found,) = find_recipients(mail(*lines), WORLD, policy).found
        self.assertEqual((found.address, found.header), ("sales@example.com", "x-stamped"))
        self.assertEqual((found.occurrence, found.hop, found.envelope), (0, None, True))

    def test_the_account_is_remembered_where_it_was_named_first(self):
        lines = ("Delivered-To: x@x.test", "Delivered-To: catchall@example.com",
                 "To: bounce@example.com")  # fmt: skip
        (found,) = find_recipients(mail(*lines), WORLD, self.policy).found
        self.assertEqual((found.address, found.occurrence), ("catchall@example.com", 1))
        (found,) = find_recipients(mail(*lines[2:], lines[1]), WORLD, self.policy).found
        self.assertTrue(found.envelope)
        both = "To: bounce@example.com, catchall@example.com"
        (found,) = find_recipients(mail(both), WORLD, self.policy).found
        self.assertEqual((found.address, found.envelope), ("bounce@example.com", False))
