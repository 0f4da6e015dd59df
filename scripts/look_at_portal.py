#!/usr/bin/env python3
"""Goes through a task as a candidate with a headless Chromium, and says what a candidate would meet.

A real `takehome serve` is started on a new home. The page of a personal link is opened, the task is started,
the package downloaded, a wrong archive and a right one are uploaded, with scripts and without; another upload
from elsewhere has to appear on the open page. Each page is looked at wide and narrow, light and dark, and
checked by axe-core. Needs `pip install playwright axe-playwright-python` and Debian's `chromium`.

    python scripts/look_at_portal.py SHOTS [--takehome PATH]

Exits with 1 on a serious finding, a message on the console, a request to another host, or a page that scrolls
sideways.
"""

import argparse
import io
import os
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.request import Request, urlopen

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright
from uploads import ROOT, Server, invite

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BAD = {"serious", "critical"}
SIZES = [(1280, "light"), (1280, "dark"), (320, "light"), (320, "dark")]
NEWS_MS = 5000


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return packed.getvalue()


RIGHT = archive({"tiny.py": "def total(numbers):\n    return sum(numbers)\n"})


class Visit:
    """What is wrong so far, and the pictures."""

    def __init__(self, browser: Browser, base: str, shots: Path) -> None:
        self.browser, self.base, self.shots = browser, base, shots
        self.bad: list[str] = []

    def page(self, scripts: bool = True) -> Page:
        page = self.browser.new_context(java_script_enabled=scripts).new_page()
        page.on("console", lambda message: self.heard(message.text))
        page.on("request", lambda request: self.asked(request.url))
        return page

    def heard(self, text: str) -> None:
        # Chromium's own word about every answer from 400 on.
        if "Failed to load resource" not in text:
            self.bad.append(f"console: {text}")

    def asked(self, url: str) -> None:
        if not url.startswith(self.base):
            self.bad.append(f"asked elsewhere: {url}")

    def expect(self, name: str, holds: bool) -> None:
        print(f"{name}: {'yes' if holds else 'NO'}", flush=True)
        if not holds:
            self.bad.append(name)

    def look(self, name: str, path: str) -> None:
        """The page at this path, in all sizes."""
        for width, scheme in SIZES:
            # Nothing but axe-core, which is injected here, needs the policy to be off.
            context = self.browser.new_context(
                viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
            )
            page = context.new_page()
            page.goto(self.base + path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.screenshot(path=self.shots / f"{name}-{width}-{scheme}.png", full_page=True)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.bad.append(f"{name} {width}: scrolls sideways")
            page.evaluate(AXE.read_text())
            for one in page.evaluate("axe.run()")["violations"]:
                line = (
                    f"{name} {width} {scheme}: {one['impact']}: {one['id']}: {one['nodes'][0]['html'][:160]}"
                )
                print(line, flush=True)
                if one["impact"] in BAD:
                    self.bad.append(line)
            context.close()


def with_scripts(visit: Visit, path: str) -> str:
    """Starts, downloads and uploads; where the receipt is."""
    page = visit.page()
    page.goto(visit.base + path)
    visit.look("1-invited", path)
    page.get_by_role("button", name="Start the task").click()
    visit.look("2-started", path)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the package").click()
    visit.expect("the package is a download", download.value.suggested_filename == "tiny.zip")
    visit.expect(
        "the deadline is told on this clock", page.get_by_text("On this computer's clock").is_visible()
    )
    chosen = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no archive"}
    page.set_input_files("#archive", chosen)
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("not a zip or tar archive").wait_for()
    page.screenshot(path=visit.shots / "3-refused-with-scripts.png", full_page=True)
    page.set_input_files("#archive", {"name": "mine.zip", "mimeType": "application/zip", "buffer": RIGHT})
    page.get_by_role("button", name="Upload").click()
    page.get_by_text("We have received your work").wait_for()
    receipt = page.url.removeprefix(visit.base)
    visit.look("4-receipt", receipt)
    visit.look("5-received", path)
    page.goto(visit.base + path)
    other = archive({"tiny.py": "def total(numbers):\n    return 0\n"})
    urlopen(Request(f"{visit.base}{path}/upload?name=other.zip", data=other, method="PUT")).read()
    page.get_by_role("heading", name="Attempt 2").wait_for(timeout=NEWS_MS)
    visit.expect("an upload from elsewhere appears on the open page", True)
    return receipt


def without_scripts(visit: Visit, path: str) -> None:
    page = visit.page(scripts=False)
    page.goto(visit.base + path)
    page.get_by_role("button", name="Start the task").click()
    chosen = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no archive"}
    page.set_input_files("#archive", chosen)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="This archive was not taken").wait_for()
    page.screenshot(path=visit.shots / "6-refused-without-scripts.png", full_page=True)
    page.set_input_files("#archive", {"name": "mine.zip", "mimeType": "application/zip", "buffer": RIGHT})
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="We have received your work").wait_for()
    visit.expect("all of it works without scripts", True)


def declines(visit: Visit, path: str) -> None:
    page = visit.page()
    page.goto(visit.base + path)
    page.get_by_text("I do not want to do this task").click()
    page.get_by_label("I decline").check()
    page.get_by_role("button", name="Decline").click()
    page.get_by_role("heading", name="You have declined this task").wait_for()
    visit.look("7-declined", path)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shots", type=Path, help="a folder for pictures")
    parser.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    args = parser.parse_args()
    args.shots.mkdir(parents=True, exist_ok=True)
    os.environ |= {"TAKEHOME_MAIL_FROM": "Hiring <jobs@example.org>", "TAKEHOME_URL": "http://127.0.0.1"}
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch)
        people = invite(args.takehome.resolve(), folder / "home", folder, 3, 10)
        server = Server(args.takehome.resolve(), folder / "home", folder / "log")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        visit = Visit(browser, f"http://127.0.0.1:{server.port}", args.shots)
        try:
            with_scripts(visit, people[0].path)
            without_scripts(visit, people[1].path)
            declines(visit, people[2].path)
            visit.look("8-nothing", "/i/nothing")
        finally:
            browser.close()
            server.stop()
    for line in visit.bad:
        print(line)
    print("nothing serious" if not visit.bad else f"{len(visit.bad)} findings")
    return 1 if visit.bad else 0


if __name__ == "__main__":
    sys.exit(main())
