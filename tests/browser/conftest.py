"""Fixtures of the browser tests: an Odoo, a headless Chromium, a page that is logged in."""

import os
import signal

import pytest
from playwright.sync_api import sync_playwright

from tools.chromium import browser_options, need_chromium
from tools.databases import fresh
from tools.odoo_server import OdooServer
from tools.paths import SCREENSHOTS

signal.signal(signal.SIGTERM, signal.default_int_handler)
SIZE = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def odoo():
    """One Odoo with the addon on a fresh database; tests of one run share it."""
    with OdooServer(fresh("browser")) as server:
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


@pytest.fixture(scope="session")
def login_state(odoo, browser):
    """Log in once; the cookie serves all pages."""
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


@pytest.fixture
def page(odoo, browser, login_state):
    """A page of the administrator; errors of the web client fail the test."""
    context = browser.new_context(viewport=SIZE, storage_state=login_state, base_url=odoo.url)
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


@pytest.fixture
def screenshot(page):
    """Save what the page shows as .run/screenshots/<name>.png."""

    def save(name):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=os.fspath(path))
        return path

    return save
