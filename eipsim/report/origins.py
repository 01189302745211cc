"""Where the numbers come from: what was run, with which model, and how well its own numbers are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from eipsim.data.loading import data_hash
from eipsim.data.statuses import STATUSES, status_shares
from eipsim.report.blocks import Block, Points, Section, Table
from eipsim.report.sources import STORE, Source
from eipsim.report.words import Words
from eipsim.runs.provenance import versions

SHORT = 12  # characters of a digest that tell it from others
ALSO_ZERO = ("seed", "replicate")  # which say something when they are 0
TOLD = ("rule", "seed", "replicate", "population", "replicates", "ensemble")
VALUES = {"parameters of the model": "values-parameters", "constants of the world": "values-world",
          "figures of the measures": "values-measures"}  # fmt: skip


def section(source: Source, words: Words, written: str) -> Section:
    """Provenance as a table: what decided the results and what made them; `written` is the day of the report."""
    facts = dict(facts_of_store(source) if source.kind == STORE else facts_of_manifest(source))
    facts |= {"report": f"eipsim {versions()['eipsim']}, {words.date(written)}"}
    if "finished" in facts:
        facts["finished"] = words.date(facts["finished"])
    rows = [[words.say(f"provenance-{name}"), value] for name, value in facts.items() if value]
    head = [words.say("head-what"), words.say("head-value")]
    blocks: list[Block] = [Table(words.say("provenance-table"), head, rows, note=words.say("provenance-note"))]
    blocks += [Points(remarks)] if (remarks := list(remarks_on(source, words))) else []
    return Section("provenance", words.say("provenance-title"), blocks)


def facts_of_manifest(source: Source) -> Iterator[tuple[str, str]]:
    m, cases = source.manifest, source.cases()
    yield "folder", source.name
    yield (
        "scenarios",
        "; ".join(f"{case.get('label', case['scenario'])} ({short(case.get('scenario_digest'))})" for case in cases),
    )
    settings = {name: value for case in cases for name, value in dict(case.get("settings") or {}).items()}
    yield "settings", "; ".join(f"{name}={value}" for name, value in settings.items())
    yield (
        "world",
        "; ".join(dict.fromkeys(f"{case.get('world')} ({short(case.get('world_digest'))})" for case in cases)),
    )
    yield "years", "–".join(map(str, (source.years[0], source.years[-1])))
    yield "runs", str(source.n_runs)
    first: Mapping[str, Any] = cases[0] if cases else {}
    for name in TOLD:
        value = m.get(name, first.get(name))
        if value not in (None, "") and (value != 0 or name in ALSO_ZERO):
            yield name, str(value)
    yield "parameters", "; ".join(dict.fromkeys(short(case.get("parameter_hash")) for case in cases))
    yield "data", "; ".join(dict.fromkeys(str(case.get("data_hash")) for case in cases))
    yield "versions", ", ".join(f"{name} {number}" for name, number in dict(m.get("versions") or {}).items())
    yield "commit", str(m.get("commit") or "")
    yield "finished", str(m.get("finished") or "")


def facts_of_store(source: Source) -> Iterator[tuple[str, str]]:
    design = source.study.design  # type: ignore[attr-defined]
    study = source.study  # type: ignore[attr-defined]
    yield "folder", source.name
    yield "design", f"{design.title} ({short(design.digest)})".strip()
    yield "scenarios", "; ".join(study.scenarios)
    yield "world", str(design.model or design.world)
    yield "years", "–".join(map(str, (source.years[0], source.years[-1])))
    yield "points", f"{study.shape[1]:,}"
    yield "replicates", str(design.replicates)
    yield "runs", f"{int(study.finished.sum()):,} / {study.finished.size:,}"
    yield "sampler", str(design.method or "")
    yield "factors", ", ".join(design.factors)
    yield "data", str(dict(design.made_with or {}).get("data", ""))


def remarks_on(source: Source, words: Words) -> Iterator[str]:
    """What is to be kept in mind of these results."""
    cases = source.cases()
    if source.kind == STORE:
        missing = len(source.study.missing)  # type: ignore[attr-defined]
        if missing:
            yield words.say("remark-missing", n=missing)
    elif failures := source.manifest.get("failures"):
        yield words.say("remark-failures", n=len(failures))
    if any(case.get("prices_held") for case in cases):
        held = next(case["prices_held"] for case in cases if case.get("prices_held"))
        yield words.say("remark-prices", n=len(held), first=str(held[0]))
    if any(case.get("tables") for case in cases):
        yield words.say("remark-own-country")
    if any(case.get("unmet_totals") for case in cases):
        yield words.say("remark-totals")
    if any(case.get("instruments") or case.get("rule_hash") for case in cases):
        yield words.say("remark-own-code")
    if any(case.get("data_hash") not in (None, data_hash()) for case in cases):
        yield words.say("remark-other-data")


def short(digest: object) -> str:
    return str(digest or "")[:SHORT]


def section_of_values(words: Words) -> Section:
    """How many of the model's own numbers are sourced, derived, calibrated, assumed."""
    shares = status_shares()
    in_all = sum(row["values"] for row in shares.values())
    sums = {status: sum(row[status] for row in shares.values()) / in_all for status in STATUSES}
    told = words.say("values-finding", sourced=words.percent(sums["sourced"]), assumed=words.percent(sums["assumed"]))
    rows = [
        [words.say(VALUES[table]), words.count(row["values"]),
         *(f"{words.count(row[status])} ({words.percent(row[status] / row['values'])})" for status in STATUSES)]
        for table, row in shares.items()
    ]  # fmt: skip
    head = [words.say("head-table"), words.say("head-values"), *(words.say(f"status-{status}") for status in STATUSES)]
    return Section(
        "values", words.say("values-title"), [Table(told, head, rows, range(1, len(head)), words.say("values-note"))]
    )
