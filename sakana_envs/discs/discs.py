"""The kind of world that consists of discs, as the core is told of it."""

from sakana_envs.core.engine import Engine
from sakana_envs.discs import wrongs
from sakana_envs.discs.drives import DRIVES
from sakana_envs.discs.editing import DiscEditor
from sakana_envs.discs.phases import compile_phases, rest
from sakana_envs.discs.places import CHANGES
from sakana_envs.discs.possible import check_any, check_begun, check_room
from sakana_envs.discs.views import SUMMARY, row, views
from sakana_envs.discs.world import EPISODE_STATISTICS, FIELDS, NUMBERS, SIZES, dimensions

DISCS = Engine(
    name="discs",
    vocabulary="sakana_envs.discs.vocabulary",
    sizes=SIZES,
    constants=("neighbours", "rays"),
    numbers=NUMBERS,
    dimensions=dimensions,
    slack={},
    lists=(),
    rows={},
    fields=FIELDS,
    optional={},
    changes=CHANGES,
    whereabouts=("x", "y"),
    surroundings=("x", "y", "vx", "vy", "radius", "kind", "hx", "hy", "block"),
    events={"bumps": "bumped"},
    statistics=EPISODE_STATISTICS,
    actions=DRIVES,
    policy=rest,
    compile_phases=compile_phases,
    faults=wrongs.SAID,
    row=row,
    views=views,
    read_maps=None,
    check_room=check_room,
    check_any=check_any,
    check_begun=check_begun,
    editor=DiscEditor,
    summary=SUMMARY,
)
