"""A run once more from what its provenance says, so that a park of it can be looked into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from eipsim.data.loading import data_hash
from eipsim.data.parameters import DEFAULT_RULE
from eipsim.errors import InputError
from eipsim.model.model import EIPModel
from eipsim.report.sources import scenario_of
from eipsim.rules.acceptance import RULES
from eipsim.runs.simulation import Run, simulate
from eipsim.world import World, build_world


def why_not_again(case: Mapping[str, Any]) -> str:
    """The message of the catalogue that says why a run cannot be made again as it was; empty where it can."""
    if case.get("rule_hash") or case.get("instruments") or case.get("rule", DEFAULT_RULE) not in RULES:
        return "again-own-code"
    if case.get("ensemble"):
        return "again-ensemble"
    if case.get("data_hash") != data_hash():
        return "again-other-data"
    return "" if scenario_of(case) is not None else "again-other-scenario"


def model_again(case: Mapping[str, Any]) -> EIPModel | None:
    """The model of a run before its first year; None where its world is no longer what it was."""
    try:
        model = EIPModel(*_decided(case), **_more(case))
    except (InputError, KeyError):
        return None
    return model if model.world.digest == case.get("world_digest") else None


def run_again(case: Mapping[str, Any]) -> Run | None:
    """The same run with all details; None where its world is no longer what it was."""
    try:
        scenario, world, seed, rule = _decided(case)
        run = simulate(scenario, seed, world=world, rule=rule, years=tuple(case["years"]), detail=True, **_more(case))
    except (InputError, KeyError):
        return None
    return run if run.provenance["world_digest"] == case.get("world_digest") else None


def provinces_again(case: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    """The tables of provinces of a run, on both maps, by the names of their files; none where its world is not what it was."""
    run = run_again(case)
    return {} if run is None else {name: table for name, table in run.files().items() if name.startswith("provinces")}


def _decided(case: Mapping[str, Any]) -> tuple[str, str, int, str | None]:
    """Scenario, world, seed and rule of a run."""
    return str(case["scenario"]), str(case["world"]), int(case["seed"]), case.get("rule")


def _more(case: Mapping[str, Any]) -> dict[str, Any]:
    """What else decided it."""
    settings, replicate = dict(case.get("settings") or {}), int(case.get("replicate") or 0)
    return {"settings": settings, "replicate": replicate, "population": case.get("population")}


def stepped_to(model: EIPModel, year: int) -> EIPModel:
    while model.year < year:
        model.step()
    return model


def world_of(case: Mapping[str, Any]) -> World | None:
    """The world of a run, for the names of its parks and provinces; None where its tables are gone."""
    try:
        return build_world(str(case.get("world", "")), int(case.get("population") or case.get("seed") or 0))
    except InputError:
        return None
