"""Names: the same name however it is written is found, another one is not, and no name reaches a terminal raw."""

import unicodedata

import pytest

from eipsim.cli.listings import listing_of
from eipsim.core.names import fold_name, printable, rows_called, shown, words_of
from eipsim.errors import InputError, Mistake, did_you_mean
from eipsim.market.catalogue import measure_called, measure_names
from eipsim.policy.targets import TargetFinder
from eipsim.scenarios.loading import apply_settings, load_scenario
from eipsim.world import build_world

PARKS = [
    ("P1", "Batamindo Industrial Park"),
    ("P2", "Phú Mỹ I"),
    ("P3", "Phú Mỹ II"),
    ("P4", "Phú Mỹ II mở rộng"),
    ("P5", "Łódź Wschód"),
    ("P6", "Đình Vũ"),
    ("P7", "Zone 07 Nord"),
]


@pytest.mark.parametrize(
    ("written", "park"),
    [
        ("p1", "P1"), ("Batamindo", "P1"), ("batamindo  park", "P1"), ("Phu My 2", "P3"), ("PHÚ MỸ 1", "P2"),
        ("phu my ii", "P3"), ("Phu My 2 mo rong", "P4"), ("Phu My II expansion", None), ("Lodz", "P5"),
        ("dinh vu", "P6"), ("Ðình Vũ", "P6"), (unicodedata.normalize("NFD", "Đình Vũ"), "P6"), ("zone 7", "P7"),
        ("Zone VII", "P7"), ("My", None), ("", None), ("Kabil", None), ("P", None),
    ],
)  # fmt: skip
def test_a_park_is_found_by_what_people_call_it(written, park):
    rows = rows_called(written, PARKS)
    assert [PARKS[row][0] for row in rows] == [park] if park else len(rows) != 1


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("name", ["Côte Nord", "Thừa Thiên Huế", "Ångström", "São Tomé", "북도", "กรุงเทพ", "Ёлкино"])
def test_every_form_of_unicode_is_the_same_name(form, name):
    assert fold_name(unicodedata.normalize(form, name)) == fold_name(name)
    assert words_of(unicodedata.normalize(form, name)) == words_of(name)


@pytest.mark.parametrize(
    ("one", "other"), [("L’Aquila", "L'Aquila"), ("North‑Coast", "north-coast"), ("A – B", "A - B")]
)
def test_the_signs_of_word_processors_make_no_other_name(one, other):
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("กิน", "กัน"), ("カ", "ガ"), ("कि", "की"), ("A 1", "A 11"), ("Mix", "M 9")])
def test_other_letters_are_another_name(one, other):
    assert fold_name(one) != fold_name(other)
    assert words_of(one) != words_of(other)


def test_contained_words_come_before_likeness_in_a_hint():
    assert did_you_mean("LED", ["Red lights", "LED lighting", "Lead"]) == "did you mean LED lighting?"
    assert did_you_mean("carbon prise", ["carbon_price", "fine_usd"]) == "did you mean carbon_price?"
    assert did_you_mean("Cote Nrd", ["Côte Nord", "Plaine Sud"]) == "did you mean Côte Nord?"
    assert did_you_mean("firm", ["firms", "employees_per_firm"]) == "did you mean firms?"
    assert did_you_mean("x", []) == "there is none to choose from"


def test_the_hint_for_a_name_without_end_comes_at_once():
    assert len(did_you_mean("a" * 3_000_000, [f"name {n}" for n in range(1000)])) < 200


@pytest.mark.parametrize(
    "evil", ["\x1b[31mred", "bell\x07", "\x9b2J", "left\u202eright", "line\nbreak", "zero\u200bwidth"]
)
def test_nothing_in_a_message_is_obeyed_by_a_terminal(evil):
    for text in (printable(evil), shown(evil), str(Mistake(evil, evil, evil)), str(InputError(Mistake("x", evil)))):
        assert text.isprintable()
        assert "\\" in text


def test_parks_of_a_world_are_found_by_words_and_a_word_of_many_lists_them():
    world = build_world("vietnam", 1)
    assert world.park_index("Phu My 2") == world.park_index("Phú Mỹ II")
    with pytest.raises(InputError, match=r"park 'Nhon Trach' fits \d+; write one of: ") as caught:
        world.park_index("Nhon Trach")
    assert "(P" in str(caught.value)


def test_what_a_part_of_the_country_leaves_out_is_not_taken_for_another_park():
    country, part = build_world("vietnam", 1), build_world("pilot-parks", 1)
    left_out = next(name for name in country.park_names if name not in part.park_names)
    finder = TargetFinder(part, lambda where: "case.yaml:3")
    assert finder.park(left_out, "case.yaml:3") is None
    assert finder.park("Phu My 2", "case.yaml:4") is None
    assert not finder.mistakes
    assert finder.park("Nowhere Park", "case.yaml:5") is None
    assert "case.yaml:5" in str(finder.mistakes[0])


@pytest.mark.parametrize("written", ["LED", "led lighting", "Lighting", "M01", "m01", "LIGHTING, led"])
def test_a_measure_is_found_by_what_people_call_it(written):
    assert measure_called(written) == measure_names().index("lighting")


def test_a_word_of_several_measures_lists_them_and_a_misspelt_one_is_helped():
    with pytest.raises(InputError, match=r"'boiler' fits \d measures; write one of: .*biomass-boiler"):
        measure_called("boiler")
    with pytest.raises(InputError, match="did you mean"):
        measure_called("compresed air")


@pytest.mark.parametrize("written", ["Full Package", "full_package", "FULL-PACKAGE", "full‑package"])
def test_a_scenario_and_a_setting_are_found_however_their_words_are_joined(written):
    assert load_scenario(written).name == "full-package"
    assert apply_settings(load_scenario("baseline"), {"Behaviour.Peer-Weight": 0.25}).parameters == {
        "behaviour.peer_weight": 0.25
    }


def test_a_word_of_a_scenario_is_a_hint_and_never_another_run():
    with pytest.raises(InputError, match="did you mean carbon-price"):
        load_scenario("carbon")


@pytest.mark.parametrize(
    ("kind", "search", "first"),
    [
        ("measures", "LED", "M01"),
        ("parks", "Phu My 2", "P311"),
        ("parks", "dinh vu", "P0"),
        ("outcomes", "parks certified", "parks_certified"),
    ],
)
def test_what_is_called_so_comes_first_in_a_listing(kind, search, first):
    rows = listing_of(kind, "pilot-parks" if kind == "measures" else "vietnam", search)
    assert next(iter(rows[0].values())).startswith(first), rows[0]


def test_a_measure_by_its_label_gives_its_figures():
    assert listing_of("measures", "pilot-parks", "led lighting") == listing_of("measures", "pilot-parks", "M01")
