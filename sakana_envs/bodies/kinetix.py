"""Levels as Kinetix 3.0 writes them, in JSON: what it and its editor in the browser load and save.

Facts of the format: bodies, joints and thrusters are lists of records, vectors are ``{"0": x, "1": y}``, and bodies are
numbered by the file's own polygons, then its circles.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sakana_envs.bodies.constants import ROUNDS, SIDE_BY_SIDE
from sakana_envs.bodies.world import CORNERS, MOTORS, PIN, ROLES, THRUSTERS, WALLS, WELD, pairs

_SIZES = {"polygons": "polygon", "circles": "circle", "joints": "joint", "thrusters": "thruster"}
_BODY = {
    "angle": "rotation",
    "spin": "angular_velocity",
    "inverse_mass": "inverse_mass",
    "inverse_inertia": "inverse_inertia",
    "friction": "friction",
    "restitution": "restitution",
    "density": "density",
    "radius": "radius",
    "mode": "collision_mode",
    "role": "role",
}
_JOINT = {
    "first": "a_index",
    "second": "b_index",
    "rest_angle": "rotation",
    "limited": "motor_has_joint_limits",
    "least_angle": "min_rotation",
    "most_angle": "max_rotation",
    "motor": "motor_on",
    "motor_slot": "motor_binding",
    "motor_speed": "motor_speed",
    "motor_power": "motor_power",
}
_THRUSTER = {
    "thrusts": "object_index",
    "thruster_angle": "rotation",
    "thruster_power": "power",
    "thruster_slot": "thruster_binding",
}
_VECTORS = {
    "position": ("x", "y"),
    "velocity": ("vx", "vy"),
    "a_relative_pos": ("first_x", "first_y"),
    "b_relative_pos": ("second_x", "second_y"),
    "relative_position": ("thruster_x", "thruster_y"),
}


class WrongLevelError(ValueError):
    """A level that can't be; says where in it what is wrong."""


def is_kinetix(data: Any) -> bool:
    """Whether what a JSON file holds looks like one of theirs."""
    return isinstance(data, Mapping) and "env_state" in data


def read(data: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, list[Any]]]:
    """Sizes, and a level's fields, of a file's content. Raises :class:`WrongLevelError` for what isn't of the form."""
    state = _of(data, "env_state", "", Mapping)
    records = {name: _of(state, key, "env_state.", list) for name, key in _SIZES.items()}
    sizes = {name: len(each) for name, each in records.items()}
    bodies = [("polygon", n, each) for n, each in enumerate(records["polygons"])]
    bodies += [("circle", n, each) for n, each in enumerate(records["circles"])]
    fields: dict[str, list[Any]] = {"pull": list(_vector(state, "gravity", "env_state."))}
    for name in (*_BODY, "x", "y", "vx", "vy", "active", "corners", "corner_x", "corner_y"):
        fields[name] = []
    for kind, number, body in bodies:
        where = f"env_state.{kind}[{number}]."
        there = _number(body, "active", where) != 0
        fields["active"].append(there)
        _add(fields, body, where, _BODY, ("position", "velocity"), there)
        if kind == "polygon":
            count = int(_number(body, "n_vertices", where)) if there else CORNERS
            fields["corners"].append(count)
            corners = _of(body, "vertices", where, Mapping)
            places = [_vector(corners, str(n), f"{where}vertices.") if there else (0.0, 0.0) for n in range(CORNERS)]
            fields["corner_x"].append([x for x, _ in places])
            fields["corner_y"].append([y for _, y in places])
    _read_joints(fields, records["joints"])
    _read_thrusters(fields, records["thrusters"])
    return sizes, fields


def _read_joints(fields: dict[str, list[Any]], joints: list[Any]) -> None:
    for name in ("joint", *_JOINT, "first_x", "first_y", "second_x", "second_y"):
        fields[name] = []
    for number, joint in enumerate(joints):
        where = f"env_state.joint[{number}]."
        there = _number(joint, "active", where) != 0
        fields["joint"].append((WELD if _number(joint, "is_fixed_joint", where) else PIN) if there else 0)
        _add(fields, joint, where, _JOINT, ("a_relative_pos", "b_relative_pos"), there)
        fields["motor_slot"][-1] = min(max(fields["motor_slot"][-1], 0), MOTORS - 1)  # files hold more than there are


def _read_thrusters(fields: dict[str, list[Any]], thrusters: list[Any]) -> None:
    for name in ("thruster", *_THRUSTER, "thruster_x", "thruster_y"):
        fields[name] = []
    for number, thruster in enumerate(thrusters):
        where = f"env_state.thruster[{number}]."
        there = _number(thruster, "active", where) != 0
        fields["thruster"].append(there)
        _add(fields, thruster, where, _THRUSTER, ("relative_position",), there)
        fields["thruster_slot"][-1] = min(max(fields["thruster_slot"][-1], 0), THRUSTERS - 1)


def _add(
    fields: dict[str, list[Any]],
    record: Any,
    where: str,
    names: Mapping[str, str],
    vectors: tuple[str, ...],
    there: bool,
) -> None:
    """Take a record's numbers over; of what isn't there, zeros."""
    for name, key in names.items():
        fields[name].append(_number(record, key, where) if there else 0)
    for key in vectors:
        for name, value in zip(_VECTORS[key], _vector(record, key, where) if there else (0, 0), strict=True):
            fields[name].append(value)


def _of(record: Any, key: str, where: str, kind: type) -> Any:
    if not isinstance(record, Mapping) or key not in record:
        raise WrongLevelError(f"it has no {where}{key}")
    if not isinstance(record[key], kind):
        raise WrongLevelError(f"{where}{key} must be a {'list' if kind is list else 'dictionary'}, got {record[key]!r}")
    return record[key]


