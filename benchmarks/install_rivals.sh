#!/bin/sh
# Install rivals for rivals.py, each in a virtual environment of its own: install_rivals.sh FOLDER [RIVAL ...]
# PYTHON is the interpreter to make them with (python3.11: what PufferLib 3.0.0 needs has no wheels for much later ones).
set -eu
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- pufferlib magent2 vmas jaxmarl pettingzoo sisl mpe2

# PufferLib's setup script downloads libraries that only its web pages and one world, impulse_wars, need, even when pip
# only asks for its version. Without that world, and with folders where it looks for them, the rest builds unchanged.
install_pufferlib() {
    "$1" install torch==2.13.0
    "$1" install "numpy<2" "gymnasium<=0.29.1" "pettingzoo<=1.24.1" "setuptools<81" wheel Cython psutil
    "$1" install --no-build-isolation "gym<=0.23" "shimmy[gym-v21]"
    unpacked=$(mktemp -d)
    TMPDIR=$unpacked "$1" download --no-clean --no-deps --no-build-isolation --no-binary :all: \
        --dest "$unpacked" pufferlib==3.0.0 || echo "pip can't ask for its version; building from what it has unpacked"
    cd "$unpacked"/pip-download-*/pufferlib_*/
    mkdir -p raylib-5.5_webassembly box2d-web box2d-linux-amd64
    rm pufferlib/ocean/impulse_wars/binding.c
    NO_TRAIN=1 "$1" install --no-build-isolation --no-deps .
    cd / && rm -r "$unpacked"
}

for rival in "$@"; do
    "${PYTHON:-python3.11}" -m venv "$folder/$rival"
    pip=$folder/$rival/bin/pip
    case $rival in
        pufferlib) install_pufferlib "$pip" ;;
        magent2) "$pip" install magent2==0.3.4 ;;
        vmas) "$pip" install torch==2.13.0 vmas==1.5.2 ;;
        jaxmarl) "$pip" install jaxmarl==0.2.0 jax==0.10.2 ;;
        pettingzoo) "$pip" install "pettingzoo[sisl,butterfly]==1.27.0" ;;
        # Not its extra "sisl", which also asks for Box2D: Waterworld doesn't use it, and there is no wheel of it.
        sisl) "$pip" install pettingzoo==1.25.0 "pymunk<7" pygame scipy ;;
        mpe2) "$pip" install mpe2==1.1.1 ;;
        *) echo "there is no rival $rival" >&2; exit 1 ;;
    esac
done
