"""A park is found by what people call it: with or without accents, in any numerals, with KCN, a brand or a province around it."""

import csv
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import eipsim
from eipsim.core.names import fold_name, words_of
from eipsim.core.park_names import (
    A_PARK,
    PERHAPS_NO_NAME,
    Called,
    accents_of,
    is_called,
    parks_called,
    parts_of,
    plain_words,
)
from eipsim.errors import InputError
from eipsim.explain.wording import Explanation
from eipsim.outcomes.binding import Finder, NotFoundError
from eipsim.outcomes.expressions import parse_filters
from eipsim.policy.targets import TargetFinder
from eipsim.world import build_world

FILE = Path(eipsim.__file__).parent / "data" / "parks" / "parks.csv"
with FILE.open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
LIST = [
    Called(r["park_id"], (r["name_vi"], r["name_ascii"]), r["operator_group"], r["operator"], r["province_2024"])
    for r in ROWS
]
IDS = [park.id for park in LIST]
BY_WORDS = defaultdict(set)  # parks of one name, as Tân Đức in two provinces
for park in LIST:
    BY_WORDS[plain_words(park.names[1])].add(park.id)
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI"}
parks = st.sampled_from(LIST)


def found(name):
    return [IDS[row] for row in parks_called(name, LIST)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("P352", "P352"), ("p352", "P352"), ("amata", "P352"), ("KCN Amata", "P352"), ("Amata Industrial Park", "P352"),
        ("Khu công nghiệp Amata", "P352"), ("khu cong nghiep amata", "P352"), ("Amata park", "P352"),
        ("Amata Đồng Nai", "P352"), ("Amata Ha Long", "P062"), ("AMATA IZ", "P352"),
        ("Đình Vũ", "P016"), ("KCN Dinh Vu", "P016"), ("DEEP C Hai Phong 1", "P016"), ("deep c 2", "P017"),
        ("DEEP C Quang Ninh", "P063"), ("Nam Cau Kien eco-industrial park", "P022"), ("namcaukien", "P022"),
        ("Trà Nóc II", "P457"), ("tra noc 2", "P457"), ("KCN Trà Nóc I", "P456"), ("tranoc1", "P456"),
        ("vsip1", "P324"), ("VSIP 2A", "P326"), ("VSIP III", "P327"), ("VSIP Hải Dương", "P044"),
        ("Becamex Bàu Bàng", "P331"), ("Viglacera Tien Son", "P078"), ("Kinh Bac Que Vo", "P082"), ("Que Vo 1", "P082"),
        ("KCX Linh Trung 3", "P395"), ("Export processing zone Tan Thuan", "P279"), ("Hoa Khanh", "P213"),
        ("Biên Hoà 2", "P351"), ("Phú Mỹ 3", "P312"), ("Phù Mỹ", "P250"), ("Tâm Thắng", "P271"), ("Tam Thăng", "P225"),
        ("My Xuan A", "P313"), ("Bắc Thăng Long", "P001"), ("Texhong", "P061"), ("KCN Sạch", "P101"),
    ],
)  # fmt: skip
def test_a_park_of_the_list_is_found_by_what_people_call_it(written, meant):
    assert found(written) == [meant]


@pytest.mark.parametrize(
    ("written", "among"),
    [
        ("Trà Nóc", {"P456", "P457"}), ("Tân Đức", {"P265", "P422"}), ("Phú Mỹ", {"P250", "P310", "P311", "P312"}),
        ("Becamex", {"P249", "P331", "P347", "P384"}), ("VSIP Binh Duong", {"P324", "P325", "P326", "P327"}),
        ("thaco", {"P221", "P229"}), ("DEEP C", {"P016", "P017", "P063"}),
    ],
)  # fmt: skip
def test_what_fits_several_parks_means_all_of_them(written, among):
    assert among <= set(found(written))


@pytest.mark.parametrize(
    "name", ["", " ", "KCN", "industrial park", "Khu công nghiệp", "park", "Nowhere", "1", "?", "P999"]
)
def test_what_names_no_park_finds_none_or_many_but_never_one(name):
    assert len(found(name)) != 1


def test_a_number_is_not_cut():
    ten = [Called("A", ("Phú Mỹ 10",)), Called("B", ("Phú Mỹ 2A",))]
    assert parks_called("phumy1", ten) == parks_called("phumy2", ten) == []
    assert parks_called("phumy10", ten) == [0]
    assert parks_called("phumy2a", ten) == [1]


# ---- many users type names -------------------------------------------------------------------------------------------


def in_numerals(name, roman):
    """The name with its plain numbers written the other way."""
    to = ROMAN if roman else {number: arabic for arabic, number in ROMAN.items()}
    return " ".join(to.get(word, word) for word in name.split())


@st.composite
def spellings(draw):
    """A park, and its full name as somebody may write it."""
    park = draw(parks)
    name = in_numerals(draw(st.sampled_from(park.names)), draw(st.booleans()))
    name = draw(st.sampled_from([str, str.upper, str.lower, fold_name]))(name)
    name = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])), name)
    said = draw(st.sampled_from(["", *A_PARK]))
    before, after = (said, "") if draw(st.booleans()) else ("", said)
    blanks = draw(st.sampled_from([" ", "  ", " - ", "\t", "_"]))
    return park, blanks.join(filter(None, [before, *name.split(), after]))


