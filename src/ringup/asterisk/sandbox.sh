#!/bin/sh
# asterisk-sandbox: a private Asterisk for tests and demonstrations, on a machine that has none.
#
#   asterisk-sandbox 16|22 DIR [--mirror URL]     build (once): 16 from Debian bullseye, 22 from Debian sid
#   asterisk-sandbox prepare INSTANCE --address A --manager-secret S
#                    [--manager-address A] [--manager-port 5038] [--manager-user ringup] [--driver pjsip|chan_sip] [--skinny yes]
#   asterisk-sandbox start DIR INSTANCE           run in the foreground (the caller owns the process)
#   asterisk-sandbox start --native INSTANCE      the same with this machine's own asterisk
#   asterisk-sandbox stop INSTANCE                stop by pid file
#   asterisk-sandbox version DIR                  what was built, e.g. 16.28.0
#   asterisk-sandbox mirror                       the Debian mirror that apt's sources name
#   asterisk-sandbox namespaces                   status 1 and the reason where you may not make namespaces
#
# DIR is a chroot that many instances share; it is never written after it was built. INSTANCE holds one
# Asterisk's etc/asterisk, var/lib, var/spool, var/log and run; it is bind-mounted over DIR in a mount
# namespace of its own, so nothing is left when the process ends.
#
# RINGUP_ASTERISK=/usr/sbin/asterisk   use that program instead of any DIR
# RINGUP_MIRROR=http://…/debian        the Debian mirror; without it the one of apt's sources, else the builder's default
set -eu

# chroot and debootstrap live where a plain user's PATH does not lead.
PATH=$PATH:/usr/sbin:/sbin
export PATH

APT=${RINGUP_APT:-/etc/apt} # other places for tests
PROC=${RINGUP_PROC:-/proc}
KEYRINGS=${RINGUP_KEYRINGS:-/usr/share/keyrings}
SELF=$(readlink -f -- "$0")
MARK=.ringup-sandbox        # in a finished DIR: its release and the version of its Asterisk
NEEDED_MB=1500              # unpacking takes 450 MB and apt's lists and packages as much again
STAGES_16=674               # progress lines that debootstrap prints, measured; only the percentage depends on them
STAGES_22=668

say() { printf 'asterisk-sandbox: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
usage() { sed -n '2,/^set -eu/{/^#/!d; s/^# \{0,1\}//; p;}' "$SELF"; }
is_root() { [ "$(id -u)" = 0 ]; }

# A word as it can be typed.
quoted() {
    case $1 in
        '' | *[!A-Za-z0-9_./:@%+=,-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
        *) printf '%s' "$1" ;;
    esac
}

# A command for root as this user can type it; it has no single quotes. `su -` has root's PATH.
for_root() {
    if is_root; then printf '%s' "$1"; elif have sudo; then printf 'sudo %s' "$1"; else printf "su - -c '%s'" "$1"; fi
}

# This program as it can be typed.
if [ -n "${RINGUP_CALLED:-}" ]; then CALLED=$(quoted "$RINGUP_CALLED"); else CALLED="sh $(quoted "$SELF")"; fi

# --- namespaces -----------------------------------------------------------------------------------------

# Each switch of the kernel that can forbid them, the value that does, and one that does not.
SWITCHES='kernel/unprivileged_userns_clone 0 1
kernel/apparmor_restrict_unprivileged_userns 1 0
user/max_user_namespaces 0 15000
user/max_mnt_namespaces 0 15000
user/max_net_namespaces 0 15000
user/max_pid_namespaces 0 15000'

# Status 1 where this user may not make namespaces, with one line on standard output: the switch, and how to set it.
check_namespaces() {
    if is_root; then
        who='not even root may' user='' otherwise='A container needs more rights: docker run --privileged'
    else
        who='only root may' user='--user --map-root-user' otherwise='Run this as root.'
    fi
    # shellcheck disable=SC2086 # two flags
    ! unshare $user --mount --net --pid --fork true 2>/dev/null || return 0
    settings=$(printf '%s\n' "$SWITCHES" | while read -r switch bad good; do
        [ "$(cat "$PROC/sys/$switch" 2>/dev/null)" != "$bad" ] || printf ' %s=%s' "$(printf '%s' "$switch" | tr / .)" "$good"
    done)
    if [ -n "$settings" ]; then
        printf '%s\n' "$who make namespaces on this machine. Allow it: $(for_root "sysctl -w$settings")"
    else
        printf '%s\n' "$who make namespaces on this machine, although none of the kernel's switches forbids it. $otherwise"
    fi
    return 1
}

# --- build ----------------------------------------------------------------------------------------------

# Every "TYPE URI SUITE… " of apt's sources, one entry a line: both the one-line and the deb822 form.
apt_sources() {
    for list in "$APT"/sources.list "$APT"/sources.list.d/*.list; do
        [ -f "$list" ] || continue
        sed -n 's/\[[^]]*\]//; s/#.*//; /^[[:space:]]*deb[[:space:]]/p' "$list" | awk '{ $1 = ""; print }'
    done
    for sources in "$APT"/sources.list.d/*.sources; do
        [ -f "$sources" ] || continue
        awk '
            function flush(   i, n, uris) {
                if (types ~ /(^| )deb( |$)/ && enabled !~ /^[Nn]o/) {
                    n = split(uri, uris, " ")
                    for (i = 1; i <= n; i++) print uris[i], suites, components
                }
                types = uri = suites = components = enabled = field = ""
            }
            /^#/ { next }
            /^[[:space:]]*$/ { flush(); next }
            /^[^[:space:]:]+:/ { field = tolower(substr($0, 1, index($0, ":") - 1)); sub(/^[^:]*:[[:space:]]*/, "") }
            field == "types" { types = types " " $0 }
            field == "uris" { uri = uri " " $0 }
            field == "suites" { suites = suites " " $0 }
            field == "components" { components = components " " $0 }
            field == "enabled" { enabled = $0 }
            END { flush() }
        ' "$sources"
    done
}

