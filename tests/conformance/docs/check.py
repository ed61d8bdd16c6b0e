"""Opens a catalogue in headless Chromium. In: JSON {chromium, site, axe, look, screenshots}. Out: what is wrong, by kind, and some counts.

Every page is opened once and made as narrow as a telephone, or as wide as a screen. The pages of `look` are also checked by axe-core in both themes.
`screenshots` names a folder for pictures at three widths, or is empty. Browsers work beside each other, one for each core.
"""

import json
import os
import posixpath
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote, urlsplit

from playwright.sync_api import expect, sync_playwright

# Milliseconds of a page's time, after which it has done what an input asks for: it waits for the last of several.
SOON = 250

# Milliseconds of a page's time, after which a button has its own text again, and says no longer that it copied.
COPIED = 2_000

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

FACTS = """() => ({
  ids: Array.from(document.querySelectorAll('[id]'), (e) => e.id),
  links: Array.from(document.querySelectorAll('a[href]'), (e) => e.getAttribute('href')),
  wide: document.documentElement.scrollWidth,
  shifts: window.shifts,
  strange: document.querySelectorAll('img, iframe, object, embed, link, base, i').length,
  scripts: document.querySelectorAll('script').length,
})"""

# What a keyboard must reach, in the order of the page.
REACHABLE = """() => Array.from(document.querySelectorAll('a[href], button, input, select, summary, [tabindex]'))
  .filter((e) => e.tabIndex >= 0 && e.checkVisibility()).length"""


class Site:
    def __init__(self, browser, asked):
        self.browser, self.root, self.asked = browser, asked["site"], asked
        self.wrong = []

    def url(self, name):
        return "file://" + os.path.join(self.root, name)

    def context(self, **options):
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(SHIFTS)
        page = context.new_page()
        page.on("console", lambda m: self.say("console", page.url, m.text))
        page.on("pageerror", lambda e: self.say("error", page.url, str(e)))
        page.on("dialog", lambda d: (self.say("dialog", page.url, d.message), d.dismiss()))
        page.on("request", lambda r: r.url.split("#")[0] == page.url.split("#")[0] or r.is_navigation_request() or self.say("request", page.url, r.url))
        return context, page

    def say(self, kind, where, what):
        self.wrong.append(f"{kind}: {where.replace('file://' + self.root, '')}: {what}"[:400])

    def expect(self, holds, kind, where, what):
        if not holds:
            self.say(kind, where, what)


# How many elements are visible, and which of them were moved by the elements after them, as they would come from a slow
# disk: they are taken away one by one.
MOVED = """(parts) => {
  const all = Array.from(document.querySelectorAll(parts)).filter((e) => e.checkVisibility()), visible = all.length, moved = [];
  const place = (e) => { const r = e.getBoundingClientRect(); return r.x + ' ' + r.y; };
  const places = all.map(place);
  while (all.length) {
    all.forEach((e, i) => { if (e.textContent.trim() && place(e) !== places[i]) moved.push(e.textContent.trim().slice(0, 30)); });
    all.pop().remove();
  }
  return {visible, moved: Array.from(new Set(moved))};
}"""


def steady(site):
    """The head of a page and its filters stay where they are while the rest of the page comes."""
    for width in [360, 1280]:
        context, page = site.context(viewport={"width": width, "height": 900})
        for parts, least in [(".controls > *", 5), (".top > *, .top li", 5)]:
            page.goto(site.url("index.html"))
            found = page.evaluate(MOVED, parts)
            site.expect(found["visible"] >= least, "moves", "index.html", f"{parts} at {width}: {found['visible']} are visible")
            site.expect(not found["moved"], "moves", "index.html", f"{parts} at {width}: {found['moved']}")
        context.close()


