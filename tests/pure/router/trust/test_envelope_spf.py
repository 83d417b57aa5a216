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
