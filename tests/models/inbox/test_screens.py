"""What people see and click: the message, the decision, the lists, the wizards."""

import re
from email.message import EmailMessage
from unittest.mock import patch

from lxml import html
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.translate import code_translations

from ....content.plain import to_html
from ....models.inbox.safe_body import REMOTE, safe_body
from ....models.routing import delivery
from ....router.codes import Reason, State
from ....router.decision import Decision, TraceLine
from ....translatable import said
from ...kit.common import CatchallCase, mail

_SENTENCE = "null return path with %(header)s"
# Everything that makes a browser ask a server, or that runs.
HOSTILE = (
    '<img src="http://evil.test/x.png">',
    '<img srcset="http://evil.test/x.png 2x" src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src="x" onerror="alert(1)">',
    '<IMG SRC="  http://evil.test/x.png" LOWSRC="http://evil.test/y.png">',
    "<img src='//evil.test/x.png'>",
    '<picture><source srcset="http://evil.test/x.webp"><img src="http://evil.test/x.png"></picture>',
    "<script>fetch('http://evil.test')</script>",
    "<script src=http://evil.test/x.js></script>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href=" JaVaScRiPt:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="http://evil.test" ping="http://evil.test/ping" onclick="alert(1)">x</a>',
    '<a href="vbscript:x">x</a>',
    '<area href="javascript:alert(1)">',
    '<div style="background:url(http://evil.test/x.png)">x</div>',
    '<div style="background-image: u\\72l(http://evil.test/x.png)">x</div>',
    '<div style="background-image:/**/url(http://evil.test/x.png)">x</div>',
    "<div style=\"background-image:image-set('http://evil.test/x.png' 1x)\">x</div>",
    '<div style="width: expression(alert(1))">x</div>',
    '<div style="list-style-image:url(http://evil.test/x.png)">x</div>',
    '<div style="position:fixed;top:0;left:0;width:100%;height:100%">x</div>',
    "<style>@import url(http://evil.test/x.css); body{background:url(http://evil.test/x)}</style>x",
    '<link rel="stylesheet" href="http://evil.test/x.css">x',
    '<link rel="dns-prefetch" href="http://evil.test">x',
    '<meta http-equiv="refresh" content="0;url=http://evil.test">x',
    '<base href="http://evil.test/">x',
    '<iframe src="http://evil.test"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="http://evil.test/x.swf"></object>',
    '<embed src="http://evil.test/x.swf">',
    '<video src="http://evil.test/x.mp4" poster="http://evil.test/x.png"></video>',
    '<audio src="http://evil.test/x.mp3" autoplay></audio>',
    '<body background="http://evil.test/x.png">x</body>',
    '<table background="http://evil.test/x.png"><tr><td background="http://evil.test/y.png">x',
    '<form action="http://evil.test"><input name="password"><button>Go</button></form>',
    '<button formaction="http://evil.test">x</button>',
    '<svg><image href="http://evil.test/x.png"/><script>alert(1)</script></svg>',
    '<svg onload="alert(1)"></svg>',
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    "<noscript><img src=http://evil.test/x.png></noscript>",
    "<!--[if mso]><img src=http://evil.test/x.png><![endif]-->x",
    '<x:y xmlns:x="urn:x" src="http://evil.test/x">x</x:y>',
    '<p id="o_main" name="body" class="o_web_client">x</p>',
    '<input type="image" src="http://evil.test/x.png">',
    '<bgsound src="http://evil.test/x.wav">',
    '<isindex action="http://evil.test">',
    "<svg><style><img src=http://evil.test/x.png></style></svg>",
    "<table><caption><style></caption><img src=http://evil.test/x.png>",
    '<img src="data:text/html;base64,PHNjcmlwdD4=">',
    '<template><img src="http://evil.test/x.png"></template>',
    "<img src=`http://evil.test/x.png`>",
    '<img/src="http://evil.test/x.png"/onerror=alert(1)>',
)
ALLOWED_ATTRIBUTES = {"alt", "style", "title", "target", "rel", "href", "src", REMOTE}


