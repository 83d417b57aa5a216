"""Who wrote this: results of authentication as real servers write them, believed only where ours.

The fields are those of public messages, with names and addresses changed.
"""

from dataclasses import replace

from .....router.trust.authentication import is_aligned
from .....router.trust.authres import parse_authres
from .....router.trust.believed import authserv_ids
from ....kit.pure import PureCase
from ....kit.verdict_kit import DATE, POLICY, hop, judge, mail, why

GMAIL_RESULTS = """\
Authentication-Results: mx.google.com;
       dkim=pass header.i=@example.org header.s=s1 header.b="Kx4=";
       arc=pass (i=1 spf=pass spfdomain=example.org dkim=pass dkdomain=example.org);
       spf=pass (google.com: domain of bob@example.org designates 198.51.100.7 as permitted sender)
        smtp.mailfrom=bob@example.org;
       dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=example.org"""
GMAIL = (
    "Delivered-To: catchall@domain.com",
    f"Received: by 2002:a05:6402:5208:b0:5c8:9f44:f1b2 with SMTP id q12csp1; {DATE}",
    f"X-Received: by 2002:a17:90b:1a with SMTP id o10mr2; {DATE}",
    "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=domain.com",
    "Return-Path: <bob@example.org>",
    "Received: from mail.example.org (mail.example.org. [198.51.100.7]) by mx.google.com with "
    f"ESMTPS id a1 for <sales@domain.com>; {DATE}",
    "Received-SPF: pass (google.com: domain of bob@example.org) client-ip=198.51.100.7;",
)
MICROSOFT = (
    "Received: from VI1PR08MB1.eurprd08.prod.outlook.com (2603:10a6::1) by "
    "AM0PR08MB2.eurprd08.prod.outlook.com with HTTPS; " + DATE,
    "Received: from DB5PEPF0001.eurprd02.prod.outlook.com (2603:10a6::2) by "
    "VI1PR08MB1.eurprd08.prod.outlook.com (2603:10a6::1) with Microsoft SMTP Server "
    "(version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.1; " + DATE,
    "{results}",
    "Received: from mail.example.org (198.51.100.7) by DB5PEPF0001.mail.protection.outlook.com "
    "(10.167.8.1) with Microsoft SMTP Server id 15.20.1; " + DATE,
)
AT_MICROSOFT = replace(POLICY, own_hosts=frozenset({"*.outlook.com", "outlook.office365.com"}))
METHODS = ("spf", "dkim", "dmarc")
AT_GOOGLE = replace(
    POLICY,
    own_hosts=frozenset({"mx.google.com"}),
    results_shown=frozenset(("mx.google.com", method) for method in METHODS),
)

EXCLUSIVE = replace(POLICY, exclusive_hosts=frozenset({"mx.domain.com"}))


def received(results, *lines, policy=POLICY, top=None):
    """Decide on a message whose results stand above our own hop, or as ``top`` says."""
    above = [results] if top is None else list(top)
    return judge(*lines, above=above, policy=policy, received=top is None)


