"""What a hostile message may cost: each limit of the readers, at its edge."""

from .....router.message import addresses, mime
from .....router.message.addresses import normalise, normalise_domain, parse, same_spelling
from .....router.message.fields import parse_fields
from .....router.message.mail import ReceivedMail, part_text
from ....kit.pure import PureCase

MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"


def mail(*lines):
    return ReceivedMail.from_bytes("\n".join([*lines, "", ""]).encode())


def parts(source):
    return ReceivedMail.from_bytes(source).parts()


class TestHeader(PureCase):
    def test_a_header_has_up_to_1500000_bytes(self):
        fields, body = parse_fields(b"A: " + b"x" * 2_000_000)
        self.assertEqual(body, 1_500_000)
        self.assertEqual(len(fields[0].value), 1_500_000 - 3)
        fields, body = parse_fields(b"12345\nA: " + b"x" * 2_000_000, start=6)
        self.assertEqual(body, 6 + 1_500_000)

    def test_a_caller_may_set_an_earlier_end(self):
        source = b"A: b\nC: d\n\nbody"
        self.assertEqual(parse_fields(source)[1], 11)
        fields, body = parse_fields(source, limit=7)
        self.assertEqual([item.name for item in fields], ["a", "c"])
        self.assertEqual((fields[1].value, body), ("", 7))
        self.assertEqual(parse_fields(b"\r\nA: b", 0), ((), 2))

    def test_10000_fields_are_kept(self):
        for count, kept in ((10_000, 10_000), (10_001, 10_000)):
            fields, _body = parse_fields(b"A: b\n" * count + b"\n")
            self.assertEqual(len(fields), kept)
        self.assertEqual(fields[-1].index, 9_999)

    def test_100000_lines_are_read(self):
        fields, _body = parse_fields(b"A: b\n" + b" y\n" * 100_010)
        self.assertEqual(fields[0].value.count("y"), 99_999)

    def test_a_name_has_up_to_500_characters(self):
        for size, count in ((500, 1), (501, 0)):
            self.assertEqual(len(parse_fields(b"A" * size + b": b\n\n")[0]), count)

    def test_fields_are_numbered_from_the_top(self):
        fields, _body = parse_fields(b"A: 1\njunk\nB: 2\n \t3\n\tx\nC: \n\n")
        self.assertEqual(
            [(item.name, item.value, item.index) for item in fields],
            [("a", "1", 0), ("b", "2 \t3\tx", 1), ("c", "", 2)],
        )

    def test_an_mbox_line_has_up_to_2000_bytes(self):
        for size, names in ((2_000, ["a"]), (2_001, ["from", "a"])):
            line = b"From : a@x".ljust(size - 1) + b"\n"
            found = ReceivedMail.from_bytes(line + b"A: b\n\nbody")
            self.assertEqual([item.name for item in found.fields], names)
            self.assertEqual(found.body_offset, size + 6)
        for source, names in (
            (b"From a@x\rA: b\r\r", ["a"]),
            (b"From", []),
            (b"From a@x", []),
            (b"From: a@x\n\n", ["from"]),
            (b">From: a\nB: c\n\n", [">from", "b"]),
        ):
            found = ReceivedMail.from_bytes(source)
            self.assertEqual([item.name for item in found.fields], names)


class TestAddresses(PureCase):
    def test_an_address_has_up_to_1000_characters(self):
        for local in ("a", "ä"):
            for size, found in ((999, True), (1_000, True), (1_001, False)):
                address = local * (size - 7) + "@b.test"
                with self.subTest(local, size=size):
                    self.assertEqual(normalise(address), address if found else "")
                    self.assertEqual(bool(parse(address)), found)
                    self.assertEqual(bool(parse(f"<{address}>")), found)

    def test_15000_entries_are_read(self):
        for count, read in ((15_000, 15_000), (15_001, 15_000)):
            self.assertEqual(len(parse("<a@b.test>," * count)), read)
        both = addresses.parse_all(["<a@b.test>," * 14_999, "a@b.test, c@d.test"])
        self.assertEqual([len(one) for one in both], [14_999, 1])

    def test_60000_quotes_commas_and_brackets_are_read(self):
        for count, found in ((59_999, ["c@d.test"]), (60_000, [])):
            value = "x" + '"q"' * count + " a@b.test, <c@d.test>"
            self.assertEqual([item.address for item in parse(value)], found)

    def test_1000_addresses_without_commas_are_read(self):
        for count, read in ((1_000, 1_000), (1_001, 1_000)):
            self.assertEqual(len(parse("a@b.test " * count)), read)

    def test_100000_characters_without_commas_are_read(self):
        for size, last in ((100_000, "a@b.test"), (100_001, "a@b.tes")):
            value = ("xx " * 40_000)[: size - 9] + " a@b.test"
            self.assertEqual(parse(value)[0].address, last)

    def test_a_scheme_and_a_route_before_an_address(self):
        for size, found in ((1_000, True), (1_001, False)):
            address = "a" * (size - 7) + "@b.test"
            self.assertEqual(bool(parse(f"<@relay.test:{address}>")), found)
            self.assertEqual(bool(parse(f"<mailto:{address}>")), found)
        # Of what stands in brackets 2000 characters are read.
        for size, last in ((2_000, "a@b.test"), (2_001, "a@b.tes")):
            value = "@relay.test".ljust(size - 9, "x") + ":a@b.test"
            self.assertEqual(parse(f"<{value}>")[0].address, last)

    def test_1000_strange_labels_become_punycode(self):
        addresses_found = parse(", ".join(f"a@ü{number}.test" for number in range(1_001)))
        self.assertTrue(addresses_found[999].domain.startswith("xn--"))
        self.assertEqual(addresses_found[1_000].domain, "ü1000.test")

    def test_a_label_has_up_to_63_characters(self):
        for size, changed in ((63, True), (64, False)):
            label = "ü" * size
            self.assertEqual(normalise_domain(label).startswith("xn--"), changed)
            coded = "xn--" + "bcher-kva".rjust(size - 4, "a")
            self.assertEqual(same_spelling(coded) != coded, changed)