@tagged("post_install", "-at_install")
class TestSafeBody(CatchallCase):
    def test_nothing_loads_and_nothing_runs(self):
        for hostile in HOSTILE:
            with self.subTest(hostile):
                root = html.fromstring(f"<div>{safe_body(f'<p>Hello</p>{hostile}')}</div>")
                self.assertIn("Hello", root.text_content())
                for element in root.iter():
                    self._check_element(element)

    def _check_element(self, element):
        self.assertIsInstance(element.tag, str, "a comment")
        self.assertNotIn(
            element.tag,
            {"script", "style", "iframe", "form", "input", "button", "object", "embed", "link"}
            | {"meta", "base", "svg", "math", "video", "audio", "source", "picture", "noscript"},
        )
        for name, value in element.attrib.items():
            self.assertIn(name, ALLOWED_ATTRIBUTES)
            if name == "src":
                self.assertRegex(value, "^data:image/(png|jpeg|gif|webp);base64,")
            if name == "href":
                self.assertRegex(value, "^(https?|mailto|tel|ftp):")
            if name == "style":
                self.assertNotRegex(value, r"(?i)url|\\|expression|image|position")

    def test_pictures_of_the_mail_itself_are_shown(self):
        message = EmailMessage()
        message["From"], message["To"] = "carla@customer.test", "nobody-at-all@example.com"
        message.set_content("See the picture")
        message.add_alternative('<p>See <img src="cid:Pic@x" width="40"></p>', subtype="html")
        message.get_payload()[1].add_related(
            b"\x89PNG\r\n", "image", "png", cid="<pic@x>", filename="chair.png"
        )
        row = self.route(message.as_bytes().replace(b"\n", b"\r\n"))
        self.assertIn('src="data:image/png;base64,', row.body)
        self.assertEqual(row.attachment_names, "chair.png")

    def test_pictures_from_outside_wait_for_a_click(self):
        body = safe_body('<p><img src="https://shop.test/logo.png" alt="Logo"></p>')
        self.assertIn(f'{REMOTE}="https://shop.test/logo.png"', body)
        self.assertNotIn(" src=", body)

    def test_tracking_pixels_are_gone_for_good(self):
        body = safe_body('<p>Hi<img src="https://shop.test/p.gif" width="1"> there</p>')
        self.assertNotIn("shop.test", body)
        self.assertIn("there", body)

    def test_links_say_where_they_lead(self):
        body = safe_body('<a href="https://evil.test/login">https://bank.test</a>')
        self.assertIn('title="https://evil.test/login"', body)
        self.assertIn("noopener", body)

    def test_plain_text_is_escaped(self):
        body = safe_body(to_html("1 < 2 <script>alert(1)</script>"))
        self.assertNotIn("<script", body)
        self.assertIn("1 &lt; 2", body)

    def test_monstrous_html_is_survived(self):
        for body in ("<div>" * 20_000 + "x", "<" * 50_000, "<a href=" * 5_000, "\x00", " "):
            with self.subTest(body[:20]):
                self.assertIsInstance(str(safe_body(body)), str)


