"""Three kinds of providers, five kinds of authors: everything arrives, exactly once.

One provider sends for every address of the domain, one checks the envelope sender, one checks
From when it has read the mail. Nobody tells Odoo which is which.
"""

import json
from collections import Counter
from email import message_from_bytes, policy

import pytest

from tools.console import Failure
from tools.databases import fresh
from tools.odoo_server import OdooServer

COUNT = 50
AUTHORS = {
    "colleague": '"User A, Sales" <user_a@example.com>',
    "gmail": "Marc <private.marc@gmail.com>",
    "sub-domain": "Sub <sub@mail.example.com>",
    "nameless": "portal@customer.test",
    "account": '"Example" <catchall@example.com>',
}
# header_checks of the submission service only: what comes in from outside is not asked.
FROM_CHECK = (
    "/^From:.*[< ]catchall@example\\.com>?$/ DUNNO\n"
    "/^From:/ REJECT 5.7.1 SendAsDenied; catchall not allowed to send as this author\n"
)
PROVIDERS = {
    "sends for all": {},
    "checks the envelope": {
        "submission": {"smtpd_sender_restrictions": "reject_sender_login_mismatch"},
    },
    "checks From": {
        "submission": {"cleanup_service_name": "checked"},
        "services": [
            "checked unix n - n - 0 cleanup",
            "  -o header_checks=regexp:$config_directory/from_check",
        ],
        "files": {"from_check": FROM_CHECK},
    },
}
# A mail for two people of one domain; Dovecot's LMTP with X-Original-To takes one at a time.
MAIN = {"lmtp_destination_recipient_limit": "1"}

PREPARE = """
domain = env["mail.alias.domain"].search([("name", "=", "example.com")])
domain = domain or env["mail.alias.domain"].create({"name": "example.com"})
env.company.write({"alias_domain_id": domain.id, "name": "Example Ltd"})
env["ir.mail_server"].search([]).unlink()
env["mail.mail"].search([]).unlink()
account = env["ir.mail_server"].create({
    "name": "Account", "smtp_host": "127.0.0.1", "smtp_port": %(port)s,
    "smtp_encryption": "starttls", "smtp_user": "catchall@example.com",
    "smtp_pass": %(password)r, "is_catchall": True,
})
authors = %(authors)r
for number in range(%(count)s):
    env["mail.mail"].create({
        "subject": "mail %%s" %% number, "body_html": "<p>Hello</p>", "auto_delete": False,
        "email_from": authors[number %% len(authors)],
        "email_to": "customer%%s@customer.test" %% number,
    })
env.cr.commit()
"""
SEND = """
env["mail.mail"].process_email_queue()
env.cr.commit()
"""
REPORT = """
import json
account = env["ir.mail_server"].search([("is_catchall", "=", True)])
print("REPORT" + json.dumps({
    "states": env["mail.mail"].search([("subject", "=like", "mail %")]).mapped("state"),
    "learned": bool(account.catchall_from_learned),
    "answer": account.catchall_from_answer,
}))
"""
# The process dies when the server has taken the tenth mail and Odoo has not committed that.
DIE = """
import os, signal
from odoo.addons.mail.models.mail_mail import MailMail
done, original = [], MailMail._postprocess_sent_message
def dying(self, *args, **kwargs):
    done.append(self.id)
    if len(done) == 10:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, *args, **kwargs)
MailMail._postprocess_sent_message = dying
"""


@pytest.fixture(scope="module")
def odoo(mail_domain):
    """An Odoo of its own: these tests replace the outgoing account that others send by."""
    with OdooServer(fresh("outgoing"), env={"SSL_CERT_FILE": str(mail_domain.ca_file)}) as server:
        yield server


def prepare(domain, count=COUNT):
    return PREPARE % {
        "port": domain.submission_port,
        "password": domain.passwords[domain.account],
        "authors": list(AUTHORS.values()),
        "count": count,
    }


def parsed(domain):
    raws = domain.messages("inbox@customer.test")
    return [message_from_bytes(raw, policy=policy.default) for raw in raws]


def report(output):
    return json.loads(output.partition("REPORT")[2].splitlines()[0])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_author_arrives_once(odoo, new_mail_domain, provider):
    domain = new_mail_domain(main=MAIN, **PROVIDERS[provider])
    result = report(odoo.shell(prepare(domain) + SEND + REPORT))
    domain.wait_delivered()
    mails = parsed(domain)

    assert Counter(mail["Subject"] for mail in mails) == {
        f"mail {number}": 1 for number in range(COUNT)
    }
    assert set(result["states"]) == {"sent"}
    refuses = provider == "checks From"
    assert result["learned"] is refuses
    assert "SendAsDenied" in (result["answer"] or "SendAsDenied")
    colleague = "catchall@example.com" if refuses else "user_a@example.com"
    assert Counter(str(mail["From"]) for mail in mails) == {
        f'"User A, Sales" <{colleague}>': 10,
        "Marc via Example Ltd <catchall@example.com>": 10,
        "Sub via Example Ltd <catchall@example.com>": 10,
        "Example Ltd <catchall@example.com>": 10,
        "Example <catchall@example.com>": 10,
    }
    for mail in mails:
        raw = mail.as_string()
        assert mail["Return-Path"] == "<catchall@example.com>"
        assert mail["Reply-To"].addresses[0].domain == "example.com"
        assert mail["Message-Id"].strip().endswith("@example.com>")
        assert "private.marc" not in raw
        assert "portal@customer.test" not in raw


def test_a_worker_that_dies_sends_nothing_twice(odoo, new_mail_domain):
    domain = new_mail_domain(main=MAIN)
    with pytest.raises(Failure):
        odoo.shell(prepare(domain, count=20) + DIE + SEND)
    result = report(odoo.shell(SEND + REPORT))
    domain.wait_delivered()
    assert set(result["states"]) == {"sent"}
    subjects = Counter(mail["Subject"] for mail in parsed(domain))
    assert subjects == {f"mail {number}": 1 for number in range(20)}


def test_a_server_that_is_away_for_a_while(odoo, new_mail_domain):
    domain = new_mail_domain(main=MAIN)
    code = prepare(domain, count=3)
    domain.postfix.stop()
    result = report(odoo.shell(code + SEND + REPORT))
    assert set(result["states"]) == {"outgoing"}
    domain.postfix.start()
    later = 'env["mail.mail"].search([]).write({"scheduled_date": False})\n'
    result = report(odoo.shell(later + SEND + REPORT))
    domain.wait_delivered()
    assert set(result["states"]) == {"sent"}
    assert len(parsed(domain)) == 3
