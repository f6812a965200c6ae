"""MPE2: the particle worlds that were PettingZoo's MPE, in Python, with their own lengths of episodes."""

from importlib.metadata import version as installed_version

from mpe2 import simple_spread_v3, simple_tag_v3

from systems import Batch, dictionaries

WORLDS = {"simple_spread": simple_spread_v3, "simple_tag": simple_tag_v3}


def version() -> str:
    return installed_version("mpe2")


def make(name: str, **settings: int) -> Batch:
    return dictionaries.batch(WORLDS[name].parallel_env(**settings))
