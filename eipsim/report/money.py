"""Policies at equal cost, and who pays for what tonne: from a comparison, or from a store whose runs come in pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from eipsim.analysis.choice.cost_per_tonne import cost_per_tonne, has_what_costs_need
from eipsim.analysis.choice.scores import best_at_cost
from eipsim.analysis.compare import NO_TONNE, OTHER_DRIVERS, UNCERTAIN_TONNE
from eipsim.core.numbers import NOTHING
from eipsim.figures.panels import Bar, bars
from eipsim.figures.style import as_svg
from eipsim.report.blocks import Block, Command, Picture, Prose, Section, Table
from eipsim.report.sources import COMPARISON, RUN, STORE, Source, StoreSource
from eipsim.report.words import INTERVAL, Told, Words

PERIOD = "discounted"
PARTS = ("public", "free_riders", "private", "total")
DRAWN_AS = {"public": "public", "free_riders": "free", "private": "private", "total": "total"}
NOTES = {NO_TONNE: "cost-no-tonne", UNCERTAIN_TONNE: "cost-uncertain-tonne", OTHER_DRIVERS: "cost-other-drivers"}
COST, PER_TONNE, TONNE = "USD", "USD/tCO2", "tCO2"
MILLION = 1e6
SPENT_AS_MUCH = 0.02  # of the mean: public money within so much of each other counts as the same
MOST_STEPS = 12  # measures of a table


def costs_of(source: Source) -> pd.DataFrame | None:
    """By scenario and part what it costs beyond the baseline, discounted: cost, cost_low, cost_high, per_tonne, low, high,
    note; the part `tonnes` has tonnes in place of a cost. None where the source does not tell."""
    if isinstance(source, StoreSource):
        if not has_what_costs_need(source.study) or not source.others:
            return None
        table = cost_per_tonne(source.study)
        return table[table["period"] == PERIOD].set_index(["scenario", "part"])
    table = source.table("summary.csv") if source.kind == COMPARISON else None
    if table is None:
        return None
    own = table[table["quantity"].str.startswith(f"{PERIOD}_")].set_index(["scenario", "quantity"])
    rows = {}
    for scenario in source.others:
        for part, name in {"public": "public_cost", "private": "private_cost", "total": "total_cost",
                           "transfers": "transfers_to_the_public", "tonnes": "additional_tonnes"}.items():  # fmt: skip
            if (scenario, f"{PERIOD}_{name}") not in own.index:
                continue
            cost = own.loc[(scenario, f"{PERIOD}_{name}")]
            key = (scenario, f"{PERIOD}_{name}_per_tonne")
            each = own.loc[key] if key in own.index else None
            low, high, value = (np.nan if each is None else float(each[end]) for end in ("low", "high", "value"))
            note = cost["note"] if each is None else each["note"]
            rows[scenario, part] = {
                "cost": float(cost["value"]), "cost_low": float(cost["low"]), "cost_high": float(cost["high"]),
                "per_tonne": value, "low": low, "high": high, "note": note if isinstance(note, str) else "",
            }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["scenario", "part"]) if rows else None


def section_equal_cost(source: Source, words: Words, costs: pd.DataFrame | None) -> Section:
    title = words.say("equal-title")
    if costs is None:
        return Section("equal-cost", title, why_no_costs(source, words))
    names = [name for name in source.others if (name, "public") in costs.index]
    cost, tonnes = (costs.xs(part, level="part")["cost"].reindex(names).to_numpy() for part in ("public", "tonnes"))
    best = best_at_cost(np.append(cost, 0.0), np.append(tonnes, 0.0))[:-1]  # the baseline costs and avoids nothing more
    spends = [float(costs.loc[(name, "public")]["cost_low"]) > 0.0 for name in names]
    per = np.array([t / c * MILLION if ok else np.nan for t, c, ok in zip(tonnes, cost, spends)])
    order = sorted(range(len(names)), key=lambda k: -np.nan_to_num(per[k], nan=-np.inf))
    rows = []
    for k in order:
        name = names[k]
        public, avoided = costs.loc[(name, "public")], costs.loc[(name, "tonnes")]
        short = max(0.0, float(best[k] - tonnes[k])) if spends[k] else np.nan
        rows.append([
            words.scenario(name), with_range(words, public, COST), with_range(words, avoided, TONNE),
            words.quantity(per[k], TONNE) if spends[k] else words.say("equal-no-money"),
            words.quantity(short, TONNE) if spends[k] else NOTHING,
        ])  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("scenario", "public-money", "tonnes", "per-million", "shortfall")]
    sure = [k for k in order if spends[k] and float(costs.loc[(names[k], "tonnes")]["cost_low"]) > 0.0]
    told = words.say("equal-finding-none")
    if sure:
        told = words.say(
            "equal-finding", scenario=words.inside(names[sure[0]]), tonnes=words.quantity(per[sure[0]], TONNE)
        )
    paid = cost[np.array(spends, dtype=bool)]
    same = paid.size > 1 and float(np.ptp(paid)) <= SPENT_AS_MUCH * abs(float(paid.mean()))
    blocks: list[Block] = [Table(told, head, rows, (1, 2, 3, 4), words.say("equal-note"))]
    blocks.append(Prose(words.say("equal-same-money" if same else "equal-other-money")))
    return Section("equal-cost", title, blocks)


def section_payers(source: Source, words: Words, costs: pd.DataFrame | None) -> Section:
    title, blocks = words.say("payers-title"), list[Block]()
    if costs is not None:
        blocks += payers(source, words, costs)
    else:
        blocks += why_no_costs(source, words)
        steps = source.table("abatement.csv") if source.kind == RUN else None
        if steps is not None and (steps["co2_t"] > 0.0).any():
            blocks.append(steps_table(source, words, steps))
    return Section("payers", title, blocks)


def payers(source: Source, words: Words, costs: pd.DataFrame) -> list[Block]:
    """Who pays for an additional tonne: as bars and as a table, what costs least first."""
    totals = {
        name: float(costs.loc[(name, "total")]["per_tonne"]) for name in source.others if (name, "total") in costs.index
    }
    names = sorted(totals, key=lambda name: np.nan_to_num(totals[name], nan=np.inf))
    shown = [part for part in PARTS if part in costs.index.get_level_values("part")]
    rows = [[words.scenario(name), *(per_tonne(words, costs, name, part) for part in shown), transfers(words, costs, name)]
            for name in names]  # fmt: skip
    head = ["scenario", *(part.replace("_", "-") for part in shown), "transfers"]
    notes = sorted({NOTES[note] for note in costs["note"] if note in NOTES})
    note = " ".join([words.say("payers-note"), *(words.say(f"{name}-note") for name in notes)])
    told = [name for name in names if np.isfinite(totals[name])]
    title = words.say("payers-table" if told else "payers-finding-none")
    table = Table(title, [words.say(f"head-{name}") for name in head], rows, range(1, len(head)), note)
    return [bars_of_payers(words, costs, told, shown), table] if told else [table]


def bars_of_payers(words: Words, costs: pd.DataFrame, told: list[str], shown: list[str]) -> Picture:
    """A bar a scenario whose tonnes have a cost."""
    total = costs.xs("total", level="part").loc[told]
    drawn = [
        Bar(words.scenario(name), parts_of(costs, name, shown), float(total.at[name, "low"]), float(total.at[name, "high"]),
            words.number(float(total.at[name, "per_tonne"]), 2))
        for name in told
    ]  # fmt: skip
    legend = {DRAWN_AS[part]: words.say(f"legend-{part.replace('_', '-')}") for part in shown}
    svg = as_svg(bars(drawn, words.say("payers-axis"), words.language.number, legend, stacked=True))
    best = float(total["per_tonne"].iloc[0])
    kind = "payers-finding-saves" if best < 0.0 else "payers-finding-costs"
    title = words.say(kind, scenario=words.inside(told[0]), amount=words.quantity(abs(best), "USD"))
    return Picture(title, svg, words.say("payers-caption"))


def transfers(words: Words, costs: pd.DataFrame, name: str) -> str:
    """What a scenario brings the public beyond the baseline."""
    key = (name, "transfers")
    return with_range(words, costs.loc[key], COST) if key in costs.index else NOTHING


def parts_of(costs: pd.DataFrame, name: str, shown: list[str]) -> dict[str, float]:
    """Per tonne by kind of bar: what free riders get is taken off what the public pays for others."""
    each = {part: float(costs.loc[(name, part)]["per_tonne"]) for part in shown}
    if "free_riders" in each:
        each["public"] -= each["free_riders"]
    return {DRAWN_AS[part]: value for part, value in each.items()}


def per_tonne(words: Words, costs: pd.DataFrame, name: str, part: str) -> str:
    row = costs.loc[(name, part)]
    if not np.isfinite(row["per_tonne"]):
        return words.say(NOTES[row["note"]]) if row["note"] in NOTES else NOTHING
    told = Told(float(row["per_tonne"]), float(row["low"]), float(row["high"]), 0, INTERVAL)
    return in_brackets(words, told, "USD")


def with_range(words: Words, row: pd.Series, unit: str) -> str:
    return in_brackets(
        words, Told(float(row["cost"]), float(row["cost_low"]), float(row["cost_high"]), 0, INTERVAL), unit
    )


def in_brackets(words: Words, told: Told, unit: str) -> str:
    """A number and, in brackets, its interval where it has one."""
    value = words.quantity(told.value, unit)
    if not (np.isfinite(told.low) and told.high > told.low):
        return value
    return f"{value} ({words.between(told, unit)})"


def why_no_costs(source: Source, words: Words) -> list[Block]:
    """That the source does not tell what policies cost, and what would."""
    if source.kind == STORE:
        return [Prose(words.say("costs-not-stored"))]
    return [
        Prose(words.say("costs-need-comparison")),
        Command(f"eipsim compare {source.scenarios[0]} --replicates 20 --out comparison"),
    ]


def steps_table(source: Source, words: Words, steps: pd.DataFrame) -> Table:
    """What avoids most in the last year of a run, and what a tonne of each costs."""
    rows = steps[steps["co2_t"] > 0.0].sort_values("co2_t", ascending=False, kind="stable").head(MOST_STEPS)
    cells = [
        [words.named(str(row.kind), str(row.name_), str(row.label)), words.quantity(row.co2_t, "tCO2/yr"),
         words.quantity(row.capital_usd, "USD"), words.quantity(row.cost_usd / row.co2_t, "USD")]
        for row in rows.rename(columns={"name": "name_"}).itertuples()
    ]  # fmt: skip
    share = float(rows["co2_t"].iloc[0] / steps["co2_t"].sum())
    title = words.say("steps-finding", measure=cells[0][0], share=words.percent(share), year=str(source.years[-1]))
    head = [words.say(f"head-{name}") for name in ("measure", "avoided", "capital", "cost-per-tonne")]
    return Table(title, head, cells, (1, 2, 3), words.say("steps-note"))
