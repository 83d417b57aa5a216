"""The token in a Message-ID: it leads a reply to the record when the message itself is gone."""

from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from itertools import product

from .....outgoing.references import MAX_MESSAGE_ID, readable_references, with_domain
from .....router.chain import Chain
from .....router.codes import AuthorCheck, State
from .....router.message.mail import ReceivedMail
from .....router.tokens.tokens import (
    ReplyToken,
    ThreadToken,
    TokenKey,
    make_reply_token,
    make_thread_token,
    read_reply_token,
    read_thread_token,
    reply_token_in,
    thread_suffix,
    thread_token_in,
)
from ....kit.memory_directory import describe, world_directory
from ....kit.pure import PureCase

WORLD = world_directory()
POLICY = WORLD.policy()
KEY = TokenKey(POLICY.secret, POLICY.database)
OTHER = TokenKey(KEY.secret, "elsewhere")
LEAD, GONE = ThreadToken(312, 42), ThreadToken(312, 4242)
CORE = "<861878175823148.1577183525.736005783081055-openerp-42-crm.lead@odoo-host-7>"


def message_id(token=LEAD, key=KEY):
    suffix = thread_suffix(make_thread_token(key, token))
    return with_domain(CORE, "example.com", ["odoo-host-7"], suffix)


def decision(*lines, sender="colleague@partner.test", to="catchall@example.com"):
    head = [
        "Received: from a.test (a.test [198.51.100.7]) by mx.example.com with ESMTPS id 1;"
        " Mon, 05 Oct 2026 09:12:41 +0200",
        f"From: {sender}",
        f"To: {to}",
        *lines,
        "",
        "Hello",
    ]
    return Chain().decide(ReceivedMail.from_bytes("\r\n".join(head).encode()), WORLD, POLICY)


def targets(*lines, **options):
    return [describe(route) for route in decision(*lines, **options).routes]


class TestToken(PureCase):
    def test_what_it_carries_comes_back(self):
        for model_id, res_id, note in product((1, 400), (0, 1, 4_095, 268_435_455), (True, False)):
            token = ThreadToken(model_id, res_id, note)
            with self.subTest(token=token):
                text = make_thread_token(KEY, token)
                self.assertLessEqual(len(text), 34)
                self.assertEqual(read_thread_token(KEY, text), (token, "signed"))

    def test_any_changed_character_is_refused(self):
        text = make_thread_token(KEY, LEAD)
        for at, char in product(range(len(text)), "abcdefghijklmnopqrstuvwxyz234567"):
            if text[at] != char:
                self.assertIsNone(read_thread_token(KEY, text[:at] + char + text[at + 1 :])[0])

    def test_nobody_makes_a_reply_address_of_what_stands_in_references(self):
        text = make_thread_token(KEY, LEAD)
        self.assertIsNone(read_reply_token(KEY, text)[0])
        reply = make_reply_token(KEY, ReplyToken(312, 42, 0, 0))
        self.assertIsNone(read_thread_token(KEY, reply)[0])
        self.assertEqual(reply_token_in(message_id().strip("<>")), "")

    def test_ids_beyond_the_room_give_no_token(self):
        for token in (ThreadToken(2**40, 1), ThreadToken(1, -1)):
            self.assertEqual(make_thread_token(KEY, token), "")
        self.assertEqual(thread_suffix(""), "")


class TestMessageId(PureCase):
    def test_keeps_what_odoo_wrote_and_names_no_host(self):
        made = message_id()
        left, _at, domain = made.strip("<>").rpartition("@")
        self.assertTrue(left.startswith(CORE.strip("<").partition("@")[0]), made)
        self.assertEqual(domain, "example.com")
        self.assertEqual(thread_token_in(made), make_thread_token(KEY, LEAD))
        self.assertEqual(thread_token_in(made.upper()), make_thread_token(KEY, LEAD))
        self.assertLess(len(made), 200)

    def test_never_longer_than_programs_take(self):
        for size in range(100, 250):
            made = with_domain(CORE, "a" * size, ["odoo-host-7"], thread_suffix("a" * 34))
            fits = len(CORE) - len("odoo-host-7") + size + 42 <= MAX_MESSAGE_ID + 3
            self.assertEqual("-thread-" in made, fits, size)

    def test_ids_of_others_carry_none(self):
        for text in ("", CORE, "<a@b>", "<-thread-@example.com>", "<x-thread-short@example.com>"):
            self.assertEqual(thread_token_in(text), "")


