"""What proves an address of ours, and what only looks so: each kind of attack with its kin.

Every case is the top of a message from the boss, as our own servers took it in.
"""

from dataclasses import replace

from .....router.chain import Chain
from .....router.message.mail import ReceivedMail
from .....router.places import User
from .....router.policy import Policy
from .....router.trust.proofs import Scope
from ....kit.pure import PureCase
from ....kit.verdict_kit import Company, why

DOMAINS = frozenset({"example.com", "b-company.test"})
PLAIN = Policy(domains=DOMAINS, own_addresses=frozenset())
TRUST = replace(PLAIN, trusted_authserv_ids=frozenset({"mail.example.com"}))
SHARED = replace(PLAIN, own_hosts=frozenset({"host7.hoster.net", "mail.hoster.net"}))
EXCLUSIVE = replace(PLAIN, exclusive_hosts=frozenset({"mail.example.com", "mail.hoster.net"}))
STRANGER = (
    "Received: from mx.evil.test (mx.evil.test [192.0.2.7]) by mail.example.com (Postfix) "
    "with ESMTP id 1; M"
)
RESULTS = "Authentication-Results: mail.example.com; "
PASS = "dkim=pass header.d=example.com; dmarc=pass header.from=example.com"
PLANTED = (
    "Received: from laptop (dsl.isp.test [198.51.100.9]) (Authenticated sender: boss@example.com) "
    "by mail.example.com (Postfix) with ESMTPSA id 1; M"
)


class Staff(Company):
    """The boss, who has the login ``chief`` in Odoo, and a colleague at a freemail provider."""

    def user(self, address):
        known = {"boss@example.com": 1, "colleague@example.com": 2, "remote@gmail.test": 3}
        return User(known[address], address) if address in known else None

    def is_ours(self, address):
        return bool(self.user(address)) or address.rpartition("@")[2] in DOMAINS

    def addresses_of_login(self, login):
        return frozenset({login, *(["boss@example.com"] if login == "chief" else [])})


def decide(*top, policy=PLAIN, sender="boss@example.com", rest=()):
    lines = [*top, f"From: Boss <{sender}>", "To: sales@example.com", "Subject: x", *rest, "", "x"]
    mail = ReceivedMail.from_bytes("\n".join(lines).encode())
    return Chain().decide(mail, Staff(), policy)


def phone(shown="", by="mail.example.com", protocol="ESMTPSA"):
    login = f" ({shown})" if shown else ""
    peer = "from laptop (dsl.isp.test [198.51.100.9])"
    return f"Received: {peer}{login} by {by} (Postfix) with {protocol} id 1; M"


def exim(*comments, by="host7.hoster.net"):
    shown = " ".join(f"({comment})" for comment in ("Exim 4.96", *comments))
    return f"Received: from [198.51.100.9] (helo=laptop) by {by} with esmtpsa {shown} id 1; M"


class ProofCase(PureCase):
    def proved(self, *top, sender="boss@example.com", **options):
        decision = decide(*top, sender=sender, **options)
        return decision.proofs.of(sender), why(decision, "author")

    def assert_proved(self, scope, *top, **options):
        proof, text = self.proved(*top, **options)
        self.assertIsNotNone(proof, text)
        self.assertIs(proof.scope, scope)
        return proof

    def assert_unproven(self, *top, sender="boss@example.com", **options):
        decision = decide(*top, sender=sender, **options)
        self.assertIsNone(decision.proofs.of(sender), why(decision, "author"))
        self.assertEqual(decision.author_check, "unverified", why(decision, "author"))
        self.assertTrue(decision.unproven)
        return why(decision, "author")


