"""The messages of a probe, the course that they take, and what their hops wrote down."""

from datetime import datetime, timedelta

from ....probe import Course, ProbeMessage, Seen, Sent, address_of, probe_messages, received_at
from ....probe.hop_dates import received_dates, seen_from
from ....router.message.mail import ReceivedMail
from ....router.tokens.probe_mark import HEADER, Kind
from ....router.tokens.tokens import ProbeToken, TokenKey, make_probe_token
from ...kit.pure import PureCase

KEY = TokenKey(b"secret", "3e1a5f7c-0000-4000-8000-123456789abc")
NOW = datetime(2026, 11, 2, 10, 0)
DOMAIN = "domain.com"


def mail(*lines):
    return ReceivedMail.from_bytes("".join(f"{line}\r\n" for line in (*lines, "")).encode())


def received(date):
    return f"Received: from a by b; {date}"


def headers(token, author, to):
    """Every header that a probe sets: names in lower case, and values."""
    return {
        "from": f'"Catch-all probe" <{author}>',
        "to": ", ".join(to) if to else "undisclosed-recipients:;",
        "subject": f"Catch-all probe: {token}",
        "date": "Mon, 02 Nov 2026 10:00:00 +0000",
        "message-id": f"<probe-{token}@domain.com>",
        # so that no program replies
        "auto-submitted": "auto-generated",
        "x-auto-response-suppress": "All",
        HEADER.lower(): token,
    }


class TestMessages(PureCase):
    def test_the_headers_of_each(self):
        own = {kind: address_of(KEY, 7, kind, DOMAIN) for kind in Kind}
        account = "catchall@domain.com"
        messages = probe_messages(KEY, 7, DOMAIN, account, ["sales@domain.com"], NOW)
        sub_address = f"catchall+{own[Kind.SUB_ADDRESS]}"
        for message, kinds, to, author in zip(
            messages,
            (
                *((Kind.RANDOM,), (Kind.BCC,), (Kind.FIRST, Kind.SECOND), (Kind.AUTHOR,)),
                *((Kind.SUB_ADDRESS,), (Kind.NEAR,)),
            ),
            (
                *([own[Kind.RANDOM]], None, [own[Kind.FIRST], own[Kind.SECOND]]),
                *([own[Kind.AUTHOR]], [sub_address], ["asles@domain.com"]),
            ),
            (account, account, account, own[Kind.AUTHOR], account, account),
            strict=True,
        ):
            token = make_probe_token(KEY, ProbeToken(7, kinds[0].part))
            parsed = ReceivedMail.from_bytes(message.source)
            with self.subTest(kinds=kinds):
                addresses = tuple(to or [own[Kind.BCC]])
                self.assertEqual(message, ProbeMessage(kinds, addresses, message.source))
                expected = headers(token, author, to)
                self.assertEqual({name: parsed.first(name) for name in expected}, expected)
                self.assertIn(b"removed from the mailbox automatically", message.source)

    def test_which_messages_there_are(self):
        for account, aliases, more in (
            ("catchall@domain.com", [], {Kind.SUB_ADDRESS}),
            ("catch+all@domain.com", [], set()),
            ("catchall@other.test", [], set()),
            ("catchall@other.test", ["sales@domain.com"], {Kind.NEAR}),
            ("catchall@other.test", ["sales@other.test"], set()),
            ("catchall@other.test", ["aa@domain.com", "7a@domain.com", "x@domain.com"], set()),
            ("catchall@other.test", ["ab@domain.com", "ba@domain.com"], set()),
        ):
            found = probe_messages(KEY, 7, DOMAIN, account, aliases, NOW)
            kinds = {kind for message in found for kind in message.kinds}
            with self.subTest(account=account, aliases=aliases):
                self.assertEqual(kinds & {Kind.SUB_ADDRESS, Kind.NEAR}, more)

    def test_an_alias_with_two_letters_swapped(self):
        for aliases, wrong in (
            (["ab@domain.com"], "ba@domain.com"),
            (["b.cd@domain.com"], "b.dc@domain.com"),
            (["aab@domain.com"], "aba@domain.com"),
            (["zz@domain.com", "xy@domain.com"], "yx@domain.com"),
            (["info@domain.com", "nifo@domain.com"], "ifno@domain.com"),
            (["10a@domain.com", "a@other.test", "no@domain.com"], "on@domain.com"),
        ):
            found = probe_messages(KEY, 7, DOMAIN, "c@other.test", aliases, NOW)
            with self.subTest(aliases=aliases):
                self.assertEqual(found[-1].addresses, (wrong,))


