"""Whatever a user typed, the message says who wrote it, through which account, and nothing more."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

from ....outgoing.header_text import (
    clean_name,
    format_address,
    mailboxes,
    mailboxes_as_written,
)
from ....outgoing.identity import (
    FOREIGN_FORMAT,
    OWN_FORMAT,
    PLACEHOLDERS,
    Author,
    Identity,
    OutgoingAccount,
    ReplyTo,
    identify,
    without_author,
    write_identity,
)
from ....outgoing.references import with_domain
from ....router.message.addresses import Mailbox
from ...kit.pure import PureCase

ACCOUNT = OutgoingAccount(
    address="catchall@domain.com", domains=frozenset({"domain.com"}), company="Company"
)
FORCED = OutgoingAccount(
    address="catchall@domain.com",
    domains=frozenset({"domain.com"}),
    company="Company",
    from_policy="account",
)
OWN = frozenset({"domain.com", "other-company.com"})


def on_the_wire(value):
    """Return [(name, address)] as a receiver reads a header value, and the header's raw lines."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = value
    raw = message.as_bytes()
    header = message_from_bytes(raw)["From"]
    pairs = getaddresses([header])
    return [(str(make_header(decode_header(name))), spec) for name, spec in pairs], raw


class TestAuthorTable(PureCase):
    def check(self, account, name, address, expected):
        identity = identify(Author(name, address), account, ReplyTo())
        self.assertEqual(format_address(identity.author), expected)
        self.assertEqual(identity.envelope, "catchall@domain.com")
        again = identify(Author.parse(format_address(identity.author)), account, ReplyTo())
        self.assertEqual(
            format_address(again.author),
            format_address(identity.author),
            "a second pass changed From",
        )

    def test_who_is_seen(self):
        user, through = '"User A" <user_a@domain.com>', '"User A" <catchall@domain.com>'
        cases = (
            # name, address, kept, through the account
            ("User A", "user_a@domain.com", user, through),
            ("User A", "USER_A@Domain.COM.", user, through),
            (
                "",
                "user_a@domain.com",
                '"user_a" <user_a@domain.com>',
                '"user_a" <catchall@domain.com>',
            ),
            ("Marc", "marc@gmail.com", '"Marc via Company" <catchall@domain.com>', None),
            (
                "Portal P",
                "p@customer.example",
                '"Portal P via Company" <catchall@domain.com>',
                None,
            ),
            ("Sub", "sub@mail.domain.com", '"Sub via Company" <catchall@domain.com>', None),
            ("Look", "user_a@domain.com.evil.io", '"Look via Company" <catchall@domain.com>', None),
            ("Look", "user_a@notdomain.com", '"Look via Company" <catchall@domain.com>', None),
            ("", "marc@gmail.com", '"Company" <catchall@domain.com>', None),
            ("", "", '"Company" <catchall@domain.com>', None),
            ("Nobody", "", '"Nobody via Company" <catchall@domain.com>', None),
            ("Müller", "müller@domain.com", '"Müller via Company" <catchall@domain.com>', None),
            ("Company", "catchall@domain.com", '"Company" <catchall@domain.com>', None),
            ("", "catchall@domain.com", '"Company" <catchall@domain.com>', None),
        )
        for name, address, kept, forced in cases:
            with self.subTest(name=name, address=address):
                self.check(ACCOUNT, name, address, kept)
                self.check(FORCED, name, address, forced or kept)

    def test_a_name_that_is_the_private_address_is_not_shown(self):
        for name in (
            "marc@gmail.com",
            "<marc@gmail.com>",
            "(marc@gmail.com)",
            "mailto:marc@gmail.com",
            "marc＠gmail.com",
            "=?utf-8?q?marc=40gmail=2Ecom?=",
        ):
            with self.subTest(name=name):
                self.check(ACCOUNT, name, "marc@gmail.com", '"Company" <catchall@domain.com>')

    def test_international_domain_is_the_same_in_both_spellings(self):
        account = OutgoingAccount("catchall@bücher.example", frozenset({"bücher.example"}))
        for address in ("anna@bücher.example", "anna@xn--bcher-kva.example", "A@BÜCHER.example"):
            identity = identify(Author("Anna", address), account, ReplyTo())
            self.assertEqual(identity.author.domain, "xn--bcher-kva.example")
            self.assertEqual(identity.envelope, "catchall@xn--bcher-kva.example")

    def test_what_an_account_does_unless_told(self):
        account = OutgoingAccount("catchall@domain.com")
        self.assertEqual(account.from_policy, "keep")
        self.assertEqual((account.own_format, account.foreign_format), (OWN_FORMAT, FOREIGN_FORMAT))
        self.assertEqual((OWN_FORMAT, FOREIGN_FORMAT), ("{name}", "{name} via {company}"))
        self.assertEqual(PLACEHOLDERS, ("{name}", "{company}"))
        self.assertEqual((account.refuses_authors, account.sender_header), (False, False))
        self.assertEqual(account.server_id, 0)
        self.assertEqual((ReplyTo().chosen, ReplyTo().settled), (False, False))

    def test_whose_address_stays(self):
        for from_policy, refuses, keeps in (
            ("auto", False, True),
            ("auto", True, False),
            ("keep", False, True),
            ("keep", True, True),
            ("account", False, False),
        ):
            with self.subTest(policy=from_policy, refuses=refuses):
                account = OutgoingAccount("a@b.c", from_policy=from_policy, refuses_authors=refuses)
                self.assertEqual(account.keeps_authors, keeps)

    def test_which_addresses_an_account_serves(self):
        for address, serves in (
            ("a@domain.com", True),
            ("a@b@domain.com", True),
            ("a@sub.domain.com", False),
            ("domain.com", True),
            ("", False),
        ):
            with self.subTest(address=address):
                self.assertEqual(ACCOUNT.serves(address), serves)
        self.assertFalse(OutgoingAccount("a@b.c", frozenset({""})).serves(""))

    def test_without_the_author(self):
        author = Author("User A", "user_a@domain.com")
        account = OutgoingAccount(
            "catchall@domain.com", frozenset({"domain.com"}), "Company", sender_header=True
        )
        identity = identify(author, account, ReplyTo())
        plain = without_author(identity, author, account)
        self.assertEqual(plain.author, Mailbox("User A", "catchall@domain.com"))
        self.assertIsNone(plain.sender, "From says the same")
        self.assertIsNone(without_author(plain, author, account))

    def test_of_several_authors_the_first(self):
        self.assertEqual(Author.parse("A <a@b.c>, D <d@e.f>"), Author("A", "a@b.c"))
        self.assertEqual(Author.parse("nobody"), Author("nobody", ""))

    def test_whose_address_is_hidden(self):
        for address, hidden in (
            ("Marc@Gmail.com", "marc@gmail.com"),
            ("user_a@domain.com", ""),
            ("catchall@domain.com", ""),
        ):
            with self.subTest(address=address):
                self.assertEqual(identify(Author("A", address), ACCOUNT, ReplyTo()).hidden, hidden)
        elsewhere = OutgoingAccount("shop@gmail.com", frozenset({"domain.com"}))
        self.assertEqual(identify(Author("A", "shop@gmail.com"), elsewhere, ReplyTo()).hidden, "")

    def test_an_account_of_no_company(self):
        account = OutgoingAccount(
            "catchall@domain.com", frozenset({"domain.com"}), sender_header=True
        )
        self.assertEqual(identify(Author(), account, ReplyTo()).author.name, "catchall")
        sender = identify(Author("User A", "user_a@domain.com"), account, ReplyTo()).sender
        self.assertEqual(sender, Mailbox("catchall", "catchall@domain.com"))

    def test_formats_that_leave_nothing(self):
        for own, foreign, names in (("@", "@", ("User A", "Marc")), ("", "", ("User A", "Marc"))):
            account = OutgoingAccount(
                "catchall@domain.com",
                frozenset({"domain.com"}),
                "Company",
                own_format=own,
                foreign_format=foreign,
            )
            authors = Author("User A", "user_a@domain.com"), Author("Marc", "marc@gmail.com")
            found = tuple(identify(author, account, ReplyTo()).author.name for author in authors)
            self.assertEqual(found, names)

    def test_account_without_any_domain_shows_itself(self):
        account = OutgoingAccount("shop@gmail.com", frozenset(), "Company")
        identity = identify(Author("User A", "user_a@domain.com"), account, ReplyTo())
        self.assertEqual(format_address(identity.author), '"User A via Company" <shop@gmail.com>')

    def test_account_that_is_no_address_is_refused(self):
        for address in ("", "apikey", "a@b@c", "ü@domain.com"):
            with self.subTest(address=address), self.assertRaises(ValueError):
                identify(Author("A", "a@b.c"), OutgoingAccount(address), ReplyTo())

    def test_display_formats_of_the_admin(self):
        account = OutgoingAccount(
            "catchall@domain.com",
            frozenset({"domain.com"}),
            "Company, Inc.",
            own_format="{name} ({company})",
            foreign_format="{company}: {name.__class__} {name}",
        )
        own = identify(Author("User A", "user_a@domain.com"), account, ReplyTo())
        self.assertEqual(own.author.name, "User A (Company, Inc.)")
        foreign = identify(Author("Marc", "marc@gmail.com"), account, ReplyTo())
        self.assertEqual(foreign.author.name, "Company, Inc.: {name.__class__} Marc")

    def test_sender_only_where_it_says_something_new(self):
        with_sender = OutgoingAccount(
            "catchall@domain.com", frozenset({"domain.com"}), "Company", sender_header=True
        )
        identity = identify(Author("User A", "user_a@domain.com"), with_sender, ReplyTo())
        self.assertEqual(format_address(identity.sender), '"Company" <catchall@domain.com>')
        self.assertIsNone(identify(Author("Marc", "marc@gmail.com"), with_sender, ReplyTo()).sender)
        self.assertIsNone(
            identify(Author("User A", "user_a@domain.com"), ACCOUNT, ReplyTo()).sender
        )


