"""Servers, regions and limits of every provider, from a list of their own."""

from ....dns_lookup.client import Status
from ....providers.detect import (
    BY_MX,
    BY_PANEL,
    PRESETS,
    SERVICES,
    Detection,
    detect,
    find_by_account,
    find_by_server,
    find_preset,
    login_of,
)
from ....providers.powershell import MAX_RULES, microsoft_commands
from ....providers.preset import Preset, Server
from ....providers.proposal import propose
from ....providers.relays import RELAYS
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
# provider: hosts and ports of IMAP, POP3 and SMTP
SERVERS = {
    "google": ("imap.gmail.com 993", "", "smtp.gmail.com 587 starttls"),
    "microsoft": (
        *("outlook.office365.com 993", "outlook.office365.com 995"),
        "smtp.office365.com 587 starttls",
    ),
    "zoho": ("imappro.{region} 993", "poppro.{region} 995", "smtppro.{region} 465"),
    "fastmail": ("imap.fastmail.com 993", "pop.fastmail.com 995", "smtp.fastmail.com 465"),
    "ovh": ("imap.mail.ovh.net 993", "pop.mail.ovh.net 995", "smtp.mail.ovh.net 465"),
    "ionos": ("imap.ionos.{region} 993", "pop.ionos.{region} 995", "smtp.ionos.{region} 465"),
    "gandi": ("mail.gandi.net 993", "mail.gandi.net 995", "mail.gandi.net 465"),
    "hetzner": ("mail.your-server.de 993", "mail.your-server.de 995", "mail.your-server.de 465"),
    "migadu": ("imap.migadu.com 993", "pop.migadu.com 995", "smtp.migadu.com 465"),
    "proton": ("127.0.0.1 1143 starttls", "", "127.0.0.1 1025 starttls"),
    "yandex": ("imap.yandex.com 993", "pop.yandex.com 995", "smtp.yandex.com 465"),
    "workmail": (
        *("imap.mail.{region}.awsapps.com 993", ""),
        "smtp.mail.{region}.awsapps.com 465",
    ),
    "infomaniak": ("mail.infomaniak.com 993", "mail.infomaniak.com 995", "mail.infomaniak.com 465"),
    "mailcow": ("{mx} 993", "{mx} 995", "{mx} 465"),
    "cpanel": ("{mx} 993", "{mx} 995", "{mx} 465"),
    "plesk": ("{mx} 993", "{mx} 995", "{mx} 465"),
    "google_relay": ("", "", "smtp-relay.gmail.com 587 starttls"),
    "ses": ("", "", "email-smtp.{region}.amazonaws.com 587 starttls"),
    "mailgun": ("", "", "smtp.mailgun.org 587 starttls"),
    "sendgrid": ("", "", "smtp.sendgrid.net 587 starttls"),
    "postmark": ("", "", "smtp.postmarkapp.com 587 starttls"),
    "brevo": ("", "", "smtp-relay.brevo.com 587 starttls"),
    "mailjet": ("", "", "in-v3.mailjet.com 587 starttls"),
}
REGIONS = {
    # receiving host: IMAP server, provider
    **{
        f"mx.{name}": (f"imappro.{name}", "zoho")
        for name in (
            *("zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca"),
            *("zoho.sa", "zoho.com.cn"),
        )
    },
    "mx.zohomail.com": ("imappro.zoho.com", "zoho"),
    **{
        f"mx00.{name}": (f"imap.ionos.{region}", "ionos")
        for name, region in (
            *(("ionos.com", "com"), ("ionos.de", "de"), ("ionos.co.uk", "co.uk")),
            *(("ionos.fr", "fr"), ("ionos.es", "es"), ("ionos.it", "it"), ("ionos.mx", "mx")),
            *(("kundenserver.de", "de"), ("schlund.de", "de"), ("1and1.com", "com")),
            *(("1and1.co.uk", "co.uk"), ("1and1.fr", "fr"), ("1and1.es", "es")),
            ("perfora.net", "com"),
        )
    },
    **{
        f"inbound-smtp.{region}.amazonaws.com": (f"imap.mail.{region}.awsapps.com", "workmail")
        for region in ("us-east-1", "us-west-2", "eu-west-1")
    },
}


