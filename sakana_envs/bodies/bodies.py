"""The kind of world that consists of bodies, as the core is told of it."""

from sakana_envs.bodies import wrongs
from sakana_envs.bodies.drives import DRIVE
from sakana_envs.bodies.editing import BodyEditor
from sakana_envs.bodies.level import read_levels
from sakana_envs.bodies.level_words import place_level
from sakana_envs.bodies.linking import CHANGES
from sakana_envs.bodies.phases import compile_phases, rest
from sakana_envs.bodies.possible import check_any, check_begun, check_room
from sakana_envs.bodies.views import SUMMARY, row, views
from sakana_envs.bodies.world import CONSTANTS, EPISODE_STATISTICS, FIELDS, NUMBERS, SIZES, dimensions
from sakana_envs.core.engine import Engine

BODIES = Engine(
    name="bodies",
    vocabulary="sakana_envs.bodies.vocabulary",
    sizes=SIZES,
    constants=CONSTANTS,
    numbers=NUMBERS,
    dimensions=dimensions,
    slack={},
    lists=("level_words",),
    rows={},
    fields=FIELDS,
    optional={},
    changes=(*CHANGES, place_level),
    whereabouts=(),
    surroundings=("x", "y", "angle", "vx", "vy", "spin"),
    events={},
    statistics=EPISODE_STATISTICS,
    actions=(DRIVE,),
    policy=rest,
    compile_phases=compile_phases,
    faults=wrongs.SAID,
    row=row,
    views=views,
    read_maps=read_levels,
    check_room=check_room,
    check_any=check_any,
    check_begun=check_begun,
    editor=BodyEditor,
    summary=SUMMARY,
)
