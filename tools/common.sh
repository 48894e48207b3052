# Sourced by the scripts in bin/: where the tree is, how they speak, how they build.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
jobs=$(nproc)

# Compiler output is shared between clones and worktrees: paths are taken relative to the tree.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1

# The comment at the head of a script is its help.
help() {
    sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"
}

say() {
    printf '[%4ds] %s\n' "$SECONDS" "$*"
}

die() {
    echo "$*" >&2
    exit 1
}

# need GROUP...: the packages of these groups are there.
need() {
    "$ROOT/tools/setup" "$@"
}

# build PRESET [TARGET...]: configured and built; ninja tells the progress.
build() {
    local preset=$1
    shift
    say "build $preset${*:+: $*}"
    cmake --preset "$preset" >"$ROOT/build/configure.log" 2>&1 || {
        cat "$ROOT/build/configure.log" >&2
        die "configuring the preset $preset failed"
    }
    cmake --build --preset "$preset" -j "$jobs" ${@:+--target "$@"}
}
mkdir -p "$ROOT/build"