# The Debian mirror that this machine uses: an archive with component main that is no security or updates archive.
find_mirror() {
    apt_sources | awk '
        $1 ~ /security/ || $2 ~ /(security|updates|backports)/ { next }
        $1 !~ /^(https?|ftp|file):/ && $1 !~ /^mirror/ { next }
        { path = $1; sub(/\/+$/, "", path) }
        / main( |$)/ && path ~ /\/debian$/ { print path; exit }
    '
}

free_mb() { df -Pk "$1" | awk 'NR == 2 { print int($4 / 1024) }'; }

# Reads the builder's lines, keeps them in a log, and shows how far it is; $1 = log, $2 = lines expected.
show_progress() {
    awk -v log_file="$1" -v expected="$2" -v terminal="$([ -t 2 ] && echo 1 || echo 0)" '
        function show(   text) {
            text = sprintf("asterisk-sandbox: %3d %%  %s", percent, what)
            if (terminal) printf "\r%-78.78s", text > "/dev/stderr"
            else if (percent >= due) { print text > "/dev/stderr"; due = percent - percent % 10 + 10 }
        }
        { print > log_file; fflush(log_file) }
        /^I: (Retrieving|Validating|Extracting|Unpacking|Configuring) / {
            verb = $2; if (verb == "Validating") next
            done++; what = tolower(verb) " " $3
            percent = int(done * 100 / expected); if (percent > 99) percent = 99
            show(); next
        }
        /^I: (running apt-get update|downloading packages|extracting archives|installing)/ {
            sub(/\.\.\.$/, ""); what = substr($0, 4)
            percent += percent ? 22 : 3; if (percent > 99) percent = 99
            show()
        }
        END { if (terminal) printf "\r%-78s\r", "" > "/dev/stderr" }
    '
}

# What the two Debian releases call the packages; voicemail is apart in bullseye and inside asterisk-modules in sid.
suite_of() { case $1 in 16) echo bullseye ;; 22) echo sid ;; esac; }
packages_of() { case $1 in 16) echo asterisk,asterisk-voicemail ;; 22) echo asterisk ;; esac; }
stages_of() { case $1 in 16) echo $STAGES_16 ;; 22) echo $STAGES_22 ;; esac; }

