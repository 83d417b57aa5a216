"""Each preset from DNS answers as its customers publish them."""

import re

from ..router import headers
from ..router.dns_client import MemoryDns, Status
from ..router.providers import (
    BY_MX,
    PRESETS,
    RELAYS,
    detect,
    find_by_server,
    microsoft_commands,
)
from .pure import PureCase

DOMAIN = "example.com"


def mx(*hosts):
    return {(DOMAIN, "MX"): [f"{10 * rank} {host}." for rank, host in enumerate(hosts, 1)]}


SOGO = {
    **mx("mail.example.com"),
    ("_autodiscover._tcp.example.com", "SRV"): ["0 1 443 mail.example.com."],
    ("_caldavs._tcp.example.com", "SRV"): ["0 1 443 mail.example.com."],
    ("_caldavs._tcp.example.com", "TXT"): ["path=/SOGo/dav/"],
    ("_imaps._tcp.example.com", "SRV"): ["0 1 993 mail.example.com."],
    ("_submissions._tcp.example.com", "SRV"): ["0 1 465 mail.example.com."],
}
CPANEL = {
    **mx("example.com"),
    ("_autodiscover._tcp.example.com", "SRV"): ["0 0 443 cpanelemaildiscovery.cpanel.net."],
    ("_caldavs._tcp.example.com", "SRV"): ["0 0 2080 host7.webhost.test."],
    ("_caldavs._tcp.example.com", "TXT"): ["path=/"],
}
PLESK = {
    **mx("mail.example.com"),
    ("_domainconnect.example.com", "TXT"): ["domainconnect.plesk.com/host/srv1.test/port/8443"],
    ("_imaps._tcp.example.com", "SRV"): ["0 0 993 example.com."],
}
RECORDED = (
    # preset, answers, host of the mailbox
    ("google", mx("smtp.google.com"), "imap.gmail.com"),
    ("google", mx("aspmx.l.google.com", "alt1.aspmx.l.google.com"), "imap.gmail.com"),
    ("microsoft", mx("example-com.mail.protection.outlook.com"), "outlook.office365.com"),
    ("microsoft", mx("example-com.c-v1.mx.microsoft"), "outlook.office365.com"),
    ("zoho", mx("mx.zoho.com", "mx2.zoho.com", "mx3.zoho.com"), "imappro.zoho.com"),
    ("zoho", mx("mx.zoho.eu", "mx2.zoho.eu"), "imappro.zoho.eu"),
    ("zoho", mx("mx.zoho.com.au"), "imappro.zoho.com.au"),
    ("fastmail", mx("in1-smtp.messagingengine.com"), "imap.fastmail.com"),
    ("ovh", mx("mx1.mail.ovh.net", "mx2.mail.ovh.net"), "imap.mail.ovh.net"),
    ("ovh", mx("redirect.ovh.net"), "imap.mail.ovh.net"),
    ("ionos", mx("mx00.ionos.de", "mx01.ionos.de"), "imap.ionos.de"),
    ("ionos", mx("mx00.kundenserver.de"), "imap.ionos.com"),
    ("gandi", mx("spool.mail.gandi.net", "fb.mail.gandi.net"), "mail.gandi.net"),
    ("hetzner", mx("www381.your-server.de"), "mail.your-server.de"),
    ("migadu", mx("aspmx1.migadu.com", "aspmx2.migadu.com"), "imap.migadu.com"),
    ("proton", mx("mail.protonmail.ch", "mailsec.protonmail.ch"), "127.0.0.1"),
    ("yandex", mx("mx.yandex.net"), "imap.yandex.com"),
    ("workmail", mx("inbound-smtp.eu-west-1.amazonaws.com"), "imap.mail.eu-west-1.awsapps.com"),
    ("infomaniak", mx("mta-gw.infomaniak.ch"), "mail.infomaniak.com"),
    ("mailcow", SOGO, "mail.example.com"),
    ("cpanel", CPANEL, "example.com"),
    ("plesk", PLESK, "example.com"),
)


class TestDetection(PureCase):
    def test_recorded_answers(self):
        for code, table, host in RECORDED:
            with self.subTest(code=code, host=host):
                found = detect(DOMAIN, MemoryDns(table))
                self.assertEqual(found.preset, PRESETS[code])
                self.assertEqual(found.servers["imap"].host, host)
                self.assertIn(found.servers["smtp"].port, (465, 587, 1025))
                self.assertTrue(found.evidence)

    def test_every_preset_is_tested(self):
        self.assertEqual(set(PRESETS), {code for code, _table, _host in RECORDED})

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

    def test_a_filter_before_a_known_mailbox(self):
        table = {
            **mx("mx.filter.test"),
            ("_imaps._tcp.example.com", "SRV"): ["0 1 993 imap.fastmail.com."],
        }
        self.assertEqual(detect(DOMAIN, MemoryDns(table)).preset, PRESETS["fastmail"])

    def test_silence_is_not_taken_for_an_unknown_provider(self):
        self.assertTrue(detect(DOMAIN, MemoryDns({}, Status.TIMEOUT)).failed)
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


class TestPresets(PureCase):
    def test_each_says_how_a_catch_all_is_made_or_why_not(self):
        for preset in PRESETS.values():
            with self.subTest(preset=preset.code):
                self.assertNotEqual(bool(preset.catch_all), bool(preset.catch_all_refused))
                self.assertTrue(preset.imap and preset.smtp)
                self.assertTrue(preset.pop or preset.pop_refused)
                self.assertIn(preset.from_policy, ("auto", "keep", "account"))
                if preset in BY_MX:
                    self.assertTrue(preset.mx)

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
        with self.assertRaises(ValueError):
            microsoft_commands(DOMAIN, "catchall@example.com", [], "X: y")
