"""Our reader of SPF against the test suite of RFC 7208, and against pyspf, record by record.

``records/rfc7208-tests.json`` is the suite of openspf.org, release 2014.04, in another notation
(``records/rfc7208-tests.LICENSE``). pyspf is what many receivers of mail ask.
"""

import json
import random
import socket
import unittest
from pathlib import Path
from unittest.mock import patch

try:
    import spf
except ImportError:  # a requirement of developers only
    spf = None

from ....dns_lookup.client import Status
from ....domain_check.spf_evaluation import evaluate
from ....domain_check.spf_survey import survey
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

SUITE = json.loads(
    (Path(__file__).parents[2] / "records" / "rfc7208-tests.json").read_text(encoding="utf-8")
)
# Names with signs such as ":" and "/" in them: no host has one, and we never ask for one.
NEVER_ASKED = {
    "a-colon-domain": "neutral",
    "a-colon-domain-ip4mapped": "neutral",
    "mx-colon-domain": "neutral",
    "mx-colon-domain-ip4mapped": "neutral",
    "macro-mania-in-domain": "fail",
}
KINDS = ("A", "AAAA", "MX", "TXT", "PTR")


def read_zone(data):
    """Turn a scenario's zone into a table of answers; aliases are followed, as a resolver does."""
    names = {name.lower().rstrip("."): records for name, records in data.items()}
    table = {}
    for name, records in names.items():
        aliases = [record["CNAME"] for record in records if _kind(record) == "CNAME"]
        of_target = names.get(aliases[0].lower().rstrip("."), []) if aliases else []
        for kind in KINDS:
            table[name, kind] = _answers([*records, *of_target], kind)
    return table


def _kind(record):
    return record if isinstance(record, str) else next(iter(record))


def _answers(records, kind):
    kinds = {_kind(record) for record in records}
    wanted = {kind}
    if kind == "TXT" and "TXT" not in kinds:
        wanted.add("SPF")  # the suite writes most records under the type that RFC 7208 gave up
    found = [record[_kind(record)] for record in records if _kind(record) in wanted]
    found = [value for value in found if value != "NONE"]
    if "TIMEOUT" in found or ("TIMEOUT" in kinds and not found):
        return Status.TIMEOUT
    return [_text(kind, value) for value in found] or Status.NO_ANSWER


def _text(kind, value):
    if kind == "MX":
        return f"{value[0]} {value[1] or '.'}"
    if kind == "TXT":
        return value if isinstance(value, str) else "".join(value)
    return value


class TestSuite(PureCase):
    def test_every_case_of_the_suite(self):
        count = 0
        for scenario in SUITE:
            dns = MemoryDns(read_zone(scenario["zonedata"]))
            for name, case in scenario["tests"].items():
                sender = case["mailfrom"]
                domain = sender.rpartition("@")[2] if sender else case["helo"]
                result = evaluate(
                    str(case["host"]), domain, dns, sender=sender, helo=str(case["helo"])
                )
                expected = NEVER_ASKED.get(name, case["result"])
                with self.subTest(part=scenario["description"], case=name, rfc=case.get("spec")):
                    self.assertIn(
                        result.result, [expected] if isinstance(expected, str) else expected
                    )
                count += 1
        self.assertGreater(count, 200)