class TestParser(PureCase):
    """RFC 8601 and what is written instead of it."""

    FORMS = (
        # field, authserv-id, (method, value, property, its value, policies)
        (
            "mx.example.org; dmarc=fail (p=reject dis=none) header.from=example.net",
            "mx.example.org",
            ("dmarc", "fail", "header.from", "example.net", {"p": "reject", "dis": "none"}),
        ),
        (
            "dmarc=fail action=oreject header.from=example.net;compauth=fail reason=000",
            "",
            ("dmarc", "fail", "header.from", "example.net", {"action": "oreject"}),
        ),
        (
            "mx.example.org/4XABC1; dkim=pass (2048-bit key) header.d=example.net "
            'header.i=@example.net header.b="a+b/c=="',
            "mx.example.org",
            ("dkim", "pass", "header.b", "a+b/c==", {}),
        ),
        (
            "mx.example.org 1; dkim=pass header.b=a+b/c== header.d=example.net",
            "mx.example.org",
            ("dkim", "pass", "header.d", "example.net", {}),
        ),
        (
            'mx.example.org; dmarc=fail reason="SPF not aligned (relaxed); no DKIM" '
            "header.from=example.net (policy=quarantine)",
            "mx.example.org",
            ("dmarc", "fail", "header.from", "example.net", {"policy": "quarantine"}),
        ),
        (
            "mx.example.org; dmarc=pass policy.published-domain-policy=reject "
            "policy.applied-disposition=none (p=reject,d=none,d.eval=none) header.from=a.net",
            "mx.example.org",
            ("dmarc", "pass", "header.from", "a.net", {"p": "reject", "dis": "none"}),
        ),
        (
            "MX.Example.org; DKIM=Pass Header.D=Example.NET",
            "mx.example.org",
            ("dkim", "pass", "header.d", "Example.NET", {}),
        ),
        (
            "mx.example.org; dkim/1=pass (nested (comment; dmarc=pass) here) header.d=a.net",
            "mx.example.org",
            ("dkim", "pass", "header.d", "a.net", {}),
        ),
    )

    def test_forms(self):
        for value, authserv_id, (method, result, name, content, policies) in self.FORMS:
            with self.subTest(value):
                parsed = parse_authres(value)
                self.assertEqual(parsed.authserv_id, authserv_id)
                first = parsed.results[0]
                self.assertEqual((first.method, first.value), (method, result))
                self.assertEqual(first.properties[name], content)
                self.assertEqual(first.policies(), policies)

    def test_nothing_breaks_it(self):
        for value in (
            "",
            ";",
            "none",
            "mx.example.org; none",
            "mx.example.org; dkim=",
            "mx.example.org; =pass; dkim = pass",
            "mx.example.org; (((((dkim=pass",
            'mx.example.org; dkim=pass header.b="',
            ")))) ; a=b",
            "\\" * 50,
            "mx;" + "a=b;" * 10_000,
            "(" * 50_000,
        ):
            with self.subTest(value[:40]):
                self.assertLessEqual(len(parse_authres(value).results), 200)

    def test_a_senders_quoted_local_part_writes_no_result(self):
        value = (
            'mx.example.org; spf=pass (mx.example.org: domain of "a) ; dmarc=pass header.from='
            'domain.com ("@evil.example designates 203.0.113.1) smtp.mailfrom=evil.example; '
            "dmarc=none header.from=domain.com"
        )
        found = [(item.method, item.value) for item in parse_authres(value).results]
        self.assertEqual(found, [("spf", "pass"), ("dmarc", "none")])

    def test_ids_to_confirm(self):
        fields = mail(above=["Authentication-Results: b.example; spf=pass", GMAIL_RESULTS]).all(
            "authentication-results"
        )
        self.assertEqual(authserv_ids(fields), ("b.example", "mx.google.com"))


class TestAlignment(PureCase):
    def test_parent_and_child_only(self):
        for signer, author, aligned in (
            ("example.org", "example.org", True),
            ("mail.example.org", "example.org", True),
            ("example.org", "news.example.org", True),
            ("a.example.org", "b.example.org", False),  # DMARC's own result covers siblings
            ("ample.org", "example.org", False),
            ("notexample.org", "example.org", False),
            ("org", "example.org", False),
            ("", "example.org", False),
            ("example.org", "", False),
        ):
            with self.subTest(signer=signer, author=author):
                self.assertIs(is_aligned(signer, author), aligned)


