"""Policies in files: those of the package, those that anybody made, and how one is written.

A policy file is an ``.npz`` of two arrays. ``parameters``, float16 or float32, has the layers of a
:class:`sakana_envs.wrappers.network.Network`, one after the other; ``card`` is a text, the JSON of an object that says
how to read them (``sizes``, ``obs``, ``activation``, ``head``, ``sampled``, and of a density ``low`` and ``high``) and
whatever else is good to know: the task, the command, seed and steps of the training, the score. It runs no code, and
what is in it is checked before it is used.
"""

import json
import zipfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sakana_envs.core.archive import check_names, member_names, read_array
from sakana_envs.core.files import open_file, quoted
from sakana_envs.core.scalars import is_whole
from sakana_envs.tasks.names import nearest
from sakana_envs.wrappers.network import ACTIVATIONS, DENSITIES, HEADS, Network

FOLDER = Path(__file__).parent.parent / "policies"
"""Of the policies of the package: a folder for each id, in it one for each group, in it a file for each name."""

TRAINED = "trained"
"""The name of the one that was trained for the task, the twin and the group."""

SUFFIXES = (".npz", ".zip")
_MOST_BYTES = 2**26
_MOST_TEXT = 2**18
_MOST_LAYERS, _WIDEST = 8, 2**20


def load_policy(path: str | Path, deterministic: bool | None = None) -> Any:
    """A policy from a file: a function from observations (rows, ...) to actions (rows, ...).

    Of a ``.npz`` file, see :mod:`sakana_envs.wrappers.policy_files`, it is a
    :class:`sakana_envs.wrappers.network.Network`; of a ``.zip`` file of Stable-Baselines3 its policy: **load only those
    that you trust**, they can run any code. ``deterministic`` says whether to take the likeliest action instead of
    drawing one; None for what a ``.npz`` file says itself, and to draw from a ``.zip``.

    Raises ``FileNotFoundError``, and ``ValueError`` for a file that is no policy.
    """
    path = Path(path)
    if path.suffix not in SUFFIXES:
        raise ValueError(f"a policy is a file .npz, or .zip of Stable-Baselines3, got {str(path)!r}")
    if path.suffix == ".zip":
        return _load_sb3(path, bool(deterministic))
    network = read_network(path)
    if deterministic is not None:
        network.sampled = not deterministic
    return network


def read_policy(policy: Any, files: Mapping[str, Path], deterministic: bool | None = None) -> Any:
    """A policy as it is, or from its file: of a path, or of a name of the package's own ``files``."""
    path = files.get(policy, policy) if isinstance(policy, str) else policy
    is_file = isinstance(path, Path) or (isinstance(path, str) and path.endswith(SUFFIXES))
    return load_policy(path, deterministic) if is_file else policy


def _load_sb3(path: Path, deterministic: bool) -> Any:
    try:
        from sakana_envs.wrappers.sb3_policy import SB3Policy
    except ImportError as error:
        raise ValueError(
            f"{str(path)!r} is read by Stable-Baselines3, which can't be imported ({error}): "
            'pip install "sakana-envs[train]"'
        ) from None
    return SB3Policy(path, deterministic)


