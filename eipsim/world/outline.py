"""The outline of the country of a world, for maps."""

from __future__ import annotations

from eipsim.data.outlines import NAME, PACKAGED, Outline, read_outline
from eipsim.errors import InputError
from eipsim.world.files import BUILT_IN, first_file, folder_of


def outline_of(recipe: str) -> Outline | None:
    """The outline of the country of a recipe, as it is now; None where a country brings none, or is no longer there."""
    if recipe in BUILT_IN:
        return read_outline(PACKAGED)
    try:
        folder = folder_of(recipe)
    except InputError:
        return None
    file = None if folder is None else first_file(NAME, [folder, folder / "parks"])
    return None if file is None else read_outline(file)
