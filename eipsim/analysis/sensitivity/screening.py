"""From a screening to the next design: Sobol' indices of the factors that matter, the others at their usual values.

>>> found = sensitivity("results/screening", ["parks_certified @2050", "co2_t @2050"])       # doctest: +SKIP
>>> write_next("results/screening", found, "next.yaml")                                       # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from eipsim.analysis.sensitivity.indices import Sensitivity
from eipsim.analysis.study import StudyLike, study_of
from eipsim.designs.factors import PARAMETER_SET, POPULATION
from eipsim.designs.reading import load_design
from eipsim.errors import InputError, Mistake

MATTERS = 0.1  # of the largest factor, that the upper end of the interval reaches
POINTS = 256
LEFT_TO_EIPSIM = ("made_with", "format", "dummy")


def matter(found: Sensitivity, share: float = MATTERS, most: int | None = None) -> list[str]:
    """Factors and groups that matter to any of the outcomes, in any scenario and year, the `most` that matter most first.

    A factor matters when the upper end of its interval reaches `share` of the largest factor's main index and it is told
    from the dummy.
    """
    rows = found.table[(found.table["index"] == found.main) & found.table["estimate"].notna()]
    rows = rows.assign(size=rows["estimate"].abs())
    keys = ["scenario", "outcome", "year"]
    factors = rows[rows["kind"].isin(["factor", "group"])]
    largest = rows.groupby(keys, dropna=False, sort=False)["size"].transform("max")
    nothing = _of_dummy(rows, keys)
    high = rows["size"] + (rows["high"] - rows["estimate"]).fillna(0.0)
    relative = (high / largest.where(largest > 0.0)).where(rows["size"] > nothing, 0.0).fillna(0.0)
    best = relative[factors.index].groupby(factors["factor"], sort=False).max()
    mean = (rows["size"] / largest.where(largest > 0.0))[factors.index].groupby(factors["factor"], sort=False).max()
    return [name for name in mean.sort_values(ascending=False, kind="stable").index if best[name] >= share][:most]


def _of_dummy(rows: pd.DataFrame, keys: list[str]) -> pd.Series:
    """The upper end of the dummy's interval beside every row; 0 without a dummy."""
    dummy = rows[rows["kind"] == "dummy"].assign(top=lambda table: table["high"].fillna(table["estimate"]))
    beside = rows[keys].merge(dummy[[*keys, "top"]], on=keys, how="left")["top"]
    return pd.Series(beside.fillna(0.0).to_numpy(), index=rows.index)


def next_design(
    study: StudyLike, found: Sensitivity, points: int = POINTS, share: float = MATTERS, most: int | None = None
) -> dict[str, Any]:
    """The design of the second stage as plain data: the same but for factors and sampler.

    Groups that matter are taken apart into their factors. Raises InputError when nothing matters, or no number of points.
    """
    study = study_of(study)
    if study.design.correlations:
        what = "Sobol' indices take factors for independent, and some of this design were drawn together"
        raise InputError(Mistake("next", what, "more points, n, and --method hdmr say what each does by itself"))
    names = matter(found, share, most)
    if not names:
        raise InputError(
            Mistake(
                "next", "no factor moves an outcome more than nothing does", "take more trajectories or points first"
            )
        )
    if points < 2 or points & (points - 1):
        following = f"the next is {1 << points.bit_length()}"
        raise InputError(Mistake("next", f"{points} points are no power of two", following))
    design, document = study.design, study.design.document()
    members = [factor for name in names for factor in design.groups.get(name, (name,))]
    members += [POPULATION] if POPULATION in design.factors and not design.model else []
    if design.pairs_populations and not design.populations_of_replicates > 1 and PARAMETER_SET not in members:
        del document["populations"]  # they went with sets that are left out
    document["factors"] = {name: document["factors"][name] for name in document["factors"] if name in members}
    document["only"] = {name: labels for name, labels in document.get("only", {}).items() if name in members}
    document["groups"] = {}
    settings = {name: document["sampler"][name] for name in ("seed", "resamples", "confidence")}
    document["sampler"] = {"method": "sobol", "n": points, **settings}
    document["scenarios"] = {label: _short(label, source) for label, source in document["scenarios"].items()}
    return {name: part for name, part in document.items() if name not in LEFT_TO_EIPSIM and part not in ({}, "")}


def _short(label: str, source: Mapping[str, Any]) -> Any:
    """A scenario by its name, where that still means what was run; else with its whole content."""
    short = {name: source[name] for name in ("extends", "set") if source.get(name)}
    try:
        same = load_design({"scenarios": {label: short}}).scenarios[label].digest == source.get("digest")
    except InputError:
        same = False
    return (short.get("extends") if "set" not in short else short) if same else source


def check_next(
    study: StudyLike, found: Sensitivity, file: str | Path, points: int = POINTS, most: int | None = None
) -> None:
    """InputError unless the next design can be made and its file is not there yet: to be asked before anything is written."""
    next_design(study, found, points, most=most)
    if os.path.exists(file):
        raise _exists(Path(file))


def _exists(path: Path) -> InputError:
    return InputError(Mistake(str(path), "exists", "nothing is overwritten; choose another name"))


def write_next(
    study: StudyLike,
    found: Sensitivity,
    file: str | Path,
    points: int = POINTS,
    share: float = MATTERS,
    most: int | None = None,
) -> tuple[list[str], list[str]]:
    """Write the next design as a YAML file; returns the factors it has and those it leaves out. Never over another file."""
    study, path = study_of(study), Path(file)
    document = next_design(study, found, points, share, most)
    kept = list(document["factors"])
    left = [name for name in study.design.factors if name not in kept]
    said = f"# Factors that matter to {', '.join(found.units)}, by {found.method}.\n"
    said += f"# Left at their usual values: {', '.join(left) or 'none'}.\n"
    yaml = YAML()
    yaml.default_flow_style, yaml.width, yaml.allow_unicode = None, 118, True
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as out:
            out.write(said)
            yaml.dump(document, out)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise InputError(Mistake(str(path), f"cannot be written: {error.strerror or error}")) from None
    return kept, left
