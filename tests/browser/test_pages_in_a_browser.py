"""Pages of parks, firms, provinces and stores, search, and static pages, in a real browser."""

from pathlib import Path

import pytest

from eipsim.dashboard import export as exporting
from eipsim.dashboard.export import export
from eipsim.language import language
from eipsim.report.words import Words
from eipsim.runs.simulation import simulate
from eipsim.sweeps.sweep import run_sweep

pytestmark = pytest.mark.xdist_group("browser")  # one dashboard for all of them
SCREENSHOTS = Path(__file__).parents[2] / "results" / "screenshots"
PARK, FIRM = "P016", "P016-007-1"
SHOWN = ".e-blocks"
DONE = ".e-blocks >> nth=4"  # the last section of a park


@pytest.fixture(scope="module")
def run():
    return simulate("baseline", world="pilot-parks")


# ---- the dashboard -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "width"),
    [
        ("en", 1280),
        ("vi", 390),
        *(pytest.param(*other, marks=pytest.mark.long) for other in (("en", 390), ("vi", 1280))),
    ],
)
def test_a_park_its_firms_and_its_province_are_a_click_apart(tab, run, width, code):
    words, one = Words(language(code)), tab(width)
    page = one.open(f"/park/{PARK}?lang={code}", DONE)
    last = run.parks[(run.parks["park_id"] == PARK) & (run.parks["year"] == 2050)].iloc[0]
    assert words.say(
        "tenants-finding", n=int(last["firms"]), applying=int(last["recp_firms"]), year="2050"
    ) in page.inner_text(".e-main")
    assert not one.is_wider_than_the_screen
    one.keep(f"park-{width}-{code}")
    page.locator(f"{SHOWN} [data-to^=firm]").first.click()
    page.get_by_text(words.say("page-history")).wait_for()
    assert f"lang={code}" in page.url or code == "en"
    assert not one.is_wider_than_the_screen
    one.keep(f"firm-{width}-{code}")
    page.locator(f"{SHOWN} [data-to^=province]").click()
    page.get_by_text(words.say("page-country")).wait_for()
    page.get_by_text(words.say("province-both-maps", province="Hải Phòng")).first.wait_for()
    shown = words.quantity(run.outcomes.at[2050, "co2_avoided_t"], "tCO2/yr")
    assert shown in page.inner_text(".e-main")
    assert not one.is_wider_than_the_screen
    one.keep(f"province-{width}-{code}")


def test_a_firm_is_looked_into_in_another_year_with_the_keyboard(tab):
    one = tab()
    page = one.open(f"/firm/{FIRM}?year=2040", SHOWN)
    page.get_by_role("link", name="2030").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**year=2030*")
    page.get_by_text("in 2030", exact=False).first.wait_for()
    fold = page.locator("summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.locator("details[open] li").count() > 0


def test_search_finds_by_words_and_is_operated_by_keys(tab):
    one = tab()
    page = one.open("/map", "input[type=search]")
    page.get_by_role("searchbox").focus()
    page.keyboard.type("kcn tra noc II")
    page.wait_for_selector(".e-found a")
    one.keep("search")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/park/P457*")
    one.wait_for("Trà Nóc 2 (P457, Cần Thơ)", ".e-title")
    assert page.input_value("input[type=search]") == ""
    page.get_by_role("searchbox").fill("<img src=x onerror=window.hacked=1>")
    one.wait_for("<img src=x", ".e-found")
    assert page.evaluate("window.hacked") is None


@pytest.mark.parametrize(("path", "said"), [
    ("/park/Amatta", "Amata"), ("/firm/P016-999-9", "is unknown"), ("/province/Can%20Thoo", "Cần Thơ"),
    ("/park/%3Cscript%3Ewindow.hacked=1%3C%2Fscript%3E", "<script>window.hacked=1"), ("/store", "eipsim dashboard STORE"),
    ("/store/..%2F..%2Fetc", "No store"), ("/park/Amatta?lang=vi", "không có khu công nghiệp 'Amatta'; có phải ý bạn là Amata?"),
])  # fmt: skip
def test_what_does_not_exist_in_a_link_is_told_in_a_sentence(tab, path, said):
    one = tab()
    page = one.open(path, ".e-notice")
    assert said in page.inner_text(".e-notice")
    assert page.evaluate("window.hacked") is None


def test_a_store_is_shown_with_what_it_allows_and_what_it_lacks(tab, server, tmp_path):
    design = {
        "title": "A <b>small</b> one", "scenarios": ["baseline", "operator-facilitation"], "baseline": "baseline",
        "world": "pilot-parks", "years": [2015, 2030], "factors": {"behaviour.peer_weight": None},
        "sampler": {"method": "latin", "n": 3}, "outcomes": ["parks_certified", "co2_avoided_t"],
    }  # fmt: skip
    run_sweep(design, tmp_path / "store", backend="serial")
    with_store = type(server)(tmp_path, "--world", "pilot-parks", "store")
    one = tab(at=with_store)
    try:
        page = one.open("/store", ".e-blocks >> nth=4")
        assert page.inner_text(".e-title") == "A <b>small</b> one"
        assert "is best on average" in page.inner_text(".e-main")
        assert "sampler: {method: sobol" in page.inner_text(".e-main")
        one.keep("store-1280-en")
    finally:
        one.context.close()  # before its server goes
        with_store.end()


# ---- static pages ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    simulate("baseline", world="pilot-parks", years=(2015, 2020)).save(folder / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "DRAWN", 1)
        export(folder / "run", folder / "pages")
    return folder / "pages"


@pytest.mark.parametrize(("width", "light"), [(1280, "light"), (390, "dark")])
def test_static_pages_open_from_a_disk_search_and_lead_to_each_other(chromium, pages, width, light):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=light)
    page, outside, errors = context.new_page(), [], []
    page.on(
        "request", lambda asked: outside.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
    )
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((pages / "index.html").as_uri())
    page.wait_for_url("**/en/index.html")
    page.keyboard.press("Tab")
    page.get_by_role("searchbox").fill("KCN Tra Noc ii")
    assert page.locator("#found a").all_inner_texts() == ["Trà Nóc 2"]
    page.screenshot(path=SCREENSHOTS / f"static-index-{width}-{light}.png", full_page=True)
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/en/park-p457.html")
    page.get_by_text("Tiếng Việt").click()
    page.wait_for_url("**/vi/park-p457.html")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
    page.screenshot(path=SCREENSHOTS / f"static-park-{width}-{light}.png", full_page=True)
    page.get_by_role("link", name="Cần Thơ").click()
    page.wait_for_url("**/vi/province-can-tho.html")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (light == "light")
    page.goto((pages / "en" / "index.html").as_uri())
    page.get_by_role("searchbox").fill("<img src=x onerror=window.hacked=1>")
    assert "<img" in page.inner_text("#told")
    assert page.evaluate("window.hacked") is None
    context.close()
    assert (outside, errors) == ([], [])
