"""Opens the pages that `cargo test --test render_pages` left, and says what a reader would meet.

Each page is opened in a headless Chromium wide and narrow, light and dark, and printed; axe-core
checks it. Needs `pip install playwright axe-playwright-python` and Debian's `chromium`.

    python scripts/look_at_reports.py target/tmp/reports SHOTS

Exits with 1 on a serious finding, a message on the console, a request, or a page that scrolls
sideways.
"""

import sys
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page, sync_playwright

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BAD = {"serious", "critical"}


def findings(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run()")
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {len(one['nodes'])} times,"
        f" such as {one['nodes'][0]['html'][:160]}"
        for one in result["violations"]
    ]


def look(browser, path: Path, shots: Path) -> int:
    bad = 0
    for width, scheme in [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]:
        # Nothing but axe-core, which is injected here, needs the policy to be off.
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(path.resolve().as_uri())
        page.screenshot(path=shots / f"{path.stem}-{width}-{scheme}.png", full_page=True)
        if width == 1280 and scheme == "light":
            page.pdf(path=shots / f"{path.stem}.pdf", format="A4", prefer_css_page_size=True)
        if path.stem != "batch":
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            print(f"{path.name} {width}: scrolls sideways")
            bad += 1
        # Each of forty sections has the same parts; the page of ten has them all.
        for finding in [] if path.stem == "batch" else findings(page):
            print(f"{path.name} {width} {scheme}: {finding}")
            bad += finding.split(":")[0] in BAD
        print(f"{path.name} {width} {scheme}: seen", flush=True)
        context.close()
    return bad + under_its_policy(browser, path)


def under_its_policy(browser, path: Path) -> int:
    """With the policy on: the script runs, sorts and filters, and nothing is asked of a network."""
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.resolve().as_uri())
    if page.locator("[data-find]").count():
        first = page.locator("table.ranking tbody tr").first
        before = first.inner_text()
        page.locator("table.ranking thead button").nth(1).press("Enter")
        page.locator("table.ranking thead button").nth(0).press("Enter")
        page.locator("table.ranking thead button").nth(0).press("Space")
        if first.inner_text() == before:
            said.append("the ranking was not sorted by the keyboard")
        page.locator("[data-find]").fill("grace")
        shown = page.locator("table.ranking tbody tr:visible").count()
        if shown == page.locator("table.ranking tbody tr").count():
            said.append("the ranking was not filtered")
        print(f"{path.name}: {page.locator('[data-shown]').inner_text()} after a search")
    for text in said + asked[1:]:
        print(f"{path.name}: {text}")
    page.close()
    return len(said) + len(asked) - 1


def main() -> int:
    pages, shots = Path(sys.argv[1]), Path(sys.argv[2])
    shots.mkdir(parents=True, exist_ok=True)
    bad = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        for path in sorted(pages.glob("*.html")):
            bad += look(browser, path, shots)
        browser.close()
    print("nothing serious" if bad == 0 else f"{bad} serious")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
