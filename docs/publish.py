"""Build the site as one version of several that lie beside each other, ready for any host of files.

python docs/publish.py FOLDER              # this checkout, into FOLDER/development
python docs/publish.py FOLDER --release    # the version that it is, for example into FOLDER/1.2.0

FOLDER keeps the versions that were published before. ``versions.json`` names them for the menu that every page has, old
pages too, and ``index.html`` leads to the newest release.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.version import Version

from sakana_envs import __version__

DOCS = Path(__file__).resolve().parent
DEVELOPMENT = "development"


def main() -> None:
    """Publish what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the versions are")
    parser.add_argument("--release", action="store_true", help="this checkout is the release that its version says")
    arguments = parser.parse_args()
    if arguments.release:
        check_release()
    publish(arguments.folder, __version__ if arguments.release else DEVELOPMENT)


def check_release() -> None:
    """Stop if the changelog doesn't know the version: then this checkout is no release."""
    changes = (DOCS.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(rf"^## \[{re.escape(__version__)}\]", changes, flags=re.MULTILINE):
        sys.exit(f"CHANGELOG.md has no section for {__version__}, so this isn't a release; leave --release out.")


def publish(folder: Path, version: str) -> None:
    """Build a version into its folder, in place of what is there once all is built, and name all versions."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        built, notes = Path(scratch, "built"), Path(scratch, "notes")
        subprocess.run([sys.executable, DOCS / "make_pages.py"], check=True)
        settings = ["--fail-on-warning", "--keep-going", "--quiet", "-d", notes, "-D", f"release={version}"]
        subprocess.run([sys.executable, "-m", "sphinx", *settings, DOCS, built], check=True)
        shutil.rmtree(folder / version, ignore_errors=True)
        built.rename(folder / version)
    name_versions(folder)


def name_versions(folder: Path) -> None:
    """Write ``versions.json``, the newest release first and the development version last, and the way in."""
    found = [path.parent.name for path in folder.glob("*/index.html")]
    releases = sorted({*found} - {DEVELOPMENT}, key=Version, reverse=True)
    names = {version: version for version in releases}
    if releases:
        names[releases[0]] += " (newest)"
    if DEVELOPMENT in found:
        names[DEVELOPMENT] = DEVELOPMENT
    versions = [{"folder": version, "name": name} for version, name in names.items()]
    (folder / "versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
    first = f"{versions[0]['folder']}/index.html"
    page = f'<!doctype html>\n<title>sakana_envs</title>\n<meta http-equiv="refresh" content="0; url={first}">\n'
    (folder / "index.html").write_text(f'{page}<a href="{first}">sakana_envs</a>\n', encoding="utf-8")


if __name__ == "__main__":
    main()
