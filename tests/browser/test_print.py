"""The pages on paper: what is folded is open, nothing is cut, and the screen is as before."""

from conftest import wait_for_roots

STATE = """() => ({
  closed: [...document.querySelectorAll(".bd-article details:not([open])")]
    .filter((part) => !part.closest(".ae-live")).length,
  open: document.querySelectorAll(".bd-article details[open]").length,
  unseen: [...document.querySelectorAll(".bd-article details > :not(summary)")]
    .filter((part) => !part.closest(".ae-live") && part.offsetHeight === 0).length,
  cut: [...document.querySelectorAll(".bd-article :is(pre, table, figure, .quiz)")]
    .filter((part) => part.offsetHeight && part.scrollWidth > part.clientWidth + 1)
    .map((part) => part.textContent.trim().slice(0, 60)),
  faint: [...document.querySelectorAll(".bd-article details > :not(summary)")]
    .filter((part) => Number(getComputedStyle(part).opacity) < 1).length,
  theme: document.documentElement.dataset.theme,
})"""

# All pictures of a page, also those that wait for a reader to come near.
ARRIVE = """async () => {
  for (const picture of document.images) picture.loading = "eager";
  await Promise.all([...document.images].map((picture) => picture.decode()));
}"""

KEPT = ("closed", "open", "theme")


def test_what_is_folded_is_printed_in_full_and_folded_again(visit):
    visit.in_theme("dark")
    page = visit.page
    before = page.evaluate(STATE)
    page.evaluate(f"addEventListener('beforeprint', () => {{ window.printed = ({STATE})() }})")
    page.pdf(format="A4")
    printed = page.evaluate("window.printed")
    assert printed["closed"] == 0
    assert printed["open"] >= before["closed"] + before["open"]
    assert printed["unseen"] == 0
    assert printed["theme"] == "light"
    after = page.evaluate(STATE)
    assert [after[key] for key in KEPT] == [before[key] for key in KEPT]


def test_nothing_is_cut_at_the_edge_of_the_paper(visit):
    page = visit.page
    page.set_viewport_size({"width": 703, "height": 1000})  # A4 less 12 mm on each side
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    found = page.evaluate(STATE)
    assert found["cut"] == []
    assert found["faint"] == 0  # what fades in would be printed before it can be seen


def images_on_paper(page, *, arrived: bool) -> int:
    """Print a page of which nothing was scrolled to; how many images the PDF holds."""
    page.goto("about:blank")
    page.goto("chapters/features.html", wait_until="networkidle")
    wait_for_roots(page)  # a widget has pictures, too
    if arrived:
        page.evaluate(ARRIVE)
    return page.pdf(format="A4").count(b"/Subtype /Image")


def test_pictures_that_nobody_has_come_near_are_printed_all_the_same(page):
    waiting = images_on_paper(page, arrived=False)
    assert waiting == images_on_paper(page, arrived=True)
    page.route("**/_images/*.png", lambda route: route.abort())
    assert images_on_paper(page, arrived=False) < waiting  # they can be counted so