class TestProviders(PureCase):
    """One message of an outsider, as each provider hands it to us."""

    def check(self, decision, check, *verdicts):
        self.assertEqual(decision.author_check, check, why(decision, "author"))
        self.assertEqual(decision.verdicts, verdicts)

    def test_gmail_writes_below_its_own_hop(self):
        sender = "From: Bob <bob@example.org>"
        lines = [*GMAIL, GMAIL_RESULTS, "DKIM-Signature: v=1; d=example.org"]
        self.check(received("", sender, policy=AT_GOOGLE, top=lines), "verified")

    def test_gmails_field_counts_at_google_only(self):
        lines = [*GMAIL, GMAIL_RESULTS]
        lines[5] = lines[5].replace("mx.google.com", "mx.domain.com")
        self.check(received("", "From: bob@example.org", top=lines), "unverified")

    def test_gmail_fail(self):
        for policies, verdicts in (
            ("(p=REJECT sp=REJECT dis=QUARANTINE)", ("forged",)),
            ("(p=REJECT sp=REJECT dis=REJECT)", ("forged",)),
            ("(p=QUARANTINE sp=QUARANTINE dis=NONE)", ()),  # Gmail let it pass
            ("(p=NONE sp=NONE dis=NONE)", ()),
            ("", ()),
        ):
            result = (
                "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=list.example; "
                f"dmarc=fail {policies} header.from=example.org"
            )
            with self.subTest(policies):
                decision = received(
                    "", "From: bob@example.org", policy=AT_GOOGLE, top=[*GMAIL, result]
                )
                self.check(decision, "failed", *verdicts)

    MICROSOFT_RESULTS = (
        (
            "spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=example.org; dkim=pass "
            "(signature was verified) header.d=example.org;dmarc=pass action=none "
            "header.from=example.org;compauth=pass reason=100",
            "verified",
            (),
        ),
        (
            "spf=pass smtp.mailfrom=example.org; dkim=none (message not signed) header.d=none;"
            "dmarc=bestguesspass action=none header.from=example.org;compauth=pass reason=109",
            "verified",
            (),
        ),
        (
            "spf=fail smtp.mailfrom=example.org; dkim=fail header.d=example.org;dmarc=fail "
            "action=oreject header.from=example.org;compauth=fail reason=000",
            "failed",
            ("forged",),
        ),
        (
            "spf=fail smtp.mailfrom=example.org; dkim=none;dmarc=fail action=quarantine "
            "header.from=example.org;compauth=pass reason=130",
            "failed",
            (),
        ),
        (
            "spf=softfail smtp.mailfrom=example.org; dkim=none;dmarc=none action=none "
            "header.from=example.org;compauth=none reason=405",
            "unverified",
            (),
        ),
        (
            "spf=fail smtp.mailfrom=x.example; dkim=none; dmarc=none action=none "
            "header.from=example.org;compauth=fail reason=001",
            "failed",
            (),
        ),
    )

    def test_microsoft(self):
        for results, check, verdicts in self.MICROSOFT_RESULTS:
            top = [line.format(results=f"Authentication-Results: {results}") for line in MICROSOFT]
            with self.subTest(results):
                decision = received("", "From: bob@example.org", policy=AT_MICROSOFT, top=top)
                self.check(decision, check, *verdicts)

    def test_microsofts_field_that_came_in_through_its_edge_is_the_senders(self):
        forged = "Authentication-Results: dmarc=pass action=none header.from=domain.com"
        top = [*(line for line in MICROSOFT if line != "{results}"), forged]
        top.append(MICROSOFT[-1].replace("mail.example.org", "x.prod.outlook.com"))
        decision = received("", "From: user_a@domain.com", policy=AT_MICROSOFT, top=top)
        self.check(decision, "unverified")

    RESULTS_OF_OUR_OWN = (
        (
            "OpenDMARC",
            "Authentication-Results: mx.domain.com; dmarc=pass (p=none dis=none) "
            "header.from=example.org",
            "verified",
            (),
        ),
        (
            "OpenDMARC, let through",
            "Authentication-Results: mx.domain.com; dmarc=fail (p=reject dis=none) "
            "header.from=example.org",
            "failed",
            (),
        ),
        (
            "OpenDMARC, quarantined",
            "Authentication-Results: mx.domain.com; dmarc=fail (p=quarantine dis=quarantine) "
            "header.from=example.org",
            "failed",
            ("forged",),
        ),
        (
            "OpenDKIM with a queue id",
            "Authentication-Results: mx.domain.com/4XABC; dkim=pass (2048-bit key; "
            'unprotected) header.d=example.org header.i=@example.org header.b="Kx"',
            "verified",
            (),
        ),
        (
            "Rspamd",
            "Authentication-Results: mx.domain.com; dkim=pass header.d=example.org header.s=s1 "
            "header.b=Kx; spf=pass (mx.domain.com: domain of bob@example.org designates "
            "198.51.100.7 as permitted sender) smtp.mailfrom=bob@example.org; "
            "dmarc=pass (policy=reject) header.from=example.org",
            "verified",
            (),
        ),
        (
            "Rspamd, failed",
            'Authentication-Results: mx.domain.com; dkim=none; dmarc=fail reason="SPF not '
            'aligned (relaxed), No valid DKIM" header.from=example.org (policy=reject)',
            "failed",
            ("forged",),
        ),
        (
            "Exim",
            "Authentication-Results: mx.domain.com; iprev=pass (mail.example.org) "
            "smtp.remote-ip=198.51.100.7; spf=pass smtp.mailfrom=example.org; dkim=pass "
            "header.d=example.org header.s=s1 header.a=rsa-sha256; dmarc=pass "
            "header.from=example.org",
            "verified",
            (),
        ),
        (
            "Exim, failed, without a policy",
            "Authentication-Results: mx.domain.com; spf=fail smtp.mailfrom=example.org; "
            "dmarc=fail header.from=example.org",
            "failed",
            (),
        ),
        (
            "SPF alone",
            "Authentication-Results: mx.domain.com; spf=pass smtp.mailfrom=example.org",
            "unverified",
            (),
        ),
        (
            "a signature of the newsletter service alone",
            "Authentication-Results: mx.domain.com; dkim=pass header.d=esp.example; "
            "dmarc=none header.from=example.org",
            "unverified",
            (),
        ),
        (
            "two signatures, one aligned",
            "Authentication-Results: mx.domain.com; dkim=pass header.d=esp.example; "
            "dkim=pass header.i=@mail.example.org; dmarc=none",
            "verified",
            (),
        ),
        (
            "a broken signature",
            "Authentication-Results: mx.domain.com; dkim=fail (body hash) header.d=example.org",
            "unverified",
            (),
        ),
        (
            "DMARC for another domain than From",
            "Authentication-Results: mx.domain.com; dmarc=pass header.from=evil.example",
            "unverified",
            (),
        ),
    )

    def test_servers_of_our_own(self):
        for name, results, check, verdicts in self.RESULTS_OF_OUR_OWN:
            with self.subTest(name):
                self.check(received(results, "From: Bob <bob@example.org>"), check, *verdicts)

    def test_other_providers(self):
        cases = (
            (
                "Fastmail",
                "mx3.messagingengine.com",
                "arc=none (no signatures found); dkim=pass (2048-bit rsa key sha256) "
                "header.d=example.org header.i=@example.org header.b=Kx header.a=rsa-sha256 "
                "header.s=s1 x-bits=2048; dmarc=pass policy.published-domain-policy=reject "
                "policy.applied-disposition=none policy.evaluated-disposition=none "
                "(p=reject,d=none,d.eval=none) policy.policy-from=p header.from=example.org; "
                "iprev=pass smtp.remote-ip=198.51.100.7 (mail.example.org); spf=pass "
                "smtp.mailfrom=bob@example.org smtp.helo=mail.example.org",
            ),
            (
                "Zoho",
                "mx.zohomail.com",
                "dkim=pass  header.i=@example.org; spf=pass (zohomail.com: domain of example.org "
                "designates 198.51.100.7 as permitted sender)  smtp.mailfrom=bob@example.org; "
                "dmarc=pass(p=reject dis=none)  header.from=<bob@example.org>",
            ),
            (
                "Yahoo",
                "atlas210.free.mail.bf1.yahoo.com",
                "dkim=pass header.i=@example.org header.s=s1; spf=pass "
                "smtp.mailfrom=example.org; dmarc=pass(p=REJECT) header.from=example.org;",
            ),
        )
        for name, host, results in cases:
            top = [
                f"Authentication-Results: {host}; {results}",
                f"Received: from mail.example.org (mail.example.org [198.51.100.7]) by {host} "
                f"with ESMTPS id 1; {DATE}",
            ]
            with self.subTest(name):
                self.check(received("", "From: bob@example.org", top=top), "verified")

    def test_kernel_org_writes_a_field_a_method_below_its_hop(self):
        host = "smtp.subspace.kernel.org"
        top = [
            "Received: from mail.example.org (mail.example.org [198.51.100.7]) "
            f"(using TLSv1.2) by {host} (Postfix) with ESMTPS id 7F0C; {DATE}",
            f"Authentication-Results: {host}; dmarc=pass (p=none dis=none) header.from=example.org",
            f"Authentication-Results: {host}; spf=pass smtp.mailfrom=example.org",
            "ARC-Seal: i=1; a=rsa-sha256; d=subspace.kernel.org",
            f'Authentication-Results: {host}; dkim=pass header.d=example.org header.b="Kx"',
        ]
        policy = replace(POLICY, own_hosts=frozenset({host}))
        # What stands below our hop may be the sender's, until the mailbox test has shown that it
        # cannot be; or the admin says so.
        confirmed = replace(policy, trusted_authserv_ids=frozenset({host}))
        shown = replace(policy, results_shown=frozenset({(host, "dmarc")}))
        for name, account, check in (
            ("nobody said anything", policy, "unverified"),
            ("the id is confirmed", confirmed, "unverified"),
            (
                "confirmed to be right below",
                replace(confirmed, results_below="trusted"),
                "verified",
            ),
            ("said of no id", replace(policy, results_below="trusted"), "unverified"),
            ("shown", shown, "verified"),
            (
                "shown of SPF",
                replace(policy, results_shown=frozenset({(host, "spf")})),
                "unverified",
            ),
            ("never", replace(shown, results_below="never"), "unverified"),
        ):
            with self.subTest(name):
                decision = received("", "From: bob@example.org", policy=account, top=top)
                self.check(decision, check)


