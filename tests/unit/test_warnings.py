"""What is no mistake and worth a warning: settings without effect, values far from all that is used, dong for dollars."""

import pytest

from eipsim.scenarios.checking import questions_about
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import apply_settings, load_scenario, scenario_below
from eipsim.scenarios.needless import needless_settings
from eipsim.scenarios.unusual import USED, levels_of_library, unusual_values
from eipsim.world import build_world

WORLD = build_world("pilot-parks", 1)
SUBSIDY = "extends: baseline\nlevers:\n  capital_subsidy: {value: 0.1, from: 2026}\n"
BUDGET = "  subsidy_budget_usd: "


@pytest.fixture
def warned(tmp_path):
    """The warnings about a scenario file of this text."""

    def _warned(text, name="mine.yaml"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return [str(one).removeprefix(f"{tmp_path}/") for one in questions_about(load_scenario(file), WORLD)]

    return _warned


@pytest.mark.parametrize("name", list_scenarios())
def test_the_library_is_worth_no_warning(name):
    assert questions_about(load_scenario(name), WORLD) == []


def test_the_file_of_levels_is_what_the_library_uses():
    used = levels_of_library([load_scenario(name) for name in list_scenarios()])
    lines = [f"{name},{of.least:.10g},{of.most:.10g}" for name, of in used.items()]
    assert USED.read_text(encoding="utf-8").splitlines() == ["setting,least,most", *lines]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("title: nothing", 1, "sets nothing at all: it is no-eip-policy"),
        ("title: as it is\nextends: baseline", 1, "sets nothing that baseline does not"),
        ("extends: baseline\nlevers: {}\nprogrammes: {}", 1, "sets nothing that baseline does not"),
        ("extends: baseline\nlevers:\n  training: 1\n  fine_usd: 2370", 4, "levers.fine_usd = 2,370 in all years has no effect"),
        ("levers:\n  training: 0\n  fine_usd: 1", 2, "levers.training = 0 in all years has no effect"),
        ("years: 2015-2020\nlevers: {fine_usd: 1}\nextends: no-eip-policy\nprogrammes: {}", 0, ""),
        ("years: 2015-2020\nlevers:\n  training: {2030: 1}\n  fine_usd: 1", 3, "so anyway in the years of the run; 2015 to 2020"),
        ("extends: baseline\nprogrammes:\n  GEIPP phase I: {audits: 90}\nlevers: {training: 1}", 3, "phase I has no effect"),
        ("programmes:\n  A: {from: 2026, until: 2030}\nlevers: {training: 1}", 2, "it has no audits"),
        (SUBSIDY, 3, "no effect while subsidy_budget_usd is 0; set levers.subsidy_budget_usd for the same years"),
        (f"{SUBSIDY}{BUDGET}{{value: 3.0e+7, from: 2026}}", 0, ""),
        (f"{SUBSIDY}{BUDGET}{{value: 3.0e+7, from: 2020, until: 2025}}", 3, "no effect while subsidy_budget_usd is 0"),
        (f"extends: baseline\nlevers:\n{BUDGET}30000000", 3, "no effect while capital_subsidy is 0"),
        (f"extends: subsidy\nlevers:\n{BUDGET}0", 3, "levers.capital_subsidy"),
        (f"{SUBSIDY}{BUDGET}700000000000", 4, "700,000,000,000 USD/yr is far outside"),
        (f"{SUBSIDY}{BUDGET}700000000000", 4, "is it in dong? 700,000,000,000 VND are 29,000,000 USD"),
        ("extends: baseline\nlevers:\n  fine_usd: 50000000", 3, "is it in dong? 50,000,000 VND are 2,070 USD"),
        ("extends: baseline\nlevers:\n  landfill_charge_usd_t: {2030: 10, 2040: 900}", 3, "900 USD/t is far outside"),
        ("extends: baseline\nprogrammes:\n  A:\n    from: 2026\n    until: 2030\n    audits: 99\n    budget_usd: 120000000000",
         7, "programmes.A.budget_usd = 120,000,000,000 is far outside"),
        ("extends: baseline\nprogrammes:\n  A: {from: 2026, until: 2030, audits: 1000000}", 3, "programmes.A.audits = 1,000,000"),
        ("extends: baseline\nparameters:\n  behaviour.peer_weight: 50", 3, "= 50 is outside the range of the data; 0 to 2"),
        ("extends: baseline\nparameters: {behaviour.peer_weight: 0}", 0, ""),
        ("extends: full-package\nlater_by: 5", 0, ""),
        ("extends: baseline\nlevers: {carbon_price: 60, fine_usd: 9000}", 0, ""),
    ],
)  # fmt: skip
def test_what_hardly_is_meant_is_told_at_its_line_with_the_value(warned, text, line, words):
    told = warned(text)
    if not line:
        assert told == []
    else:
        assert [one for one in told if one.startswith(f"mine.yaml:{line}: ") and words in one], told


def test_a_setting_over_a_scenario_is_warned_of_by_its_own_words():
    base = load_scenario("baseline")
    far, idle = apply_settings(base, {"behaviour.peer_weight": "50"}), apply_settings(base, {"levers.fine_usd": "2370"})
    assert str(unusual_values(far)[0]).startswith(
        "setting behaviour.peer_weight=50: behaviour.peer_weight = 50 is outside"
    )
    assert str(needless_settings(idle)[0]).startswith(
        "setting levers.fine_usd=2370: levers.fine_usd = 2,370 in all years has no"
    )


def test_what_a_file_between_says_is_told_once_and_not_where_it_is_overridden(warned, tmp_path):
    warned("extends: baseline\nlevers:\n  fine_usd: 50000000\n  landfill_charge_usd_t: 900", "below.yaml")
    above = warned("extends: below.yaml\nlevers:\n  fine_usd: 9000\n  training: 1")
    assert [one.partition(": ")[0] for one in above] == ["below.yaml:4"]
    assert scenario_below(load_scenario(tmp_path / "mine.yaml")).name == "below"


def test_a_file_that_mends_the_one_it_extends_is_checked_all_the_same(warned, tmp_path):
    (tmp_path / "below.yaml").write_text("levers: {fine_usd: -5}", encoding="utf-8")
    assert warned("extends: below.yaml\nlevers: {fine_usd: 9}") == []
