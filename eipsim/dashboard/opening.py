"""What the command has said, for every tab of the browser: which world, language and files there are, and whose code may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eipsim.core import own_code
from eipsim.errors import Mistakes
from eipsim.language import DEFAULT, language
from eipsim.rules.acceptance import OWN_RULE, RULES
from eipsim.scenarios.files import list_scenarios
from eipsim.scenarios.loading import default_scenario, load_scenario
from eipsim.scenarios.schema import Scenario
from eipsim.stores.store import Store
from eipsim.world.files import BUILT_IN, folder_of


@dataclass(frozen=True)
class Opening:
    """What a dashboard is opened with. Nothing that an address of the page says goes beyond it.

    world : the world that is shown first
    language : the language of a tab whose address names none
    files : own scenario files by the name that they have in the dashboard
    stores : folders of stores and results by name
    trust : whether code that scenario files name may run
    """

    world: str = "vietnam"
    language: str = DEFAULT
    files: dict[str, Path] = field(default_factory=dict)
    stores: dict[str, Path] = field(default_factory=dict)
    trust: bool = False

    @property
    def worlds(self) -> list[str]:
        """The worlds that can be chosen: those that come with eipsim, and that of the command."""
        return list(dict.fromkeys([self.world, *BUILT_IN]))

    @property
    def rules(self) -> list[str]:
        """The decision rules that can be chosen, the usual one first."""
        return list(RULES[:OWN_RULE])

    @property
    def scenarios(self) -> list[str]:
        """The scenarios that can be chosen: files of the command, then the library."""
        return [*self.files, *(name for name in list_scenarios() if name not in self.files)]

    @property
    def baseline(self) -> str:
        return default_scenario(self.world)

    def scenario(self, name: str) -> Scenario:
        """A scenario that can be chosen. InputError when its file has mistakes, or names code that nobody trusts."""
        return load_scenario(self.files.get(name, name), trust=self.trust)


_opening = Opening()


def opened() -> Opening:
    """What this dashboard was opened with."""
    return _opening


def open_with(opening: Opening) -> None:
    global _opening
    _opening = opening


def opening_of(sources: Sequence[Path], world: str, lang: str, trust: bool) -> Opening:
    """What a command has said. InputError with everything that is wrong with it."""
    found = Mistakes()
    with found.collected():
        folder_of(world)
    with found.collected():
        language(lang)
    files, stores = dict[str, Path](), dict[str, Path]()
    for source in sources:
        with found.collected():
            if source.is_dir():
                Store.open(source)
                stores[source.absolute().name] = source.absolute()
            else:
                scenario = load_scenario(source, trust)
                own_code.refuse(scenario.strange_code)
                files[scenario.name] = source.absolute()
    found.tell()
    return Opening(world, lang, files, stores, trust)
