"""Facts that are read from the output of other programs."""

from ipaddress import IPv4Address

from ringup.asterisk.include_lines import included_names
from ringup.check import console
from ringup.check.facts import Listener, Transport
from ringup.check.probes import bans, ports, sntp

# The output of Asterisk 22.10.1 and 16.28.0 on their consoles.

USER = """
          username: ringup
            secret: <Set>
         read perm: call,command
        write perm: <none>
"""
MODULES = """\
Module                         Description                              Use Count  Status      Support Level
app_voicemail.so               Comedian Mail (Voicemail System)         0          Running              core
res_pjsip_authenticator_digest.so PJSIP authentication resource     0          Running              core
res_aoc.so                     PJSIP AOC Support                        0          Not Running      extended
46 modules loaded
"""
APPLICATIONS = """\
    -= Registered Asterisk Applications =-
                  Dial: Attempt to connect to another device or endpoint and bridge the call.
         VoiceMailMain: Check Voicemail messages.
    -= 2 Applications Registered =-
"""
TRANSPORTS = """
Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>
==========================================================================================

Transport:  ringup-udp                udp      0      0  127.0.0.1:5060

Objects found: 1
"""
ENDPOINT = """
 Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>
 ParameterName                      : ParameterValue
 ===================================================================================================
 100rel                             : no
 callerid                           : "Larry: Ellison" <201>
 force_rport                        : false
"""
PEER = """
  * Name       : 201
  Secret       : <Set>
  Force rport  : Auto (No)
  Symmetric RTP: No
"""
BOXES = """\
Context    Mbox  User                      Zone       NewMsg
ringup     202   Ada Lovelace Dr.                          0
default    201   Larry Ellison                            12
2 voicemail users configured.
"""
PLAN = """\
[ Context 'ringup' created by 'pbx_config' ]
  '500' =>          1. Answer()                                   [ringup_extensions.conf:4]
"""


def test_permissions_of_the_manager_user() -> None:
    assert console.permissions(USER) == (frozenset(("call", "command")), frozenset(("<none>",)))
    assert console.permissions("") == (frozenset(), frozenset())


def test_modules_that_run() -> None:
    assert console.modules(MODULES) == {"app_voicemail.so", "res_pjsip_authenticator_digest.so"}


def test_applications() -> None:
    assert console.applications(APPLICATIONS) == {"dial", "voicemailmain"}


def test_transports() -> None:
    assert console.transports(TRANSPORTS) == (Transport("ringup-udp", "udp", "127.0.0.1:5060"),)
    assert console.transports("No objects found.") == ()


def test_options_of_an_account() -> None:
    endpoint = console.options(ENDPOINT)
    assert (endpoint["force_rport"], endpoint["callerid"]) == ("false", '"Larry: Ellison" <201>')
    assert console.options(PEER)["Force rport"] == "Auto (No)"


def test_an_unknown_account_has_none() -> None:
    assert console.options("Unable to find object 999.") == {}
    assert console.options("Peer 999 not found.") == {}


def test_boxes() -> None:
    assert console.boxes(BOXES) == {"202@ringup", "201@default"}
    assert console.boxes("There are no voicemail users currently defined") == frozenset()


def test_contexts() -> None:
    assert console.contexts(PLAN) == {"ringup"}
    assert console.contexts("There is no existence of 'x' context") == frozenset()


def test_sockets() -> None:
    text = (
        'udp   UNCONN 0 0 0.0.0.0%virbr0:67  0.0.0.0:* users:(("no-such-process",pid=4194305,fd=3))\n'
        "udp   UNCONN 0 0       [::]:69      [::]:*   \n"
        "tcp   LISTEN 0 128          *:80         *:*   \n"
        "nonsense\n"
    )
    assert list(ports.read(text)) == [
        Listener("udp", "0.0.0.0", 67, "virbr0", "no-such-process", 4194305),
        Listener("udp", "[::]", 69),
        Listener("tcp", "*", 80),
    ]


def test_bans() -> None:
    assert bans.jails("Status\n|- Number of jail:\t2\n`- Jail list:\tasterisk, sshd\n") == [
        "asterisk",
        "sshd",
    ]
    assert bans.jails("`- Jail list:\t\n") == []
    status = "   |- Total banned:\t3\n   `- Banned IP list:\t192.0.2.101 2001:db8::1 192.0.2.102\n"
    assert bans.banned(status) == [IPv4Address("192.0.2.101"), IPv4Address("192.0.2.102")]


def test_an_ntp_server_s_reply() -> None:
    assert sntp.stratum_in(bytes([0b00_100_100, 2]) + bytes(46)) == 2
    assert sntp.stratum_in(bytes([0b11_100_100, 2]) + bytes(46)) == 0  # leap 3: not synchronised
    assert (
        sntp.stratum_in(bytes([0b00_100_011, 2]) + bytes(46)) is None
    )  # the reply of a client, not of a server
    assert sntp.stratum_in(b"\x24\x02") is None


def test_includes_that_are_active() -> None:
    text = b"""\
; #include "a.conf"
#include "b.conf"
 #tryinclude c.conf ; ours
#include <d/*.conf>
;-- #include "e.conf"
#include "f.conf" --;
;--- a ruler
#includes "g.conf"
"""
    assert included_names(text) == ["b.conf", "c.conf", "d/*.conf"]
