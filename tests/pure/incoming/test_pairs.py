"""What an admin writes in lines: logins, signers, machines."""

from dataclasses import replace

from ....incoming.machines import read_machines, suggest_machines
from ....incoming.pairs import (
    BadLine,
    read_logins,
    read_methods,
    read_pairs,
    read_signers,
    write_pairs,
)
from ...kit.pure import PureCase
from ...kit.verdict_kit import POLICY, mail


class TestPairs(PureCase):
    def test_lines(self):
        text = " A: b, C ;d\n\n a:e\nf : g"
        pairs = {"a": ("b", "c", "d", "e"), "f": ("g",)}
        self.assertEqual(read_pairs(text), pairs)
        self.assertEqual(read_pairs(write_pairs(pairs)), pairs)
        self.assertEqual(read_pairs(""), {})
        for line in ("a", "a:", ": b", "a: ,"):
            with self.subTest(line), self.assertRaises(BadLine):
                read_pairs(f"x: y\n{line}")

    def test_logins(self):
        found = read_logins("Anna@Example.com: info@example.com\nweb7p3: BOSS@example.com")
        self.assertEqual(
            found,
            {
                "anna@example.com": frozenset({"info@example.com"}),
                "web7p3": frozenset({"boss@example.com"}),
            },
        )
        with self.assertRaises(BadLine):
            read_logins("anna@example.com: info")

    def test_signers_and_methods(self):
        self.assertEqual(read_signers("Bücher.example: T.onmicrosoft.com"),
                         {("xn--bcher-kva.example", "t.onmicrosoft.com")})  # fmt: skip
        self.assertEqual(read_methods("mx.test: dkim, spf"),
                         {("mx.test", "dkim"), ("mx.test", "spf")})  # fmt: skip

    def test_machines(self):
        self.assertEqual(
            read_machines("scan@x.test: 203.0.113.9, 2001:db8::1/64"),
            {("scan@x.test", "203.0.113.9/32"), ("scan@x.test", "2001:db8::/64")},
        )
        for line in ("scan@x.test: house", "scan@x.test: 0.0.0.0/0", "scan@x.test: ::/0"):
            with self.subTest(line), self.assertRaises(BadLine):
                read_machines(line)


class TestSuggestedMachines(PureCase):
    def suggest(self, *mails, policy=POLICY):
        return suggest_machines(mails, policy, lambda address: address == "boss@domain.com")

    def test_who_writes_often_from_one_network(self):
        scanner = mail("From: scan@domain.com")
        pair = ("scan@domain.com", "198.51.100.7/32")
        self.assertEqual(self.suggest(*[scanner] * 3), {pair: 3})
        self.assertEqual(self.suggest(*[scanner] * 2), {})
        self.assertEqual(self.suggest(*[mail("From: boss@domain.com")] * 3), {})
        self.assertEqual(self.suggest(*[mail("From: a@cust.test")] * 3), {})
        self.assertEqual(self.suggest(*[mail("From: scan@domain.com", received=False)] * 3), {})
        known = replace(POLICY, machines=frozenset({pair}))
        self.assertEqual(self.suggest(*[scanner] * 3, policy=known), {})
