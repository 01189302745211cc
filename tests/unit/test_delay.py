"""`later_by`: what the extended file sets comes later; what it inherits keeps its dates."""

import textwrap

import pytest

from eipsim.errors import InputError
from eipsim.scenarios import load_scenario

PACKAGE = """\
    extends: baseline
    levers:
      carbon_price: {2029: 15, 2050: 120}
      fine_usd: 5000
      soft_loan: {value: 0.5, from: 2026, until: 2048}
      training:
        - {value: 0.5, from: 2026, until: 2030}
        - {value: 1, from: 2046}
      provincial_support: {path: {2026: 0.2, 2030: 1}, until: 2040}
      wastewater_reuse_reform: {2047: 0, 2049: 1}
    programmes:
      Audits: {from: 2026, until: 2030, screening_year: 2027, audits: 10, payer: public, source: assumed}
"""


@pytest.fixture
def later(tmp_path):
    """The package, some years later."""
    (tmp_path / "package.yaml").write_text(textwrap.dedent(PACKAGE), encoding="utf-8")

    def _later(years, more=""):
        file = tmp_path / "later.yaml"
        file.write_text(f"extends: package.yaml\nlater_by: {years}\n{more}", encoding="utf-8")
        return load_scenario(file)

    return _later


def own(scenario, lever):
    return [entry for entry in scenario.levers[lever] if entry.source == "" and entry.value != 8]


def test_paths_and_periods_move_and_end_with_the_calendar(later):
    moved = later(9)
    assert [dict(entry.path) for entry in own(moved, "carbon_price")] == [{2038: 15.0, 2050: 75.0}]
    (loan,) = own(moved, "soft_loan")
    assert (loan.first_year, loan.last_year) == (2035, 2050)
    assert [(entry.first_year, entry.last_year) for entry in own(moved, "training")] == [(2035, 2039)]
    (support,) = own(moved, "provincial_support")
    assert (dict(support.path), support.last_year) == ({2035: 0.2, 2039: 1.0}, 2049)
    audits = moved.programmes["Audits"]
    assert (audits.first_year, audits.last_year, audits.screening_year) == (2035, 2039, 2036)


def test_what_would_begin_after_the_end_is_left_out_and_what_holds_in_all_years_stays(later):
    moved = later(9)
    assert "wastewater_reuse_reform" not in moved.levers
    assert moved.levers["fine_usd"][-1].value == 5000


def test_what_is_inherited_keeps_its_dates(later):
    moved, baseline = later(5), load_scenario("baseline")
    assert moved.levers["carbon_price"][0] == baseline.levers["carbon_price"][0]
    assert moved.programmes["GEIPP phase I"] == baseline.programmes["GEIPP phase I"]


def test_what_the_file_sets_itself_is_laid_over_the_moved_package(later):
    moved = later(9, "levers:\n  soft_loan: {value: 0.7, from: 2040}\n")
    assert [(entry.value, entry.first_year) for entry in moved.levers["soft_loan"]] == [(0.5, 2035), (0.7, 2040)]


def test_an_entry_that_moved_is_still_told_at_its_line(later):
    assert later(9).place(("levers", "soft_loan", 0)).endswith("package.yaml:5")


def test_a_scenario_that_extends_a_later_one_is_no_later_itself(later, tmp_path):
    later(9)
    (tmp_path / "child.yaml").write_text("extends: later.yaml\n", encoding="utf-8")
    assert load_scenario(tmp_path / "child.yaml") == load_scenario(tmp_path / "later.yaml")


@pytest.mark.parametrize("years", ["-1", "0", "40", "1.5", "soon", "true"])
def test_a_shift_that_makes_no_sense_is_told_at_its_line(later, years):
    with pytest.raises(InputError, match=r"later.yaml:2: later_by"):
        later(years)


def test_a_shift_of_nothing_is_told(tmp_path):
    (tmp_path / "alone.yaml").write_text("title: alone\nlater_by: 3\n", encoding="utf-8")
    with pytest.raises(InputError, match="moves nothing: this scenario extends none"):
        load_scenario(tmp_path / "alone.yaml")
