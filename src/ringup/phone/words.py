"""Every text that ringup itself writes for a phone's display, in each language: one row per text.

The English text is the key. Names, numbers, and the diagnosis of `ringup why` are not in the table, and
neither are texts of services that other packages add: they are shown as they are. A phone's own menus follow
its firmware.
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Literal, NamedTuple

Language = Literal["en", "de"]


class Room(IntEnum):
    """The maximum number of characters of a text at one place on the display, with its values filled in."""

    LABEL = 11
    """The label at the top right; the rest of a longer one is not visible (P-PARAM-10)."""
    TITLE = 32
    """A title, a prompt, the name of a form's field, or an entry of a Directory (P-XML-11 to P-XML-15)."""
    ENTRY = 64
    """An entry of a menu (P-XML-12)."""
    TEXT = 4000
    """A text (P-XML-13)."""


class Word(NamedTuple):
    """One text in the other languages."""

    room: Room
    de: str


_ROWS: Mapping[str, Word] = {
    # labels
    "Code {code}": Word(Room.LABEL, "Code {code}"),
    "Blocked": Word(Room.LABEL, "Gesperrt"),
    "No line": Word(Room.LABEL, "Ohne Nummer"),
    "Guest": Word(Room.LABEL, "Gast"),
    # titles of pages, which are entries of the menu, too
    "Calls": Word(Room.TITLE, "Anrufe"),
    "Directory": Word(Room.TITLE, "Telefonbuch"),
    "Fleet": Word(Room.TITLE, "Telefone"),
    "Forward calls": Word(Room.TITLE, "Anrufe umleiten"),
    "Hot desk": Word(Room.TITLE, "Arbeitsplatz wechseln"),
    "Logo": Word(Room.TITLE, "Logo"),
    "Messages": Word(Room.TITLE, "Nachrichten"),
    "Missed calls": Word(Room.TITLE, "Verpasste Anrufe"),
    "Not found": Word(Room.TITLE, "Nicht gefunden"),
    "Parked calls": Word(Room.TITLE, "Geparkte Anrufe"),
    "Placed calls": Word(Room.TITLE, "Gewählte Nummern"),
    "Received calls": Word(Room.TITLE, "Angenommene Anrufe"),
    "Services": Word(Room.TITLE, "Dienste"),
    "This phone": Word(Room.TITLE, "Dieses Telefon"),
    "Who is on the phone": Word(Room.TITLE, "Wer telefoniert"),
    # prompts
    "{first}-{last} of {all}": Word(Room.TITLE, "{first}-{last} von {all}"),
    "{first}-{last} of {all}. Update: more": Word(Room.TITLE, "{first}-{last} von {all}. Update: mehr"),
    "{new} new.": Word(Room.TITLE, "{new} neu."),
    "{new} new. Dial to hear them.": Word(Room.TITLE, "{new} neu. Anhören: wählen"),
    "{new} new. Dial, or Update: mark.": Word(Room.TITLE, "{new} neu. Wählen; Update: ändern"),
    "Select one to mark it.": Word(Room.TITLE, "Eintrag wählen und ändern"),
    "{field}: not valid": Word(Room.TITLE, "{field}: ungültig"),
    "Saved.": Word(Room.TITLE, "Gespeichert."),
    "Select an entry to change it.": Word(Room.TITLE, "Eintrag wählen und ändern"),
    # fields of forms
    "My number": Word(Room.TITLE, "Meine Nummer"),
    "Name or keys": Word(Room.TITLE, "Name oder Tasten"),
    "Number": Word(Room.TITLE, "Nummer"),
    "Pin": Word(Room.TITLE, "PIN"),
    # entries of menus
    "All names": Word(Room.ENTRY, "Alle Namen"),
    "Ask the other server": Word(Room.ENTRY, "Den anderen Server fragen"),
    "Bring my line here": Word(Room.ENTRY, "Meine Leitung hierher holen"),
    "Heard": Word(Room.ENTRY, "Gehört"),
    "New": Word(Room.ENTRY, "Neu"),
    "Missed": Word(Room.ENTRY, "Verpasst"),
    "More ...": Word(Room.ENTRY, "Mehr ..."),
    "My numbers": Word(Room.ENTRY, "Meine Nummern"),
    "Placed": Word(Room.ENTRY, "Gewählt"),
    "Received": Word(Room.ENTRY, "Angenommen"),
    "Search": Word(Room.ENTRY, "Suchen"),
    "Send {line} back": Word(Room.ENTRY, "{line} zurückschicken"),
    "{line} do not disturb: off": Word(Room.ENTRY, "{line} Ruhe: aus"),
    "{line} do not disturb: on": Word(Room.ENTRY, "{line} Ruhe: ein"),
    "{line} forward: off": Word(Room.ENTRY, "{line} Umleitung: aus"),
    "{line} forward: {number}": Word(Room.ENTRY, "{line} Umleitung: {number}"),
    # entries of lists, and parts of sentences
    "{line}: {new} new, {old} old": Word(Room.TITLE, "{line}: {new} neu, {old} alt"),
    "{who}, {seconds} s left": Word(Room.TITLE, "{who}, noch {seconds} s"),
    "unknown": Word(Room.TITLE, "unbekannt"),
    "in trouble": Word(Room.TITLE, "gestört"),
    "on the way": Word(Room.TITLE, "unterwegs"),
    "not seen yet": Word(Room.TITLE, "nie gesehen"),
    "in service": Word(Room.TITLE, "in Betrieb"),
    "PBX lost.": Word(Room.TITLE, "Anlage fehlt."),
    "restarts": Word(Room.TITLE, "startet neu"),
    "restarted": Word(Room.TITLE, "neu gestartet"),
    "follows at its next start": Word(Room.TITLE, "folgt beim nächsten Start"),
    # texts
    "A line cannot be forwarded to itself.": Word(
        Room.TEXT, "Eine Leitung kann nicht auf sich selbst umgeleitet werden."
    ),
    "No calls are parked.": Word(Room.TEXT, "Es sind keine Anrufe geparkt."),
    "No missed calls.": Word(Room.TEXT, "Keine verpassten Anrufe."),
    "No names yet.": Word(Room.TEXT, "Noch keine Namen."),
    "No numbers yet.": Word(Room.TEXT, "Noch keine Nummern."),
    "No placed calls.": Word(Room.TEXT, "Keine gewählten Nummern."),
    "No received calls.": Word(Room.TEXT, "Keine angenommenen Anrufe."),
    "Asterisk does not mark it: {why}": Word(Room.TEXT, "Asterisk ändert die Nachricht nicht: {why}"),
    "There are no messages that this Asterisk can mark.": Word(
        Room.TEXT, "Dieses Asterisk kann keine Nachricht ändern."
    ),
    "Nobody has the number {number}.": Word(Room.TEXT, "Die Nummer {number} gibt es nicht."),
    "Nobody is found by {searched}.": Word(Room.TEXT, "Zu {searched} wurde niemand gefunden."),
    "Nobody.": Word(Room.TEXT, "Niemand."),
    "That is the voicemail. Do not disturb sends calls there.": Word(
        Room.TEXT, "Das ist der Anrufbeantworter. Anrufe kommen dorthin, wenn Ruhe eingeschaltet ist."
    ),
    "The PBX does not answer. Try again later.": Word(
        Room.TEXT, "Die Telefonanlage antwortet nicht. Versuchen Sie es später."
    ),
    "The PBX does not park calls.": Word(Room.TEXT, "Die Telefonanlage parkt keine Anrufe."),
    "The answer takes too long. Try again later.": Word(
        Room.TEXT, "Die Antwort dauert zu lange. Versuchen Sie es später."
    ),
    "The database does not answer. Try again later.": Word(
        Room.TEXT, "Die Datenbank antwortet nicht. Versuchen Sie es später."
    ),
    "The number or the PIN is wrong, or the line has no PIN.": Word(
        Room.TEXT, "Die Nummer oder die PIN ist falsch, oder die Leitung hat keine PIN."
    ),
    "The site has no logo.": Word(Room.TEXT, "Es ist kein Logo eingestellt."),
    "There is no such page. Press Services to begin again.": Word(
        Room.TEXT, "Diese Seite gibt es nicht. Beginnen Sie neu mit der Taste der Dienste."
    ),
    "There is no such phone.": Word(Room.TEXT, "Dieses Telefon gibt es nicht."),
    "This phone has no line of another phone.": Word(
        Room.TEXT, "Dieses Telefon hat keine Leitung eines anderen Telefons."
    ),
    "This phone has no mailbox.": Word(Room.TEXT, "Dieses Telefon hat keinen Anrufbeantworter."),
    "This phone has no such line.": Word(Room.TEXT, "Dieses Telefon hat diese Leitung nicht."),
    "This phone is not known here. Ask your administrator to add it.": Word(
        Room.TEXT, "Dieses Telefon ist hier nicht bekannt. Ihr Administrator kann es hinzufügen."
    ),
    "This phone may not use this service.": Word(
        Room.TEXT, "Dieses Telefon darf diesen Dienst nicht benutzen."
    ),
    "This service failed. The administrator's log says why.": Word(
        Room.TEXT, "Dieser Dienst ist gescheitert. Der Grund steht im Protokoll des Administrators."
    ),
    "Too many phones ask at once. Try again.": Word(
        Room.TEXT, "Zu viele Telefone fragen zugleich. Versuchen Sie es noch einmal."
    ),
    "Too many wrong PINs. Try again in ten minutes.": Word(
        Room.TEXT, "Zu viele falsche PINs. Versuchen Sie es in zehn Minuten."
    ),
    "{line} has moved.": Word(Room.TEXT, "{line} ist umgezogen."),
    "{line} moves.": Word(Room.TEXT, "{line} zieht um."),
    "{line} stays. {fault}": Word(Room.TEXT, "{line} bleibt. {fault}"),
}

WORDS: Mapping[str, Word] = MappingProxyType(_ROWS)


def say(text: str, language: Language, **values: object) -> str:
    """Return a text of the table in a language, with its values; a text that is not in the table is returned
    as it is.
    """
    row = WORDS.get(text)
    if row is None:
        return text
    return (text if language == "en" else row.de).format(**values)
