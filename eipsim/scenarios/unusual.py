"""Values that can be and hardly are meant: outside the range of the data, far from what the library uses, dong for dollars."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from eipsim.core.numbers import significant
from eipsim.core.phrases import Phrase
from eipsim.data.csv_files import read_csv
from eipsim.data.loading import FOLDER
from eipsim.data.parameters import load_parameters
from eipsim.errors import InputError, Mistake
from eipsim.policy.levers import LEVERS
from eipsim.scenarios.loading import scenario_below
from eipsim.scenarios.needless import is_own, own_layers
from eipsim.scenarios.schema import Scenario

USED = FOLDER / "library_levels.csv"  # `make docs` writes it, see `levels_of_library`
RATES = FOLDER / "deflator.csv"
YEAR_OF_MONEY = "2024"  # dollars are those of this year
FAR = 10.0  # times the highest that the library uses
OF_PROGRAMMES = {"audits": "audits", "budget_usd": "USD"}


class Used(NamedTuple):
    """The lowest and the highest value of a setting in the library that is not zero."""

    least: float
    most: float


def unusual_values(scenario: Scenario) -> list[Mistake]:
    """Each value of the user's own that is worth a second look, at its place. Files of the library are passed over."""
    try:
        return [
            told for layer in own_layers(scenario) for of in (_parameters, _amounts) for told in of(layer, scenario)
        ]
    except InputError:  # a file below has mistakes of its own, which this one has overcome
        return []


def _parameters(layer: Scenario, whole: Scenario) -> Iterator[Mistake]:
    """Parameters outside the range of the data; 0 is none of them, because it switches something off."""
    below = scenario_below(layer)
    for name, value in layer.parameters.items():
        known = load_parameters()[name]
        if is_own(("parameters", name), layer, below, whole) and value and not known.low <= value <= known.high:
            what = f"{name} = {value:g} is outside the range of the data"
            unit = "" if known.unit == "1" else f" {known.unit}"
            hint = (
                f"{known.low:g} to {known.high:g}{unit}, central {known.central:g}: see eipsim show parameters {name}"
            )
            yield layer.mistake(("parameters", name), what, hint)


def _amounts(layer: Scenario, whole: Scenario) -> Iterator[Mistake]:
    """Levels of levers and sizes of programmes that are far from those of the library."""
    below = scenario_below(layer)
    for name, entries in layer.levers.items():
        values = {v for entry in entries for v in entry.levels if v != LEVERS[name].default}
        worst = max(values, key=abs, default=0.0)
        if is_own(("levers", name), layer, below, whole) and (hint := _far(f"levers.{name}", worst, LEVERS[name].unit)):
            setting = f"levers.{name} = {worst:,.15g} {LEVERS[name].unit}"
            yield layer.mistake(("levers", name), _far_outside(setting), hint)
    for name, programme in layer.programmes.items():
        for field, unit in OF_PROGRAMMES.items():
            value, path = getattr(programme, field), ("programmes", name, field)
            if is_own(path, layer, below, whole) and (hint := _far(f"programmes.{field}", value, unit)):
                yield layer.mistake(path, _far_outside(f"programmes.{name}.{field} = {value:,.15g}"), hint)


def _far_outside(setting: str) -> Phrase:
    return Phrase(f"{setting} is far outside what the library uses", "question-far", setting=setting)


def _far(setting: str, value: float, unit: str) -> str:
    """The hint for a value far outside what the library uses of a setting; empty for others."""
    used = levels_used().get(setting)
    if used is None or abs(value) <= FAR * used.most:
        return ""
    most, dong, dollars = f"{used.most:,.15g}", f"{value:,.15g}", value / dong_per_dollar()
    at_most = f"at most {most} there"
    if "USD" in unit and used.least / FAR <= dollars <= used.most * FAR:
        usd = significant(dollars)
        asked = f"{at_most}; is it in dong? {dong} VND are {usd} USD, and money is in USD"
        return Phrase(asked, "hint-in-dong", most=most, dong=dong, usd=usd)
    return Phrase(at_most, "hint-at-most", most=most)


@cache
def levels_used() -> dict[str, Used]:
    """What the library uses, by the name that `--set` has for it; of a lever that no scenario sets, its default."""
    rows = {row["setting"]: Used(float(row["least"]), float(row["most"])) for _, row in read_csv(USED).records()}
    defaults = {
        f"levers.{name}": Used(abs(lever.default), abs(lever.default))
        for name, lever in LEVERS.items()
        if lever.default
    }
    return defaults | rows


@cache
def dong_per_dollar() -> float:
    return next(float(row["vnd_per_usd"]) for _, row in read_csv(RATES).records() if row["year"] == YEAR_OF_MONEY)


def levels_of_library(scenarios: list[Scenario]) -> dict[str, Used]:
    """What the content of library_levels.csv is to be: the lowest and highest of all `scenarios`, zeros left out."""
    found: dict[str, list[float]] = {}
    for scenario in scenarios:
        for name, entries in scenario.levers.items():
            levels = [abs(v) for entry in entries for v in entry.levels]
            found.setdefault(f"levers.{name}", []).extend(levels)
        for programme in scenario.programmes.values():
            for field in OF_PROGRAMMES:
                found.setdefault(f"programmes.{field}", []).append(getattr(programme, field))
    used = {name: [value for value in values if value] for name, values in found.items()}
    return {name: Used(min(values), max(values)) for name, values in sorted(used.items()) if values}