def read(text):
    host, port, *encryption = text.split()
    return Server(host, int(port), *encryption)


def detected(table):
    return detect(DOMAIN, MemoryDns(table))


class TestServers(PureCase):
    def test_of_every_provider(self):
        presets = {**PRESETS, **{relay.code: relay for relay in RELAYS}}
        self.assertEqual(set(presets), set(SERVERS))
        for code, servers in SERVERS.items():
            preset = presets[code]
            with self.subTest(code=code):
                found = tuple(preset.servers.get(job) for job in ("imap", "pop", "smtp"))
                self.assertEqual(found, tuple(read(text) if text else None for text in servers))
                self.assertEqual(len(preset.servers), sum(map(bool, servers)))

    def test_of_every_region(self):
        hosts = {host for preset in BY_MX for host, _region in preset.regions}
        self.assertEqual(len(hosts), len(REGIONS) - 1)  # one host of Zoho names no region
        for host, (imap, code) in REGIONS.items():
            with self.subTest(host=host):
                found = detected({(DOMAIN, "MX"): [f"10 {host}."]})
                self.assertEqual((found.preset, found.evidence), (PRESETS[code], host))
                self.assertEqual(found.servers["imap"].host, imap)

    def test_mechanisms_of_every_region(self):
        for code, expected in (
            (
                "ionos",
                {
                    **dict.fromkeys(("de", "co.uk", "fr", "es", "it"), "include:_spf-eu.ionos.com"),
                    **{"com": "include:_spf-us.ionos.com", "mx": ""},
                },
            ),
            (
                "zoho",
                {
                    **{"zoho.com": "include:zohomail.com", "zoho.eu": "include:zohomail.eu"},
                    **dict.fromkeys(
                        ("zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca", "zoho.sa"), ""
                    ),
                    "zoho.com.cn": "",
                },
            ),
        ):
            preset = PRESETS[code]
            for region, mechanism in expected.items():
                host = preset.servers["smtp"].host.replace("{region}", region)
                with self.subTest(host=host):
                    self.assertEqual(preset.spf_for([host]), mechanism)
                    self.assertEqual(preset.spf_for(["other.test", host]), mechanism)
            self.assertEqual(preset.spf_for(["other.test"]), preset.spf)

    def test_names_that_accounts_of_zoho_use(self):
        for name in ("zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca"):
            for host in (f"imap.{name}", f"smtp.{name}", f"imappro.{name}", f"poppro.{name}"):
                with self.subTest(host=host):
                    self.assertEqual(find_by_server(host), PRESETS["zoho"])

    def test_limits_and_copies(self):
        limits = {code: (p.minute_limit, p.day_limit) for code, p in PRESETS.items()}
        known = {"google": (0, 2_000), "microsoft": (30, 10_000)}
        self.assertEqual({code: found for code, found in limits.items() if any(found)}, known)
        self.assertEqual({p.code for p in PRESETS.values() if p.keeps_sent}, set(known))

    def test_what_is_not_known_of_a_provider_is_empty(self):
        preset = Preset("p", "P")
        self.assertEqual(
            preset,
            Preset(
                *("p", "P", (), "", (), {}, "password", "", (), "", "unknown"),
                *(False, 0, 0, "", "", (), (), (), "", (), (), (), ()),
            ),
        )
        self.assertEqual(preset.catch_all_steps, ())
        self.assertEqual((preset.spf_all, preset.spf_for(["h.test"])), ((), ""))
        self.assertEqual(Server("h", 1), Server("h", 1, "ssl"))

    def test_steps_or_why_there_are_none(self):
        self.assertEqual(Preset("p", "P", catch_all=("1", "2")).catch_all_steps, ("1", "2"))
        refused = Preset("p", "P", catch_all=("1",), catch_all_refused="No.")
        self.assertEqual(refused.catch_all_steps, ("No.",))

    def test_the_policy_for_authors(self):
        for sends_as, policy in (
            *(("any", "keep"), ("account", "account"), ("listed", "auto"), ("unknown", "auto")),
        ):
            with self.subTest(sends_as=sends_as):
                self.assertEqual(Preset("p", "P", sends_as=sends_as).from_policy, policy)

    def test_every_mechanism_that_covers_a_provider(self):
        preset = Preset("p", "P", spf="a", spf_regions=(("x", "b"), ("y", "")), spf_also=("c",))
        self.assertEqual(preset.spf_all, ("a", "b", "c"))


