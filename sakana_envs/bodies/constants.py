"""Constants of motion, those of Jax2D 1.0: levels that were made for it mean the same here."""

import numpy as np

DT = np.float32(1 / 60)
"""Seconds of a step of motion."""

ROUNDS = 10
"""How often a step goes round all joints and contacts."""

SIDE_BY_SIDE = 16
"""Pairs of bodies at most whose contacts see the same velocities."""

SLOP = np.float32(0.01)
"""Metres by which bodies may overlap before anything drives them apart."""

APART = np.float32(-0.2) / DT
"""Speed by which they are driven apart, for each metre beyond that; negative."""

ROUGHNESS = np.float32(0.4)
"""What the friction of a body is multiplied by."""

JOINT_SHARE = np.float32(0.6)
"""Share of its impulse that a joint gives in a round."""

JOINT_SPEED, JOINT_MOVE = np.float32(2.0), np.float32(0.7)
"""Speed for each metre between a joint's two places, and share of that way that bodies are moved at once."""

WELD_SPEED, LIMIT_SPEED = np.float32(2.0), np.float32(5.0)
"""Spin for each radian by which a weld is bent, and by which an angle is beyond a limit."""

MOTOR_SPEED, MOTOR_POWER, MOTOR_GRIP = np.float32(6.0), np.float32(900.0), np.float32(0.1)
"""Radians per second of a motor of speed 1; its power; and how steeply that sets in with what is missing in speed."""

MOTOR_LIMIT = np.float32(0.1)
"""Radians before a limit within which a motor that drives towards it grows weak."""

THRUST = np.float32(10.0)
"""Newtons of a thruster of power 1."""
