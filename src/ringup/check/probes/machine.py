"""Interfaces, clock, disk and permissions of this machine."""

import fcntl
import grp
import os
import pwd
import shutil
import socket
import struct
from collections.abc import Iterator
from datetime import datetime
from ipaddress import IPv4Interface
from pathlib import Path

import psutil

from ringup.check.facts import ClockState, DiskSpace, InterfaceFact, Place, RequiredAccess, ServiceUser
from ringup.check.probes.kernel_clock import kernel_clock
from ringup.rule import Unknown

LOOPBACK = "lo"

_SIOCGIFFLAGS = 0x8913
_IFF_RUNNING = 0x40
_IFREQ = struct.Struct("=16sH14x")
"""An ifreq with the flags of an interface (netdevice(7))."""


def interfaces() -> tuple[InterfaceFact, ...]:
    """Return every interface except the loopback."""
    return tuple(
        InterfaceFact(
            name,
            tuple(
                IPv4Interface(f"{each.address}/{each.netmask or 32}")
                for each in addresses
                if each.family == socket.AF_INET
            ),
            _is_running(name),
        )
        for name, addresses in psutil.net_if_addrs().items()
        if name != LOOPBACK
    )


def _is_running(name: str) -> bool:
    """Return whether an interface is up and has its cable; psutil would need /proc/net, which some containers
    hide.
    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            answer = fcntl.ioctl(asking, _SIOCGIFFLAGS, _IFREQ.pack(name.encode(), 0))
    except OSError:
        return True
    return bool(_IFREQ.unpack(answer)[1] & _IFF_RUNNING)


def clock() -> ClockState:
    """Return the year, and whether the kernel reports the clock as synchronised."""
    kernel = kernel_clock()
    return ClockState(datetime.now().astimezone().year, kernel.is_synchronised if kernel else None)


def disk(folder: Path) -> DiskSpace | Unknown:
    """Return the free space where a folder is or will be."""
    existing = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
    if existing is None:
        return Unknown(f"{folder} is nowhere")
    return DiskSpace(str(existing), shutil.disk_usage(existing).free)


def service_user(name: str) -> ServiceUser | Unknown:
    """Return the user of this name; empty: the user of this process."""
    try:
        record = pwd.getpwnam(name) if name else pwd.getpwuid(os.geteuid())
    except KeyError:
        return Unknown(f"there is no user {name or os.geteuid()}")
    groups = {group.gr_gid for group in grp.getgrall() if record.pw_name in group.gr_mem}
    return ServiceUser(record.pw_name, record.pw_uid, frozenset({record.pw_gid, *groups}))


def right(purpose: str, path: Path, *, needs_writing: bool) -> RequiredAccess:
    """Return the owners and permissions that decide whether a user may use a path."""
    return RequiredAccess(purpose, str(path), needs_writing, tuple(_places(path.absolute())))


def _places(path: Path) -> Iterator[Place]:
    """Yield the parts of the path from the root down, as far as they exist and can be read."""
    for each in (*reversed(path.parents), path):
        try:
            status = each.stat()
        except OSError:
            return
        yield Place(str(each), status.st_uid, status.st_gid, status.st_mode & 0o7777, each.is_dir())