@tagged("post_install", "-at_install")
class TestLedgerScreen(CatchallCase):
    def test_decision_is_told(self):
        row = self.route(mail(to="sales@example.com", envelope="sales@example.com"))
        self.assertIn("X-Original-To", row.recipients_html)
        self.assertIn("o_catchall_decided", row.trace_html)
        self.assertIn("Aliases", row.trace_html)

    def test_strangers_words_in_the_decision_are_escaped(self):
        row = self.waiting()
        row.recipients = [{"address": "<b>x</b>@example.com", "header": "<i>to</i>"}]
        row.trace = [{"step": "<u>x</u>", "text": "<img src=x>", "decided": True}]
        self.assertNotRegex(str(row.recipients_html), "(?i)<b>|<i>")
        self.assertNotRegex(str(row.trace_html), "(?i)<u>|<img")

    def test_the_decision_is_told_in_the_readers_language(self):
        found = {
            "template": "subject “%(words)s” with %(sign)s",
            "values": {"words": "<b>5 %s</b>"},
        }
        found["values"]["sign"] = {"template": "null return path", "values": {}}
        theirs = {"template": "no plural", "values": {}, "module": "catchall_example"}
        row = self.waiting()
        row.trace = [
            {"step": "auto_reply", "text": "a", "decided": True, **found},
            {"step": "plural", "text": "no plural", "decided": False, **theirs},
            {"step": "alias", "text": "100 % %s %(x)s old", "decided": False},
        ]
        self.env["res.lang"]._activate_lang("de_DE")
        words = {
            "mail_catchall_router": {
                found["template"]: "Betreff „%(words)s“, %(sign)s",
                "null return path": "leerer Rückpfad",
            },
            "catchall_example": {"no plural": "kein Plural"},
        }

        def translations(module, _lang):
            return words.get(module, {})

        with patch.object(code_translations, "get_python_translations", translations):
            german = str(row.with_context(lang="de_DE").trace_html)
        self.assertIn("Betreff „&lt;b&gt;5 %s&lt;/b&gt;“, leerer Rückpfad<", german)
        self.assertIn("kein Plural<", german)
        self.assertIn("100 % %s %(x)s old<", german)
        row.invalidate_recordset()
        english = str(row.trace_html)
        self.assertIn("subject “&lt;b&gt;5 %s&lt;/b&gt;” with null return path<", english)

    def test_why_is_told_in_the_language_of_whoever_decides(self):
        row = self.waiting()
        line = TraceLine("duplicate", said(_SENTENCE, header="5 %s"), decided=True)
        quoted = TraceLine("spam", "X-Spam: 5 %s", decided=True)
        decision = Decision(State.IGNORED, Reason.DUPLICATE, trace=(line, quoted))
        self.env["res.lang"]._activate_lang("de_DE")

        def translations(_module, _lang):
            return {_SENTENCE: "leerer Rückpfad mit %(header)s"}

        with patch.object(code_translations, "get_python_translations", translations):
            row.with_context(lang="de_DE")._write_decision(decision)
        self.assertEqual(row.explanation, "leerer Rückpfad mit 5 %s; X-Spam: 5 %s")
        row._write_decision(decision)
        self.assertEqual(row.explanation, "null return path with 5 %s; X-Spam: 5 %s")
        self.assertEqual(row.trace[0]["values"], {"header": "5 %s"})
        self.assertNotIn("template", row.trace[1])

    def test_every_step_and_verdict_has_a_name(self):
        chain = self.env["mail.catchall.chain"]
        for item in (*chain._verdicts(), *(row.step for row in chain._steps())):
            with self.subTest(item.name):
                name = chain._label(item.name)
                self.assertTrue(name[0].isupper())
                self.assertNotIn("_", name)

    def test_a_mail_without_anything_has_a_form(self):
        for source in (b"", b"\r\n", b"\x00\xff", b"Subject: =?x?q?=ff?=\r\n\r\n\x00"):
            with self.subTest(source):
                row = self.receive(source)
                row.invalidate_recordset()
                self.assertTrue(row.display_name)
                row.read(["body", "header_text", "attachment_names", "trace_html"])

    def test_the_list_costs_the_same_for_ten_as_for_forty(self):
        def queries(count):
            rows = self.env["mail.catchall.message"]
            for _number in range(count):
                rows |= self.route(mail(to="sales@example.com"))
            self.env.flush_all()
            self.env.invalidate_all()
            Message = self.env["mail.catchall.message"].with_user(self.env.ref("base.user_admin"))
            names = "received_date email_from recipient_names subject state reason account_name"
            spec = {name: {} for name in names.split()}
            spec["route_ids"] = {"fields": {"record_name": {}, "model_name": {}}}
            before = self.env.cr.sql_log_count
            found = Message.web_search_read([("id", "in", rows.ids)], spec)["records"]
            self.assertEqual(len(found), count)
            self.assertTrue(all(row["route_ids"][0]["record_name"] for row in found))
            return self.env.cr.sql_log_count - before

        with patch.object(delivery, "exceeds_rate", lambda *_: False):
            queries(1)  # fills the caches of names, rights and translations
            few, many = queries(10), queries(40)
        self.assertEqual(few, many)

    def test_source_is_never_fetched_with_the_row(self):
        row = self.waiting()
        self.env.invalidate_all()
        statements = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", spy):
            row.read(["subject", "state", "route_ids"])
        self.assertFalse([line for line in statements if '"source"' in line])

    def test_suggestion_is_one_click(self):
        row = self.waiting()
        row.facts = {"suggestions": {"slaes@example.com": ["sales@example.com"]}}
        self.assertEqual(row.suggested_alias_id, self.sales)
        row.action_route_suggested()
        self.assertEqual((row.state, row.route_ids.model), ("routed", "crm.lead"))
        self.assertFalse(row.suggestion)

    def test_record_is_reached_by_a_click(self):
        row = self.route(mail(subject="Click me"))
        action = row.route_ids.action_open_record()
        self.assertEqual(action["res_model"], "crm.lead")
        self.assertEqual(action["res_id"], row.route_ids.res_id)
        self.env["crm.lead"].browse(row.route_ids.res_id).unlink()
        row.invalidate_recordset()
        row.route_ids.invalidate_recordset()
        self.assertEqual(row.route_ids.record_name, "deleted")
        with self.assertRaises(UserError):
            row.route_ids.action_open_record()

    def waiting(self):
        return self.route(mail(to="nobody-at-all@example.com"))