class TestSigner(ProofCase):
    """Kind 3: a part of the signer's name that looks like ours."""

    OTHERS = (
        'header.i="boss@example.com"@evil.test header.s=s1',  # 3a
        'header.i="@example.com"@evil.test',  # 3c
        'header.i="boss@example.com" @evil.test',
        "header.i=boss@example.com(x)@evil.test",
        "header.i=(x)boss@example.com (y) @evil.test",
        "header.i=@example.com@evil.test",
        'header.i="boss@example.com"evil.test',
        'header.i="\\"@example.com',
        'header.i="@example.com',
        'header.i="x <boss@example.com>"',
        "header.i=boss <boss@example.com>",
        "header.i=<boss@example.com> @evil.test",
        "header.i=boss@example.com,x@evil.test",
        "header.d=.example.com",
        "header.d=example.com.",
        "header.d=..example.com",
        "header.i=@.example.com",
        "header.d=example..com",
        "header.d=example.com evil.test",
        "header.d=example.com header.d=evil.test",
        "header.d=evil.test header.i=boss@example.com",
        "header.d=example.com header.i=x@evil.test",
        "header.d=evil.test=header.d=example.com",
        "header.d=evil.test/x.example.com",
        "header.i=@evil.test:25.example.com",
        "header.d= header.s=example.com",
        "header.d=com",
        "header.d=xexample.com",
        "header.d=example.com.evil.test",
    )

    def test_a_signer_that_is_not_ours(self):
        for signer in self.OTHERS:
            for policy in (PLAIN, TRUST):
                with self.subTest(signer):
                    self.assert_unproven(f"{RESULTS}dkim=pass {signer}", STRANGER, policy=policy)

    def test_the_same_in_a_dmarc_result(self):
        policy = replace(PLAIN, spf_proves_own=True)
        for named in ('"example.com"@evil.test', '"@example.com" @evil.test', "example.com x.test"):
            with self.subTest(named):
                field = f"{RESULTS}dmarc=pass header.from={named}"
                self.assert_unproven(field, STRANGER, policy=policy)

    def test_a_signer_that_is_ours(self):
        for signer in (
            "header.d=example.com",
            "header.d=Example.COM header.s=s1",
            "header.i=@example.com",
            "header.i=<boss@example.com>",
            'header.i="a boss"@example.com',
            'header.i="@evil.test"@example.com',
            "header.d=example.com header.i=@mail.example.com header.b=Kx==",
            "(2048-bit key; unprotected) header.d=example.com header.i=@example.com",
            "header.i=prvs=12ab=boss@example.com",
        ):
            with self.subTest(signer):
                self.assert_proved(Scope.DOMAIN, f"{RESULTS}dkim=pass {signer}", STRANGER)


class TestPartOfAMessage(ProofCase):
    """A signature that leaves room for changes, of which our server says pass."""

    WHOLE = "DKIM-Signature: v=1; d=example.com; s=s1; h=from:to:subject:date; bh=x; b=Kx4abc="
    RESULT = f"{RESULTS}dkim=pass header.d=example.com header.s=s1 header.b=Kx4abc"

    def test_what_it_covers(self):
        for name, field, scope in (
            ("all", self.WHOLE, Scope.DOMAIN),
            ("folded", self.WHOLE.replace("from:", "from :\n "), Scope.DOMAIN),
            ("a part of the body", self.WHOLE.replace("bh=", "l=10; bh="), None),
            ("l after all", self.WHOLE + "; l=0", None),
            ("blanks around it", self.WHOLE.replace("bh=", " L = 10 ; bh="), None),
            ("not From", self.WHOLE.replace("from:", ""), None),
            ("not Subject", self.WHOLE.replace(":subject", ""), None),
            ("another domain's", self.WHOLE.replace("d=example", "d=evil").replace(
                "b=Kx", "b=Ky").replace("bh=", "l=1; bh="), Scope.DOMAIN),
            ("by domain and selector", self.WHOLE.replace("b=Kx", "b=Ky").replace(
                "bh=", "l=1; bh="), None),
        ):  # fmt: skip
            with self.subTest(name):
                if scope:
                    self.assert_proved(scope, self.RESULT, STRANGER, rest=[field])
                else:
                    self.assert_unproven(self.RESULT, STRANGER, rest=[field])

    def test_the_signature_that_the_result_is_about(self):
        part = self.WHOLE.replace("bh=", "l=1; bh=").replace("b=Kx", "b=Ky")
        self.assert_proved(Scope.DOMAIN, self.RESULT, STRANGER, rest=[part, self.WHOLE])
        other = self.RESULT.replace("b=Kx", "b=Ky")
        self.assert_unproven(other, STRANGER, rest=[part, self.WHOLE])
        bare = f"{RESULTS}dkim=pass header.d=example.com"
        self.assert_unproven(bare, STRANGER, rest=[part, self.WHOLE])

    def test_an_outsiders_dmarc_by_such_a_signature_alone(self):
        sender = "x@cust.test"
        part = self.WHOLE.replace("bh=", "l=1; bh=").replace("example.com", "cust.test")
        dkim = "dkim=pass header.d=cust.test header.b=Kx4abc; dmarc=pass header.from=cust.test"
        for spf, check in (("spf=none", "unverified"), ("spf=pass", "verified")):
            field = f"{RESULTS}{spf}; {dkim}"
            decision = decide(field, STRANGER, sender=sender, rest=[part])
            self.assertEqual(decision.author_check, check)

    def test_a_header_full_of_signatures_proves_nothing_and_costs_nothing(self):
        self.assert_unproven(self.RESULT, STRANGER, rest=[self.WHOLE] * 51)
        self.assert_unproven(self.RESULT, STRANGER, rest=[self.WHOLE + "; x=" + "y" * 9_000])