# need_packages PACKAGE...: root's are installed now, others are told how.
need_packages() {
    install="apt-get install $*"
    is_root || die "not root, and Debian packages are missing. Install them: $(for_root "$install")"
    have apt-get || die "there is no apt-get to install $* with. Install what these Debian packages hold."
    say "installing $*"
    said=$({ DEBIAN_FRONTEND=noninteractive apt-get -q update && DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "$@"; } 2>&1) && return
    printf '%s\n' "$said" | tail -n 5 | sed 's/^/    /' >&2
    die "$* could not be installed, see above. Try: apt-get update && $install"
}

need_tools() {
    missing=
    if is_root; then have debootstrap || missing=debootstrap; else
        have mmdebstrap || missing=mmdebstrap
        have newuidmap || missing="$missing uidmap"
    fi
    [ -f "$KEYRINGS/debian-archive-keyring.gpg" ] || missing="$missing debian-archive-keyring"
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || need_packages $missing
    ! is_root || return 0
    grep -qs "^$(id -un):\|^$(id -u):" /etc/subuid && grep -qs "^$(id -un):\|^$(id -u):" /etc/subgid ||
        die "you have no subordinate user ids. Add some: $(for_root "usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)")"
}

# Runs a command whose process id is then in PART/pid, so that an interrupted build can end it.
owned() {
    part_of=$1
    shift
    sh -c 'echo $$ >"$0/pid"; exec "$@"' "$part_of" "$@"
}

# Release, part, mirror. The namespaces take debootstrap's mounts and children away, however it ends.
build_as_root() {
    owned "$2" unshare -m -p --fork --kill-child debootstrap --variant=minbase --components=main --include="$(packages_of "$1")" \
        "$(suite_of "$1")" "$2/root" ${3:+"$3"}
}

# The tree is made where the subordinate users may go, which a home folder need not allow. Signatures are checked,
# their age is not, as debootstrap has it: a mirror may stand still, or this machine's clock be ahead.
build_as_user() {
    TMPDIR=${TMPDIR:-/var/tmp} owned "$2" mmdebstrap --mode=unshare --variant=minbase --components=main --include="$(packages_of "$1")" \
        --aptopt='Acquire::Check-Valid-Until "false"' --format=tar --dpkgopt='path-exclude=/usr/share/doc/*' "$(suite_of "$1")" "$2/root.tar" ${3:+"$3"} &&
        echo "I: extracting archives of the tree..." &&
        mkdir -p "$2/root" &&
        tar -C "$2/root" -xf "$2/root.tar" --exclude='./dev/*' --no-same-owner --no-same-permissions \
            --mode=u+rwX &&
        rm -f "$2/root.tar"
}

# What only a package manager or a reader needs is half of the tree; the mount points must exist before it is shared.
finish_tree() {
    rm -rf "$1/var/cache/apt" "$1/var/lib/apt/lists" "$1/usr/share/doc" "$1/usr/share/man" "$1/usr/share/info" \
        "$1/usr/share/locale" "$1/var/cache/debconf" "$1/var/log/apt" "$1/var/log/bootstrap.log"
    mkdir -p "$1/dev" "$1/proc" "$1/etc/asterisk" "$1/var/lib/asterisk" "$1/var/spool/asterisk" \
        "$1/var/log/asterisk" "$1/run/asterisk" "$1/var/cache/asterisk"
    : >"$1/etc/resolv.conf" # a name server that cannot be reached would hold up every start
    : >"$1/etc/hosts"
    chmod 755 "$1"
}

