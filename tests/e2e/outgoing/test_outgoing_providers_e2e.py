"""Three kinds of providers, five kinds of authors: everything arrives, exactly once, and passes.

Nobody tells Odoo which provider is which. The provider signs (OpenDKIM) and hands every message
over to a customer's mail server, which checks SPF, DKIM and DMARC by records of a real name server:
``p=reject``, both alignments strict. docs/outgoing.md has a table of what the customer saw; it is
compared with what happens here, and ``--write-docs`` writes it anew.
"""

import json
from collections import Counter
from email import message_from_bytes, policy

import pytest
from customer_server import CustomerServer
from outgoing_page import Page, row_of

from providers import AUTHORS, CHOICES, PROVIDERS
from tools.console import Failure
from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.dns_domain import DnsDomain
from tools.mail_servers.opendkim import DkimSigner

COUNT = 50
EACH = COUNT // len(AUTHORS)
SIGNED = ("example.com", "mail.example.com")
CLIENT = "127.0.0.25"  # where the provider's mail leaves from
SPF = f'"v=spf1 ip4:{CLIENT} -all"'
RECORDS = [
    f"txt-record=example.com,{SPF}",
    f"txt-record=mail.example.com,{SPF}",
    'txt-record=_dmarc.example.com,"v=DMARC1; p=reject; adkim=s; aspf=s"',
]
# A message for two people of one domain; Dovecot's LMTP with X-Original-To takes one at a time.
MAIN = {"lmtp_destination_recipient_limit": "1"}

PREPARE = """
def account(port, password, **values):
    env["ir.mail_server"].search([]).unlink()
    return env["ir.mail_server"].create({
        "name": "Account", "smtp_host": "127.0.0.1", "smtp_port": port,
        "smtp_encryption": "starttls", "smtp_user": "catchall@example.com",
        "smtp_pass": password, "is_catchall": True, "catchall_from_policy": "auto", **values,
    })
def alias_domain(name):
    known = env["mail.alias.domain"].search([("name", "=", name)])
    return known or env["mail.alias.domain"].create({"name": name})
env.company.write({"alias_domain_id": alias_domain("example.com").id, "name": "Example Ltd"})
if not env["fetchmail.server"].search([]):
    env["fetchmail.server"].create({
        "name": "Mailbox", "server_type": "imap", "server": "127.0.0.1",
        "user": "catchall@example.com", "is_catchall": True, "state": "done",
    })
    team = env["crm.team"].create({"name": "Sales", "alias_name": "sales"})
    env["crm.lead"].create({"name": "Lead", "team_id": team.id})
env["mail.mail"].search([]).unlink()
lead = env["crm.lead"].search([], limit=1)
account(%(port)s, %(password)r, **%(values)r)
authors = %(authors)r
for number in range(%(count)s):
    env["mail.mail"].create({
        "subject": "mail %%s" %% number, "body_html": "<p>Hello</p>", "auto_delete": False,
        "email_from": authors[number %% len(authors)],
        "email_to": "customer%%s@customer.test" %% number,
        "model": "crm.lead", "res_id": lead.id,
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
    "author": account.catchall_from_answer,
    "envelope": account.catchall_envelope_answer,
}))
"""
# The process dies when the server has taken the tenth message and Odoo has not committed that.
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
    """An Odoo of its own, for its shell: these tests replace the account that others send by."""
    return OdooServer(fresh("outgoing"), env={"SSL_CERT_FILE": str(mail_domain.ca_file)})


@pytest.fixture(scope="module")
def signer():
    with DkimSigner(SIGNED) as signer:
        yield signer


@pytest.fixture
def customer(signer):
    with DnsDomain([*RECORDS, *signer.records]) as dns, CustomerServer(dns.address) as server:
        yield server


@pytest.fixture
def new_provider(new_mail_domain, customer):
    """A function that starts a provider whose mail to customer.test goes to the customer."""

    def start(signer, submission=(), **options):
        relay = f"smtp:[{customer.hostname}]:{customer.port}"
        main = {
            "transport_maps": f"inline:{{ {{customer.test = {relay}}} }}",
            "virtual_alias_maps": "inline:{ {@example.com = catchall@example.com} }",
            "smtp_bind_address": CLIENT,
        }
        submission = {"smtpd_milters": signer.milter, **dict(submission)}
        return new_mail_domain(main=main, submission=submission, **options)

    return start


def prepare(domain, count=COUNT, authors=None, **values):
    return PREPARE % {
        "port": domain.submission_port,
        "password": domain.passwords[domain.account],
        "authors": authors or list(AUTHORS.values()),
        "count": count,
        "values": values,
    }


def reports(output):
    return [json.loads(part.splitlines()[0]) for part in output.split("REPORT")[1:]]


def shown(author):
    return f"{author.display_name} <{author.addr_spec}>"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_author_arrives_once_and_passes(
    odoo, signer, new_provider, customer, provider, request
):
    domain = new_provider(signer, **PROVIDERS[provider])
    steps = [prepare(domain, **values) + SEND + REPORT for values in CHOICES.values()]
    results = dict(zip(CHOICES, reports(odoo.shell("\n".join(steps))), strict=True))
    domain.wait_delivered()
    assert not customer.refused, customer.refused[0]
    assert len(customer.arrived) == COUNT * len(CHOICES)
    page = Page()
    for place, choice in enumerate(CHOICES):
        mails = customer.arrived[place * COUNT : (place + 1) * COUNT]
        check_arrival(mails)
        check_identity(mails, provider, choice, results[choice])
        by_author = {author: [] for author in AUTHORS}
        for arrived in mails:
            number = int(arrived.mail["Subject"].split()[1])
            by_author[list(AUTHORS)[number % len(AUTHORS)]].append(arrived)
        rows = [row_of(provider, author, mails) for author, mails in by_author.items()]
        page.put(choice, provider, rows)
    page.settle(write=request.config.getoption("--write-docs"))


