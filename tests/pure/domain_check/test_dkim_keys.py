"""Keys of DKIM as they are published, and what is said of several signatures."""

import base64

from ....dns_lookup.client import Status
from ....domain_check.dkim import check_dkim, good_signatures, rsa_bits
from ....domain_check.facts import Facts, Signature
from ....findings import Finding, Level
from ....providers.preset import Preset
from ...kit.dkim_keys import RSA_512, RSA_1024, RSA_2048
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
OID = bytes.fromhex("06092a864886f70d010101")
NAME = "s1._domainkey.example.com"


def element(tag, content):
    """A DER element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def bare_key(bits):
    """An RSAPublicKey (RFC 8017 §A.1.1) whose modulus has so many bits."""
    modulus = ((1 << bits) - 1).to_bytes(bits // 8 + 1, "big")
    return element(0x30, element(0x02, modulus) + element(0x02, b"\x01\x00\x01"))


def framed_key(bits, oid=OID):
    """The same as a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)."""
    algorithm = element(0x30, oid + b"\x05\x00")
    return element(0x30, algorithm + element(0x03, b"\x00" + bare_key(bits)))


def text(der):
    return base64.b64encode(der).decode()


class TestKeys(PureCase):
    def test_the_length_of_a_key(self):
        for bits in (384, 512, 768, 900, 984, 1023, 1024, 2047, 2048, 4096):
            with self.subTest(bits=bits):
                self.assertEqual(rsa_bits(text(bare_key(bits))), bits)
                self.assertEqual(rsa_bits(text(framed_key(bits))), bits)
        for key, bits in ((RSA_512, 512), (RSA_1024, 1024), (RSA_2048, 2048)):
            self.assertEqual(rsa_bits(key), bits)
        self.assertEqual(rsa_bits(f" {RSA_1024[:70]} \t{RSA_1024[70:]} "), 1024)

    def test_a_key_of_every_length_is_read(self):
        """DER writes lengths from 128 on in another way."""
        for bits in range(840, 1100, 4):
            with self.subTest(bits=bits):
                self.assertEqual(rsa_bits(text(bare_key(bits))), bits)

    def test_what_is_no_key_has_no_length(self):
        good = framed_key(1024)
        for name, der in (
            ("empty", b""),
            ("one byte", b"\x30"),
            ("cut short", good[:-1]),
            ("another tag outside", b"\x31" + good[1:]),
            ("another algorithm", framed_key(1024, bytes.fromhex("06072a8648ce3d0201"))),
            ("no bit string", element(0x30, element(0x30, OID) + element(0x04, b"\x00"))),
            ("an empty bit string", element(0x30, element(0x30, OID) + element(0x03, b"\x00"))),
            ("no number", element(0x30, element(0x04, b"\x7f" * 128))),
            ("nothing inside", element(0x30, b"")),
        ):
            with self.subTest(name=name):
                self.assertEqual(rsa_bits(text(der)), 0)
        for wrong in ("%%%%", f"{RSA_1024}*", "\u00fc"):
            with self.subTest(text=wrong):
                self.assertEqual(rsa_bits(wrong), 0)

    def test_what_each_key_gives(self):
        note, bad = Level.NOTE, Level.BAD
        ed25519 = base64.b64encode(bytes(32)).decode()
        for record, expected in (
            (f"p={text(framed_key(1023))}", ("dkim_weak", bad)),
            (f"p={text(framed_key(1024))}", ("dkim_short", note)),
            (f"p={text(framed_key(2047))}", ("dkim_short", note)),
            (f"p={text(framed_key(2048))}", None),
            (f"v=DKIM1; k=rsa; h=sha1:sha256; s=email; t=s; p={RSA_2048}", None),
            (f"s=*; p={RSA_2048}", None),
            (f"s=tlsrpt : email; p={RSA_2048}", None),
            (f"s=tlsrpt; p={RSA_2048}", ("dkim_syntax", bad)),
            (f"v=DKIM2; p={RSA_2048}", ("dkim_syntax", bad)),
            (f"k=ec; p={RSA_2048}", ("dkim_syntax", bad)),
            ("p=AAAA", ("dkim_syntax", bad)),
            ("p=", ("dkim_revoked", bad)),
            (f"h=sha1; p={RSA_2048}", ("dkim_hash", bad)),
            (f"t=s:y; p={RSA_2048}", ("dkim_testing", note)),
            (f"k=ed25519; p={ed25519}", ("dkim_ed25519", note)),
            (f"k=ed25519; p={ed25519[:20]} {ed25519[20:]}", ("dkim_ed25519", note)),
            (f"k=ed25519; p={base64.b64encode(bytes(31)).decode()}", ("dkim_syntax", bad)),
            (f"k=ed25519; p={base64.b64encode(bytes(33)).decode()}", ("dkim_syntax", bad)),
            ("k=ed25519; p=A", ("dkim_syntax", bad)),
        ):
            dns = MemoryDns({(NAME, "TXT"): [record]})
            found = check_dkim(Facts(DOMAIN, signatures=(Signature(DOMAIN, "s1"),)), dns)
            codes = [(item.code, item.level) for item in found if item.code != "dkim_aligned"]
            with self.subTest(record=record[:40]):
                self.assertEqual(codes, [expected] if expected else [])
                holds = not expected or expected[1] is note
                self.assertEqual(found[0].code == "dkim_aligned", holds)

    def test_a_short_testing_key_gives_two_notes(self):
        dns = MemoryDns({(NAME, "TXT"): [f"t=y; p={RSA_1024}"]})
        found = check_dkim(Facts(DOMAIN, signatures=(Signature(DOMAIN, "s1"),)), dns)
        shown = {"name": NAME, "selector": "s1", "bits": "1024"}
        self.assertEqual(
            found,
            [
                Finding("dkim_aligned", Level.OK, {"domain": DOMAIN, "selector": "s1"}),
                Finding("dkim_short", Level.NOTE, shown),
                Finding("dkim_testing", Level.NOTE, shown),
            ],
        )


class TestSignatures(PureCase):
    TABLE = {
        (NAME, "TXT"): ["other=1", f"p={RSA_2048}"],
        ("short._domainkey.example.com", "TXT"): [f"p={RSA_1024}"],
        ("slow._domainkey.example.com", "TXT"): Status.TIMEOUT,
        ("weak._domainkey.example.com", "TXT"): [f"p={RSA_512}"],
        ("two._domainkey.example.com", "TXT"): [f"p={RSA_2048}", f"p={RSA_1024}"],
    }

    def check(self, *selectors):
        signatures = tuple(Signature(DOMAIN, name) for name in selectors)
        facts = Facts(DOMAIN, signatures=signatures)
        found = check_dkim(facts, MemoryDns(self.TABLE))
        good = good_signatures(facts, MemoryDns(self.TABLE))
        return [(item.code, item.level) for item in found], [item.selector for item in good]

    def test_one_that_holds_is_enough(self):
        ok, note, warning, bad = Level
        for selectors, expected, good in (
            (["s1"], [("dkim_aligned", ok)], ["s1"]),
            (["weak"], [("dkim_weak", bad)], []),
            (["gone"], [("dkim_key_missing", bad)], []),
            (["two"], [("dkim_several_keys", bad)], []),
            # nothing is known of it, so nothing is said against it
            (["slow"], [("dkim_timeout", warning)], ["slow"]),
            (["short"], [("dkim_aligned", ok), ("dkim_short", note)], ["short"]),
            (["weak", "s1"], [("dkim_aligned", ok), ("dkim_weak", warning)], ["s1"]),
            (["slow", "weak"], [("dkim_timeout", warning), ("dkim_weak", bad)], ["slow"]),
        ):
            with self.subTest(selectors=selectors):
                self.assertEqual(self.check(*selectors), (expected, good))

    def test_the_first_that_holds_is_named(self):
        facts = Facts(
            DOMAIN, signatures=tuple(Signature(DOMAIN, name) for name in ("weak", "short", "s1"))
        )
        found = check_dkim(facts, MemoryDns(self.TABLE))
        self.assertEqual(found[0].values, {"domain": DOMAIN, "selector": "short"})

    def test_signers_of_other_domains_are_named_in_order(self):
        signatures = tuple(Signature(name, "k") for name in ("z.test", "a.test", "z.test"))
        found = check_dkim(Facts(DOMAIN, signatures=signatures), MemoryDns({}))
        shown = {"domain": DOMAIN, "signer": "a.test, z.test"}
        self.assertEqual(found, [Finding("dkim_not_aligned", Level.BAD, shown)])

    def test_nothing_was_seen_or_nothing_was_signed(self):
        preset = Preset("p", "P", dkim_selectors=("one", "two", "three"))
        table = {
            ("one._domainkey.example.com", "TXT"): [f"p={RSA_2048}"],
            ("two._domainkey.example.com", "TXT"): ["v=DKIM1"],
            ("three._domainkey.example.com", "TXT"): ["x", f"v=DKIM1; p={RSA_2048}"],
        }
        unsigned = Finding("dkim_unsigned", Level.BAD, {"domain": DOMAIN})
        published = {"domain": DOMAIN, "selectors": "one, three"}
        unknown = Finding("dkim_unknown", Level.NOTE, {"domain": DOMAIN, "selectors": ""})
        for facts, records, expected in (
            (Facts(DOMAIN, signatures=()), {}, unsigned),
            (Facts(DOMAIN), table, unknown),
            (Facts(DOMAIN, outgoing=preset), {}, unknown),
            (
                Facts(DOMAIN, outgoing=preset),
                table,
                Finding("dkim_published", Level.NOTE, published),
            ),
        ):
            with self.subTest(expected=expected):
                self.assertEqual(check_dkim(facts, MemoryDns(records)), [expected])
        self.assertIsNone(good_signatures(Facts(DOMAIN), MemoryDns(table)))
        self.assertEqual(good_signatures(Facts(DOMAIN, signatures=()), MemoryDns(table)), [])
