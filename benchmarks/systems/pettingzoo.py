"""PettingZoo's SISL and Butterfly worlds, in Python, with their own lengths of episodes."""

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"

from importlib.metadata import version as installed_version

from pettingzoo.butterfly import knights_archers_zombies_v11
from pettingzoo.sisl import pursuit_v5

from systems import Batch, dictionaries

WORLDS = {"pursuit": pursuit_v5, "knights_archers_zombies": knights_archers_zombies_v11}


def version() -> str:
    return installed_version("pettingzoo")


def make(name: str, **settings: int) -> Batch:
    return dictionaries.batch(WORLDS[name].parallel_env(**settings))