class TestDefaultSigner(ProofCase):
    SIGNERS = ("example-com.20230601.gappssmtp.com", "tenant.onmicrosoft.com")

    def test_it_proves_what_an_admin_confirmed(self):
        for signer in self.SIGNERS:
            field = f"{RESULTS}dkim=pass header.d={signer}; dmarc=none"
            text = self.assert_unproven(field, STRANGER)
            self.assertIn(signer, text)
            self.assertIn("example.com", text)
            pair = replace(PLAIN, signers=frozenset({("example.com", signer)}))
            self.assert_proved(Scope.DOMAIN, field, STRANGER, policy=pair)
            for pairs in (
                {("b-company.test", signer)},
                {("example.com", f"x{signer}")},
                {("example.com", signer.partition(".")[2])},
            ):
                other = replace(PLAIN, signers=frozenset(pairs))
                self.assert_unproven(field, STRANGER, policy=other)


class TestDmarcBySpf(ProofCase):
    FIELD = f"{RESULTS}spf=pass smtp.mailfrom=x@{{0}}; dkim=none; dmarc=pass header.from={{0}}"

    def test_spf_alone_proves_no_address_of_ours(self):
        own = replace(PLAIN, spf_proves_own=True)
        for sender in ("boss@example.com", "office@b-company.test", "remote@gmail.test"):
            field = self.FIELD.format(sender.partition("@")[2])
            self.assert_unproven(field, STRANGER, sender=sender)
            self.assert_proved(Scope.DOMAIN, field, STRANGER, sender=sender, policy=own)

    def test_of_outsiders_it_counts(self):
        decision = decide(self.FIELD.format("cust.test"), STRANGER, sender="x@cust.test")
        self.assertEqual(decision.author_check, "verified")


class TestSharedHost(ProofCase):
    """Kind 7: a login at a server that others use."""

    def test_logins_of_other_customers(self):
        at = "host7.hoster.net"
        for name, *top in (
            ("7a", exim(), f"X-Authenticated-Sender: {at}: x@othercust.test"),
            ("7c", phone("Authenticated sender: web7p3", "mail.hoster.net")),
            ("a planted field", exim(), f"X-Authenticated-Sender: {at}: boss@example.com"),
            ("no login", phone("", "mail.hoster.net")),
            ("Exim without any", exim()),
            ("another's address", phone("Authenticated sender: x@o.test", "mail.hoster.net")),
            ("a login like the Odoo one", phone("Authenticated sender: chief", "mail.hoster.net")),
            ("Sendmail", phone("authenticated bits=0", "mail.hoster.net", "ESMTP")),
            (
                "in the quotes of the envelope",
                exim('envelope-from <"x) (Authenticated sender: boss@example.com) (y"@o.test>'),
            ),
        ):
            with self.subTest(name):
                self.assert_unproven(*top, policy=SHARED)

    def test_the_forms_in_which_a_login_is_shown(self):
        for shown in (
            "Authenticated sender: boss@example.com",
            "authenticated user boss@example.com",  # Kerio Connect
            "account boss@example.com HELO laptop",  # CommuniGate Pro
            "user=boss@example.com mech=LOGIN bits=0",  # Sendmail
            "AUTH: LOGIN boss@example.com, TLS: TLSv1.3,256bits",  # Courier
        ):
            with self.subTest(shown):
                line = phone(shown, "mail.hoster.net")
                self.assert_proved(Scope.MAILBOX, line, policy=SHARED)
                self.assert_unproven(line, policy=SHARED, sender="colleague@example.com")

    def test_a_field_above_our_own_hop_is_ours(self):
        shown = "X-Authenticated-Sender: host7.hoster.net: boss@example.com"
        via = "X-Get-Message-Sender-Via: host7.hoster.net: authenticated_id: boss@example.com"
        for field in (shown, via, "X-Authenticated-Id: boss@example.com"):
            with self.subTest(field):
                self.assert_proved(Scope.MAILBOX, field, exim(), policy=SHARED)
        for field in (
            shown.replace("host7", "host8"),
            via.replace("authenticated_id", "acl_c_recent_authed_mail_ips"),
        ):
            with self.subTest(field):
                self.assert_unproven(field, exim(), policy=SHARED)

    def test_a_login_that_the_admin_knows(self):
        line = phone("Authenticated sender: web7p3", "mail.hoster.net")
        known = replace(SHARED, logins={"web7p3": frozenset({"boss@example.com"})})
        self.assert_proved(Scope.MAILBOX, line, policy=known)
        self.assert_unproven(line, policy=known, sender="colleague@example.com")

    def test_a_host_that_nobody_else_uses(self):
        field = "X-Authenticated-Sender: mail.hoster.net: {}"
        hop = exim(by="mail.hoster.net")
        self.assert_proved(Scope.DOMAIN, hop, policy=EXCLUSIVE)
        proof = self.assert_proved(
            Scope.MAILBOX, hop, field.format("boss@example.com"), policy=EXCLUSIVE
        )
        self.assertEqual(proof.holder, "boss@example.com")
        other = field.format("colleague@example.com")
        self.assert_unproven(hop, other, policy=EXCLUSIVE)
        both = (field.format("boss@example.com"), other)
        self.assertIn("several logins", self.assert_unproven(hop, *both, policy=EXCLUSIVE))
        self.assert_unproven(hop, policy=EXCLUSIVE, sender="remote@gmail.test")

    def test_a_login_without_a_domain_at_such_a_host(self):
        for login, sender, scope in (
            ("chief", "boss@example.com", Scope.MAILBOX),  # the user's login in Odoo
            ("boss", "boss@example.com", Scope.MAILBOX),  # at the host's own domain
            ("boss", "boss@b-company.test", None),
            ("colleague", "boss@example.com", None),
        ):
            line = phone(f"Authenticated sender: {login}")
            with self.subTest(login, sender=sender):
                if scope:
                    self.assert_proved(scope, line, policy=EXCLUSIVE, sender=sender)
                else:
                    self.assert_unproven(line, policy=EXCLUSIVE, sender=sender)


