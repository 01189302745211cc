"""How a comparison looks in a terminal: its answer, what it hangs on, and then everything, each word said where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from eipsim.cli import terminal
from eipsim.core.numbers import largest_of, of_differences
from eipsim.outcomes.compared import definitions_of

# What the answer hangs on, in this order.
MAIN = (
    "cumulative_additional_tonnes", "cumulative_public_cost_per_tonne", "cumulative_private_cost_per_tonne",
    "cumulative_total_cost_per_tonne", "cumulative_public_cost", "cumulative_private_cost", "cumulative_total_cost",
    "cumulative_transfers_to_the_public", "additional_adopters", "additional_adoptions", "free_riding_adoption_share",
)  # fmt: skip
YEARS = (2030, 2050)
NUMBERS = ("mean", "low", "high")
TOLD = "*"  # behind a difference that can be told from zero
DIFFERENCES = ("cumulative", "discounted", "additional")  # how names begin that are differences and not of a year
VOUCHERS = {
    "bought": "bought with vouchers", "additional": "additional", "net": "net", "net_per_voucher": "net per voucher",
    "net_per_1000_usd": "net per 1,000 USD", "years_sooner": "others sooner by (yr)",
}  # fmt: skip
OF_VOUCHERS = (
    "additional: what the same firms do not adopt in {baseline} to the end of the runs; net: with what they adopt besides, less "
    "what they give up for it"
)


def print_comparison(comparison: Any) -> None:
    """The answer in sentences, the rows that it hangs on for all scenarios, then all rows of each."""
    terminal.print_prose(*comparison.answer, *(f"Warning: {text}" for text in comparison.warnings), "")
    years = [year for year in YEARS if year in comparison.years] or [int(comparison.years[-1])]
    table = Rows(comparison, years)
    table.print_main()
    for scenario in comparison.scenarios:
        table.print_rest(scenario)
        print_vouchers(comparison, scenario)


class Rows:
    """The rows of a comparison's summary as they are printed: one unit a quantity, whatever the scenario and year."""

    def __init__(self, comparison: Any, years: Sequence[int]):
        self.comparison, self.years = comparison, years
        table = comparison.summary(years)
        wanted = table["year"].isna() | table["quantity"].isin(terminal.MAIN_OUTCOMES)
        table = table[wanted].assign(in_a_year=table["year"].notna())
        numbers = table[["value", "low", "high"]]
        table["moves"] = (numbers.notna() & (numbers != 0.0)).any(axis=1) | (
            table["value"].isna() & (table["note"] != "")
        )
        self.table, self.defined = table.reset_index(drop=True), set[str]()

    def print_main(self) -> None:
        """What the answer hangs on: a row a quantity, or, of several scenarios, a group of rows."""
        rows = self.table[self.table["quantity"].isin(MAIN)]
        rows = rows[rows.groupby("quantity")["moves"].transform("any")]
        rows = rows.sort_values("quantity", key=lambda names: names.map(MAIN.index), kind="stable")
        title = f"Main results: differences from {self.comparison.baseline} ({TOLD}: 95 % interval without 0)"
        if len(self.comparison.scenarios) > 1:
            terminal.print_prose(title)
            for quantity, of in rows.groupby("quantity", sort=False):
                self._print_table(quantity, of, "scenario")
        else:
            self._print_table(title, rows, "quantity")
        self._print_words(rows, "scenario" if len(self.comparison.scenarios) > 1 else "quantity")

    def print_rest(self, scenario: str) -> None:
        """All other rows of a scenario: differences by year, adopters, discounted costs; then what does not change."""
        own = self.table[self.table["scenario"] == scenario]
        moved = own[own["moves"]]
        for title, rows in self._parts(moved):
            if len(rows):
                self._print_table(f"{scenario} against {self.comparison.baseline}{title}", rows, "quantity")
                self._print_words(rows)
        same = [name for name in dict.fromkeys(own["quantity"]) if name not in set(moved["quantity"])]
        pairs = len(self.comparison.replicates(scenario))
        terminal.print_prose(
            f"{scenario}: {pairs} paired replicates; 0 or unchanged in all: {', '.join(same) or 'nothing'}", ""
        )

    def _parts(self, moved: Any) -> Iterator[tuple[str, Any]]:
        for year in self.years:
            yield f" in {year}", moved[moved["year"] == year]
        rest = moved[~moved["in_a_year"] & ~moved["quantity"].isin(MAIN)]
        costs = rest["quantity"].str.startswith("discounted")
        yield ": adopters to the end of the runs", rest[~costs]
        yield ": costs, discounted", rest[costs]

    def _print_table(self, title: str, rows: Any, name: str) -> None:
        shown = [self._cells(row, getattr(row, name)) for row in rows.itertuples()]
        terminal.print_table(title, [name, *NUMBERS, "unit"], shown, NUMBERS)

    def _print_words(self, rows: Any, name: str = "quantity") -> None:
        """What the quantities of a table are, where that has not been said, and what is noted of its rows."""
        words = {word: said for name in dict.fromkeys(rows["quantity"]) for word, said in definitions_of(name).items()}
        terminal.print_prose(*(f"{word}: {said}" for word, said in words.items() if word not in self.defined))
        self.defined |= words.keys()
        for note, named in rows[rows["note"] != ""].groupby("note", sort=False)[name]:
            terminal.print_prose(f"Note: {', '.join(dict.fromkeys(named))}: {note}")
        terminal.print_lines("")

    def _cells(self, row: Any, name: str) -> list[str]:
        """A row as text, marked where it is a difference that can be told from zero."""
        unit = of_differences(row.unit) if row.in_a_year else row.unit
        texts, unit = terminal.column_of([row.value, row.low, row.high], unit, self._largest(row))
        is_difference = row.in_a_year or row.quantity.startswith(DIFFERENCES)
        is_told = is_difference and (row.low > 0.0 or row.high < 0.0)
        return [f"{name} {TOLD}" if is_told else name, *texts, unit]

    def _largest(self, row: Any) -> float:
        """Of all rows that are told in one scale: those of the quantity, of what is not of a year those in the same unit."""
        same = self.table["quantity"] == row.quantity if row.in_a_year else self.table["unit"] == row.unit
        return largest_of(self.table.loc[same, ["value", "low", "high"]].to_numpy(float).ravel())


def print_vouchers(comparison: Any, scenario: str) -> None:
    """By measure: what is bought with vouchers, what of it is additional, and the net of what their holders adopt besides."""
    own = comparison.voucher_adoptions.query("scenario == @scenario")
    if own.empty:
        return
    wide = own.pivot(index="measure", columns="quantity", values="value")
    order = wide["bought"].sort_values(ascending=False, kind="stable").index
    rows = [[measure, *(f"{wide.loc[measure, name]:.3g}" for name in VOUCHERS)] for measure in order]
    title = f"{scenario}: measures in firms by vouchers that {comparison.baseline} lacks to the end of the runs"
    terminal.print_table(title, ["measure", *VOUCHERS.values()], rows, list(VOUCHERS.values()))
    terminal.print_prose(OF_VOUCHERS.format(baseline=comparison.baseline), "")
