"""A message that logs somebody in came back: whoever sorts or reads it becomes no such user."""

import base64
import time
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import hash_sign

from ....credentials.login_links import Found, Logins
from ....models.credentials.login_mail import _is_own_token, hidden_text, own_logins
from ....models.routing.lane import note_failure
from ...kit.common import mail
from ...kit.security_case import MANAGER, SecurityCase
from ...kit.wrapped_links import (
    CUT_OUT,
    EVERY,
    NOT_CUT_OUT,
    base64_lines,
    encoded_words,
    printed,
    safe_links,
)


@tagged("post_install", "-at_install")
class TestLoginMail(SecurityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = hash_sign(cls.env, "signup", [cls.plain.partner_id.id, [], None, "reset"])
        cls.link = f"http://odoo.test/web/reset_password?db=x&token={cls.token}&y=1"

    def message_of(self, row):
        return row.route_ids.mail_message_id

    def readable(self, row):
        """All that whoever sorts can read of a row, and of what it became, as one text."""
        records = self.message_of(row)
        files = [attachment.raw or b"" for attachment in records.attachment_ids]
        return "\n".join(
            (
                str(row.with_user(self.sorter).read()),
                str(records.read(["body", "subject", "email_from", "reply_to", "record_name"])),
                str(records.attachment_ids.mapped("name")),
                *(data.decode("latin-1") for data in files),
            )
        )

    def assert_hidden(self, row):
        """No more than today's ``***`` or a sentence is left of the login, for anybody."""
        shown = self.readable(row)
        self.assertFalse(own_logins(self.env).find(shown), shown)
        self.assertNotIn(self.token, shown)
        self.assertFalse(row.with_user(self.manager).source)
        with self.assertRaisesRegex(AccessError, "log in as somebody else"):
            row.with_user(self.manager).action_download()

    def test_however_it_is_wrapped(self):
        for number, (name, wrap) in enumerate(EVERY.items()):
            for subtype in ("html", "plain"):
                with self.subTest(name, subtype=subtype):
                    text = wrap(self.link).replace("\r\n", "\n").replace("\n", "\r\n")
                    kind = f"text/{subtype}; charset=utf-8"
                    sender = f"c{number}@customer.test"  # few enough of each not to be held
                    source = mail(text, sender=sender, Content_Type=kind)
                    row = self.route(source)
                    self.assertEqual(row.state, "routed")
                    self.assert_hidden(row)
                    if name in CUT_OUT and subtype == "plain":
                        self.assertIn("***", row.body)
                        self.assertIn("***", self.message_of(row).body)
                    elif name in NOT_CUT_OUT and subtype == "plain":
                        # A token without a character that the wrapping writes anew is cut out.
                        signs = ("***", hidden_text(self.env))
                        self.assertTrue(any(sign in row.body for sign in signs))
                        posted = self.message_of(row).body
                        self.assertTrue(any(sign in posted for sign in signs))

    def test_a_preview_is_no_oracle(self):
        rows = self.route(mail("Hello", subject=f"see {self.link}", to="x-y-z@example.com"))
        rows |= self.route(mail("Hello", subject="see token=", to="x-y-z@example.com"))
        condition = {"part": "subject", "operator": "regex", "value": "token="}
        rule = self.env["mail.catchall.rule"].create(
            {
                "name": "Guess",
                "action": "alias",
                "alias_id": self.sales.id,
                "condition_ids": [Command.create(condition)],
            }
        )
        both = new_test_user(
            self.env, "passwords", f"base.group_user,base.group_erp_manager,{MANAGER}"
        )
        for user, left_out, seen in ((self.manager, 1, rows[1]), (both, 0, rows)):
            for kind in ("rule", "rows"):
                with self.subTest(user.login, kind=kind):
                    if kind == "rule":
                        window = rule.with_user(user).action_try()
                    else:
                        window = rows.with_user(user).action_preview()
                    preview = self.env[window["res_model"]].browse(window["res_id"])
                    self.assertEqual(preview.left_out, left_out)
                    self.assertEqual(preview.line_ids.catchall_message_id, seen)
                    self.assertEqual(preview.hits, len(seen) if kind == "rule" else 0)

    def test_in_headers(self):
        for name, value in (
            ("X-Link", self.link),
            ("X-Link", safe_links(self.link)),
            ("X-Link", encoded_words(self.link)),
            ("X-Link", encoded_words(self.link, "Q")),
            ("Subject", encoded_words(self.link)),
            ("Subject", f"see {self.link}"),
            ("Subject", "x" * (500 - 90 - 60) + " " + self.link),
            ("Thread-Topic", self.link.replace("token", "x")),
            ("Reply-To", f'"{self.token}" <a@customer.test>'),
            ("Cc", f"{encoded_words(self.token)} <a@customer.test>"),
            ("List-Id", f"{self.token} <list.example.org>"),
        ):
            with self.subTest(name, value=value):
                headers = {name.replace("-", "_"): value}
                subject = headers.pop("Subject", "A question")
                row = self.route(mail("Hello", subject=subject, **headers))
                self.assert_hidden(row)
                self.assertNotIn(self.token[:60], self.readable(row))
                self.assertIn("Received: from", row.header_text)

    def test_in_names_of_the_sender(self):
        row = self.route(mail("Hello", sender=f'"{self.token}" <carla@customer.test>'))
        self.assert_hidden(row)
        self.assertIn("carla@customer.test", self.message_of(row).email_from)

        form = mail("Hello", sender="no-reply@example.com", Reply_To=f'"{self.token}" <x@y.test>')
        row = self.route(form)
        self.assertEqual(row.contact, "x@y.test")
        self.assert_hidden(row)

    def attached(self, content, kind, disposition="attachment", encoding="8bit", name="a.html"):
        return mail(
            "--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\n"
            f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: {encoding}\r\n'
            f'Content-Disposition: {disposition}; filename="{name}"\r\n\r\n'
            f"{content}\r\n--b--",
            Content_Type='multipart/mixed; boundary="b"',
        )

    def test_in_attached_files(self):
        inner = mail(self.link).decode()
        coded = mail(base64_lines(self.link), Content_Transfer_Encoding="base64").decode()
        html = f"<a href='{self.link}'>x</a>"
        for name, source in (
            ("html", self.attached(html, "text/html")),
            ("Base64", self.attached(base64_lines(html), "text/html", encoding="base64")),
            ("printed", self.attached(printed(html), "text/html", encoding="quoted-printable")),
            ("octets", self.attached(html, "application/octet-stream")),
            ("message", self.attached(inner, "message/rfc822", name="a.eml")),
            ("coded message", self.attached(coded, "message/rfc822", name="a.eml")),
            ("eml file", self.attached(coded, "application/octet-stream", name="a.eml")),
            (
                "UTF-16",
                self.attached(
                    base64.encodebytes(html.encode("utf-16")).decode(),
                    "text/plain; charset=utf-16",
                    encoding="base64",
                ),
            ),
            ("name", self.attached("x", "text/html", name=self.token)),
        ):
            with self.subTest(name):
                row = self.route(source)
                self.assertEqual(row.state, "routed", row.error)
                self.assert_hidden(row)

    def test_in_the_original_that_is_kept(self):
        self.server.original = True
        for body in (self.link, base64_lines(self.link)):
            encoding = "8bit" if body == self.link else "base64"
            with self.subTest(encoding):
                row = self.route(mail(body, Content_Transfer_Encoding=encoding))
                self.assertTrue(self.message_of(row).attachment_ids)
                self.assert_hidden(row)

    def test_in_errors_and_logs(self):
        row = self.route(mail())
        try:
            raise ValueError(f"bad value {safe_links(self.link)}")
        except ValueError as error:
            with self.assertLogs("odoo.addons.mail_catchall_router", "WARNING") as log:
                note_failure(row, error)
        self.assertIn("bad value", row.error)
        self.assertNotIn(self.token, row.error + str(log.output))

    def test_nothing_is_found_by_searching_for_it(self):
        self.route(mail("Hello", subject=f"see {self.link}", envelope="nobody@example.com"))
        rows = self.env["mail.catchall.message"].with_user(self.sorter)
        for field in ("subject", "email_from", "email_to", "trace", "explanation"):
            if rows._fields[field].type != "json":
                self.assertFalse(rows.search([(field, "ilike", self.token[:20])]), field)

    def test_a_one_time_code_is_not_shown(self):
        if not hasattr(self.plain, "_get_totp_mail_code"):
            self.skipTest("auth_totp_mail is not installed")
        code, _expiration = self.plain._get_totp_mail_code()
        self.plain.email = "plain@example.com"
        cases = {
            "to the user": mail(f"<span>{code}</span>", to="plain@example.com, sales@example.com"),
            "in the subject": mail(subject=f"{code} is it", to="plain@example.com"),
            "as entities": mail(
                "".join(f"&#{ord(digit)};" for digit in code),
                to="plain@example.com",
                Content_Type="text/html",
            ),
        }
        for name, source in cases.items():
            with self.subTest(name):
                row = self.route(source)
                shown = row.with_user(self.sorter)
                posted = self.message_of(row).mapped("body")
                self.assertNotIn(code, f"{shown.subject} {shown.body} {posted}")
                self.assertFalse(row.with_user(self.manager).source)
        other = self.route(mail(f"order {code}"))
        self.assertIn(code, other.body, "no user asked for a code, and none is named")

    def test_a_code_is_hidden_of_whoever_asked_for_one(self):
        if not hasattr(self.plain, "_get_totp_mail_code"):
            self.skipTest("auth_totp_mail is not installed")
        self.env["auth.totp.rate.limit.log"].create(
            {"user_id": self.plain.id, "limit_type": "send_email"}
        )
        code, _expiration = self.plain._get_totp_mail_code()
        with patch.object(time, "time", return_value=time.time() + 3600):
            row = self.route(mail(f"order {code}"))
            self.assertNotIn(code, f"{row.body} {self.message_of(row).body}")
        row.invalidate_recordset()
        with patch.object(time, "time", return_value=time.time() + 3 * 3600):
            self.assertIn(code, row.body, "it has expired")

    def test_ordinary_messages_are_as_they_came(self):
        body = "<p>100%25 &amp; caf&eacute; =3D <b>1</b>23456 -2D <a href='http://x.test/?a=b'>x</a></p>"
        row = self.route(mail(body, Content_Type="text/html"))
        with patch(f"{Logins.__module__}.Logins.find", return_value=Found()):
            plain = self.route(mail(body, Content_Type="text/html"))
        self.assertEqual(self.message_of(row).body, self.message_of(plain).body)
        self.assertEqual(row.body, plain.body)
        self.assertTrue(row.with_user(self.manager).source)

    def test_who_sorts_does_not_see_it(self):
        row = self.route(mail(self.link, to="nobody-at-all@example.com")).with_user(self.sorter)
        self.assertIn("reset_password", row.body)
        self.assertNotIn(self.token, str(row.read()))

    def test_the_record_that_it_is_routed_to_does_not_show_it(self):
        for to in ("nobody-at-all@example.com", "sales@example.com"):
            with self.subTest(to=to):
                row = self.route(mail(self.link, to=to))
                if row.state == "quarantined":
                    partner = self.env["res.partner"].create({"name": "Somebody"})
                    row.action_route(model="res.partner", res_id=partner.id)
                self.assertEqual(row.state, "routed")
                body = self.message_of(row).body
                self.assertIn("reset_password", body)
                self.assertNotIn(self.token, body)

    def test_nor_does_what_is_attached(self):
        source = mail(
            "--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\n"
            'Content-Type: text/html; name="a.html"\r\n'
            'Content-Disposition: attachment; filename="a.html"\r\n\r\n'
            f"<a href='{self.link}'>x</a>\r\n--b--",
            Content_Type='multipart/mixed; boundary="b"',
        )
        attachments = self.message_of(self.route(source)).attachment_ids
        self.assertEqual(attachments.mapped("name"), ["a.html"])
        self.assertIn(b"reset_password", attachments.raw)
        self.assertNotIn(self.token.encode(), attachments.raw)

    def test_the_exact_bytes_are_for_those_who_may_set_passwords(self):
        source = mail(self.link, to="nobody-at-all@example.com")
        row = self.route(source)
        with self.assertRaisesRegex(AccessError, "log in as somebody else"):
            row.with_user(self.manager).action_download()
        self.assertFalse(row.with_user(self.manager).source)
        both = new_test_user(self.env, "both", f"base.group_erp_manager,{MANAGER}")
        self.assertEqual(base64.b64decode(row.with_user(both).source), source)
        self.assertTrue(row.with_user(both).action_download())

    def test_links_of_others_are_their_own_business(self):
        """A vendor's Odoo invites a colleague of ours: that must work."""
        for token in ("S3cretToken.abc", "x", "%FF", self.token[:-3] + "AAA"):
            with self.subTest(token=token):
                row = self.route(mail(f"http://vendor.test/web/signup?token={token}&y=1"))
                self.assertIn(token, self.message_of(row).body)
                self.assertTrue(row.with_user(self.manager).source)
        self.assertTrue(_is_own_token(self.env, self.token + "==="), "as the page takes it")
