"""Waterworld of PettingZoo's SISL, in Python over pymunk, from the last PettingZoo that has it."""

import os

os.environ["SDL_VIDEODRIVER"] = "dummy"

from importlib.metadata import version as installed_version

from pettingzoo.sisl import waterworld_v4

from systems import Batch, dictionaries


def version() -> str:
    return installed_version("pettingzoo")


def make(**settings: int) -> Batch:
    return dictionaries.batch(waterworld_v4.parallel_env(**settings))
