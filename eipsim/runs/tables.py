"""The tables of a run beyond its outcomes: by park, by province, by measure. What a year leaves behind is noted as it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from eipsim.agents.firm.columns import ADOPTED, IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.operator.year import APPLIED, CERTIFICATE_STATES, CERTIFIED, SCORES
from eipsim.agents.surroundings import AUDITS
from eipsim.certification.criteria import BINDING
from eipsim.exchanges.tables import COUNTED, exchanges_by_park, outcomes_of_flows
from eipsim.infrastructure.items import item_labels, item_names, item_units
from eipsim.infrastructure.year import CONNECTIONS
from eipsim.market import books as accounts
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.outcomes.observation import BEYOND_MEASURES, resources_of
from eipsim.outcomes.registry import UNITS

CENTS = 100.0
STATES = ("established", "operating", "committed", "converted", "applied", "certified")
BY_PROVINCE = (
    "parks_established", "parks_operating", "parks_converted", "parks_applied", "parks_certified",
    "firms", "firms_aware_share", "recp_firm_share", "recp_firm_share_unmeasured", "recp_measures_installed",
    "options_identified", "options_implemented", "audits_done", "firms_assisted",
    "electricity_mwh", "fuel_gj", "water_m3", "wastewater_m3", "waste_t", "hazardous_waste_t",
    "co2_t", "co2_scope1_t", "co2_scope2_t", "co2_intensity_t_per_musd",
    "electricity_saved_mwh", "fuel_saved_gj", "water_saved_m3", "waste_avoided_t", "material_saved_usd",
    "co2_avoided_t",
    "firm_investment_usd", "firm_saving_usd", "subsidy_paid_usd", "public_revenue_usd", "operator_spending_usd",
    "inspections_done", "jobs", "revenue_usd", "exchanges_identified", "exchanges_feasible", "exchanges_operating",
    "exchange_tonnes", "exchange_water_m3", "exchange_heat_gj", "exchange_material_usd", "exchange_saving_usd",
    "exchange_investment_usd", "co2_avoided_outside_t",
)  # fmt: skip
PLACED = "public_money_usd"  # public money spent on the parks of a province: vouchers, audits, inspections, grants
RATIOS = ("firms_aware_share", "recp_firm_share", "recp_firm_share_unmeasured", "co2_intensity_t_per_musd")
PAID = [accounts.CARBON_PAID, accounts.CHARGES_PAID]
SCORE_COLUMNS = ("score", *(f"{category}_score" for category in SCORES))
PARK_UNITS = dict.fromkeys(SCORE_COLUMNS, "points of 100") | {
    "latitude": "degrees",
    "longitude": "degrees",
    "facilitation": "share of full effort",
}
ADVICE = ("audits_done", "firms_assisted", "options_identified", "options_implemented")
OPTION_STAGES = {
    "identified": "recommended by an audit since 2015",
    "accepted": "the firm has decided for it, whether or not it could pay yet",
    "implemented": "installed since the audit",
    "in_use": "installed at the end of the last year, in a firm that is still there",
}


@dataclass(frozen=True)
class Snapshot:
    """The end of one year: operators and regulators, flows, counts and ADVICE by park."""

    year: int
    operators: np.recarray
    regulators: np.recarray
    flows: np.ndarray
    counts: np.ndarray
    advice: np.ndarray
    connections: np.ndarray  # USD that tenants put into connections to shared infrastructure, by park
    exchanged: np.ndarray  # EXCHANGE_FLOWS by park
    exchanges: np.ndarray  # COUNTED by park
    public_money: np.ndarray  # USD by park


class History:
    """The snapshots of a model, and the firms that audits have reached so far."""

    def __init__(self) -> None:
        self.shots: list[Snapshot] = []
        self._assisted = np.empty(0, dtype=np.int64)
        self._audits = 0  # of the nation, in the years noted
        self._audits_by_park: np.ndarray = np.zeros(1)

    def note(self, model: EIPModel) -> None:
        """Remember the end of the model's year."""
        audits_before = self._audits_by_park
        operators, regulators = model.state.operators.copy(), model.state.regulators.copy()
        flows, counts = model.state.books.net_flows.copy(), model.state.books.counts.copy()
        connections = model.state.infrastructure.flows[:, CONNECTIONS].copy()
        exchanged, exchanges, advice = model.state.exchanges.flows.copy(), exchanges_by_park(model), self._advice(model)
        audits = np.broadcast_to(self._audits_by_park - audits_before, model.world.n_parks)
        self.shots.append(
            Snapshot(
                model.year, operators, regulators, flows, counts, advice, connections, exchanged, exchanges,
                public_money(operators, regulators, counts, audits),
            )
        )  # fmt: skip

    def _advice(self, model: EIPModel) -> np.ndarray:
        """ADVICE [4, n_parks], all cumulative. Only years with audits look through all firms."""
        firms, audits = model.state.firms, int(model.state.surroundings.tally[AUDITS])
        audited = np.flatnonzero(firms.audit_year == model.year) if audits > self._audits else self._assisted[:0]
        self._audits, self._assisted = audits, np.union1d(self._assisted, audited)
        self._audits_by_park = self._audits_by_park + _by_park(model, audited)
        recommended = firms.recommended[self._assisted]
        identified, implemented = recommended != NOT_RECOMMENDED, recommended == IMPLEMENTED
        options = [_by_park(model, self._assisted, stage.sum(axis=1)) for stage in (identified, implemented)]
        return np.stack([self._audits_by_park, _by_park(model, self._assisted), *options])


