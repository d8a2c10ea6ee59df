"""The owner's page in the real application, and a real browser to read it with."""

from __future__ import annotations

import shutil

import httpx
import pytest
from playwright.sync_api import sync_playwright

from app.main import create_app
from app.settings import Settings
from tests.api.conftest import make_services, serving

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def page_url():
    settings = Settings(auth="open")
    with serving(create_app(settings, make_services(settings)), settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def closed_url():
    """The same service where callers must be known."""
    settings = Settings(auth="required")
    with serving(create_app(settings, make_services(settings)), settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def hidden_url():
    """The same service without documentation."""
    settings = Settings(auth="open", docs=False)
    with serving(create_app(settings, make_services(settings)), settings) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def http(page_url):
    with httpx.Client(base_url=page_url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium")
    assert found, "needs Debian's chromium"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
