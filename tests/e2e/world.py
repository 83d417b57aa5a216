"""A company in Odoo, its catch-all account, and what a test asks of both.

Everything goes over the wires that customers and admins use: SMTP, IMAP, POP3, Odoo's RPC.
Only questions ("is every message routed?") go to the database directly: they are asked often.
"""

import contextlib
import threading
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from itertools import count

import psycopg2

from tools.installation.odoo_server import RpcError
from tools.processes import Failure, wait_until

NEVER = "2100-01-01 00:00:00"
_numbers = count(1)


def letter(
    subject,
    to="sales@example.com",
    *,
    sender=None,
    body="Hello",
    attachments=(),
    message_id=None,
    **headers,
):
    """Bytes of an ordinary message; each has a sender of its own unless one is named."""
    number = next(_numbers)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender or f"Customer {number} <customer{number}@customer.test>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = message_id or f"<{number}.e2e@customer.test>"
    message["Date"] = "Mon, 02 Nov 2026 09:59:58 +0000"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    for name, content in attachments:
        message.add_attachment(content, "application", "octet-stream", filename=name)
    return message.as_bytes()


class World:
    """Odoo and a mail domain that know each other."""

    def __init__(self, odoo, domain):
        self.odoo, self.domain = odoo, domain
        self.connection = psycopg2.connect(dbname=odoo.database)
        self.connection.autocommit = True
        self.calm_crons()
        self.rpc = odoo.rpc()
        self.alias_domain = self._set_up_company()
        self._set_up_outgoing()

    def _set_up_company(self):
        known = self.rpc.read("mail.alias.domain", [("name", "=", self.domain.domain)], "id")
        if known:
            return known[0]["id"]
        alias_domain = self.rpc.create(
            "mail.alias.domain",
            name=self.domain.domain,
            catchall_alias="catchall",
            bounce_alias="bounce",
            default_from="catchall",
        )
        company = self.rpc.read("res.company", [], "id")[0]["id"]
        self.rpc("res.company", "write", [company], {"alias_domain_id": alias_domain})
        return alias_domain

    def _set_up_outgoing(self):
        """Let Odoo really send: that nothing leaves must not be for want of a server."""
        if self.rpc.read("ir.mail_server", [], "id"):
            return
        self.rpc.create(
            "ir.mail_server",
            name="Outgoing",
            smtp_host="localhost",
            smtp_port=self.domain.submission_port,
            smtp_encryption="starttls_strict",
            smtp_user=self.domain.account,
            smtp_pass=self.domain.passwords[self.domain.account],
            is_catchall=True,
        )

    # --- the database

    def sql(self, query, *parameters):
        """Rows of a query."""
        with self.connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query, *parameters):
        """The one value of a query."""
        return self.sql(query, *parameters)[0][0]

    def calm_crons(self):
        """Nothing runs by the clock: what a test does not start, or wake, stands still."""
        self.sql(f"UPDATE ir_cron SET nextcall = '{NEVER}'")

    def lanes_turn(self):
        """Let the interval of the lanes be over."""
        self.sql(
            "UPDATE ir_cron SET nextcall = now() AT TIME ZONE 'UTC' FROM ir_model_data d"
            " WHERE d.model = 'ir.cron' AND d.res_id = ir_cron.id"
            "   AND d.name LIKE 'ir_cron_catchall_route_%'"
        )
        self.wake()

    def wake(self):
        """Wake Odoo's cron workers now instead of within their minute."""
        with contextlib.closing(psycopg2.connect(dbname="postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(
                "SELECT pg_notify('cron_trigger', %s)", [self.odoo.database]
            )

    # --- accounts and aliases

    def account(self, domain=None, *, confirm=True, **values):
        """Create a catch-all account on the domain's mailbox, confirm it, and return its id."""
        domain = domain or self.domain
        user = values.get("user") or domain.account
        kind = values.get("server_type", "imap")
        values = {
            "name": f"Catch-all {next(_numbers)}",
            "server_type": kind,
            "server": "127.0.0.1",
            "port": domain.imap_port if kind == "imap" else domain.pop3_port,
            "is_ssl": False,
            "user": user,
            "password": domain.passwords.get(user),
            "is_catchall": True,
            "alias_domain_ids": [(6, 0, [self.alias_domain])],
            **values,
        }
        account = self.rpc.create("fetchmail.server", **values)
        self.calm_crons()
        if confirm:
            self.rpc("fetchmail.server", "write", [account], {"state": "done"})
        return account

    def close(self, account):
        """Archive an account, so that the next test has the mailbox to itself."""
        self.rpc("fetchmail.server", "write", [account], {"active": False})

    def alias(self, name, model="crm.lead", **values):
        """Id of the alias of that name; it is made when it is new."""
        found = self.rpc.read("mail.alias", [("alias_name", "=", name)], "id")
        if found:
            return found[0]["id"]
        model_id = self.rpc.read("ir.model", [("model", "=", model)], "id")[0]["id"]
        return self.rpc.create(
            "mail.alias",
            alias_name=name,
            alias_model_id=model_id,
            alias_domain_id=self.alias_domain,
            **values,
        )

    # --- the way of a message

    def send(
        self, raw, recipients="sales@example.com", *, sender="carla@customer.test", domain=None
    ):
        """Send a message from outside and wait until it lies in a mailbox."""
        domain = domain or self.domain
        domain.send(raw, sender, recipients)
        domain.wait_delivered()

    def fetch(self, account):
        """Press the account's button."""
        self.rpc("fetchmail.server", "fetch_mail", [account])

    def fetch_in_background(self, account):
        """Press the button and do not wait for the answer: the server may die meanwhile."""

        def run():
            with contextlib.suppress(Exception):
                self.fetch(account)

        threading.Thread(target=run, daemon=True).start()

    def restart(self):
        """Start Odoo again after its death."""
        self.odoo.kill()
        self.odoo.start()
        self.rpc = self.odoo.rpc()

    def wait_routed(self, account, total=None, timeout=60):
        """Wait until the lanes have left no row of the account open, of ``total`` at least."""

        def done():
            rows, waiting = self.sql(
                "SELECT count(*), count(*) FILTER (WHERE state = 'received')"
                "  FROM mail_catchall_message WHERE fetchmail_server_id = %s",
                account,
            )[0]
            if waiting:
                self.wake()  # a worker that has just started was not yet there to be woken
            return rows >= (total or 0) and not waiting

        try:
            wait_until(done, timeout, "", every=0.2)
        except Failure:
            raise AssertionError(f"still waiting: {self.rows(account)}") from None

    def wait_tried(self, account, total, attempts=1, timeout=60):
        """Wait until every row of the account has been tried so often, and none is in work."""

        def done():
            found = self.sql(
                "SELECT attempts, claim_pid, state FROM mail_catchall_message"
                " WHERE fetchmail_server_id = %s",
                account,
            )
            return len(found) == total and all(
                state != "received" or (tried >= attempts and not pid)
                for tried, pid, state in found
            )

        wait_until(done, timeout, f"not all were tried: {self.rows(account)}", every=0.2)

    def fetch_and_route(self, account, total=None, timeout=60):
        """Press the button, wait for the lanes, return the account's rows."""
        self.fetch(account)
        self.wait_routed(account, total, timeout)
        return self.rows(account)

    def rows(self, account):
        """The ledger of an account, oldest first."""
        return self.rpc.read(
            "mail.catchall.message",
            [("fetchmail_server_id", "=", account)],
            *("subject", "state", "reason", "explanation", "error", "recipient_names"),
            *("attempts", "has_source", "folder", "folder_is_junk", "route_ids", "contact"),
            order="id",
        )

    def row(self, account, subject):
        """The one ledger row with that subject."""
        found = [row for row in self.rows(account) if row["subject"] == subject]
        assert len(found) == 1, f"{subject}: {found or self.rows(account)}"
        return found[0]

    def sources(self, account):
        """The exact bytes of the account's rows, oldest first."""
        return [
            bytes(source)
            for (source,) in self.sql(
                "SELECT source FROM mail_catchall_message"
                " WHERE fetchmail_server_id = %s AND source IS NOT NULL ORDER BY id",
                account,
            )
        ]

    def leads(self, subject):
        """Ids of the leads with that name."""
        return [
            row[0]
            for row in self.sql("SELECT id FROM crm_lead WHERE name = %s ORDER BY id", subject)
        ]

    def lead(self, subject):
        """Id of the one lead with that name."""
        found = self.leads(subject)
        assert len(found) == 1, f"{subject}: {len(found)} leads"
        return found[0]

    def wait_clock(self):
        """Wait until the database's clock shows another second: Odoo's dates have no fractions."""
        now = "SELECT date_trunc('second', now())"
        before = self.value(now)
        wait_until(lambda: self.value(now) != before, 5, "the clock stands still", every=0.02)

    # --- what must not happen

    def send_queue(self):
        """Send everything that Odoo has queued, and wait until it lies in a mailbox."""
        cron = self.rpc.ref("mail.ir_cron_mail_scheduler_action")

        def sent():
            try:
                self.rpc("ir.cron", "method_direct_trigger", [cron])
            except RpcError as error:  # it was woken, and is at it: what came since waits for us
                if "already executing" not in str(error):
                    raise
                return False
            return True

        wait_until(sent, 60, "the queue of emails does not end", every=0.3)
        self.domain.wait_delivered()

    def mails_to_customers(self):
        """What lies in the mailboxes of the outside world."""
        return [
            raw
            for user in self.domain.passwords
            if not user.endswith(f"@{self.domain.domain}")
            for raw in self.domain.messages(user)
        ]

    @contextmanager
    def nobody_is_answered(self):
        """Fail if any message has left for a customer meanwhile."""
        for user in self.domain.passwords:
            if not user.endswith(f"@{self.domain.domain}"):
                self.domain.clear(user)
        yield
        self.send_queue()
        left = self.mails_to_customers()
        assert not left, left[0].decode("utf-8", "replace")[:2000]
