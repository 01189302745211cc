"""What the core tells on pages: in the language of the page where the catalogue has it, else quoted and marked as English."""

import ast
import html as entities
import json
import pickle
import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import solara
from ipyvue import VueTemplate
from solara.autorouting import RoutingProvider
from test_language import messages

from eipsim.core import own_code
from eipsim.core.phrases import Phrase
from eipsim.dashboard import opening as openings
from eipsim.dashboard.address import Ask, Moved, moved_lever, read_address
from eipsim.dashboard.app import Dashboard, routes
from eipsim.dashboard.computing import Stop, case_of, run_of
from eipsim.dashboard.content.firm import firm_sections
from eipsim.dashboard.content.found import province_called
from eipsim.dashboard.content.park import park_called
from eipsim.dashboard.opening import Opening, open_with
from eipsim.dashboard.store_page import no_such_store
from eipsim.dashboard.what_if import questions_of
from eipsim.dashboard.widgets import Told, told
from eipsim.errors import ConservationError, InputError, Mistake, RunError, unknown
from eipsim.language import LANGUAGES, language
from eipsim.report.words import Words
from eipsim.scenarios.checking import questions_about
from eipsim.stores.layout import DESIGN
from eipsim.stores.store import Store
from eipsim.world import build_world

PACKAGE = Path(openings.__file__).parents[1]
VIETNAMESE, ENGLISH = Words(language("vi")), Words(language("en"))
# A link that gets everything wrong that a link can.
WRONG = (
    "scenario=subsidies&year=1900&lever.carbon_prise=3&lever.carbon_price=2000&lever.fine_usd=much&lever.training=1@1999"
    "&rule=mine"
)
LATER = {"format": 99, "precision": "single", "outcomes": [], "years": [2015, 2015], "digest": "", "title": "", "model": {},
         "design": {}}  # fmt: skip
EVIL = "<script>window.hacked=1</script>"


@pytest.fixture(autouse=True)
def _opened_again(tmp_path):
    before = openings.opened()
    open_with(Opening(world="pilot-parks", stores={"gone": tmp_path / "gone"}))
    yield
    open_with(before)


@pytest.fixture(scope="module")
def run():
    open_with(Opening(world="pilot-parks"))
    return run_of(asked(), Stop())


def asked(*levers):
    return Ask("baseline", "pilot-parks", "acceptance_curve", 1, levers)


def mistakes_of(do, *arguments):
    with pytest.raises(InputError) as caught:
        do(*arguments)
    return caught.value.mistakes


# ---- the catalogue and the core ----------------------------------------------------------------------------------------


@cache
def said_in_the_core() -> dict[str, set[str]]:
    """The messages that the program names beside its English, with what it gives them."""
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase":
                assert isinstance(node.args[1], ast.Constant), f"{file}:{node.lineno}: name the message"
                found[node.args[1].value] = {str(keyword.arg) for keyword in node.keywords}
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_message_that_the_core_names_is_in_both_catalogues_and_takes_what_it_is_given(code):
    catalogue, named = messages(code), said_in_the_core()
    assert len(named) > 25
    assert {name: catalogue.get(name) for name in named} == named


def told_by_the_core(run, folder: Path) -> list[Mistake]:
    """Every mistake and question that names messages, made as users make them."""
    park, two = str(run.parks["park_id"].iloc[0]), unknown("park", "park", "Phú Mỹ", ["Phú Mỹ 2", "Phú Mỹ 3"])
    there = [
        *read_address("/", f"{WRONG}&lang=xx", openings.opened()).mistakes,
        unknown("x", "world", "zzzzz", map(str, range(20))),
        two,
    ]
    there += [
        unknown("x", "park", "y", []),
        no_such_store("xx"),
        *mistakes_of(park_called, run, "Trà Nóc"),
        *mistakes_of(park_called, run, "zz"),
    ]
    there += [
        *mistakes_of(firm_sections, run, f"{park}-999-9", VIETNAMESE),
        *mistakes_of(province_called, ["Cần Thơ"], "Cn Tho"),
    ]
    there += mistakes_of(own_code.refuse, [own_code.Named("mine.yaml:3", "mine.py:early")])
    there += mistakes_of(Store.open, folder / "none")
    for name, content in (("later", json.dumps(LATER)), ("damaged", "{")):
        (folder / name).mkdir()
        (folder / name / DESIGN).write_text(content)
    there += [*mistakes_of(Store.open, folder / "later"), *mistakes_of(Store.open, folder / "damaged")]
    levers = [Moved("capital_subsidy", 0.5, 2026), Moved("fine_usd", 1e9, 2026), Moved("training", 0.0, 2026),
              Moved("certification_premium", 1.0, 2026)]  # fmt: skip
    return there + questions_about(case_of(asked(*levers)), build_world("pilot-parks", 1))


def test_in_english_the_catalogue_says_what_the_core_says(run, tmp_path):
    mistakes = told_by_the_core(run, tmp_path)
    parts = [part for one in mistakes for part in (one.where, one.what, one.hint) if isinstance(part, Phrase)]
    for part in parts:
        assert language("en").said(part) == part.replace("CO2", "CO₂")
    for one in mistakes:
        assert text_of(told(one, ENGLISH)) == str(one).replace("CO2", "CO₂")
    assert {part.message for part in parts} == said_in_the_core().keys()


def text_of(html: str) -> str:
    return entities.unescape(re.sub(r"<[^>]+>", "", html))