def _number(record: Any, key: str, where: str) -> float:
    if not isinstance(record, Mapping) or key not in record:
        raise WrongLevelError(f"it has no {where}{key}")
    value = record[key]
    if not isinstance(value, (int, float)):
        raise WrongLevelError(f"{where}{key} must be a number, got {value!r}")
    return value


def _vector(record: Any, key: str, where: str) -> tuple[float, float]:
    vector = _of(record, key, where, Mapping)
    return _number(vector, "0", f"{where}{key}."), _number(vector, "1", f"{where}{key}.")


def write(sizes: Mapping[str, int], fields: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """A level as the content of such a file. What worlds find out anew, as impulses so far, says nothing there."""
    polygons, circles, joints, thrusters = (sizes[name] for name in _SIZES)
    bodies = polygons + circles
    meeting = np.ones((bodies, bodies), np.bool_) & ~np.eye(bodies, dtype=np.bool_)
    for joint in np.flatnonzero(fields["joint"]):
        first, second = fields["first"][joint], fields["second"][joint]
        both = meeting[first] & meeting[second]
        for body in (first, second):
            meeting[body], meeting[:, body] = both, both
    of_polygons, mixed, of_circles = pairs(polygons, circles)
    state = {
        "polygon": [_body(fields, body, True) for body in range(polygons)],
        "circle": [_body(fields, body, False) for body in range(polygons, bodies)],
        "joint": [_joint(fields, joint) for joint in range(joints)],
        "thruster": [_thruster(fields, thruster) for thruster in range(thrusters)],
        "collision_matrix": {str(n): _indexed(row.tolist()) for n, row in enumerate(meeting)},
        "acc_rr_manifolds": [_no_contact() for _ in range(2 * of_polygons)],
        "acc_cr_manifolds": [_no_contact() for _ in range(mixed)],
        "acc_cc_manifolds": [_no_contact() for _ in range(of_circles)],
        "gravity": _indexed(fields["pull"].tolist()),
    }
    own = {f"num_{name}": sizes[name] for name in _SIZES}
    return {"env_state": state, "env_params": dict(_PARAMETERS), "static_env_params": {**own, **_STATIC}}


_PARAMETERS = {"max_timesteps": 256, "pixels_per_unit": 100, "dense_reward_scale": 0.1, "num_shape_roles": ROLES}
_STATIC = {
    "max_polygon_vertices": CORNERS,
    "num_solver_iterations": ROUNDS,
    "solver_batch_size": SIDE_BY_SIDE,
    "do_warm_starting": True,
    "num_static_fixated_polys": WALLS,
    "screen_dim": {"0": 500, "1": 500},
    "downscale": 4,
    "frame_skip": 2,
    "max_shape_size": 2,
    "num_motor_bindings": MOTORS,
    "num_thruster_bindings": THRUSTERS,
}


def _indexed(values: Any) -> dict[str, Any]:
    return {str(n): value for n, value in enumerate(values)}


def _plain(fields: Mapping[str, np.ndarray], thing: int, names: Mapping[str, str], vectors: tuple[str, ...]) -> dict:
    """A record of a thing's numbers, by the names that the file has for them."""
    record = {key: fields[name][thing].item() for name, key in names.items()}
    for key in vectors:
        record[key] = _indexed([fields[name][thing].item() for name in _VECTORS[key]])
    return record


def _body(fields: Mapping[str, np.ndarray], body: int, polygon: bool) -> dict[str, Any]:
    record = _plain(fields, body, _BODY, ("position", "velocity")) | {"active": bool(fields["active"][body])}
    corners = np.zeros((CORNERS, 2))
    if polygon:
        corners = np.stack([fields["corner_x"][body], fields["corner_y"][body]], axis=1)
    record["n_vertices"] = int(fields["corners"][body]) if polygon else CORNERS
    record["vertices"] = _indexed(map(_indexed, corners.tolist()))
    return record | {"highlighted": False}


def _joint(fields: Mapping[str, np.ndarray], joint: int) -> dict[str, Any]:
    record = _plain(fields, joint, _JOINT, ("a_relative_pos", "b_relative_pos"))
    for key in ("motor_on", "motor_has_joint_limits"):
        record[key] = bool(record[key])
    at = _in_world(fields, int(fields["first"][joint]), fields["first_x"][joint], fields["first_y"][joint])
    record |= {"active": bool(fields["joint"][joint]), "is_fixed_joint": bool(fields["joint"][joint] == WELD)}
    return record | {"global_position": at, "acc_impulse": _indexed([0.0, 0.0]), "acc_r_impulse": 0.0}


def _thruster(fields: Mapping[str, np.ndarray], thruster: int) -> dict[str, Any]:
    record = _plain(fields, thruster, _THRUSTER, ("relative_position",))
    x, y = fields["thruster_x"][thruster], fields["thruster_y"][thruster]
    at = _in_world(fields, int(fields["thrusts"][thruster]), x, y)
    return record | {"active": bool(fields["thruster"][thruster]), "global_position": at}


def _in_world(fields: Mapping[str, np.ndarray], body: int, x: float, y: float) -> dict[str, float]:
    """Where in the world a place of a body is."""
    cosine, sine = np.cos(float(fields["angle"][body])), np.sin(float(fields["angle"][body]))
    at = fields["x"][body] + cosine * x - sine * y, fields["y"][body] + sine * x + cosine * y
    return _indexed([float(value) for value in at])


def _no_contact() -> dict[str, Any]:
    nothing = _indexed([0.0, 0.0])
    none = dict.fromkeys(
        ("penetration", "acc_impulse_normal", "acc_impulse_tangent", "restitution_velocity_target"), 0.0
    )
    return {"normal": nothing, "collision_point": nothing, "active": False, **none}