build() {
    release=$1 dir=$2 mirror=${3:-${RINGUP_MIRROR:-}}
    if [ -f "$dir/$MARK" ]; then
        say "$dir is ready: Asterisk $(version "$dir")"
        return
    fi
    if [ -e "$dir" ] && [ -n "$(ls -A "$dir")" ]; then
        die "$dir exists and is no sandbox of mine. Name another folder."
    fi
    parent=$(dirname -- "$dir")
    mkdir -p "$parent" || die "cannot create $parent. Name a folder that you may write to."
    [ -w "$parent" ] || die "cannot write to $parent. Name a folder that you may write to."
    dir=$(readlink -f -- "$parent")/$(basename -- "$dir")
    exec 9<"$parent"
    if have flock && ! flock -n 9; then
        say "another sandbox is being built in $parent; waiting for it"
        flock 9
        [ ! -f "$dir/$MARK" ] || return 0
    fi
    why=$(check_namespaces) || die "$why"
    free=$(free_mb "$parent")
    [ "$free" -ge $NEEDED_MB ] ||
        die "only $free MB are free in $parent, $NEEDED_MB are needed while building (250 afterwards). Name another folder."
    need_tools
    [ -n "$mirror" ] || mirror=$(find_mirror)
    at=${mirror:-"its builder's default mirror"}
    [ -n "$mirror" ] || say "apt's sources name no Debian mirror: taking the builder's default (RINGUP_MIRROR=http://MIRROR/debian names another)"

    part=$dir.part log=$dir.log
    discard "$part"
    trap 'discard "$part"' EXIT
    trap 'interrupted "$part"' INT TERM HUP
    mkdir "$part"
    say "building Asterisk $release from Debian $(suite_of "$release") at $at"
    say "about 100 MB to download and one to three minutes; 250 MB stay in $dir"
    status=$part/status
    {
        if is_root; then build_as_root "$release" "$part" "$mirror"; else build_as_user "$release" "$part" "$mirror"; fi
        echo $? >"$status"
    } 2>&1 9<&- </dev/null | show_progress "$log" "$(stages_of "$release")" &
    wait # in the background, so that a signal is heeded at once
    if [ "$(cat "$status" 2>/dev/null)" != 0 ]; then
        tail -n 5 "$log" | sed 's/^/    /' >&2
        die "Debian $(suite_of "$release") could not be fetched or unpacked from $at (everything it said: $log).
Check that this machine reaches the mirror. Another one, or Debian's archive of old releases: RINGUP_MIRROR=http://MIRROR/debian"
    fi
    finish_tree "$part/root"
    found=$(asterisk_version "$part/root") || die "the Asterisk in $part does not start; see $log."
    case $found in
        "$release".*) ;;
        *) [ "$release" = 22 ] && [ "${found%%.*}" -gt 22 ] || die "$at gave Asterisk $found, not $release."
            say "Debian sid has moved on from 22; this sandbox has $found" ;;
    esac
    printf '%s %s\n' "$release" "$found" >"$part/root/$MARK"
    [ ! -e "$dir" ] || rmdir "$dir"
    mv "$part/root" "$dir"
    rm -f "$log"
    say "$dir is ready: Asterisk $found"
}

# unshare blocks SIGTERM, but takes its children with it; mmdebstrap takes its own mounts away on SIGTERM.
interrupted() {
    trap '' INT TERM HUP
    if is_root; then signal=KILL; else signal=TERM; fi
    kill -$signal "$(cat "$1/pid" 2>/dev/null)" 2>/dev/null || true
    wait
    rm -f "$log"
    say "stopped; nothing is left"
    exit 130
}

# Remove a half-built tree, which always bears the name of ours. A user's own one may hold folders without write bits.
discard() {
    case $1 in *.part) ;; *) return ;; esac
    [ -d "$1" ] || return 0
    is_root || chmod -R u+rwX "$1" 2>/dev/null || true
    rm -rf --one-file-system "$1"
}

asterisk_version() { # of a tree, without any instance
    if is_root; then set -- chroot "$1"; else set -- unshare -Ur chroot "$1"; fi
    "$@" /usr/sbin/asterisk -V 2>/dev/null | sed -n 's/^Asterisk \([0-9.]*\).*/\1/p' | grep .
}

version() {
    if [ "$1" = --native ] || [ -n "${RINGUP_ASTERISK:-}" ]; then
        "$(native_asterisk)" -V | sed -n 's/^Asterisk \([0-9.]*\).*/\1/p'
        return
    fi
    [ -f "$1/$MARK" ] || die "$1 is no finished sandbox. Build it: $CALLED 22 $(quoted "$1")"
    cut -d' ' -f2 "$1/$MARK"
}

native_asterisk() {
    program=${RINGUP_ASTERISK:-$(command -v asterisk || echo /usr/sbin/asterisk)}
    [ -x "$program" ] || die "there is no $program here. Build a sandbox instead: $CALLED 22 DIR"
    printf '%s\n' "$program"
}

# --- prepare --------------------------------------------------------------------------------------------

