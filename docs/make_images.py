"""Make the README's pictures: what the training example writes."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"

with tempfile.TemporaryDirectory() as out:
    subprocess.run([sys.executable, ROOT / "examples" / "train_ppo.py", "--out", out], check=True)
    IMAGES.mkdir(exist_ok=True)
    shutil.copy(Path(out) / "Forage.png", IMAGES / "learning.png")
    shutil.copy(Path(out) / "Forage-Discrete.gif", IMAGES / "forage.gif")
