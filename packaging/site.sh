# The parts of an installation that ./install and the Debian package share: user, group, and the site's folder.
# POSIX sh; it becomes the first part of the package's own scripts.

SITE=/var/lib/ringup
KEY=/etc/ringup/ringup.key

# make_site: the user, the group and the folder of this machine's site. What an earlier set-up left there stays, and
# becomes the group's.
make_site() {
    getent group ringup >/dev/null || groupadd --system ringup
    getent passwd ringup >/dev/null || useradd --system --gid ringup --home-dir "$SITE" --no-create-home \
        --shell /usr/sbin/nologin --comment "Server for Cisco IP phones" ringup
    for folder in "$SITE" "$SITE/firmware" "$SITE/files"; do
        install -d -o root -g ringup -m 2770 "$folder"
    done
    chgrp -R ringup "$SITE/firmware" "$SITE/files"
    chmod -R g+rwX "$SITE/firmware" "$SITE/files"
    for file in "$SITE"/ringup.db "$SITE"/ringup.db-wal "$SITE"/ringup.db-shm; do
        [ -e "$file" ] || continue
        chgrp ringup "$file"
        chmod 660 "$file"
    done
    [ -e "$SITE/ringup.db" ] || make_key
}

# make_key: the key of the passwords in the database, so that a member of the group can begin the site. Where there is a
# database, ringup itself makes it, or says that it is lost.
make_key() {
    [ ! -e "$KEY" ] || return 0
    install -d /etc/ringup
    install -o root -g ringup -m 640 /dev/null "$KEY.new"
    head -c 32 /dev/urandom | base64 >"$KEY.new"
    sync "$KEY.new"
    mv "$KEY.new" "$KEY"
}

# leave_asterisk RINGUP: takes our files and the lines that include them out of Asterisk's folder.
leave_asterisk() {
    "$1" pbx remove >/dev/null || echo "ringup: Asterisk's files still include ringup.d; it starts without it." >&2
}

# forget_site: the data with their key, the user and the group.
forget_site() {
    rm -rf --one-file-system "$SITE" "$KEY"
    getent passwd ringup >/dev/null && userdel ringup >/dev/null 2>&1 || :
    getent group ringup >/dev/null && groupdel ringup >/dev/null 2>&1 || :
}

# runs_systemd: whether this machine was booted by systemd.
runs_systemd() { [ -d /run/systemd/system ]; }