def open_pages(site, names):
    """Opens pages, each at two widths: the next begins with the width that the last ended with. Gives their ids and their links."""
    ids, links = {}, {}
    widths = [1280, 360]
    context, page = site.context(viewport={"width": widths[0], "height": 900})
    for name in names:
        for _ in range(OPENED):
            page.goto(site.url(name))
            facts = page.evaluate(FACTS)
            if facts["shifts"] == 0:
                break
        ids[name], links[name] = set(facts["ids"]), facts["links"]
        site.expect(len(facts["ids"]) == len(ids[name]), "two ids", name, "")
        site.expect(facts["shifts"] == 0, "shift", name, facts["shifts"])
        site.expect(facts["strange"] == 0 and facts["scripts"] == 1, "elements", name, facts)
        site.expect(facts["wide"] <= widths[0], "too wide", name, facts["wide"])
        widths.reverse()
        page.set_viewport_size({"width": widths[0], "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        site.expect(wide <= widths[0], "too wide", name, wide)
    context.close()
    return ids, links


def follow(site, ids, links):
    """Follows the links of all pages to what is there."""
    followed = 0
    for name, all_links in links.items():
        for link in all_links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https"):
                continue
            followed += 1
            to = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            if not os.path.isfile(os.path.join(site.root, to)):
                site.say("broken link", name, link)
            elif parts.fragment and to in ids and parts.fragment not in ids[to]:
                site.say("broken anchor", name, link)
    return followed


def index(site):
    """The search finds, each filter leaves as many as it says, and the address keeps both."""
    context, page = site.context(viewport={"width": 1280, "height": 900})
    page.goto(site.url("index.html"))
    page.clock.install()  # what the page does a moment after an input is done when the check says so, not when the machine comes to it
    cards = "#cards > li:visible"
    total = page.locator(cards).count()
    page.fill("#search", "sqlservr grandchild")
    page.clock.run_for(SOON)
    site.expect(page.locator(cards).count() == 1, "search", "index", page.locator(cards).count())
    page.fill("#search", "sqlservr nothing-has-this-word")
    page.clock.run_for(SOON)
    site.expect(page.locator(cards).count() == 0, "search", "index", "finds what is not there")
    page.click("button[type=reset]")
    page.clock.run_for(SOON)
    site.expect(page.locator(cards).count() == total, "reset", "index", "not all")
    filters = 0
    for facet in page.locator("select[data-facet]").all():
        for option in facet.locator("option").all()[1:4]:
            text = option.inner_text()
            facet.select_option(option.get_attribute("value"))
            page.clock.run_for(SOON)
            count = page.locator(cards).count()
            filters += 1
            site.expect(text.endswith(f"({count})"), "filter", "index", f"{text}: {count}")
        address = page.url
        facet.select_option("")
        page.clock.run_for(SOON)
    again = context.new_page()
    again.goto(address)
    site.expect(again.locator(cards).count() == count, "address", "index", address)
    context.close()
    return {"cards": total, "filters": filters}


def tabs_and_copy(site, name):
    """Tabs by keyboard, and what is copied is the query."""
    context, page = site.context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install(time=0)
    page.goto(site.url(name))
    page.clock.pause_at(3_600_000)  # "Copied" is said until the check has seen it
    tabs = page.locator('[role="tab"]')
    tabs.first.focus()
    for key, at in [("ArrowRight", 1), ("End", tabs.count() - 1), ("ArrowRight", 0), ("ArrowLeft", tabs.count() - 1), ("Home", 0)]:
        page.keyboard.press(key)
        chosen = [t.get_attribute("aria-selected") for t in tabs.all()]
        site.expect(chosen.index("true") == at and chosen.count("true") == 1, "tabs", name, f"{key}: {chosen}")
        site.expect(page.locator(".panel:visible").count() == 1, "tabs", name, "not one panel")
    for i in range(tabs.count()):
        tabs.nth(i).click()
        button = page.locator(".panel:visible button.copy").first
        label = button.inner_text()
        button.click()
        try:
            expect(button).to_have_text("Copied", timeout=PATIENCE)
        except AssertionError:
            site.say("copy", name, button.inner_text())
        page.clock.run_for(COPIED)
        site.expect(button.inner_text() == label, "copy", name, f"the button goes on to say {button.inner_text()}")
        file = page.locator(".panel:visible a[download]").first.get_attribute("href")
        with open(os.path.join(site.root, os.path.dirname(name), unquote(file)), encoding="utf-8") as f:
            site.expect(page.evaluate("navigator.clipboard.readText()").rstrip("\n") == f.read().rstrip("\n"), "copy", name, "another text than the file's")
    context.close()


def keyboard(site, name):
    """Tab reaches everything that can be used."""
    context, page = site.context(viewport={"width": 1280, "height": 900})
    page.goto(site.url(name))
    want = page.evaluate(REACHABLE)
    page.evaluate("window.reached = new Set(); addEventListener('focusin', (e) => window.reached.add(e.target))")
    for _ in range(want + 2):
        page.keyboard.press("Tab")
    got = page.evaluate("window.reached.size")
    site.expect(got >= want, "keyboard", name, f"{got} of {want}")
    context.close()
    return want


# What axe-core is shown: folds are opened, and of lists whose entries are all alike, such as the cards of the index, the first 40 stay.
SHOW = """() => {
  document.querySelectorAll('details').forEach((d, i) => { d.open = i < 8; });
  document.querySelectorAll('#cards > li:nth-child(n+41), .sections > section:nth-child(n+41), table tr:nth-child(n+41)').forEach((e) => e.remove());
}"""


def look(site, names, theme):
    """axe-core in a theme, and how wide pages are on a large screen."""
    with open(site.asked["axe"], encoding="utf-8") as f:
        axe = f.read()
    context, page = site.context(viewport={"width": 1920, "height": 900}, color_scheme=theme)
    for name in names:
        page.goto(site.url(name))
        wide = page.evaluate("document.documentElement.scrollWidth")
        site.expect(wide <= 1920, "too wide", name, wide)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate(SHOW)
        page.evaluate(axe)
        for v in page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)"):
            if v["impact"] in ("serious", "critical"):
                site.say("axe " + theme, name, f"{v['id']}: {v['nodes'][0]['html']}: {v['nodes'][0].get('failureSummary')}")
        page.set_viewport_size({"width": 1920, "height": 900})
    context.close()


def pictures(site, names, theme):
    """Pictures of pages at three widths."""
    for width in [360, 1280, 1920]:
        context, page = site.context(viewport={"width": width, "height": 900}, color_scheme=theme)
        for name in names:
            page.goto(site.url(name))
            page.screenshot(path=os.path.join(site.asked["screenshots"], f"{name.replace('/', '_')}-{width}-{theme}.png"), full_page=True)
        context.close()


def without_script(site, name):
    """Without JavaScript all queries are there, and nothing that does not work."""
    context, page = site.context(viewport={"width": 1280, "height": 900}, java_script_enabled=False)
    page.goto(site.url(name))
    panels = page.locator(".panel")
    site.expect(page.locator(".panel:visible").count() == panels.count() > 0, "without script", name, "hidden queries")
    site.expect(page.locator("button:visible").count() == 0, "without script", name, "buttons")
    page.goto(site.url("index.html"))
    site.expect(page.locator("form:visible").count() == 0, "without script", "index", "a form")
    context.close()


def with_browser(asked, work):
    """Does work with a browser of its own. Gives what work gives, and what is wrong."""
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=asked["chromium"], args=["--no-sandbox"], timeout=PATIENCE)
        site = Site(browser, asked)
        out = work(site)
        browser.close()
    return out, site.wrong


