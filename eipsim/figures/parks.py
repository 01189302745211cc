"""Which park a figure is of: by name or id, or the one with most exchanges in operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from eipsim.core.names import shown
from eipsim.core.park_names import Called, parks_called
from eipsim.core.phrases import Phrase
from eipsim.errors import InputError, Mistake, unknown

if TYPE_CHECKING:
    from eipsim.runs.simulation import Run


def running(run: Run, year: int | None = None) -> pd.DataFrame:
    """The exchanges in operation at the end of `year`, None = the last one, with what they moved in that year.

    InputError for a year that the run does not report, or for one before the last from a run without detail.
    """
    first, last = int(run.outcomes.index[0]), int(run.outcomes.index[-1])
    year = last if year is None else year
    if not first <= year <= last:
        raise InputError(Mistake("figure", f"{year} is not a year of this run", f"allowed: {first}-{last}"))
    table = run.exchanges
    if year == last:
        return table[table["state"].astype(str) == "operating"]
    if run.exchange_flows is None:
        raise InputError(Mistake("figure", f"this run has no exchanges of {year}", "simulate with detail=True"))
    moved = run.exchange_flows[run.exchange_flows["year"] == year].set_index("exchange_id")
    then = table[table["exchange_id"].isin(moved.index)].set_index("exchange_id")
    then = then.assign(quantity=moved["quantity"], co2_t=moved["co2_t"])
    return then.reset_index()


def of_park(exchanges: pd.DataFrame, park_id: str) -> pd.DataFrame:
    """The exchanges in which a park's tenants take part."""
    return exchanges[(exchanges[["donor_park", "receiver_park"]].astype(str) == park_id).any(axis=1)]


def busiest(exchanges: pd.DataFrame) -> str | None:
    """Id of the park with most exchanges, the first by id of those with as many; None when there is no exchange."""
    if exchanges.empty:
        return None
    donors, receivers = exchanges["donor_park"].astype(str), exchanges["receiver_park"].astype(str)
    counts = pd.concat([donors, receivers[receivers != donors]]).value_counts()
    return str(min(counts[counts == counts.max()].index))


def find_park(run: Run, park: str | None, exchanges: pd.DataFrame) -> str:
    """Id of `park`, given by id or name (accents and case do not matter); None = the busiest. InputError for unknown ones."""
    places = run.parks.drop_duplicates("park_id")
    ids, names = places["park_id"].astype(str), places["name"].astype(str)
    if park is None:
        found = busiest(exchanges)
        if found is None:
            raise InputError(Mistake("figure", "no exchange is in operation", "name a park, or take another year"))
        return found
    called = [Called(own, (name,), province=at) for own, name, at in zip(ids, names, places["province"].astype(str))]
    hits = [ids.iloc[row] for row in parks_called(park, called)]
    if len(hits) == 1:
        return hits[0]
    if not hits:
        raise InputError(unknown("figure", "park", park, [*names, *ids]))
    fits, given = ", ".join(f"{names[ids == hit].iloc[0]} ({hit})" for hit in hits[:8]), shown(park)
    what = Phrase(f"park {given} fits {len(hits)}", "mistake-park-fits", name=given, n=str(len(hits)))
    raise InputError(Mistake("figure", what, Phrase(f"write one of: {fits}", "hint-one-of", names=fits)))


def name_of(run: Run, park_id: str) -> str:
    """The park with its province, as in a title."""
    row = run.parks[run.parks["park_id"].astype(str) == park_id].iloc[-1]
    return f"{row['name']} ({row['province']})"
