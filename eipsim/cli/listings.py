"""Facts of the model as rows: parameters, measures, parks, outcomes, levers, scenarios, with source and status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from eipsim.core.names import fold_name, so_called, spelt_as, words_of

NAMES = ("id", "name", "label", "title", "term")  # columns that say what a row is called
Row = dict[str, Any]
MEASURE_COLUMNS = [
    "name", "label", "reaches", "site_saving", "capex", "capex_unit", "payback", "lifetime", "penetration_2024",
]  # fmt: skip


def listing_of(kind: str, world: str = "vietnam", search: str | None = None) -> list[Row]:
    """The rows of a `kind` of KINDS; with `search` only those that contain the text or its words, first those that are called so.

    A measure by its full name or id gives every figure that it is made of, a scenario by its full name all that it sets.
    """
    rows = KINDS[kind](world)
    if not search:
        return rows
    if kind == "scenarios" and (name := so_called(search, [row["name"] for row in rows])):
        return scenario_contents(name)
    if kind == "measures" and any(spelt_as(search, (row["id"], row["name"], row["label"])) for row in rows):
        return measure_figures(search, world)
    found = [row for row in rows if _contains(row.values(), search)]
    return found if kind == "scenarios" else sorted(found, key=lambda row: not _is_called(row, search))


def _contains(cells: Iterable[Any], text: str) -> bool:
    """Whether the text stands in any of the cells, or its words do, with II for 2."""
    return any(fold_name(text) in fold_name(cell) or _has_words(str(cell), text) for cell in cells)


def _is_called(row: Row, text: str) -> bool:
    """Whether the words stand in a name of the row."""
    return any(_has_words(row[name], text) for name in NAMES if name in row)


def _has_words(cell: str, text: str) -> bool:
    words = words_of(text)
    return bool(words) and set(words) <= set(words_of(cell))


def rows_of(things: Iterable[Any], *names: str) -> list[Row]:
    """A row for each of the `things` with its attributes of these names."""
    return [{name: getattr(thing, name) for name in names} for thing in things]


def parameters(world: str) -> list[Row]:
    """Every uncertain constant: its range for analyses and its status."""
    from eipsim.data.parameters import load_parameters

    return rows_of(load_parameters().values(), "name", "central", "low", "high", "unit", "status", "source", "note")


def outcomes(world: str) -> list[Row]:
    from eipsim.outcomes.registry import OUTCOMES

    return rows_of(OUTCOMES.values(), "name", "label", "unit", "kind", "better", "definition")


def quantities(world: str) -> list[Row]:
    """What the expressions of facts and conditions can ask for: the outcomes and a few more, and of whom."""
    from eipsim.outcomes.registry import QUANTITIES

    return [
        {"name": q.name, "label": q.label, "unit": q.unit, "kind": q.kind, "also by": ", ".join(q.reach) or "nation only",
         "definition": q.definition}
        for q in QUANTITIES.values()
    ]  # fmt: skip


def filters(world: str) -> list[Row]:
    """What the expressions of facts and conditions can be cut by, beside quantities and years."""
    from eipsim.outcomes.traits import NAMED, TRAITS

    named = [{"name": name, "of": of, "values": "a name", "definition": what} for name, (of, what) in NAMED.items()]
    return named + [
        {
            "name": t.name,
            "of": f"{t.of}s",
            "values": ", ".join(t.words) or "a number or range",
            "definition": t.definition,
        }
        for t in TRAITS.values()
    ]


def levers(world: str) -> list[Row]:
    from eipsim.policy.levers import LEVERS

    rows = rows_of(LEVERS.values(), "name", "unit", "default", "least", "most", "targets", "setter", "definition")
    for row, lever in zip(rows, LEVERS.values()):
        row["targets"] = ", ".join(lever.targets) or "nation"
        row["read by"] = "; ".join(f"{module}: {how}" for module, how in lever.read_by.items())
    return rows


def scenarios(world: str) -> list[Row]:
    from eipsim.scenarios.files import library_entries

    return [entry._asdict() for entry in library_entries()]


def scenario_contents(name: str) -> list[Row]:
    """All that a scenario sets, what it inherits included: levers, programmes, drivers, targets, with their sources."""
    from eipsim.scenarios.contents import contents_of
    from eipsim.scenarios.loading import load_scenario

    return [content._asdict() for content in contents_of(load_scenario(name))]


def words(world: str) -> list[Row]:
    """What the words of the project mean, and where in docs/ it stands."""
    from eipsim.data.csv_files import read_csv
    from eipsim.data.loading import FOLDER

    return [row for _, row in read_csv(FOLDER / "glossary.csv").records()]


def measures(world: str) -> list[Row]:
    """A row a measure with its central values, and how many of its figures are sourced, derived and assumed."""
    from eipsim.data.statuses import status_word
    from eipsim.market.catalogue import measure_table

    tables = _market_of(world)
    figures, rows = tables.read("measures"), []
    for identifier, measure in measure_table(tables).iterrows():
        own = figures[figures["measure_id"] == identifier]
        status, source = _counted(map(status_word, own["status"])), " ".join(_unique(own["source_id"]))
        rows.append({"id": identifier, **measure[MEASURE_COLUMNS], "status": status, "source": source})
    return rows


def measure_figures(measure: str, world: str) -> list[Row]:
    """Every figure of one measure, as it stands in the table of the world's country."""
    from eipsim.market.catalogue import measure_called, measure_ids

    tables = _market_of(world)
    identifier = measure_ids()[measure_called(measure, tables)]
    table = tables.read("measures")
    columns = ["parameter", "low", "central", "high", "unit", "status", "source_id", "note"]
    return table.loc[table["measure_id"] == identifier, columns].to_dict("records")  # type: ignore[return-value]


