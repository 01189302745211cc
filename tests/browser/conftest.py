"""A dashboard as its user starts it, and a Chromium to look at it; what pages ask of any other computer is refused."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eipsim.report.pdf import BROWSERS, browser

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "results" / "screenshots"
PATIENCE = 120.0  # seconds for the command to say that it is ready, on a machine that is busy
NO_BROWSER = (
    f"no Chromium here ({', '.join(BROWSERS[:3])}): `tests/system-packages` installs it where root and apt are there"
)
STRANGE = "a<img src=x onerror=window.hacked=1>\u202eb"  # a name that a page may show, and never obey
OF_STRANGE = "title: <script>window.hacked=1</script>\nextends: subsidy\n"


def pytest_collection_modifyitems(items):
    """These tests are skipped only where there is no Chromium."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.skipif(browser() is None, reason=NO_BROWSER))


class Server:
    """`eipsim dashboard` in a process of its own."""

    def __init__(self, folder, *arguments):
        self.told = folder / "told.txt"
        begun = time.perf_counter()
        command = [sys.executable, "-m", "eipsim", "dashboard", "--no-browser", "--port", "0", *arguments]
        with self.told.open("w") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=_environment()
            )
        while not (found := re.search(r"ready: (http://\S+)/", self.said)):
            assert self.process.poll() is None, self.said
            assert time.perf_counter() - begun < PATIENCE, f"not ready: {self.said}"
            time.sleep(0.02)
        self.ready_after, self.address = time.perf_counter() - begun, found[1]

    @property
    def said(self):
        return self.told.read_text()

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def _environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A dashboard of the pilot parks, with a scenario file of the user's."""
    folder = tmp_path_factory.mktemp("dashboard")
    (folder / f"{STRANGE}.yaml").write_text(OF_STRANGE)
    started = Server(folder, "--world", "pilot-parks", f"{STRANGE}.yaml")
    yield started
    started.end()


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright  # a developer has it; without it this fails, as it should

    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as play:
        yield (program := play.chromium.launch(executable_path=browser(), args=as_root))
        program.close()


class Tab:
    """A tab of the browser: what it asks of others is refused and counted, what its console says is kept."""

    def __init__(self, chromium, address, width):
        self.address, self.outside, self.errors = address, [], []
        self.context = chromium.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.context.route("**/*", self._pass)
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _pass(self, route):
        if route.request.url.startswith((f"{self.address}/", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()

    def open(self, path, wait=".e-main"):
        self.page.goto(f"{self.address}{path}")
        self.page.wait_for_selector(wait)
        return self.page

    def wait_for(self, text, where=".e-app"):
        self.page.locator(where, has_text=text).first.wait_for()

    def keep(self, name):
        """A screenshot among the output of the tests."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    @property
    def is_wider_than_the_screen(self):
        return self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")


@pytest.fixture
def tab(chromium, server):
    """Opens tabs; when the test ends, none of them has asked anything of another computer, or complained."""
    tabs = []

    def opened(width=1280, at=server):
        tabs.append(Tab(chromium, at.address, width))
        return tabs[-1]

    yield opened
    for one in tabs:
        one.context.close()
    assert [url for one in tabs for url in one.outside] == []
    assert [error for one in tabs for error in one.errors] == []