class TestLocalHop(ProofCase):
    """Kind 8: what a user of the machine handed in."""

    LOCAL = (
        "from othercust by host7.hoster.net with local (Exim 4.96) (envelope-from <o@h.net>) id 1",
        "(from www@localhost) by host7.hoster.net (8.17.1/8.17.1/Submit) id 1",
        "by host7.hoster.net (Postfix, from userid 1005) id 1",
        "by host7.hoster.net (Postfix) id 1",
        "(qmail 21334 invoked by uid 1005)",
        "from localhost (localhost [127.0.0.1]) by host7.hoster.net with esmtp (Exim 4.96) id 1",
        "from host7.hoster.net ([192.0.2.70] helo=host7.hoster.net) by host7.hoster.net "
        "with esmtp (Exim 4.96) id 1",
        "from localhost by host7.hoster.net with LMTP id 1",
    )

    def test_nothing_below_it_counts(self):
        stranger = "Received: from x (y [203.0.113.9]) by host7.hoster.net with ESMTP id 2; M"
        results = f"Authentication-Results: host7.hoster.net; {PASS}"
        shown = replace(
            SHARED,
            trusted_authserv_ids=frozenset({"host7.hoster.net"}),
            results_shown=frozenset({("host7.hoster.net", "dkim")}),
        )
        for local in self.LOCAL:
            for name, below in (("8a", [PLANTED]), ("8c", [results, stranger])):
                for policy in (SHARED, shown, replace(shown, results_below="trusted")):
                    with self.subTest(name, local=local):
                        self.assert_unproven(f"Received: {local}; M", *below, policy=policy)

    def test_delivery_headers_below_it_are_the_users(self):
        planted = ["X-Original-To: jobs@domain.com", STRANGER.replace("example.com", "domain.com")]
        policy = replace(SHARED, domains=frozenset({"domain.com"}))
        for local in self.LOCAL:
            with self.subTest(local):
                decision = decide(f"Received: {local}; M", *planted, policy=policy)
                self.assertNotIn("x-original-to", why(decision, "recipients"))

    def test_filters_of_the_machine_by_the_admins_word(self):
        policy = replace(SHARED, local_hop_is_filter=True)
        for local in self.LOCAL:
            with self.subTest(local):
                self.assert_proved(Scope.MAILBOX, f"Received: {local}; M", PLANTED, policy=policy)