def _market_of(world: str) -> Any:
    """The tables of a country's market."""
    from eipsim.world.recipe import read_recipe

    return read_recipe(_tables_of(world)).tables


def parks(world: str) -> list[Row]:
    """The parks of a world with what is known of each; where its row of the table comes from."""
    from eipsim.core.years import NEVER
    from eipsim.world import build_world
    from eipsim.world.recipe import read_recipe

    built = build_world(world)
    listed = {row.park_id: row for row in read_recipe(_tables_of(world)).parks}
    p, rows = built.parks, []
    for i, identifier in enumerate(built.park_ids):
        row = listed.get(identifier)
        rows.append(
            {
                "id": identifier,
                "name": built.park_names[i],
                "province": built.provinces[p.province[i]],
                "region": built.regions[p.region[i]],
                "established": int(p.established_year[i]),
                "operating": int(p.operating_year[i]) if p.operating_year[i] < NEVER else None,
                "area_ha": round(float(p.area_ha[i]), 1),
                "latitude": round(float(p.latitude[i]), 4),
                "longitude": round(float(p.longitude[i]), 4),
                "firms": int(((built.firms.park == i) & built.alive(2024)).sum()),
                "drawn": ", ".join(built.drawn.get(identifier, ())),
                "status": getattr(row, "status", "synthesised"),
                "source": getattr(row, "source_ids", None) or "",
                "confidence": getattr(row, "confidence", None) or "",
            }
        )
    return rows


def _tables_of(world: str) -> str:
    """The recipe whose tables a world is made from: the pilot parks are rows of vietnam."""
    return "vietnam" if world == "pilot-parks" else world


def _counted(words: Iterable[str]) -> str:
    return ", ".join(f"{n} {word}" for word, n in Counter(words).most_common())


def _unique(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(part for cell in cells for part in str(cell).replace(";", " ").split()))


_listings = (parameters, measures, parks, outcomes, quantities, filters, levers, scenarios, words)
KINDS: dict[str, Callable[[str], list[Row]]] = {listing.__name__: listing for listing in _listings}
