"""Tables of exchange types, bad input in them, Run.exchanges, and how an exchange explains itself."""

import json
import shutil
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

import eipsim
from eipsim.cli import main
from eipsim.data.loading import FOLDER
from eipsim.errors import InputError
from eipsim.exchanges.catalogue import (
    EXCHANGE,
    INFRASTRUCTURE,
    MUNICIPAL,
    TABLES,
    evidence,
    read_exchange_types,
)
from eipsim.exchanges.columns import EXCHANGE_STATES, FEASIBLE, NEGOTIATING, OPERATING
from eipsim.exchanges.parks import symbiosis_of_parks
from eipsim.exchanges.tables import exchange_ids
from eipsim.explain import explain_exchange
from eipsim.model.model import EIPModel


def folder_with(tmp_path, table, *edits):
    """A folder with one table, changed by (old, new) text."""
    text = (FOLDER / f"{table}.csv").read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def told(folder):
    with pytest.raises(InputError) as caught:
        read_exchange_types(folder)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_packaged_tables_hold_32_types_of_which_24_are_exchanges():
    types = read_exchange_types()
    assert types.ids == tuple(f"IS{n:02}" for n in range(1, 33))
    kinds = types.types.kind
    assert [int((kinds == kind).sum()) for kind in (EXCHANGE, MUNICIPAL, INFRASTRUCTURE)] == [22, 2, 8]
    assert types.types.donors[types.number("IS14")].sum() == 4
    assert types.types.donors[types.number("IS16")].sum() == 18
    assert types.types.legal_class[types.number("IS22")] == 3
    assert types.types.co2[types.number("IS01")] == 0.142
    assert evidence("is_options_per_screened_park_vn") == 10.8


def test_a_table_of_ones_own_replaces_the_packaged_one(tmp_path):
    folder = folder_with(tmp_path, "is_exchange_keys", ("IS14,exchange,A11;A12;A13;A15", "IS14,exchange,A12"))
    types = read_exchange_types(folder)
    assert types.types.donors[types.number("IS14")].sum() == 1
    assert read_exchange_types().types.donors[types.number("IS14")].sum() == 4


def test_every_mistake_of_all_tables_is_told_at_once_with_its_line(tmp_path):
    folder = folder_with(
        tmp_path, "is_exchange_keys",
        ("IS01,exchange,A02;A09;A11", "IS01,exchange,A02;A9;A11"), ("IS15,exchange,A10;A14;A15,A10,", "IS15,exchange,,A1O,"),
    )  # fmt: skip
    folder_with(tmp_path, "municipal_partners", ("IS31,Yên Sở", "IS08,Yên Sở"))
    mistakes = told(folder)
    assert any(m.startswith("is_exchange_keys.csv:2: donor_ids = 'A9' is unknown; did you mean A") for m in mistakes)
    assert any(m.startswith("is_exchange_keys.csv:16: receiver_ids = 'A1O' is unknown") for m in mistakes)
    assert any("is_exchange_keys.csv:16: IS15 has no donor_ids" in m for m in mistakes)
    assert any(m.startswith("municipal_partners.csv:7: is_id = 'IS08' is unknown") for m in mistakes)
    assert len(mistakes) == 4


@pytest.mark.parametrize(
    ("table", "edit", "message"),
    [
        ("is_exchange_keys", ("R4,fuel_gj", "R9,fuel_gj"), "is_exchange_keys.csv:2: reg_class = 'R9' is not allowed"),
        ("is_exchange_keys", ("0.018,0.036,0.07", "0.07,0.036,0.018"), "must not fall"),
        ("is_exchange_keys", ("IS32,", "IS31,"), "duplicate of line 32"),
        (
            "is_exchange_keys",
            ("IS17,exchange,A01;A02;A03,,textile recycler", "IS17,exchange,A01,,"),
            "nobody to take it",
        ),
        ("is_exchange_keys", ("R0,fuel_gj", "R0,firms"), "is no quantity of a firm"),
        ("is_exchanges", (",35,80,2,R4,no,", ",35,80,much,R4,no,"), "is_exchanges.csv:2: opex_c = 'much'"),
        (
            "exchange_demand",
            ("IS07,wastewater,1,water", "IS07,sewage,1,water"),
            "exchange_demand.csv:8: stream = 'sewage'",
        ),
        ("exchange_demand", ("IS07,", "IS77,"), "'IS77' is unknown"),
        ("reg_classes", ("R3,hazardous", "R2,hazardous"), "duplicate of line 4"),
        ("reg_classes", ("0.5,0.8,0.95", "0.5,1.8,0.95"), "reg_classes.csv:5: refusal_probability_central = '1.8'"),
    ],
)
def test_what_a_table_must_not_say(tmp_path, table, edit, message):
    assert any(message in mistake for mistake in told(folder_with(tmp_path, table, edit))), message


