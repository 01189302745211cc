"""Decree files and what is granted under them: mistakes, procedure, dossiers, capacity, validity, renewal."""

import dataclasses
import datetime

import numpy as np
import pytest
from helpers import tiny_world
from hypothesis import given
from hypothesis import strategies as st

from eipsim.agents.operator.columns import APPLIED, CERTIFIED, NO_CERTIFICATE, OPERATOR_COLUMNS, PREPARING, REVOKED
from eipsim.certification.binding import BINDING, binding
from eipsim.certification.criteria import ParkRecords, findings, measure, standing_of
from eipsim.certification.year import decide
from eipsim.core.columns import new_table
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.policy.decrees import COMPLY_WITHIN, Criterion, Decree, read_decrees
from eipsim.runs.simulation import simulate

HEAD = "rule_id,in_force_from,in_force_to,criterion,threshold,unit,procedure_available_from"
RECP = "tenant firms applying RECP"
LINKS = "industrial symbiosis links"
VALIDITY = "certificate validity"


def written(folder, *rows, head=HEAD, name="decree.csv"):
    file = folder / name
    file.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return str(file)


def read(folder, *rows, **more):
    return read_decrees((written(folder, *rows, **more),))


def mistakes(folder, *rows, **more):
    with pytest.raises(InputError) as caught:
        read(folder, *rows, **more)
    return [str(mistake) for mistake in caught.value.mistakes]


# ---- reading ---------------------------------------------------------------------------------------------------------


def test_the_enacted_decrees_are_in_the_data():
    first, second = read_decrees()
    assert (first.rule_id, second.rule_id) == ("D82-2018", "D35-2022")
    assert not first.governs(2017)
    assert first.governs(2018)
    assert first.governs(2021)
    assert second.governs(2022)
    assert not second.open_in(2024)
    assert second.open_in(2025)
    assert second.validity == 5
    assert not any(first.open_in(year) for year in range(2015, 2051))
    assert LINKS in [criterion.sentence for criterion in first.criteria]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            "X,2020-01-01,,tenant firms applying RCEP,0.2,share of firms,2020-01-01",
            "did you mean tenant firms applying RECP",
        ),
        (f"X,2020-01-01,,{RECP},-0.1,share of firms,2020-01-01", "out of range"),
        (f"X,2020-01-01,,{RECP},20,share of firms,2020-01-01", "not a share"),
        (f"X,2020-01-01,,{RECP},20,per cent of firms,2020-01-01", "not a share"),
        (f"X,2020-01-01,,{RECP},nan,share of firms,2020-01-01", "out of range"),
        (f"X,2020-01-01,,{RECP},inf,share of firms,2020-01-01", "out of range"),
        (f"X,2020-01-01,,{RECP},a fifth,share of firms,2020-01-01", "not a number"),
        (f"X,2020-01-01,,{RECP},,share of firms,2020-01-01", "not a number"),
        (f"X,1 May 2020,,{RECP},0.2,share of firms,2020-01-01", "not a date"),
        (f"X,2020-01-01,2020-13-01,{RECP},0.2,share of firms,2020-01-01", "not a date"),
        (f"X,2020-01-01,,{RECP},0.2,share of firms,soon", "not a date"),
        (f"X,,,{RECP},0.2,share of firms,2020-01-01", "no date of entry into force"),
        (f"X,2020-01-01,2019-01-01,{RECP},0.2,share of firms,2020-01-01", "ends before it begins"),
        (f"X,2020-01-01,,{VALIDITY},0,years,2020-01-01", "at least 1"),
        (f"X,2020-01-01,,{VALIDITY},2.5,years,2020-01-01", "whole number"),
        (f",2020-01-01,,{RECP},0.2,share of firms,2020-01-01", "no name"),
        (f"X,2020-01-01,,{RECP}", "values are missing"),
        (f"X,2020-01-01,,{RECP},0.2,share of firms,2020-01-01,more,and more", "more values than columns"),
    ],
)
def test_a_mistake_in_a_row_is_told_with_its_line(tmp_path, row, told):
    good = f"X,2020-01-01,,{LINKS},1,links,2020-01-01"
    found = mistakes(tmp_path, good, row)
    assert any(told in text for text in found), found
    assert all("decree.csv:3" in text for text in found), found


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    found = mistakes(tmp_path, f"X,2020-01-01,,{RECP},2,share of firms,", "X,2020-01-01,,nothing,1,links,tomorrow")
    assert len(found) == 3


