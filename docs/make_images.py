"""Make the README's pictures, with the training example: three seeds of each twin, some ten minutes on a CPU."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"

with tempfile.TemporaryDirectory() as out:
    options = ["--seeds", "3", "--timesteps", "1000000", "--out", out]
    subprocess.run([sys.executable, ROOT / "examples" / "train_ppo.py", *options], check=True)
    IMAGES.mkdir(exist_ok=True)
    shutil.copy(Path(out) / "Forage.png", IMAGES / "learning.png")
    shutil.copy(Path(out) / "Forage-Discrete.gif", IMAGES / "forage.gif")