def test_a_folder_that_is_not_there_or_holds_no_table_is_refused(tmp_path):
    assert "there is no such folder" in told(tmp_path / "nowhere")[0]
    assert "holds none of the tables" in told(tmp_path)[0]


def test_a_scenario_names_its_tables_relative_to_itself_and_check_and_run_refuse_bad_ones(tmp_path, capsys):
    tables = tmp_path / "tables"
    tables.mkdir()
    folder_with(tables, "is_exchange_keys", ("IS01,exchange,A02;A09;A11", "IS01,exchange,A99"))
    file = tmp_path / "mine.yaml"
    file.write_text("extends: baseline\nexchange_tables: tables\n", encoding="utf-8")
    for command in (["check", str(file)], ["run", str(file), "--world", "pilot-parks", "--out", str(tmp_path / "out")]):
        assert main(command) == 2
        assert "is_exchange_keys.csv:2: donor_ids = 'A99' is unknown" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    folder_with(tables, "is_exchange_keys")
    assert main(["check", str(file)]) == 0


def test_own_tables_change_the_digest_and_the_result(tmp_path):
    for name in TABLES:
        shutil.copy(FOLDER / f"{name}.csv", tmp_path)
    plain, own = eipsim.load_scenario("baseline"), eipsim.load_scenario("baseline", exchange_tables=str(tmp_path))
    same = [EIPModel(case, "pilot-parks", 1, years=(2015, 2025)).run() for case in (plain, own)]
    assert plain.digest != own.digest
    pd.testing.assert_frame_equal(same[0].outcomes, same[1].outcomes)
    folder_with(
        tmp_path,
        "reg_classes",
        ("R1,ordinary industrial solid waste", "R1,any solid waste"),
        (",500,1500,4000,", ",500,900000,900000,"),
    )
    dear = EIPModel(
        eipsim.load_scenario("baseline", exchange_tables=str(tmp_path)), "pilot-parks", 1, years=(2015, 2025)
    ).run()
    assert dear.exchanges_feasible < same[0].exchanges_feasible


# ---- Run.exchanges -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run():
    return eipsim.simulate("baseline", world="pilot-parks", seed=1, detail=True)


def test_the_funnel_of_the_table_is_that_of_the_outcomes(run):
    e, o = run.exchanges, run.outcomes
    assert e["exchange_id"].is_unique
    assert (e["state"].cat.categories == list(EXCHANGE_STATES)).all()
    for year in (2020, 2024, 2035, 2050):
        assert (e["identified_year"] <= year).sum() == o["exchanges_identified"].loc[year]
        assert (e["feasible_year"] <= year).sum() == o["exchanges_feasible"].loc[year]
        running = (e["operating_year"] <= year) & ~(e["ended_year"] <= year).fillna(False)
        assert running.sum() == o["exchanges_operating"].loc[year]
    for name in ("exchanges_identified", "exchanges_operating", "exchange_tonnes", "co2_avoided_outside_t"):
        by_province = run.provinces.groupby("year")[name].sum()
        np.testing.assert_allclose(by_province, o[name], rtol=1e-9)
    by_year = run.exchange_flows.groupby("year")["co2_t"].sum().reindex(o.index, fill_value=0.0)
    assert by_year.loc[2030] == pytest.approx(e_co2(run, 2030), rel=1e-9)