class TestNamesOnTheWire(PureCase):
    names = (
        "Müller, Hans",
        'Conan "the Admin" O\'Brien',
        "A" * 300,
        "Smith, John and many, many others, who are here, at the very long company name, Inc.",
        "Smith, Jöhn and many, many others, who are here, at the very long company name, Inc.",
        "Jean-Pierre de la Très-Longue, Société Générale des Établissements; SARL",
        "日本語の名前" * 30,
        "x\\y\\",
        "(comment) [bracket] <angle>",
        "a;b:c",
        "😀 Smile",
        "עברית שם",
    )
    attacks = (
        "Eve\r\nBcc: victim@example.com",
        "Eve\nBcc: victim@example.com",
        "Eve\r\n\r\nBody of mine",
        "Eve\x00Bcc: victim@example.com",
        "Eve\u2028Bcc: victim@example.com",
        "Eve\x85Bcc: victim@example.com",
        "=?utf-8?q?Eve=0D=0ABcc:_victim=40example.com?=",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3FEve=3D0D=3D0ABcc=3A=3F=3D?=",
        'Eve" <victim@example.com>, "x',
        "Eve>, <victim@example.com",
        "Eve, victim@example.com",
        "victim@example.com, Eve",
        "Eve\ud800",
        "\u202emoc.niamod@nimda",
    )

    def test_one_mailbox_reaches_the_wire(self):
        for name in self.names + self.attacks:
            for address in ("user_a@domain.com", "marc@gmail.com"):
                with self.subTest(name=name, address=address):
                    author = identify(Author(name, address), ACCOUNT, ReplyTo()).author
                    pairs, raw = on_the_wire(format_address(author))
                    self.assertEqual(len(pairs), 1, raw)
                    shown, spec = pairs[0]
                    self.assertEqual(spec, author.address)
                    self.assertTrue(shown.strip())
                    self.assertNotIn("victim@example.com", shown)
                    self.assertNotRegex(format_address(author), "[\r\n\x00]")
                    self.assertEqual(raw.count(b"\r\n\r\n"), 1, raw)
                    self.assertNotIn(b"\nBcc", raw)

    def test_ordinary_names_arrive_unchanged(self):
        names = (
            "Müller, Hans",
            "O'Brien",
            "Dr. John Q. Public",
            "日本語の名前",
            "a;b:c",
            "Bob (CEO)",
        )
        for name in names:
            with self.subTest(name=name):
                pairs, _raw = on_the_wire(format_address(Mailbox(name, "a@domain.com")))
                self.assertEqual(pairs, [(name, "a@domain.com")])

    def test_cleaning_a_name(self):
        cases = {
            "  Marc   Demo ": "Marc Demo",
            '"Marc" <marc@gmail.com>': "Marc",
            "Marc (marc@gmail.com)": "Marc",
            "Marc, marc@gmail.com, Paris": "Marc, , Paris",
            "Bike@Home": "Bike Home",
            "": "",
            "<>": "",
            "=?utf-8?b?TcO8bGxlcg==?=": "Müller",
        }
        for name, expected in cases.items():
            with self.subTest(name=name):
                self.assertEqual(clean_name(name), expected)


