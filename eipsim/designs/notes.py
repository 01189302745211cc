"""What is to be kept in mind of a design that is right: what its intervals will not contain."""

from __future__ import annotations

from eipsim.designs.design import Design

ONE_POPULATION = "one population: differences between populations are not in the intervals"
REMEDY = "to have them in: populations: 20 with as many replicates, or a factor population: {integers: [1, 20]}"


def notes_on(design: Design) -> tuple[str, ...]:
    """Sentences about `design`, none where nothing is to be said."""
    return (f"{ONE_POPULATION} ({REMEDY})",) if design.has_one_population else ()
