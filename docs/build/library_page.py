# ruff: noqa: E501 (paragraphs of generated documents)
"""docs/library.md: what every scenario of the library costs, what it reaches, what it assumes, from runs of the country."""

from __future__ import annotations

import datetime

import pandas as pd
from pages import GENERATED, markdown_table

from eipsim import compare
from eipsim.analysis.compare import Comparison
from eipsim.figures.wording import number
from eipsim.runs.provenance import commit
from eipsim.runs.targets import in_words, reached
from eipsim.scenarios.contents import contents_of
from eipsim.scenarios.files import GROUPS, Entry, library_entries
from eipsim.scenarios.loading import load_scenario

BASELINE, REPLICATES, MILLION = "baseline", 3, 1e6
LEAST = 1e4  # USD: less is told as nothing
SHOWN = {
    "parks_converted": "parks converted", "parks_certified": "parks certified", "recp_firm_share": "% of firms with measured RECP",
    "exchanges_operating": "exchanges operating", "shared_infrastructure": "shared systems", "co2_total_t": "Mt CO₂, energy and processes",
}  # fmt: skip
SIZES = {"recp_firm_share": 0.01, "co2_total_t": MILLION}
YEARS = (2030, 2050)


def runs() -> Comparison:
    """Every scenario beside the baseline, in pairs with the same draws. Some hundred runs of the country."""
    return compare([entry.name for entry in library_entries() if entry.name != BASELINE], BASELINE, REPLICATES)


def page(compared: Comparison) -> str:
    """The whole page."""
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    by_group = "\n\n".join(
        f"## {group.capitalize()}\n\n"
        + "\n\n".join(section(entry, compared) for entry in library_entries() if entry.group == group)
        for group in GROUPS
    )
    return f"""{GENERATED}
# The library, scenario by scenario

What each scenario costs, what it reaches of what laws and plans ask for, and what it assumes. Numbers are means of {REPLICATES} replicates of the
country with default parameters, each paired with a baseline of the same draws, made on {when} with commit `{(commit() or "unknown")[:12]}`. They show the
size of things; intervals over everything that is not known stand in [experiment 01](../experiments/01_policy_comparison/README.md), and what the
model cannot say in [limits](limits.md). Money is in US dollars of 2024; a present value is that in 2015 at the social discount rate. Cost to
society is public spending, what firms and operators put in and the output that firms forgo because energy is dear, less what they save,
interest left out; what they pay to the public is a transfer. `eipsim show scenarios NAME` prints what a scenario sets, with all it inherits.

{by_group}
"""


def section(entry: Entry, compared: Comparison) -> str:
    """One scenario."""
    scenario = load_scenario(entry.name)
    parts = [f"### `{entry.name}`: {entry.title}", f"*{entry.question}* {' '.join(scenario.description.split())}"]
    if entry.name != BASELINE:
        parts.append(f"**Costs**, beyond the baseline. {costs(entry.name, compared)}")
    parts += [
        f"**Reaches.**\n\n{outcomes(entry.name, compared)}\n\n{targets(entry.name, compared)}",
        assumes(entry.name),
    ]
    return "\n\n".join(parts)


def costs(name: str, compared: Comparison) -> str:
    """What it costs the public and society, and a tonne."""
    of = compared.costs[compared.costs["scenario"] == name].set_index("quantity")["value"]

    def money(quantity: str) -> str:
        return number(of[quantity] / MILLION) if abs(of[quantity]) >= LEAST else "0"

    tonnes = of["cumulative_additional_tonnes"] / MILLION
    each = of["cumulative_total_cost_per_tonne"]
    per_tonne = "" if pd.isna(each) else f", {number(each)} USD a tonne to society"
    return (
        f"Public spending {money('discounted_public_cost')} million USD, cost to society {money('discounted_total_cost')} million USD (present "
        f"values); firms pay the public {money('discounted_transfers_to_the_public')} million USD more. {number(tonnes)} Mt CO₂ less in all "
        f"years{per_tonne}, undiscounted."
    )


def outcomes(name: str, compared: Comparison) -> str:
    """Main outcomes of two years."""
    means = mean_outcomes(name, compared)
    rows = [
        (label, *(number(means.loc[year, outcome] / SIZES.get(outcome, 1.0)) for year in YEARS))
        for outcome, label in SHOWN.items()
    ]
    return markdown_table(("", *map(str, YEARS)), rows)


def mean_outcomes(name: str, compared: Comparison) -> pd.DataFrame:
    of = compared.pathways[compared.pathways["scenario"].astype(str) == name]
    return of.groupby("year").mean(numeric_only=True)


def targets(name: str, compared: Comparison) -> str:
    """How far it comes towards what laws and plans ask for; scenarios without targets are held against those of the baseline."""
    asked = load_scenario(name).targets or load_scenario(BASELINE).targets
    found = reached(asked, mean_outcomes(name, compared))
    return "\n".join(f"* {one.target}, {one.year}: {in_words(one)}" for one in found)


def assumes(name: str) -> str:
    """What it sets beyond the baseline, the baseline beyond nothing."""
    beyond = None if name in (BASELINE, "no-eip-policy") else load_scenario(BASELINE)
    contents = [content for content in contents_of(load_scenario(name), beyond) if content.group != "targets"]
    if not contents:
        return "**Assumes** nothing beyond the prices, parks and firms of all scenarios" + (
            "." if beyond is None else ", and takes something away."
        )
    n = sum(content.is_assumed for content in contents)
    rows = [(content.name, content.level, content.unit, one_line(content.source)) for content in contents]
    table = markdown_table(("what", "level", "unit", "source"), rows)
    return f"**Assumes.** {n} of {len(rows)} settings are assumed in whole or in part.\n\n{table}"


def one_line(text: str) -> str:
    return " ".join(text.split())


def sections_of(text: str) -> dict[str, str]:
    """The sections of a page by scenario."""
    return {part.partition("`")[0]: part for part in text.split("\n### `")[1:]}
