# Sourced by other-systems and build-deb: the tree of a Debian or Ubuntu release, and how to work in it. POSIX sh.
# Expects the path of the repository in HERE.

KEYRINGS=${RINGUP_KEYRINGS:-/usr/share/keyrings} # another place for tests

keyring_of() {
    for keyring in "$KEYRINGS/$1-archive-keyring.gpg" "$KEYRINGS/$1-archive-keyring.pgp"; do
        [ ! -e "$keyring" ] || { printf '%s\n' "$keyring"; return; }
    done
}

# mirror_of FAMILY: prints the mirror of apt's sources; prints nothing if debootstrap's default is to be used.
mirror_of() {
    case $1 in
    debian) printf '%s\n' "${RINGUP_MIRROR:-$("$HERE/tools/asterisk-sandbox" mirror 2>/dev/null)}" ;;
    ubuntu) printf '%s\n' "${RINGUP_UBUNTU_MIRROR:-}" ;;
    esac
}

# trust TREE: copies this machine's certificates, proxy and name servers into the tree, so that it reaches the network.
trust() {
    for own in /usr/local/share/ca-certificates/*.crt; do
        [ -e "$own" ] || continue
        cp "$own" "$1/usr/local/share/ca-certificates/"
        cat "$own" >>"$1/etc/ssl/certs/ca-certificates.crt"
    done
    for proxy in /etc/apt/apt.conf.d/*proxy*; do [ ! -e "$proxy" ] || cp "$proxy" "$1/etc/apt/apt.conf.d/"; done
    cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
    # As in the sandbox: a mirror may be outdated, or this machine's clock may be ahead. Signatures are still checked.
    echo 'Acquire::Check-Valid-Until "false";' >"$1/etc/apt/apt.conf.d/90-valid-until"
}

passed_on() {
    env | grep -iE '^((http|https|no)_proxy|PIP_INDEX_URL|PIP_DEFAULT_TIMEOUT|RINGUP_MIRROR)=[^ ]*$' || true
    echo PIP_CERT=/etc/ssl/certs/ca-certificates.crt
}

# copy_sources TARGET: copies the files of this repository, as they are now, without those that git ignores.
copy_sources() {
    mkdir -p "$1"
    (cd "$HERE" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -C "$1" -x --no-same-owner
}