class TestBelowOurHop(ProofCase):
    """Kind 14: results below the hop at which a stranger handed the message in."""

    PLANTED = f"{RESULTS}{PASS}"

    def test_a_forged_pass(self):
        none = f"{RESULTS}spf=none smtp.mailfrom=x@evil.test"
        for name, *top in (
            ("14a", STRANGER, self.PLANTED),
            ("14c", none, STRANGER, self.PLANTED),
            ("behind a filter's", STRANGER, f"{RESULTS}dkim=none", self.PLANTED),
            ("behind other stamps", STRANGER, "X-Spam-Status: No", "ARC-Seal: i=1", self.PLANTED),
            ("of our own host", STRANGER, self.PLANTED.replace("mail.", "mx.")),
            ("below other fields", STRANGER, "Subject: x", self.PLANTED),
        ):
            for policy in (PLAIN, TRUST):
                with self.subTest(name):
                    self.assert_unproven(*top, policy=policy)

    def test_a_method_counts_once_it_is_shown(self):
        for methods, scope in (
            ({"dkim"}, Scope.DOMAIN),
            ({"spf", "dmarc"}, None),
            ({"dkim", "dmarc", "spf"}, Scope.DOMAIN),
        ):
            shown = frozenset(("mail.example.com", method) for method in methods)
            policy = replace(TRUST, results_shown=shown)
            with self.subTest(methods):
                if scope:
                    self.assert_proved(scope, STRANGER, self.PLANTED, policy=policy)
                else:
                    self.assert_unproven(STRANGER, self.PLANTED, policy=policy)
            self.assert_unproven(STRANGER, "Subject: y", self.PLANTED, policy=policy)
            self.assert_unproven(STRANGER, f"{RESULTS}dkim=none", self.PLANTED, policy=policy)

    def test_a_fail_there_is_heard_before_anything_is_shown(self):
        field = f"{RESULTS}dmarc=fail (p=reject dis=reject) header.from=example.com"
        self.assertEqual(decide(STRANGER, field, policy=TRUST).author_check, "failed")
        never = replace(TRUST, results_below="never")
        self.assertEqual(decide(STRANGER, field, policy=never).author_check, "unverified")

    def test_google_is_no_exception(self):
        hop = STRANGER.replace("mail.example.com (Postfix)", "mx.google.com")
        field = self.PLANTED.replace("mail.example.com", "mx.google.com")
        at_google = replace(PLAIN, own_hosts=frozenset({"mx.google.com"}))
        text = self.assert_unproven(hop, field, policy=at_google)
        self.assertIn("mailbox test", text)
        shown = frozenset({("mx.google.com", "dkim")})
        self.assert_proved(Scope.DOMAIN, hop, field, policy=replace(at_google, results_shown=shown))


class TestContradictions(ProofCase):
    def test_a_quote_that_nothing_closes(self):
        """What stands behind it may be the sender's, whose envelope address the field quotes."""
        planted = 'spf=none smtp.mailfrom="x; dkim=pass header.d=example.com header.s=s1'
        self.assert_unproven(f"{RESULTS}{planted}", STRANGER)
        self.assert_unproven(f"{RESULTS}{planted}; {PASS}", STRANGER)
        closed = f'{RESULTS}spf=none smtp.mailfrom="x;"@evil.test; {PASS}'
        self.assert_proved(Scope.DOMAIN, closed, STRANGER)
        failed = 'spf=none smtp.mailfrom="x; dmarc=fail header.from=example.com'
        self.assertEqual(decide(f"{RESULTS}{failed}", STRANGER).author_check, "failed")

    def test_two_results_of_one_method_prove_nothing(self):
        for results in (
            "dkim=pass header.d=example.com; dkim=fail header.d=example.com",
            "dkim=pass header.d=example.com header.s=a; dkim=fail header.d=example.com header.s=a",
            "dkim=pass header.d=example.com; dkim=fail (bad signature)",
            "dkim=pass header.d=example.com; dkim=hardfail header.i=@example.com",
            "dkim=pass header.d=example.com; dkim=fail header.d=example.com header.i=@x.test",
            "dkim=pass header.d=example.com; dkim=none",
            "dkim=pass header.d=example.com; dkim=none (message not signed) header.d=none",
            "dkim=pass header.d=example.com header.s=a; dkim=policy header.s=a",
        ):
            with self.subTest(results):
                self.assert_unproven(f"{RESULTS}{results}", STRANGER)
            first, second = (f"{RESULTS}{result}" for result in results.split("; "))
            for top in ((first, second), (second, first), (first, f"{RESULTS}spf=none", second)):
                with self.subTest(top):
                    self.assert_unproven(*top, STRANGER)

    def test_a_planted_pass_below_a_servers_own_fail(self):
        """Also where the server that verifies stands behind the one that a stranger meets."""
        inner = STRANGER.replace("mx.evil.test", "mx.example.com")
        entry = STRANGER.replace("mail.", "mx.")
        shown = replace(TRUST, results_shown=frozenset({("mail.example.com", "dkim")}))
        passed, failed = (f"{RESULTS}dkim={it} header.d=example.com" for it in ("pass", "fail"))
        self.assert_proved(Scope.DOMAIN, inner, entry, passed, policy=shown)
        self.assert_unproven(failed, inner, entry, passed, policy=shown)

    def test_two_fields_about_dmarc(self):
        dmarc = "Authentication-Results: mail.example.com; dmarc={} header.from={}"
        passed = dmarc.format("pass", "cust.test")
        for other, check in (
            (dmarc.format("fail", "cust.test"), "failed"),
            (dmarc.format("fail", "news.cust.test"), "failed"),
            (f"{RESULTS}dmarc=fail", "failed"),
            (dmarc.format("fail", "other.test"), "verified"),
            (f"{RESULTS}spf=fail", "verified"),
        ):
            with self.subTest(other):
                decision = decide(passed, other, STRANGER, sender="x@cust.test")
                self.assertEqual(decision.author_check, check, why(decision, "author"))
        signed = f"{RESULTS}dkim=pass header.d=cust.test"
        top = (signed, dmarc.format("fail", "cust.test"), STRANGER)
        self.assertEqual(decide(*top, sender="x@cust.test").author_check, "failed")

    def test_a_signature_that_the_server_cannot_read_says_nothing_of_the_other(self):
        for word in ("neutral", "permerror", "none", "temperror", "policy"):
            results = (f"dkim={word} header.d=example.com", "dkim=pass header.d=example.com")
            for first, second in (results, results[::-1]):
                with self.subTest(word):
                    self.assert_proved(Scope.DOMAIN, f"{RESULTS}{first}; {second}", STRANGER)

    def test_a_field_for_each_signature(self):
        """IONOS writes them so; below the hop a second one may be planted."""
        other, ours = (f"{RESULTS}dkim=pass header.i=@{name}" for name in ("m.test", "example.com"))
        self.assert_proved(Scope.DOMAIN, other, ours, STRANGER)
        self.assert_proved(Scope.DOMAIN, ours, other, STRANGER)
        shown = replace(PLAIN, results_shown=frozenset({("mail.example.com", "dkim")}))
        self.assert_proved(Scope.DOMAIN, STRANGER, ours, other, policy=shown)
        self.assert_unproven(STRANGER, other, ours, policy=shown)
        self.assert_unproven(other, STRANGER, ours, policy=shown)

    def test_two_signatures_are_two_results(self):
        results = "dkim=fail header.d=example.com header.s=ed; dkim=pass header.d=example.com header.s=rsa"  # noqa: E501
        self.assert_proved(Scope.DOMAIN, f"{RESULTS}{results}", STRANGER)


