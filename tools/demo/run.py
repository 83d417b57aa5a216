"""./dev demo: a company, its customers, what they write and its replies, on real servers here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ..console import Failure, accept_only, say, step, table
from ..environment import setup
from ..installation.databases import drop_stale, fresh
from ..installation.neighbours import all_modules, neighbours_env
from ..installation.odoo_server import OdooServer
from ..mail_servers.mail_domain import ACCOUNT, DOMAIN, OUTSIDE, MailDomain
from ..results import Result
from ..system import need_root
from .company import quiet_jobs, set_up
from .ledger import HEADER, Ledger, Row, table_rows
from .mails import DemoMail, cast
from .replies import OFFER, THANKS, Replies

ODOO_PORT, SMTP_PORT, IMAP_PORT = 8069, 2525, 2143  # others are taken where these are in use
LEDGER_ACTION = "mail_catchall_router.action_mail_catchall_message"
# The company's mail server checks DMARC. Here it knows the answers: customers are who they say,
# evil.test is not; of all others it has no opinion.
AUTHENTICATION = "".join(
    rf"/@{sender}$/ PREPEND Authentication-Results: mx.example.com; {result}" + "\n"
    for sender, result in (
        (r"customer\.test", "dmarc=pass header.from=customer.test"),
        (r"bounce\.test", "dmarc=pass header.from=bounce.test"),
        (r"evil\.test", "dmarc=fail (p=reject dis=reject) header.from=example.com"),
    )
)
# Whom Odoo's Test Connection names as recipient, without sending anything.
TEST_RECIPIENT = "noreply@odoo.com"


def main(arguments: Sequence[str]) -> int:
    """Run the demo; stay until Ctrl-C, or with --check compare every row and end."""
    accept_only(arguments, "--check", usage="./dev demo [--check]")
    check = "--check" in arguments
    need_root("The demo's mail servers")
    started = time.monotonic()
    setup()
    drop_stale()
    database = fresh("demo")
    quiet_jobs(database)
    with (
        _mail_domain() as domain,
        OdooServer(
            database, ODOO_PORT, name="demo", env={"SSL_CERT_FILE": str(domain.ca_file)}
        ) as server,
    ):
        _rows, problems = _run(server, domain)
        say(f"All of it took {time.monotonic() - started:.0f} s.")
        say()
        if check:
            return _verdict(problems)
        _stay(server, domain)
    return 0


def check_beside(addons: Path) -> Result:
    """Compare every row of the demo in a database that has the addons of others as well.

    :param addons: their folder
    """
    need_root("The demo's mail servers")
    database = fresh("demo_beside", extra_modules=all_modules(addons), beside=addons)
    quiet_jobs(database)
    result = Result("demo")
    with _mail_domain() as domain:
        variables = {
            "SSL_CERT_FILE": str(domain.ca_file),
            "PYTHONPATH": neighbours_env(setup(), addons)["PYTHONPATH"],
        }
        with OdooServer(database, name="demo_beside", env=variables, beside=addons) as server:
            rows, problems = _run(server, domain)
    result.failed, result.passed = len(problems), max(rows - len(problems), 0)
    return result


def _mail_domain() -> MailDomain:
    return MailDomain(
        main={
            "smtpd_sender_restrictions": "check_sender_access regexp:$config_directory/dmarc",
            "transport_maps": "texthash:$config_directory/transport",
        },
        files={"dmarc": AUTHENTICATION, "transport": f"{TEST_RECIPIENT} discard:\n"},
        ports={"smtp": SMTP_PORT, "imap": IMAP_PORT},
    )


def _run(server: OdooServer, domain: MailDomain) -> tuple[int, list[str]]:
    """Tell the whole story; return how many rows it has, and what was not as expected."""
    with step("company, aliases, both accounts", quiet=True):
        company = set_up(server, domain)
    ledger = Ledger(company.admin, company.account_id)
    mails = cast()
    with step(f"{len(mails)} emails to the company", quiet=True):
        _send(domain, mails)
    with step("fetch and route", quiet=True):
        ledger.fetch()
    rows = table_rows(ledger, mails)
    replies = Replies(company, ledger, domain)
    leads = {mail.key: _lead(ledger, mail) for mail in mails if mail.key in ("quote", "gone")}
    received = replies.to_carla(leads["quote"])
    message = replies.from_carla(leads["quote"], received)
    replies.to_rosa(leads["gone"])
    rows += replies.rows
    _show(rows, received, message, leads["quote"])
    problems = [f"{row.title.strip()}: {row.problem}" for row in rows if row.problem]
    problems += replies.problems
    for problem in problems:
        say(f"NOT AS EXPECTED  {problem}")
    return len(rows), problems


def _send(domain: MailDomain, mails: Sequence[DemoMail]) -> None:
    for mail in mails:
        for _time in range(mail.times):
            if mail.how == "junk":
                domain.append(ACCOUNT, mail.raw, "Junk")
            elif mail.how == "submit":
                domain.submit(mail.raw, mail.sender, mail.to, login=mail.sender)
            else:
                domain.send(mail.raw, mail.sender, mail.to)
    domain.wait_delivered()


def _lead(ledger: Ledger, mail: DemoMail) -> int:
    rows = ledger.of(mail)
    if not rows or not rows[0]["records"]:
        raise Failure(f"The email {mail.title!r} created no lead, so nobody can reply to it.")
    return int(rows[0]["records"][0]["res_id"])


def _show(
    rows: Sequence[Row], received: EmailMessage, message: dict[str, Any], lead_id: int
) -> None:
    say()
    say(table([row.cells() for row in rows], HEADER))
    say()
    say(f"Anna replied from lead {lead_id}: {OFFER!r}")
    say("What reached Carla:")
    for name in ("From", "Reply-To", "Return-Path", "Message-ID"):
        say(f"  {name + ':':<13}{received[name]}")
    say()
    say(f"Carla replied: {THANKS!r}")
    if message:
        say(f"On the lead:  {message['date']}  {message['author_id'][1]}: {message['preview']}")
    say()


def _verdict(problems: Sequence[str]) -> int:
    if problems:
        say(f"Not as expected: {len(problems)}.")
        return 1
    say("Every row is as expected.")
    return 0


def _stay(server: OdooServer, domain: MailDomain) -> None:
    """Leave everything running until Ctrl-C."""
    say(f"Odoo      {server.url}/odoo/action-{LEDGER_ACTION}")
    say("Log in    admin / admin, or as the salesperson: anna / anna")
    say("Write     to any address of the company; what you send is fetched within a minute:")
    say(r"          printf 'Subject: Hello\n\nIs anybody there?\n' |")
    say(f"          curl -T - smtp://{domain.host}:{domain.smtp_port} \\")
    say(f"          --mail-from you@{OUTSIDE} --mail-rcpt sales@{DOMAIN}")
    say("Ctrl-C    stops everything and removes the database.")
    try:
        while server.running:
            time.sleep(0.5)
    except KeyboardInterrupt:
        say()
        with step("stopping"):
            server.stop()
            domain.stop()
        return
    raise Failure(f"Odoo ended by itself; see {server.log}")
