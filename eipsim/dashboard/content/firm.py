"""A firm's page: what it is, what it used and saved, what became of it, and why it did or did not take each measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from eipsim.core.numbers import NOTHING
from eipsim.core.phrases import Phrase
from eipsim.dashboard.content.insides import Inside, inside, weighed_up
from eipsim.dashboard.content.park import sector_called
from eipsim.data.parameters import DEFAULT_RULE
from eipsim.errors import InputError, unknown
from eipsim.explain import Explanation
from eipsim.explain.firm import VERDICTS
from eipsim.market.catalogue import measure_labels, measure_names
from eipsim.model.arguments import DEFAULT_SEED
from eipsim.outcomes.registry import UNITS
from eipsim.report.blocks import Block, Command, Fold, Link, Links, Points, Prose, Section, Table
from eipsim.report.reruns import why_not_again
from eipsim.report.words import Words
from eipsim.runs.simulation import Run

USED = (
    "employees", "revenue_usd", "electricity_mwh", "fuel_gj", "water_m3", "waste_t", "co2_t", "electricity_saved_mwh",
    "fuel_saved_gj", "water_saved_m3", "firm_saving_usd", "co2_avoided_t",
)  # fmt: skip
# What is worth a look first: what was taken in the year, then what was known and not taken, then the rest.
ORDER = (
    "took it", "chosen at renewal", "renewed it", "cannot pay", "not accepted", "never pays", "excluded", "new boiler",
    "not known", "adopted it before", "has it from stock", "not available", "not applicable", "absent",
)  # fmt: skip
YEARS_TOLD = (("aware_year", "firm-heard", "firm-not-heard"), ("audit_year", "firm-audited", "firm-never-audited"))
HAS = ("adopted it before", "has it from stock", "took it", "renewed it", "chosen at renewal")
COLUMNS = ("a-measure", "what-came", "known-since", "cost", "saves", "payback", "acceptance")
NOT_APPLICABLE = "not applicable"


def firm_title(firm_id: str, words: Words) -> str:
    return words.say("page-firm", firm=firm_id)


def firm_sections(run: Run, firm_id: str, words: Words, year: int | None = None) -> list[Section]:
    """The page of a firm at the end of `year` (default: the last of the run). InputError for one that is not there then."""
    found = inside(run, year)
    at = position_of(found, firm_id)
    firm = found.firms.iloc[at]
    explained = weighed_up(run, str(firm["firm_id"]), found.year)
    return [
        Section("firm", words.say("page-what-firm"), what_it_is(firm, words, found.year)),
        Section("history", words.say("page-history"), [Points(list(history(found, at, words)))]),
        Section("decisions", words.say("page-decisions", year=str(found.year)), decisions(run, explained, words, found.year)),
    ]  # fmt: skip


def position_of(found: Inside, firm_id: str) -> int:
    ids = found.firms["firm_id"].astype(str).to_numpy()
    rows = np.flatnonzero(np.char.lower(ids.astype(str)) == firm_id.lower())
    if not rows.size:
        where = Phrase(f"firm in {found.year}", "firm-in-year", year=str(found.year))
        raise InputError(unknown(where, "firm", firm_id, _near(ids, firm_id)))
    return int(rows[0])


def _near(ids: np.ndarray, firm_id: str) -> list[str]:
    """Firms of the same park, so that the nearest name is looked for among hundreds and not tens of thousands."""
    park = firm_id.split("-")[0].lower()
    return [own for own in ids if own.lower().startswith(f"{park}-")]


def what_it_is(firm: pd.Series, words: Words, year: int) -> list[Block]:
    """Sector, size, owner and park; what it used and saved in the year."""
    owner, finance = ("foreign" if firm["foreign"] else "domestic"), ("" if firm["constrained"] else "un")
    told = words.say(
        "firm-what", sector=sector_called(words, str(firm["sector"])), employees=words.count(float(firm["employees"])),
        owner=words.say(f"firm-{owner}"), finance=words.say(f"firm-{finance}constrained"), since=str(int(firm["entry_year"])),
    )  # fmt: skip
    park, at = str(firm["park"]), str(firm["province"])
    where = Links(words.say("page-place"), [Link(park, f"park/{firm['park_id']}"), Link(at, f"province/{at}")])
    rows = [[words.named("of-firm", name, words.outcome(name)), words.quantity(round(float(firm[name]), 6), UNITS.get(name, ""))]
            for name in USED]  # fmt: skip
    head = [words.say("head-what"), words.say("head-value")]
    return [
        Prose(told),
        where,
        Table(words.say("firm-used", year=str(year)), head, rows, (1,)),
        Prose(words.say("firm-synthetic")),
    ]


def history(found: Inside, at: int, words: Words) -> Iterator[str]:
    """What became of it, in the order of years; what it began with at the end."""
    firm = found.firms.iloc[at]
    steps = [(int(firm["entry_year"]), words.say("firm-entered", year=str(int(firm["entry_year"]))))]
    for column, known, never in (
        ("aware_year", "firm-heard", "firm-not-heard"),
        ("audit_year", "firm-audited", "firm-never-audited"),
    ):
        if pd.notna(firm[column]):
            steps.append((int(firm[column]), words.say(known, year=str(int(firm[column])))))
        else:
            steps.append((found.year + 1, words.say(never)))
    own = [values[at] for values in found.measures]
    for year in sorted({int(year) for year in own[1] if year > 0}):
        took = [_called(words, k) + (f" ({words.say('firm-with-voucher')})" if own[3][k] else "")
                for k in range(len(own[1])) if own[1][k] == year and not own[2][k]]  # fmt: skip
        if took:
            steps.append((year, words.say("firm-adopted", year=str(year), measures="; ".join(took))))
    yield from (step for _, step in sorted(steps, key=lambda one: one[0]))
    stock = [_called(words, k) for k in range(len(own[2])) if own[2][k]]
    if stock:
        yield words.say("firm-stock", measures="; ".join(stock))


def _called(words: Words, measure: int) -> str:
    name = measure_names()[measure]
    return words.named("measure", name, measure_labels()[measure])


# ---- what it considered ------------------------------------------------------------------------------------------------


def decisions(run: Run, explained: tuple[Explanation, ...], words: Words, year: int) -> list[Block]:
    """Every measure with its verdict and what it would cost and save; each decision in sentences below."""
    cases = sorted(
        ((one, k) for k, one in enumerate(explained)), key=lambda case: ORDER.index(case[0].verdict)
    )  # stable: within a verdict in the order of the catalogue
    rows = [row_of(one, _called(words, k), words) for one, k in cases if one.verdict != NOT_APPLICABLE]
    head = [words.say(f"head-{name}") for name in COLUMNS]
    idle, has = (sum(one.verdict in kinds for one in explained) for kinds in ((NOT_APPLICABLE,), HAS))
    title = words.say("decisions-finding", has=has, applicable=len(explained) - idle, year=str(year))
    note = words.say("decisions-note", n=idle)
    blocks: list[Block] = [Table(title, head, rows, (2, 3, 4, 5, 6), note)]
    for one, k in cases:
        if sentences := list(decision_in_words(one, words)):
            fold = words.say("decision-of", measure=_called(words, k), verdict=verdict_in_words(one.verdict, words))
            blocks.append(Fold(fold, [Points(sentences), *command_for(run, one, year)]))
    return blocks


def command_for(run: Run, one: Explanation, year: int) -> list[Command]:
    """What the command line has to say of the same decision; nothing of a run that no line can name."""
    of = run.provenance
    if why_not_again(of):
        return []
    options = {"--scenario": of["scenario"], "--world": of["world"], "--seed": of["seed"], "--rule": of["rule"]}
    usual = {"--world": "vietnam", "--seed": DEFAULT_SEED, "--rule": DEFAULT_RULE}
    given = [f"{name} {value}" for name, value in options.items() if usual.get(name) != value]
    given += [f"--replicate {of['replicate']}"] if of["replicate"] else []
    given += [f"--set {name}={value}" for name, value in (of.get("settings") or {}).items()]
    named = f"eipsim explain firm {one.facts['firm']} {one.facts['measure']} --year {year}"
    return [Command(" ".join([named, *given]))]


def verdict_in_words(verdict: str, words: Words) -> str:
    return words.named("verdict", verdict, VERDICTS.get(verdict, verdict))


def row_of(one: Explanation, label: str, words: Words) -> list[str]:
    facts, known = one.facts, one.facts.get("known_year") or one.facts.get("installed_year")
    return [
        label, verdict_in_words(one.verdict, words), str(known) if known else NOTHING, _money(words, facts, "cost_usd", "USD"),
        _money(words, facts, "saving_usd", "USD/yr"), _years(words, facts.get("payback_years")),
        words.percent(float(facts["acceptance"])) if "acceptance" in facts else NOTHING,
    ]  # fmt: skip


def _money(words: Words, facts: Mapping[str, Any], name: str, unit: str) -> str:
    return words.quantity(float(facts[name]), unit) if name in facts else NOTHING


def _years(words: Words, value: float | None) -> str:
    return NOTHING if value is None else words.quantity(float(value), "yr")


def decision_in_words(one: Explanation, words: Words) -> Iterator[str]:
    """What the firm knew of a measure, what that would cost and save, how likely it was to accept, whether it could pay."""
    of = one.facts
    if "notices_at" in of:
        yield words.say(
            "decision-not-noticed", left=_chance(words, of["chance_not_noticed"]), bar=_chance(words, of["notices_at"])
        )
        if "hazard_of_noticing" in of:
            yield words.say("decision-hazard", hazard=words.percent(of["hazard_of_noticing"]))
    if "cost_usd" not in of:
        return
    yield words.say("decision-known", year=str(of["known_year"]))
    yield words.say("decision-cost", cost=_money(words, of, "cost_usd", "USD"))
    if of["subsidy_usd"] > 0.0:
        yield words.say(
            "decision-voucher", amount=_money(words, of, "subsidy_usd", "USD"), rate=words.percent(of["voucher_rate"])
        )
    if of.get("loan_usd", 0.0) > 0.0:
        yield words.say("decision-loan", amount=_money(words, of, "loan_usd", "USD"), years=str(of["loan_years"]),
                        rate=words.percent(of["loan_rate"]))  # fmt: skip
    if "payback_years" in of:
        yield words.say(
            "decision-saves",
            saving=_money(words, of, "saving_usd", "USD/yr"),
            payback=_years(words, of["payback_years"]),
        )
    else:
        yield words.say("decision-never-pays")
    yield from _acceptance(of, words)


def _acceptance(of: Mapping[str, Any], words: Words) -> Iterator[str]:
    if "peers_share" in of:
        yield words.say("decision-peers", share=words.percent(of["peers_share"]))
    if "acceptance" not in of:
        return
    yield words.say("decision-acceptance", share=words.percent(of["acceptance"]), rule=str(of["rule"]))
    yield words.say("decision-accepted" if of["accepted"] else "decision-not-accepted",
                    chance=_chance(words, of["chance_not_accepted"]), bar=_chance(words, of["accepts_at"]))  # fmt: skip
    yield words.say("decision-budget", amount=_money(words, of, "budget_usd", "USD"))
    if "cash_needed_usd" in of:
        yield words.say(
            "decision-turn",
            left=_money(words, of, "left_usd", "USD"),
            needed=_money(words, of, "cash_needed_usd", "USD"),
        )


def _chance(words: Words, value: float) -> str:
    return words.number(float(value), 3)