def _by_park(model: EIPModel, rows: np.ndarray, of_each: np.ndarray | None = None) -> np.ndarray:
    """Number of firms of `rows`, or the sum of what there is `of_each`, by park [n_parks]."""
    return np.bincount(model.state.firms.park[rows], of_each, minlength=model.world.n_parks)


def public_money(operators: np.recarray, regulators: np.recarray, counts: np.ndarray, audits: np.ndarray) -> np.ndarray:
    """USD that the public has spent in the year on each park and its tenants, as far as it can be placed: vouchers, grants for
    shared infrastructure, and the money for audits by their number."""
    share = audits / max(audits.sum(), 1)
    return (counts[:, accounts.SUBSIDY] + operators.grants + share * regulators.audits[0]) / CENTS


def park_states(operators: np.recarray, year: int) -> np.ndarray:
    """Positions [n_parks] in STATES of the furthest state that each park has reached in `year`; -1 = not founded."""
    reached = [
        operators.established_year <= year,
        operators.operating_year <= year,
        operators.commit_year > 0,
        operators.converted_year > 0,
        operators.certificate == APPLIED,
        operators.certificate == CERTIFIED,
    ]
    state = np.full(operators.size, -1)
    for position, mask in enumerate(reached):
        state[mask] = position
    return np.where(reached[0], state, -1)


def park_table(world, shots: list[Snapshot]) -> pd.DataFrame:
    """A row per year and park established by then. Years of steps not taken are missing."""
    there = [np.flatnonzero(shot.operators.established_year <= shot.year) for shot in shots]
    rows = np.concatenate(there)
    state = np.concatenate([park_states(shot.operators, shot.year)[at] for shot, at in zip(shots, there)])
    operators = np.concatenate([shot.operators[at] for shot, at in zip(shots, there)])
    counts = np.concatenate([shot.counts[at] for shot, at in zip(shots, there)])
    parks = world.parks
    columns = {
        "year": np.repeat([shot.year for shot in shots], [at.size for at in there]),
        "park_id": _named(world.park_ids, rows),
        "name": _named(world.park_names, rows),
        "province": _named(world.provinces, parks.province[rows]),
        "region": _named(world.regions, parks.region[rows]),
        "latitude": parks.latitude[rows],
        "longitude": parks.longitude[rows],
        "synthetic": parks.synthetic[rows],
        "state": _named(STATES, state),
        "certificate": _named(CERTIFICATE_STATES, operators["certificate"]),
        **{name: _year_or_missing(operators[name]) for name in STEPS},
        "founded_eco": operators["born_eco"],
        "score": operators["score"].mean(axis=1),
        **{f"{category}_score": operators["score"][:, k] for k, category in enumerate(SCORES)},
        "facilitation": operators["facilitation"],
        "firms": counts[:, accounts.FIRMS],
        "aware_firms": counts[:, accounts.AWARE],
        "recp_firms": counts[:, accounts.RECP],
        "recp_firms_measured": counts[:, accounts.RECP_MEASURED],
        **{
            name: np.concatenate([shot.exchanges[k][at] for shot, at in zip(shots, there)])
            for k, name in enumerate(COUNTED)
        },
    }
    table = pd.DataFrame(columns)
    table.attrs["units"] = dict(PARK_UNITS)
    return table


