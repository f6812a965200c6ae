"""What a bug report needs, and what to do about what is wrong."""

import importlib.metadata
import os
import platform
import shutil


def _version(distribution: str) -> str:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def report() -> str:
    """Versions, cache, threads and GPU, as text; lines that begin with ``->`` say what to do."""
    import numba

    from sakana_envs._version import __version__
    from sakana_envs.core import disk_cache, threads

    lines = [f"sakana_envs {__version__}, Python {platform.python_version()}, {platform.platform()}"]
    names = [
        "gymnasium",
        "pettingzoo",
        "numpy",
        "numba",
        "llvmlite",
        "pygame-ce",
        "stable-baselines3",
        "supersuit",
        "torch",
    ]
    lines += [f"{name} {_version(name)}" for name in names]
    if _version("pygame") != "not installed" and _version("pygame-ce") != "not installed":
        lines.append("-> pygame and pygame-ce share a folder: uninstall both, then install pygame-ce")
    folder = disk_cache.folder()
    kernels = len(list(folder.glob("*.kernel"))) if folder.is_dir() else 0
    lines.append(f"compiled kernels: {kernels} in {folder}")
    obstacle = disk_cache.obstacle()
    if obstacle:
        lines.append("-> nothing that is compiled is kept or loaded, so each process takes some ten seconds, since")
        lines.append(f"   {obstacle};")
        lines.append("   or set SAKANA_CACHE_DIR to a folder that you alone can write to")
    if numba.config.DISABLE_JIT:
        lines.append("-> NUMBA_DISABLE_JIT is set: rules run as plain Python, thousands of times slower")
    lines.append(f"threads: {threads.available()} of {os.cpu_count()} processors may be used")
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.name == "nt"
    lines.append(f"display: {'yes' if display else 'none, which only windows need; frames need none'}")
    gpu = "found, not used: worlds run on the processor" if shutil.which("nvidia-smi") else "none, and none is needed"
    lines.append(f"GPU: {gpu}")
    return "\n".join(lines)
