"""The documentation's pictures: there is one of every id, made by ``docs/make_images.py``."""

import runpy
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest
from shipped import SHIPPED, SHIPPED_IDS

DOCS = Path(__file__).resolve().parent.parent / "docs"
NAMES = [id.removeprefix("Sakana/").removesuffix("-v0") for id in SHIPPED_IDS]


@pytest.mark.parametrize("name", NAMES)
def test_every_id_has_a_moving_picture(name):
    first, *_, last = imageio.imiter(DOCS / "images" / f"{name}.gif")
    assert first.shape[0] <= 400 and (first[..., :3] != last[..., :3]).any()


def test_pictures_are_small():
    assert sum((DOCS / "images" / f"{name}.gif").stat().st_size for name in NAMES) < 8e6


def test_script_makes_all_of_them():
    script = runpy.run_path(str(DOCS / "make_images.py"))
    assert sorted(script["CLIPS"]) == sorted(SHIPPED)
    frame = next(script["frames"]("Assemble", "Continuous", {"agent": "scripted"}, {}))
    assert frame.shape == (384, 384, 3) and len(np.unique(frame.reshape(-1, 3), axis=0)) > 5
