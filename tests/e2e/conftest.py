"""Fixtures of the end-to-end tests: a real mail domain, a real Odoo, a real database."""

import signal

import pytest
from world import World

from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.mail_domain import MailDomain

# Ended from outside, fixtures still stop the servers that they started.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_addoption(parser):
    parser.addoption(
        "--write-docs", action="store_true", help="write the tables of docs/outgoing.md anew"
    )


@pytest.fixture(scope="session")
def mail_domain():
    """The mail domain with the usual evidence: X-Original-To and Received ... for."""
    with MailDomain() as domain:
        yield domain


@pytest.fixture(scope="session")
def odoo(mail_domain):
    """One Odoo with the addon on a fresh database; tests of one run share it."""
    with OdooServer(fresh("e2e"), env={"SSL_CERT_FILE": str(mail_domain.ca_file)}) as server:
        yield server


@pytest.fixture(scope="session")
def world(odoo, mail_domain):
    """The shared Odoo with a company, the alias sales@, and an outgoing account."""
    world = World(odoo, mail_domain)
    world.alias("sales")
    return world


@pytest.fixture(scope="module")
def nobody_is_answered(world):
    """Whatever a module's tests send in, nothing leaves for a customer."""
    with world.nobody_is_answered():
        yield


@pytest.fixture
def new_account(world):
    """A function that makes catch-all accounts for one test, on an empty mailbox."""
    accounts = []

    def make(domain=None, **values):
        accounts.append(world.account(domain, **values))
        return accounts[-1]

    world.domain.clear(world.domain.account)
    yield make
    for account in accounts:
        world.close(account)


@pytest.fixture
def account(new_account):
    """One catch-all account by IMAP."""
    return new_account()


@pytest.fixture
def new_odoo(mail_domain):
    """A function that starts further Odoos, each on a database of its own."""
    yield from _odoos(mail_domain)


@pytest.fixture(scope="module")
def new_module_odoo(mail_domain):
    """The same for the tests of one file."""
    yield from _odoos(mail_domain)


def _odoos(mail_domain):
    servers = []

    def start(name="own", *, addon=True, extra_modules=(), **options):
        database = fresh(f"{name}{len(servers)}", addon, extra_modules)
        env = {"SSL_CERT_FILE": str(mail_domain.ca_file)}
        servers.append(OdooServer(database, env=env, **options).start())
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def new_mail_domain():
    """A function that starts further mail domains, with other evidence or other rules."""
    domains = []

    def start(**options):
        domains.append(MailDomain(**options).start())
        return domains[-1]

    yield start
    for domain in domains:
        domain.stop()
