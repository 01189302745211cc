"""What of a run is not the default: the one home of what folders, titles, captions and manifests say of it.

Beside the name of the scenario stands what was set over it and every other world, rule, seed or period, so that a changed run is
never taken for the baseline.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from eipsim.core.names import inside
from eipsim.core.years import FIRST_YEAR, LAST_YEAR
from eipsim.data.parameters import DEFAULT_RULE
from eipsim.model.arguments import DEFAULT_SEED
from eipsim.scenarios.schema import Scenario

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel

# By the names that options and keywords have.
DEFAULTS: Mapping[str, Any] = {"world": "vietnam", "rule": DEFAULT_RULE, "seed": DEFAULT_SEED, "replicate": 0}
LONGEST_NAME = 100  # bytes of a folder's name, of which a short hash stands for the rest
LONGEST_VALUE = 60  # letters of a value in a title or caption
MOST_NAMED = 6  # departures or scenarios that a title or caption names


def departures(case: Scenario | None = None, years: Sequence[int] | None = None, **chosen: Any) -> list[str]:
    """`name=value` of what was set over a scenario, and of `years` and `chosen` (world, rule, seed) that are not the default.

    >>> from eipsim.scenarios.loading import load_scenario
    >>> departures(load_scenario("baseline", levers={"carbon_price": 20}), world="vietnam", rule=None, seed=7)
    ['levers.carbon_price=20', 'seed=7']
    >>> departures(years=(2015, 2050)), departures(years=(2015, 2030))
    ([], ['years=2015-2030'])
    """
    unusual = {name: value for name, value in chosen.items() if value not in (None, DEFAULTS[name])}
    told = unusual if case is None else case.set_over | unusual
    if years is not None and tuple(years) != (case.years if case else (FIRST_YEAR, LAST_YEAR)):
        told |= {"years": list(years)}
    return [f"{name}={_as_written(name, value)}" for name, value in told.items()]


def departures_of(model: EIPModel, scenario: Scenario | None = None) -> list[str]:
    """Those of a model; `scenario` : what was asked for, where a parameter set is laid over it."""
    rule = model.rule.given if isinstance(model.rule.given, str) else model.rule.name
    population = {} if model.world.seed == model.seed_number else {"population": model.world.seed}
    found = departures(
        scenario or model.case, (model.first_reported, model.last_year), world=model.world.recipe, rule=rule,
        seed=model.seed_number, replicate=model.replicate,
    )  # fmt: skip
    return found + [f"{name}={value}" for name, value in population.items()]


def _as_written(name: str, value: Any) -> str:
    """A value as one writes it after `--set name=` or as an option.

    >>> _as_written("years", [2015, 2030]), _as_written("levers.carbon_price", {2030: 8.0}), _as_written("x", None)
    ('2015-2030', '{2030: 8}', 'null')
    """
    if name == "years" and isinstance(value, list):
        return "-".join(map(str, value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_as_written('', one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_as_written("", one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# ---- where it is said ------------------------------------------------------------------------------------------------


def folder_name(of: str, told: Sequence[str]) -> str:
    """A name for the folder of results: what they are of, then what is not the default.

    >>> folder_name("baseline", []), folder_name("baseline", ["behaviour.peer_weight=0", "seed=7"])
    ('baseline', 'baseline--behaviour.peer_weight-0--seed-7')
    >>> folder_name("baseline", ["behaviour.vietnam_shift=-2", "levers.carbon_price={2030: 8}", "world=folder:my country"])
    'baseline--behaviour.vietnam_shift-minus2--levers.carbon_price-2030-8--world-folder-my-country'
    >>> folder_name("baseline", [f"levers.carbon_price={{{2026 + n}: {n}}}" for n in range(9)])
    'baseline--levers.carbon_price-2026-0--levers.carbon_price-2027-1--levers.carbon_price-2028-2--b344e5'
    """
    of = inside(of)
    parts = [re.sub(r"[^\w.-]+", "-", one.replace("=-", "=minus")).strip("-.") for one in told]
    name = "--".join([of, *parts])
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.sha256("\n".join([of, *told]).encode()).hexdigest()[:6]
    return f"{_whole_parts([of, *parts], LONGEST_NAME - len(digest) - 2)}--{digest}"


def _whole_parts(parts: Sequence[str], most: int) -> str:
    """As many of the parts as fit; of the first at least its beginning."""
    name = parts[0][:most]
    for part in parts[1:]:
        if len(f"{name}--{part}".encode()) > most:
            return name
        name = f"{name}--{part}"
    return name


def with_departures(title: str, told: Sequence[str]) -> str:
    """A title that says what is not the default.

    >>> with_departures("Enacted policy", ["behaviour.peer_weight=0", "seed=7"])
    'Enacted policy, with behaviour.peer_weight=0, seed=7'
    """
    return f"{title}, with {in_short(told)}" if told else title


def case_told(provenance: Mapping[str, Any]) -> str:
    """The scenario of a run with what was changed in it, where world, seed, replicate and years are told beside it.

    >>> case_told({"scenario": "baseline", "changed": ["behaviour.peer_weight=0", "rule=npv_hurdle", "seed=7"]})
    'baseline (behaviour.peer_weight=0, rule=npv_hurdle)'
    """
    changed = [
        one for one in provenance.get("changed", ()) if not one.startswith(("world=", "seed=", "replicate=", "years="))
    ]
    return f"{provenance['scenario']} ({in_short(changed)})" if changed else str(provenance["scenario"])


def in_short(names: Sequence[str]) -> str:
    """The first few names, each in short, and how many there are besides.

    >>> in_short([f"parameter_{n}=1" for n in range(40)])
    'parameter_0=1, parameter_1=1, parameter_2=1, parameter_3=1, parameter_4=1, parameter_5=1 and 34 more'
    """
    listed = ", ".join(textwrap.shorten(name, LONGEST_VALUE, placeholder=" …") for name in names[:MOST_NAMED])
    return listed + (f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")


def small_print(provenance: Mapping[str, Any]) -> str:
    """Scenario, world and what was changed, of one run or many, as figures and notes say it; empty where it is not known.

    >>> case = {"scenario": "baseline", "world": "pilot-parks", "changed": ["world=pilot-parks", "seed=7"]}
    >>> small_print(case)
    'Scenario: baseline. World: pilot-parks. Changed: seed=7.'
    >>> small_print({"cases": [case | {"label": "baseline"}, case | {"label": "subsidy", "changed": ["levers.training=1"]}]})
    'Scenarios: baseline, subsidy. World: pilot-parks. Changed in baseline: seed=7; in subsidy: levers.training=1.'
    """
    cases = provenance.get("cases") or [provenance]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        by_name.setdefault(str(case.get("label") or case.get("scenario") or ""), []).append(case)
    if "" in by_name:
        return ""
    names = list(by_name)
    worlds = list(dict.fromkeys(str(case["world"]) for case in cases if case.get("world")))
    said = [f"Scenario{'s' * (len(names) > 1)}: {in_short(names)}"]
    said += [f"World{'s' * (len(worlds) > 1)}: {in_short(worlds)}"] if worlds else []
    said += _changed_in({name: common_to(of) for name, of in by_name.items()})
    said += [f"{sets} calibrated parameter sets"] if (sets := provenance.get("ensemble")) else []
    return ". ".join([*said, *provenance.get("varied", [])]) + "."


def common_to(cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """What beside the world is not the default in all cases alike; replicates differ in seed or draws."""
    first, *others = ([one for one in case.get("changed", ()) if not one.startswith("world=")] for case in cases)
    return [one for one in first if all(one in other for other in others)]


def _changed_in(changed: Mapping[str, Sequence[str]]) -> list[str]:
    """What was changed: once where it is the same in all cases, else case by case."""
    each = list(changed.values())
    if all(told == each[0] for told in each):
        return [f"Changed: {in_short(each[0])}"] if each[0] else []
    told = [f"in {name}: {in_short(of)}" for name, of in changed.items() if of]
    return [f"Changed {'; '.join(told)}"]
