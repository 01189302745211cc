"""Files of designs: told from those of scenarios and decrees by what they speak of, and read as trees."""

from __future__ import annotations

import os
from pathlib import Path

from eipsim.data.yaml_tree import MOST_BYTES, Node, read_file
from eipsim.errors import InputError, Mistake

SPEAKS_OF_DESIGN = {"scenarios", "factors", "sampler", "replicates", "outcomes"}  # no scenario file has these


def is_design_file(file: str | Path) -> bool:
    """Whether a file is a design, and not a scenario or a decree: by what it speaks of."""
    if Path(file).suffix not in (".yaml", ".yml", ".json") or not os.path.isfile(file):
        return False
    tree, _ = read_design_tree(Path(file))
    return isinstance(tree.value, dict) and bool(SPEAKS_OF_DESIGN & tree.value.keys())


def read_design_tree(file: Path) -> tuple[Node, list[Mistake]]:
    """The tree of a design's file and the mistakes of its form. InputError where there is nothing else."""
    tree, found = read_file(file, str(file), MOST_BYTES, "design")
    if not isinstance(tree.value, dict):
        return Node({}, str(file)), [*found, Mistake(tree.place, "a design is a mapping (name: value)")]
    if found and not tree.value:
        raise InputError(found)
    return tree, found