class TestCourse(PureCase):
    def course(self, sent=(), seen=()):
        return Course(DOMAIN, NOW, NOW, False, tuple(sent), tuple(seen))

    def test_what_is_not_said_is_usual(self):
        self.assertEqual(
            self.course(),
            Course(
                *(DOMAIN, NOW, NOW, False, (), (), "", "INBOX", True, "", "", True, True, "auto"),
            ),
        )
        self.assertEqual(Sent(Kind.BCC, "a@b"), Sent(Kind.BCC, "a@b", "", False, False))
        empty = mail()
        self.assertEqual(Seen(Kind.BCC, "inbox", empty), Seen(Kind.BCC, "inbox", empty, 0, None))

    def test_of_several_copies_the_one_in_the_inbox_counts(self):
        seen = {place: Seen(Kind.RANDOM, place, mail()) for place in ("All Mail", "junk", "inbox")}
        for places, best in (
            (["All Mail", "junk", "inbox"], "inbox"),
            (["All Mail", "junk"], "junk"),
            (["All Mail"], "All Mail"),
        ):
            for order in (places, places[::-1]):
                course = self.course(seen=[seen[place] for place in order])
                with self.subTest(order=order):
                    self.assertIs(course.by_kind(Kind.RANDOM), seen[best])
                    self.assertIsNone(course.by_kind(Kind.BCC))

    def test_it_is_settled_when_the_fate_of_each_is_known(self):
        random, bcc = Sent(Kind.RANDOM, "r@b"), Sent(Kind.BCC, "b@b")
        refused = Sent(Kind.BCC, "b@b", "550 no")
        seen = Seen(Kind.RANDOM, "inbox", mail())
        for sent, arrived, settled in (
            ([], [], True),
            ([random], [], False),
            ([random], [seen], True),
            ([random, bcc], [seen], False),
            ([random, refused], [seen], True),
            ([random, refused], [], False),
        ):
            course = self.course(sent, arrived)
            with self.subTest(sent=sent, arrived=bool(arrived)):
                self.assertIs(course.is_settled, settled)
                self.assertIs(
                    course.sent_as(Kind.BCC), next((s for s in sent if s is not random), None)
                )

    def test_who_has_nobodys_address(self):
        for answer, bounced, at_recipient, expected in (
            ("", False, True, False),
            ("550 no", False, True, True),
            ("550 no", True, False, True),
            ("550 no", False, False, False),
            ("450 later", True, True, False),
        ):
            with self.subTest(answer=answer, bounced=bounced):
                sent = Sent(Kind.RANDOM, "a@b", answer, bounced, at_recipient)
                self.assertIs(sent.is_nobodys, expected)


class TestHops(PureCase):
    def test_dates(self):
        for date, expected in (
            ("Mon, 02 Nov 2026 11:00:05 +0100", NOW + timedelta(seconds=5)),
            ("Mon, 02 Nov 2026 10:00:05 +0000 (UTC)", NOW + timedelta(seconds=5)),
            ("Mon, 02 Nov 2026 10:00:05", None),  # of no known zone
            ("Mon, 02 Nov 2026 10:00:05 -0000", None),
            ("yesterday", None),
            ("", None),
            ("Mon, 02 Nov 99999999 10:00:05 +0000", None),
        ):
            with self.subTest(date=date):
                self.assertEqual(received_at(mail(received(date))), expected)
        self.assertIsNone(received_at(mail("Received: from a by b")))
        self.assertIsNone(received_at(mail("Subject: S")))
        long = f"Received: from a{'x' * 500}; by b; Mon, 02 Nov 2026 10:00:00 +0000"
        self.assertEqual(received_at(mail(long)), NOW)

    def test_the_last_two_hundred_characters_of_a_field_are_read(self):
        for length, day in ((200, 12), (201, 2)):
            date = "12 Nov 2026 10:00:00 +0000 ("
            date += "x" * (length - len(date) - 1) + ")"
            with self.subTest(length=length):
                self.assertEqual(received_at(mail(received(date))).day, day)

    def test_thirty_hops_are_read_the_last_one_first(self):
        dates = [f"Mon, 02 Nov 2026 10:00:{at:02} +0000" for at in range(31)]
        found = received_dates(mail(*map(received, dates)))
        self.assertEqual(found, [NOW + timedelta(seconds=at) for at in range(30)])
        found = received_dates(mail(received("now"), received(dates[1])))
        self.assertEqual(found, [NOW + timedelta(seconds=1)])

    def test_the_first_public_address_that_was_checked(self):
        for text, address in (
            ("pass client-ip=8.8.8.8;", "8.8.8.8"),
            ('pass client-ip="2001:4860:4860:0::8888"', "2001:4860:4860::8888"),
            ("pass client-ip=10.0.0.1; client-ip=8.8.4.4", "8.8.4.4"),
            ("pass client-ip=9.9.9.9.9; client-ip=8.8.4.4", "8.8.4.4"),
            ("pass client-ip=192.168.0.1", ""),
            ("pass xclient-ip=8.8.8.8", ""),
            ("pass", ""),
            ("x" * 1_982 + " client-ip=8.8.8.8", "8.8.8.8"),
            ("x" * 1_983 + " client-ip=8.8.8.8", ""),
        ):
            with self.subTest(text=text[-40:]):
                self.assertEqual(seen_from(mail(f"Received-SPF: {text}")), address)
        self.assertEqual(seen_from(mail("Subject: S")), "")
