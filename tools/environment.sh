# Sourced by prepare.sh: makes the virtual environment .venv, and repairs it. POSIX sh.
#
# .venv/unfinished exists while .venv is being changed, and .venv/installed when it is complete. So .venv can be made
# again after an interruption at any point, because nothing else in an unfinished .venv is trusted.

NATIVE=src/ringup/serve/tftp/fast/tftp_fast.so

# find_python: sets PYTHON to an interpreter of 3.11 or later that can make virtual environments.
# The system's own is tried first. Distributions build it with profile-guided optimization, with which a request costs a
# tenth to a fifth less than with a Python that was compiled with the defaults. RINGUP_PYTHON names another interpreter.
find_python() {
    for PYTHON in ${RINGUP_PYTHON:-/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$PYTHON" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return 0
        fi
    done
    return 1
}

# need_python: installs an interpreter if there is none.
need_python() {
    find_python && return
    [ -z "${RINGUP_PYTHON:-}" ] || fail "RINGUP_PYTHON: $RINGUP_PYTHON is no Python 3.11 or later with venv and ensurepip."
    install_packages python3 python3-venv
    find_python || fail "Python 3.11 or later is needed; this system has $(python3 --version 2>&1)."
}

# environment_stamp LOCK: prints a checksum of everything from which .venv is made.
environment_stamp() {
    cat "$1" pyproject.toml hatch_build.py src/ringup/serve/tftp/fast/*.[ch] | cksum
}

# is_installed LOCK: the development lock contains all of requirements.lock, so ./run accepts what ./test has installed.
is_installed() {
    [ -f .venv/installed ] || return 1
    installed=$(cat .venv/installed)
    [ "$installed" = "$1 $(environment_stamp "$1")" ] ||
        { [ "$1" = requirements.lock ] && [ "$installed" = "requirements-dev.lock $(environment_stamp requirements-dev.lock)" ]; }
}

# environment_mb LOCK: prints the megabytes needed to make .venv, downloaded packages included.
environment_mb() {
    if is_installed "$1" && [ -z "$(environment_fault)" ]; then
        echo 0
    elif [ "$1" = requirements.lock ]; then
        echo 250
    else
        echo 500
    fi
}

# environment_fault: prints why .venv must be made again; prints nothing if it can stay, or does not exist.
environment_fault() {
    [ -e .venv ] || [ -L .venv ] || return 0
    if [ -e .venv/unfinished ]; then
        echo "was not finished"
    elif ! .venv/bin/python -c '' 2>/dev/null; then
        echo "has a Python that is gone or does not start"
    elif ! .venv/bin/python -c 'import os, sys
sys.exit(not os.path.isdir(".venv/lib/python%d.%d" % sys.version_info[:2]))' 2>/dev/null; then
        echo "was made by another version of Python"
    elif [ -e .venv/bin/ringup ] && ! is_of_here .venv/bin/ringup; then
        echo "was made in another folder"
    elif [ -f .venv/installed ] && [ ! -e .venv/bin/ringup ]; then
        echo "has no ringup in it"
    elif [ ! -f .venv/installed ] && ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        echo "has no pip"
    fi
}

# is_of_here SCRIPT: whether pip wrote the script for this folder: its first lines contain the path of its Python.
is_of_here() {
    head -n 3 "$1" | grep -qF -e "$PWD/.venv/bin/" -e "$(pwd -P)/.venv/bin/"
}

# begin_environment: marks .venv as unfinished; a .venv with a fault is emptied and made again.
begin_environment() {
    mkdir -p .venv 2>/dev/null && touch .venv/unfinished 2>/dev/null ||
        fail "$PWD/.venv cannot be written. Remove it: $(for_root "rm -rf $(quoted "$PWD/.venv")")"
    rm -f .venv/installed
    if [ -n "$1" ]; then
        say "Python packages: .venv $1; making it anew"
        find .venv/ -mindepth 1 -maxdepth 1 ! -name unfinished -exec rm -rf {} +
    fi
    [ -x .venv/bin/python ] || quietly "making .venv" "$PYTHON" -m venv .venv
}

pip_install() { .venv/bin/python -m pip --disable-pip-version-check install -q "$@"; }

# install_ringup: pip writes the absolute path of the sources into a file. A relative path stays right if the clone is
# renamed; and with LC_ALL=C, Python 3.11 cannot read an absolute path with an umlaut.
install_ringup() {
    pip_install --no-deps --no-build-isolation -e . || return
    for path_file in .venv/lib/python3.*/site-packages/*ringup*.pth; do
        echo ../../../../src >"$path_file" || return
    done
}

# need_environment LOCK: makes the virtual environment .venv with exactly the packages of LOCK, and ringup itself.
need_environment() {
    fault=$(environment_fault)
    if [ -z "$fault" ] && is_installed "$1"; then
        say "Python packages: all there"
        need_native
        return
    fi
    need_python
    begin_environment "$fault"
    say "Python packages: $(grep -c '==' "$1") of $1 into .venv ($(.venv/bin/python --version))"
    quietly "pip install" pip_install --require-hashes -r "$1"
    quietly "installing ringup" install_ringup
    printf '%s' "$1 $(environment_stamp "$1")" >.venv/installed
    rm .venv/unfinished
    need_native
}

# can_compile: whether there is a C compiler, and the headers of the C library.
can_compile() {
    compiler=${CC:-$(.venv/bin/python -c 'import sysconfig; print((sysconfig.get_config_var("CC") or "cc").split()[0])')}
    echo '#include <sys/socket.h>' | "$compiler" -x c -fsyntax-only - 2>/dev/null
}

# need_native: builds TFTP's C code if it is missing; the C compiler may have been installed after .venv was made.
need_native() {
    [ ! -e "$NATIVE" ] || return 0
    if ! can_compile; then
        say "TFTP's part in C is not built: there is no C compiler. ringup works without it, slower. To have it built:
    $(for_root "apt-get install build-essential")"
        return
    fi
    say "TFTP's part in C: building it"
    quietly "installing ringup" install_ringup
    [ -e "$NATIVE" ] || say "TFTP's part in C could not be built (see $LOG). ringup works without it, slower."
}
