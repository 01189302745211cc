"""What an additional tonne costs, from a store: the numbers of `eipsim compare`, and of that what free riders take."""

import numpy as np
import pytest
from memory import study

from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne, free_shares, has_what_costs_need
from eipsim.analysis.choice.ranking import rank
from eipsim.analysis.compare import compare
from eipsim.analysis.study import Study
from eipsim.errors import InputError
from eipsim.sweeps.sweep import run_sweep

YEARS = (2015, 2032)
DESIGN = {"scenarios": ["baseline", "subsidy", "technical-assistance"], "baseline": "baseline", "world": "pilot-parks",
          "years": list(YEARS)}  # fmt: skip


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    return Study(run_sweep(DESIGN | {"replicates": 4}, tmp_path_factory.mktemp("swept") / "store", backend="serial"))


@pytest.fixture(scope="module")
def costs(swept):
    return cost_per_tonne(swept).set_index(["scenario", "period", "part"])


def test_costs_are_those_of_a_comparison(costs):
    compared = compare(["subsidy", "technical-assistance"], "baseline", 4, world="pilot-parks", years=YEARS).costs
    compared = compared.set_index(["scenario", "quantity"])
    for scenario, period, part in costs.index:
        row = costs.loc[(scenario, period, part)]
        if part in ("public", "private", "total"):
            theirs = compared.loc[(scenario, f"{period}_{part}_cost")]
            assert [row["cost"], row["cost_low"], row["cost_high"]] == pytest.approx(
                theirs[["value", "low", "high"]].tolist()
            )
            each = compared.loc[(scenario, f"{period}_{part}_cost_per_tonne")]
            assert [row["per_tonne"], row["low"], row["high"]] == pytest.approx(
                each[["value", "low", "high"]].tolist(), nan_ok=True
            )
            assert row["note"] == each["note"]


def test_public_and_private_make_the_total_and_the_interest_that_banks_get(swept, costs):
    """Interest is paid by firms, and by the public where it subsidises it; to society it is no cost."""
    cost = costs["cost"].unstack()
    paid = swept.values("sum(interest_paid_usd) + sum(interest_subsidised_usd)").mean(axis=(0, 2))
    banks = (cost["public"] + cost["private"] - cost["total"]).unstack()
    for name, more in zip(swept.scenarios[1:], paid[1:] - paid[0]):
        assert more > 0.0
        assert banks.loc[name, "cumulative"] == pytest.approx(more)
        assert 0.0 < banks.loc[name, "discounted"] < banks.loc[name, "cumulative"]


def test_free_riders_take_the_share_of_vouchers_that_the_pairs_say(swept, costs):
    pairs = swept.store.pairs().query("scenario == 'subsidy'").sort_values("replicate")
    shares = pairs["free_riding_adoptions"] / pairs["subsidised_adoptions"]
    paid = swept.values("sum(subsidy_paid_usd)")
    beyond = (paid[1] - paid[0])[0]
    assert free_shares(swept)[1, 0] == pytest.approx(shares.to_numpy())
    expected = float((beyond * shares.to_numpy()).mean())
    assert costs.loc[("subsidy", "cumulative", "free_riders"), "cost"] == pytest.approx(expected)
    assert 0.0 < expected <= costs.loc[("subsidy", "cumulative", "public"), "cost"]
    assert costs.loc[("technical-assistance", "cumulative", "free_riders"), "cost"] == 0.0


def test_a_discount_rate_that_varies_counts_state_by_state(tmp_path):
    factors = {"finance.social_discount_rate": {"choice": [0.0, 0.1]}}
    sampler = {"method": "full_factorial"}
    design = DESIGN | {
        "scenarios": ["baseline", "subsidy"],
        "years": [2015, 2020],
        "factors": factors,
        "sampler": sampler,
        "dummy": False,
    }
    swept = Study(run_sweep(design, tmp_path / "store", backend="serial"))
    table = cost_per_tonne(swept).set_index(["period", "part"])["cost"]
    gap = swept.pathway("public_spending_usd")
    yearly = (gap[1] - gap[0])[:, 0]
    rates = swept.rows["finance.social_discount_rate"].to_numpy()[:, None]
    present = (yearly * (1.0 + rates) ** -np.arange(6)).sum(axis=1)
    assert table["discounted", "public"] == pytest.approx(present.mean())
    assert table["cumulative", "public"] == pytest.approx(yearly.sum(axis=1).mean())


def test_costs_need_a_baseline_and_what_they_are_made_of():
    made = study({"co2_t": np.ones((2, 3, 1))})
    assert not has_what_costs_need(made)
    with pytest.raises(InputError, match="no baseline"):
        cost_per_tonne(made)


def test_public_spending_is_the_cost_of_a_ranking(swept):
    table = rank(swept, "sum(co2_avoided_t)", resamples=50).at_equal_cost()
    assert table["scenario"].iloc[0] == "baseline"
    assert table["cost"].is_monotonic_increasing
    assert table["cost_per_unit"].isna().iloc[0]
