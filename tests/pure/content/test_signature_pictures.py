"""A logo of a signature is no file; a photo is one."""

from ....content.content import File
from ....content.signature_pictures import MAX_LOGO_BYTES, dimensions, pictures_of_signature
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase

IMAGE = '<img src="cid:a@x">'


def png(width=200, height=60, size=100):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return head.ljust(size, b"\0")


def signed(html, data=None):
    return bool(pictures_of_signature(html, [File("a.png", data or png(), "", "a@x")], {"a@x"}))


class TestSignatures(PureCase):
    def test_marked_signatures(self):
        for mark in (
            '<div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">',
            '<div class="moz-signature">-- <br>',
            '<div id="Signature">',
            '<div id="ms-outlook-mobile-signature">',
            "<div id=x_Signature>",
            '<div id="AppleMailSignature" dir="ltr">',
            '<div data-marker="__SIG_PRE__">',
            "<p>-- </p>",
            "<br>--&nbsp;<br>",
        ):
            with self.subTest(mark):
                self.assertTrue(signed(f"<p>words</p>{mark}Lena {IMAGE}</div>"))
                self.assertFalse(signed(f"<p>words</p>{IMAGE}{mark}Lena</div>"))
                self.assertFalse(signed(f"{IMAGE}<p>words</p>{mark}Lena{IMAGE}"))

    def test_below_a_closing(self):
        for closing in ("Best regards,", "Mit freundlichen Grüßen", "Viele Grüße, Lena", "MfG",
                        "Cordialement", "Met vriendelijke groet", "С уважением,"):  # fmt: skip
            page = f"<p>words</p><p>{closing}</p><p>Lena Fischer<br>Zaunbau GmbH</p>{IMAGE}"
            self.assertTrue(signed(page), closing)
            self.assertFalse(signed(f"<p>words</p>{IMAGE}<p>{closing}</p>"))
        long = "from the whole team of people that you met here last year"
        self.assertFalse(signed(f"<p>Best regards {long}</p>{IMAGE}"))
        self.assertFalse(signed(f"<p>Thanks for your offer</p>{IMAGE}"))
        self.assertFalse(signed(f"<p>Regards</p><p>{'words ' * 200}</p>{IMAGE}"))

    def test_what_is_large_is_meant_for_the_reader(self):
        marked = f'<div class="gmail_signature">{IMAGE}</div>'
        self.assertFalse(signed(marked, png(size=MAX_LOGO_BYTES + 1)))
        closing = f"<p>Best regards</p>{IMAGE}"
        self.assertFalse(signed(closing, png(1200, 800)))
        self.assertFalse(signed(closing, b"RIFF"))
        self.assertTrue(signed(closing, png(600, 150)))

    def test_no_signature_at_all(self):
        self.assertFalse(signed(f"<p>words</p>{IMAGE}"))
        self.assertFalse(signed('<img src="cid:b@x">'))
        self.assertEqual(pictures_of_signature(IMAGE, [File("a", b"", "", "a@x")], ()), set())

    def test_quoted_text_is_not_the_senders_signature(self):
        quoted = f'<blockquote><div class="gmail_signature">{IMAGE}</div></blockquote>'
        self.assertFalse(signed(f"<p>words</p>{quoted}"))
        self.assertFalse(signed(f'<p>words</p><div id="divRplyFwdMsg"></div><p>-- </p>{IMAGE}'))
        self.assertTrue(signed(f"<blockquote>x</blockquote><p>words</p><p>-- </p>{IMAGE}"))
        above = f'<p>words</p><p>-- </p>{IMAGE}<div class="gmail_quote">'
        self.assertTrue(signed(f"{above}x"))
        self.assertFalse(signed(f"{above}{IMAGE}"))

    def test_dimensions(self):
        jpeg = b"\xff\xd8\xff\xe0\0\4ab\xff\xc2\0\x11\x08\0\x20\0\x40" + b"\0" * 20
        gif = b"GIF89a\x10\0\x20\0"
        for data, size in (
            (png(3, 4), (3, 4)), (gif, (16, 32)), (jpeg, (64, 32)),
            (jpeg[:12], None), (b"\xff\xd8" + b"\xff\xe0\0\0" * 1_000, None), (b"", None),
        ):  # fmt: skip
            self.assertEqual(dimensions(data), size)

    def test_hostile_pages_cost_no_time(self):
        for piece in ("<div class=", "<p>mfg ", ">\n-", "<blockquote", "<a id='signa", IMAGE, "> "):
            with self.subTest(piece):
                assert_in_proportion(
                    self,
                    lambda size, piece=piece: IMAGE + piece * (size // len(piece)) + IMAGE,
                    signed,
                    200_000,
                )
