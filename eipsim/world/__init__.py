"""The initial parks and firms of a country, laid out to 2050: `build_world(recipe, seed)`.

`columns` what a world holds; `recipe` which tables it is made from; `curves`, `park_list`, `opening_years`, `places`,
`plots`, `sectors`, `tenants` the steps of the making, in that order; `build` puts them together; `files` says which files a
country has, `cache` keeps built worlds; `checks` compares with the totals asked for, `questions` with what a country can look
like. What is asked for here is loaded when it is asked for, so that a world built before is found without what builds worlds.
"""

from typing import TYPE_CHECKING

from eipsim.core.later import names_of

if TYPE_CHECKING:
    from eipsim.world.build import build_world
    from eipsim.world.checks import check_world, require_totals
    from eipsim.world.columns import Parks, Tenants, World

__all__ = ["Parks", "Tenants", "World", "build_world", "check_world", "require_totals"]
__getattr__ = names_of(
    __name__,
    {
        "build_world": "build",
        "check_world": "checks",
        "require_totals": "checks",
        "Parks": "columns",
        "Tenants": "columns",
        "World": "columns",
    },
)
