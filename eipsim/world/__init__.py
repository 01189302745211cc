"""The initial parks and firms of a country, laid out to 2050: `build_world(recipe, seed)`.

`columns` what a world holds; `recipe` which tables it is made from; `curves`, `stock`, `founding`, `places`, `letting`,
`sectors`, `tenants` the steps of the making, in that order; `build` puts them together; `cache` keeps built worlds;
`checks` compares with national totals.
"""

from eipsim.world.build import build_world
from eipsim.world.checks import check_world
from eipsim.world.columns import Parks, Tenants, World

__all__ = ["Parks", "Tenants", "World", "build_world", "check_world"]