# A value that ends up in one of Asterisk's files: one line, and no semicolon to begin a comment.
plain() {
    case $2 in '' | *[!A-Za-z0-9_.:@%+/=-]*) die "$1: '$2' must be letters, digits and _.:@%+/=- only." ;; esac
}

# Modules that this PBX has no use for, or that would quarrel over a port; a name that a version lacks does no harm.
unwanted_modules() {
    printf '%s\n' chan_iax2 chan_unistim chan_mgcp chan_motif chan_alsa chan_oss chan_console \
        chan_audiosocket chan_websocket pbx_dundi pbx_ael pbx_lua pbx_realtime \
        res_ael_share res_phoneprov res_pjsip_phoneprov_provider res_config_curl res_config_ldap res_config_odbc \
        res_config_pgsql res_config_sqlite3 res_odbc res_odbc_transaction func_odbc app_voicemail_odbc \
        app_voicemail_imap cdr_adaptive_odbc cdr_odbc cdr_pgsql cdr_radius cdr_tds cdr_sqlite3_custom cdr_csv \
        cdr_custom cdr_manager cel_odbc cel_pgsql cel_radius cel_tds cel_sqlite3_custom cel_custom cel_manager \
        res_calendar res_calendar_caldav res_calendar_ews res_calendar_exchange res_calendar_icalendar \
        res_snmp res_xmpp res_smdi res_hep res_hep_pjsip res_hep_rtcp res_prometheus res_statsd res_fax \
        res_fax_spandsp res_ari res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels \
        res_ari_device_states res_ari_endpoints res_ari_events res_ari_model res_ari_playbacks \
        res_ari_recordings res_ari_sounds res_http_post res_http_websocket res_pjsip_transport_websocket \
        res_stir_shaken res_pjsip_stir_shaken res_geolocation res_pjsip_geolocation res_aeap res_speech \
        res_speech_aeap res_audiosocket app_audiosocket app_adsiprog res_adsi app_alarmreceiver app_amd \
        app_agent_pool app_festival app_followme app_ices app_jack app_minivm app_mp3 app_nbscat app_queue \
        app_sla app_sms app_speech_utils app_dictate app_getcpeid app_zapateller app_image app_url \
        res_cdrel_custom res_stun_monitor res_resolver_unbound res_http_media_cache res_websocket_client \
        res_agi res_clialiases res_parking res_musiconhold app_confbridge app_page app_macro res_monitor \
        res_pjsip_config_wizard res_pjsip_publish_asterisk res_sorcery_memory_cache res_sorcery_realtime res_realtime \
        app_stasis app_stasis_broadcast res_stasis_broadcast
    [ "$2" = yes ] || echo chan_skinny
    if [ "$1" = chan_sip ]; then
        printf '%s\n' chan_pjsip # the rest of pjsip stays: without a transport it opens no port, and RTP needs it
    else
        printf '%s\n' chan_sip
    fi
}

prepare() {
    instance=$1
    shift
    address='' secret='' manager='' port=5038 user=ringup driver=pjsip skinny=no
    while [ $# -gt 0 ]; do
        [ $# -ge 2 ] || die "$1 needs a value."
        case $1 in
            --address) address=$2 ;;
            --manager-address) manager=$2 ;;
            --manager-port) port=$2 ;;
            --manager-user) user=$2 ;;
            --manager-secret) secret=$2 ;;
            --driver) driver=$2 ;;
            --skinny) skinny=$2 ;;
            *) die "prepare does not know $1." ;;
        esac
        shift 2
    done
    manager=${manager:-$address}
    plain --address "$address"
    plain --manager-address "$manager"
    plain --manager-user "$user"
    plain --manager-secret "$secret"
    case $port in '' | *[!0-9]*) die "--manager-port: '$port' is no number." ;; esac
    case $driver in pjsip | chan_sip) ;; *) die "--driver: pjsip or chan_sip, not '$driver'." ;; esac
    umask 027
    mkdir -p "$instance/etc/asterisk" "$instance/var/lib/asterisk/sounds" "$instance/var/spool/asterisk/voicemail" \
        "$instance/var/log/asterisk" "$instance/run/asterisk" ||
        die "cannot create $instance. Name a folder that you may write to."
    cd "$instance/etc/asterisk"
    write_core
    write_pbx
    say "$instance is prepared: $driver on $address, manager interface on $manager:$port as user $user"
}

