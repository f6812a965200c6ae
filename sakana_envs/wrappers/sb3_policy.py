"""A policy of Stable-Baselines3, from a file or from a model."""

import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium import spaces
from stable_baselines3.common.save_util import load_from_zip_file

from sakana_envs.core.files import quoted


class SB3Policy:
    """The policy of a model of Stable-Baselines3, or of one that ``model.save(path)`` wrote, of any algorithm.

    Loading runs code that the file names: **load only files that you trust**. Policies with a memory aren't supported.
    Raises ``FileNotFoundError``, and ``ValueError`` for a file that is no such model.

    Parameters
    ----------
    source : the ``.zip`` file, or the model.
    deterministic : whether to take the likeliest action instead of drawing one.
    """

    def __init__(self, source: Any, deterministic: bool = False) -> None:
        self.deterministic = deterministic
        if isinstance(source, (str, Path)):
            self._policy, self.observation_space, self.action_space = self._read(Path(source))
        else:
            self._policy = source.policy
            self.observation_space, self.action_space = source.observation_space, source.action_space
        self.seed(0)

    @classmethod
    def _read(cls, path: Path) -> tuple[Any, spaces.Space, spaces.Space]:
        if not path.is_file():
            raise FileNotFoundError(f"there is no policy file {str(path)!r}")
        if not zipfile.is_zipfile(path):
            raise ValueError(f"{str(path)!r} is not a model of Stable-Baselines3: it is no zip file")
        try:
            # What can't be loaded may not be needed; Stable-Baselines3 warns of it in the file's own words.
            with warnings.catch_warnings(record=True, action="always") as warned:
                return cls._load(path)
        except Exception as error:  # what a file names can fail in any way
            said = [f"{type(error).__name__}: {error}", *(str(warning.message) for warning in warned)]
            reasons = "; ".join(map(quoted, said[:3]))
            raise ValueError(f"{str(path)!r} is not a model of Stable-Baselines3: {reasons}") from None

    @staticmethod
    def _load(path: Path) -> tuple[Any, spaces.Space, spaces.Space]:
        """The policy of a file, and its spaces of observations and actions."""
        data, parameters, _ = load_from_zip_file(path, device="cpu")
        if not data or "policy_class" not in data or "policy" not in parameters:
            raise ValueError("it has no policy")
        more: dict[str, Any] = {"use_sde": True} if data.get("use_sde") else {}
        # A whole model would bring its training's buffers too, which can be gigabytes.
        policy = data["policy_class"](
            data["observation_space"], data["action_space"], lambda _: 0.0, **{**data["policy_kwargs"], **more}
        )
        policy.load_state_dict(parameters["policy"])
        policy.set_training_mode(False)
        return policy, data["observation_space"], data["action_space"]

    def seed(self, seed: int) -> None:
        """Begin its random draws anew; they are its own, nobody else's are touched."""
        self._draws = torch.Generator().manual_seed(seed % 2**63).get_state()

    def __call__(self, observations: np.ndarray) -> np.ndarray:
        """Actions, a row for each of the observations."""
        others = torch.get_rng_state()
        torch.set_rng_state(self._draws)
        try:
            actions = self._policy.predict(observations, deterministic=self.deterministic)[0]
            self._draws = torch.get_rng_state()
        finally:
            torch.set_rng_state(others)
        return actions
