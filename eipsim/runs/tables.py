"""The tables of a run beyond its outcomes: by park, by province, by measure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eipsim.agents.firm.applying import ADOPTIONS, ANYWAY, GIVEN_UP, PAID, PAID_ANYWAY
from eipsim.agents.firm.columns import ADOPTED, IMPLEMENTED, NOT_RECOMMENDED
from eipsim.agents.operator.columns import APPLIED, CERTIFICATE_STATES, CERTIFIED, SCORES
from eipsim.certification.binding import BINDING, binding
from eipsim.core.money import CENTS
from eipsim.core.names import fold_name
from eipsim.exchanges.tables import named, year_or_missing
from eipsim.infrastructure.items import item_labels, item_names, item_units
from eipsim.market import books as accounts
from eipsim.market.catalogue import measure_names
from eipsim.model.model import EIPModel
from eipsim.outcomes.attribution import AT_RENEWAL, BEYOND_MEASURES
from eipsim.outcomes.chronicle import KeptYears
from eipsim.outcomes.recommendations import assisted_firms
from eipsim.outcomes.registry import TABLED
from eipsim.policy.province_maps import ProvinceMap
from eipsim.world import World
from eipsim.world.columns import DRAWN

STATES = ("established", "operating", "committed", "converted", "applied", "certified")
BY_PROVINCE = tuple(name for name, outcome in TABLED.items() if "province" in outcome.reach)
FIRMS = {
    "firms": accounts.FIRMS,
    "aware_firms": accounts.AWARE,
    "recp_firms": accounts.RECP,
    "recp_firms_measured": accounts.RECP_MEASURED,
}
EXCHANGES = ("exchanges_identified", "exchanges_feasible", "exchanges_operating")  # in the table of parks
SCORE_COLUMNS = ("score", *(f"{category}_score" for category in SCORES))
PARK_UNITS = dict.fromkeys(SCORE_COLUMNS, "points of 100") | {
    "latitude": "degrees",
    "longitude": "degrees",
    "area_ha": "ha",
    "facilitation": "share of full effort",
}
OPTION_STAGES = {
    "identified": "recommended by an audit since 2015",
    "accepted": "the firm has decided for it, whether or not it could pay yet",
    "implemented": "installed since the audit",
    "in_use": "installed at the end of the last year, in a firm that is still there",
}


# What stays the same of a park from year to year, as `Run.to_xarray` calls it.
PARK_FACTS = (
    "park_name", "park_province", "province_2025", "region", "latitude", "longitude", "synthetic", "area_ha",
    *(f"{what}_drawn" for what in DRAWN),
)  # fmt: skip


def park_states(operators: np.recarray, year: int | np.ndarray) -> np.ndarray:
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


def park_table(world: World, years: KeptYears) -> pd.DataFrame:
    """A row per year and park established by then. Years of steps not taken are missing."""
    operators, parks, seen = years.operators, world.parks, years.by_park()
    there = np.flatnonzero(operators.established_year <= years.year)
    rows, score = there % world.n_parks, operators.score[there]
    columns = {
        "year": years.year[there],
        "park_id": named(world.park_ids, rows),
        "name": named(world.park_names, rows),
        "province": named(world.provinces, parks.province[rows]),
        "region": named(world.regions, parks.region[rows]),
        "latitude": parks.latitude[rows],
        "longitude": parks.longitude[rows],
        "synthetic": parks.synthetic[rows],
        "state": named(STATES, park_states(operators, years.year)[there]),
        "certificate": named(CERTIFICATE_STATES, operators.certificate[there]),
        **{name: year_or_missing(operators[name][there]) for name in STEPS},
        "founded_eco": operators.born_eco[there],
        "score": score.mean(axis=1),
        **{f"{category}_score": score[:, k] for k, category in enumerate(SCORES)},
        "facilitation": operators.facilitation[there],
        **{name: years.booked("counts", count)[there] for name, count in FIRMS.items()},
        **{name: TABLED[name].formula(seen)[there].astype(np.int64) for name in (*EXCHANGES, "operator_audits_done")},
        "province_2025": named(world.provinces_2025, parks.province[rows]),
        "area_ha": parks.area_ha[rows],
        **{f"{what}_drawn": is_drawn(world, what)[rows] for what in DRAWN},
    }
    table = pd.DataFrame(columns, copy=False)
    table.attrs |= {"units": dict(PARK_UNITS), "latin": latin_names(world)}
    return table


def latin_names(world: World) -> dict[str, str]:
    """By name of a park that has letters of another script, the Latin name that its country gives it, else its id."""
    names = zip(world.park_ids, world.park_names, world.park_names_ascii)
    return {name: latin if latin.isascii() else own for own, name, latin in names if not fold_name(name).isascii()}


def is_drawn(world: World, what: str) -> np.ndarray:
    """bool [p]: parks of which one of DRAWN is no fact but drawn, because no list tells it."""
    return np.array([what in world.drawn.get(park, ()) for park in world.park_ids], dtype=np.bool_)


STEPS = (
    "established_year", "operating_year", "commit_year", "converted_year", "applied_year", "certified_year", "lapsed_year",
)  # fmt: skip


def province_table(
    world: World, years: KeptYears, recommended: dict[str, np.ndarray], maps: ProvinceMap | None = None
) -> pd.DataFrame:
    """A row per year and province of the world that has parks: the outcomes BY_PROVINCE; what has no value is missing.

    `recommended` [years, provinces]: what recommendations have cost and save, as `Recommendations.by_province` has it.
    With `maps` by the new map of provinces, in all years.
    """
    home, names = (None, world.provinces) if maps is None else (maps.home, maps.new)
    rows = world.parks.province if home is None else home[world.parks.province]
    present, seen = np.unique(rows), years.by_province(home)
    if home is not None:
        recommended = {name: np.apply_along_axis(in_seats, 1, values, home) for name, values in recommended.items()}
    seen.known_of_recommendations = {name: values.ravel() for name, values in recommended.items()}
    values = np.empty((len(BY_PROVINCE), years.n_years, len(world.provinces)))
    for row, name in zip(values, BY_PROVINCE):
        row[:] = TABLED[name].formula(seen).reshape(row.shape)
    table = pd.DataFrame(values[:, :, present].reshape(len(BY_PROVINCE), -1).T, columns=list(BY_PROVINCE), copy=False)
    every_year, everywhere = np.arange(years.first, years.last + 1), np.tile(present, years.n_years)
    # pandas is told that it need not look whether it has these columns already
    table.insert(0, "year", every_year.repeat(present.size), allow_duplicates=True)
    table.insert(1, "province", named(names, everywhere), allow_duplicates=True)
    table.attrs["units"] = {name: TABLED[name].unit for name in BY_PROVINCE}
    return table


def in_seats(amounts: np.ndarray, home: np.ndarray) -> np.ndarray:
    """What provinces have (`amounts` [v]) summed in the row of the province that each is part of."""
    return np.bincount(home, amounts, minlength=amounts.size)


def avoided_table(model: EIPModel, avoided: list[np.ndarray]) -> pd.DataFrame:
    """tCO2/yr avoided, a row a reported year, a column a measure, then what shared infrastructure and exchanges avoid.

    Where boilers have an end of life, what was chosen at it stands in a column of its own (`biomass-boiler-at-renewal`), and the
    measure's holds what replaced a boiler early.
    """
    skip = model.first_reported - model.world.first_year
    years = pd.Index(range(model.first_reported, model.last_year + 1), name="year")
    ends = model.state.market.constants.boiler_lifetime > 0.0
    names = [*measure_names(), *(AT_RENEWAL if ends else ()), *BEYOND_MEASURES]
    table = pd.DataFrame(avoided[skip:], columns=names, index=years)
    table.attrs["units"] = dict.fromkeys(names, "tCO2/yr")
    return table


def option_table(model: EIPModel) -> pd.DataFrame:
    """What has become of the options that audits recommended: a row a measure, OPTION_STAGES, each a part of the one before."""
    firms, alive = model.state.firms, model.alive_mask()
    rows = assisted_firms(model.state.books)
    recommended = firms.recommended[rows]
    identified, implemented = recommended != NOT_RECOMMENDED, recommended == IMPLEMENTED
    accepted = implemented | (identified & (firms.margin[rows] <= 1.0))
    in_use = implemented & (firms.origin[rows] >= ADOPTED) & alive[rows, None]
    counts = [stage.sum(axis=0) for stage in (identified, accepted, implemented, in_use)]
    table = pd.DataFrame(dict(zip(OPTION_STAGES, counts)), index=pd.Index(measure_names(), name="measure"))
    table.attrs["units"] = dict.fromkeys(OPTION_STAGES, "options")
    return table


def voucher_table(model: EIPModel) -> pd.DataFrame | None:
    """What vouchers that firms applied for have done: a row per reported year and measure; None where nobody applied.

    `anyway` would have been bought in the same year without; `given_up` too, and is not bought with one.
    """
    kept = [(year, record) for year, record in model.state.voucher_records if year >= model.first_reported]
    if not kept:
        return None
    years, records = zip(*kept)
    counts = np.concatenate(records)
    columns = {
        "year": np.repeat(years, len(measure_names())),
        "measure": np.tile(np.array(measure_names(), dtype=object), len(kept)),
        "adoptions": counts[:, ADOPTIONS],
        "anyway": counts[:, ANYWAY],
        "given_up": counts[:, GIVEN_UP],
        "additional": counts[:, ADOPTIONS] - counts[:, ANYWAY] - counts[:, GIVEN_UP],
        "paid_usd": counts[:, PAID] / CENTS,
        "paid_anyway_usd": counts[:, PAID_ANYWAY] / CENTS,
    }
    table = pd.DataFrame(columns, copy=False)
    table = table[(counts != 0).any(axis=1)].reset_index(drop=True)
    table.attrs["units"] = dict.fromkeys(("adoptions", "anyway", "given_up", "additional"), "measures")
    table.attrs["units"] |= {"paid_usd": "USD", "paid_anyway_usd": "USD"}
    return table


def criteria_table(model: EIPModel) -> pd.DataFrame:
    """A row per reported year and criterion: which criteria bind.

    Of the operating parks how many fail it, and how many fail nothing else; the same of the committed ones; the median
    shortfall of the parks that fail it, in its unit (missing when none does).
    """
    kept = [each for each in model.state.certification.standings if each[0] >= model.first_reported]
    criteria = [criterion for _, decree, _ in kept for criterion in decree.criteria]
    many = [len(decree.criteria) for _, decree, _ in kept]
    bind = binding([standing for _, _, standing in kept]) if kept else np.empty((0, len(BINDING)))
    columns = {
        "year": np.repeat([year for year, _, _ in kept], many),
        "decree": np.repeat(np.array([decree.rule_id for _, decree, _ in kept], dtype=object), many),
        "criterion": [criterion.sentence for criterion in criteria],
        "unit": [criterion.unit for criterion in criteria],
        **{name: bind[:, k].astype(int) for k, name in enumerate(BINDING[:-1])},
        BINDING[-1]: bind[:, -1],
    }
    table = pd.DataFrame(columns, copy=False) if kept else pd.DataFrame(columns=list(columns))
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
            "park_id": named(world.park_ids, park),
            "name": named(world.park_names, park),
            "province": named(world.provinces, world.parks.province[park]),
            "item": np.array(item_names())[item],
            "label": np.array(item_labels())[item],
            "unit": np.array(item_units())[item],
            "decided_year": year_or_missing(ordered["decided_year"]),
            "built_year": year_or_missing(ordered["built_year"]),
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