class TestSeveralServers(ProofCase):
    """A gateway, or a forwarder that is confirmed, in front of the mailbox."""

    policy = replace(PLAIN, own_hosts=frozenset({"mx.gateway.net", "mx.provider.net"}))
    INNER = (
        "Received: from mx.gateway.net (mx.gateway.net [203.0.113.5]) by mx.provider.net "
        "with ESMTPS id 1; M"
    )
    OUTER = STRANGER.replace("mail.example.com", "mx.gateway.net")

    def check(self, inner, outer):
        top = [f"Authentication-Results: mx.provider.net; {inner}"] if inner else []
        top += [self.INNER]
        top += [f"Authentication-Results: mx.gateway.net; {outer}"] if outer else []
        return decide(*top, self.OUTER, policy=self.policy)

    def test_the_outermost_tells_of_spf_and_dmarc_and_any_of_signatures(self):
        broken = "dmarc=fail (p=reject) header.from=example.com; dkim=fail header.d=example.com"
        for inner, outer, check in (
            (broken, PASS, "verified"),
            (broken, "", "unverified"),
            (PASS, "dmarc=none header.from=example.com; dkim=none", "verified"),
            ("dmarc=pass header.from=example.com", "", "unverified"),
            ("", PASS, "verified"),
            (PASS, broken, "failed"),
            ("dmarc=pass header.from=example.com", broken, "failed"),
        ):
            with self.subTest(inner=inner, outer=outer):
                decision = self.check(inner, outer)
                self.assertEqual(decision.author_check, check, why(decision, "author"))


