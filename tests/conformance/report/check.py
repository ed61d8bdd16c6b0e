"""Opens pages in headless Chromium. In: JSON {chromium, pages: [path], widths, screenshots}. Out: for each page what the browser says of it.

Each page is opened at each width, in light and in dark. `screenshots` names a folder for pictures, or is empty.
"""

import json
import os
import sys

from playwright.sync_api import sync_playwright

# How long a browser may take for one thing, in milliseconds: the machine may be busy.
PATIENCE = 120_000

# What may move: the sum of layout shifts of the page. https://web.dev/articles/cls
# A busy machine may draw a page in parts, so that a line moves. A page that is at fault moves each time that it is opened.
OPENED = 3
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


def look(browser, path, width, theme, script, screenshots):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=script)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    problems, requests = [], []
    page.on("console", lambda m: problems.append(m.text))
    page.on("pageerror", lambda e: problems.append(str(e)))
    page.on("dialog", lambda d: (problems.append("dialog: " + d.message), d.dismiss()))
    page.on("request", lambda r: requests.append(r.url))
    if script:
        page.add_init_script(SHIFTS)
    page.goto("file://" + path)
    out = {"width": width, "theme": theme, "script": script}
    summaries = page.locator("details.match > summary")
    out["matches"] = summaries.count()
    if out["matches"]:
        summaries.first.click()
        out["opened"] = page.locator("details.match").first.inner_text()
    if script:
        page.evaluate("document.querySelectorAll('details.match').forEach((d) => { d.open = true; })")
        page.wait_for_timeout(200)
        out["scroll_width"] = page.evaluate("document.documentElement.scrollWidth")
        out["shifts"] = page.evaluate("window.shifts")
        out["elements"] = page.evaluate("['script', 'style', 'img', 'iframe', 'link', 'i'].map((tag) => document.querySelectorAll(tag).length)")
        out["controls"] = page.locator("#filter").is_visible()
        out["filtered"] = filtered(page)
        out["orders"] = orders(page)
    else:
        out["controls"] = page.locator("#filter").is_visible()
    if screenshots:
        name = f"{os.path.basename(path)}-{width}-{theme}-{'script' if script else 'plain'}.png"
        page.screenshot(path=os.path.join(screenshots, name))
    out["problems"], out["requests"] = problems, [r for r in requests if r != "file://" + path]
    context.close()
    return out


def still(browser, path, width, theme, screenshots):
    """Looks at a page with JavaScript, again if something in it moved."""
    for _ in range(OPENED):
        out = look(browser, path, width, theme, True, screenshots)
        if out["shifts"] == 0:
            break
    return out


def filtered(page):
    """How many matches are visible for some words in the box."""
    counts = {}
    page.clock.install()  # the page waits for the last of several inputs: its time passes when the check says so
    for words in ["needle", "needle nothing", ""]:
        page.fill("#filter", words)
        page.clock.run_for(300)
        counts[words] = page.locator("details.match:visible").count()
    return counts


def orders(page):
    """The levels of the matches in each order."""
    found = {}
    for order in ["level", "time"]:
        page.select_option("#order", order)
        found[order] = page.eval_on_selector_all("details.match", "all => all.map((d) => d.dataset.level)")
    return found


def main():
    asked = json.load(sys.stdin)
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=asked["chromium"], args=["--no-sandbox"], timeout=PATIENCE)
        out = []
        for path in asked["pages"]:
            for width in asked["widths"]:
                for theme in ["light", "dark"]:
                    out.append(still(browser, path, width, theme, asked["screenshots"]))
            out.append(look(browser, path, asked["widths"][0], "light", False, asked["screenshots"]))
        browser.close()
    json.dump(out, sys.stdout)


main()