class TestTrust(PureCase):
    """Law 4: nobody gets in by writing a header."""

    FORGED_USER = "From: User A <user_a@domain.com>"
    PASS = (
        "Authentication-Results: {}; dmarc=pass header.from=domain.com; "
        "dkim=pass header.d=domain.com"
    )

    def test_fields_that_the_sender_wrote(self):
        ours = self.PASS.format("mx.domain.com")
        cases = {
            "below our hop": [hop(), ours],
            "below our hop, after a signature": [hop(), "DKIM-Signature: v=1", ours],
            "below two hops": [hop(), "Received: from a by b.example; " + DATE, ours],
            "another's id above": [self.PASS.format("mx.evil.example"), hop()],
            "ARC": ["ARC-" + ours.replace("Results: ", "Results: i=1; "), hop()],
            "no hop at all": [ours],
            "no id at all": [self.PASS.format("").replace(": ; ", ": "), hop()],
        }
        for name, top in cases.items():
            with self.subTest(name):
                decision = received("", self.FORGED_USER, top=top)
                self.assertEqual(decision.author_check, "unverified", why(decision, "author"))

    def test_a_confirmed_id_above_the_boundary_is_the_only_one(self):
        policy = replace(POLICY, trusted_authserv_ids=frozenset({"scanner.domain.com"}))
        top = [self.PASS.format("mx.domain.com"), hop()]
        decision = received("", self.FORGED_USER, policy=policy, top=top)
        self.assertEqual(decision.author_check, "unverified")

    def test_our_newest_field_wins(self):
        fail = "Authentication-Results: mx.domain.com; dmarc=fail header.from=domain.com"
        decision = received(
            "", self.FORGED_USER, top=[fail, self.PASS.format("mx.domain.com"), hop()]
        )
        self.assertEqual((decision.author_check, decision.reason), ("failed", "forged"))

    def test_what_the_sender_plants_behind_our_filters_field_adds_nothing(self):
        ours = "Authentication-Results: mx.domain.com; dkim=none; dmarc=none header.from=domain.com"
        planted = "Authentication-Results: mx.domain.com; dkim=pass header.d=domain.com"
        policy = replace(POLICY, trusted_authserv_ids=frozenset({"mx.domain.com"}))
        top = [hop(), ours, planted]
        decision = received("", self.FORGED_USER, policy=policy, top=top)
        self.assertEqual(decision.author_check, "unverified", why(decision, "author"))

    def test_pass_and_fail_in_one_field_are_no_pass(self):
        both = (
            "Authentication-Results: mx.domain.com; dmarc=pass header.from=domain.com; "
            "dmarc=fail header.from=domain.com"
        )
        self.assertEqual(received(both, self.FORGED_USER).author_check, "failed")

    def test_several_authors_are_never_verified(self):
        ours = self.PASS.format("mx.domain.com")
        for name, lines in {
            "two fields": ("From: x@evil.example", self.FORGED_USER),
            "two mailboxes": ("From: x@evil.example, user_a@domain.com",),
            "none": ("From: nobody",),
        }.items():
            with self.subTest(name):
                decision = received(ours, *lines)
                self.assertEqual(decision.author_check, "unverified", why(decision, "author"))

    def test_submission_with_a_password(self):
        phone = "[192.168.1.5] (unknown [203.0.113.9])"
        for name, top, sender, check in (
            ("our user on a phone", [hop(phone, "ESMTPSA")], self.FORGED_USER, "verified"),
            ("without TLS", [hop(phone, "ESMTPA")], self.FORGED_USER, "verified"),
            ("no password", [hop(phone, "ESMTPS")], self.FORGED_USER, "unverified"),
            ("a foreign From", [hop(phone, "ESMTPSA")], "From: x@gmail.com", "unverified"),
            (
                "another's server says it",
                [hop(), f"Received: from a by mail.evil.example with ESMTPSA id 1; {DATE}"],
                self.FORGED_USER,
                "unverified",
            ),
            (
                "our relay logs in, the message came from outside",
                [
                    hop("relay.domain.com (relay.domain.com [198.51.100.2])", "ESMTPSA"),
                    hop().replace("mx.domain", "relay.domain"),
                ],
                self.FORGED_USER,
                "unverified",
            ),
            (
                "a neighbour's login on a shared server",
                [
                    hop(phone, "ESMTPSA").replace(
                        " by ", " (Authenticated sender: bob@evil.example) by "
                    )
                ],
                self.FORGED_USER,
                "unverified",
            ),
        ):
            with self.subTest(name):
                decision = received("", sender, policy=EXCLUSIVE, top=top)
                self.assertEqual(decision.author_check, check, why(decision, "author"))
                # without the admin's word others may use the host
                decision = received("", sender, top=top)
                self.assertEqual(decision.author_check, "unverified", why(decision, "author"))

    def test_microsofts_internal_stamp(self):
        stamp = "X-MS-Exchange-Organization-AuthAs: Internal"
        inside = [
            "Received: from AM0PR08MB1.eurprd08.prod.outlook.com (fe80::1) by "
            f"AM0PR08MB1.eurprd08.prod.outlook.com (fe80::1%7) with mapi id 15.20.1; {DATE}"
        ]
        cases = (
            ("inside the tenant", AT_MICROSOFT, inside, stamp, "verified"),
            ("our mailbox is elsewhere", POLICY, inside, stamp, "unverified"),
            ("the newest hop is not Microsoft's", AT_MICROSOFT, [hop()], stamp, "unverified"),
            (
                "what every tenant can write",
                AT_MICROSOFT,
                inside,
                "X-MS-Exchange-CrossTenant-AuthAs: Internal",
                "unverified",
            ),
            (
                "anonymous",
                AT_MICROSOFT,
                inside,
                stamp.replace("Internal", "Anonymous"),
                "unverified",
            ),
        )
        for name, policy, top, line, check in cases:
            with self.subTest(name):
                decision = received("", self.FORGED_USER, line, policy=policy, top=top)
                self.assertEqual(decision.author_check, check, why(decision, "author"))


