"""Make a policy file, such as the package has in ``sakana_envs/policies``, of a run of ``examples/ppo_fast.py``.

    python docs/make_coplayers.py runs/predators sakana_envs/policies/PredatorPrey-Discrete/predator/frozen-4.npz
    python docs/make_coplayers.py runs/red sakana_envs/policies/Battle-Discrete/blue/frozen-1.npz --mirror

It takes policies without a memory, for discrete actions, that see bytes. With ``--mirror`` the first two kinds of
agents change places: in a task that is the same for both sides, what one side learned the other one knows too.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import sakana_envs

_NOT_SAID = ("device", "head", "obs", "out", "tensorboard", "threads")
_FIRST, _SECOND = 3, 4  # codes of cells with agents of the first two kinds


def layers_of(folder, mirror=False):
    """Weights and biases of each layer over ``obs="flat"``, and the run's card."""
    card = json.loads((folder / "policy.json").read_text())
    about = card["policy"]
    if about["head"]["kind"] != "categorical" or about["recurrent"] or about["dtype"] != "uint8":
        raise SystemExit(f"{folder}: a policy without a memory, for discrete actions, that sees bytes is wanted")
    with np.load(folder / "policy.npz", allow_pickle=False) as arrays:
        kept = dict(arrays)
    planes, filled, numbers = [], 0, 0
    for length, categories in about["layout"]:
        if (
            categories
        ):  # a cell's codes lie side by side in its weights, a code's cells in flat observations; none for code 0
            count = length * (categories - 1)
            weights = kept["features.weights"][filled : filled + count].reshape(length, categories - 1, -1)
            window = np.concatenate([np.zeros_like(weights[:, :1]), weights], axis=1).swapaxes(0, 1).copy()
            if mirror and not planes:
                window[[_FIRST, _SECOND]] = window[[_SECOND, _FIRST]]
            planes.append(window.reshape(length * categories, -1))
            filled += count
        else:
            planes.append(kept["features.number_weights"][numbers : numbers + length])
            numbers += length
    first = np.concatenate(planes), kept["features.bias"]
    rest = [(kept[f"{name}.weight"].T, kept[f"{name}.bias"]) for name in ("inner", "actor")]
    return [tuple(each.astype(np.float16) for each in layer) for layer in (first, *rest)], card


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, help="the folder of the run")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mirror", action="store_true")
    arguments = parser.parse_args()
    layers, card = layers_of(arguments.run, arguments.mirror)
    said = {name: value for name, value in card["settings"].items() if name not in _NOT_SAID}
    said |= {"trainer": "examples/ppo_fast.py", "mirrored": arguments.mirror, "seconds": card.get("seconds")}
    arguments.file.parent.mkdir(parents=True, exist_ok=True)
    sakana_envs.save_policy(arguments.file, layers, activation="relu", **said)


if __name__ == "__main__":
    main()
