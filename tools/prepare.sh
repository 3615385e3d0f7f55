# Sourced by ./run and ./test: installs what is missing and says what it does. POSIX sh.
# Expects the working directory to be the repository.

RINGUP_CACHE=${RINGUP_CACHE:-$PWD/.cache}
# Where DHCP clients, ip and chroot live, and a plain user's PATH does not lead.
PATH=$PATH:/usr/sbin:/sbin
export RINGUP_CACHE PATH

# What a private Asterisk takes while it is built, and one that is kept beside it.
SANDBOX_MB=1500
FINISHED_SANDBOX_MB=300

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() {
    printf 'ringup: %s\n' "$*" >&2
    exit 2
}

# quoted WORD: as it can be typed.
quoted() {
    case $1 in
    '' | *[!A-Za-z0-9_./:@%+=,-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
    esac
}

# for_root COMMAND: as this user can type it; without single quotes inside. `su -` has root's PATH.
for_root() {
    if [ "$(id -u)" -eq 0 ]; then
        printf '%s' "$1"
    elif command -v sudo >/dev/null 2>&1; then
        printf 'sudo %s' "$1"
    else
        printf "su - -c '%s'" "$1"
    fi
}

# quietly WHAT COMMAND...: what it says goes to the log, and if it fails the last lines to the screen as well. They are
# kept in memory meanwhile: a disk may be full, and the log on it.
quietly() {
    what=$1
    shift
    said=$("$@" 2>&1) && status=0 || status=$?
    { printf '%s:\n%s\n' "$what" "$said" >>"$LOG"; } 2>/dev/null || :
    [ $status -ne 0 ] || return 0
    printf '%s\n' "$said" | tail -n 8 | sed 's/^/    /' >&2
    fail "$what failed (status $status), see above. All it said is in $LOG"
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

# install_packages PACKAGE...: Debian's, with all they recommend left out.
install_packages() {
    say "system packages: installing $*"
    command -v apt-get >/dev/null 2>&1 || fail "no apt-get here; install what these Debian packages hold: $*"
    as_root true || fail "Debian packages are missing, and only root can install them. Type:
    $(for_root "apt-get install $*")"
    quietly "apt-get update" as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
    quietly "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
}

# need PROGRAM=PACKAGE...: install the Debian packages whose programs or files are missing.
need() {
    wanted=$(missing_packages "$@")
    if [ -z "$wanted" ]; then
        say "system packages: all there"
        return
    fi
    # shellcheck disable=SC2086 # a list of words
    install_packages $wanted
}

# need_namespaces: a plain user who may not make any is told so before anything is installed.
need_namespaces() {
    command -v unshare >/dev/null 2>&1 || return 0 # it comes with the packages
    why=$(tools/asterisk-sandbox namespaces) || fail "$why"
}

sandbox_ready() { [ -f "$RINGUP_CACHE/asterisk-$1/.ringup-sandbox" ]; }

# need_sandbox 16|22: a private Asterisk in the cache.
need_sandbox() {
    tools/asterisk-sandbox "$1" "$RINGUP_CACHE/asterisk-$1" || fail "Asterisk $1 could not be prepared."
}

# bootstrap_tool [RELEASE...]: the PROGRAM=PACKAGE pairs that build these sandboxes, for root and for others.
bootstrap_tool() {
    for release in "$@"; do
        if sandbox_ready "$release"; then continue; fi
        if [ "$(id -u)" -eq 0 ]; then echo debootstrap=debootstrap; else echo mmdebstrap=mmdebstrap newuidmap=uidmap; fi
        echo /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
        return
    done
}

# sandbox_mb [RELEASE...]: how much building those that are missing takes.
sandbox_mb() {
    mb=0
    for release in "$@"; do
        if sandbox_ready "$release"; then continue; fi
        if [ $mb -eq 0 ]; then mb=$SANDBOX_MB; else mb=$((mb + FINISHED_SANDBOX_MB)); fi
    done
    echo $mb
}

# disk FOLDER: the free MB of its disk, and where that is mounted.
disk() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024), $6 }'; }

# enough FOLDER MB WHAT: end where its disk has less.
enough() {
    free=$(disk "$1") && free=${free%% *}
    [ "$free" -ge "$2" ] || fail "too little disk space in $1: $free MB are free, $2 are needed for $3. Make room${4:-}."
}

# need_space LOCK [RELEASE...]: end before anything is downloaded where the disks have too little.
need_space() {
    environment=$(environment_mb "$1")
    program=$(quoted "$0")
    shift
    sandboxes=$(sandbox_mb "$@")
    elsewhere=", or name a folder on another disk: RINGUP_CACHE=FOLDER $program"
    here=$(disk .) there=$(disk "$RINGUP_CACHE")
    if [ "${here#* }" = "${there#* }" ] && [ "$sandboxes" -gt 0 ]; then
        enough "$RINGUP_CACHE" $((environment + sandboxes)) "Python packages and a private Asterisk" "$elsewhere"
        return
    fi
    enough "$PWD" "$environment" "Python packages"
    enough "$RINGUP_CACHE" "$sandboxes" "a private Asterisk" "$elsewhere"
}

# A clone may be somebody else's: root's, or one on a disk that is mounted for reading.
[ -w . ] || fail "you may not write to $PWD. Make a copy of your own:
    mkdir ~/ringup && tar -C $(quoted "$PWD") --exclude=./.cache --exclude=./.venv -c . | tar -C ~/ringup -x && cd ~/ringup"
mkdir -p "$RINGUP_CACHE" 2>/dev/null && [ -w "$RINGUP_CACHE" ] ||
    fail "you may not write to $RINGUP_CACHE. Name a folder of yours: RINGUP_CACHE=~/.cache/ringup $(quoted "$0")"
LOG=$RINGUP_CACHE/install.log
rm -f "$LOG"

. tools/environment.sh
