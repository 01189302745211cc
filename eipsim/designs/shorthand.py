"""The ways in which a design may name its scenarios and outcomes, brought to one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from eipsim.scenarios.schema import Scenario
from eipsim.scenarios.values import Frozen, FrozenDict, Text, told


class Source(Frozen):
    """Where a scenario of a design comes from; resolved, its content."""

    extends: Text = ""
    """A name of the library, or a file beside the design."""
    set: Annotated[dict[Text, Any], AfterValidator(FrozenDict)] = Field(default_factory=FrozenDict)
    """Settings put over it, as `--set` has them: {levers.carbon_price: 20}."""
    content: dict[str, Any] | None = None
    """The whole scenario, as eipsim writes it into a store."""
    digest: Text = ""
    """sha256 of what decides results in it."""

    @property
    def instruments(self) -> tuple[str, ...]:
        """Code that its content names, FILE.py:NAME each."""
        return tuple((self.content or {}).get("instruments", ()))


def labelled(given: Any) -> Any:
    """Every way to name scenarios as a mapping of label to source."""
    if isinstance(given, str | Path | Scenario):
        given = [given]
    if isinstance(given, list | tuple):
        mappings = [item if isinstance(item, Mapping) else {_label_of(item): item} for item in given]
        pairs = [pair for mapping in mappings for pair in mapping.items()]
        names = [label for label, _ in pairs]
        twice = sorted({str(name) for name in names if names.count(name) > 1})
        if twice:
            raise told(f"name {twice[0]} twice", "give labels: {label: scenario, ...}")
        given = dict(pairs)
    return {label: _source(item) for label, item in given.items()} if isinstance(given, Mapping) else given


def _label_of(item: Any) -> str:
    if isinstance(item, Scenario):
        return item.name
    return Path(item).stem if str(item).endswith((".yaml", ".yml")) else str(item)


def _source(item: Any) -> Any:
    if isinstance(item, Scenario):
        return {"extends": item.name, "content": item.document(), "digest": item.digest}
    return {"extends": str(item)} if isinstance(item, str | Path) else item


def one_or_more(given: Any) -> Any:
    """A label, or a list of them, as a list. Refuses in plain words what is neither."""
    if isinstance(given, str):
        return (given,)
    hint = "write the label of a scenario, or a list of them"
    if not given and given in (None, [], ()):
        raise told("names no scenario", hint)
    if not isinstance(given, list | tuple):
        raise told(f"= {given!r:.60} is no scenario", hint)
    return tuple(given)


Labels = Annotated[tuple[Text, ...], BeforeValidator(one_or_more)]


def named_outcomes(given: Any) -> Any:
    """Every way to list outcomes as a mapping of label to expression."""
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list | tuple):
        return given
    named: dict[Any, Any] = {}
    for item in given:
        if not isinstance(item, str | Mapping):
            raise told(f"holds {item!r:.60}, which is no outcome", "write names, or {label: expression}")
        for label, expression in (item if isinstance(item, Mapping) else {item: item}).items():
            if label in named:
                raise told(f"name {label} twice", "give labels: {label: expression}")
            named[label] = expression
    return named
