"""Where Gymnasium's wrappers and clients look for an episode's limit."""

from dataclasses import replace
from typing import Any

from gymnasium.envs.registration import EnvSpec


class LimitedSpec:
    """A face's ``spec``, as Gymnasium sets it, with the horizon of its worlds as ``max_episode_steps``.

    The worlds keep that limit themselves, so that no ``TimeLimit`` is needed.
    """

    def __get__(self, face: Any, owner: type | None = None) -> EnvSpec | None:
        return None if face is None else getattr(face, "_spec", None)

    def __set__(self, face: Any, spec: EnvSpec | None) -> None:
        if spec is not None and spec.namespace == "Sakana" and spec.id != face.seats.id:
            raise TypeError(f"{spec.id} takes no 'task' and no 'twin', which are what an id says")
        horizon = face.seats.simulation.sizes["horizon"]
        face._spec = None if spec is None else replace(spec, max_episode_steps=horizon)
