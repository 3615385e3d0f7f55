# Sourced by ./run and ./test: installs what is missing and says what it does. POSIX sh.
# Expects the working directory to be the repository.

RINGUP_CACHE=${RINGUP_CACHE:-$PWD/.cache}
# Where DHCP clients, ip and chroot live, and a plain user's PATH does not lead.
PATH=$PATH:/usr/sbin:/sbin
export RINGUP_CACHE PATH

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() {
    printf 'ringup: %s\n' "$*" >&2
    exit 2
}

# as_root COMMAND...: run it as root, directly or through a sudo that asks nothing; status 1 where neither works.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

# missing_packages PROGRAM=PACKAGE...: the packages whose program, or file with its whole path, is not there.
missing_packages() {
    for pair in "$@"; do
        case $pair in
        /*) [ -e "${pair%%=*}" ] || printf '%s ' "${pair#*=}" ;;
        *) command -v "${pair%%=*}" >/dev/null 2>&1 || printf '%s ' "${pair#*=}" ;;
        esac
    done
}

# need PROGRAM=PACKAGE...: install the Debian packages whose programs or files are missing.
need() {
    wanted=$(missing_packages "$@")
    if [ -z "$wanted" ]; then
        say "system packages: all there"
        return
    fi
    say "system packages: installing $wanted"
    command -v apt-get >/dev/null 2>&1 || fail "no apt-get here; install what these Debian packages hold: $wanted"
    # shellcheck disable=SC2086 # a list of words
    if ! as_root true; then
        fail "these packages are missing and only root can install them:
    apt-get install $wanted"
    fi
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$LOG" 2>&1 || fail "apt-get update failed: see $LOG"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $wanted >"$LOG" 2>&1 ||
        fail "apt-get install failed: see $LOG"
}

# find_python: sets PYTHON to an interpreter of 3.11 or later that can make virtual environments.
# The system's own comes first: distributions build theirs with profile-guided optimization, which takes a tenth to a
# fifth off a request's cost beside a Python that somebody compiled with the defaults. RINGUP_PYTHON names another.
find_python() {
    for PYTHON in ${RINGUP_PYTHON:-/usr/bin/python3 python3 python3.13 python3.12 python3.11}; do
        if "$PYTHON" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# need_python: install one where there is none.
need_python() {
    find_python && return
    [ -z "${RINGUP_PYTHON:-}" ] || fail "RINGUP_PYTHON: $RINGUP_PYTHON is no Python 3.11 or later with venv and ensurepip."
    say "system packages: installing python3 python3-venv"
    as_root true || fail "Python 3.11 or later with venv is missing: apt-get install python3 python3-venv"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >"$LOG" 2>&1 || fail "apt-get update failed: see $LOG"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install python3 python3-venv >"$LOG" 2>&1 ||
        fail "apt-get install failed: see $LOG"
    find_python || fail "Python 3.11 or later is needed; this system has $(python3 --version 2>&1)."
}

# environment_stamp LOCK: changes with everything that .venv is made of.
environment_stamp() {
    cat "$1" pyproject.toml hatch_build.py src/ringup/serve/native/*.[ch] | cksum
}

# need_environment LOCK: the virtual environment .venv with exactly what LOCK says, and ringup itself.
need_environment() {
    stamp=$(environment_stamp "$1")
    if [ -f .venv/installed ] && [ "$(cat .venv/installed)" = "$1 $stamp" ]; then
        say "Python packages: all there"
        return
    fi
    # The development lock holds all of the other one, so ./run is content with what ./test made.
    if [ "$1" = requirements.lock ] && [ -f .venv/installed ] &&
        [ "$(cat .venv/installed)" = "requirements-dev.lock $(environment_stamp requirements-dev.lock)" ]; then
        say "Python packages: all there"
        return
    fi
    need_python
    say "Python packages: $(grep -c '==' "$1") of $1 into .venv ($("$PYTHON" --version))"
    [ -x .venv/bin/python ] || "$PYTHON" -m venv .venv || fail "making .venv failed."
    .venv/bin/python -m pip --disable-pip-version-check install -q --require-hashes -r "$1" >"$LOG" 2>&1 ||
        fail "pip install failed: see $LOG"
    .venv/bin/python -m pip --disable-pip-version-check install -q --no-deps --no-build-isolation -e . >"$LOG" 2>&1 ||
        fail "installing ringup failed: see $LOG"
    printf '%s' "$1 $stamp" >.venv/installed
}

# need_sandbox 16|22: a private Asterisk in the cache.
need_sandbox() {
    tools/asterisk-sandbox "$1" "$RINGUP_CACHE/asterisk-$1" || fail "Asterisk $1 could not be prepared."
}

# bootstrap_tool: the PROGRAM=PACKAGE pairs that build a sandbox, for root and for others.
bootstrap_tool() {
    if [ "$(id -u)" -eq 0 ]; then
        echo debootstrap=debootstrap
    else
        echo mmdebstrap=mmdebstrap newuidmap=uidmap
    fi
}

mkdir -p "$RINGUP_CACHE"
LOG=$RINGUP_CACHE/install.log