def test_missing_columns_and_unreadable_files_are_mistakes(tmp_path):
    assert "criterion" in mistakes(tmp_path, "X,2020-01-01", head="rule_id,in_force_from")[0]
    with pytest.raises(InputError, match="cannot be read"):
        read_decrees((str(tmp_path / "no such file.csv"),))
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        read_decrees((str(binary),))


def test_two_decrees_in_force_at_once_are_a_mistake(tmp_path):
    rows = [f"{name},2020-01-01,,{RECP},0.2,share of firms,2020-01-01" for name in ("A", "B")]
    assert "at the same time" in mistakes(tmp_path, *rows)[0]


def test_rows_of_one_decree_that_disagree_on_its_dates_are_a_mistake(tmp_path):
    rows = [f"A,2020-01-01,,{RECP},0.2,share of firms,2020-01-01", f"A,2021-01-01,,{LINKS},1,links,2020-01-01"]
    assert "differ" in mistakes(tmp_path, *rows)[0]


def test_a_criterion_said_twice_is_a_mistake(tmp_path):
    rows = [f"A,2020-01-01,,{RECP},{share},share of firms,2020-01-01" for share in (0.2, 0.3)]
    assert "twice" in mistakes(tmp_path, *rows)[0]


def test_a_file_that_was_changed_is_read_again(tmp_path):
    strict = read(tmp_path, f"A,2020-01-01,,{RECP},0.9,share of firms,2020-01-01")
    lenient = read(tmp_path, f"A,2020-01-01,,{RECP},0.1,share of firms,2020-01-01")
    assert (strict[0].criteria[0].threshold, lenient[0].criteria[0].threshold) == (0.9, 0.1)


def test_a_decree_without_conditions_asks_for_nothing(tmp_path):
    decree = read(tmp_path, f"A,2020-01-01,,{VALIDITY},5,years,2020-01-01")[0]
    facts = facts_of(10, 0)
    decide(decree, facts, np.array([4.0]), np.array([0.5]), constants())
    assert facts.operators.certificate[0] == APPLIED


