"""To whom an automatic reply may leave: proofs, results, forms and limits, without Odoo."""

from ....router.acknowledge import (
    Held,
    Terms,
    is_listed,
    limited_domain,
    named_in,
    names_in,
    over_limit,
    read_forms,
    why_held,
)
from ....router.codes import Acknowledge
from ....router.freemail import FREEMAIL, is_freemail, mailbox
from ....router.message.addresses import normalise_domain
from ...kit.pure import PureCase
from ...kit.verdict_kit import hop, judge, mail

PLACE = ("hr.applicant", 3)
RESULTS = "Authentication-Results: mx.domain.com; "
PROVED = RESULTS + "dkim=pass header.d=example.org"
FORM = ("From: no-reply@form.test", "Reply-To: visitor@private.test")
FORM_PROVED = RESULTS + "dkim=pass header.d=form.test"


class TestWhyHeld(PureCase):
    def held(self, *lines, above=(), terms=None):
        decision = judge(*lines, above=above)
        return why_held(mail(*lines, above=above), decision, terms or Terms(), PLACE)

    def test_proof_or_envelope(self):
        self.assertIsNone(self.held(above=(PROVED,)))
        self.assertIsNone(self.held(above=(RESULTS + "spf=pass smtp.mailfrom=example.org",)))
        for above in (
            (),
            (RESULTS + "spf=pass smtp.mailfrom=evil.test",),
            (RESULTS + "spf=pass smtp.mailfrom=org",),
            (RESULTS + "spf=pass smtp.mailfrom=notexample.org",),
            (RESULTS + "spf=pass smtp.mailfrom=customer.example.org",),
            (RESULTS + "dkim=pass header.d=evil.test",),
        ):
            with self.subTest(above):
                self.assertIs(self.held(above=above), Held.UNPROVEN)

    def test_an_envelope_of_the_domain_above(self):
        spf = RESULTS + "spf=pass smtp.mailfrom=x@example.org"
        sender = "From: customer@shop.example.org"
        self.assertIs(self.held(sender, above=(spf,)), Held.UNPROVEN)
        self.assertIsNone(self.held(sender, above=(spf.replace("x@", "x@shop."),)))

    def test_known(self):
        for setting, known, expected in (
            (Acknowledge.KNOWN, True, None),
            (Acknowledge.KNOWN, False, Held.UNPROVEN),
            (Acknowledge.PROVED, True, Held.UNPROVEN),
            (Acknowledge.NEVER, True, Held.NEVER),
        ):
            with self.subTest(setting=setting, known=known):
                self.assertIs(self.held(terms=Terms(setting, known=known)), expected)
        self.assertIs(self.held(above=(PROVED,), terms=Terms(Acknowledge.NEVER)), Held.NEVER)

    def test_an_address_of_ours_is_never_just_known(self):
        terms = Terms(Acknowledge.KNOWN, known=True)
        self.assertIs(self.held("From: user_a@domain.com", terms=terms), Held.UNPROVEN)

    def test_failed(self):
        failed = RESULTS + "dmarc=fail (p=none); spf=pass smtp.mailfrom=example.org"
        terms = Terms(Acknowledge.KNOWN, frozenset({"example.org"}), known=True)
        self.assertIs(self.held(above=(failed,), terms=terms), Held.FAILED)

    def test_automatic(self):
        for line in (
            "Auto-Submitted: auto-generated",
            "Precedence: bulk",
            "X-Auto-Response-Suppress: DR, AutoReply",
            "X-Auto-Response-Suppress: All",
            "Return-Path: <>",
        ):
            with self.subTest(line):
                self.assertIs(self.held(line, above=(PROVED,)), Held.AUTOMATIC)
        self.assertIs(self.held("From: no-reply@example.org", above=(PROVED,)), Held.AUTOMATIC)
        self.assertIsNone(self.held("X-Auto-Response-Suppress: OOF, DR", above=(PROVED,)))

    def test_forms(self):
        listed = Terms(forms=frozenset({"no-reply@form.test"}))
        self.assertIs(self.held(*FORM, above=(FORM_PROVED,)), Held.FORM)
        self.assertIs(self.held(*FORM, terms=listed), Held.FORM_UNPROVEN)
        self.assertIsNone(self.held(*FORM, above=(FORM_PROVED,), terms=listed))
        spf = RESULTS + "spf=pass smtp.mailfrom=form.test"
        self.assertIsNone(self.held(*FORM, above=(spf,), terms=listed))
        program = (*FORM, "Auto-Submitted: auto-generated")
        self.assertIsNone(self.held(*program, above=(FORM_PROVED,), terms=listed))
        bulk = (*FORM, "List-Id: <x.form.test>", "List-Unsubscribe: <mailto:a@form.test>")
        self.assertIs(self.held(*bulk, above=(FORM_PROVED,), terms=listed), Held.AUTOMATIC)
        victim = RESULTS + "dkim=pass header.d=form.test; spf=pass smtp.mailfrom=private.test"
        self.assertIs(self.held(*FORM, above=(victim,)), Held.FORM)


