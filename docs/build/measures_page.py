# ruff: noqa: E501 (paragraphs of generated documents)
"""docs/measures.md: saving, cost and payback of every measure, beside those of its source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pages import GENERATED, markdown_table
from paybacks import (
    AS_LISTED,
    ENGINEERING,
    STREAM_UNITS,
    dear_fuel_price,
    disagreements,
    mean_bill,
    payback_table,
    paybacks_by_fuel,
    reference_prices,
)

from eipsim.data.loading import read_facts, value_of
from eipsim.data.parameters import load_parameters
from eipsim.figures.wording import number
from eipsim.market.catalogue import measure_table
from eipsim.market.drivers import TARIFF_YEAR

FUELS = ("coal", "biomass", "fuel_oil", "LPG", "natural_gas", "diesel")
OUT_OF_REACH = 5.0  # times the payback of the source
STATUSES = ("sourced", "derived", "assumed")


def years(value: float) -> str:
    """A payback with two significant digits; `never` when the measure does not repay itself.

    >>> years(2.127), years(float("inf"))
    ('2.1', 'never')
    """
    return f"{value:.2g}" if np.isfinite(value) and value < 100.0 else f"{value:.0f}" if np.isfinite(value) else "never"


def facts_of(measure: str, parameter: str) -> pd.Series:
    """The row of `measures.csv` for one parameter of one measure."""
    long = read_facts("measures")
    return long[(long["measure_id"] == measure) & (long["parameter"] == parameter)].iloc[0]


def status_of(measure: str, parameter: str) -> str:
    """Status and source of a value, as in `derived (S77)`."""
    row = facts_of(measure, parameter)
    status = next(name for name in STATUSES if row["status"].startswith(name))
    return f"{status} ({row['source_id'].replace(';', ', ')})" if row["source_id"] else status


def saving_of(measure: str) -> str:
    """Share of the stream that is saved, or shifted for a measure that saves nothing: central (low to high)."""
    parameter = "site_saving" if float(facts_of(measure, "site_saving")["central"]) > 0.0 else "enduse_share"
    low, central, high = (number(float(facts_of(measure, parameter)[which])) for which in ("low", "central", "high"))
    return f"{central} ({low} to {high})" + (" shifted" if parameter == "enduse_share" else "")


def cost_of(row: pd.Series) -> str:
    """The converted capital cost with its unit."""
    if row["lump"] > 0.0:
        return f"{number(row['lump'])} USD per site"
    return f"{number(row['unit_cost'])} USD per {STREAM_UNITS[row['stream']]}/yr"


def note_of(measure: str, row: pd.Series) -> str:
    """Why the two paybacks differ, where they differ by more than a factor of two, and which one the model uses."""
    if row["lump"] > 0.0:
        needed = row["lump"] * (1.0 / row["source"] + load_parameters()["measures.operating_cost_share"].central)
        bill = needed / float(measure_table()["site_saving"][measure])
        return (
            f"lump sum: the model's payback is that of a firm with an energy bill of {number(mean_bill())} USD/yr; the source's "
            f"(nine large plants) is met at {number(bill)} USD/yr. The model keeps the lump sum, so that small firms see a long "
            "payback and large ones a short one"
        )
    if not np.isfinite(row["model"]):
        return (
            "never pays at reference prices: the electricity costs more than the fuel; the source's 99 means the same"
        )
    return ""


def payback_rows() -> list[list[str]]:
    frame, table = payback_table(), measure_table()
    off = set(disagreements(frame).index)
    rows = []
    for measure, row in frame.iterrows():
        spread = (
            years(row["least"])
            if years(row["least"]) == years(row["most"])
            else f"{years(row['least'])} to {years(row['most'])}"
        )
        ratio = f"{row['ratio']:.2f}" if np.isfinite(row["ratio"]) else "-"
        given = f"{number(float(table['capex'][str(measure)]))} {table['capex_unit'][str(measure)]}"
        flagged = f"**{ratio}**" if measure in off else ratio
        rows.append(
            [
                str(measure), row["label"], row["stream"], saving_of(str(measure)), given, cost_of(row), years(row["model"]),
                "99 (never)" if row["source"] >= 99.0 else years(row["source"]), flagged, spread, years(row["weighed"]),
            ]
        )  # fmt: skip
    return rows


def notes() -> str:
    frame = payback_table()
    lines = [
        f"* **{measure} {row['label']}**, {years(row['model'])} against {years(row['source'])} years: {note_of(str(measure), row)}.\n"
        for measure, row in disagreements(frame).iterrows()
    ]
    return "".join(lines)


def conversion_text() -> str:
    p, price = load_parameters(), reference_prices()
    solar = value_of("driver_paths", "pv_yield_reference")
    return f"""\