def test_in_vietnamese_no_part_of_it_is_english(run, tmp_path):
    for one in told_by_the_core(run, tmp_path):
        page = told(one, VIETNAMESE)
        assert 'lang="en"' not in page
        assert str(one) not in text_of(page)
        assert isinstance(one.what, Phrase)
        assert language("vi").said(one.what) in text_of(page)


def test_what_is_said_stays_so_in_another_process():
    one = pickle.loads(pickle.dumps(moved_lever("carbon_price", "2000")))
    assert one == moved_lever("carbon_price", "2000")
    assert text_of(told(one, VIETNAMESE)) == "Giá các-bon: 2000 nằm ngoài giới hạn; cho phép: từ 0 đến 1000 (USD/t CO₂)"


# ---- what has no message -----------------------------------------------------------------------------------------------


def test_what_the_catalogue_lacks_is_quoted_after_a_sentence_and_marked_as_english():
    mistake = Mistake("mine.yaml:3", f"is wrong {EVIL}", "write it otherwise")
    page = told(mistake, VIETNAMESE)
    assert page.startswith("Có chỗ sai trong tệp hoặc dữ liệu được đưa vào.")
    assert '<span lang="en">mine.yaml:3: is wrong &lt;script&gt;' in page
    assert "<script" not in page
    assert text_of(told(mistake, ENGLISH)) == str(mistake)
    in_part = Mistake("store results", Phrase("is damaged", "mistake-damaged"), "make it anew")
    assert told(in_part, VIETNAMESE) == 'store results: đã bị hỏng; <span lang="en">make it anew</span>'


@pytest.mark.parametrize(("error", "sentence"), [
    (RunError("a fault of eipsim: KeyError: 'x'"), "Lần chạy không hoàn thành."),
    (ConservationError("water: 3 m3 are lost"), "Một cân bằng vật chất, năng lượng hoặc tiền không khớp"),
    (InputError(Mistake("mine.yaml:3", "is wrong")), "Có chỗ sai trong tệp hoặc dữ liệu được đưa vào."),
])  # fmt: skip
def test_an_error_is_told_by_its_kind_with_its_own_words_in_english(error, sentence):
    page = shown(Told(VIETNAMESE, error))
    assert sentence in page
    assert f'<span lang="en">{told(str(error), ENGLISH).partition(">")[2]}' in page


# ---- pages -------------------------------------------------------------------------------------------------------------


def shown(element) -> str:
    """The HTML of everything that is drawn."""
    _, drawn = solara.render(element, handle_error=False)
    pages = [widget.html for widget in drawn.find(VueTemplate).widgets if hasattr(widget, "html")]
    drawn.close()
    return "\n".join(pages)


def page_at(address: str, wanted: str) -> str:
    """The text of a page of the dashboard, when `wanted` stands there."""
    _, drawn = solara.render(
        RoutingProvider(children=[Dashboard()], routes=routes, pathname=address), handle_error=False
    )
    end = time.monotonic() + 30.0
    while True:
        text = "\n".join(text_of(w.html) for w in drawn.find(VueTemplate).widgets if hasattr(w, "html"))
        if wanted in text or time.monotonic() > end:
            drawn.close()
            return text
        time.sleep(0.05)


@pytest.mark.parametrize(("address", "sentence"), [
    (f"/?{WRONG}&lang=vi", "scenario: không có kịch bản 'subsidies'; có phải ý bạn là subsidy?"),
    (f"/?{WRONG}&lang=vi", "Giá các-bon: 2000 nằm ngoài giới hạn; cho phép: từ 0 đến 1000"),
    ("/park/Amatta?lang=vi", "không có khu công nghiệp 'Amatta'; có phải ý bạn là Amata?"),
    ("/park/Tr%C3%A0%20N%C3%B3c?lang=vi", "khu công nghiệp hợp với tên 'Trà Nóc'; hãy viết một trong các tên: Trà Nóc 1"),
    ("/province/Can%20Thoo?lang=vi", "không có tỉnh, thành phố 'Can Thoo'; có phải ý bạn là Cần Thơ?"),
    ("/store/xx?lang=vi", "không có kho kết quả 'xx'; cho phép: gone"),
    ("/store/gone?lang=vi", "không có kho kết quả; lệnh `eipsim sweep DESIGN --store DIR` tạo một kho"),
    ("/store/gone", "there is no store; `eipsim sweep DESIGN --store DIR` makes one"),
])  # fmt: skip
def test_a_page_tells_what_a_link_gets_wrong_in_its_language(address, sentence, run):
    assert sentence in page_at(address, sentence)


def test_a_question_about_a_lever_is_asked_in_the_language_of_the_page():
    ask = asked(Moved("capital_subsidy", 0.5, 2026))
    (question,) = questions_of(ask, run_of(ask, Stop()), VIETNAMESE)
    assert "không có tác dụng khi “Ngân sách phiếu hỗ trợ hằng năm” bằng 0" in question
    assert 'lang="en"' not in question


def test_a_question_of_the_tables_of_a_country_is_quoted(run):
    of_own = replace(run, provenance=run.provenance | {"questions": ["parks.csv:3: hardly the area of a park"]})
    (question,) = questions_of(asked(), of_own, VIETNAMESE)
    assert question.startswith("Có một giá trị nên xem lại.")
    assert '<span lang="en">parks.csv:3: hardly the area of a park</span>' in question