def main():
    asked = json.load(sys.stdin)
    names = sorted(os.path.relpath(os.path.join(folder, f), asked["site"]).replace(os.sep, "/") for folder, _, files in os.walk(asked["site"]) for f in files if f.endswith(".html"))
    rule, looked = asked["look"][0], asked["look"] + ["index.html", "matrix.html", "sources.html"]

    def functions(site):
        out = {"index": index(site), "reachable": keyboard(site, rule)}
        tabs_and_copy(site, rule)
        steady(site)
        without_script(site, rule)
        return out

    def seen(theme):
        def work(site):
            look(site, looked, theme)
            if asked["screenshots"]:
                pictures(site, looked, theme)
        return work

    halves = [names[::2], names[1::2]]
    tasks = [lambda site, half=half: open_pages(site, half) for half in halves] + [seen("light"), seen("dark"), functions]
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as pool:
        (first, wrong0), (second, wrong1), (_, wrong2), (_, wrong3), (out, wrong4) = pool.map(lambda work: with_browser(asked, work), tasks)
    site = Site(None, asked)
    out["links"] = follow(site, first[0] | second[0], first[1] | second[1])
    out["pages"] = len(names)
    out["wrong"] = site.wrong + wrong0 + wrong1 + wrong2 + wrong3 + wrong4
    json.dump(out, sys.stdout)


main()
