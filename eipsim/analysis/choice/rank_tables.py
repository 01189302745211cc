"""Scenarios by the mean of a value over the states they all went through: everything a ranking tells, as tables."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd

from eipsim.analysis.choice import scores
from eipsim.analysis.choice.caveats import caveats
from eipsim.analysis.choice.same_draws import gain_of_same_draws
from eipsim.analysis.intervals import CONFIDENCE, count_in_words, no_width, share_in_words
from eipsim.analysis.states_of_world import States
from eipsim.analysis.study import Study
from eipsim.analysis.subsets import Group
from eipsim.designs.factors import PARAMETER_SET
from eipsim.errors import InputError, Mistake
from eipsim.runs.saving import Saved

SPENDING = "public_spending_usd"
WELL_TOLD = 0.9  # share of resamples with the same best scenario from which on the choice is called clear


@dataclass(frozen=True, eq=False)
class Ranking(Saved):
    """Scenarios by the mean of `value` over all states.

    value, unit, minimise : what they are ranked by, and whether less is better
    values : [scenarios, states], as they are
    costs, satisfied : the same of the cost, and whether the condition `satisfice` holds; None if not asked for
    states : which states count, which belong together, their inputs, what was left out
    groups : parts of the states in which the ranking is repeated
    baseline : the scenario that paired differences are taken from
    study : where all this was read
    """

    value: str
    unit: str
    minimise: bool
    states: States = field(repr=False)
    values: np.ndarray = field(repr=False)
    baseline: str
    groups: tuple[Group, ...] = ()
    cost: str = ""
    costs: np.ndarray | None = field(default=None, repr=False)
    satisfice: str = ""
    satisfied: np.ndarray | None = field(default=None, repr=False)
    resamples: int = scores.RESAMPLES
    seed: int = 1
    study: Study | None = field(default=None, repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def scenarios(self) -> tuple[str, ...]:
        return self.states.scenarios

    @property
    def better(self) -> np.ndarray:
        """Values such that more is better, [scenarios, states]."""
        return -self.values if self.minimise else self.values

    @property
    def parts(self) -> tuple[Group, ...]:
        """All states, and the groups of them."""
        return Group("all", "all states", np.ones(self.states.n, dtype=bool)), *self.groups

    @cached_property
    def order(self) -> np.ndarray:
        """Positions of the scenarios, the best by its mean first."""
        return scores.order_of(self.better.mean(axis=1))

    @property
    def best(self) -> str:
        return self.scenarios[self.order[0]]

    @cached_property
    def resampled(self) -> np.ndarray:
        """Means of every scenario over states drawn anew, more is better, [resamples, scenarios]."""
        return scores.resampled_means(self.better, self.states.blocks, self.resamples, self.seed)

    @cached_property
    def reliability(self) -> float:
        """Share of the resamples in which the same scenario is best by its mean."""
        return float(scores.shares_best(self.resampled.T)[self.order[0]].mean())

    def table(self) -> pd.DataFrame:
        """A row per scenario, the best first: mean, chance to be best, expected regret, satisficing, each with interval.

        rank : by the mean; scenarios that tie share the better rank;
        from_best : what it differs from the best scenario, state by state; the intervals hold for all scenarios at once,
        whichever of them chance has put first (Bonferroni over all pairs); of the best itself 0;
        best_share : share of the states in which it is the best (sums to 1 over scenarios);
        regret : mean of what is lost against the best scenario of each state; regret_95 and regret_max : its 95 %
        quantile and its largest value; resampled_best : share of the resamples in which its mean is the best;
        satisficing : share of the states in which the condition holds; note : where the mean has an interval of no width.
        """
        shares, lost = scores.shares_best(self.better), scores.regrets(self.better)
        leads = scores.shares_best(self.resampled.T).mean(axis=1)
        ranks, rows = self._ranks, []
        for option in self.order:
            row: dict[str, Any] = {"rank": int(ranks[option]), "scenario": self.scenarios[option]}
            row |= self._with_interval("mean", self.values[option])
            row |= self._from_best(option)
            row["sd"] = float(np.std(self.values[option], ddof=1))
            row |= self._with_interval("best_share", shares[option], scores.share_interval)
            row["resampled_best"] = float(leads[option])
            row |= self._with_interval("regret", lost[option])
            row |= {"regret_95": float(np.quantile(lost[option], 0.95)), "regret_max": float(lost[option].max())}
            if self.satisfied is not None:
                row |= self._with_interval("satisficing", self.satisfied[option], scores.share_interval)
            row["note"] = no_width(self.values[option], "states", self.cases)
            rows.append(row)
        table = pd.DataFrame(rows)
        table["regret_low"] = table["regret_low"].clip(lower=0.0)
        table.attrs["units"] = {"mean": self.unit, "from_best": self.unit, "regret": self.unit}
        return table

    def _from_best(self, option: int) -> dict[str, float]:
        """How much a scenario differs from the best, which the same states have chosen: any pair may come to be told."""
        gap = self.values[option] - self.values[self.order[0]]
        confidence = 1.0 - (1.0 - CONFIDENCE) / math.comb(len(self.scenarios), 2)
        return self._with_interval("from_best", gap, partial(scores.interval, confidence=confidence))

    def _with_interval(self, name: str, values: np.ndarray, how: Callable[..., Any] = scores.interval) -> dict:
        found = how(values, self.states.blocks, self.states.draws)
        return dict(zip((name, f"{name}_low", f"{name}_high"), found))

    def ranks(self) -> pd.DataFrame:
        """How often each scenario has each rank: over the states, and by its mean over resamples of the states."""
        over_states, over_resamples = scores.rank_shares(self.better), scores.rank_shares(self.resampled.T)
        rows = [
            {"scenario": self.scenarios[option], "rank": rank + 1, "states": over_states[option, rank],
             "resamples": over_resamples[option, rank]}
            for option in self.order
            for rank in range(len(self.scenarios))
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def differences(self) -> pd.DataFrame:
        """Paired differences of every scenario from the baseline, and what pairing gains.

        rho : correlation with the baseline over states; pairing_gain : variance of the mean difference with other draws at the
        same inputs over that with the same draws; runs_saved : further runs that other draws would need for the same
        interval; each with its own interval, and none with fewer than five draws or where no inputs were run with several
        (see `gain_of_same_draws`); better_share : share of states in which it is better than the baseline.
        """
        base, rows = self.scenarios.index(self.baseline), []
        for option in self.order:
            if option == base:
                continue
            gap = self.values[option] - self.values[base]
            gains = gain_of_same_draws(
                self.values[option], self.values[base], self.states.sets, self.states.blocks, self.states.draws
            )
            ahead = scores.shares_best(self.better[[option, base]])[0]
            rows.append(
                {"scenario": self.scenarios[option], "baseline": self.baseline}
                | self._with_interval("difference", gap)
                | self._with_interval("better_share", ahead, scores.share_interval)
                | gains
            )
        return pd.DataFrame(rows).rename(columns={"difference_low": "low", "difference_high": "high"})

    def dominance(self) -> pd.DataFrame:
        """A row per ordered pair of scenarios: share of states in which the first is better, and whether it dominates.

        first, second : stochastic dominance of that degree; cheaper : its mean is no worse at no more mean cost, and
        one of the two is strict; cheaper_states : share of states in which that is so.
        """
        first, second = scores.dominance(self.better), scores.dominance(self.better, 2)
        exact = scores.rounded(self.better)
        cheaper = None if self.costs is None else self._cheaper()
        rows = []
        for a, b in itertools.permutations(self.order, 2):
            row: dict[str, Any] = {"scenario": self.scenarios[a], "than": self.scenarios[b]}
            row["better_share"] = float((exact[a] > exact[b]).mean() + 0.5 * (exact[a] == exact[b]).mean())
            row |= {"first": bool(first[a, b]), "second": bool(second[a, b])}
            if cheaper is not None and self.costs is not None:
                paid = scores.rounded(self.costs)
                strict = (paid[a] < paid[b]) | (exact[a] > exact[b])
                both = (paid[a] <= paid[b]) & (exact[a] >= exact[b]) & strict
                row |= {"cheaper": bool(cheaper[a, b]), "cheaper_states": float(both.mean())}
            rows.append(row)
        return pd.DataFrame(rows)

    def _cheaper(self) -> np.ndarray:
        assert self.costs is not None
        return scores.cheaper_and_better(self.costs.mean(axis=1), self.better.mean(axis=1))

    def at_equal_cost(self) -> pd.DataFrame:
        """A row per scenario, the cheapest first: what the best mix of scenarios would give for the same public money.

        shortfall : what the scenario gives less than the frontier at its cost (0 on it); frontier_share : share of
        resamples in which it is on the frontier; cost_per_unit : on the frontier, what one more unit costs on the way
        from the next cheaper scenario of the frontier; dominated_by : those that cost no more and give no less.
        """
        if self.costs is None:
            hint = "give the expression of a cost that is"
            raise InputError(Mistake("cost", f"{SPENDING} is not stored", hint))
        costs, values = self.costs.mean(axis=1), self.better.mean(axis=1)
        hull, cheaper = scores.frontier(costs, values), self._cheaper()
        attainable, on = scores.best_at_cost(costs, values), self._frontier_shares()
        rows = []
        for option in np.lexsort((-values, costs)):
            place = int(np.flatnonzero(hull == option)[0]) if option in hull else -1
            row: dict[str, Any] = {"scenario": self.scenarios[option]}
            row |= self._with_interval("cost", self.costs[option])
            row |= {"mean": float(self.values[option].mean()), "on_frontier": place >= 0, "frontier_share": on[option]}
            row["shortfall"] = float(max(0.0, attainable[option] - values[option]))
            row["cost_per_unit"] = _step(costs, values, hull, place)
            row["dominated_by"] = ", ".join(self.scenarios[other] for other in np.flatnonzero(cheaper[:, option]))
            rows.append(row)
        return pd.DataFrame(rows)

    def _frontier_shares(self) -> np.ndarray:
        """Share of resamples in which each scenario is on the frontier; costs and values are of the same resample."""
        both = np.stack([self.costs, self.better])  # type: ignore[list-item]
        means = scores.resampled_means(both, self.states.blocks, self.resamples, self.seed)
        on = np.zeros(len(self.scenarios))
        for costs, values in means:
            on[scores.frontier(costs, values)] += 1.0
        return on / len(means)

    def stability(self) -> pd.DataFrame:
        """The ranking in parts of the states: a row per group, the first of them all states.

        order : scenarios from best to worst; best_share : of the overall best scenario; cost_of_staying : mean of what
        is lost in the group by keeping to the overall best instead of the group's best; agreement : Kendall's tau with
        the overall ranking; resampled_best : share of resamples of the group with the same best scenario.
        """
        return pd.DataFrame([self._in_group(group) for group in self.parts])

    def _in_group(self, group: Group) -> dict[str, Any]:
        better, blocks = self.better[:, group.members], self.states.blocks[group.members]
        means, overall = better.mean(axis=1), self.order[0]
        own = scores.order_of(means)
        again = scores.resampled_means(better, blocks, self.resamples, self.seed)
        return {
            "factor": group.factor, "group": group.label, "states": int(group.members.sum()),
            "cases": self._cases_of(blocks, self.states.design_rows[group.members]),
            "best": self.scenarios[own[0]], "same_best": bool(scores.rounded(means)[overall] == scores.rounded(means).max()),
            "best_share": float(scores.shares_best(better)[overall].mean()),
            "cost_of_staying": float(means.max() - means[overall]),
            "agreement": scores.agreement(self.better.mean(axis=1), means),
            "resampled_best": float(scores.shares_best(again.T)[own[0]].mean()),
            "order": " > ".join(self.scenarios[option] for option in own),
        }  # fmt: skip

    def group_means(self) -> pd.DataFrame:
        """Mean, rank, chance to be best and regret of every scenario in every group."""
        rows = []
        for group in self.parts:
            better = self.better[:, group.members]
            shares, lost = scores.shares_best(better).mean(axis=1), scores.regrets(better).mean(axis=1)
            means = better.mean(axis=1)
            ranks = scores.ranks_of(means)
            for option in scores.order_of(means):
                rows.append(
                    {"factor": group.factor, "group": group.label, "scenario": self.scenarios[option], "rank": int(ranks[option]),
                     "mean": float(self.values[option, group.members].mean()), "best_share": float(shares[option]),
                     "regret": float(lost[option])}
                )  # fmt: skip
        return pd.DataFrame(rows)

    @cached_property
    def finding(self) -> str:
        """The choice in one sentence."""
        tied = [self.scenarios[option] for option in self.order if self._ranks[option] == 1]
        if len(tied) > 1:
            return f"{' and '.join(tied)} tie: they have the same mean, and no scenario has a better one"
        seen = float(scores.shares_best(self.better)[self.order[0]].sum())
        clearly = "is best" if self.reliability >= WELL_TOLD else "leads, but not clearly"
        return (
            f"{tied[0]} {clearly}: it has the best mean in {share_in_words(self.reliability, self.cases)} of resamples and is "
            f"the best scenario in {count_in_words(seen, self.states.n, 'states', self.cases)}"
        )

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What to keep in mind of it, each with its remedy: states or replicates that are few, money for another world."""
        return () if self.study is None else tuple(caveats(self))

    @property
    def _ranks(self) -> np.ndarray:
        return scores.ranks_of(self.better.mean(axis=1))

    @property
    def cases(self) -> int:
        """How many of the states are independent of each other."""
        return self._cases_of(self.states.blocks, self.states.design_rows)

    def _cases_of(self, blocks: np.ndarray, rows: np.ndarray) -> int:
        """Blocks drawn together; of Latin hypercubes the points, which lie no worse than independent ones (Owen 1997)."""
        if self.study is None:
            return len(np.unique(blocks))
        design = self.study.design
        others = PARAMETER_SET in self.study.rows or (design.model is None and not design.has_one_population)
        return len(np.unique(rows if design.method == "latin" and not others else blocks))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by the name of its file."""
        tables = {"ranking": self.table(), "ranks": self.ranks(), "dominance": self.dominance()}
        tables |= {"differences": self.differences(), "stability": self.stability(), "groups": self.group_means()}
        return tables | ({} if self.costs is None else {"equal_cost": self.at_equal_cost()})

    @property
    def manifest(self) -> dict[str, Any]:
        return {
            **self.provenance, "value": self.value, "unit": self.unit, "minimise": self.minimise, "cost": self.cost,
            "satisfice": self.satisfice, "baseline": self.baseline, "states": self.states.n, "states_in_all": self.states.in_all,
            "blocks": len(np.unique(self.states.blocks)), "left_out": self.states.left_out, "average": self.states.average,
            "notes": self.states.notes, "warnings": self.warnings, "resamples": self.resamples, "seed": self.seed,
            "finding": self.finding,
        }  # fmt: skip

    def files(self) -> dict[str, pd.DataFrame]:
        return {f"{name}.csv": table for name, table in self.tables().items()}


def _step(costs: np.ndarray, values: np.ndarray, hull: np.ndarray, place: int) -> float:
    """What one more unit costs on the way from the next on the frontier that gives less; NaN at its beginning."""
    here, less = hull[place], [option for option in hull[: max(place, 0)] if values[option] < values[hull[place]]]
    if place < 0 or not less:
        return float("nan")
    return float((costs[here] - costs[less[-1]]) / (values[here] - values[less[-1]]))