def decrees_or_mistakes(file):
    """Decrees, or a list of mistakes that is not empty; anything else is raised."""
    try:
        return read_decrees((file,))
    except InputError as error:
        return error.mistakes or None


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_mistakes(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("decrees") / "any.csv"
    file.write_text(f"{HEAD}\n{text}\n", encoding="utf-8", errors="replace")
    assert decrees_or_mistakes(str(file)) is not None


@given(
    st.lists(
        st.sampled_from(["X", "", "2020-01-01", RECP, LINKS, VALIDITY, "0.2", "1", "nan", "-3", "links"]), max_size=9
    )
)
def test_any_row_of_plausible_cells_is_read_or_refused(tmp_path_factory, cells):
    file = written(tmp_path_factory.mktemp("decrees"), ",".join(cells))
    assert decrees_or_mistakes(file) is not None


# ---- granting --------------------------------------------------------------------------------------------------------


def constants(dossier_years=1.0):
    return EIPModel(
        "no-eip-policy", tiny_world(1), settings={"regulators.dossier_years": dossier_years}
    ).state.market.constants


def facts_of(firms, adopters, year=2026, n=1, **columns):
    """Facts of `n` equal committed parks."""
    operators = new_table(n, OPERATOR_COLUMNS, commit_year=2020, certificate=PREPARING)
    for name, value in columns.items():
        operators[name][...] = value
    counts = [np.full(n, count) for count in (firms, 0, adopters, adopters)]
    return ParkRecords(year, *counts, operators)


def easy(folder, validity=3, share=0.2):
    return read(
        folder,
        f"A,2020-01-01,,{RECP},{share},share of firms,2025-01-24",
        f"A,2020-01-01,,{VALIDITY},{validity},years,2025-01-24",
    )[0]


def live(decree, path, capacity=4.0, c=None):
    """The certificate of one park whose adopters in each year from 2026 are `path`, of ten firms."""
    operators, states = facts_of(10, 0).operators, []
    for year, adopters in enumerate(path, start=2026):
        counts = [np.array([count]) for count in (10, 0, adopters, adopters)]
        facts = ParkRecords(year, *counts, operators)
        decide(decree, facts, np.array([capacity]), np.array([0.5]), c or constants())
        states.append(int(operators.certificate[0]))
    return states, operators


def test_a_park_applies_waits_is_certified_and_renewed_while_it_passes(tmp_path):
    states, operators = live(easy(tmp_path), [2] * 8)
    assert states == [APPLIED, *[CERTIFIED] * 7]
    assert operators.certified_year[0] == 2033  # granted 2027, renewed every three years


def test_a_park_that_fails_when_its_certificate_ends_loses_it_and_can_apply_again(tmp_path):
    states, _ = live(easy(tmp_path), [2, 2, 1, 1, 1, 1, 2, 2])
    assert states == [APPLIED, CERTIFIED, CERTIFIED, CERTIFIED, REVOKED, REVOKED, APPLIED, CERTIFIED]


def test_a_park_that_fails_while_its_dossier_is_processed_goes_back_to_preparing(tmp_path):
    states, _ = live(easy(tmp_path), [2, 1, 2, 2])
    assert states == [APPLIED, PREPARING, APPLIED, CERTIFIED]


def test_dossiers_take_their_years(tmp_path):
    states, _ = live(easy(tmp_path), [2] * 5, c=constants(3.0))
    assert states == [APPLIED, APPLIED, APPLIED, CERTIFIED, CERTIFIED]


def test_nobody_applies_before_the_procedure_exists(tmp_path):
    facts = facts_of(10, 10, year=2024)
    decide(easy(tmp_path), facts, np.array([4.0]), np.array([0.5]), constants())
    assert facts.operators.certificate[0] == PREPARING


def test_a_park_that_has_not_committed_does_not_apply(tmp_path):
    facts = facts_of(10, 10, commit_year=0, certificate=NO_CERTIFICATE)
    decide(easy(tmp_path), facts, np.array([4.0]), np.array([0.5]), constants())
    assert facts.operators.certificate[0] == NO_CERTIFICATE


def test_an_empty_park_is_never_certified(tmp_path):
    facts = facts_of(0, 0)
    decide(easy(tmp_path, share=0.0), facts, np.array([4.0]), np.array([0.5]), constants())
    assert facts.operators.certificate[0] == PREPARING


def test_each_province_takes_as_many_dossiers_as_it_can_in_keyed_order(tmp_path):
    n, provinces = 12, np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    facts = facts_of(10, 10, n=n, province=provinces)
    priority = np.linspace(0.9, 0.1, n)  # the last rows come first
    decide(easy(tmp_path), facts, np.array([2.0, 0.0, 10.0]), priority, constants())
    assert np.flatnonzero(facts.operators.certificate == APPLIED).tolist() == [3, 4, 8, 9, 10, 11]


@given(order=st.permutations(range(10)), capacity=st.integers(0, 12))
def test_which_parks_apply_does_not_depend_on_their_order(order, capacity):
    """Permuting parks permutes the applicants: priority is keyed, not positional."""
    decree = Decree(
        "A", datetime.date(2020, 1, 1), datetime.date(2050, 1, 1), datetime.date(2025, 1, 24),
        (Criterion(RECP, 0.2, "firms"),), 5,
    )  # fmt: skip
    priority = np.array([0.31, 0.92, 0.55, 0.08, 0.77, 0.16, 0.63, 0.44, 0.29, 0.83])

    def applicants(rows):
        facts = facts_of(10, 10, n=10)
        decide(decree, facts, np.array([float(capacity)]), priority[rows], CONSTANTS)
        return {rows[k] for k in np.flatnonzero(facts.operators.certificate == APPLIED)}

    assert applicants(list(order)) == applicants(list(range(10)))
    assert len(applicants(list(order))) == min(capacity, 10)


CONSTANTS = constants()


# ---- in the model ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package():
    return EIPModel("net-zero-2050", "pilot-parks").run()


def test_certificates_are_granted_under_the_enacted_decree_and_every_criterion_is_measured(package):
    """Only parks that met all criteria hold one; before the procedure of 2025 nobody does."""
    certified = package.outcomes["parks_certified"]
    assert (certified[certified.index < 2026] == 0).all()  # procedure 2025, a dossier takes a year
    assert certified.max() >= 1
    values, needs = measure(package.state.certification.decrees[-1], package.park_records())
    assert np.isfinite(values).all()
    assert (values >= needs).any(axis=1).all(), "some criterion is failed by all: it may not be measured at all"


def test_a_park_without_symbiosis_fails_its_criterion_and_no_other_way_is_found():
    """Without exchanges and without infrastructure there is no link, and no certificate under the enacted decree.

    Operators pursue the certificate, and may commission studies of shared systems, but have no money to build them.
    """
    nothing = {
        "operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0, "exchanges.spontaneous_rate": 0.0,
        "exchanges.brokering_rate": 0.0, "levers.symbiosis_screening": 0.0, "operators.infrastructure_budget_years": 0.0,
    }  # fmt: skip
    model = EIPModel("technical-assistance", "pilot-parks", settings=nothing).run()
    assert (model.outcomes["parks_certified"] == 0).all()
    failing = [
        f.criterion for f in findings(model.state.certification.decrees[-1], model.park_records(), 0) if not f.holds
    ]
    assert "industrial symbiosis with suitable ISO systems at its participants" in failing


def test_a_dossier_takes_longer_where_the_province_takes_longer(tmp_path):
    decree, facts = easy(tmp_path), facts_of(10, 10, n=2, province=np.array([0, 1]))
    states = []
    for year in range(2026, 2030):
        now = dataclasses.replace(facts, year=year)
        decide(decree, now, np.full(2, 4.0), np.array([0.1, 0.2]), CONSTANTS, np.array([1.0, 3.0]))
        states.append(facts.operators.certificate.tolist())
    assert states == [[APPLIED, APPLIED], [CERTIFIED, APPLIED], [CERTIFIED, APPLIED], [CERTIFIED, CERTIFIED]]


# ---- parks founded as eco-industrial parks ---------------------------------------------------------------------------


def term(folder, years=8):
    return read(
        folder,
        f"A,2020-01-01,,{RECP},0.2,share of firms,2025-01-24",
        f'A,2020-01-01,,"{COMPLY_WITHIN}",{years},years,2025-01-24',
    )[0]


def test_a_park_founded_as_eco_industrial_lapses_after_its_term_until_it_complies(tmp_path):
    decree = term(tmp_path)
    facts = facts_of(10, 0, born_eco=True, established_year=2024)
    lapsed = []
    for year, adopters in enumerate([0] * 8 + [2, 2], start=2026):
        counts = [np.array([count]) for count in (10, 0, adopters, adopters)]
        now = ParkRecords(year, *counts, facts.operators)
        decide(decree, now, np.array([0.0]), np.array([0.5]), CONSTANTS)
        lapsed.append(int(facts.operators.lapsed_year[0]))
    assert lapsed == [0] * 6 + [2032, 2032] + [
        0,
        0,
    ]  # 2024 + 8; passes from 2034 on, though its province takes no dossier


def test_no_other_park_is_held_to_the_term(tmp_path):
    facts = facts_of(10, 0, year=2045, established_year=2020)
    decide(term(tmp_path), facts, np.array([4.0]), np.array([0.5]), CONSTANTS)
    assert facts.operators.lapsed_year[0] == 0


def test_lapsed_parks_are_fined_every_year_by_their_province_and_get_no_public_money():
    settings = {"levers.eip_duty": 1.0, "levers.fine_usd": 1000.0, "levers.infrastructure_cofunding": 0.5}
    never = {"operators.infrastructure_rate": 0.0, "operators.infrastructure_rate_alone": 0.0}
    world = tiny_world(20, 3, provinces=(0, 1, 1), established=2018, entry=2018)
    model = EIPModel("no-eip-policy", world, settings=settings | never)
    fines, fined = [], np.zeros(3, dtype=bool)
    while model.year < 2050:
        model.step()
        fines.append(model.state.regulators.fines.copy())
        lapsed = model.state.operators.lapsed_year > 0
        assert model.parks_lapsed == lapsed.sum()
        if model.year > 2030:
            assert (model.state.infrastructure.terms.grant_share[fined] == 0.0).all()
            np.testing.assert_array_equal(fines[-1][1:3], [100_000 * fined[:1].sum(), 100_000 * fined[1:].sum()])
        fined = lapsed.copy()
    assert model.parks_founded_eco == 3
    assert np.sum(fines) > 0


# ---- which criteria bind ---------------------------------------------------------------------------------------------


def test_binding_counts_parks_that_fail_and_that_fail_nothing_else(tmp_path):
    decree = read(
        tmp_path,
        f"A,2020-01-01,,{RECP},0.2,share of firms,2025-01-24",
        f"A,2020-01-01,,{LINKS},1,links,2025-01-24",
    )[0]
    operators = new_table(5, OPERATOR_COLUMNS, commit_year=np.array([2020, 2020, 0, 0, 2020]))
    counts = [np.array(c) for c in ([10, 10, 10, 10, 0], [0] * 5, [0, 2, 1, 2, 0], [0] * 5)]
    facts = ParkRecords(2026, *counts, operators, links=np.array([0, 0, 1, 1, 0]))
    recp, links = binding([standing_of(decree, facts)])
    assert dict(zip(BINDING, recp)) == {
        "parks": 4, "failing": 2, "failing_alone": 1, "committed": 2, "committed_failing": 1, "committed_failing_alone": 0,
        "shortfall": 1.5,
    }  # fmt: skip
    assert links.tolist() == [4, 2, 1, 2, 2, 1, 1.0]
    nobody_fails = ParkRecords(2027, *counts[:2], np.full(5, 10), counts[3], operators, links=np.ones(5))
    both = binding([standing_of(decree, nobody_fails), standing_of(decree, facts)])
    assert np.isnan(both[:2, -1]).all()
    assert np.array_equal(both[2:], [recp, links])


def test_the_table_of_criteria_says_what_explanations_say(package):
    run = simulate("net-zero-2050", world="pilot-parks")
    table = run.criteria[run.criteria["year"] == 2050].set_index("criterion")
    facts = package.park_records()
    for row in range(package.world.n_parks):
        for finding in findings(package.state.certification.decrees[-1], facts, row):
            table.loc[finding.criterion, "failing"] -= not finding.holds
    assert (table["failing"] == 0).all()
    assert set(run.criteria["year"]) == set(range(2018, 2051))  # no decree before


def test_counts_of_parks_and_certificates_agree(package):
    states = np.bincount(package.state.operators.certificate, minlength=5)
    assert states[CERTIFIED] == package.parks_certified
    assert states[APPLIED] == package.parks_applied
