"""Which province or park is meant, on either map of provinces."""

from __future__ import annotations

from eipsim.core.names import fold_name
from eipsim.errors import InputError, Mistake, refuse_all, unknown
from eipsim.report.blocks import Command
from eipsim.report.reruns import world_of
from eipsim.report.sources import Source, StoreSource
from eipsim.world import World


def check_places(source: Source, province: str | None, park: str | None) -> None:
    """InputError for a province or park that the world of the source does not have."""
    world = world_behind(source)
    if world is None:
        refuse_all(_no_places(source, province, park))
        return
    found = []
    if province is not None and not maps_of(world, province):
        names = dict.fromkeys([*world.provinces, *world.provinces_2025])
        where = f"--province, world {world.recipe}, maps of 2024 and 2025"
        found.append(unknown(where, "province", province, names))
    if park is not None:
        try:
            world.park_index(park)
        except InputError as error:
            found += [Mistake(f"--park, {one.where}", one.what, one.hint) for one in error.mistakes]
    if found:
        raise InputError(found)


def _no_places(source: Source, province: str | None, park: str | None) -> list[Mistake]:
    """That a model of the user's own has no provinces and parks of ours to look into."""
    if not isinstance(source, StoreSource) or source.study.design.model is None:
        return []
    what, asked = (
        f"the store is of a model of its own ({source.study.design.model})",
        {"--province": province, "--park": park},
    )
    return [Mistake(option, what, "leave it out") for option, name in asked.items() if name is not None]


def world_behind(source: Source) -> World | None:
    """The world of a source, for its names; None where its tables are gone, or it has none of ours."""
    if isinstance(source, StoreSource):
        design = source.study.design
        return None if design.model else world_of({"world": design.world, "seed": design.seed})
    return next((world_of(case) for case in source.cases()), None)


def maps_of(world: World, name: str) -> dict[str, str]:
    """The province as each map calls it, by the table that has it: empty where neither map knows it."""
    maps = {"provinces.csv": world.provinces, "provinces_2025.csv": world.provinces_2025}
    found = {
        table: next((own for own in names if fold_name(own) == fold_name(name)), None) for table, names in maps.items()
    }
    return {table: own for table, own in found.items() if own is not None}


def how_to_run(source: Source) -> Command:
    """What gives a run that a place can be looked up in."""
    return Command(f"eipsim run {(source.others or source.scenarios)[0]} --out run")
