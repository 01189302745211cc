"""Where a result comes from: everything that decided it, and what it cost. The content of every manifest."""

from __future__ import annotations

import datetime
import hashlib
import inspect
import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eipsim.data.loading import data_hash
from eipsim.runs.departures import departures_of
from eipsim.scenarios.checking import questions_about
from eipsim.world import World
from eipsim.world.recipe import origins_of

if TYPE_CHECKING:
    from eipsim.model.model import EIPModel
    from eipsim.scenarios.schema import Scenario

PACKAGES = ("eipsim", "mesa", "numba", "numpy", "pandas")


def provenance_of(model: EIPModel, settings: Mapping[str, Any] | None, wall: float, cpu: float) -> dict[str, Any]:
    """What decided the results of `model`, with `settings` as they were given; `wall` and `cpu` in seconds."""
    return {
        **case_of(model, settings),
        "seed": model.seed_number,
        "replicate": model.replicate,
        "population": model.world.seed,
        **_prices_held(model),
        **circumstances(wall, cpu),
    }


def case_of(model: EIPModel, settings: Mapping[str, Any] | None, scenario: Scenario | None = None) -> dict[str, Any]:
    """Scenario, parameters, data, world, rule and years of `model`, and what of them is not the default.

    `scenario` : what was asked for, where a parameter set is laid over it.
    """
    return {
        "scenario": model.case.name,
        "scenario_digest": model.case.digest,
        "aims": {name: target.model_dump(exclude_defaults=True) for name, target in model.case.targets.items()},
        "settings": dict(settings or {}),
        "changed": departures_of(model, scenario),
        "parameters_changed": dict(model.case.parameters),
        "parameter_hash": parameter_hash(model.parameters),
        "data_hash": data_hash(),
        "world": model.world.recipe,
        "world_digest": model.world.digest,
        **_told_of(model.world, model.case),
        "rule": model.rule.name,
        "rule_hash": rule_hash(model.rule.python),
        "instruments": [{"instrument": i.given, "sha256": i.digest} for i in model.instruments.instruments],
        "years": [model.first_reported, model.last_year],
        **_operation_of(model),
    }


def model_told(provenance: Mapping[str, Any]) -> str:
    """The model with its version."""
    return f"eipsim {provenance['versions']['eipsim']}"


def _operation_of(model: EIPModel) -> dict[str, Any]:
    """Where firms answer to prices day by day: by how much, and to prices other than which."""
    operation = model.state.operation
    if operation is None:
        return {}
    return {"operation": {"elasticity": operation.elasticity, "reference_prices": operation.reference.digest}}


def _prices_held(model: EIPModel) -> dict[str, Any]:
    """Years in which a price of energy was farther from what was to be expected than it may count."""
    operation = model.state.operation
    return {"prices_held": list(operation.held)} if operation is not None and operation.held else {}


def _told_of(world: World, case: Scenario) -> dict[str, Any]:
    """Totals that the world was asked for and does not meet; of a country of the user's own, whose its tables are; what is worth
    a question in them and in the scenario."""
    told: dict[str, Any] = {"unmet_totals": [total._asdict() for total in world.unmet]}
    questions = [str(one) for one in questions_about(case, world)]
    if world.own_tables:
        told |= {"tables": origins_of(world.own_tables), "questions": [*world.warnings, *questions]}
    elif questions:
        told["questions"] = questions
    return told


def circumstances(wall: float, cpu: float) -> dict[str, Any]:
    """Versions, commit, time taken [s] and time of day."""
    return {
        "versions": versions(),
        "commit": commit(),
        "wall_seconds": round(wall, 4),
        "cpu_seconds": round(cpu, 4),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def parameter_hash(values: Mapping[str, float]) -> str:
    """sha256 of all parameter values, set or central."""
    return hashlib.sha256("\n".join(f"{name}={values[name]!r}" for name in sorted(values)).encode()).hexdigest()


def rule_hash(function: Any) -> str | None:
    """sha256 of the source of a user's decision rule; None for a built-in rule or where there is no source."""
    if function is None:
        return None
    try:
        return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()
    except (OSError, TypeError):
        return None


@cache
def versions() -> dict[str, str]:
    """Versions of Python, eipsim and what it computes with."""
    return {"python": platform.python_version()} | {package: _version(package) for package in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed as a package"


@cache
def commit() -> str | None:
    """Commit of the source tree, with `+changes` when files differ from it; None when there is no such tree."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    head = _git(root, "rev-parse", "HEAD")
    return head and head + ("+changes" if _git(root, "status", "--porcelain", "--", "eipsim") else "")


def _git(root: Path, *arguments: str) -> str | None:
    """What git answers; None when it cannot."""
    try:
        command = ["git", "--no-optional-locks", "-C", str(root), *arguments]  # never in the way of another git
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
