"""What the model gives for firms that programmes have audited, beside what programmes report. Compared, not fitted.

`python experiments/00_programmes/assisted.py` prints the table; `make docs` writes it into docs/comparison-with-programmes.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from eipsim.agents.firm.columns import ADOPTED, IMPLEMENTED, NOT_INSTALLED, NOT_RECOMMENDED
from eipsim.agents.firm.project import cost_in_cents
from eipsim.agents.firm.stock import take_stock
from eipsim.data.loading import read_facts
from eipsim.market import uses
from eipsim.market.catalogue import exclusions, measure_table
from eipsim.market.drivers import REFERENCE_YEAR
from eipsim.model.model import EIPModel

CENTS = 100.0
UTILITY_USES = [uses.ELECTRICITY, uses.COAL_DIESEL, uses.DEAR_FUEL, uses.BIOMASS, uses.WATER]


class Package(NamedTuple):
    """What a set of recommended options costs and saves: totals of all assisted firms, per year unless said."""

    options: int
    standing: int  # of these options, in use
    firms: int  # with at least one of the options
    capex: float  # USD
    saving: float  # USD/yr
    water: float  # m3/yr
    co2: float  # tCO2/yr
    power: float  # MWh/yr
    bill: float  # USD/yr, energy and water before
    bill_share: float  # of each firm's energy and water bill before, mean over all assisted firms
    power_share: float  # of all their electricity before


def programme_comparison(seed: int = 1, year: int = REFERENCE_YEAR) -> pd.DataFrame:
    """Context rows of `programme_evidence.csv` beside the model's assisted firms at the end of `year` in the baseline.

    Columns: programme, metric, reported, unit, model (realised), audit (as an audit would state it), ratio (audit over
    reported), what, status, source. Runs the model once.
    """
    model = EIPModel("baseline", world="vietnam", rng=seed)
    while model.year < year:
        model.step()
    packages = {name: package(model, mask) for name, mask in MASKS.items()}
    stated = {name: as_audited(found, model.state.market.constants) for name, found in packages.items()}
    evidence = read_facts("programme_evidence").set_index(["prog_id", "metric"]).sort_index()
    frame = pd.DataFrame([row_of(evidence, key, packages, stated) for key in COUNTERPARTS])
    everything = packages["in use"]
    frame.attrs.update(
        seed=seed, year=year, firms=len(assisted_rows(model)), bill=everything.bill / len(assisted_rows(model))
    )
    frame.attrs.update(recommended=packages["identified"].options, implemented=everything.options)
    return frame.assign(ratio=frame["audit"] / frame["reported"])


def as_audited(found: Package, c) -> Package:
    """The package as an audit would state it: nothing lost in realisation or rebound, no hidden cost."""
    net = c.realisation * (1.0 - c.rebound)
    saved = {
        name: getattr(found, name) / net for name in ("saving", "water", "co2", "power", "bill_share", "power_share")
    }
    return found._replace(capex=found.capex / (1.0 + c.hidden_cost_share), **saved)


# (programme, metric) -> package, the number from it, what it is
PER_FIRM, IN_USE = "per firm with at least one option in use", "all options in use"
POWER_OPTIONS = "efficiency options identified, electricity"
BILL_SHARE = "share of the energy and water bill, mean of firms, energy and water options in use"
COUNTERPARTS: dict[tuple[str, str], tuple[str, Callable[[Package], float], str]] = {
    ("P03", "capex per factory"): ("in use", lambda p: p.capex / p.firms, PER_FIRM),
    ("P03", "simple payback"): ("in use", lambda p: p.capex / p.saving, IN_USE),
    ("P03", "water saved per factory"): ("in use", lambda p: p.water / p.firms, PER_FIRM),
    ("P03", "GHG per factory"): ("in use", lambda p: p.co2 / p.firms, PER_FIRM),
    ("P03", "average water and energy saving"): (
        "utilities in use", lambda p: p.bill_share, BILL_SHARE),
    ("P05", "saving share"): (
        "power efficiency", lambda p: p.power_share, "share of electricity, efficiency options identified"),
    ("P05", "payback mean (range of measures 0.5-5 yr is sourced)"): (
        "power efficiency", lambda p: p.capex / p.saving, POWER_OPTIONS),
    ("P05", "capex per saved MWh/yr"): (
        "power efficiency", lambda p: p.capex / p.power, POWER_OPTIONS),
    ("P07", "saving of electricity coal water oil (range 10-30%)"): (
        "utilities in use", lambda p: p.bill_share, BILL_SHARE),
    ("P13", "mean saving"): ("energy in use", lambda p: p.saving / p.options, "per energy option in use"),
    ("P13", "mean payback"): ("energy in use", lambda p: p.capex / p.saving, "energy options in use"),
    ("P13", "implementation rate"): (
        "energy identified", lambda p: p.standing / p.options, "energy options in use over those identified"),
    ("P14", "payback of EnMS incl. staff time"): (
        "management", lambda p: p.capex / p.saving, "energy management wherever identified"),
}  # fmt: skip


def row_of(
    evidence: pd.DataFrame, key: tuple[str, str], realised: dict[str, Package], stated: dict[str, Package]
) -> dict:
    """One line of the comparison."""
    given: Any = evidence.loc[key]
    given = given.iloc[0] if isinstance(given, pd.DataFrame) else given
    if given["use"] != "context":
        raise ValueError(f"{key} is marked {given['use']}: only context rows are compared here")
    which, number, what = COUNTERPARTS[key]
    return {
        "programme": f"{key[0]}: {given['programme']}",
        "metric": key[1],
        "reported": float(given["value"]),
        "unit": given["unit"],
        "model": number(realised[which]),
        "audit": number(stated[which]),
        "what": what,
        "status": given["status"].split(" (")[0],
        "source": given["source_id"],
    }


def assisted_rows(model) -> np.ndarray:
    """Rows of the firms that have been audited and are still in their park."""
    return np.flatnonzero(model.alive_mask() & (model.state.firms.audit_year > 0))


def in_use(firms: np.recarray) -> np.ndarray:
    """Recommended options that were implemented and stand [n, m]."""
    return (firms.recommended == IMPLEMENTED) & (firms.origin >= ADOPTED)


def identified(firms: np.recarray) -> np.ndarray:
    """Every option ever recommended [n, m] that stands or is not there; not what has become stock."""
    return (firms.recommended != NOT_RECOMMENDED) & ((firms.origin >= ADOPTED) | (firms.origin == NOT_INSTALLED))


def of_streams(*names: str, less: tuple[str, ...] = ()) -> np.ndarray:
    """Which measures act on the streams, except those named [m]."""
    table = measure_table()
    return (table["reaches"].isin(names) & ~table["name"].isin(less)).to_numpy()


ENERGY = of_streams("electricity", "fuel", "fossil", "dear_fuel", "energy_all")
UTILITIES = ENERGY | of_streams("water")
POWER = of_streams("electricity", less=("rooftop-solar", "battery"))
MANAGEMENT = of_streams("energy_all")
MASKS: dict[str, Callable[[np.recarray], np.ndarray]] = {
    "in use": in_use,
    "identified": identified,
    "utilities in use": lambda firms: in_use(firms) & UTILITIES,
    "energy in use": lambda firms: in_use(firms) & ENERGY,
    "energy identified": lambda firms: identified(firms) & ENERGY,
    "power efficiency": lambda firms: identified(firms) & POWER,
    "management": lambda firms: identified(firms) & MANAGEMENT,
}


def package(model, mask_of: Callable[[np.recarray], np.ndarray]) -> Package:
    """Cost and saving, at this year's prices, of the options that `mask_of` picks from the assisted firms' [n, m]."""
    rows = assisted_rows(model)
    firms = model.state.firms[rows].view(np.recarray).copy()
    chosen = without_excluded(firms, mask_of(firms))
    before = rebuilt(firms, chosen, NOT_INSTALLED, 0, model)
    after = rebuilt(before, chosen, ADOPTED, model.year, model)
    pairs = np.argwhere(chosen)
    capex = sum(int(cost_in_cents(before[i], m, model.state.surroundings)) for i, m in pairs) / CENTS
    return totals(model, firms, before, after, chosen, capex)


def without_excluded(firms: np.recarray, chosen: np.ndarray) -> np.ndarray:
    """`chosen` less what cannot stand beside what does, or beside an earlier option of the catalogue."""
    kept, excludes = chosen.copy(), exclusions()
    for i in range(len(firms)):
        standing = int(firms.installed_bits[i])
        for m in np.flatnonzero(chosen[i]):
            kept[i, m] = (standing & int(excludes[m])) == 0
            standing |= (1 << int(m)) if kept[i, m] else 0
    return kept


def rebuilt(firms: np.recarray, chosen: np.ndarray, origin: int, year: int, model) -> np.recarray:
    """A copy of the firms in which the chosen options are not installed, or adopted in `year`, worked out anew."""
    table = firms.copy()
    table.origin[chosen] = origin
    table.installed_year[chosen] = year
    bits = (chosen * (1 << np.arange(chosen.shape[1], dtype=np.int64))).sum(axis=1)
    for column in (table.installed_bits, table.adopted_bits):
        column[:] = (column | bits) if origin == ADOPTED else (column & ~bits)
    for i in range(len(table)):
        take_stock(table[i], model.state.market.catalogue, model.state.surroundings, model.state.market.constants)
    return table


def totals(
    model, after_audit: np.recarray, before: np.recarray, after: np.recarray, chosen: np.ndarray, capex: float
) -> Package:
    """Sums over the assisted firms, as they are after the audit, of what the chosen options [n, m] change."""
    prices, zone = model.this_year.prices, model.state.surroundings.parks.zone[before.park]
    use = np.stack([before.use, after.use]) * prices.intensity
    saved, price = use[0] - use[1], prices.use[zone, before.sector]
    running = after.operating_cost.sum() - before.operating_cost.sum()
    bill = (use[0] * price)[:, UTILITY_USES].sum(axis=1)
    power = saved[:, uses.ELECTRICITY].sum()
    return Package(
        options=int(chosen.sum()),
        standing=int((chosen & in_use(after_audit)).sum()),
        firms=int(chosen.any(axis=1).sum()),
        capex=capex,
        saving=float((saved * price).sum() - running),
        water=float(saved[:, uses.WATER].sum()),
        co2=float((saved * prices.emission[before.sector]).sum()),
        power=float(power),
        bill=float(bill.sum()),
        bill_share=float(((saved * price)[:, UTILITY_USES].sum(axis=1) / bill).mean()),
        power_share=float(power / use[0, :, uses.ELECTRICITY].sum()),
    )


if __name__ == "__main__":
    print(programme_comparison().round(2).to_string(index=False))