def save_policy(
    path: str | Path,
    layers: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    obs: str = "flat",
    activation: str = "tanh",
    head: str = "categorical",
    sampled: bool = True,
    **card: Any,
) -> None:
    """Write a policy file, see :mod:`sakana_envs.wrappers.policy_files`.

    Parameters
    ----------
    path : the file, ``.npz``.
    layers : weights (inputs, outputs) and biases (outputs,) of each; float16 makes a file of half the size.
    obs, activation, head, sampled : as for :class:`sakana_envs.wrappers.network.Network`.
    card : whatever JSON can say of the policy, as ``task="PredatorPrey", seed=3, steps=1_000_000``; with a density as
        head also ``low`` and ``high``, lists, the box of its actions.

    Raises ``ValueError`` or ``TypeError`` for what can't be a policy; nothing is written then.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"a policy is written into a file .npz, got {str(path)!r}")
    flat: list[np.ndarray] = []
    sizes = [len(layers[0][0])] if layers else []
    for number, (weights, biases) in enumerate(layers):
        if weights.ndim != 2 or weights.shape != (sizes[-1], len(biases)):
            raise ValueError(
                f"layer {number}: weights must have shape (inputs, outputs) = ({sizes[-1]}, {len(biases)}), "
                f"got {weights.shape}"
            )
        flat += [weights.reshape(-1), biases]
        sizes.append(len(biases))
    parameters = np.concatenate(flat) if flat else np.empty(0, dtype=np.float32)
    if parameters.dtype != np.float16:
        parameters = parameters.astype(np.float32)
    said = {**card, "sizes": sizes, "obs": obs, "activation": activation, "head": head, "sampled": sampled}
    _network(parameters, said)
    np.savez_compressed(path, card=np.array(json.dumps(said, allow_nan=False)), parameters=parameters)


def read_network(path: str | Path) -> Network:
    """The policy of a ``.npz`` file. Raises ``FileNotFoundError``, and ``ValueError`` for what is none."""
    path = Path(path)
    with open_file(path) as file:
        try:
            with zipfile.ZipFile(file) as archive:
                check_names(member_names(archive), ("card", "parameters"))
                text = read_array(archive, "card", _MOST_TEXT)
                parameters = read_array(archive, "parameters", _MOST_BYTES)
            if text.shape != () or text.dtype.kind != "U":
                raise ValueError("its card is no text")
            network = _network(parameters, _read_card(str(text)))
            network.__name__ = path.stem
            return network
        except (ValueError, zipfile.BadZipFile) as error:
            raise ValueError(f"{str(path)!r} is not a policy: {error}") from None


def _read_card(text: str) -> dict[str, Any]:
    try:
        card = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"its card is no JSON ({quoted(str(error))})") from None
    if not isinstance(card, dict):
        raise ValueError(f"its card must be an object, got {quoted(card)}")
    return card


def _network(parameters: np.ndarray, card: dict[str, Any]) -> Network:
    """What a card and parameters say. Raises ``ValueError`` for what doesn't fit together."""
    sizes, obs, sampled = card.get("sizes"), card.get("obs"), card.get("sampled")
    if not (
        isinstance(sizes, list)
        and 2 <= len(sizes) <= _MOST_LAYERS + 1
        and all(is_whole(size, 1, _WIDEST) for size in sizes)
    ):
        raise ValueError(f"sizes must be 2 to {_MOST_LAYERS + 1} whole numbers from 1, got {quoted(sizes)}")
    if not isinstance(obs, str):
        raise ValueError(f"obs must be the form of its observations, as 'flat', got {quoted(obs)}")
    for name, allowed in (("activation", ACTIVATIONS), ("head", HEADS)):
        if card.get(name) not in allowed:
            raise ValueError(
                f"{name} must be one of {', '.join(map(repr, allowed))}, "
                f"got {quoted(card.get(name))}{nearest(card.get(name), allowed)}"
            )
    if not isinstance(sampled, bool):
        raise ValueError(f"sampled must be true or false, got {quoted(sampled)}")
    if card["head"] in DENSITIES:
        _check_box(card["head"], sizes[-1], card.get("low"), card.get("high"))
    count = sum(before * after + after for before, after in pairwise(sizes))
    if parameters.dtype not in (np.float16, np.float32) or parameters.shape != (count,):
        raise ValueError(
            f"parameters must be {count} float16 or float32 numbers for layers of {quoted(sizes)}, "
            f"got {parameters.dtype} with shape {parameters.shape}"
        )
    if not np.isfinite(parameters).all():
        raise ValueError("parameters must be finite numbers")
    return Network(parameters, tuple(sizes), obs, card["activation"], card["head"], sampled, card)


def _check_box(head: str, outputs: int, low: Any, high: Any) -> None:
    """Raise ``ValueError`` unless ``low`` and ``high`` are a box of half as many coordinates as there are outputs."""
    bounds = (low, high)
    if not all(isinstance(each, list) and 2 * len(each) == outputs for each in bounds) or not all(
        isinstance(number, (int, float)) and abs(number) <= _WIDEST for each in bounds for number in each
    ):
        raise ValueError(
            f"a head {head!r} of {outputs} outputs has low and high, a number for every two outputs, each from "
            f"-{_WIDEST} to {_WIDEST}; got {quoted(low)} and {quoted(high)}"
        )
    if not all(each < most for each, most in zip(low, high, strict=True)):
        raise ValueError(f"low must be below high, got {quoted(low)} and {quoted(high)}")


def shipped(task: str, twin: str, group: str) -> dict[str, Path]:
    """Files of the package with policies for a group, by name, as ``"frozen:2"``.

    A policy of the discrete twin is there in every twin that has none of that name.
    """
    files = [file for each in ("Discrete", twin) for file in sorted((FOLDER / f"{task}-{each}" / group).glob("*.npz"))]
    return {file.stem.replace("-", ":", 1): file for file in files}