@given(spellings())
def test_a_full_name_is_found_however_it_is_spelt_and_never_another(case):
    park, written = case
    assert park.id in found(written), written
    of_one_name = BY_WORDS[plain_words(park.names[1])] | {
        other.id for other in LIST if any(fold_name(name) == fold_name(written) for name in other.names)
    }
    assert set(found(written)) <= of_one_name, written


@given(parks, st.data())
def test_any_words_of_a_name_find_a_park(park, data):
    words = data.draw(st.lists(st.sampled_from(words_of(park.names[0])), min_size=1, unique=True))
    if set(plain_words(" ".join(words))) - PERHAPS_NO_NAME:
        assert found(" ".join(words)), words


@given(parks.filter(lambda park: park.brand or park.operator), st.booleans())
def test_brand_and_name_together_find_the_park(park, behind):
    brand = park.brand or park.operator
    written = f"{park.names[1]} {brand}" if behind else f"{brand} {park.names[1]}"
    assert park.id in found(written)


@given(parks, st.booleans())
def test_name_and_province_together_find_the_park(park, behind):
    both = (park.names[0], park.province) if behind else (park.province, park.names[0])
    assert park.id in found(" ".join(both))


@given(st.text(max_size=40))
def test_any_text_finds_each_park_at_most_once_and_nothing_else_happens(text):
    rows = parks_called(text, LIST)
    assert rows == sorted(set(rows))
    assert set(rows) <= set(range(len(LIST)))


@given(st.one_of(spellings().map(lambda case: case[1]), st.text(max_size=20)), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(written, random):
    shuffled = random.sample(LIST, len(LIST))
    assert {shuffled[row].id for row in parks_called(written, shuffled)} == set(found(written))


@given(spellings())
def test_accents_tell_names_apart_and_hide_none(case):
    _, written = case
    plainly = set(found(fold_name(written)))
    with_accents = {park.id for park in LIST if accents_of(written) <= accents_of(park.names[0])}
    assert set(found(written)) <= plainly | with_accents


@given(st.text(max_size=30))
def test_words_and_parts_of_any_text_are_words_and_parts(text):
    assert all(word == word.strip() and word for word in plain_words(text))
    assert all("(" not in part and ")" not in part for part in parts_of(text)[1:])


# ---- wherever a park is asked for --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return build_world("vietnam", 1)


def test_a_world_finds_parks_as_people_call_them_and_lists_those_that_fit(world):
    for written, meant in [("KCN Đình Vũ", "P016"), ("Becamex Bau Bang", "P331"), ("tra noc ii", "P457")]:
        assert world.park_ids[world.park_index(written)] == meant
    with pytest.raises(InputError) as caught:
        world.park_index("Tan Duc")
    told = str(caught.value)
    assert "fits 2; write one of: " in told
    assert "Tân Đức (P265, Bình Thuận)" in told
    assert "Tân Đức (P422, Long An)" in told


def test_the_brand_is_that_of_the_list_and_not_a_drawn_group(world):
    of_list = {row["park_id"] for row in ROWS if row["operator_group"] or row["operator"]}
    assert set(world.operators) <= of_list
    assert world.operators["P331"][0] == "Becamex"


def test_aims_of_a_scenario_and_filters_find_the_same_park(world):
    finder = TargetFinder(world, lambda where: "case.yaml:3")
    asked = Finder(world, (), "baseline")
    for written in ("KCN Hiep Phuoc", "Amata industrial park", "deep c 2"):
        (one,) = parse_filters(f'park="{written}"')
        assert asked.find(one) == ("park", (finder.park(written, "case.yaml:3"),))
    assert not finder.mistakes
    finder.park("Trà Nóc", "case.yaml:4")
    assert "case.yaml:4: park 'Trà Nóc' fits 2; write one of: Trà Nóc 1 (P456, Cần Thơ)" in str(finder.mistakes[0])
    with pytest.raises(NotFoundError, match="fits 2"):
        asked.row("park", "Trà Nóc")


def test_explain_finds_it_too(world):
    from eipsim.model.model import EIPModel

    model = EIPModel("no-eip-policy", "pilot-parks", 1)
    told = model.explain_park(model.world.park_index("khu công nghiệp Trà Nóc II"), 2016)
    assert isinstance(told, Explanation)
    assert told.title.startswith("Trà Nóc 2 (P457, Cần Thơ)")


def test_what_a_part_of_the_country_leaves_out_is_known_by_any_of_its_names():
    part = build_world("pilot-parks", 1)
    finder = TargetFinder(part, lambda where: "case.yaml:3")
    assert finder.park("KCN Quế Võ III", "case.yaml:3") is None
    assert finder.park("Nhon Trach 5 industrial park", "case.yaml:4") is None
    assert finder.park("Becamex Bau Bang", "case.yaml:5") is None
    assert not finder.mistakes
    assert is_called("KCN Quế Võ III", part.left_out)