class TestReplyTo(PureCase):
    alias = Mailbox("User A", "lead-7@domain.com")

    def answers(self, wanted, author="user_a@domain.com", **values):
        identity = identify(
            Author("User A", author),
            ACCOUNT,
            ReplyTo(mailboxes_as_written(wanted), self.alias, own_domains=OWN, **values),
        )
        return ", ".join(mailbox.address for mailbox in identity.reply_to)

    def test_the_answer_comes_back(self):
        back = self.alias.address
        cases = (
            # what Odoo would write, what is written
            ("", back),
            ("not an address", back),
            ("user_a@domain.com", back),  # base's default: Reply-To = From
            ('"User A" <USER_A@domain.com>', back),
            ("marc@gmail.com", "marc@gmail.com"),
            ("Someone@Elsewhere.example", "Someone@Elsewhere.example"),
            ("x@sub.domain.com", "x@sub.domain.com"),
            ("sales@domain.com", "sales@domain.com"),
            ("jobs@other-company.com", "jobs@other-company.com"),
            ("info@domain.com, boss@gmail.com", "info@domain.com, boss@gmail.com"),
        )
        for wanted, expected in cases:
            with self.subTest(wanted=wanted):
                self.assertEqual(self.answers(wanted), expected)

    def test_what_a_person_chose_stays(self):
        for wanted in ("helpdesk@elsewhere.example", "user_a@domain.com", "sales@domain.com"):
            with self.subTest(wanted=wanted):
                self.assertEqual(self.answers(wanted, chosen=True), wanted)

    def test_private_address_is_no_choice(self):
        chosen = self.answers("marc@gmail.com", author="Marc@Gmail.com", chosen=True)
        self.assertEqual(chosen, self.alias.address)

    def test_settled_is_settled(self):
        self.assertEqual(self.answers("user_a@domain.com", settled=True), "user_a@domain.com")
        self.assertEqual(self.answers("", settled=True), self.alias.address)

    def test_without_a_record_nothing_is_made_up(self):
        identity = identify(Author("A", "marc@gmail.com"), ACCOUNT, ReplyTo(own_domains=OWN))
        self.assertEqual(identity.reply_to, ())


