"""A what-if as a scenario file: what `eipsim check` accepts, and `eipsim run` gives the same results for."""

from __future__ import annotations

import json
import re

from eipsim.dashboard.address import Ask
from eipsim.dashboard.opening import opened


def file_of(ask: Ask, title: str) -> str:
    """The text of the file. What it extends is named as the dashboard was given it: a name of the library, or a path."""
    extends = str(opened().files.get(ask.scenario, ask.scenario))
    lines = [f"title: {_quoted(title)}", f"extends: {_quoted(extends)}"]
    if ask.levers:
        lines.append("levers:")
    for one in ask.levers:
        lines += [
            f"  {one.lever}:",
            f'    - {{value: {one.value!r}, from: {one.year}, source: "assumed: set in the dashboard"}}',
        ]
    command = f"eipsim run {name_of(title)}.yaml --world {ask.world} --rule {ask.rule} --seed {ask.seed}"
    return "\n".join([f"# {command}", *lines]) + "\n"


def name_of(title: str) -> str:
    """A title as the name of a file, without its ending.

    >>> name_of("Carbon price for all large firms, 2 levers moved")
    'carbon-price-for-all-large-firms-2-levers-moved'
    """
    return "-".join(re.findall(r"\w+", title.lower()))[:80] or "what-if"


def _quoted(text: str) -> str:
    """Text as YAML reads it back, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
