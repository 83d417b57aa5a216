"""A world for the Odoo tests: a domain, an account, aliases, and messages in the ledger."""

from contextlib import contextmanager
from itertools import count
from textwrap import dedent

from odoo.tests import TransactionCase

from ...models.incoming.ledger import Ledger
from ...models.routing.delivery import Delivery
from ...models.routing.lane import note_failure
from ...models.routing.routing_context import Batch

DOMAIN = "example.com"
_numbers = count(1)


def mail(
    body="Hello",
    *,
    to="sales@example.com",
    sender='"Carla Customer" <carla@customer.test>',
    subject="A question",
    envelope=None,
    message_id=None,
    **headers,
):
    """Bytes of a plain message as it stands in the catch-all mailbox."""
    number = next(_numbers)
    lines = [
        f"X-Original-To: {envelope}" if envelope else None,
        "Received: from mx.customer.test (mx.customer.test [192.0.2.7])"
        " by mail.example.com (Postfix)"
        f" with ESMTP id {number:X}; Mon, 02 Nov 2026 10:00:00 +0000",
        f"From: {sender}" if sender is not None else None,
        f"To: {to}" if to is not None else None,
        f"Subject: {subject}" if subject is not None else None,
        f"Message-ID: {message_id or f'<{number}.test@customer.test>'}"
        if message_id != ""
        else None,
        "Date: Mon, 02 Nov 2026 09:59:58 +0000",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    head = "\r\n".join(line for line in lines if line is not None)
    text = dedent(body).replace("\r\n", "\n").replace("\n", "\r\n")
    if "Content_Type" not in headers:
        head += "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8"
    return f"{head}\r\n\r\n{text}\r\n".encode()


def deliver(row):
    """Route one row in this transaction, as a lane does."""
    for error in Delivery(row, Batch(row.env)).route()[:1]:
        note_failure(row, error)


class CatchallCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = cls.env["mail.alias.domain"].search([("name", "=", DOMAIN)]) or cls.env[
            "mail.alias.domain"
        ].create({"name": DOMAIN, "catchall_alias": "catchall", "bounce_alias": "bounce"})
        cls.env.company.alias_domain_id = cls.domain
        cls.server = cls.env["fetchmail.server"].create(
            {
                "name": "Catch-all",
                "server_type": "imap",
                "server": "mail.example.com",
                "port": 993,
                "user": "catchall@example.com",
                "password": "secret",
                "is_catchall": True,
                "alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.sales = cls.alias("sales", "crm.lead")
        cls.team = cls.env["crm.team"].search([], limit=1)
        cls.Message = cls.env["mail.catchall.message"]

    @classmethod
    def alias(cls, name, model, defaults="{}", **values):
        """An alias of the domain; one that exists is changed instead."""
        Alias = cls.env["mail.alias"]
        values |= {"alias_model_id": cls.env["ir.model"]._get_id(model), "alias_defaults": defaults}
        known = Alias.search([("alias_name", "=", name), ("alias_domain_id", "=", cls.domain.id)])
        if known:
            known.write(values)
            return known
        return Alias.create({"alias_name": name, "alias_domain_id": cls.domain.id, **values})

    def receive(self, source, env=None, *, junk=False):
        """Put a message into the ledger as a fetch does; return its row."""
        env = env or self.env
        ledger = Ledger(self.server.with_env(env), env)
        key = f"imap:INBOX:1:{next(_numbers)}"
        ledger.insert(key, source, is_junk=junk)
        return ledger.row(key)

    def route(self, source, **options):
        """Receive one message and route it in this transaction; return its row."""
        row = self.receive(source, **options)
        deliver(row)
        return row

    def record(self, row):
        """The one record that a row reached."""
        self.assertEqual(len(row.route_ids), 1, row.explanation)
        return self.env[row.route_ids.model].browse(row.route_ids.res_id)

    @contextmanager
    def lane(self):
        """An environment whose cursor may commit, as a cron's does."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            yield self.env(cr=cr)
        self.env.invalidate_all()
