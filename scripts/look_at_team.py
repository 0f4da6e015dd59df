"""Fills a home, serves it, and opens every page of the hiring team as a reader would meet it.

Each page is opened in a headless Chromium wide and narrow, light and dark, with the portal's own content
security policy; axe-core checks it. Needs `pip install playwright axe-playwright-python`, Debian's `chromium`
and a built program.

    python scripts/look_at_team.py target/debug/takehome SHOTS

Exits with 1 on a serious finding, a message on the console, a request to elsewhere, or a page that scrolls
sideways.
"""

import sys
import tempfile
import tomllib
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Page, sync_playwright
from portal_home import CHALLENGE, PASSWORD, ROOT, Home, Member, Portal

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
BAD = {"serious", "critical"}
VIEWS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]


def findings(page: Page) -> list[str]:
    page.evaluate(AXE)
    result = page.evaluate("axe.run()")
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {len(one['nodes'])} times,"
        f" such as {one['nodes'][0]['html'][:160]}"
        for one in result["violations"]
    ]


def signed_in(browser: Browser, portal: Portal, mail: str | None, **options) -> Page:
    context = browser.new_context(**options)
    page = context.new_page()
    if mail:
        page.goto(f"{portal.url}/team/sign-in")
        page.fill("#mail", mail)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/team")
    return page


def look(
    browser: Browser, portal: Portal, who: str, mail: str | None, pages: dict[str, str], shots: Path
) -> int:
    bad = 0
    for width, scheme in VIEWS:
        options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
        page = signed_in(browser, portal, mail, **options)
        said: list[str] = []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on(
            "request",
            lambda request, said=said: (
                said.append(request.url) if not request.url.startswith(portal.url) else None
            ),
        )
        for name, path in pages.items():
            answer = page.goto(f"{portal.url}{path}")
            if answer.status != 200:
                said.append(f"status {answer.status}")
            page.screenshot(path=shots / f"{who}-{name}-{width}-{scheme}.png", full_page=True)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                said.append("scrolls sideways")
            for finding in findings(page):
                if finding.split(":")[0] in BAD:
                    said.append(finding)
                else:
                    print(f"{who} {name} {width} {scheme}: {finding}")
            for text in said:
                print(f"{who} {name} {width} {scheme}: BAD {text}")
            bad += len(said)
            said.clear()
        print(f"{who} {width} {scheme}: {len(pages)} pages seen", flush=True)
        page.context.close()
    return bad


def by_keyboard(browser: Browser, portal: Portal, code: str) -> int:
    """A comment and a search without a mouse, and without JavaScript."""
    page = signed_in(browser, portal, "alan@team.example.org", java_script_enabled=False)
    page.goto(f"{portal.url}/team/i/{code}/code")
    page.locator("a.no").nth(2).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("#words").fill("Why a class?")
    page.locator("#words").press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    kept = page.get_by_text("Why a class?").count() == 1
    page.goto(f"{portal.url}/team")
    page.keyboard.press("Tab")
    skipped = page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.context.close()
    if not (kept and skipped):
        print(f"BAD by keyboard: comment kept {kept}, skip link first {skipped}")
    return int(not kept) + int(not skipped)


def main() -> int:
    program, shots = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    shots.mkdir(parents=True, exist_ok=True)
    rubric = tomllib.loads((ROOT / "challenges" / CHALLENGE / "rubric.toml").read_text())
    keys = [one["key"] for one in rubric["criteria"]]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Home(Path(folder), program)
        codes = home.fill(60, 90)
        graded = [code for at, code in enumerate(codes) if at % 5 and at % 9 != 4]
        portal = Portal(home)
        try:
            link = portal.link.removeprefix(portal.url)
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
            bad = look(browser, portal, "nobody", None, {"set-up": link, "sign-in": "/team/sign-in"}, shots)
            root = Member(portal)
            root.set_up(link, name="Root", mail="root@team.example.org")
            grace, alan = root.invite("Grace", "reviewer"), root.invite("Alan", "reviewer")
            root.invite("Vera", "viewer")
            for at, code in enumerate(graded[:6]):
                grace.mark(code, at, keys)
                alan.mark(code, at + at % 2, keys)
            decided, open_, faulty = graded[0], graded[8], codes[4]
            decision = f"/team/i/{decided}/decision"
            root.fill(decision, decision, outcome="advance", reason="Both liked it.", feedback="Thank you.")
            compare = "/team/compare?" + "&".join(f"code={code}" for code in graded[:4])
            admin = {
                "list": "/team",
                "graded": "/team?state=graded&order=score",
                "nothing": "/team?q=nobody",
                "result": f"/team/i/{decided}",
                "fault": f"/team/i/{faulty}",
                "code": f"/team/i/{decided}/code",
                "decision": decision,
                "decide": f"/team/i/{graded[1]}/decision",
                "manage": f"/team/i/{codes[0]}/manage",
                "compare": compare,
                "distribution": "/team/distribution",
                "agreement": "/team/agreement",
                "audit": "/team/audit",
                "accounts": "/team/accounts",
                "invite": "/team/invite",
                "retention": "/team/retention",
                "password": "/team/password",
            }
            bad += look(browser, portal, "admin", "root@team.example.org", admin, shots)
            reviewer = {
                "list": "/team?todo=yes",
                "result": f"/team/i/{open_}",
                "code": f"/team/i/{open_}/code?at=2.4",
                "card": f"/team/i/{open_}/scorecard",
                "card-in": f"/team/i/{graded[2]}/scorecard",
            }
            bad += look(browser, portal, "reviewer", "grace@team.example.org", reviewer, shots)
            bad += by_keyboard(browser, portal, open_)
            browser.close()
        finally:
            portal.stop()
    print("nothing serious" if bad == 0 else f"{bad} serious")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
