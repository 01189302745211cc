"""What a shell offers where Tab is pressed: names that the project knows. What is read for it is read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

import typer

WORLDS = ("vietnam", "pilot-parks", "folder:")


def scenarios(incomplete: str) -> list[str]:
    """Scenarios of the library; files are offered by the shell itself."""
    from eipsim.scenarios.files import list_scenarios

    return _beginning(incomplete, list_scenarios())


def worlds(incomplete: str) -> list[str]:
    return _beginning(incomplete, WORLDS)


def settings(incomplete: str) -> list[str]:
    """Names for `--set`: parameters, levers, drivers."""
    from eipsim.scenarios.settings import names_to_set

    return _beginning(incomplete, (f"{name}=" for name in names_to_set()))


def rules(incomplete: str) -> list[str]:
    from eipsim.rules.acceptance import RULES

    return _beginning(incomplete, RULES)


def outcomes(incomplete: str) -> list[str]:
    from eipsim.outcomes.registry import OUTCOMES

    return _beginning(incomplete, OUTCOMES)


def measures(incomplete: str) -> list[str]:
    from eipsim.market.catalogue import measure_names

    return _beginning(incomplete, measure_names())


def subjects(incomplete: str) -> list[str]:
    """What `eipsim show` can show."""
    from eipsim.cli.listings import KINDS

    return _beginning(incomplete, KINDS)


def of_subject(context: typer.Context, incomplete: str) -> list[str]:
    """The names, first in their rows, of what `eipsim show` is asked to show; parks take a world, and so too long."""
    from eipsim.cli.listings import KINDS, listing_of

    kind = context.params.get("kind")
    if kind not in KINDS or kind == "parks":
        return []
    return _beginning(incomplete, (row.get("name") or row["term"] for row in listing_of(kind)))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