How the payback from the model is worked out, for each measure:

* *Cost*: the central capital cost of `measures.csv` in US dollars per yearly unit of the stream. USD per kW of heat is divided by
  {number(p["measures.boiler_hours"].central)} h/yr x 0.0036 GJ/kWh; USD per m3/d by {number(p["measures.operating_days"].central)} days; USD per kWp by \
{solar:,.0f} kWh/kWp/yr; USD per kWh of battery by
  {number(p["measures.battery_cycles"].central)} cycles a year. No hidden cost, no subsidy, technology of the base year.
* *Saving*: the engineering saving (realisation 1, no rebound) of one unit at the reference prices at which the source derived its
  paybacks: {number(price["electricity"])} USD/MWh, {number(price["fuel"])} USD/GJ, {price["water"]:.2f} USD/m3 (water and its wastewater), \
{number(price["solid_waste"])} USD/t. The heat pump reaches oil, LPG and
  gas only, at their mean price of {dear_fuel_price():.1f} USD/GJ over what firms of mean size burn. The battery earns the spread of
  {p["measures.peak_spread_usd_mwh"].central} USD per MWh shifted.
* *Less*: replacement inputs of `measure_inputs.csv` as listed, at the same prices (biomass at its own), and the yearly running cost
  ({p["measures.operating_cost_share"].central:.0%} of capital; {p["measures.pv_operating_share"].central:.2%} for solar; \
{p["measures.recycling_operating_cost"].central} USD/m3 besides for water recycling).
* *Payback* = cost / (saving - inputs - running cost), undiscounted. Both sides scale with use, so the firm's size cancels; for the
  lump-sum measure the typical firm has the mean energy bill of the archetypes' firms of mean size, weighted by their share of
  park firms: {number(mean_bill())} USD/yr.

*By archetype* is the same with the model's parameters in its own price tables of 2025 (each archetype's fuel mix, wastewater ratio and
applicability, cost trend to 2025, boilers as in the table below). *As firms weigh it* is the median over archetypes of what enters a decision: realisation
{p["measures.realisation"].central}, hidden cost {p["measures.hidden_cost_share"].central:.0%} of capital; a project's own cost factor (lognormal) comes on top.
"""


FUEL_LABELS = {"coal": "coal", "fuel_oil": "fuel oil", "LPG": "LPG", "natural_gas": "gas", "diesel": "diesel"}


def rows_by_fuel() -> list[list[str]]:
    """Payback of what replaces a boiler by the fuel of the firm, in the model and as listed, and by the source."""
    rows = []
    model, listed = (paybacks_by_fuel(s | ENGINEERING) for s in ({}, AS_LISTED))
    for measure in model.index:
        low, source, high = (float(facts_of(measure, "payback")[which]) for which in ("low", "central", "high"))
        given = "99 (never)" if source >= 99.0 else f"{years(source)} ({years(low)} to {years(high)})"
        for told, frame in (("in the model", model), ("as listed", listed)):
            cells = ["-" if np.isnan(frame.loc[measure, f]) else years(frame.loc[measure, f]) for f in FUEL_LABELS]
            rows.append([measure, measure_table()["label"][measure], told, *cells, given])
    return rows


def by_fuel_text() -> str:
    table = markdown_table(
        ["id", "measure", "parameters", *(f"burns {label} [yr]" for label in FUEL_LABELS.values()), "source [yr]"],
        rows_by_fuel(),
    )
    coal = read_facts("boiler_evidence").set_index(["name", "fuel"]).loc["payback_of_biomass_boiler", "coal"]
    p = load_parameters()
    return f"""{table}