class TestForged(PureCase):
    def test_who_is_forged(self):
        cases = (
            # From, policies, forged
            ("user_a@domain.com", "(p=none dis=none)", True),
            ("unknown@domain.com", "(p=none dis=none)", False),
            ("web@shop.domain.com", "(p=none dis=none)", False),
            ("unknown@domain.com", "(p=reject)", True),
            ("web@shop.domain.com", "(p=quarantine dis=quarantine)", True),
            ("bob@example.org", "(p=none dis=none)", False),
            ("bob@example.org", "(p=reject dis=reject)", True),
            ("bob@example.org", "(p=quarantine)", True),
            ("bob@example.org", "action=none", False),
        )
        for sender, policies, forged in cases:
            with self.subTest(sender=sender, policies=policies):
                domain = sender.partition("@")[2]
                results = (
                    f"Authentication-Results: mx.domain.com; dmarc=fail {policies} "
                    f"header.from={domain}"
                )
                decision = received(results, f"From: {sender}")
                self.assertEqual(decision.reason == "forged", forged)
                self.assertEqual(decision.author_check, "failed")

    def test_what_is_not_an_explicit_fail_is_not_forged(self):
        for result in ("none", "temperror", "permerror", "softfail", "bestguesspass", "pass"):
            with self.subTest(result):
                decision = received(
                    f"Authentication-Results: mx.domain.com; dmarc={result} "
                    "(p=reject) header.from=domain.com",
                    "From: web@domain.com",
                )
                self.assertNotIn("forged", decision.verdicts)