# What a random record is made of: hosts that are there, that are not, that answer with an error.
TERMS = (
    *("a", "a/24", "a//64", "a:host.test", "a:host.test/28//64", "a:gone.test", "a:slow.test"),
    *("mx", "mx/24", "mx:two.test", "mx:gone.test", "mx:host.test", "a:other.test"),
    *("ip4:192.0.2.1", "ip4:192.0.2.0/25", "ip4:198.51.100.0/24", "ip6:2001:db8::/32"),
    *("include:ok.test", "include:deep.test", "include:none.test", "include:twice.test"),
    *("include:broken.test", "include:gone.test", "include:loop.test", "include:slow.test"),
    *("exists:%{ir}.list.test", "exists:%{i}.list.test", "exists:%{d}", "exists:gone.test"),
    *("redirect=ok.test", "redirect=none.test", "redirect=deep.test", "redirect=gone.test"),
    *("ptr", "ptr:host.test", "exp=why.test", "unknown=%{s}", "all"),
    # wrong in one way or other
    *("ip4:192.0.2.256", "ip4:192.0.2.1/33", "ip4:192.0.2", "ip6:192.0.2.1", "ip:192.0.2.1"),
    *("a:", "a/33", "a:host.test/", "include", "include:", "include:com", "exists:%{z}.test"),
    *("all:x", "all/8", "mx:", "redirect=", "foo", "ip4=192.0.2.1", "a:%.test", "ptr/24"),
)
ZONE = {
    ("rec.test", "A"): ["192.0.2.9"],
    ("rec.test", "MX"): ["10 host.test", "20 gone.test"],
    ("host.test", "A"): ["192.0.2.1", "198.51.100.3"],
    ("host.test", "AAAA"): ["2001:db8:1::1"],
    ("other.test", "A"): ["203.0.113.5"],
    ("two.test", "MX"): ["10 other.test", "10 host.test"],
    ("none.test", "A"): ["192.0.2.77"],
    ("ok.test", "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"],
    ("twice.test", "TXT"): ["v=spf1 -all", "v=spf1 ~all"],
    ("broken.test", "TXT"): ["v=spf1 ipv4:192.0.2.1 -all"],
    ("loop.test", "TXT"): ["v=spf1 include:loop.test -all"],
    ("deep.test", "TXT"): ["v=spf1 a:host.test mx:two.test include:ok.test include:deeper.test"],
    ("deeper.test", "TXT"): ["v=spf1 a:other.test exists:1.list.test a:host.test ?all"],
    ("slow.test", "TXT"): Status.TIMEOUT,
    ("slow.test", "A"): Status.TIMEOUT,
    ("slow.test", "AAAA"): Status.TIMEOUT,
    ("1.list.test", "A"): ["127.0.0.2"],
    ("1.2.0.192.list.test", "A"): ["127.0.0.2"],
    ("192.0.2.9.list.test", "A"): ["127.0.0.2"],
    ("1.2.0.192.in-addr.arpa", "PTR"): ["host.test"],
    ("9.2.0.192.in-addr.arpa", "PTR"): ["host.test"],
}
ADDRESSES = ("192.0.2.1", "192.0.2.9", "198.51.100.3", "203.0.113.5", "2001:db8:1::1", "10.9.8.7")
SAID = {"permerror", "temperror", "pass", "fail", "softfail", "neutral", "none"}


def random_records(count):
    """The same records each time."""
    choice = random.Random(7208)
    for _number in range(count):
        terms = choice.choices(TERMS, k=choice.choice((1, 2, 3, 4, 8, 12)))
        signs = choice.choices(("", "", "", "+", "-", "~", "?"), k=len(terms))
        # RFC 7208 §6: however often an unknown modifier stands there; pyspf counts a second.
        terms = [
            text
            for at, text in enumerate(terms)
            if not text.startswith(("ip4=", "unknown=")) or text not in terms[:at]
        ]
        words = [
            text if "=" in text else sign + text for sign, text in zip(signs, terms, strict=False)
        ]
        yield " ".join(["v=spf1", *words, choice.choice(("-all", "~all", ""))]).strip()


def ask_pyspf(address, table):
    """The result of pyspf for the same answers."""

    def look_up(name, kind, *_args, **_options):
        value = table.get((name.lower().rstrip("."), kind), ())
        if isinstance(value, Status):
            raise spf.TempError("DNS timeout")
        for text in value:
            yield (name, kind), _packed(kind, text)

    with patch.object(spf, "DNSLookup", look_up):
        result, _code, _text = spf.query(address, "postmaster@rec.test", "helo.test").check()
    return result


def _packed(kind, text):
    if kind == "MX":
        preference, host = text.split()
        return int(preference), host
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, text)
    return (text.encode(),) if kind == "TXT" else text


@unittest.skipUnless(spf, "pyspf is not installed")
class TestAgainstPyspf(PureCase):
    def test_random_records_have_the_same_result(self):
        seen = {}
        for record in random_records(1500):
            table = {**ZONE, ("rec.test", "TXT"): [record]}
            for address in ADDRESSES:
                theirs = ask_pyspf(address, table)
                ours = evaluate(address, "rec.test", MemoryDns(table), sender="postmaster@rec.test")
                seen[theirs] = seen.get(theirs, 0) + 1
                with self.subTest(record=record, address=address):
                    self.assertEqual(ours.result, theirs)
        self.assertGreaterEqual(len(seen), 6, seen)
        self.assertLessEqual(set(seen), SAID)

    def test_the_survey_finds_an_error_wherever_a_receiver_may(self):
        """Walking the whole tree must not call a record well that some sender fails at."""
        for record in random_records(600):
            table = {**ZONE, ("rec.test", "TXT"): [record]}
            tree = survey("rec.test", MemoryDns(table))
            results = {ask_pyspf(address, table) for address in ADDRESSES if "." in address}
            if "permerror" in results:
                with self.subTest(record=record):
                    self.assertTrue(tree.problems or tree.lookups > 10 or tree.voids > 2)