@tagged("post_install", "-at_install")
class TestLabels(CatchallCase):
    # What Odoo makes of a field's name, where that is not what people call it.
    TECHNICAL = re.compile(
        r"\b(Catchall|Html|Json|Uids?|Uidvalidity|Mx|Dkim|Pid|Cron|Fetchmail|Mail Mail|Mail Count"
        r"|Traces?|Verdicts?|Probes?|Quarantined|Shadow|Ledger|Native|Looks)\b"
    )

    def test_no_label_of_a_field_is_its_technical_name(self):
        for model in self.env.values():
            for name, field in model._fields.items():
                ours = model._name.startswith("mail.catchall.") or name.startswith("catchall_")
                if ours and field._module == "mail_catchall_router":
                    with self.subTest(model=model._name, field=name):
                        self.assertNotRegex(field.string, self.TECHNICAL)


@tagged("post_install", "-at_install")
class TestWizards(CatchallCase):
    def _open(self, action):
        form = Form.from_action(self.env, action)
        return form

    def waiting(self, address="press@example.com", **values):
        return self.route(mail(to=address, **values))

    def test_route_to_an_alias(self):
        row = self.waiting()
        form = self._open(row.action_route())
        form.alias_choice = str(self.sales.id)
        action = form.save().action_route()
        self.assertEqual((row.state, action["res_model"]), ("routed", "crm.lead"))

    def test_route_to_a_record(self):
        lead = self.env["crm.lead"].create({"name": "Known"})
        row = self.waiting()
        form = self._open(row.action_route())
        form.target = "record"
        form.record_ref = f"crm.lead,{lead.id}"
        form.save().action_route()
        self.assertEqual(self.record(row), lead)

    def test_nothing_chosen_is_said(self):
        wizard = self.env["mail.catchall.route.wizard"].create(
            {"catchall_message_ids": self.waiting().ids}
        )
        with self.assertRaisesRegex(UserError, "Choose the alias"):
            wizard.action_route()
        wizard.target = "record"
        with self.assertRaisesRegex(UserError, "Choose the record"):
            wizard.action_route()

    def test_one_that_cannot_go_does_not_keep_the_others(self):
        rows = self.waiting() | self.waiting()
        rows[0].action_route(alias_id=self.sales.id)
        wizard = self.env["mail.catchall.route.wizard"].create(
            {"catchall_message_ids": rows.ids, "alias_choice": str(self.sales.id)}
        )
        action = wizard.action_route()
        self.assertEqual(rows.mapped("state"), ["routed", "routed"])
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("Emails routed: 1", action["params"]["message"])
        self.assertIn("already been routed there", action["params"]["message"])
        self.assertEqual([len(row.route_ids) for row in rows], [1, 1])

    def test_create_alias_and_route_all(self):
        rows = self.waiting(subject="One") | self.waiting(subject="Two")
        form = self._open(rows.action_create_alias())
        self.assertEqual(form.alias_name, "press")
        self.assertEqual(form.alias_domain_id, self.domain)
        form.model_id = self.env["ir.model"]._get("crm.lead")
        form.save().action_create()
        self.assertEqual(rows.mapped("state"), ["routed", "routed"])
        alias = self.env["mail.alias"].search([("alias_full_name", "=", "press@example.com")])
        self.assertEqual(rows.route_ids.alias_id, alias)
        self.assertEqual(self.route(mail(to="press@example.com")).state, "routed")

    def test_the_unknown_address_is_proposed_not_the_alias_beside_it(self):
        row = self.route(mail(to="sales@example.com, press@example.com"))
        form = self._open(row.action_create_alias())
        self.assertEqual(form.alias_name, "press")

    def test_several_addresses_are_pointed_out(self):
        rows = self.waiting() | self.waiting("radio@example.com")
        form = self._open(rows.action_create_alias())
        self.assertTrue(form.other_addresses)

    def test_existing_alias_is_said(self):
        form = self._open(self.waiting().action_create_alias())
        form.alias_name = "sales"
        form.model_id = self.env["ir.model"]._get("crm.lead")
        with self.assertRaisesRegex(UserError, "is already an alias"):
            form.save().action_create()

    def test_suggested_alias_is_chosen(self):
        row = self.waiting()
        row.facts = {"suggestions": {"press@example.com": ["sales@example.com"]}}
        form = self._open(row.action_route())
        self.assertEqual(form.alias_choice, str(self.sales.id))