class TestWriting(PureCase):
    def message(self, **headers):
        message = EmailMessage(policy=policy.SMTP)
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("Hello")
        return message

    def test_private_address_stands_in_no_header(self):
        message = self.message(
            From='"Marc" <Marc@Gmail.com>',
            Reply_To='"Marc" <marc@gmail.com>',
            To="customer@elsewhere.example",
            Cc="marc@gmail.com",
            Return_Path="marc@gmail.com",
            Sender="marc@gmail.com",
            Disposition_Notification_To="Marc <MARC@gmail.com>",
            X_Original_From="marc@gmail.com",
            List_Unsubscribe="<mailto:marc@gmail.com>",
            Subject="marc@gmail.com writes",
        )
        author = Author.parse(str(message["From"]))
        reply_to = ReplyTo(mailboxes(message["Reply-To"]), TestReplyTo.alias, own_domains=OWN)
        identity = identify(author, ACCOUNT, reply_to)
        write_identity(message, identity)
        told = [name for name, value in message.items() if "marc@gmail.com" in value.lower()]
        self.assertEqual(told, ["Cc", "Subject"])
        self.assertEqual(message["Return-Path"], "catchall@domain.com")
        first = message.as_bytes()
        author = Author.parse(str(message["From"]))
        reply_to = ReplyTo(mailboxes(message["Reply-To"]), TestReplyTo.alias, own_domains=OWN)
        write_identity(message, identify(author, ACCOUNT, reply_to))
        self.assertEqual(message.as_bytes(), first, "a second pass changed the mail")

    def test_what_a_person_put_there_stays(self):
        names = (
            *("To", "Cc", "Bcc", "X-Msg-To-Add", "X-Msg-To-Consolidate", "X-Forge-To"),
            *("Message-Id", "In-Reply-To", "References", "Subject"),
        )
        values = dict.fromkeys(names, "<marc@gmail.com>")
        message = self.message(**values, X_Other="marc@gmail.com", X_Kept="ann@gmail.com")
        write_identity(message, identify(Author("Marc", "marc@gmail.com"), ACCOUNT, ReplyTo()))
        for name in names:
            with self.subTest(name=name):
                self.assertIn("marc@gmail.com", message[name])
        self.assertNotIn("X-Other", message)
        self.assertEqual(message["X-Kept"], "ann@gmail.com")

    def test_each_field_once(self):
        identity = Identity(
            Mailbox("User A", "user_a@domain.com"),
            "catchall@domain.com",
            sender=Mailbox("Company", "catchall@domain.com"),
            reply_to=(Mailbox("", "a@domain.com"), Mailbox("B, C", "b@domain.com")),
        )
        message = self.message(From="x@y.z", Sender="x@y.z", Reply_To="x@y.z", Return_Path="x@y.z")
        for _time in range(2):
            write_identity(message, identity)
            for name, value in (
                ("From", "User A <user_a@domain.com>"),
                ("Sender", "Company <catchall@domain.com>"),
                ("Reply-To", 'a@domain.com, "B, C" <b@domain.com>'),
                ("Return-Path", "catchall@domain.com"),
            ):
                with self.subTest(name=name):
                    self.assertEqual(message.get_all(name), [value])
        write_identity(message, Identity(Mailbox("", "a@domain.com"), "a@domain.com"))
        self.assertEqual(message["From"], "a@domain.com")
        self.assertNotIn("Sender", message)
        self.assertNotIn("Reply-To", message)

    def test_a_field_that_says_it_already_is_left_as_it_is(self):
        identity = Identity(Mailbox("User A", "user_a@domain.com"), "catchall@domain.com")
        for value, kept in (
            ("User A <user_a@domain.com>", True),
            ("User B <user_a@domain.com>", False),
            ("User A <user_b@domain.com>", False),
        ):
            with self.subTest(value=value):
                message = self.message(From=value)
                before = message["From"]
                write_identity(message, identity)
                self.assertEqual(message["From"] is before, kept)
                self.assertEqual(message["From"], "User A <user_a@domain.com>")

    def test_a_name_that_needs_care_is_written_anew(self):
        mailbox = Mailbox("Müller, Hans", "user_a@domain.com")
        message = self.message(From='"Müller, Hans" <user_a@domain.com>')
        before = message["From"]
        write_identity(message, Identity(mailbox, "catchall@domain.com"))
        self.assertIsNot(message["From"], before)
        self.assertEqual(message["From"].addresses[0].display_name, "Müller, Hans")

    def test_of_two_fields_one_is_left(self):
        message = self.message()
        for value in ("User A <user_a@domain.com>", "x@y.z"):
            message._headers.append(("From", policy.SMTP.header_factory("From", value)))
        identity = Identity(Mailbox("User A", "user_a@domain.com"), "catchall@domain.com")
        write_identity(message, identity)
        self.assertEqual(message.get_all("From"), ["User A <user_a@domain.com>"])

    def test_colleague_is_no_secret(self):
        message = self.message(
            From="user_a@domain.com", List_Unsubscribe="<mailto:user_a@domain.com>"
        )
        write_identity(message, identify(Author.parse(message["From"]), FORCED, ReplyTo()))
        self.assertEqual(message["From"], "user_a <catchall@domain.com>")
        self.assertIn("user_a@domain.com", message["List-Unsubscribe"])


class TestMessageId(PureCase):
    def test_host_names_of_ours_become_the_domain(self):
        hosts = ("web1", "web1.internal.lan")
        cases = {
            "<1.2-openerp-3-crm.lead@web1>": "<1.2-openerp-3-crm.lead@domain.com>",
            "<1.2-openerp-private@WEB1.internal.lan>": "<1.2-openerp-private@domain.com>",
            "<1.2-openerp-private@domain.com>": "<1.2-openerp-private@domain.com>",
            "<abc@mail.gmail.com>": "<abc@mail.gmail.com>",
            "<no-domain>": "<no-domain>",
            "": "",
        }
        for message_id, expected in cases.items():
            with self.subTest(message_id=message_id):
                self.assertEqual(with_domain(message_id, "domain.com", hosts), expected)

    def test_without_a_domain_nothing_changes(self):
        self.assertEqual(with_domain("<a@web1>", "", ("web1",)), "<a@web1>")