class TestStep(PureCase):
    def test_answer_to_a_deleted_message_lands_on_its_record(self):
        for header in ("References", "In-Reply-To"):
            with self.subTest(header=header):
                self.assertEqual(targets(f"{header}: {message_id()}"), ["crm.lead/42"])

    def test_a_known_message_comes_first(self):
        references = f"References: <177.lead42@example.com> {message_id(ThreadToken(312, 43))}"
        self.assertEqual(decision(references).routes[0].res_id, 42)
        self.assertTrue(decision(references).routes[0].parent_id)

    def test_it_says_where_and_not_whether(self):
        found = decision(f"References: {message_id()}", sender="eve@evil.test")
        self.assertEqual(
            [describe(route) for route in found.routes], ["crm.lead/42, internal note"]
        )
        self.assertEqual(found.author_check, AuthorCheck.UNVERIFIED)
        known = decision(f"References: {message_id()}")
        self.assertEqual(known.author_check, AuthorCheck.UNVERIFIED, "References prove nobody")

    def test_answer_to_a_note_stays_a_note(self):
        note = message_id(ThreadToken(312, 42, is_note=True))
        self.assertEqual(targets(f"References: {note}"), ["crm.lead/42, internal note"])

    def test_forged_and_foreign_tokens_are_unknown_references(self):
        text = make_thread_token(KEY, LEAD)
        forged = message_id().replace(text, text[:-1] + ("a" if text[-1] != "a" else "b"))
        for reference, why in (
            (forged, "the signature is wrong"),
            (message_id(key=OTHER), "signed by another database"),
            (message_id(GONE), "the record that one names no longer exists"),
        ):
            with self.subTest(why=why):
                found = decision(f"References: {reference}")
                self.assertEqual((found.state, found.routes), (State.QUARANTINED, ()))
                thread = [line.text for line in found.trace if line.step == "thread"]
                self.assertIn(why, thread[0])
        self.assertEqual(
            targets(f"References: {forged}", to="sales@example.com"), ["sales@example.com"]
        )

    def test_the_newest_good_token_counts(self):
        old, new = message_id(ThreadToken(312, 43)), message_id()
        self.assertEqual(decision(f"References: {old} {new}").routes[0].res_id, 42)
        self.assertEqual(
            decision(f"References: {old} {message_id(key=OTHER)}").routes[0].res_id, 43
        )

    def test_alias_of_another_model_takes_over(self):
        found = targets(f"References: {message_id()}", to="jobs@example.com")
        self.assertEqual(found, ["jobs@example.com"])

    def test_nothing_is_read_without_a_secret(self):
        key = TokenKey(b"", POLICY.database)
        mail = ReceivedMail.from_bytes(
            f"From: a@b.test\r\nReferences: {message_id(key=key)}\r\n\r\n".encode()
        )
        found = Chain().decide(mail, WORLD, replace(POLICY, secret=b""))
        self.assertEqual(found.routes, ())


class TestReferences(PureCase):
    def mail(self, references):
        message = EmailMessage(policy=SMTP)
        message["references"] = readable_references(references)
        message["Subject"] = "S"
        return message.as_bytes()

    def test_long_ids_are_folded_and_never_encoded(self):
        made = message_id()
        raw = self.mail(f"{made} {made}")
        self.assertTrue(raw.startswith(f"References: {made}\r\n {made}\r\n".encode()), raw)
        self.assertEqual(ReceivedMail.from_bytes(raw).references, (made, made))

    def test_ids_that_a_program_has_encoded_are_read(self):
        message = EmailMessage(policy=SMTP)
        for name in ("References", "In-Reply-To"):
            message[name] = message_id()
        raw = message.as_bytes()
        self.assertIn(b"References: =?utf-8?q?", raw)
        self.assertEqual(ReceivedMail.from_bytes(raw).references, (message_id(),))

    def test_nothing_but_ids(self):
        for value, expected in (
            ("<a@b> Bcc: x@y.test <c@d>", b"References: <a@b>\r\n <c@d>\r\n"),
            ("nonsense", b""),
            ("<a b@c>", b""),
        ):
            with self.subTest(value=value):
                message = EmailMessage(policy=SMTP)
                found = readable_references(value)
                self.assertEqual(found is None, not expected)
                message["references"] = found or "none"
                if expected:
                    self.assertTrue(message.as_bytes().startswith(expected))
