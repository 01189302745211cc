# ruff: noqa: E501 (paragraphs of generated documents)
"""docs/exchange-types.md: what is sourced, derived, assumed of every exchange type."""

from __future__ import annotations

from collections import Counter

from pages import GENERATED, markdown_table

from eipsim.data.loading import read_facts
from eipsim.data.statuses import status_word

FIGURES = {
    "y": "supply", "d": "distance", "a": "disposal avoided", "v": "worth to receiver", "k": "capital", "c": "CO2",
}  # fmt: skip
STATUS = {"S": "sourced", "D": "derived", "A": "assumed"}
HEADERS = (
    "id", "what", "who gives", "who takes", "outside", "class", "unit", *(f"{name}" for name in FIGURES.values()), "stream and demand",
    "source",
)  # fmt: skip


def statuses(codes: str) -> dict[str, str]:
    """Status of each figure of a type from its codes; what they do not name is assumed.

    >>> statuses("yA dA aA vA kD cS")["capital"]
    'derived'
    """
    known = {code[0]: STATUS[code[1]] for code in codes.split() if len(code) == 2 and code[1] in STATUS}
    return {name: known.get(letter, "assumed") for letter, name in FIGURES.items()}


def has_same_supply(economics, key) -> bool:
    """Whether the supply that is used is the yield that the evidence gives, on the same base."""
    pairs = (("yield_low", "supply_low"), ("yield_c", "supply_central"), ("yield_high", "supply_high"))
    return all(float(economics[a]) == float(key[b]) for a, b in pairs)


def rows() -> list[list[str]]:
    """One row per type of kind exchange or municipal."""
    economics = read_facts("is_exchanges").set_index("is_id")
    demand = read_facts("exchange_demand").set_index("is_id")
    table = []
    for _, key in read_facts("is_exchange_keys").iterrows():
        if key["kind"] != "infrastructure":
            e, d = economics.loc[key["is_id"]], demand.loc[key["is_id"]]
            known = statuses(e["status"])
            known["supply"] = known["supply"] if has_same_supply(e, key) else "assumed"
            outside = key["external_partner"] if d["external_counts"] == "yes" else ""
            table.append(
                [
                    key["is_id"], e["stream"], key["donor_ids"], key["receiver_ids"], outside, key["reg_class"], e["unit"],
                    *known.values(), status_word(d["status"]), e["source_id"],
                ]
            )  # fmt: skip
    return table


def counts(table: list[list[str]]) -> str:
    """How many figures have each status."""
    first, last = HEADERS.index("supply"), HEADERS.index("stream and demand")
    found = Counter(cell for row in table for cell in row[first : last + 1])
    return ", ".join(f"{found[word]} {word}" for word in STATUS.values())


def page() -> str:
    table = rows()
    return f"""{GENERATED}
# Exchange types: what is sourced, derived, assumed

{len(table)} types of by-product exchange; the types of kind `infrastructure` are park operators' systems and stand in the \
[model](model.md#shared-infrastructure). Of {7 * len(table)} groups of figures {counts(table)}. Values, with low and high, stand in \
`is_exchanges.csv`, `is_exchange_keys.csv` and `exchange_demand.csv` of `eipsim/data/`; how they are used, in \
[exchanges](exchanges.md). `A02;A09` are archetypes of `archetypes.csv`; classes are those of `reg_classes.csv`.

{markdown_table(HEADERS, table, bar="/")}
"""