STEPS = (
    "established_year", "operating_year", "commit_year", "converted_year", "applied_year", "certified_year", "lapsed_year",
)  # fmt: skip


def _named(names: tuple[str, ...], positions: np.ndarray) -> pd.Categorical:
    """`names` at `positions`, in their order; names that occur twice are one."""
    unique = list(dict.fromkeys(names))
    code = np.array([unique.index(name) for name in names] if len(unique) < len(names) else range(len(names)))
    return pd.Categorical.from_codes(code[positions], unique)


def _year_or_missing(years: np.ndarray) -> pd.arrays.IntegerArray:
    """Years; 0 (never) and 9999 (not before the end) are missing."""
    return pd.arrays.IntegerArray(years.astype(np.int64), (years <= 0) | (years >= 9999))


def province_table(world, shots: list[Snapshot]) -> pd.DataFrame:
    """A row per year and province of the world that has parks: the outcomes BY_PROVINCE."""
    present = np.unique(world.parks.province)
    member = (world.parks.province[None, :] == present[:, None]).astype(np.float64)
    years = [_provinces_in_year(shot, present, member) for shot in shots]
    names = (*BY_PROVINCE, PLACED)
    table = pd.DataFrame({name: np.concatenate([values[name] for values in years]) for name in names})
    table.insert(0, "year", np.repeat([shot.year for shot in shots], present.size))
    table.insert(1, "province", _named(world.provinces, np.tile(present, len(shots))))
    table.attrs["units"] = {name: UNITS[name] for name in BY_PROVINCE} | {PLACED: "USD/yr"}
    return table


def _provinces_in_year(shot: Snapshot, present: np.ndarray, member: np.ndarray) -> dict[str, np.ndarray]:
    """The outcomes of one year by province [v]; `member` [v, p] is 1 where a park lies in a province."""
    flows, counts = member @ shot.flows, member @ shot.counts
    advice = dict(zip(ADVICE, shot.advice @ member.T))
    firms = np.maximum(counts[:, accounts.FIRMS], 1.0)
    regulators = shot.regulators[present + 1]
    return {
        **_parks_by_province(shot, member),
        **resources_of(flows.T),
        **advice,
        **outcomes_of_flows((member @ shot.exchanged).T),
        **dict(zip(COUNTED, shot.exchanges @ member.T)),
        "firms": counts[:, accounts.FIRMS],
        "firms_aware_share": counts[:, accounts.AWARE] / firms,
        "recp_firm_share": counts[:, accounts.RECP_MEASURED] / firms,
        "recp_firm_share_unmeasured": counts[:, accounts.RECP] / firms,
        "recp_measures_installed": counts[:, accounts.ADOPTED_MEASURES],
        "firm_investment_usd": counts[:, accounts.INVESTED] / CENTS + member @ shot.connections,
        "subsidy_paid_usd": counts[:, accounts.SUBSIDY] / CENTS,
        "public_revenue_usd": regulators.fines / CENTS + flows[:, PAID].sum(axis=1),
        "operator_spending_usd": member @ shot.operators.spending / CENTS,
        "inspections_done": regulators.inspections_done,
        PLACED: member @ shot.public_money + regulators.inspections / CENTS,
    }