write_core() {
    cat >asterisk.conf <<END
[options]
verbose = 3
nocolor = yes
documentation_language = en_US
END
    { printf '[modules]\nautoload = yes\n'; unwanted_modules "$driver" "$skinny" | sed 's/.*/noload = &.so/'; } >modules.conf
    cat >logger.conf <<END
[general]
dateformat = %F %T.%3q
[logfiles]
console = notice,warning,error,verbose
messages = notice,warning,error,security,verbose
END
    all=system,call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,security
    cat >manager.conf <<END
[general]
enabled = yes
bindaddr = $manager
port = $port
[$user]
secret = $secret
read = $all
write = $all
writetimeout = 5000
END
    cat >rtp.conf <<END
[general]
rtpstart = 10000
rtpend = 20000
icesupport = no
END
    cat >indications.conf <<END
[general]
country = us
[us]
description = United States / North America
ringcadence = 2000,4000
dial = 350+440
busy = 480+620/500,0/500
ring = 440+480/2000,0/4000
congestion = 480+620/250,0/250
callwaiting = 440/300,0/10000
dialrecall = !350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440
record = 1400/500,0/15000
info = !950/330,!1400/330,!1800/330,0
stutter = !350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440
END
    for file in ccss cel features musiconhold udptl; do printf '[general]\n' >$file.conf; done
    printf '[general]\nenable = no\n' >cdr.conf
    printf '[general]\nenabled = no\n' >http.conf
    : >acl.conf
    printf '[startup]\ntype = startup\n' >pjproject.conf
    printf '[cisco-check-cfg]\nEvent => check-sync\n' | tee pjsip_notify.conf >sip_notify.conf
}

write_pbx() {
    cat >pjsip.conf <<END
; The operator's own trunks and phones go here. ringup adds one #tryinclude line at the end.
[global]
type = global
user_agent = Asterisk
END
    cat >sip.conf <<END
; The operator's own trunks and phones go here. ringup adds one #tryinclude line at the end.
[general]
context = public
allowguest = no
udpbindaddr = $address:5060
tcpenable = no
transport = udp
srvlookup = no
alwaysauthreject = yes
END
    [ "$skinny" != yes ] || cat >skinny.conf <<END
; The operator's own SCCP phones go here. ringup adds two #tryinclude lines: after the lines, and at the end.
[general]
bindaddr = $address
bindport = 2000
keepalive = 120
dateformat = D.M.Y
[lines]
[devices]
END
    cat >extensions.conf <<END
; The operator's own dial plan goes here. ringup adds one #tryinclude line at the end.
[general]
static = yes
writeprotect = yes
[globals]
[public]
exten => s,1,Congestion()
END
    cat >voicemail.conf <<END
; The operator's own boxes go here. ringup adds one #tryinclude line at the end.
[general]
format = wav
[default]
END
}

# --- start and stop ---------------------------------------------------------------------------------------

start() {
    dir=$1 instance=$2
    [ -f "$instance/etc/asterisk/asterisk.conf" ] ||
        die "$instance is not prepared. Do: $CALLED prepare $(quoted "$instance") --address A --manager-secret S"
    instance=$(readlink -f -- "$instance")
    if [ "$dir" = --native ] || [ -n "${RINGUP_ASTERISK:-}" ]; then
        start_native "$instance"
    fi
    [ -f "$dir/$MARK" ] || die "$dir is no finished sandbox. Build it: $CALLED 22 $(quoted "$dir")"
    dir=$(readlink -f -- "$dir")
    if is_root; then
        exec unshare -m --propagation private -- /bin/sh "$SELF" --inside "$dir" "$instance"
    fi
    why=$(check_namespaces) || die "$why"
    exec unshare -Urm --propagation private -- /bin/sh "$SELF" --inside "$dir" "$instance"
}