class TestParts(PureCase):
    def test_5000_parts_are_found(self):
        for count, found in ((4_998, 4_999), (5_001, 5_000)):
            self.assertEqual(len(parts(MIXED + b"--b\n\nx\n" * count)), found)

    def test_100_levels_are_found(self):
        for count, depth in ((99, 99), (100, 100), (101, 100)):
            found = parts(b"Content-Type: message/rfc822\n\n" * count + b"\nx")
            self.assertEqual(found[-1].depth, depth)

    def test_50000_lines_that_begin_with_hyphens_are_read(self):
        for count, found in ((49_999, 2), (50_000, 1)):
            self.assertEqual(len(parts(MIXED + b"--x\n" * count + b"--b\n\ny")), found)

    def test_2000000_bytes_of_headers_are_read(self):
        first = b"A: " + b"x" * 1_400_000 + b"\n\n"
        source = MIXED + b"--b\n" + first + b"y\n--b\nB: " + b"z" * 1_000_000 + b"\n\n"
        found = parts(source)
        self.assertEqual(len(found[2].get("b")), 2_000_000 - len(first) - 3)
        found = parts(source + b"\n--b\nC: d\n\nx")
        self.assertEqual(found[3].get("c"), "")

    def test_a_boundary_has_up_to_1989_characters(self):
        for size, count in ((1_989, 2), (1_990, 1)):
            name = b"b" * size
            head = b"Content-Type: multipart/mixed; boundary=" + name
            self.assertEqual(len(parts(head + b"\n\n--" + name + b"\n\nx")), count)

    def test_a_delimiter_line_has_up_to_1998_characters(self):
        for size, count in ((1_998, 2), (1_999, 1)):
            line = b"--b".ljust(size)
            self.assertEqual(len(parts(MIXED + line + b"\n\nx")), count)
            ended = MIXED + b"--b\nA: b\n" + line + b"\n\nx"
            self.assertEqual(len(parts(ended)), count + 1)

    def test_parameters_have_up_to_4000_characters(self):
        kind, found = mime.parse_parameters("a/b; n=" + "x" * 5_000)
        self.assertEqual((kind, len(found["n"])), ("a/b", 4_000 - len("a/b; n=")))

    def test_continuations_are_numbered_up_to_999(self):
        self.assertEqual(mime.parse_parameters("a; n*999=z; n*0=a")[1], {"n": "az"})
        self.assertEqual(mime.parse_parameters("a; n*1000=z; n*0=a")[1], {"n": "z"})


class TestText(PureCase):
    def test_200000_characters_of_text_are_read(self):
        for first, second, size in (
            (199_999, 5, 200_001),
            (200_000, 5, 200_000),
            (200_001, 5, 200_000),
            (100_000, 100_001, 200_001),
            (3, 5, 9),
        ):
            source = MIXED + b"--b\n\n" + b"x" * first + b"\n--b\n\n" + b"y" * second + b"\n--b--"
            with self.subTest(first=first):
                self.assertEqual(len(ReceivedMail.from_bytes(source).text), size)

    def test_a_character_may_take_twelve_bytes(self):
        encoded = b"=F0=9F=98=80"
        head = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
        for body in (encoded * 9, encoded * 2 + b"=\n=\n" + encoded * 7):
            (part,) = parts(head + b"quoted-printable\n\n" + body)
            self.assertEqual(part_text(part, 5), "😀" * 5)
            self.assertEqual(part_text(part, 9), "😀" * 9)

    def test_a_limit_of_a_part_counts_bytes_in_transfer(self):
        (part,) = parts(b"Content-Transfer-Encoding: base64\n\nQUJDREVG")
        self.assertEqual((part.decoded(4), part.decoded(), part.raw), (b"ABC", b"ABCDEF",
                                                                       b"QUJDREVG"))  # fmt: skip
        self.assertEqual(part.decoded(400), b"ABCDEF")

    def test_2000000_bytes_of_text_are_compared_by_characters(self):
        for size, equal in ((2_000_000, False), (2_000_001, True)):
            one, two = (
                ReceivedMail.from_bytes(
                    f"Content-Type: text/plain; charset={charset}\n\n".encode()
                    + b"\xa4".ljust(size, b"x")
                )
                for charset in ("iso-8859-1", "iso-8859-15")
            )
            self.assertEqual(one.content_digest == two.content_digest, equal)


class TestIds(PureCase):
    def test_32_answered_messages_are_kept(self):
        ids = " ".join(f"<{number}@x.test>" for number in range(33))
        found = mail(f"In-Reply-To: {ids}").in_reply_to
        self.assertEqual((len(found), found[-1]), (32, "<31@x.test>"))

    def test_an_id_has_up_to_998_characters(self):
        self.assertEqual(mail("Message-ID: " + "x" * 999).message_id, "x" * 998)
        for size, count in ((998, 1), (999, 0)):
            value = "a@" + "b" * (size - 2)
            self.assertEqual(len(mail(f"References: {value}").references), count)

    def test_ids_without_brackets_have_a_middle(self):
        for value, expected in (("a@b", ("<a@b>",)), ("@bb", ()), ("aa@", ()), ("x", ())):
            self.assertEqual(mail(f"References: {value}").references, expected)