def _parks_by_province(shot: Snapshot, member: np.ndarray) -> dict[str, np.ndarray]:
    o, year = shot.operators, shot.year
    return {
        "parks_established": member @ (o.established_year <= year),
        "parks_operating": member @ (o.operating_year <= year),
        "parks_converted": member @ (o.converted_year > 0),
        "parks_applied": member @ (o.certificate == APPLIED),
        "parks_certified": member @ (o.certificate == CERTIFIED),
    }


def avoided_table(model: EIPModel, avoided: list[np.ndarray]) -> pd.DataFrame:
    """tCO2/yr avoided, a row a reported year, a column a measure, then what shared infrastructure and exchanges avoid."""
    skip = model.first_reported - model.world.first_year
    years = pd.Index(range(model.first_reported, model.last_year + 1), name="year")
    names = [*measure_names(), *BEYOND_MEASURES]
    table = pd.DataFrame(avoided[skip:], columns=names, index=years)
    table.attrs["units"] = dict.fromkeys(names, "tCO2/yr")
    return table


def option_table(model: EIPModel) -> pd.DataFrame:
    """What has become of the options that audits recommended: a row a measure, OPTION_STAGES, each a part of the one before."""
    firms, alive = model.state.firms, model.alive_mask()
    rows = np.flatnonzero(firms.audit_year > 0)
    recommended = firms.recommended[rows]
    identified, implemented = recommended != NOT_RECOMMENDED, recommended == IMPLEMENTED
    accepted = implemented | (identified & (firms.margin[rows] <= 1.0))
    in_use = implemented & (firms.origin[rows] == ADOPTED) & alive[rows, None]
    counts = [stage.sum(axis=0) for stage in (identified, accepted, implemented, in_use)]
    table = pd.DataFrame(dict(zip(OPTION_STAGES, counts)), index=pd.Index(measure_names(), name="measure"))
    table.attrs["units"] = dict.fromkeys(OPTION_STAGES, "options")
    return table


def criteria_table(model: EIPModel) -> pd.DataFrame:
    """A row per reported year and criterion: which criteria bind.

    Of the operating parks how many fail it, and how many fail nothing else; the same of the committed ones; the median
    shortfall of the parks that fail it, in its unit (missing when none does).
    """
    kept = [
        (year, decree, table)
        for year, decree, table in model.state.certification.bindings
        if year >= model.first_reported
    ]
    rows = [
        (year, decree.rule_id, criterion.sentence, criterion.unit, *table[k, :-1].astype(int), table[k, -1])
        for year, decree, table in kept
        for k, criterion in enumerate(decree.criteria)
    ]
    table = pd.DataFrame(rows, columns=["year", "decree", "criterion", "unit", *BINDING])
    table.attrs["units"] = dict.fromkeys(BINDING[:-1], "parks") | {"shortfall": "unit of the criterion"}
    return table


def infrastructure_table(model: EIPModel) -> pd.DataFrame:
    """A row per park and item that its operator has ordered: what stands at the end of the run, and what it has cost."""
    systems, world = model.state.infrastructure.systems, model.world
    ordered = systems[systems.decided_year > 0]
    park, item = ordered["park"], ordered["kind"].astype(int)
    capacity = np.where(ordered["capacity"] > 0.0, ordered["capacity"], np.nan)
    table = pd.DataFrame(
        {
            "park_id": _named(world.park_ids, park),
            "name": _named(world.park_names, park),
            "province": _named(world.provinces, world.parks.province[park]),
            "item": np.array(item_names())[item],
            "label": np.array(item_labels())[item],
            "unit": np.array(item_units())[item],
            "decided_year": _year_or_missing(ordered["decided_year"]),
            "built_year": _year_or_missing(ordered["built_year"]),
            "capacity": ordered["capacity"],
            "used": ordered["used"],
            "utilisation": ordered["used"] / capacity,
            "tariff_usd": ordered["tariff"],
            "tenants": ordered["connected"],
            "capital_usd": ordered["capital"],
            "grant_usd": ordered["grant"],
        }
    )
    table.attrs["units"] = {"capacity": "units a year", "used": "units a year", "utilisation": "share"}
    table.attrs["units"] |= {"tariff_usd": "USD per unit", "capital_usd": "USD", "grant_usd": "USD"}
    return table
