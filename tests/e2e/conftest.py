"""Fixtures of the end-to-end tests: a real mail domain, a real Odoo, a real database."""

import signal

import pytest

from tools.databases import fresh
from tools.mail_domain import MailDomain
from tools.odoo_server import OdooServer

# Ended from outside, fixtures still stop the servers that they started.
signal.signal(signal.SIGTERM, signal.default_int_handler)


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


@pytest.fixture
def new_odoo(mail_domain):
    """A function that starts further Odoos, each on a database of its own."""
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
