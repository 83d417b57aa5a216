"""What leaves is readable for strict servers: valid encoded words, short lines, ASCII alone."""

from base64 import b64decode
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

from ....outgoing.calendar import organizers, with_address
from ....outgoing.wire import prepare_for_wire
from ...kit.pure import PureCase


class TestWire(PureCase):
    def written(self, **headers):
        message = EmailMessage(policy=policy.SMTP)
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("Grüße")
        prepare_for_wire(message)
        return message.as_bytes()

    def test_texts_of_any_language_come_back(self):
        for text in (
            "Žluťoučký kůň úpěl ďábelské ódy",
            "Straßenbeleuchtung " * 12,
            "é" * 300,
            "件名" * 80,
            "two  blanks, é and   three",
            "a" * 200 + "é",
            "👍🏽 " * 40,
            " é",
        ):
            with self.subTest(text=text):
                raw = self.written(Subject=text)
                head = raw.partition(b"\r\n\r\n")[0]
                subject = message_from_bytes(raw)["Subject"]
                self.assertEqual(str(make_header(decode_header(subject))), text)
                self.assertEqual(message_from_bytes(raw, policy=policy.default)["Subject"], text)
                for line in head.split(b"\r\n"):
                    self.assertLessEqual(len(line), 76)
                    for word in (word for word in line.split() if word.startswith(b"=?")):
                        self.assertTrue(b64decode(word.split(b"?")[3], validate=True).decode())

    def test_ascii_is_never_encoded_and_no_line_is_blank(self):
        url = "<https://shop.example/" + "x" * 300 + ">"
        for value in (url, "word " * 60, "a  " + "b" * 80, "x" * 980):
            with self.subTest(value=value):
                head = self.written(List_Unsubscribe=value).partition(b"\r\n\r\n")[0]
                self.assertNotIn(b"=?", head)
                self.assertNotRegex(head, rb"\r\n\s*\r\n")
                unfolded = head.replace(b"\r\n ", b" ").split(b"\r\n")[0]
                self.assertEqual(
                    unfolded.decode(),
                    f"List-Unsubscribe: {value}".rstrip(" ") + (" " if value.endswith(" ") else ""),
                )

    def test_names_and_lists_of_recipients(self):
        names = ("Ann, B", 'Q"uote', "Jörg Größe", "Plain", "é" * 60, "Ltd. Ünion (x)")
        value = [f'"{name}" <a{n}@b.example>'.replace('q"', 'q\\"') for n, name in enumerate(names)]
        value[1] = '"Q\\"uote" <a1@b.example>'
        raw = self.written(To=value)
        found = message_from_bytes(raw, policy=policy.default)["To"].addresses
        self.assertEqual([each.addr_spec for each in found], [f"a{n}@b.example" for n in range(6)])
        self.assertEqual([each.display_name for each in found][:4], list(names[:4]))
        self.assertEqual(found[5].display_name, names[5])

    def test_what_is_no_mailbox_is_left_out(self):
        self.assertIn(b'To: "Carla" <c@d.example>\r\n', self.written(To='"Carla" <c@d.example>, '))
        self.assertIn(b"To: Team: a@b.c;\r\n", self.written(To="Team: a@b.c;"))

    def test_a_second_time_changes_nothing(self):
        message = EmailMessage(policy=policy.SMTP)
        message.set_content("Grüße\n")
        prepare_for_wire(message)
        first = message.as_bytes()
        prepare_for_wire(message)
        self.assertEqual(message.as_bytes(), first)
        self.assertTrue(first.isascii())
        self.assertEqual(message.get_content().split(), ["Grüße"])


class TestPrivateAddresses(PureCase):
    calendar = (
        b"BEGIN:VEVENT\r\nATTENDEE:MAILTO:Marc@Gmail.com\r\nATTENDEE:MAILTO:xmarc@gmail.com\r\n"
        b"DESCRIPTION:Ask\\nmarc@gmail.com or marc@gmail.com.au\r\n"
        b"ORGANIZER;CN=Marc:MAILTO:mar\r\n c@gmail.com\r\nEND:VEVENT\r\n"
    )

    def test_organizers(self):
        self.assertEqual(organizers(self.calendar), {"marc@gmail.com"})
        self.assertEqual(organizers(b"ORGANIZER:none\r\nX-ORGANIZER:mailto:a@b.c"), frozenset())

    def test_one_address_stands_for_the_private_ones(self):
        changed = with_address(self.calendar, ("marc@gmail.com",), "all@domain.com")
        self.assertEqual(
            changed,
            b"BEGIN:VEVENT\r\nATTENDEE:MAILTO:all@domain.com\r\nATTENDEE:MAILTO:xmarc@gmail.com\r\n"
            b"DESCRIPTION:Ask\\nall@domain.com or marc@gmail.com.au\r\n"
            b"ORGANIZER;CN=Marc:MAILTO:all@domain.com\r\nEND:VEVENT\r\n",
        )