class TestForms(PureCase):
    def test_reading(self):
        forms = read_forms("WordPress@Web.test\n@shop.test, münchen.test;other.test ")
        puny = normalise_domain("münchen.test")
        self.assertEqual(forms, {"wordpress@web.test", "shop.test", puny, "other.test"})
        self.assertEqual(read_forms(""), frozenset())

    def test_listed(self):
        forms = {"wordpress@web.test", "shop.test"}
        for form, expected in (
            ("wordpress@web.test", True),
            ("any@shop.test", True),
            ("other@web.test", False),
            ("any@sub.shop.test", False),
            ("", False),
        ):
            with self.subTest(form):
                self.assertIs(is_listed(form, forms), expected)


class TestCounting(PureCase):
    def test_mailboxes(self):
        for addresses, box in (
            (("anna@x.test", "anna+a@x.test", "anna+a+b@x.test"), "anna@x.test"),
            (("a.b@gmail.com", "ab+c@gmail.com", "a.b@googlemail.com"), "ab@gmail.com"),
            (("a.b@x.test",), "a.b@x.test"),
            (("+a@x.test",), "+a@x.test"),
            (("",), ""),
        ):
            for address in addresses:
                with self.subTest(address):
                    self.assertEqual(mailbox(address), box)

    def test_domains(self):
        for address, domain in (
            ("a@x.test", "x.test"),
            ("a@b.c.x.test", "x.test"),
            ("a@x.co.uk", "x.co.uk"),
            ("a@b.x.co.uk", "x.co.uk"),
            ("a@b.abc.de", "abc.de"),
            ("a@localhost", "localhost"),
        ):
            with self.subTest(address):
                self.assertEqual(limited_domain(address), domain)

    def test_limits(self):
        for domain, to_domain, of_account, expected in (
            ("x.test", 19, 199, None),
            ("x.test", 20, 20, Held.DOMAIN),
            ("x.test", 0, 200, Held.ACCOUNT),
            ("gmail.com", 99, 99, None),
            ("gmail.com", 100, 100, Held.DOMAIN),
        ):
            with self.subTest(domain, to_domain=to_domain, of_account=of_account):
                self.assertIs(over_limit(domain, to_domain, of_account, 200), expected)
        self.assertIsNone(over_limit("x.test", 0, 0, 1))
        self.assertIs(over_limit("x.test", 1, 1, 5), Held.DOMAIN)

    def test_freemail(self):
        self.assertTrue(is_freemail("gmail.com"))
        self.assertFalse(is_freemail("mail.gmail.com"))
        for domain in FREEMAIL:
            self.assertEqual(normalise_domain(domain), domain)


class TestNamed(PureCase):
    def test_everybody_whom_a_header_names(self):
        lines = (
            "From: A <a@x.test>",
            "To: sales@domain.com, B <b@x.test>",
            "Cc: c@x.test",
            "Reply-To: D <d@x.test>",
            "Sender: e@x.test",
        )
        message = mail(*lines, above=(hop(),))
        expected = {"sales@domain.com", *(f"{name}@x.test" for name in "abcde")}
        self.assertEqual(named_in(message), expected)
        self.assertEqual(names_in(message), {"A", "B", "D"})
