"""The page of a park: why it is or is not certified at the end of the run, and what its operator does about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eipsim.core.numbers import NOTHING
from eipsim.core.years import NEVER
from eipsim.explain import explain_park
from eipsim.infrastructure.items import item_labels, item_names
from eipsim.report.blocks import Block, Heading, Points, Prose, Section, Table
from eipsim.report.places import how_to_run, world_behind
from eipsim.report.reruns import model_again, stepped_to, why_not_again
from eipsim.report.sources import Source
from eipsim.report.words import Words

YES_NO = "yes/no"
LABELS = dict(zip(item_names(), item_labels()))


def section(source: Source, words: Words, name: str) -> Section:
    """A park in the last year of every scenario, run again; a store says how."""
    cases, world = source.cases(), world_behind(source)
    title = name if world is None else world.label_of_park(world.park_index(name))
    if not cases:
        return Section(
            "park", words.say("park-title", park=title), [Prose(words.say("park-needs-run")), how_to_run(source)]
        )
    blocks: list[Block] = []
    for case in cases:
        label = str(case.get("label", case["scenario"]))
        if len(cases) > 1:
            blocks.append(Heading(words.scenario(label)))
        why = why_not_again(case)
        model = None if why else model_again(case)
        if model is None:
            blocks.append(Prose(words.say(why or "again-other-world")))
            continue
        row = model.world.park_index(name)
        year = int(source.years[-1])
        facts = explain_park(stepped_to(model, year), row, year)
        blocks += park_page(words, facts.verdict, facts.facts, year)
        model.__dict__.clear()  # a model is part of a circle, which would keep it in memory
    blocks.append(Prose(words.say("park-synthetic")))
    return Section("park", words.say("park-title", park=title), blocks)


def park_page(words: Words, verdict: str, facts: Mapping[str, Any], year: int) -> list[Block]:
    """The answer, the criteria with what the park has and needs, and what led to it."""
    failing = [row for row in facts["criteria"] if not row["holds"]]
    if verdict == "absent":
        return [Prose(words.say("park-absent", year=str(year)))]
    granted, applied = _year(facts["certified_year"]), _year(facts["applied_year"])
    lines = [words.say(f"park-verdict-{verdict}", year=str(year), granted=granted, applied=applied)]
    if verdict != "certified" and facts["criteria"]:
        lines.append(
            words.say("park-failing" if failing else "park-none-failing", n=len(failing), of=len(facts["criteria"]))
        )
    blocks: list[Block] = [Prose(" ".join(lines)), Points(history(words, facts))]
    if facts["criteria"]:
        cells = [[words.named("criterion", row["criterion"]), _has(words, row), _amount(words, row["needed"], row["unit"]),
                  words.say("holds" if row["holds"] else "fails")] for row in facts["criteria"]]  # fmt: skip
        head = [words.say(f"head-{name}") for name in ("criterion", "has", "needed", "verdict")]
        blocks.append(
            Table(words.say("park-criteria", decree=str(facts["decree"]), year=str(year)), head, cells, (1, 2))
        )
    else:
        blocks.append(Prose(words.say("park-no-decree", year=str(year))))
    return [*blocks, *systems(words, facts)]


def systems(words: Words, facts: Mapping[str, Any]) -> list[Block]:
    """The shared systems that serve somebody, as a table."""
    rows = [
        [words.named("system", one["item"], LABELS[one["item"]]), str(one["built_year"]),
         words.percent(one["used"] / one["capacity"]), words.count(one["tenants"]) if one["tenants"] else NOTHING]
        for one in facts["infrastructure"]
    ]  # fmt: skip
    head = [words.say(f"head-{name}") for name in ("system", "since", "used", "tenants")]
    return [Table(words.say("park-systems", n=len(rows)), head, rows, (1, 2, 3))] if rows else []


def history(words: Words, facts: Mapping[str, Any]) -> list[str]:
    """The steps of the park and what its operator does, a sentence each."""
    steps = []
    for step in ("commit", "converted", "applied"):
        year = facts[f"{step}_year"]
        steps.append(words.say(f"park-{step}", year=_year(year)) if year > 0 else words.say(f"park-not-{step}"))
    if facts["certificate_benefit_usd"] > 0.0:
        cost, benefit = facts["certificate_cost_usd"], words.quantity(facts["certificate_benefit_usd"], "USD/yr")
        if cost is None:
            steps.append(words.say("park-out-of-reach", benefit=benefit))
        elif cost == 0.0:
            steps.append(words.say("park-nothing-missing", benefit=benefit))
        else:
            told = "park-pursues" if facts["pursues"] else "park-does-not-pursue"
            steps.append(words.say(told, benefit=benefit, cost=words.quantity(cost, "USD/yr")))
    if facts["operator_audits_done"]:
        steps.append(words.say("park-audits", n=int(facts["operator_audits_done"])))
    if not facts["infrastructure"]:
        steps.append(words.say("park-no-systems"))
    if facts["tenants_on_record"]:
        steps.append(words.say("park-on-record", n=int(facts["tenants_on_record"])))
    return steps


def _year(year: int) -> str:
    return str(int(year))


def _has(words: Words, row: Mapping[str, Any]) -> str:
    if row["unit"] == "years" and row["value"] >= NEVER:
        return words.say("no-violation")
    return _amount(words, row["value"], row["unit"])


def _amount(words: Words, value: float, unit: str) -> str:
    if unit == YES_NO:
        return words.say("yes" if value > 0.0 else "no")
    return words.quantity(value, unit)