def check_arrival(mails):
    """Each message once, to the one whom it was for, vouched for by the domain of its From."""
    assert Counter((arrived.mail["Subject"], arrived.recipients) for arrived in mails) == {
        (f"mail {number}", (f"customer{number}@customer.test",)): 1 for number in range(COUNT)
    }
    for arrived in mails:
        assert (arrived.spf, arrived.dkim, arrived.dmarc) == ("pass", "pass", "pass")
        assert arrived.mail["Message-Id"].strip().endswith("@example.com>")
        assert b"private.marc" not in arrived.raw
        assert b"portal@customer.test" not in arrived.raw


def check_identity(mails, provider, choice, result):
    assert set(result["states"]) == {"sent"}
    refuses_from = provider == "checks From"
    assert ("SendAsDenied" in (result["author"] or "")) is refuses_from
    refuses_envelope = provider == "checks the envelope" and choice == "signed"
    assert ("not owned by" in (result["envelope"] or "")) is refuses_envelope
    colleague = "catchall@example.com" if refuses_from else "user_a@example.com"
    assert Counter(shown(arrived.author) for arrived in mails) == {
        f"User A, Sales <{colleague}>": EACH,
        "Marc via Example Ltd <catchall@example.com>": EACH,
        "Sub via Example Ltd <catchall@example.com>": EACH,
        "Example Ltd <catchall@example.com>": EACH,
        "Example <catchall@example.com>": EACH,
    }
    envelopes = {arrived.envelope for arrived in mails}
    replies = {arrived.mail["Reply-To"].addresses[0].addr_spec for arrived in mails}
    if choice == "signed" and not refuses_envelope:
        # The message whose author was refused tried everything at once, the account's envelope too.
        assert len(envelopes) == COUNT
        named = [address for address in envelopes if address.startswith("bounce-")]
        assert len(named) == COUNT - refuses_from
    else:
        assert envelopes == {"catchall@example.com"}
    if choice == "signed":
        assert all(address.startswith("reply-") for address in replies)
    else:
        assert replies == {"sales@example.com"}


SUB_DOMAIN = """
alias_domain("mail.example.com")
"""


def test_sub_domain_that_is_an_email_domain_keeps_its_authors(odoo, signer, new_provider, customer):
    """DKIM is aligned in any case; the envelope is where it is an address of its own."""
    domain = new_provider(signer)
    author = ["Sub <sub@mail.example.com>"]
    steps = [
        prepare(domain, 1, author, **values) + SUB_DOMAIN + SEND + REPORT
        for values in CHOICES.values()
    ]
    assert [set(result["states"]) for result in reports(odoo.shell("".join(steps)))] == [
        {"sent"},
        {"sent"},
    ]
    domain.wait_delivered()
    assert not customer.refused
    assert [shown(item.author) for item in customer.arrived] == ["Sub <sub@mail.example.com>"] * 2
    assert [(item.spf, item.dkim, item.dmarc) for item in customer.arrived] == [
        ("pass for example.com", "pass", "pass"),
        ("pass", "pass", "pass"),
    ]


def test_the_check_refuses_what_nobody_vouches_for(odoo, new_provider, customer):
    """The same message by a provider that does not sign for the sub-domain."""
    with DkimSigner(["example.com"]) as incomplete:
        domain = new_provider(incomplete)
        author = ["Sub <sub@mail.example.com>"]
        odoo.shell(prepare(domain, 1, author, **CHOICES["plain"]) + SUB_DOMAIN + SEND)
        domain.wait_for(domain.account, lambda mail: "5.7.26" in mail.as_string())
    assert [(item.spf, item.dmarc) for item in customer.refused] == [
        ("pass for example.com", "fail")
    ]
    assert not customer.arrived


def test_a_worker_that_dies_sends_nothing_twice(odoo, new_mail_domain):
    domain = new_mail_domain(main=MAIN)
    with pytest.raises(Failure):
        odoo.shell(prepare(domain, count=20) + DIE + SEND)
    (result,) = reports(odoo.shell(SEND + REPORT))
    domain.wait_delivered()
    assert set(result["states"]) == {"sent"}
    subjects = Counter(mail["Subject"] for mail in parsed(domain))
    assert subjects == {f"mail {number}": 1 for number in range(20)}


def test_a_server_that_is_away_for_a_while(odoo, new_mail_domain):
    domain = new_mail_domain(main=MAIN)
    code = prepare(domain, count=3)
    domain.postfix.stop()
    (result,) = reports(odoo.shell(code + SEND + REPORT))
    assert set(result["states"]) == {"outgoing"}
    domain.postfix.start()
    later = 'env["mail.mail"].search([]).write({"scheduled_date": False})\n'
    (result,) = reports(odoo.shell(later + SEND + REPORT))
    domain.wait_delivered()
    assert set(result["states"]) == {"sent"}
    assert len(parsed(domain)) == 3


def parsed(domain):
    raws = domain.messages("inbox@customer.test")
    return [message_from_bytes(raw, policy=policy.default) for raw in raws]
