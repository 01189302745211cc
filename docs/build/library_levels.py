"""`eipsim/data/library_levels.csv`: the lowest and highest level of each lever and programme in the library, which checks use."""

from __future__ import annotations

from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import load_scenario
from eipsim.scenarios.unusual import USED, levels_of_library


def table() -> str:
    used = levels_of_library([load_scenario(name) for name in list_scenarios()])
    lines = [f"{name},{of.least:.10g},{of.most:.10g}" for name, of in used.items()]
    return "\n".join(["setting,least,most", *lines, ""])


def write() -> None:
    USED.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    write()
