"""Whom a reply may go to as well: those outside whom the email names, once each."""

from ....outgoing.cc import named_beside, offered
from ...kit.pure import PureCase


def is_ours(address):
    return address.endswith("@example.com")


class TestCcOffered(PureCase):
    def names(self, *texts, known=()):
        return [(item.name, item.address) for item in offered(texts, is_ours, known)]

    def test_once_each_in_their_order(self):
        found = self.names("Finn <Finn@third.test>, a@b.test", '"D, E" <d@e.test>, finn@third.test')
        expected = [("Finn", "finn@third.test"), ("", "a@b.test"), ("D, E", "d@e.test")]
        self.assertEqual(found, expected)

    def test_none_of_ours_and_nobody_twice(self):
        self.assertEqual(self.names("sales@example.com, x@y.test"), [("", "x@y.test")])
        self.assertEqual(self.names("x@y.test", known={"x@y.test"}), [])

    def test_nobody(self):
        for text in ("", "undisclosed-recipients:;", "no address", "<>"):
            with self.subTest(text):
                self.assertEqual(self.names(text), [])
        self.assertEqual(list(named_beside([], is_ours)), [])
