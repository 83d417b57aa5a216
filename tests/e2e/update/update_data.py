"""Data of every model, as version 19.0.1.0.0 writes it; `test_update_e2e.py` runs this in a shell.

The code that runs here is that version's, at one commit that never changes: what it imports does
not follow the names of today. Most rows come about as they do in production; what would need a
server elsewhere is written down.
"""

import re
from datetime import timedelta
from itertools import count
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from psycopg2.extras import Json

ADDON = "mail_catchall_router"
DOMAIN = "example.com"
_numbers = count(1)


def fill(env, account_job, own_words):
    """Make the data and commit it.

    :param str account_job: the administrator's name for the job of one account
    :param dict own_words: for jobs by external id, their names by language; None: as it is
    """
    env["ir.config_parameter"].set_param("mail_catchall_router.dns_server", "127.0.0.1:9")
    filler = Filler(env)
    filler.fill()
    filler.rename_jobs(account_job, own_words)
    env.cr.commit()
    check_complete(env)


class Filler:
    def __init__(self, env):
        self.env = env
        self.now = fields.Datetime.now()

    def fill(self):
        self.make_company()
        self.make_outgoing_account()
        self.make_incoming_accounts()
        self.make_aliases()
        self.make_rules()
        self.fill_ledger()
        self.run_trial()
        self.send()
        self.make_probe()
        self.check_domain()
        self.make_setup()
        self.watch_accounts()

    def create(self, model, **values):
        return self.env[model].create(values)

    # ------------------------------------------------------------ the company and its accounts

    def make_company(self):
        self.domain = self.create(
            "mail.alias.domain",
            name=DOMAIN,
            catchall_alias="catchall",
            bounce_alias="bounce",
            default_from="catchall",
        )
        self.company = self.env["res.company"].search([], limit=1)
        self.company.alias_domain_id = self.domain
        self.user = self.create(
            "res.users",
            name="Anna Miller",
            login="anna",
            email=f"anna@{DOMAIN}",
            catchall_has_mailbox=True,
        )
        self.user.catchall_link_asked = self.now

    def make_outgoing_account(self):
        self.outgoing = self.create(
            "ir.mail_server",
            name="Outgoing",
            smtp_host="smtp.example.com",
            smtp_port=587,
            smtp_encryption="starttls_strict",
            smtp_user=f"catchall@{DOMAIN}",
            smtp_pass="secret of the outgoing account",
            is_catchall=True,
            catchall_address=f"catchall@{DOMAIN}",
            catchall_alias_domain_ids=[Command.set(self.domain.ids)],
            catchall_from_policy="keep",
            catchall_envelope_policy="verp",
            catchall_reply_policy="signed",
            catchall_name_format="{name} of {company}",
            catchall_foreign_name_format="{name} through {company}",
            catchall_sender_header=True,
            catchall_minute_limit=30,
            catchall_day_limit=2000,
            catchall_sent_copy="people",
            catchall_sent_folder="Copies",
        )
        self.former = self.create(
            "ir.mail_server",
            name="Was a catch-all account",
            smtp_host="smtp.example.com",
            smtp_user="former@example.org",
            smtp_pass="kept to itself",
            is_catchall=True,
            active=False,
        )
        self.former.is_catchall = False
        for kind, answer in (
            ("author", "553 5.7.1 Sender address rejected: not owned by user"),
            ("envelope", "550 5.7.1 Unknown envelope sender"),
        ):
            self.create(
                "mail.catchall.refusal", server_id=self.outgoing.id, kind=kind, answer=answer
            )

    def make_incoming_accounts(self):
        native = self.account("Native", active=False)
        self.incoming = self.account(
            "Catch-all",
            is_catchall=True,
            alias_domain_ids=[Command.set(self.domain.ids)],
            envelope_header="X-Original-To",
            trusted_authserv_ids="mx.example.com",
            own_hosts="mail.example.com",
            near_miss_policy="suggest",
            imap_folder="INBOX",
            fetch_junk=True,
            fetch_since=self.now - timedelta(days=9),
            after_fetch="move",
            archive_folder="Archive",
            max_message_mb=25,
            catchall_verified_date=self.now,
            catchall_notice_template_id=self.env.ref(f"{ADDON}.mail_template_catchall_notice").id,
        )
        self.incoming.state = "done"
        self.outgoing.catchall_sent_account_id = self.incoming
        self.second = self.account(
            "Second", is_catchall=True, verify_dkim=True, catchall_replaces_id=native.id
        )
        former = self.account("Was a catch-all account", is_catchall=True, active=False)
        former.is_catchall = False
        self.create(
            "mail.catchall.folder",
            fetchmail_server_id=self.incoming.id,
            name="INBOX",
            uidvalidity="1690000000",
            first_uid="17",
            last_uid="4711",
            pending_uids="4709 4711",
            skipped_keys="imap:INBOX:1690000000:16",
        )

    def account(self, name, **values):
        return self.create(
            "fetchmail.server",
            name=name,
            server_type="imap",
            server="mail.example.com",
            port=993,
            is_ssl=True,
            user=f"{name.lower().replace(' ', '.')}@{DOMAIN}",
            password=f"secret of {name}",
            **values,
        )

    def make_aliases(self):
        self.sales = self.alias(
            "sales",
            "crm.lead",
            catchall_accepts_bulk=True,
            catchall_accepted_lists="news.example.net",
            catchall_sender_limit=50,
            catchall_machine_limit=500,
        )
        self.jobs = self.alias("jobs", "hr.applicant")
        # A record cannot be made of it: its messages fail.
        self.broken = self.alias("broken", "crm.lead", alias_defaults="{'no_such_field': 1}")

    def alias(self, name, model, **values):
        return self.create(
            "mail.alias",
            alias_name=name,
            alias_domain_id=self.domain.id,
            alias_model_id=self.env["ir.model"]._get_id(model),
            **values,
        )

    def make_rules(self):
        lead = self.env["crm.lead"].create({"name": "Collects offers"})
        self.rule(
            "Applications",
            "alias",
            [("subject", "contains", "application")],
            alias_id=self.jobs.id,
            company_id=self.company.id,
        )
        self.rule(
            "Offers",
            "record",
            [("sender", "equals", "@supplier.test")],
            record_ref=f"crm.lead,{lead.id}",
            stop=True,
        )
        self.rule("For Anna", "user", [("subject", "wildcard", "Anna:*")], user_id=self.user.id)
        self.make_default_rule()
        header = {"part": "header", "header": "X-Mailer", "operator": "regex", "value": "^Robot"}
        self.rule("Robots", "quarantine", [], condition_ids=[Command.create(header)], match="any")
        kind = {"part": "verdict", "operator": "equals", "kind": "bulk", "negate": True}
        self.rule("No lists", "ignore", [], condition_ids=[Command.create(kind)], active=False)

    def make_default_rule(self):
        """A rule that fills fields of every kind, two of them made by hand."""
        tag = self.env["crm.tag"].create({"name": "By mail"})
        choice = self.env["ir.model.fields.selection"].search(
            [("field_id.model", "=", "crm.lead"), ("field_id.name", "=", "priority")],
            order="value desc",
            limit=1,
        )
        own = self.create(
            "ir.model.fields",
            name="x_way",
            field_description="Way",
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            ttype="char",
        )
        yes = self.create(
            "ir.model.fields",
            name="x_by_mail",
            field_description="By Mail",
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            ttype="boolean",
        )
        self.rule(
            "What leads get",
            "defaults",
            [("size", "larger", "0")],
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            fetchmail_server_ids=[Command.set((self.incoming | self.second).ids)],
            default_ids=[
                self.default("tag_ids", record_ref=f"crm.tag,{tag.id}"),
                self.default("priority", selection_id=choice.id),
                Command.create({"field_id": own.id, "value": "by mail"}),
                Command.create({"field_id": yes.id, "flag": True}),
            ],
        )

    def rule(self, name, action, conditions, **values):
        named = [
            Command.create({"part": part, "operator": operator, "value": value})
            for part, operator, value in conditions
        ]
        return self.create(
            "mail.catchall.rule",
            **{"name": name, "action": action, "condition_ids": named, **values},
        )

    def default(self, field, **values):
        return Command.create(
            {"field_id": self.env["ir.model.fields"]._get("crm.lead", field).id, **values}
        )

    # ------------------------------------------------------------ the ledger

    def fill_ledger(self):
        self.receive(letter("Routed to a lead"))
        self.receive(letter("Routed to an applicant", "jobs@example.com"))
        self.receive(letter("Two places", "sales@example.com, jobs@example.com"))
        self.receive(letter("An application"))
        self.receive(letter("Robots are held", X_Mailer="Robot 1.0"))
        self.receive(letter("Sorted after the update", "nobody@example.com"))
        self.receive(letter("Put aside", "nothing@example.com"))
        self.receive(letter("From Junk"), junk=True)
        self.receive(letter("Fails for good", "broken@example.com"))
        self.route()
        self.row("Put aside").action_ignore()
        failed = self.row("Fails for good")
        while failed.state == "received":
            failed.next_try_date = False
            self.route()
        original = "<original@customer.test>"
        self.receive(letter("Original that fails", "broken@example.com", message_id=original))
        self.route()
        self.receive(letter("Waits for its original", In_Reply_To=original, References=original))
        self.route()
        self.receive_oversize()
        for subject in ("Waits for a lane", "Another application", "Of a process that died"):
            self.receive(letter(subject))
        self.row("Of a process that died").write(
            {"claim_pid": 2**31 - 1, "claim_start": "1790000000.5", "attempts": 1}
        )
        routed = self.row("Routed to a lead")
        routed.write(
            {
                "dkim_result": {"result": "pass", "domain": "customer.test", "checked": "2026"},
                "notice_date": self.now,
                "facts": routed.facts or {"note": "kept"},
            }
        )

    def receive(self, source, *, junk=False):
        from odoo.addons.mail_catchall_router.fetching import Envelope

        envelope = Envelope(f"imap:INBOX:1690000000:{next(_numbers)}", 1, len(source))
        self.session()._insert(_Folder, envelope, junk, source=source)
        self.env.cr.commit()

    def receive_oversize(self):
        from odoo.addons.mail_catchall_router.fetching import Envelope

        session, envelope = self.session(), Envelope("imap:INBOX:1690000000:9999", 1, 99_000_000)
        session._insert(_Folder, envelope, False, **session._oversize_values(envelope))

    def session(self):
        from odoo.addons.mail_catchall_router.models.fetch_session import FetchSession

        return FetchSession(self.incoming, None, self.env)

    def route(self):
        lane = self.env["mail.catchall.message"]
        while lane._count_claimable():
            lane._cron_route()
        self.env.invalidate_all()

    def row(self, subject):
        [row] = self.env["mail.catchall.message"].search([("subject", "=", subject)])
        return row

    # ------------------------------------------------------------ beside Odoo, and out

    def run_trial(self):
        """Let Odoo fetch an account that is on trial; then one message is routed after all."""
        account = self.account("On trial", state="done", alias_domain_ids=self.domain.ids)
        account.write(
            {"catchall_shadow": True, "catchall_shadow_since": self.now - timedelta(minutes=1)}
        )
        mails = [
            letter("Both alike"),
            letter("Lost by Odoo", "slaes@example.com"),
            letter("Fails in Odoo", "broken@example.com"),
            letter("Routed afterwards", "nowhere@example.com"),
        ]
        self.env.cr.commit()
        server = type(self.env["fetchmail.server"])
        with patch.object(server, "_connect__", lambda *_args, **_options: _Mailbox(mails)):
            account._fetch_mail()
        self.env.cr.commit()
        self.env.invalidate_all()
        rows = self.env["mail.catchall.shadow"].search([])
        afterwards = rows.filtered(lambda row: row.subject == "Routed afterwards")
        afterwards._route_now()
        rows.filtered(lambda row: row.subject == "Lost by Odoo").write(
            {"bounced_to": "carla@customer.test", "reviewed": True}
        )
        rows.filtered(lambda row: row.subject == "Fails in Odoo").write(
            {"decision_error": "ValueError: as it was", "company_id": self.company.id}
        )
        self.env.cr.commit()

    def send(self):
        from odoo.addons.mail_catchall_router.models.mail_catchall_sent import CopyQueue

        mail = self.create(
            "mail.mail",
            subject="To a customer",
            email_to="carla@customer.test",
            scheduled_date=self.now + timedelta(days=9999),
            catchall_server_id=self.outgoing.id,
        )
        mail.write({"catchall_hops": 1, "catchall_by_person": True, "catchall_attempts": 2})
        self.create(
            "mail.catchall.delivery",
            mail_mail_id=mail.id,
            server_id=self.outgoing.id,
            recipient="carla@customer.test",
            accepted_date=self.now,
        )
        copies = self.env["mail.catchall.sent"]
        for state in ("waiting", "failed"):
            source = letter(f"A copy, {state}")
            values = {
                "server_id": self.outgoing.id,
                "message_id": f"<{state}@example.com>",
                "subject": f"A copy, {state}",
                "size": len(source),
                "sent_date": self.now,
                "rank": 2,
            }
            copies._insert(CopyQueue(self.outgoing.id), values, source)
        rows = copies.search([])
        rows.write({"attempts": 3, "next_try_date": self.now + timedelta(days=9999)})
        rows.filtered(lambda row: "failed" in row.subject).write(
            {"state": "failed", "error": "The mailbox has no such folder."}
        )

    # ------------------------------------------------------------ what was found out

    def make_probe(self):
        from odoo.addons.mail_catchall_router.router.probe.sentences import SENTENCES

        probe = self.create(
            "mail.catchall.probe",
            fetchmail_server_id=self.incoming.id,
            mail_server_id=self.outgoing.id,
            alias_domain_id=self.domain.id,
            domain=DOMAIN,
            end_date=self.now,
            state="done",
            is_repeated=True,
            level="warning",
            lines=[
                {"code": code, "level": "warning", "values": values_of(text), "how_to": False}
                for code, text in SENTENCES.items()
            ],
            outside_address=f"probe-outside@{DOMAIN}",
            catch_all="yes",
            refusal="550 5.1.1 No such user",
            signatures=[[DOMAIN, "mail"]],
            outgoing_address="192.0.2.7",
            mailbox_error="The mailbox could not be reached.",
            sending_error="The server closed the connection.",
            marks={"INBOX": ["1690000000", 4712]},
            looks=7,
            next_look_date=self.now + timedelta(days=9999),
        )
        self.make_probe_messages(probe)

    def make_probe_messages(self, probe):
        for kind, _label in self.env["mail.catchall.probe.mail"]._fields["kind"].selection:
            self.create(
                "mail.catchall.probe.mail",
                probe_id=probe.id,
                kind=kind,
                address=f"{kind}@{DOMAIN}",
                answer="250 2.0.0 Ok",
                is_bounced=True,
                at_recipient=True,
                place="INBOX",
                seconds=3,
                found_date=self.now,
                header=f"X-Original-To: {kind}@{DOMAIN}\r\n\r\n",
                keys=[["INBOX", 4711]],
            )

    def check_domain(self):
        from odoo.addons.mail_catchall_router.router.checkup.finding import Finding, Level, Record
        from odoo.addons.mail_catchall_router.router.checkup.sentences import SENTENCES

        record = Record(DOMAIN, "TXT", "v=spf1 mx -all", True)
        found = [
            Finding(code, Level.WARNING, values_of(text), record)
            for code, text in SENTENCES.items()
        ]
        self.create(
            "mail.catchall.checkup",
            alias_domain_id=self.domain.id,
            domain=DOMAIN,
            level="warning",
            findings=[finding.to_json() for finding in found],
            known_users={"ids": self.user.ids},
        )

    def make_setup(self):
        setup = self.create(
            "mail.catchall.setup",
            address="catchall@shop.test",
            password="secret of the set-up",
            company_ids=[Command.set(self.company.ids)],
            outgoing_user="relay",
            server="imap.shop.test",
            smtp_host="smtp.shop.test",
        )
        setup._trial_incoming()
        setup._trial_outgoing()
        setup.write(
            {
                "provider": "gmail",
                "evidence": "mx.shop.test",
                "mx_hosts": ["mx.shop.test"],
                "origin": "named",
                "detected_domain": "shop.test",
                "fetchmail_server_id": self.incoming.id,
                "mail_server_id": self.outgoing.id,
                "alias_domain_id": self.domain.id,
            }
        )
        setup.checks = {
            "incoming": {"code": "incoming_ok", "level": "ok", "text": "It logs in."},
            "outgoing": {"code": "refused", "level": "bad", "text": "It does not log in."},
        }

    def watch_accounts(self):
        health = self.env["mail.catchall.health"]
        health._of(self.incoming)[self.incoming.id].write(
            {
                "seen_date": self.now,
                "capabilities": ["IDLE", "MOVE", "QUOTA", "UIDPLUS"],
                "encryption": "ssl",
                "certificate_end": self.now + timedelta(days=5),
                "certificate_name": "mail.example.com",
                "size_limit": 26214400.0,
                "quota_resource": "STORAGE",
                "quota_used": 980.0,
                "quota_limit": 1000.0,
                "last_count": 12,
                "last_seconds": 1.5,
                "last_row_id": self.env["mail.catchall.message"].search([], limit=1).id,
                "failing_since": self.now - timedelta(days=3),
                "failure": "The server does not answer.",
            }
        )
        health._cron_watch()

    # ------------------------------------------------------------ the administrator's words

    def rename_jobs(self, account_job, own_words):
        self.second.catchall_cron_id.name = account_job
        for name, words in own_words.items():
            action = self.env.ref(f"{ADDON}.{name}").ir_actions_server_id
            action.name = words["en_US"] or action.name
            self.env.flush_all()
            # By SQL, so that no language needs to be installed.
            self.env.cr.execute(
                "UPDATE ir_act_server SET name = %s WHERE id = %s",
                [Json({**words, "en_US": action.name}), action.id],
            )
        self.env.invalidate_all()


