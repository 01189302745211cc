"""The catalogue: both languages say the same with the same variables, and write numbers, units and dates as is usual there."""

import datetime
import re

import pytest

from eipsim.certification.criteria import CRITERIA
from eipsim.errors import InputError
from eipsim.exchanges.catalogue import read_exchange_types
from eipsim.infrastructure.items import item_names
from eipsim.language import LANGUAGES, language
from eipsim.language.language import FOLDER, slug
from eipsim.market.catalogue import measure_names
from eipsim.outcomes.attribution import AT_RENEWAL
from eipsim.outcomes.registry import QUANTITIES
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario
from eipsim.world.recipe import read_recipe

NAMES = (
    "unit-", "outcome-", "lever-", "help-", "scenario-", "sector-", "measure-", "system-", "exchange-", "criterion-", "aim-",
)  # fmt: skip  # English has these from data files


def messages(code: str) -> dict[str, set[str]]:
    """The variables of every message of a catalogue."""
    text = (FOLDER / f"{code}.ftl").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for block in re.split(r"\n(?=[a-zA-Z])", text):
        name = re.match(r"([a-zA-Z][\w-]*) =", block)
        if name:
            assert name[1] not in found, f"{code}.ftl has {name[1]} twice"
            found[name[1]] = set(re.findall(r"\$(\w+)", re.sub(r"(?m)^#.*$", "", block)))
    return found


def test_both_languages_have_the_same_sentences_with_the_same_variables():
    english, vietnamese = ({n: v for n, v in messages(code).items() if not n.startswith(NAMES)} for code in LANGUAGES)
    assert english == vietnamese


def test_every_outcome_and_its_unit_has_a_vietnamese_name():
    said = messages("vi")
    assert [name for name in QUANTITIES if f"outcome-{name}" not in said] == []
    assert {outcome.unit for outcome in QUANTITIES.values() if f"unit-{slug(outcome.unit)}" not in said} == set()
    assert {lever.unit for lever in LEVERS.values() if f"unit-{slug(lever.unit)}" not in said} == {"0-1"}


def test_no_name_is_of_what_does_not_exist():
    assert {n.removeprefix("outcome-") for n in messages("vi") if n.startswith("outcome-")} <= QUANTITIES.keys()


def test_numbers_are_written_as_is_usual():
    english, vietnamese = language("en"), language("vi")
    assert english.quantity(1_234_567.0, "tCO2/yr") == "1.23 million tCO₂/yr"
    assert vietnamese.quantity(1_234_567.0, "tCO2/yr") == "1,23 triệu tCO₂/năm"
    assert vietnamese.quantity(-0.0476, "share") == "−4,76 %"
    assert (english.say("counted-parks", n=1), english.say("counted-parks", n=2000)) == ("1 park", "2,000 parks")
    assert vietnamese.say("counted-parks", n=2000) == "2.000 khu công nghiệp"


def test_both_ends_of_an_interval_stand_in_one_scale():
    assert language("en").range(900_000.0, 2_100_000.0, "USD") == "0.9 to 2.1 million USD"
    assert language("vi").range(0.1, 0.25, "share") == "10 đến 25 %"
    assert language("vi").range(283_000.0, 563_000.0, "tCO2") == "283 đến 563 nghìn tCO₂"
    assert language("en").range(1.0, 3.0, "") == "1 to 3"


def test_dates_are_written_as_is_usual():
    day = datetime.date(2026, 11, 30)
    assert (language("en").date(day), language("vi").date(day)) == ("Nov 30, 2026", "30 thg 11, 2026")


def test_a_sentence_that_lacks_something_is_a_fault_and_never_shown_in_part():
    with pytest.raises(ValueError, match="counted-parks"):
        language("en").say("counted-parks")
    with pytest.raises(KeyError, match="no message nonsense"):
        language("en").say("nonsense")


@pytest.mark.parametrize("code", ["xx", "EN", "vn", "", 3])
def test_another_language_is_refused(code):
    with pytest.raises(InputError, match="lang"):
        language(code)


def vietnamese_names_of() -> dict[str, list[str]]:
    """What a page or report names, by the kind of its messages."""
    return {
        "sector": [row.arch_id for row in read_recipe("vietnam").archetypes],
        "measure": [*measure_names(), *AT_RENEWAL],
        "system": list(item_names()),
        "exchange": list(read_exchange_types().ids),
        "lever": list(LEVERS),
        "help": list(LEVERS),
        "scenario": list_scenarios(),
        "criterion": list(CRITERIA),
        "aim": list(dict.fromkeys(target for name in list_scenarios() for target in load_scenario(name).targets)),
    }


@pytest.mark.parametrize("kind", vietnamese_names_of())
def test_everything_that_is_named_has_a_vietnamese_name(kind):
    names = vietnamese_names_of()[kind]
    said = {name for name in messages("vi") if name.startswith(f"{kind}-") and not name.startswith("aim-source-")}
    assert said == {f"{kind}-{slug(name)}" for name in names}


def test_vietnamese_names_tell_things_apart():
    vietnamese = language("vi")
    for kind, names in vietnamese_names_of().items():
        assert len({vietnamese.named(kind, name) for name in names}) == len(names), kind