class TestRecognition(PureCase):
    def test_an_account_by_its_server_else_by_its_login(self):
        for host, login, code in (
            ("imap.gmail.com", "login", "google"),
            (" IMAP.Gmail.com. ", "login", "google"),
            ("imap.fastmail.com", "gmail", "fastmail"),
            ("mail.example.com", "gmail", "google"),
            ("mail.example.com", "outlook", "microsoft"),
            ("mail.example.com", "login", None),
            ("127.0.0.1", "login", None),
            ("ximap.gmail.com", "login", None),
            ("imapxgmail.com", "login", None),
            ("email-smtp.eu-west-1.amazonaws.com", "", "ses"),
            ("email-smtp..evil.test", "", None),
        ):
            with self.subTest(host=host, login=login):
                found = find_by_account(host, login)
                self.assertEqual(found and found.code, code)

    def test_every_further_host_is_recognised(self):
        for preset in (*BY_MX, *RELAYS):
            for host in preset.hosts:
                with self.subTest(host=host):
                    self.assertEqual(find_by_server(host), preset)

    def test_the_login_of_a_provider(self):
        for preset, login in (
            (PRESETS["google"], "gmail"),
            (PRESETS["microsoft"], "outlook"),
            (PRESETS["fastmail"], "password"),
            (PRESETS["gandi"], "password"),
            (None, "password"),
        ):
            self.assertEqual(login_of(preset), login)

    def test_the_first_receiving_host_that_is_known_decides(self):
        self.assertEqual(find_preset(["x.test", "in1-smtp.messagingengine.com"]).code, "fastmail")
        self.assertEqual(find_preset(["mx.yandex.net", "mx.zoho.eu"]).code, "yandex")
        self.assertIsNone(find_preset([]))

    def test_signs_of_each_panel(self):
        mx = {(DOMAIN, "MX"): ["10 mx.host.test."]}
        dav = ("_caldavs._tcp.example.com", "SRV")
        text = ("_caldavs._tcp.example.com", "TXT")
        auto = ("_autodiscover._tcp.example.com", "SRV")
        connect = ("_domainconnect.example.com", "TXT")
        discovery = "cpanelemaildiscovery.cpanel.net"
        for more, code, evidence in (
            ({text: ["x", "path=/SOGo/dav/"]}, "mailcow", "path=/SOGo/dav/"),
            ({auto: ["0 0 443 cPanelEmailDiscovery.cpanel.net."]}, "cpanel", discovery),
            ({dav: ["0 0 2080 host.test"]}, "cpanel", "0 0 2080 host.test"),
            ({connect: ["x", "host.test/Plesk"]}, "plesk", "host.test/Plesk"),
            ({dav: ["0 2080 443 host.test"]}, None, ""),
            ({text: ["x"], connect: ["x"], auto: ["0 0 443 x.test."]}, None, ""),
        ):
            found = detected({**mx, **more})
            with self.subTest(more=more):
                self.assertEqual(found.preset and found.preset.code, code)
                self.assertEqual(found.evidence, evidence)
                if code:
                    expected = {name: server.host for name, server in found.servers.items()}
                    self.assertEqual(
                        expected, dict.fromkeys(("imap", "smtp", "pop"), "mx.host.test")
                    )
        # without a receiving host nothing is known of its servers
        self.assertEqual(detected({text: ["path=/SOGo/dav/"]}).servers, {})
        self.assertEqual([preset.code for preset in BY_PANEL], ["mailcow", "cpanel", "plesk"])

    def test_a_filter_before_a_mailbox_that_is_known(self):
        srv = {("_imaps._tcp.example.com", "SRV"): ["0 1 993 imap.fastmail.com."]}
        found = detected(srv)
        self.assertEqual((found.preset.code, found.evidence), ("fastmail", "imap.fastmail.com"))
        # which region, the filter's name does not say: the first one
        ionos = {
            (DOMAIN, "MX"): ["10 mx.filter.test."],
            ("_imaps._tcp.example.com", "SRV"): ["0 1 993 imap.ionos.de."],
        }
        found = detected(ionos)
        self.assertEqual(found.servers["imap"].host, "imap.ionos.de")
        self.assertEqual(found.servers["smtp"].host, "smtp.ionos.com")
        smtp = {("_submissions._tcp.example.com", "SRV"): ["0 1 465 smtp.fastmail.com."]}
        self.assertIsNone(detected(smtp).preset)

    def test_services_by_srv(self):
        for service, (job, encryption) in SERVICES.items():
            name = (f"{service}._tcp.{DOMAIN}", "SRV")
            for records, expected in (
                (["0 1 1234 H.test."], Server("h.test", 1234, encryption)),
                (["0 1 993 h.test."], Server("h.test", 993, "ssl")),
                (["0 1 995 h.test."], Server("h.test", 995, "ssl")),
                (["0 1 465 h.test."], Server("h.test", 465, "ssl")),
                (["0 1 587 h.test."], Server("h.test", 587, encryption)),
                (["9 1 1 b.test.", "8 1 2 a.test.", ""], Server("a.test", 2, encryption)),
                (["10 1 1 b.test.", "9 1 2 a.test."], Server("a.test", 2, encryption)),
                (["1 1 1 b.test.", "x 1 2 a.test."], Server("a.test", 2, encryption)),
                (["0 1 1 b.test.", "x 1 2 a.test."], Server("b.test", 1, encryption)),
                (["0 0 0 ."], None),
                (["0 0 0 .", "1 1 2 a.test."], None),
                (["0 1 h.test."], None),
                (["0 1 x h.test."], None),
                (["0 1 1 2 h.test."], None),
                ([" "], None),
            ):
                with self.subTest(service=service, records=records):
                    expected_servers = {job: expected} if expected else {}
                    self.assertEqual(detected({name: records}).servers, expected_servers)
        expected = {"_imaps": "imap", "_imap": "imap", "_pop3s": "pop"}
        expected |= {"_submissions": "smtp", "_submission": "smtp"}
        self.assertEqual({name: job for name, (job, _way) in SERVICES.items()}, expected)

    def test_pop_that_would_lose_mail_is_left_out_even_where_the_domain_names_it(self):
        named = {("_pop3s._tcp.example.com", "SRV"): ["0 1 995 pop.gmail.com."]}
        google = {(DOMAIN, "MX"): ["1 smtp.google.com."]}
        self.assertNotIn("pop", detected({**google, **named}).servers)
        self.assertIn("pop", detected(named).servers)

    def test_nothing_known(self):
        self.assertEqual(Detection(), Detection(None, {}, "", (), False))
        self.assertEqual(detected({}), Detection())
        found = detected({(DOMAIN, "MX"): Status.TIMEOUT})
        self.assertEqual(found, Detection(failed=True))
        found = detected({(DOMAIN, "MX"): ["20 b.test.", "10 A.test."]})
        self.assertEqual(found, Detection(mx_hosts=("a.test", "b.test")))


