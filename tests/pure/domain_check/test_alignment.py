"""Who belongs to the same organisation, found by DMARC's own records."""

from ....dns_lookup.client import Status
from ....domain_check.alignment import find_policy, is_aligned, organisational_domain
from ....domain_check.tags import read_tags
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

REJECT = "v=DMARC1; p=reject"
PUBLIC = "v=DMARC1; p=none; psd=Y"


def published(**records):
    """Each DMARC record by its domain, in which ``_`` stands for a dot."""
    return MemoryDns(
        {(f"_dmarc.{name.replace('_', '.')}", "TXT"): texts for name, texts in records.items()}
    )


class TestTree(PureCase):
    def test_at_most_eight_names_are_asked_for(self):
        """RFC 9989 §4.10: of a long name the whole, then from its last seven labels upwards."""
        for count, labels in (
            (1, [1]),
            (2, [2]),
            (3, [3, 2]),
            (8, [8, 7, 6, 5, 4, 3, 2]),
            (9, [9, 7, 6, 5, 4, 3, 2]),
            (12, [12, 7, 6, 5, 4, 3, 2]),
        ):
            names = [f"l{at}" for at in range(count)]
            dns = MemoryDns({})
            find_policy(".".join(names), dns)
            asked = [name for name, _kind in dns.asked]
            with self.subTest(count=count):
                self.assertEqual(asked, [".".join(["_dmarc", *names[-n:]]) for n in labels])
                self.assertEqual({kind for _name, kind in dns.asked}, {"TXT"})

    def test_the_record_that_counts_is_the_closest(self):
        for dns, name in (
            (published(shop_example_com=[REJECT], example_com=[REJECT]), "shop.example.com"),
            (published(example_com=["x", REJECT]), "example.com"),
            (published(example_com=["x"]), "shop.example.com"),
            (published(example_com=[PUBLIC]), "shop.example.com"),  # a registry's
            (published(shop_example_com=[PUBLIC]), "shop.example.com"),  # its own
            (published(example_com=Status.TIMEOUT), "example.com"),
            (published(), "shop.example.com"),
        ):
            found, answer = find_policy("shop.example.com", dns)
            with self.subTest(name=name):
                self.assertEqual(found, name)
                self.assertEqual(answer, dns.ask(f"_dmarc.{name}", "TXT"))

    def test_the_organisation_is_the_topmost(self):
        for dns, name in (
            (published(b_example_com=[REJECT], example_com=[REJECT]), "example.com"),
            (published(b_example_com=[REJECT]), "b.example.com"),
            (published(b_example_com=[REJECT], example_com=[PUBLIC]), "b.example.com"),
            (published(), "a.b.example.com"),
        ):
            with self.subTest(name=name):
                self.assertEqual(organisational_domain("a.b.example.com", dns), name)

    def test_who_may_speak_for_the_author(self):
        dns = published(example_com=[REJECT])
        for domain, author, strict, expected in (
            ("example.com", "example.com", False, True),
            ("example.com", "example.com", True, True),
            ("mail.example.com", "example.com", False, True),
            ("mail.example.com", "example.com", True, False),
            ("example.com", "shop.example.com", False, True),
            ("news.example.com", "shop.example.com", False, True),
            ("news.example.com", "shop.example.com", True, False),
            ("badexample.com", "shop.example.com", False, False),
            ("other.test", "example.com", False, False),
            ("", "example.com", False, False),
            ("", "example.com", True, False),
        ):
            with self.subTest(domain=domain, author=author, strict=strict):
                self.assertIs(is_aligned(domain, author, dns, strict=strict), expected)


class TestTags(PureCase):
    def test_lists_of_tags(self):
        for text, tags in (
            ("v=DKIM1; k=rsa; p=AB==", {"v": "DKIM1", "k": "rsa", "p": "AB=="}),
            (" V = x ;; ;b= ", {"v": "x", "b": ""}),
            ("with_line=1; n2=3", {"with_line": "1", "n2": "3"}),
            ("", {}),
            ("v", None),
            ("v=1; nothing", None),
            ("=1", None),
            ("_=1", None),
            ("a-b=1", None),
            ("a=1; A=2", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(read_tags(text), tags)
        self.assertEqual(list(read_tags("b=1; a=2")), ["b", "a"])
