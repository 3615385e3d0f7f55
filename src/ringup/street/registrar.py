"""A small simulated PBX: it registers lines as Asterisk's two SIP drivers do, and checks contacts with
OPTIONS.

`PbxBehaviour` holds the driver and common wrong settings. This PBX places no calls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from random import Random

from ringup.asterisk.challenges import OpenChallenges
from ringup.asterisk.follow import happenings
from ringup.errors import WireError
from ringup.events import Event, PbxConnected, PbxLost
from ringup.site.model import Driver, Site
from ringup.street.cable import Cable, Datagram
from ringup.street.loop import StreetLoop
from ringup.wire import sip, sip_digest
from ringup.wire.ami import AmiMessage

PORT = 5060
REALM = "asterisk"
QUALIFY_SECONDS = 60.0
"""Seconds between two OPTIONS to a contact: the `qualify_frequency` that ringup writes."""
ANSWER_SECONDS = 3.0
"""Seconds without an answer to OPTIONS after which a contact counts as unreachable: Asterisk's default."""
OPTIONS_AT = (0.0, 0.5, 1.5)
"""Seconds after the first OPTIONS at which it is sent again if no answer came: timer E (RFC 3261 §17.1.2.2).
"""
LONGEST_EXPIRES = 3600
STOPPED = "connection refused. Is Asterisk running?"
"""The error that ringup gets when it connects to the manager interface of a stopped PBX."""
TRANSACTION_SECONDS = 32.0
"""Seconds for which an answer is kept, in case its request is retransmitted: timer J (RFC 3261 §17.2.2)."""


@dataclass(frozen=True, slots=True)
class PbxBehaviour:
    """The SIP driver of the PBX, and its settings, right or wrong."""

    driver: Driver = "pjsip"
    force_rport: bool = False
    """True: send answers to the source port of a request, on which these phones do not listen (P-AST-1)."""
    rewrite_contact: bool = False
    """True: send requests to the source port of the REGISTER."""


Change = Callable[[PbxBehaviour], PbxBehaviour]


@dataclass(slots=True)
class _Contact:
    """The registered contact of one line."""

    address: str
    port: int
    uri: str
    until: float
    qualified: str = ""
    """The Via branch of the OPTIONS that waits for an answer; empty: none waits."""
    is_reachable: bool | None = None