class TestProposals(PureCase):
    def test_servers_and_how_sure_they_are(self):
        imap, pop, smtp = Server("i.test", 993), Server("p.test", 995), Server("s.test", 465)
        plain, local = Server("i.test", 143, "starttls"), Server("127.0.0.1", 1143, "starttls")
        plain_pop = Server("p.test", 110, "starttls")
        known = Preset("p", "P")
        for servers, preset, incoming, outgoing, is_pop, origin in (
            ({"imap": imap, "smtp": smtp}, None, imap, smtp, False, "named"),
            ({"imap": imap, "smtp": smtp}, known, imap, smtp, False, "documented"),
            ({"imap": imap, "pop": pop, "smtp": smtp}, None, imap, smtp, False, "named"),
            ({"pop": pop, "smtp": smtp}, None, pop, smtp, True, "named"),
            ({"imap": plain, "smtp": smtp}, None, imap, smtp, False, "named"),
            ({"imap": local, "smtp": smtp}, None, local, smtp, False, "named"),
            ({"pop": plain_pop, "smtp": smtp}, None, pop, smtp, True, "named"),
            (
                *({"imap": imap}, None, imap, Server("i.test", 587, "starttls")),
                *(False, "guessed"),
            ),
            ({"smtp": smtp}, None, Server("s.test", 993), smtp, False, "guessed"),
            (
                *({}, None, Server("mx.test", 993), Server("mx.test", 587, "starttls")),
                *(False, "guessed"),
            ),
            (
                *({}, known, Server("mail.example.com", 993)),
                *(Server("mail.example.com", 587, "starttls"), False, "guessed"),
            ),
        ):
            found = propose(DOMAIN, Detection(preset, servers, mx_hosts=("mx.test", "mx2.test")))
            with self.subTest(servers=servers, preset=preset):
                self.assertEqual((found.incoming, found.outgoing), (incoming, outgoing))
                self.assertEqual((found.is_pop, found.origin), (is_pop, origin))
        found = propose(DOMAIN, Detection())
        self.assertEqual(found.incoming, Server("mail.example.com", 993))


