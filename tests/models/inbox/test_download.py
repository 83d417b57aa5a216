"""A stranger's bytes leave as a file, whatever the address of the request asks for."""

import base64

from odoo.tests import HttpCase, tagged

from ...kit.common import mail
from ...kit.security_case import SecurityCase

PAGE = b"<html><script>alert(1)</script></html>\r\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\r\n'
PNG = base64.b64decode(
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestDownloads(SecurityCase, HttpCase):
    def _rows(self):
        for start in (b"", PAGE, SVG, PNG, b"%PDF-1.4\r\n", b"\xef\xbb\xbf<!DOCTYPE html>\r\n"):
            source = start + mail(to="nobody-at-all@example.com")
            yield self.receive(source), source

    def assert_a_file(self, url, source=None):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200, url)
        headers = answer.headers
        self.assertEqual(headers["Content-Type"], "application/octet-stream")
        self.assertTrue(headers["Content-Disposition"].startswith("attachment"), headers)
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        if source is not None:
            self.assertEqual(answer.content, source)

    def test_whatever_the_bytes_are(self):
        rows = list(self._rows())
        self.env.flush_all()
        self.authenticate("manager", "manager")
        for row, source in rows:
            with self.subTest(source[:20]):
                self.assert_a_file(f"/web/content/mail.catchall.message/{row.id}/source", source)

    def test_whatever_is_asked_for(self):
        row, source = next(pair for pair in self._rows() if pair[1].startswith(PAGE))
        self.env.flush_all()
        self.authenticate("manager", "manager")
        content, image = (
            f"/web/{kind}/mail.catchall.message/{row.id}/source" for kind in ("content", "image")
        )
        for url in (
            f"{content}?mimetype=text/html",
            f"{content}?download=false&mimetype=image/svg%2Bxml",
            f"{content}?download=0",
            f"{content}/page.html",
            f"{content}?filename=page.html",
            f"{content}?filename=page.html&mimetype=text/html&unique=1",
            f"{content}?filename_field=subject",
            f"{content}?filename=a%0d%0aContent-Type:text/html",
            f"/web/content?model=mail.catchall.message&id={row.id}&field=source&mimetype=text/html",
            image,
            f"{image}?mimetype=text/html",
            f"{image}/10x10",
            f"{image}/10x10/page.svg?mimetype=image/svg%2Bxml",
            f"/web/image?model=mail.catchall.message&id={row.id}&field=source&crop=1&width=5",
        ):
            with self.subTest(url):
                self.assert_a_file(url, source)

    def test_what_somebody_asked_about(self):
        wizard = self.env["mail.catchall.where"].with_user(self.manager)
        wizard = wizard.create({"about": "file", "file": base64.b64encode(PAGE)})
        self.env.flush_all()
        self.authenticate("manager", "manager")
        url = f"/web/content/mail.catchall.where/{wizard.id}/file?mimetype=text/html"
        self.assert_a_file(url, PAGE)

    def test_of_a_trial(self):
        row = self.env["mail.catchall.shadow"].create({"has_source": True})
        row._write_with_source({"size": len(PAGE)}, PAGE)
        self.env.flush_all()
        self.authenticate("manager", "manager")
        self.assert_a_file(f"/web/content/mail.catchall.shadow/{row.id}/source", PAGE)

    def test_pictures_of_others_are_pictures(self):
        partner = self.env["res.partner"].create(
            {"name": "Seen", "image_1920": base64.b64encode(PNG)}
        )
        self.env.flush_all()
        self.authenticate("manager", "manager")
        answer = self.url_open(f"/web/image/res.partner/{partner.id}/image_1920")
        self.assertEqual(answer.headers["Content-Type"], "image/png")
