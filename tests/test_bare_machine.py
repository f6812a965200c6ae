"""A machine that has little: a read-only install, no home, no display, nowhere to keep compiled code."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import sakana_envs

PLAY = """
import gymnasium, sakana_envs
assert "site" in sakana_envs.__file__
env = gymnasium.make("Sakana/Forage-Continuous-v0", render_mode="rgb_array", agents=6, height=12, width=10)
env.reset(seed=1)
env.step(env.action_space.sample())
print(env.render().shape[2])
env.close()
print(sakana_envs.parallel_env("Sakana/Forage-Continuous-v0", agents=6, height=12, width=10).reset(seed=1)[0].keys())
from sakana_envs.tools.doctor import report
print(report())
"""
ONLY = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""What is left of the environment."""


def test_nothing_is_needed(tmp_path):
    site, place = tmp_path / "site", tmp_path / "place"
    shutil.copytree(Path(sakana_envs.__file__).parent, site / "sakana_envs")
    place.mkdir()
    for path in [site, *site.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    before = sorted(site.rglob("*"))
    environment = {name: os.environ[name] for name in ONLY if name in os.environ}
    # A home that not even an administrator can write to.
    environment |= {"PYTHONPATH": str(site), "HOME": "/proc/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PLAY], env=environment, cwd=place, capture_output=True, text=True, timeout=300
    )
    for path in [site, *site.rglob("*")]:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.startswith("3\n")
    assert (
        "set SAKANA_CACHE_DIR to a folder that you alone can write to" in done.stdout and "display: none" in done.stdout
    )
    assert sorted(site.rglob("*")) == before and not list(place.iterdir())


def test_a_user_whom_the_machine_does_not_know():
    code = """
import os, pwd
def unknown(user): raise KeyError(user)
pwd.getpwuid = unknown
from sakana_envs.core import disk_cache
print(disk_cache.folder())
"""
    pytest.importorskip("pwd")
    hidden = ("HOME", "SAKANA_CACHE_DIR", "XDG_CACHE_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert Path(done.stdout.strip()).is_absolute(), done.stderr
    assert f"sakana_envs-{os.getuid()}" in done.stdout
