#!/usr/bin/env python3
"""The whole life of a take-home in a real browser, from an empty home: about five minutes.

    make tour
    python scripts/tour.py SHOTS [--takehome PATH] [--challenge courier-retry --wrong SAMPLE]

Starts `takehome serve` with a worker, makes the team's account by its one-time link, invites two candidates
from a CSV, follows their links, downloads the package, uploads the reference and a wrong solution, watches
both being graded, reviews blind, decides and exports. Each page is looked at wide, narrow and dark, and
checked by axe-core; pictures go to SHOTS. Needs `pip install playwright axe-playwright-python`, Debian's
`chromium` and the engine. Exits with 1 on a serious finding, a page that scrolls sideways, or anything that
is not as it should be.
"""

import argparse
import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
BAD = {"serious", "critical"}
LOOKS = {"wide": (1280, "light"), "narrow": (360, "light"), "dark": (1280, "dark")}
PASSWORD = "correct words, many of them"
PEOPLE = {"Ada Lovelace": "ada@example.org", "=Zoë O'Neill": "zoe@example.org"}
GRADED_S = 600_000


class Looks:
    """Pictures of pages, and what is wrong with them."""

    def __init__(self, shots: Path) -> None:
        shots.mkdir(parents=True, exist_ok=True)
        self.shots = shots
        self.bad: list[str] = []
        self.seen = 0

    def at(self, page: Page, name: str) -> None:
        """Looks at the page as it is, in every way."""
        for look, (width, scheme) in LOOKS.items():
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=self.shots / f"{name}-{look}.png", full_page=True)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.bad.append(f"{name} {look}: scrolls sideways")
            page.evaluate(AXE)
            for one in page.evaluate("axe.run()")["violations"]:
                said = f"{name} {look}: {one['impact']}: {one['id']}: {one['nodes'][0]['html'][:160]}"
                print(said, flush=True)
                if one["impact"] in BAD:
                    self.bad.append(said)
        self.seen += 1
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")


@contextmanager
def portal(takehome: Path, home: Path):
    """A portal with a worker on a free port: its address and the set-up link."""
    command = [takehome, "--home", home, "serve", "--listen", "127.0.0.1:0"]
    env = {**os.environ, "TAKEHOME_MAIL_FROM": "Hiring <jobs@example.org>"}
    log = (home.parent / "portal.log").open("w", encoding="utf-8")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=env, cwd=ROOT)
    try:
        said = ""
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if link := re.search(r"set-up link:?\s*(\S+)", said):
                break
        else:
            raise SystemExit(f"the portal did not start: see {log.name}\n{said}")
        yield link[1]
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=120):
            raise SystemExit(f"the portal ended with {process.returncode}")
    finally:
        if process.poll() is None:
            process.kill()
        log.close()


def archive(folder: Path) -> bytes:
    """A zip of a folder's files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                made.write(path, path.relative_to(folder))
    return buffer.getvalue()


def candidate(context: BrowserContext, looks: Looks, link: str, name: str, work: bytes) -> None:
    """Follows the link, starts, downloads, uploads, keeps the receipt."""
    page = context.new_page()
    page.goto(link)
    looks.at(page, f"candidate-{name}-invited")
    page.get_by_role("button", name="Start the task").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the package").click()
    names = zipfile.ZipFile(fetched.value.path()).namelist()
    assert any(one.endswith("README.md") for one in names), names
    assert not any("hidden" in one for one in names), names
    looks.at(page, f"candidate-{name}-started")
    page.locator("#archive").set_input_files(
        {"name": f"{name}.zip", "mimeType": "application/zip", "buffer": work}
    )
    page.get_by_role("button", name="Upload").click()
    page.wait_for_url("**/receipts/**", timeout=60_000)
    looks.at(page, f"candidate-{name}-receipt")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Download the receipt").click()
    fetched.value.save_as(looks.shots / f"receipt-{name}.txt")
    page.get_by_role("link", name="Back to the task").click()
    looks.at(page, f"candidate-{name}-received")


def checked(context: BrowserContext, looks: Looks, name: str) -> None:
    """The candidate's page says what the visible tests said, by itself."""
    page = context.pages[0]
    expect(page.get_by_text(re.compile("visible tests", re.I)).first).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"passes \d+ of \d+ visible tests|could not be started"))
    ).to_be_visible(timeout=GRADED_S)
    looks.at(page, f"candidate-{name}-checked")
    text = page.inner_text("body")
    assert not re.search(r"\bscore\b|hidden test|infra|fault", text, re.I), text