class _Folder:
    """Stands for the folder that a message lay in."""

    name = "INBOX"


class _Mailbox:
    """Stands for Odoo's own connection to a mailbox with unread messages."""

    def __init__(self, mails):
        self.mails = mails

    def check_unread_messages(self):
        return len(self.mails)

    def retrieve_unread_messages(self):
        yield from enumerate(self.mails)

    def handled_message(self, number):
        pass

    def disconnect(self):
        pass


def letter(subject, to="sales@example.com", *, message_id=None, **headers):
    """Bytes of a message from a sender of its own, with one byte that is not UTF-8."""
    number = next(_numbers)
    lines = [
        "Received: from mx.customer.test (mx.customer.test [192.0.2.7]) by mail.example.com"
        f" (Postfix) with ESMTP id {number:X}; Mon, 02 Nov 2026 10:00:00 +0000",
        f"From: Customer {number} <customer{number}@customer.test>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: {message_id or f'<{number}.update@customer.test>'}",
        "Date: Mon, 02 Nov 2026 09:59:58 +0000",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=iso-8859-1",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\nCaf\xe9\r\n").encode("latin-1")


def values_of(sentence):
    """A value for each placeholder of a sentence."""
    return {name: f"<{name}>" for name in re.findall(r"%\((\w+)\)s", sentence)}


def check_complete(env):
    """Fail unless every stored model of the addon has a row, and every stored field a value."""
    empty = []
    for name, model in sorted(env.registry.items()):
        if model._abstract or model._transient:
            continue
        for field in model._fields.values():
            if (
                not field.store
                or field.name in MAGIC_COLUMNS
                or set(field._modules or ()) != {ADDON}
            ):
                continue
            known = [] if name.startswith("mail.catchall.") else [(field.name, "!=", False)]
            records = env[name].with_context(active_test=False).search(known)
            if not any(record[field.name] for record in records):
                empty.append(f"{name}.{field.name}")
    assert not empty, f"nothing is in {', '.join(empty)}"
