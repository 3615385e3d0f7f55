# Sourced by ./run and ./test: installs what is missing, and prints what it does. POSIX sh.
# Expects the working directory to be the repository.

RINGUP_CACHE=${RINGUP_CACHE:-$PWD/.cache}
# A plain user's PATH does not contain these folders, which hold ip, chroot and DHCP clients.
PATH=$PATH:/usr/sbin:/sbin
export RINGUP_CACHE PATH

# Megabytes that a private Asterisk needs while it is built, and afterwards.
SANDBOX_MB=1500
FINISHED_SANDBOX_MB=300

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }

fail() {
    printf 'ringup: %s\n' "$*" >&2
    exit 2
}

# quoted WORD: prints the word in the form in which it can be typed.
quoted() {
    case $1 in
    '' | *[!A-Za-z0-9_./:@%+=,-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s' "$1" ;;
    esac
}

# for_root COMMAND: prints the command as this user can type it. It must not contain single quotes. `su -` sets root's PATH.
for_root() {
    if [ "$(id -u)" -eq 0 ]; then
        printf '%s' "$1"
    elif command -v sudo >/dev/null 2>&1; then
        printf 'sudo %s' "$1"
    else
        printf "su - -c '%s'" "$1"
    fi
}

# quietly WHAT COMMAND...: appends the command's output to the log; after a failure, also prints its last lines. The
# output is kept in memory meanwhile, because the disk with the log may be full.
quietly() {
    what=$1
    shift
    said=$("$@" 2>&1) && status=0 || status=$?
    { printf '%s:\n%s\n' "$what" "$said" >>"$LOG"; } 2>/dev/null || :
    [ $status -ne 0 ] || return 0
    printf '%s\n' "$said" | tail -n 8 | sed 's/^/    /' >&2
    fail "$what failed (status $status), see above. All it said is in $LOG"
}

# as_root COMMAND...: runs it as root, directly or through sudo without a password; status 1 if neither is possible.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

# missing_packages PROGRAM=PACKAGE...: prints the packages whose program, or file given by its path, does not exist.
missing_packages() {
    for pair in "$@"; do
        case $pair in
        /*) [ -e "${pair%%=*}" ] || printf '%s ' "${pair#*=}" ;;
        *) command -v "${pair%%=*}" >/dev/null 2>&1 || printf '%s ' "${pair#*=}" ;;
        esac
    done
}

# install_packages PACKAGE...: installs Debian packages without the packages that they recommend.
install_packages() {
    say "system packages: installing $*"
    command -v apt-get >/dev/null 2>&1 || fail "no apt-get here; install what these Debian packages hold: $*"
    as_root true || fail "Debian packages are missing, and only root can install them. Type:
    $(for_root "apt-get install $*")"
    quietly "apt-get update" as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update
    quietly "apt-get install" as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
}

# need PROGRAM=PACKAGE...: installs the Debian packages whose programs or files are missing.
need() {
    wanted=$(missing_packages "$@")
    if [ -z "$wanted" ]; then
        say "system packages: all there"
        return
    fi
    # shellcheck disable=SC2086 # a list of words
    install_packages $wanted
}

# need_namespaces: fails before anything is installed if this user may not make namespaces.
need_namespaces() {
    command -v unshare >/dev/null 2>&1 || return 0 # it comes with the packages
    why=$(tools/asterisk-sandbox namespaces) || fail "$why"
}

sandbox_ready() { [ -f "$RINGUP_CACHE/asterisk-$1/.ringup-sandbox" ]; }

# need_sandbox 16|22: builds a private Asterisk in the cache.
need_sandbox() {
    tools/asterisk-sandbox "$1" "$RINGUP_CACHE/asterisk-$1" || fail "Asterisk $1 could not be prepared."
}

# bootstrap_tool [RELEASE...]: prints the PROGRAM=PACKAGE pairs that are needed to build these sandboxes, for this user.
bootstrap_tool() {
    for release in "$@"; do
        if sandbox_ready "$release"; then continue; fi
        if [ "$(id -u)" -eq 0 ]; then echo debootstrap=debootstrap; else echo mmdebstrap=mmdebstrap newuidmap=uidmap; fi
        echo /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
        return
    done
}

# sandbox_mb [RELEASE...]: prints the megabytes needed to build the missing sandboxes.
sandbox_mb() {
    mb=0
    for release in "$@"; do
        if sandbox_ready "$release"; then continue; fi
        if [ $mb -eq 0 ]; then mb=$SANDBOX_MB; else mb=$((mb + FINISHED_SANDBOX_MB)); fi
    done
    echo $mb
}

# disk FOLDER: prints the free megabytes of its disk, and the folder where the disk is mounted.
disk() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024), $6 }'; }

# enough FOLDER MB WHAT: fails if its disk has less free space.
enough() {
    free=$(disk "$1") && free=${free%% *}
    [ "$free" -ge "$2" ] || fail "too little disk space in $1: $free MB are free, $2 are needed for $3. Make room${4:-}."
}

# need_space LOCK [RELEASE...]: fails before anything is downloaded if the disks have too little free space.
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

# The clone may belong to root or another user, or be on a disk that is mounted read-only.
[ -w . ] || fail "you may not write to $PWD. Make a copy of your own:
    mkdir ~/ringup && tar -C $(quoted "$PWD") --exclude=./.cache --exclude=./.venv -c . | tar -C ~/ringup -x && cd ~/ringup"
mkdir -p "$RINGUP_CACHE" 2>/dev/null && [ -w "$RINGUP_CACHE" ] ||
    fail "you may not write to $RINGUP_CACHE. Name a folder of yours: RINGUP_CACHE=~/.cache/ringup $(quoted "$0")"
LOG=$RINGUP_CACHE/install.log
rm -f "$LOG"

. tools/environment.sh
