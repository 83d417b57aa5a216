"""Each preset from DNS answers as its customers publish them."""

import json
import re
from pathlib import Path

from ....dns_lookup.client import Status
from ....domain_check.facts import Facts
from ....domain_check.spf import check_spf
from ....providers.detect import BY_MX, PRESETS, detect, find_by_server
from ....providers.powershell import microsoft_commands
from ....providers.preset import Server
from ....providers.relays import RELAYS
from ....router.message import headers
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"


def mx(*hosts):
    return {(DOMAIN, "MX"): [f"{10 * rank} {host}." for rank, host in enumerate(hosts, 1)]}


def recorded():
    """Yield (name, data, answers) of each file of recorded answers."""
    for path in sorted((Path(__file__).parents[2] / "dns_answers").glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        table = {tuple(key.split(" ")): value for key, value in data["answers"].items()}
        yield path.stem, data, table


class TestDetection(PureCase):
    def test_recorded_answers(self):
        """The provider, and each server with its port and its encryption."""
        for name, data, table in recorded():
            with self.subTest(file=name):
                found = detect(DOMAIN, MemoryDns(table))
                self.assertEqual(found.preset, PRESETS[data["preset"]])
                self.assertFalse(found.failed)
                wanted = {job: Server(*server) for job, server in data["servers"].items() if server}
                self.assertEqual(found.servers, wanted)
                self.assertTrue(found.evidence)
                self.assertTrue(data["source"])

    def test_every_provider_of_the_issue_is_recorded(self):
        named = (
            "google microsoft zoho fastmail ovh ionos gandi hetzner migadu proton yandex workmail"
            " infomaniak mailcow cpanel plesk"
        )
        self.assertEqual(set(PRESETS), set(named.split()))
        self.assertEqual(set(PRESETS), {data["preset"] for _name, data, _table in recorded()})

    def test_the_published_spf_record_covers_the_provider(self):
        """What the provider tells its customers to publish must not be called a mistake."""
        checked = set()
        for name, data, table in recorded():
            preset = PRESETS[data["preset"]]
            if preset not in BY_MX or (DOMAIN, "TXT") not in table:
                continue
            others = {
                (mechanism.partition(":")[2], "TXT"): ["v=spf1 ip4:203.0.113.0/24 -all"]
                for mechanism in preset.spf_all
            }
            dns = MemoryDns({**others, **table})
            servers = detect(DOMAIN, dns).servers
            facts = Facts(DOMAIN, outgoing=preset, outgoing_hosts=(servers["smtp"].host,))
            with self.subTest(file=name):
                self.assertEqual(check_spf(facts, dns)[0].code, "spf_ok")
                bare = MemoryDns({**others, **table, (DOMAIN, "TXT"): ["v=spf1 -all"]})
                codes = {finding.code for finding in check_spf(facts, bare)}
                self.assertNotIn("spf_ok", codes - {"spf_unchecked"})
                checked.add(preset.code)
        self.assertGreaterEqual(len(checked), 12)

    def test_the_region_decides_what_is_suggested(self):
        for code, host, mechanism in (
            ("zoho", "smtppro.zoho.com", "include:zohomail.com"),
            ("zoho", "smtppro.zoho.eu", "include:zohomail.eu"),
            ("zoho", "smtppro.zoho.jp", ""),
            ("ionos", "smtp.ionos.co.uk", "include:_spf-eu.ionos.com"),
            ("ionos", "smtp.ionos.com", "include:_spf-us.ionos.com"),
            ("ionos", "smtp.1and1.com", ""),
            ("google", "smtp.gmail.com", "include:_spf.google.com"),
            ("hetzner", "mail.your-server.de", ""),
        ):
            with self.subTest(host=host):
                self.assertEqual(PRESETS[code].spf_for([host]), mechanism)

    def test_a_name_that_only_looks_alike_is_nobodys(self):
        for host in ("mx.notgoogle.com", "zoho.com.evil.test", "smtp.google.com.evil.test"):
            with self.subTest(host=host):
                self.assertIsNone(detect(DOMAIN, MemoryDns(mx(host))).preset)

    def test_srv_alone_names_the_servers(self):
        table = {
            **mx("mx.filter.test"),
            ("_imap._tcp.example.com", "SRV"): ["0 1 143 old.example.com."],
            ("_imaps._tcp.example.com", "SRV"): [
                "20 1 993 second.example.com.",
                "10 1 1993 imap.example.com.",
            ],
            ("_submission._tcp.example.com", "SRV"): ["0 1 587 smtp.example.com."],
            ("_pop3s._tcp.example.com", "SRV"): ["0 0 0 ."],
        }
        found = detect(DOMAIN, MemoryDns(table))
        self.assertIsNone(found.preset)
        imap, smtp = found.servers["imap"], found.servers["smtp"]
        self.assertEqual((imap.host, imap.port, imap.encryption), ("imap.example.com", 1993, "ssl"))
        self.assertEqual((smtp.port, smtp.encryption), (587, "starttls"))
        self.assertNotIn("pop", found.servers, "a target of . says: not offered")

    def test_the_port_decides_where_the_name_of_the_service_is_wrong(self):
        table = {
            **mx("mx.filter.test"),
            ("_submission._tcp.example.com", "SRV"): ["0 1 465 mail.example.com."],
        }
        self.assertEqual(
            detect(DOMAIN, MemoryDns(table)).servers["smtp"], Server("mail.example.com", 465, "ssl")
        )

    def test_what_the_domain_says_comes_before_the_preset(self):
        table = {
            **mx("in1-smtp.messagingengine.com"),
            ("_imaps._tcp.example.com", "SRV"): ["0 1 993 imap.example.com."],
        }
        found = detect(DOMAIN, MemoryDns(table))
        self.assertEqual(found.preset, PRESETS["fastmail"])
        self.assertEqual(found.servers["imap"].host, "imap.example.com")
        self.assertEqual(found.servers["smtp"].host, "smtp.fastmail.com")

    def test_a_domain_of_nobody_known(self):
        for table in (mx("mail.example.com"), {}, {(DOMAIN, "MX"): ["0 ."]}):
            with self.subTest(table=table):
                found = detect(DOMAIN, MemoryDns(table))
                self.assertIsNone(found.preset)
                self.assertFalse(found.servers or found.failed)

    def test_a_filter_before_a_known_mailbox(self):
        table = {
            **mx("mx.filter.test"),
            ("_imaps._tcp.example.com", "SRV"): ["0 1 993 imap.fastmail.com."],
        }
        self.assertEqual(detect(DOMAIN, MemoryDns(table)).preset, PRESETS["fastmail"])

    def test_silence_is_not_taken_for_an_unknown_provider(self):
        for status in (Status.TIMEOUT, Status.SERVFAIL, Status.REFUSED, Status.NO_NETWORK):
            with self.subTest(status=status):
                self.assertTrue(detect(DOMAIN, MemoryDns({}, status)).failed)
        self.assertFalse(detect(DOMAIN, MemoryDns({})).failed)

    def test_pop_is_refused_where_it_would_lose_mail(self):
        for code in ("google", "proton", "workmail"):
            with self.subTest(code=code):
                self.assertTrue(PRESETS[code].pop_refused)
        self.assertNotIn("pop", detect(DOMAIN, MemoryDns(mx("smtp.google.com"))).servers)

    def test_an_account_is_recognised_by_its_server(self):
        for host, code in (
            ("imap.gmail.com", "google"),
            ("smtp.office365.com", "microsoft"),
            ("imappro.zoho.in", "zoho"),
            ("ssl0.ovh.net", "ovh"),
            ("smtp.ionos.de", "ionos"),
            ("imap.mail.us-east-1.awsapps.com", "workmail"),
        ):
            with self.subTest(host=host):
                self.assertEqual(find_by_server(host), PRESETS[code])
        for host in ("mail.example.com", "127.0.0.1", ""):
            self.assertIsNone(find_by_server(host))

    def test_services_that_only_send(self):
        for host, code in (
            ("smtp-relay.gmail.com", "google_relay"),
            ("email-smtp.eu-central-1.amazonaws.com", "ses"),
            ("smtp.eu.mailgun.org", "mailgun"),
            ("smtp.sendgrid.net", "sendgrid"),
            ("smtp.postmarkapp.com", "postmark"),
            ("smtp-relay.brevo.com", "brevo"),
            ("in-v3.mailjet.com", "mailjet"),
        ):
            with self.subTest(host=host):
                self.assertEqual(find_by_server(host).code, code)
                self.assertEqual(find_by_server(host).from_policy, "keep")
        self.assertFalse({relay.code for relay in RELAYS} & set(PRESETS))

    def test_providers_that_rewrite_or_refuse_authors(self):
        for host in ("smtp.gmail.com", "smtp.googlemail.com", "smtp-mail.outlook.com"):
            with self.subTest(host=host):
                self.assertEqual(find_by_server(host).from_policy, "account")
                self.assertTrue(find_by_server(host).keeps_sent)


def detect_imap(host):
    """The IMAP server of a domain with this receiving host."""
    return detect(DOMAIN, MemoryDns(mx(host))).servers["imap"].host


class TestPresets(PureCase):
    def test_each_says_all_that_an_admin_needs(self):
        for preset in PRESETS.values():
            with self.subTest(preset=preset.code):
                # hosts, ports, encryption
                for server in preset.servers.values():
                    self.assertTrue(server.host)
                    self.assertIn(server.port, (465, 587, 993, 995, 1025, 1143))
                    plain = server.port in (587, 1025, 1143)
                    self.assertEqual(server.encryption, "starttls" if plain else "ssl")
                self.assertLessEqual({"imap", "smtp"}, preset.servers.keys())
                pop = "pop" in preset.servers
                self.assertNotEqual(pop, bool(preset.pop_refused) and not pop)
                # how the catch-all is switched on, or why not
                self.assertNotEqual(bool(preset.catch_all), bool(preset.catch_all_refused))
                # whether it may send as any address
                self.assertIn(preset.sends_as, ("any", "listed", "account", "unknown"))
                self.assertIn(preset.from_policy, ("auto", "keep", "account"))
                # which header carries the envelope recipient, or what is known instead
                self.assertNotEqual(bool(preset.envelope_header), bool(preset.envelope_note))
                if preset in BY_MX:
                    self.assertTrue(preset.mx)

    def test_every_region_leads_to_servers_of_the_provider(self):
        for preset in BY_MX:
            for host, region in preset.regions:
                with self.subTest(preset=preset.code, host=host):
                    self.assertEqual(find_by_server(detect_imap(host)), preset)
                    self.assertIn(region, detect_imap(host))

    def test_headers_are_known_to_the_router(self):
        known = {*headers.ENVELOPE_RECIPIENT, "x-catchall-recipient"}
        for preset in PRESETS.values():
            with self.subTest(preset=preset.code):
                self.assertIn(preset.envelope_header.lower(), {"", *known})

    def test_oauth_alone(self):
        oauth = {preset.code for preset in PRESETS.values() if preset.login == "oauth"}
        self.assertEqual(oauth, {"google", "microsoft"})


class TestMicrosoftCommands(PureCase):
    ALIASES = ("sales@example.com", "jobs@example.com", "x@other.test", "catchall@example.com")

    def lines(self, *aliases):
        return microsoft_commands(
            DOMAIN, "Catchall@example.com", aliases or self.ALIASES
        ).splitlines()

    def test_stamps_come_before_the_redirect(self):
        lines = self.lines()
        rules = [line for line in lines if "New-TransportRule" in line]
        names = [re.search(r"-Name '([^']*)'", rule)[1] for rule in rules]
        self.assertEqual(
            names,
            [
                "Catch-all: stamp jobs@example.com",
                "Catch-all: stamp sales@example.com",
                "Catch-all: redirect example.com",
            ],
        )
        self.assertIn(r"-RecipientAddressMatchesPatterns '^sales@example\.com$'", rules[1])
        self.assertIn("-SetHeaderName 'X-Catchall-Recipient'", rules[1])
        self.assertIn("-SetHeaderValue 'sales@example.com'", rules[1])
        self.assertIn("-RedirectMessageTo 'catchall@example.com'", rules[2])
        self.assertIn("-ExceptIfSentToMemberOf 'Catch-all exceptions'", rules[2])
        moved = next(line for line in lines if "Set-TransportRule" in line)
        self.assertIn("-Priority (@(Get-TransportRule).Count - 1)", moved)

    def test_nothing_is_redirected_while_the_group_of_exceptions_is_empty(self):
        lines = self.lines()
        guard = lines.index(
            "if (Get-DynamicDistributionGroupMember -Identity 'Catch-all exceptions'"
            " -ResultSize 1) {"
        )
        accepted = "  Set-AcceptedDomain -Identity 'example.com' -DomainType InternalRelay"
        self.assertGreater(lines.index(accepted), guard)
        self.assertTrue(all("redirect" not in line for line in lines[:guard]))
        self.assertEqual(lines[-3], "} else {")
        self.assertTrue(lines[-2].startswith("  Write-Warning '"))

    def test_pasting_again_leaves_other_domains_and_the_redirect_in_force(self):
        lines = self.lines()
        removals = [line for line in lines if "Remove-TransportRule" in line]
        self.assertEqual(len(removals), 1)
        self.assertTrue(removals[0].startswith("$stamps | Where-Object { $aliases -notcontains"))
        stamps = next(line for line in lines if line.startswith("$stamps = "))
        self.assertIn("$_.SetHeaderValue -like '*@example.com'", stamps)
        self.assertIn("$aliases = @('jobs@example.com', 'sales@example.com')", lines)

    def test_names_of_rules_are_not_longer_than_exchange_allows(self):
        long = [f"{'a' * 60}{number}@example.com" for number in range(3)]
        names = re.findall(r"-Name '(Catch-all: [^']*)'", "\n".join(self.lines(*long)))
        self.assertEqual(len(set(names)), 4)
        self.assertLessEqual(max(map(len, names)), 64)

    def test_more_aliases_than_rules_are_allowed(self):
        many = [f"a{number}@example.com" for number in range(300)]
        self.assertIn("300 rules", self.lines(*many)[0])
        self.assertNotIn("300 rules", self.lines()[0])

    def test_nothing_breaks_out_of_the_quotes(self):
        text = microsoft_commands(
            DOMAIN,
            "catchall@example.com",
            ["o'neil@example.com", "a\u2019$(x)@example.com", "$(y)@example.com"],
        )
        self.assertIn("'o''neil@example.com'", text)
        self.assertNotIn("\u2019", text)
        for line in text.splitlines():
            self.assertEqual(line.count("'") % 2, 0)
        for bad in ("", "nobody", "c@exa\u0308mple.com'"):
            with self.subTest(bad=bad), self.assertRaises(ValueError):
                microsoft_commands("example.com'; x", bad, [])