class TestCommands(PureCase):
    def test_names_of_exactly_sixty_four_characters_stay(self):
        for size, whole in ((64, True), (65, False)):
            prefix = "Catch-all: stamp "
            alias = "a" * (size - len(prefix) - len("@example.com")) + "@example.com"
            text = microsoft_commands(DOMAIN, "c@example.com", [alias])
            with self.subTest(size=size):
                self.assertEqual(f"-Name '{prefix}{alias}'" in text, whole)
        beginning = f"{prefix}{alias}"[:55]
        self.assertRegex(text, rf"-Name '{beginning}~[0-9a-f]{{8}}'")

    def test_three_hundred_rules_are_said_at_the_limit(self):
        self.assertEqual(MAX_RULES, 300)
        for count, said in ((299, False), (300, True)):
            aliases = [f"a{number}@example.com" for number in range(count)]
            first = microsoft_commands(DOMAIN, "c@example.com", aliases).splitlines()[0]
            with self.subTest(count=count):
                self.assertEqual(first.startswith(f"# {count} aliases: "), said)
                self.assertEqual(first == "Connect-ExchangeOnline", not said)

    def test_what_cannot_be_a_part_of_a_command(self):
        for domain, mailbox in (
            ("example.com", ""),
            ("example.com", "nobody"),
            ("example.com", "\u00fc@example.com"),
            ("exa mple.com", "c@example.com"),
            ("Example.com", "c@example.com"),
        ):
            with (
                self.subTest(domain=domain, mailbox=mailbox),
                self.assertRaisesRegex(ValueError, "not a mailbox"),
            ):
                microsoft_commands(domain, mailbox, [])

    def test_aliases_outside_of_the_domain_are_left_out(self):
        aliases = ["b@example.com", "A@Example.com", "x@other.test", "\u00fc@example.com"]
        text = microsoft_commands(DOMAIN, "c@example.com", [*aliases, "C@example.com"])
        self.assertIn("$aliases = @('a@example.com', 'b@example.com')\n", text)
