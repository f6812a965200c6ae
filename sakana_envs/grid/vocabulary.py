"""Everything of the world that a task's rules may use, in one place."""

from sakana_envs.core.actions import Actions
from sakana_envs.core.clock import is_late, late_ticks
from sakana_envs.core.rng import below, uniform
from sakana_envs.core.structure import Field, Number
from sakana_envs.grid.members import agent_at, is_alive, move_agent, remove_agent, revive_agent
from sakana_envs.grid.motion import MOTIONS, MOVES, STAY, offset, toward
from sakana_envs.grid.sensors import count_agents_in_view, count_in_view, sense_position
from sakana_envs.grid.spawn import (
    clear_cell,
    code_at,
    place_agent,
    place_agent_near,
    place_food,
    place_wall,
    scatter_food,
    set_kind,
    spawn_crowd,
    spawn_lattice,
    spawn_sides,
    spawn_uniform,
)
from sakana_envs.grid.steering import nearest, nearest_free, own_kind, pull, side, steer, steer_or_turn
from sakana_envs.grid.tiles import AGENT, EMPTY, FOOD, KINDS, WALL

__all__ = [
    "AGENT",
    "EMPTY",
    "FOOD",
    "KINDS",
    "MOTIONS",
    "MOVES",
    "STAY",
    "WALL",
    "Actions",
    "Field",
    "Number",
    "agent_at",
    "below",
    "clear_cell",
    "code_at",
    "count_agents_in_view",
    "count_in_view",
    "is_alive",
    "is_late",
    "late_ticks",
    "move_agent",
    "nearest",
    "nearest_free",
    "offset",
    "own_kind",
    "place_agent",
    "place_agent_near",
    "place_food",
    "place_wall",
    "pull",
    "remove_agent",
    "revive_agent",
    "scatter_food",
    "sense_position",
    "set_kind",
    "side",
    "spawn_crowd",
    "spawn_lattice",
    "spawn_sides",
    "spawn_uniform",
    "steer",
    "steer_or_turn",
    "toward",
    "uniform",
]