@tagged("post_install", "-at_install")
class TestAccountForm(CatchallCase):
    def test_form_of_an_account(self):
        form = Form(self.env["fetchmail.server"], view="mail.view_email_server_form")
        form.name = "Mailbox"
        form.server_type = "imap"
        form.server = "127.0.0.1"
        form.user = "catchall@example.com"
        form.password = "secret"
        form.is_catchall = True
        form.after_fetch = "move"
        form.archive_folder = "Done"
        server = form.save()
        self.assertEqual((server.is_catchall, server.archive_folder), (True, "Done"))

    def test_activation_asks_from_when(self):
        form = Form.from_action(self.env, self.server.action_catchall_activate())
        self.assertEqual(form.start, "now")
        form.start = "date"
        form.since = "2026-01-31 00:00:00"
        wizard = form.save()
        with patch.object(type(self.server), "button_confirm_login") as confirm:
            wizard.action_activate()
        confirm.assert_called_once()
        self.assertEqual(str(self.server.fetch_since), "2026-01-31 00:00:00")

    def test_second_activation_goes_on_where_it_was(self):
        self.env["mail.catchall.folder"].create(
            {"fetchmail_server_id": self.server.id, "name": "INBOX"}
        )
        self.server.fetch_since = "2026-01-31 00:00:00"
        wizard = self.env["mail.catchall.activate"].create({"fetchmail_server_id": self.server.id})
        with patch.object(type(self.server), "button_confirm_login"):
            wizard.action_activate()
        self.assertEqual(str(self.server.fetch_since), "2026-01-31 00:00:00")

    def test_errors_of_the_connection_say_what_to_do(self):
        import imaplib
        import socket
        import ssl

        cases = (
            (ConnectionRefusedError(111, "Connection refused"), "nothing answers at"),
            (socket.gaierror(-2, "Name or service not known"), "no server named mail.example.com"),
            (socket.gaierror(-3, "Temporary failure"), "no answer from any name server"),
            (TimeoutError("timed out"), "does not answer in time"),
            (ssl.SSLError(1, "WRONG_VERSION_NUMBER"), "SSL/TLS"),
            (imaplib.IMAP4.error(b"[AUTHENTICATIONFAILED]"), "“.AUTHENTICATIONFAILED.”.*password"),
        )
        for error, words in cases:
            failing = patch.object(type(self.server), "_connect__", side_effect=error)
            with self.subTest(words), failing:
                with self.assertRaisesRegex(UserError, words) as caught:
                    self.server.button_confirm_login()
                self.assertIn("Catch-all", str(caught.exception))
                self.assertEqual(self.server.state, "draft")

    def test_failed_fetch_leaves_a_plain_sentence_on_the_account(self):
        self.server._catchall_note_error(ConnectionRefusedError(111, "Connection refused"))
        self.assertIn("nothing answers at mail.example.com", self.server.error_message)
        self.assertTrue(self.server.error_date)

    def test_confirmed_account_does_not_become_catchall_unasked(self):
        """Else the whole mailbox would be fetched without the question from when on."""
        self.server.write({"is_catchall": False, "state": "done"})
        form = Form(self.server, view="mail.view_email_server_form")
        with self.assertRaises(AssertionError):
            form.is_catchall = True

    def test_counts_of_the_ledger(self):
        self.route(mail(to="nobody-at-all@example.com"))
        user = new_test_user(
            self.env, "sys", "base.group_system,mail_catchall_router.group_catchall_user"
        )
        server = self.server.with_user(user)
        self.assertGreaterEqual(server.catchall_quarantined_count, 1)
        action = server.with_context(catchall_state="quarantined").action_catchall_open_ledger()
        self.assertIn(("state", "=", "quarantined"), action["domain"])

    def test_administrator_without_the_inbox_opens_accounts(self):
        user = new_test_user(self.env, "sys", "base.group_system")
        self.assertEqual(self.server.with_user(user).catchall_quarantined_count, 0)
        form = Form(self.server.with_user(user), view="mail.view_email_server_form")
        form.name = "Renamed"
        form.save()
        self.assertEqual(self.server.name, "Renamed")
