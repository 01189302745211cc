"""What the columns of a store are: its factors and outcomes as the design names them, and the words that all stores have."""

from __future__ import annotations

import pandas as pd

from eipsim.data.parameters import load_parameters
from eipsim.designs.design import Design
from eipsim.errors import InputError
from eipsim.exports.codebook import Meaning, codebook
from eipsim.outcomes.expressions import parse_expression
from eipsim.outcomes.registry import OUTCOMES, QUANTITIES
from eipsim.policy.levers import LEVERS
from eipsim.runs.pairs import ADOPTION, AVOIDED_TRANSFERS
from eipsim.stores.layout import FAILURE_COLUMNS, FAILURES, INDEX, PAIRS, ROWS, RUN, RUNS

NUMBER, COUNT = "float64", "int64"


def codebook_of(design: Design) -> pd.DataFrame:
    """A row per column of the tables of a store: table, column, type, unit, meaning."""
    keys, counts = {"key": "object"}, dict.fromkeys(ADOPTION, COUNT)
    run = keys | {"scenario": "object", "row": COUNT, "replicate": COUNT}
    outcomes = dict.fromkeys(outcomes_of(design), NUMBER)
    paired = {PAIRS: keys | {"baseline": "object"} | counts} if design.baseline else {}
    tables = {
        ROWS: design.rows.rename_axis("row"),
        INDEX: _empty({**{name: run[name] for name in ("key", *RUN)}, "draws": COUNT, "population": COUNT}),
        **{
            f"{folder}/part-*.parquet": _empty(columns)
            for folder, columns in {
                RUNS: keys | {"year": COUNT} | outcomes,
                **paired,
                FAILURES: dict.fromkeys(FAILURE_COLUMNS, "object") | {"attempts": COUNT},
            }.items()
        },
    }
    return codebook(tables, meanings_of(design))


def meanings_of(design: Design) -> dict[str, Meaning]:
    """Unit and meaning of the factors and outcomes of a design."""
    return {name: _of_factor(name) for name in design.rows} | {
        name: _of_outcome(text, design.period) for name, text in outcomes_of(design).items()
    }


def outcomes_of(design: Design) -> dict[str, str]:
    """The expression of every outcome that a store of the design holds, by its name."""
    stored = dict(design.outcomes or {name: name for name in OUTCOMES})
    return stored | ({AVOIDED_TRANSFERS: AVOIDED_TRANSFERS} if design.baseline else {})


def _of_factor(name: str) -> Meaning:
    parameters, lever = load_parameters(), name.removeprefix("levers.")
    if name in parameters:
        return Meaning(parameters[name].unit, parameters[name].note)
    if lever in LEVERS:
        return Meaning(LEVERS[lever].unit, LEVERS[lever].definition)
    return Meaning("", "factor of the design")


def _of_outcome(text: str, period: tuple[int, int]) -> Meaning:
    """Of an expression its unit, and what it means or how it is written; of what only a user's own model knows, its name."""
    if text == AVOIDED_TRANSFERS:
        return Meaning("USD/yr", "payments to the public that measures avoid: no saving to society")
    try:
        unit = parse_expression(text, years=tuple(range(period[0], period[1] + 1)), over_time=True).unit
    except InputError:
        return Meaning("", f"outcome {text} of the design's own model")
    return Meaning(unit, QUANTITIES[text].definition if text in QUANTITIES else text)


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