def e_co2(run, year):
    flows = run.exchange_flows
    return flows[flows["year"] == year]["co2_t"].sum()


def test_dates_of_an_exchange_follow_each_other(run):
    e = run.exchanges
    steps = ["identified_year", "feasible_year", "negotiating_year", "agreed_year", "licensed_year", "operating_year"]
    for before, after in pairwise(steps):
        both = e[e[after].notna()]
        assert (both[before] <= both[after]).all(), after
    ended = e[e["state"] == "ended"]
    assert ended["ended_year"].notna().all()
    assert (ended["ended_because"] != "").all()
    assert (e[e["state"] != "ended"]["ended_because"] == "").all()


def test_tables_of_exchanges_are_saved(run, tmp_path):
    run.save(tmp_path / "run")
    saved = pd.read_csv(tmp_path / "run" / "exchanges.csv")
    assert len(saved) == len(run.exchanges)
    assert len(pd.read_parquet(tmp_path / "run" / "exchange_flows.parquet")) == len(run.exchange_flows)


# ---- explanations ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    model = EIPModel("baseline", "pilot-parks", 1, settings={"exchanges.refusal_scale": 1.2})
    while model.year < 2030:
        model.step()
    return model


def test_every_exchange_tells_why_it_is_where_it_is(model):
    words = {
        "identified": "does not pay", "feasible": "", "negotiating": "Not yet", "operating": "Operates since", 
        "ended": "Ended in",
    }  # fmt: skip
    seen = set()
    for n in range(model.state.exchanges.n):
        told = explain_exchange(model, exchange_ids(model.state.exchanges, model.world, [n])[0], 2030)
        state = EXCHANGE_STATES[model.state.exchanges.found.state[n]]
        seen.add(state)
        assert told.verdict == state
        assert words[state] in told.sentence or "does not pay" in told.sentence
        assert told.facts["quantity"] == model.state.exchanges.found.quantity[n]
        json.dumps(told.as_dict())
    assert seen >= {"identified", "operating", "ended"}


def test_the_past_of_an_exchange_is_replayed(model):
    n = int(np.flatnonzero(model.state.exchanges.found.operating_year > 0)[0])
    e, name = model.state.exchanges.found[n], exchange_ids(model.state.exchanges, model.world, [n])[0]
    before = explain_exchange(model, name, int(e.operating_year) - 1)
    assert before.verdict != "operating"
    assert explain_exchange(model, name, int(e.operating_year)).sentence.startswith("Operates since")


def test_an_unknown_exchange_names_the_nearest(model, capsys):
    with pytest.raises(InputError, match="did you mean"):
        explain_exchange(model, exchange_ids(model.state.exchanges, model.world, [0])[0][:-1] + "9", 2030)
    assert main(["explain", "exchange", "nothing", "--world", "pilot-parks", "--year", "2016"]) == 2
    assert "exchanges.csv of a run lists all" in capsys.readouterr().err


# ---- certificates ------------------------------------------------------------------------------------------------------


def test_links_for_the_certificate_are_exchanges_in_operation_counted_in_both_parks(model):
    links, certified, users, cleanest = symbiosis_of_parks(model.state, model.this_year)
    with patch.object(model.state.exchanges, "n_live", 0):  # as if nobody exchanged anything
        shared = symbiosis_of_parks(model.state, model.this_year)
    e = model.state.exchanges.found
    running = e[e.state == OPERATING]
    between = (running.donor_park != running.receiver_park).sum()
    assert (links - shared.links).sum() == running.size + between
    assert (certified <= links).all()
    assert (cleanest[certified == 0] == 0).all()
    on_the_way = e[np.isin(e.state, (FEASIBLE, NEGOTIATING, OPERATING))]
    partners = np.unique(np.concatenate([on_the_way.donor, on_the_way.receiver]))
    partners = partners[(partners >= 0) & (model.state.infrastructure.services.connected[partners] == 0)]
    added = np.bincount(model.world.firms.park[partners], minlength=links.size)
    np.testing.assert_array_equal(users - shared.users, added)