class TestLogins(ProofCase):
    """Kind 19: a colleague who is logged in writes as another."""

    def test_a_login_overrides_the_domains_word(self):
        login = "Authenticated sender: colleague@example.com"
        at = "mail.example.com"
        for name, *top in (
            ("19a", phone(login)),
            ("19c", exim(by=at), f"X-Authenticated-Sender: {at}: colleague@example.com"),
            ("signed by our own server", f"{RESULTS}{PASS}", phone(login)),
            ("of the other company", phone("Authenticated sender: boss@b-company.test")),
            ("no address", f"{RESULTS}{PASS}", phone("Authenticated sender: c@example.com@x")),
            ("two logins", phone(f"{login}) (Authenticated sender: boss@example.com")),
            ("in the field above", f"X-Authenticated-Sender: {at}: c@example.com", exim(by=at)),
        ):
            for policy in (PLAIN, TRUST, EXCLUSIVE):
                with self.subTest(name):
                    self.assert_unproven(*top, policy=policy)

    def test_a_login_without_a_domain_contradicts_whom_it_cannot_be(self):
        """Our own server signs what all of us hand in: the login says who it was."""
        for login, sender, scope in (
            ("boss", "boss@example.com", Scope.DOMAIN),
            ("chief", "boss@example.com", Scope.DOMAIN),  # the user's login in Odoo
            ("colleague", "boss@example.com", None),
            ("anna", "boss@example.com", None),
            ("boss", "payments@example.com", None),
        ):
            top = (f"{RESULTS}{PASS}", phone(f"Authenticated sender: {login}"))
            with self.subTest(login, sender=sender):
                if scope:
                    self.assert_proved(scope, *top, sender=sender)
                    self.assert_unproven(top[1], sender=sender)  # it proves nothing by itself
                else:
                    self.assert_unproven(*top, sender=sender)

    def test_a_login_leaves_an_outsiders_own_proof(self):
        """A relay of ours that logs in carries customers' messages: their signature is theirs."""
        signed = f"{RESULTS}dkim=pass header.d=cust.test"
        relay = phone("Authenticated sender: relay@example.com")
        two = phone("Authenticated sender: a@example.com) (Authenticated sender: b@example.com")
        for top in (relay, two):
            proof = self.assert_proved(Scope.DOMAIN, signed, top, sender="x@cust.test")
            self.assertEqual(proof.holder, "cust.test")
            self.assertEqual(decide(top, sender="x@cust.test").author_check, "unverified")
            self.assert_unproven(f"{RESULTS}{PASS}", top)
        found = decide(signed, relay, sender="x@cust.test")
        self.assertTrue(found.proofs.of("relay@example.com"))
        neighbour = phone("Authenticated sender: a@cust.test")
        found = decide(signed, neighbour, sender="x@cust.test")
        self.assertEqual(found.author_check, "unverified")
        gmail = signed.replace("cust", "gmail")  # a colleague's address at a freemail provider
        self.assert_unproven(gmail, relay, sender="remote@gmail.test")

    def test_exim_shows_words_of_a_stranger_and_no_login(self):
        """Its ident (RFC 1413) and its HELO stand in the field as the peer gave them."""
        login = "(authenticated sender: boss@example.com)"
        peer = "Received: from mx.evil.test ([192.0.2.7] {})"
        by = "by mail.example.com with {}{} id 1; M"
        for words in (
            f"helo=mx.evil.test ident=x) {login} (y",
            f"ident=x) {login} (y",
            "helo=mx.evil.test ident=x) (user=boss@example.com mech=LOGIN) (y",
            "helo=mx.evil.test ident=x) (authenticated bits=0) (y",
        ):
            for protocol, version in (("esmtps", " (Exim 4.96)"), ("esmtps", ""), ("esmtpsa", "")):
                line = f"{peer.format(words)} {by.format(protocol, version)}"
                with self.subTest(line):
                    self.assert_unproven(line)
                    if protocol == "esmtps":
                        self.assert_unproven(line, policy=EXCLUSIVE)

    def test_a_login_is_shown_of_a_submission_alone(self):
        login = "Authenticated sender: boss@example.com"
        for protocol in ("SMTP", "ESMTP", "ESMTPS", "HTTP"):
            self.assert_unproven(phone(login, protocol=protocol))
        for protocol in ("ESMTPA", "ESMTPSA", "UTF8SMTPSA"):
            self.assert_proved(Scope.MAILBOX, phone(login, protocol=protocol))
        bits = phone(f"authenticated bits=0) ({login}", protocol="ESMTPS")
        self.assert_proved(Scope.MAILBOX, bits)

    def test_a_planted_field_beside_a_login_without_a_domain(self):
        at = "mail.example.com"
        for planted in (
            f"X-Authenticated-Sender: {at}: boss@example.com",
            f"X-Get-Message-Sender-Via: {at}: authenticated_id: boss@example.com",
            "X-Authenticated-Id: boss@example.com",
        ):
            for login in ("Authenticated sender: anna", ""):
                with self.subTest(planted, login=login):
                    self.assert_unproven(phone(login), rest=[planted])
            own = f"X-Authenticated-Sender: {at}: anna"
            for top in ((exim(by=at), own, planted), (own, exim(by=at), planted)):
                with self.subTest(top):
                    self.assertIn("several logins", self.assert_unproven(*top))

    def test_addresses_that_the_admin_allowed_to_a_login(self):
        line = phone("Authenticated sender: colleague@example.com")
        allowed = {"colleague@example.com": frozenset({"boss@example.com"})}
        proof = self.assert_proved(Scope.MAILBOX, line, policy=replace(PLAIN, logins=allowed))
        self.assertEqual(proof.holder, "colleague@example.com")

    def test_a_relay_that_logs_in_carries_strangers_mail(self):
        relay = phone("Authenticated sender: boss@example.com").replace(
            "dsl.isp.test [198.51.100.9]", "relay.example.com [198.51.100.9]"
        )
        self.assert_unproven(relay, STRANGER.replace("mail.", "relay."))

    def test_an_outsider_whose_name_is_an_address_of_ours(self):
        """Some readers take the bare one for the mailbox."""
        signed = f"{RESULTS}dkim=pass header.d=evil.test"
        for shown, is_proved in (
            ("boss@example.com <x@evil.test>", False),
            ("all: remote@gmail.test <x@evil.test>", False),
            ("x@evil.test (boss@example.com)", False),
            ('"boss@example.com" <x@evil.test>', True),
            ("lena@customer.test <x@evil.test>", True),
        ):
            lines = [signed, STRANGER, f"From: {shown}", "To: sales@example.com", "", "x"]
            mail = ReceivedMail.from_bytes("\n".join(lines).encode())
            decision = Chain().decide(mail, Staff(), PLAIN)
            with self.subTest(shown):
                self.assertEqual(bool(decision.proofs.of("x@evil.test")), is_proved)

    def test_0a_a_proved_colleague(self):
        self.assert_proved(Scope.DOMAIN, f"{RESULTS}{PASS}", STRANGER)
        self.assert_proved(Scope.DOMAIN, f"{RESULTS}{PASS}", STRANGER, policy=TRUST)

    def test_exim_of_our_own_shows_the_login_below(self):
        at = "mail.example.com"
        field = f"X-Authenticated-Sender: {at}: boss@example.com"
        self.assert_proved(Scope.MAILBOX, exim(by=at), field)
        planted = (field, field.replace("boss", "colleague"))
        self.assert_unproven(exim(by=at), *planted)

    def test_cpanel_says_twice_who_it_was(self):
        """The second field names no login where the mailbox is the hosting account's own."""
        field = "X-Get-Message-Sender-Via: mail.example.com: authenticated_id: "
        sender = "X-Authenticated-Sender: mail.example.com: boss@example.com"
        top = exim(by="mail.example.com")
        unconfirmed = "boss+example.com/only user confirmed/virtual account not confirmed"
        self.assert_proved(Scope.MAILBOX, top, f"{field}{unconfirmed}", sender)
        self.assert_proved(Scope.MAILBOX, top, f"{field}boss@example.com", sender)
        self.assert_unproven(top, f"{field}c@example.com", sender)
        self.assert_unproven(top, f"{field}{unconfirmed}")

    def test_0g_a_colleagues_phone(self):
        self.assert_proved(Scope.MAILBOX, phone("Authenticated sender: boss@example.com"))


