"""The initial parks and firms of a country, laid out to 2050: `build_world(recipe, seed)`.

`columns` what a world holds; `recipe` which tables it is made from; `curves`, `park_list`, `opening_years`, `places`,
`plots`, `sectors`, `tenants` the steps of the making, in that order; `build` puts them together; `cache` keeps built
worlds; `checks` compares with the totals asked for, `questions` with what a country can look like.
"""

from eipsim.world.build import build_world
from eipsim.world.checks import check_world, require_totals
from eipsim.world.columns import Parks, Tenants, World

__all__ = ["Parks", "Tenants", "World", "build_world", "check_world", "require_totals"]