# In our own mount namespace: lay the instance over the tree, and become Asterisk. Nothing of it outlives the process.
start_inside() {
    dir=$1 instance=$2
    for folder in etc/asterisk var/lib/asterisk var/spool/asterisk var/log/asterisk run/asterisk; do
        mkdir -p "$instance/$folder"
        mount --bind "$instance/$folder" "$dir/$folder"
    done
    mount -t tmpfs -o mode=755,size=64k tmpfs "$dir/dev"
    for device in null zero full random urandom tty; do
        : >"$dir/dev/$device"
        mount --bind "/dev/$device" "$dir/dev/$device"
    done
    mkdir -m 1777 "$dir/dev/shm"
    mount -t tmpfs -o mode=1777,size=16m tmpfs "$dir/dev/shm"
    mount -t tmpfs -o mode=1777,size=64m tmpfs "$dir/tmp"
    mount --rbind /proc "$dir/proc"
    printf '127.0.0.1 localhost %s\n' "$(hostname)" >"$dir/dev/hosts" # chan_sip looks its own name up
    mount --bind "$dir/dev/hosts" "$dir/etc/hosts"

    owner=$(sed -n 's/^asterisk:[^:]*:\([0-9]*\):\([0-9]*\):.*/\1:\2/p' "$dir/etc/passwd")
    cd /
    export HOME=/var/lib/asterisk LC_ALL=C.UTF-8 TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin
    # Where only user id 0 is mapped nothing can be given to another user: the mapped one runs it.
    if chown -R "$owner" "$instance" 2>/dev/null; then
        exec chroot --userspec="$owner" --groups="${owner#*:}" "$dir" /usr/sbin/asterisk -f -C /etc/asterisk/asterisk.conf
    fi
    exec chroot "$dir" /usr/sbin/asterisk -f -C /etc/asterisk/asterisk.conf
}

start_native() {
    program=$(native_asterisk)
    conf=$1/run/native.conf
    {
        printf '[directories]\n'
        printf 'ast%sdir => %s\n' etc "$1/etc/asterisk" varlib "$1/var/lib/asterisk" db "$1/var/lib/asterisk" \
            key "$1/var/lib/asterisk" spool "$1/var/spool/asterisk" run "$1/run/asterisk" log "$1/var/log/asterisk" \
            cache "$1/var/lib/asterisk"
        [ ! -d /usr/share/asterisk/sounds ] || printf 'astdatadir => /usr/share/asterisk\n'
        cat "$1/etc/asterisk/asterisk.conf"
    } >"$conf"
    exec "$program" -f -C "$conf"
}

stop() {
    pid=$(cat "$1/run/asterisk/asterisk.pid" 2>/dev/null) || { say "$1 is not running"; return 0; }
    case $pid in '' | *[!0-9]*) say "$1 is not running"; return 0 ;; esac
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = asterisk ] || { say "$1 is not running"; return 0; }
    kill -TERM "$pid" || die "process $pid of $1 is not yours to stop. Use the account that started it."
    waited=0
    while kill -0 "$pid" 2>/dev/null; do
        [ $waited -lt 100 ] || { kill -KILL "$pid"; die "process $pid did not stop within 10 s and was killed."; }
        sleep 0.1
        waited=$((waited + 1))
    done
    say "$1 is stopped"
}

main() {
    case ${1:-} in
        16 | 22)
            [ $# -eq 2 ] || { [ $# -eq 4 ] && [ "$3" = --mirror ]; } || die "usage: asterisk-sandbox $1 DIR [--mirror URL]"
            build "$1" "${2%/}" "${4:-}" ;;
        prepare) [ $# -ge 2 ] || die "usage: asterisk-sandbox prepare INSTANCE --address A --manager-secret S"
            shift && prepare "$@" ;;
        start) [ $# -eq 3 ] || die "usage: asterisk-sandbox start DIR|--native INSTANCE"
            start "$2" "$3" ;;
        --inside) start_inside "$2" "$3" ;;
        stop) [ $# -eq 2 ] || die "usage: asterisk-sandbox stop INSTANCE"
            stop "$2" ;;
        version) [ $# -eq 2 ] || die "usage: asterisk-sandbox version DIR|--native"
            version "$2" ;;
        namespaces) check_namespaces ;;
        mirror) find_mirror | grep . || die "apt's sources name no Debian mirror." ;;
        -h | --help) usage ;;
        *) usage >&2
            exit 2 ;;
    esac
}

main "$@"; exit $? # on one line: the script may be replaced while it builds
