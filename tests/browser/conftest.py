"""Fixtures of the browser tests: a mail domain, an Odoo, a headless Chromium, a page logged in."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tools.installation.chromium import browser_options, need_chromium
from tools.installation.databases import fresh
from tools.installation.odoo_server import OdooServer
from tools.mail_servers.mail_domain import MailDomain
from tools.paths import SCREENSHOTS

signal.signal(signal.SIGTERM, signal.default_int_handler)
expect.set_options(timeout=60_000)  # a page may ask a mail server, on a busy machine
SIZE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# What the README shows: ./dev test browser --screenshots docs/screenshots renews them.
README = (
    *("account", "ledger", "to-sort", "mail", "decision"),
    *("lead", "phone-mail", "rule", "checkup", "probe", "where"),
    *("setup-ready", "health", "trial-list"),
)
# Odoo's long poll keeps the network busy for ever, so this is what stands still on a page.
CALM = """() => !document.querySelector(".o_loading_indicator, .o_view_sample_data_loading")
    && document.fonts.status === "loaded" && [...document.images].every((i) => i.complete)"""


def pytest_addoption(parser):
    parser.addoption(
        "--screenshots", help="folder for the README's screenshots, such as docs/screenshots"
    )


@pytest.fixture(scope="session")
def mail_domain():
    """The private mail domain, with the usual evidence of the recipient."""
    with MailDomain() as domain:
        yield domain


@pytest.fixture(scope="session")
def odoo(mail_domain):
    """One Odoo with the addon on a fresh database; tests of one run share it."""
    env = {"SSL_CERT_FILE": str(mail_domain.ca_file)}
    with OdooServer(fresh("browser"), env=env) as server:
        yield server


@pytest.fixture(scope="session")
def browser():
    """The headless browser."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(need_chromium()), args=browser_options()
        )
        yield chromium
        chromium.close()


def log_in(odoo, browser):
    """Log the administrator in; return the cookie, which serves all pages of this Odoo."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(f"{odoo.url}/web/login")
    page.fill("input[name=login]", "admin")
    page.fill("input[name=password]", "admin")
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar", timeout=120_000)
    state = context.storage_state()
    context.close()
    return state


def pages_of(odoo, browser):
    """A context manager for a page of the administrator; errors of the web client fail it."""
    state = log_in(odoo, browser)

    @contextmanager
    def opened(size=SIZE, **options):
        context = browser.new_context(
            viewport=size, storage_state=state, base_url=odoo.url, **options
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert not errors, errors

    return opened


@pytest.fixture(scope="session")
def open_page(odoo, browser):
    """Pages of the Odoo that the tests share."""
    return pages_of(odoo, browser)


@pytest.fixture
def page(open_page):
    """A page on a desk."""
    with open_page() as page:
        yield page


@pytest.fixture
def phone(open_page):
    """A page on a phone."""
    with open_page(PHONE, has_touch=True, is_mobile=True) as page:
        yield page


@pytest.fixture(scope="session")
def save(request):
    """Save what a page shows as <name>.png below .run/, the README's where --screenshots says."""
    chosen = request.config.getoption("--screenshots")

    def save(page, name):
        folder = Path(chosen) if chosen and name in README else SCREENSHOTS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.mouse.move(0, 0)
        page.wait_for_function(CALM)
        page.screenshot(path=os.fspath(path), animations="disabled")
        assert path.stat().st_size > 5_000, "an empty page"
        return path

    return save


@pytest.fixture
def screenshot(page, save):
    """Save what the page of this test shows."""
    return lambda name: save(page, name)
