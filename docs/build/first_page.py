"""What the README takes from elsewhere: three findings from the tables of experiments, words from the glossary, and how long
commands take, as `benchmarks/commands.py` measured it last."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill

import pandas as pd
from pages import ROOT, markdown_table
from ruamel.yaml import YAML

from eipsim.analysis.intervals import count_in_words, counted_share
from eipsim.core.numbers import number, significant, whole_share
from eipsim.core.years import LAST_YEAR
from eipsim.data.loading import read_facts
from eipsim.world import build_world

EXPERIMENTS = ROOT / "experiments"
TIMES = ROOT / "benchmarks/commands.csv"
OVERTURNED = re.compile(r"\*\*What would overturn this[:.]+\*\* (.+?)[.:;]\s", re.DOTALL)
PER_MEGATONNE, PER_CENT = 1e-6, 100.0
PARKS, FEW = " parks", 20.0  # below so many a number has a decimal
WHOLE_WORDS = {"break_long_words": False, "break_on_hyphens": False}
WORDS = (
    "additional", "baseline", "certificate", "exchange", "instrument", "measure", "operator", "parameter set", "population",
    "RECP", "scenario", "state of the world",
)  # fmt: skip

FINDINGS = (
    """**Enacted policy hardly moves parks, and most CO₂ is avoided without any.** Of {parks} parks that operate in 2050,
    {enacted_parks} hold the certificate under what is enacted, and {enacted_firms} of firms apply cleaner production with
    measured savings; under the whole package of instruments {package_parks} and {package_firms} of firms. From 2026 to 2050
    {without} of CO₂ are avoided without any policy, {enacted} under what is enacted. Medians, in brackets nine tenths of {pairs}
    pairs of a calibrated parameter set and a population of firms.""",
    """**With the same public money: for CO₂ pay park operators for staff, for firms give audits.** Staff that brokers exchanges
    and gets shared systems built (facilitation) avoids {facilitation} more than the baseline from 2026 to 2050, the most of five
    instruments in {leads}; audits bring {audits} of a hundred firms more to cleaner production by 2035, the most in
    {leads_firms}. Means with 95 % intervals; behaviour, decision rule, firms and the design of each instrument vary together.""",
    """**Whether the package works hangs on how firms decide, which nobody has measured.** Fewer than 300 parks are certified in
    2050 in {fails} of the states of the world: in {fails_inside} of those in which firms decide by a real option or by a
    threshold of peers, in {fails_outside} of the others. In brackets 95 % intervals.""",
)
BEHIND_THEM = ("01", "07", "05")  # the experiments, in the same order


def findings() -> str:
    """Three findings with their intervals, each with what would overturn it and the experiment that says so."""
    given = {**of_policies(), **of_instruments(), **of_failures()}
    told = []
    for text, code in zip(FINDINGS, BEHIND_THEM):
        folder = experiment(code)
        page = f"[Experiment {code}](experiments/{folder.name}/README.md)"
        told.append(f"{text.format(**given)} *What would overturn this:* {overturned(folder)}. {page}")
    return "\n".join(in_list(n, text) for n, text in enumerate(told, 1))


def in_list(number: int, text: str) -> str:
    """A paragraph as an item of a list, in lines of the width of a page."""
    return fill(" ".join(text.split()), 126, initial_indent=f"{number}. ", subsequent_indent="   ", **WHOLE_WORDS)


def of_policies() -> dict[str, str]:
    """Where enacted policy, the whole package and no policy lead."""
    ends = table("01", "ends").set_index(["scenario", "quantity"])

    def told(scenario: str, quantity: str, unit: str, scale: float = 1.0) -> str:
        return ranged(*(scale * ends.loc[(scenario, quantity), ["median", "low", "high"]]), unit=unit)

    parks, firms = ("certified 2050", PARKS), ("RECP 2050", " %", PER_CENT)
    avoided = ("avoided 2026-50", " Mt", PER_MEGATONNE)
    return {
        "enacted_parks": told("baseline", *parks), "enacted_firms": told("baseline", *firms),
        "package_parks": told("full-package", *parks), "package_firms": told("full-package", *firms),
        "without": told("no-eip-policy", *avoided), "enacted": told("baseline", *avoided),
        "parks": number(int((build_world("vietnam").parks.operating_year <= LAST_YEAR).sum())), "pairs": number(points("01")),
    }  # fmt: skip


def of_instruments() -> dict[str, str]:
    """What instruments that spend the same add to the baseline, and in how many states the best of them leads."""
    n = points("07")

    def more(outcome: str, instrument: str, scale: float, unit: str = "") -> str:
        row = table("07", f"differences_{outcome}").set_index("scenario").loc[instrument]
        return ranged(*(scale * row[["difference", "low", "high"]]), unit=unit)

    def leads(outcome: str, instrument: str) -> str:
        share = table("07", f"ranking_{outcome}").set_index("scenario").loc[instrument, "best_share"]
        return count_in_words(round(share * n), n, "states of the world")

    return {
        "facilitation": more("co2", "facilitation", PER_MEGATONNE, " Mt"), "leads": leads("co2", "facilitation"),
        "audits": more("firms", "audits", PER_CENT), "leads_firms": leads("firms", "audits"),
    }  # fmt: skip


def of_failures() -> dict[str, str]:
    """In how many states the package certifies few parks, in all and inside and outside the box that was found."""
    box = table("05", "scores_certificates").iloc[0]
    of, inside = round(box["rows"] / box["mass"]), int(box["cases"])
    all_cases = round(inside / box["coverage"])
    return {
        "fails": share(all_cases, of),
        "fails_inside": share(inside, int(box["rows"])),
        "fails_outside": share(all_cases - inside, of - int(box["rows"])),
    }


def words() -> str:
    """Words that the README uses, as the glossary has them."""
    glossary = read_facts("glossary").set_index("term")["definition"]
    return markdown_table(("word", "what it means here"), [(word, glossary[word]) for word in WORDS])


def times() -> str:
    """How long commands take: of the processor, but by the clock where waiting for the network is part of it."""
    rows = pd.read_csv(TIMES)
    seconds = rows["wall"].where(rows["command"].str.startswith("make "), rows["cpu"])
    lines = [(f"`{row.command}`", row.what, duration(took)) for row, took in zip(rows.itertuples(), seconds)]
    return markdown_table(("command", "what it does", "takes"), lines)


# ---- shared --------------------------------------------------------------------------------------------------------------


def experiment(code: str) -> Path:
    (folder,) = EXPERIMENTS.glob(f"{code}_*")
    return folder


def table(code: str, name: str) -> pd.DataFrame:
    return pd.read_csv(experiment(code) / "tables" / f"{name}.csv")


def points(code: str) -> int:
    """How many states of the world an experiment looks at."""
    design = YAML(typ="safe").load((experiment(code) / "design.yaml").read_text(encoding="utf-8"))
    return int(design["sampler"]["n"])


def overturned(folder: Path) -> str:
    """The first sentence of what an experiment says would overturn its finding."""
    found = OVERTURNED.search((folder / "README.md").read_text(encoding="utf-8"))
    assert found is not None, f"{folder.name} does not say what would overturn it"
    return " ".join(found[1].split())


def ranged(middle: float, low: float, high: float, unit: str = "") -> str:
    """A number with its range; what is counted in whole things has no decimals.

    >>> ranged(7.5, 3.75, 10.2, " parks"), ranged(1.2876, 1.06, 1.61, " %"), ranged(83.4, 79.2, 88.6)
    ('8 parks (4 to 10)', '1.3 % (1.1 to 1.6)', '83 (79 to 89)')
    """
    decimals = 0 if unit == PARKS or middle >= FEW else 1
    return f"{middle:.{decimals}f}{unit} ({low:.{decimals}f} to {high:.{decimals}f})"


def share(seen: int, of: int) -> str:
    """
    >>> share(71, 120)
    '59 % (50 to 68)'
    """
    middle, low, high = counted_share(seen, of)
    return f"{whole_share(middle)} ({100.0 * low:.0f} to {100.0 * high:.0f})"


def duration(seconds: float) -> str:
    """A time in round words: on another machine it is another.

    >>> duration(0.24), duration(4.4), duration(49.0), duration(150.0), duration(1210.0), duration(3100.0)
    ('less than a second', '4 seconds', '50 seconds', '2.5 minutes', '20 minutes', '50 minutes')
    """
    if seconds < 1.0:
        return "less than a second"
    if seconds < 60.0:
        return f"{significant(seconds, 1)} seconds"
    return f"{significant(seconds / 60.0, 1 if seconds > 600.0 else 2)} minutes"