Of the same capital, by the main fuel that a firm burns, as an auditor works it out (realisation 1,
no hidden cost) at the prices of {TARIFF_YEAR}. *In the model* (`eipsim/data/boiler_evidence.csv`): `measures.boiler_efficiency` \
{p["measures.boiler_efficiency"].central:g}, biomass at {p["measures.biomass_price_ratio"].central:g} times coal, \
`measures.solid_boiler_running_cost_usd_kw` {p["measures.solid_boiler_running_cost_usd_kw"].central:g}; not yet dearer by its use. *As listed*: prices of
`prices.csv`, {measure_inputs_of("M09")} GJ of biomass per GJ of fossil fuel, running cost a share of capital. Worked out from prices that were seen, a firm that burns coal
gets its biomass boiler back in {years(float(coal["central"]))} years ({years(float(coal["low"]))} to {years(float(coal["high"]))}).
"""


def measure_inputs_of(measure: str) -> str:
    """The central amount that a measure uses instead, as listed."""
    return str(read_facts("measure_inputs").set_index("measure_id").loc[measure, "amount_central"])


def weighed_text() -> str:
    """The measures that look much worse to a firm than to an auditor, and why."""
    frame = payback_table()
    worse = frame[
        (frame["weighed"] > OUT_OF_REACH * frame["source"]) & (frame["lump"] == 0.0) & np.isfinite(frame["model"])
    ]
    return "".join(
        f"**{measure} {row['label']}** repays itself in {years(row['model'])} years as audited but in {years(row['weighed'])} as firms weigh it: its running "
        "cost falls on all it treats, while only the realised part of its saving counts, so next to nothing is left.\n"
        for measure, row in worse.iterrows()
    )


def status_rows() -> list[list[str]]:
    rows = []
    for measure in measure_table().index:
        values = [
            status_of(measure, parameter)
            for parameter in ("site_saving", "capex", "payback", "lifetime", "penetration_2024")
        ]
        rows.append([measure, facts_of(measure, "capex")["name"], *values])
    return rows


def input_rows() -> list[list[str]]:
    table = read_facts("measure_inputs")
    used = table[table["input"] != "none"]
    return [
        [r["measure_id"], r["input"], f"{r['amount_central']} ({r['amount_low']} to {r['amount_high']})", r["unit"],
         r["status"] + (f" ({r['source_id']})" if r["source_id"] else "")]
        for _, r in used.iterrows()
    ]  # fmt: skip


def archetype_rows() -> list[list[str]]:
    names = read_facts("archetypes").set_index("arch_id")["name"]
    materials, fuels = (read_facts(table).set_index("arch_id") for table in ("archetype_materials", "fuel_mix"))
    rows = []
    for archetype in map(str, names.index):
        m: Any = materials.loc[archetype]
        mix: Any = fuels.loc[archetype]
        share = [float(m[f"materials_share_of_revenue_{which}"]) for which in ("central", "low", "high")]
        spent = f"{share[0]:.0%} ({share[1]:.0%} to {share[2]:.0%})"
        chemicals = f"{float(m['chemicals_share_of_revenue_central']):.1%}"
        rows.append([archetype, names[archetype], spent, chemicals, *(f"{float(mix[fuel]):.0%}" for fuel in FUELS)])
    return rows


def status_of_archetypes() -> str:
    materials, fuels = (read_facts(table)["status"].unique() for table in ("archetype_materials", "fuel_mix"))
    return f"Materials and chemicals: {'; '.join(materials)}. Fuels: {'; '.join(fuels)}."


def page() -> str:
    """The whole of docs/measures.md."""
    paybacks = markdown_table(
        ["id", "measure", "stream", "saving, share of stream", "cost as given", "cost converted", "payback, model [yr]",
         "payback, source [yr]", "ratio", "model, by archetype [yr]", "as firms weigh it [yr]"],
        payback_rows(),
    )  # fmt: skip
    status = markdown_table(
        ["id", "measure in the source", "saving", "cost", "payback", "lifetime", "penetration in 2024"], status_rows()
    )
    inputs = markdown_table(["id", "input", "amount, central (low to high)", "unit", "status"], input_rows())
    fuels = ["coal", "biomass", "fuel oil", "LPG", "gas", "diesel"]
    archetypes = markdown_table(
        ["id", "archetype", "materials, share of revenue", "of these chemicals, share of revenue", *fuels],
        archetype_rows(),
    )
    return f"""{GENERATED}
# Measures: saving, cost and payback, side by side

{len(measure_table())} rows, one per measure of resource-efficient and cleaner production (housekeeping is split by stream). Source: `eipsim/data/measures.csv`.

{paybacks}

{conversion_text()}
## Where the two paybacks differ by more than a factor of two

{notes()}
All other measures agree within a factor of two. Three of them because of how the model treats them: the heat pump (M18) is
compared with oil, LPG and gas only, as in the source (against coal or biomass it never pays); the battery (M19) is valued by the
electricity it shifts, not by what it saves; biomass (M09) is charged for its fuel.

{weighed_text()}
## What replaces a boiler, by the fuel that the firm burns

{by_fuel_text()}
## Status and source of each value

{status}

## What a substitution measure uses instead

{inputs}

## Materials and fuels by archetype

Materials are what a firm spends on materials without energy, chemicals included; fuels are shares of fuel energy.
{status_of_archetypes()}

{archetypes}
"""