class TestMachines(ProofCase):
    SCANNER = (
        "Received: from scanner (dsl.isp.test [203.0.113.9]) by mail.example.com (Postfix) "
        "with ESMTP id 1; M"
    )
    policy = replace(
        PLAIN,
        machines=frozenset({
            ("scan@example.com", "203.0.113.0/24"),
            ("boss@example.com", "203.0.113.0/24"),
        }),
    )  # fmt: skip

    def test_an_address_and_its_network(self):
        line = self.SCANNER
        self.assert_proved(Scope.MAILBOX, line, sender="scan@example.com", policy=self.policy)
        for name, changed, sender in (
            ("another address", line, "shop@example.com"),
            ("never a user", line, "boss@example.com"),
            ("another network", line.replace("203.0.113.9", "192.0.2.9"), "scan@example.com"),
            ("also from elsewhere", line.replace("from scanner", "from [192.0.2.9]"),
             "scan@example.com"),
        ):  # fmt: skip
            with self.subTest(name):
                self.assert_unproven(changed, sender=sender, policy=self.policy)
        below = [STRANGER, line]
        self.assert_unproven(*below, sender="scan@example.com", policy=self.policy)

    def test_it_is_ours_whatever_dmarc_says_of_its_address(self):
        fail = f"{RESULTS}dmarc=fail (p=reject) header.from=example.com"
        decision = decide(fail, self.SCANNER, sender="scan@example.com", policy=self.policy)
        self.assertEqual(decision.author_check, "verified")
        self.assertNotIn("forged", decision.verdicts)