@dataclass(slots=True)
class Registrar:
    """The PBX of one street: its accounts, contacts and faults."""

    loop: StreetLoop
    cable: Cable
    address: str
    emit: Callable[[Event], None]
    """Called with the events that ringup would get over Asterisk's manager interface."""
    random: Random
    behaviour: PbxBehaviour = PbxBehaviour()
    mac_of: Callable[[str], str] = lambda _address: ""
    contacts: dict[str, _Contact] = field(default_factory=dict)
    """The registered contacts, by extension."""
    refused: int = 0
    passwords: dict[str, str] = field(default_factory=dict)
    """The passwords of the PBX's accounts, by extension."""
    _wrong: list[Change] = field(default_factory=list)
    """The changed behaviours of the faults that are active now."""
    _changed: list[tuple[str, str | None]] = field(default_factory=list)
    """The accounts that faults changed, with their passwords; None: the fault deleted the account."""
    _challenges: OpenChallenges = field(init=False)
    _owners: Mapping[str, str] = field(default_factory=dict)
    _nonces: set[str] = field(default_factory=set)
    _answers: dict[str, tuple[bytes, str, int]] = field(default_factory=dict)
    """The answers by the branch of the request: a retransmitted request gets the same answer
    (RFC 3261 §17.2.2).
    """

    def __post_init__(self) -> None:
        self._challenges = OpenChallenges(lambda event: self.emit(event), self.loop.call_later)

    def site_changed(self, site: Site) -> None:
        """Use the accounts of another site revision, as after a reload."""
        self.passwords = {line.extension: line.secret for _, line in site.lines()}
        self._owners = {line.extension: phone.mac for phone, line in site.lines()}

    def start(self) -> None:
        """Begin to answer; do nothing if the PBX already runs."""
        if not self.cable.is_taken(self.address, PORT):
            self.cable.listen(self.address, PORT, self._receive)
            self.emit(PbxConnected(self.loop.unix_time(), "", "of the street"))

    def stop(self) -> None:
        """Stop answering, and forget all contacts, like a PBX that restarts."""
        if self.cable.is_taken(self.address, PORT):
            self.cable.ignore(self.address, PORT)
            self.contacts.clear()
            self.emit(PbxLost(self.loop.unix_time(), "", STOPPED))

    # --- faults -------------------------------------------------------------------------------------------

    def misbehave(self, wrong: Change) -> Callable[[], None]:
        """Behave with a change until the returned function is called."""
        self._wrong.append(wrong)
        return lambda: self._wrong.remove(wrong)

    def change_account(self, extension: str, password: str | None) -> Callable[[], None]:
        """Use another password for an account until the returned function is called; None deletes the account
        for that time.
        """
        changed = (extension, password)
        self._changed.append(changed)
        return lambda: self._changed.remove(changed)

    @property
    def _behaviour_now(self) -> PbxBehaviour:
        return reduce(lambda behaviour, change: change(behaviour), self._wrong, self.behaviour)

    def _password(self, extension: str) -> str | None:
        changed = [password for account, password in self._changed if account == extension]
        return changed[-1] if changed else self.passwords.get(extension)

    # --- requests -----------------------------------------------------------------------------------------

    def _receive(self, datagram: Datagram) -> None:
        try:
            message = sip.parse(datagram.data)
        except WireError:
            return
        if isinstance(message, sip.Response):
            self._answered(message)
        elif message.method == "REGISTER" and not self._repeat(message):
            self._register(message, datagram)

    def _repeat(self, request: sip.SipRequest) -> bool:
        """Answer a retransmitted request as before; return whether the request is one."""
        answer = self._answers.get(_branch(request))
        if answer is not None:
            self._send(*answer)
        return answer is not None

    def _register(self, request: sip.SipRequest, datagram: Datagram) -> None:
        extension = sip.parse_uri(sip.parse_address(sip.first(request, "To")).uri).user
        password = self._password(extension)
        if password is None:
            self._refuse("InvalidAccountID", extension, request, datagram)
            return
        authorization = sip.first(request, "Authorization")
        if not authorization:
            self._challenge(request, datagram)
            self._emit_challenge(extension, request, datagram)
        elif self._knows(authorization, password):
            self._accept(extension, request, datagram)
        else:
            self._refuse("ChallengeResponseFailed", extension, request, datagram)

    def _challenge(self, request: sip.SipRequest, datagram: Datagram) -> None:
        self._answer(request, datagram, 401, "Unauthorized", [("WWW-Authenticate", self._new_challenge())])

    def _knows(self, authorization: str, password: str) -> bool:
        fields = sip_digest.parse_fields(authorization)
        nonce = fields.get("nonce", "")
        if nonce not in self._nonces:
            return False
        self._nonces.discard(nonce)
        expected = sip_digest.response(
            sip_digest.parse_challenge(_challenge_with(nonce)),
            username=fields.get("username", ""),
            password=password,
            method="REGISTER",
            uri=fields.get("uri", ""),
            cnonce=fields.get("cnonce", ""),
        )
        return fields.get("response") == expected

    def _accept(self, extension: str, request: sip.SipRequest, datagram: Datagram) -> None:
        uri = sip.parse_uri(sip.parse_address(sip.listed(request, "Contact")[0]).uri)
        seconds = min(int(sip.first(request, "Expires") or LONGEST_EXPIRES), LONGEST_EXPIRES)
        address, port = uri.host, uri.port or PORT
        if self._behaviour_now.rewrite_contact:
            address, port = datagram.source, datagram.source_port
        contact = f"sip:{extension}@{address}:{port}"
        had = self.contacts.get(extension)
        self.contacts[extension] = _Contact(address, port, contact, self.loop.unix_time() + seconds)
        answered = [("Contact", f"<sip:{extension}@{uri.host}:{uri.port or PORT}>;expires={seconds}")]
        self._answer(request, datagram, 200, "OK", [*answered, ("Expires", str(seconds))])
        self._emit_registered(extension, contact, datagram, is_new=had is None or had.uri != contact)
        if had is None:
            self._qualify(extension)

    def _refuse(self, event: str, extension: str, request: sip.SipRequest, datagram: Datagram) -> None:
        self.refused += 1
        if self._behaviour_now.driver == "pjsip":
            self._challenge(request, datagram)
        else:
            self._answer(request, datagram, 403, "Forbidden", [])
        service = "PJSIP" if self._behaviour_now.driver == "pjsip" else "SIP"
        self._emit(
            Event=event, Service=service, AccountID=extension,
            RemoteAddress=f"IPV4/UDP/{datagram.source}/{datagram.source_port}",
        )  # fmt: skip

    def _new_challenge(self) -> str:
        nonce = f"{self.random.getrandbits(64):016x}"
        self._nonces.add(nonce)
        return _challenge_with(nonce)

    def _answer(
        self,
        request: sip.SipRequest,
        datagram: Datagram,
        status: int,
        reason: str,
        further: list[tuple[str, str]],
    ) -> None:
        via = sip.top_via(request)
        port = datagram.source_port if self._behaviour_now.force_rport else via.port or PORT
        to = f"{sip.first(request, 'To')};tag=as{self.random.getrandbits(32):08x}"
        headers = (
            ("Via", sip.first(request, "Via")),
            ("From", sip.first(request, "From")),
            ("To", to),
            ("Call-ID", sip.first(request, "Call-ID")),
            ("CSeq", sip.first(request, "CSeq")),
            *further,
            ("Content-Length", "0"),
        )
        answer = (sip.build(sip.Response(status, reason, headers, b"")), datagram.source, port)
        self._answers[_branch(request)] = answer
        self.loop.call_later(TRANSACTION_SECONDS, self._answers.pop, _branch(request), None)
        self._send(*answer)

    # --- contacts -----------------------------------------------------------------------------------------

    def _qualify(self, extension: str) -> None:
        contact = self.contacts.get(extension)
        if contact is None:
            return
        now = self.loop.unix_time()
        if now >= contact.until:
            del self.contacts[extension]
            self._emit_contact(extension, contact, "Removed", "Unregistered")
            return
        contact.qualified = f"z9hG4bK{self.random.getrandbits(32):08x}"
        options = self._options(extension, contact)
        for seconds in OPTIONS_AT:
            self.loop.call_later(seconds, self._ask, extension, contact.qualified, options)
        self.loop.call_later(ANSWER_SECONDS, self._give_up, extension, contact.qualified)
        self.loop.call_later(QUALIFY_SECONDS, self._qualify, extension)

    def _ask(self, extension: str, branch: str, options: bytes) -> None:
        contact = self.contacts.get(extension)
        if contact is not None and contact.qualified == branch:
            self._send(options, contact.address, contact.port)

    def _options(self, extension: str, contact: _Contact) -> bytes:
        place = f"{self.address}:{PORT}"
        headers = (
            ("Via", f"SIP/2.0/UDP {place};branch={contact.qualified}"),
            ("From", f"<sip:{extension}@{place}>;tag={self.random.getrandbits(32):08x}"),
            ("To", f"<{contact.uri}>"),
            ("Call-ID", f"{contact.qualified}@{self.address}"),
            ("CSeq", "102 OPTIONS"),
            ("Contact", f"<sip:{extension}@{place}>"),
            ("Max-Forwards", "70"),
            ("Content-Length", "0"),
        )
        return sip.build(sip.SipRequest("OPTIONS", contact.uri, headers, b""))

    def _answered(self, response: sip.Response) -> None:
        branch = _branch(response)
        for extension, contact in self.contacts.items():
            if contact.qualified and contact.qualified == branch:
                contact.qualified = ""
                if not contact.is_reachable:
                    contact.is_reachable = True
                    self._emit_contact(extension, contact, "Reachable", "Reachable")
                return

    def _give_up(self, extension: str, branch: str) -> None:
        contact = self.contacts.get(extension)
        if contact is not None and contact.qualified == branch and contact.is_reachable is not False:
            contact.is_reachable = False
            self._emit_contact(extension, contact, "Unreachable", "Unreachable")

    # --- events of the manager interface -------------------------------------------------------------------

    def _emit_registered(self, extension: str, contact: str, datagram: Datagram, *, is_new: bool) -> None:
        if self._behaviour_now.driver == "chan_sip":
            self._emit(
                Event="PeerStatus", Peer=f"SIP/{extension}", PeerStatus="Registered",
                Address=f"{datagram.source}:{datagram.source_port}",
            )  # fmt: skip
            return
        remote = f"IPV4/UDP/{datagram.source}/{datagram.source_port}"
        self._emit(Event="SuccessfulAuth", Service="PJSIP", AccountID=extension, RemoteAddress=remote)
        if is_new:
            self._emit(Event="ContactStatus", ContactStatus="Created", AOR=extension, URI=contact)

    def _emit_challenge(self, extension: str, request: sip.SipRequest, datagram: Datagram) -> None:
        service, remote = "PJSIP", f"{datagram.source}/{datagram.source_port}"
        if self._behaviour_now.driver == "chan_sip":  # This driver reports the address in the Via.
            via = sip.top_via(request)
            service, remote = "SIP", f"{via.host}/{via.port or PORT}"
        self._emit(
            Event="ChallengeSent", Service=service, AccountID=extension, RemoteAddress=f"IPV4/UDP/{remote}"
        )

    def _emit_contact(self, extension: str, contact: _Contact, pjsip: str, chan_sip: str) -> None:
        if self._behaviour_now.driver == "chan_sip":
            self._emit(Event="PeerStatus", Peer=f"SIP/{extension}", PeerStatus=chan_sip, Time="1")
        else:
            self._emit(
                Event="ContactStatus", ContactStatus=pjsip, AOR=extension, URI=contact.uri,
                RoundtripUsec="1000",
            )  # fmt: skip

    def _emit(self, **fields: str) -> None:
        message = AmiMessage(tuple(fields.items()))
        for event in happenings(message, self._owners, self.loop.unix_time(), mac_of=self.mac_of):
            self._challenges.take(event)

    def _send(self, data: bytes, address: str, port: int) -> None:
        self.cable.send(Datagram(self.address, PORT, address, port, data))


def _challenge_with(nonce: str) -> str:
    return f'Digest realm="{REALM}",nonce="{nonce}",algorithm=md5'


def _branch(message: sip.SipRequest | sip.Response) -> str:
    return sip.parameter(sip.top_via(message).parameters, "branch") or ""