def set_password(page: Page, link: str, name: str | None = None) -> None:
    page.goto(link)
    if name:
        page.get_by_label("Your name").fill(name)
        page.get_by_label(re.compile("Mail address")).fill("grace@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)


def sign_in(page: Page, mail: str) -> None:
    page.get_by_label("Mail address").fill(mail)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def review(page: Page, looks: Looks, code: str, name: str, address: str) -> None:
    """Reads a submission blind, hands a scorecard in, and only then sees whose it is."""
    person, mail = name, address
    page.goto(page.url.split("/team")[0] + f"/team/i/{code}")
    looks.at(page, f"review-{code}-blind")
    blind = page.content()
    page.get_by_role("link", name="Code").first.click()
    looks.at(page, f"review-{code}-code")
    blind += page.content()
    for secret in (person.split()[0] + " ", mail):
        assert secret not in blind, f"{secret} shows before the scorecard is in"
    page.goto(page.url.split("/team")[0] + f"/team/i/{code}/scorecard")
    for group in page.locator("fieldset:has(input[type=radio][name^='mark.'])").all():
        group.locator("input[type=radio]").nth(2).check()
        group.locator("textarea").fill("Seen in the code and in the results.")
    page.locator("input[name=recommendation]").first.check()
    page.get_by_label("In a few sentences").fill("Reads well; asks the right questions of the clock.")
    looks.at(page, f"review-{code}-scorecard")
    page.get_by_role("button", name="Hand it in").click()
    page.goto(page.url.split("/team")[0] + f"/team/i/{code}")
    assert mail in page.content() or person.split()[0] in page.content(), "the name shows afterwards"
    looks.at(page, f"review-{code}-open")


def decide(page: Page, looks: Looks, code: str) -> None:
    base = page.url.split("/team")[0]
    page.goto(f"{base}/team/i/{code}/decision")
    page.locator("input[name=outcome]").first.check()
    page.get_by_label("Why, for the team").fill("Both criteria are met.")
    looks.at(page, f"decide-{code}")
    page.get_by_role("button", name="Decide").click()
    looks.at(page, f"decided-{code}")


def tour(options: argparse.Namespace, home: Path) -> int:
    looks = Looks(options.shots)
    folder = ROOT / "challenges" / options.challenge
    work = [archive(folder / "reference"), archive(folder / "samples" / options.wrong)]
    with sync_playwright() as playwright, portal(options.takehome, home) as link:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def someone() -> BrowserContext:
            # axe-core, which is injected, needs the policy to be off.
            return browser.new_context(bypass_csp=True, accept_downloads=True, timezone_id="Europe/Paris")

        admin = someone().new_page()
        set_password(admin, link, "Grace Hopper")
        looks.at(admin, "set-up")
        admin.get_by_role("button", name="Set the password").click()
        base = admin.url.split("/team")[0]
        admin.goto(f"{base}/team/sign-in")
        if admin.get_by_role("button", name="Sign in").count():
            looks.at(admin, "sign-in")
            sign_in(admin, "grace@example.org")
        looks.at(admin, "list-empty")

        admin.goto(f"{base}/team/invite")
        text = io.StringIO()
        rows = csv.writer(text)
        rows.writerow(["name", "mail", "time_zone"])
        rows.writerows([name, mail, "Europe/Paris"] for name, mail in PEOPLE.items())
        admin.get_by_label("Challenge").select_option(options.challenge)
        admin.get_by_label("Or a list").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
        )
        admin.get_by_label("Deadline", exact=True).fill("7d")
        looks.at(admin, "invite")
        admin.get_by_role("button", name="Invite").click()
        looks.at(admin, "invited")
        codes = [one.inner_text() for one in admin.locator("th a.mono").all()]
        assert len(codes) == len(PEOPLE), codes
        links = [
            next(path for path in home.rglob("link.txt") if code in str(path)).read_text().strip()
            for code in codes
        ]

        # A colleague who reviews.
        admin.goto(f"{base}/team/accounts")
        admin.get_by_label("Name", exact=True).fill("Rita Reviewer")
        admin.get_by_label("Mail address").fill("rita@example.org")
        admin.locator("#new-reviewer").check()
        admin.get_by_role("button", name="Make the account and a link").click()
        looks.at(admin, "accounts")
        reviewer = someone().new_page()
        set_password(reviewer, admin.locator("#link").input_value())
        reviewer.get_by_role("button", name="Set the password").click()
        reviewer.goto(f"{base}/team/sign-in")
        if reviewer.get_by_role("button", name="Sign in").count():
            sign_in(reviewer, "rita@example.org")

        contexts = [someone() for _ in codes]
        for context, at, name, bytes_ in zip(contexts, links, ("right", "wrong"), work, strict=True):
            candidate(context, looks, at, name, bytes_)
        admin.goto(f"{base}/team/i/{codes[0]}")
        live = admin.locator("[data-live-text]")
        expect(live).not_to_be_empty(timeout=GRADED_S)
        looks.at(admin, "being-graded")
        for context, name in zip(contexts, ("right", "wrong"), strict=True):
            checked(context, looks, name)
        for code in codes:
            until = time.monotonic() + GRADED_S / 1000
            while True:
                admin.goto(f"{base}/team/i/{code}")
                if admin.locator("h1 .tag").inner_text().strip() == "graded":
                    break
                assert time.monotonic() < until, f"{code} is not graded"
                admin.locator("[data-live-reload]").wait_for(state="visible", timeout=GRADED_S)
        admin.goto(f"{base}/team")
        looks.at(admin, "list")

        for code, (name, mail) in zip(codes, PEOPLE.items(), strict=True):
            review(reviewer, looks, code, name, mail)
            decide(admin, looks, code)
        for page in (
            "compare?code=" + "&code=".join(codes),
            "distribution",
            "agreement",
            "audit",
            "retention",
        ):
            admin.goto(f"{base}/team/{page}")
            looks.at(admin, re.split(r"\W", page)[0])
        admin.goto(f"{base}/team/i/{codes[0]}/manage")
        looks.at(admin, "manage")
        for kind in ("csv", "html"):
            answer = admin.request.get(f"{base}/team/export.{kind}")
            assert answer.ok and all(code in answer.text() for code in codes), kind
            assert "attachment" in answer.headers["content-disposition"], kind
            (looks.shots / f"export.{kind}").write_bytes(answer.body())
        key = looks.shots / "receipt-key.pem"
        key.write_bytes(admin.request.get(f"{base}/receipt-key").body())
        receipt = looks.shots / "receipt-right.txt"
        subprocess.run([options.takehome, "receipt", "verify", receipt, "--key", key], check=True)
        browser.close()
    for one in looks.bad:
        print(f"bad: {one}")
    print(f"{looks.seen} pages, {len(looks.bad)} serious findings")
    return 1 if looks.bad else 0


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("shots", type=Path)
    options.add_argument("--takehome", type=Path, default=ROOT / "target/debug/takehome")
    options.add_argument("--challenge", default="courier-retry")
    options.add_argument("--wrong", default="wrong-full-jitter")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        return tour(options.parse_args(), home)


if __name__ == "__main__":
    sys.exit(main())
