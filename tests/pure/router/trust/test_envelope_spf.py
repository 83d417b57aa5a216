"""For whose envelope SPF passed: the word of our own servers, and of nobody else."""

from dataclasses import replace

from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, hop, judge

OURS = "Authentication-Results: mx.domain.com; "
FIELD = (
    "Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.1; helo=mx.example.org; "
)
SENDER = 'envelope-from="customer@example.org"'


class TestEnvelope(PureCase):
    def envelope(self, *above, below=()):
        return judge(*below, above=above).envelope

    def test_pass(self):
        for value in (
            "spf=pass smtp.mailfrom=example.org",
            "spf=pass smtp.mailfrom=customer@example.org",
            "spf=pass (x) smtp.mail=customer@example.org",
            "spf=none smtp.helo=mx; spf=pass smtp.mailfrom=example.org",
        ):
            with self.subTest(value):
                self.assertEqual(self.envelope(OURS + value), "example.org")

    def test_no_pass(self):
        for value in (
            "spf=softfail smtp.mailfrom=example.org",
            "spf=none smtp.mailfrom=example.org",
            "spf=fail",
            "spf=pass",
            "spf=pass smtp.helo=example.org",
            "dkim=pass header.d=example.org",
            "spf=pass smtp.mailfrom=example.org; spf=fail smtp.mailfrom=example.org",
            "spf=pass smtp.mailfrom=example.org; spf=pass smtp.mailfrom=other.test",
        ):
            with self.subTest(value):
                self.assertEqual(self.envelope(OURS + value), "")

    def test_behind_a_gateway(self):
        """What the mailbox's host says is about the gateway, for whom the sender's SPF is not."""
        policy = replace(POLICY, own_hosts=frozenset({"mx.gateway.net"}))
        inner = hop("mx.gateway.net (mx.gateway.net [203.0.113.5])")
        entry = hop().replace("by mx.domain.com", "by mx.gateway.net")
        results = "Authentication-Results: mx.gateway.net; spf={} smtp.mailfrom=example.org"
        field = FIELD + SENDER
        for host in (
            OURS + "spf=softfail smtp.mailfrom=example.org",
            OURS + "spf=pass smtp.mailfrom=gateway.net",
            field.replace("Pass", "Softfail"),
            "X-Nothing: x",
        ):
            for gateway, expected in (
                (results.format("pass"), "example.org"),
                (field, "example.org"),
                (results.format("fail"), ""),
                (field.replace("Pass", "Fail"), ""),
                ("X-Nothing: x", ""),
            ):
                with self.subTest(host, gateway=gateway):
                    above = (host, inner, gateway, entry)
                    found = judge(above=above, received=False, policy=policy)
                    self.assertEqual(found.envelope, expected)
        above = (OURS + "spf=pass smtp.mailfrom=example.org", inner, entry)
        self.assertEqual(judge(above=above, received=False, policy=policy).envelope, "")

    def test_what_a_stranger_wrote(self):
        planted = "Authentication-Results: mx.domain.com; spf=pass smtp.mailfrom=example.org"
        self.assertEqual(self.envelope(below=(hop(), planted)), "")
        self.assertEqual(self.envelope(below=(hop(), FIELD + SENDER)), "")
        foreign = "Authentication-Results: mx.evil.test; spf=pass smtp.mailfrom=example.org"
        self.assertEqual(self.envelope(foreign), "")
        other = replace(POLICY, trusted_authserv_ids=frozenset({"other.domain.com"}))
        given = "spf=pass smtp.mailfrom=example.org"
        self.assertEqual(judge(above=(OURS + given,), policy=other).envelope, "")

    def test_received_spf(self):
        self.assertEqual(self.envelope(FIELD + SENDER), "example.org")
        self.assertEqual(self.envelope(FIELD + "envelope-from=<a@Example.ORG>;"), "example.org")
        for field in (
            FIELD.replace("Pass", "Softfail") + SENDER,
            FIELD.replace("identity=mailfrom", "identity=helo") + SENDER,
            FIELD.replace("mx.example.org", "envelope-from=a@bank.test") + SENDER,
            FIELD + r'envelope-from="\"; x=boss@bank.test\"@evil.test"',
            FIELD + 'envelope-from="a b@bank.test"@evil.test',
            FIELD + "envelope-from=a@b@bank.test",
            FIELD,
        ):
            with self.subTest(field):
                self.assertEqual(self.envelope(field), "")
        self.assertEqual(self.envelope(FIELD + SENDER, FIELD + SENDER), "")
