"""The kind of world that consists of cells, as the core is told of it."""

from sakana_envs.core.engine import Engine
from sakana_envs.grid import wrongs
from sakana_envs.grid.editing import CellEditor
from sakana_envs.grid.intrinsics import SLACK
from sakana_envs.grid.motion import MOVES
from sakana_envs.grid.phases import compile_phases, wander
from sakana_envs.grid.possible import check_any, check_begun, check_room
from sakana_envs.grid.terrain import read_maps
from sakana_envs.grid.views import SUMMARY, row, views
from sakana_envs.grid.vocabulary import CHANGES
from sakana_envs.grid.world import EPISODE_STATISTICS, FIELDS, LISTS, NUMBERS, OPTIONAL, SIZES, dimensions

CELLS = Engine(
    name="cells",
    vocabulary="sakana_envs.grid.vocabulary",
    sizes=SIZES,
    constants=("radius", "sense_offset"),
    numbers=NUMBERS,
    dimensions=dimensions,
    slack={"cell": SLACK},
    lists=LISTS,
    rows={"codes": "cells", "occupants": "occupant"},
    fields=FIELDS,
    optional=OPTIONAL,
    whereabouts=("cell",),
    surroundings=("cells",),
    changes=CHANGES,
    events={"meals": "ate"},
    statistics=EPISODE_STATISTICS,
    actions=(MOVES,),
    policy=wander,
    compile_phases=compile_phases,
    faults=wrongs.SAID,
    row=row,
    views=views,
    read_maps=read_maps,
    check_room=check_room,
    check_any=check_any,
    check_begun=check_begun,
    editor=CellEditor,
    summary=SUMMARY,
)
