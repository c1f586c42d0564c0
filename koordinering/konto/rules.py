"""Rules of signing in: waits after failures, passwords, user names, and what may be kept of a form."""

import ipaddress
import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from koordinering.crypto.vanlige import er_vanlig
from koordinering.errors import UgyldigFelt
from koordinering.fritekst import har_identitetsnummer
from koordinering.tekst import N_, Kode

LEVETID = timedelta(hours=10)
"""A session ends after this when nothing else is set."""

TOMGANG = timedelta(minutes=30)
"""A session unused for this long ends when nothing else is set."""

BEVARES = timedelta(hours=24)
"""Work kept from a session that ended is thrown away after this."""

MAKS_BEVART = 64 * 1024
"""Bytes of one kept form; a longer one is not kept at all, never cut."""

MAKS_SIDER = 20
"""Kept forms a user; the oldest gives way."""

FERSK = timedelta(minutes=5)
"""How long a proof of who sits there counts when one's own sign-in is changed, or another's."""

HALVT = timedelta(minutes=5)
"""How long a right password waits for the second factor."""

MIDLERTIDIG_VARER = timedelta(days=14)
"""How long a password that somebody else has seen opens the page where it is changed."""

MINSTE_PASSORD = 12
STOERSTE_PASSORD = 200


@dataclass(frozen=True)
class Trapp:
    """How long to wait before the next attempt: some are free, then a short wait that grows to a ceiling."""

    fri: int
    venter: tuple[int, ...]
    """Seconds after the first, second … attempt beyond the free ones; the last is the ceiling."""

    @property
    def lengst(self) -> int:
        """The longest wait there is, in seconds."""
        return max(self.venter)

    def vent(self, antall: int) -> int:
        """Seconds to wait after attempt number `antall`."""
        if antall <= self.fri:
            return 0
        return self.venter[min(antall - self.fri, len(self.venter)) - 1]


# No step locks anything. Attempts made during a wait are refused without being counted, so the wait never
# becomes longer than its ceiling: whoever is kept out gets in within a minute of the guessing's end. From
# another network, and from a browser where the user has signed in before, the guesses are not felt at all.
KONTOTRAPP = Trapp(5, (2, 4, 8, 16, 32, 60))
"""One account from one network, or from one known browser."""

ADRESSETRAPP = Trapp(50, (1, 2, 4, 8, 10))
"""One network, whatever the account: an office shares an address, so many are free and the waits are small."""

GLEMMES = timedelta(minutes=15)
"""Failures are forgotten when nobody has tried for this long."""

FAKTORTRAPP = Trapp(5, (5, 15, 60, 300))
"""Codes at one account: whoever guesses has the password already, so the ceiling is higher than for passwords."""

FAKTOR_GLEMMES = timedelta(hours=1)
"""Wrong codes are remembered this long: some 300 guesses a day at most, three of a million codes right at a time."""

AAPENTRAPP = Trapp(300, (1, 2, 4, 8, 15, 30))
"""Open data from one network: a whole catalogue at a time is free, and a loop that never rests waits."""

AAPENT_GLEMMES = timedelta(minutes=1)
"""Requests for open data are forgotten when a network has rested this long."""

UTTREKK_PER_TIME = 60
"""Files with counts, log lines or offers that one user can take out in an hour: far above a day's work."""

OPPSLAG_PER_TIME = 120
"""References, numbers and codes that one user can search by in an hour; numbers and codes have a day's limit too."""

NETT_RUMMER = 10
"""How many users' whole limits one network has room for in an hour. A try that a user's own limit refuses is not
counted for the network, so that it takes so many users who use up their own to stop a colleague in their office."""

TIMEN = timedelta(hours=1)


@lru_cache(maxsize=1024)
def grov_adresse(adresse: str | None) -> str:
    """The network an address lies in (IPv4 /24, IPv6 /48): moving to the neighbour address gains nothing."""
    try:
        ip = ipaddress.ip_address(adresse or "")
    except ValueError:
        return "ukjent"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


def normaliser(brukernavn: str) -> str:
    """A user name as it is stored: small letters, one form of each letter."""
    return unicodedata.normalize("NFKC", brukernavn).replace("\x00", "").strip().casefold()


_BRUKERNAVN = re.compile(r"[a-z0-9æøå][a-z0-9æøå._@-]{1,59}")


def sjekk_brukernavn(brukernavn: str) -> str:
    """The user name as stored. Raises UgyldigFelt when it has other signs than letters, digits and . _ - @."""
    navn = normaliser(brukernavn)
    if not _BRUKERNAVN.fullmatch(navn):
        raise UgyldigFelt("brukernavn", N_("Brukernavnet må ha 2 til 60 tegn: bokstaver, tall, punktum eller strek."))
    return navn


_LESBARE = "abcdefghjkmnpqrstuvwxyz23456789"
"""No character that is taken for another when it is read aloud."""


def midlertidig_passord() -> str:
    """A password of 78 random bits, written so that it can be copied by hand."""
    return "-".join("".join(secrets.choice(_LESBARE) for _ in range(4)) for _ in range(4))


STOERSTE_TITTEL = 60
STOERSTE_EPOST = 254
"""Characters of an address that a relay takes (RFC 5321, 4.5.3.1.3)."""

_EPOST = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9][A-Za-z0-9-]*)+")


def sjekk_epost(epost: str) -> str | None:
    """The address as stored; None for an empty one. Raises UgyldigFelt at `epost`."""
    ren = epost.strip()
    if not ren:
        return None
    if len(ren) > STOERSTE_EPOST or not _EPOST.fullmatch(ren):
        raise UgyldigFelt("epost", N_("E-postadressen er ikke riktig skrevet."))
    return ren


def sjekk_tittel(tittel: str) -> str:
    """The title as stored: one line. Raises UgyldigFelt at `tittel` where there is none, and where it is too long."""
    ren = " ".join(tittel.replace("\x00", "").split())
    if not 2 <= len(ren) <= STOERSTE_TITTEL:
        raise UgyldigFelt("tittel", N_("Skriv en tittel på 2 til 60 tegn, som kollegene kjenner."))
    return ren


def sjekk_passord(passord: str, *, brukernavn: str, felt: str) -> None:
    """Refuse a password that is too short, too long, commonly used or the user name. Raises UgyldigFelt at `felt`."""
    if len(passord) < MINSTE_PASSORD:
        raise UgyldigFelt(felt, N_("Passordet må ha minst 12 tegn."))
    if len(passord) > STOERSTE_PASSORD:
        raise UgyldigFelt(felt, N_("Passordet kan ha høyst 200 tegn."))
    if normaliser(passord) == normaliser(brukernavn):
        raise UgyldigFelt(felt, N_("Passordet kan ikke være brukernavnet."))
    if len(set(passord)) == 1:
        raise UgyldigFelt(felt, N_("Passordet kan ikke være ett tegn om og om igjen."))
    navn = normaliser(brukernavn)
    if er_vanlig(passord) or (len(navn) > 3 and normaliser(passord).strip("0123456789!.,-_ ") == navn):
        raise UgyldigFelt(felt, _PROEVD_FOERST)
    if len(navn) > 3 and _om_og_om(normaliser(passord), navn):
        raise UgyldigFelt(felt, _PROEVD_FOERST)


_PROEVD_FOERST = N_("Passordet er et av dem som blir prøvd først. Velg for eksempel fire ord som ikke hører sammen.")


def _om_og_om(passord: str, navn: str) -> bool:
    """Whether nothing but digits and signs is left when the user name, which stands there, is taken away."""
    return navn in passord and not any(tegn.isalpha() for tegn in passord.replace(navn, ""))


_VERT = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def sjekk_lenke(felt: str, lenke: str) -> None:
    """Raise UgyldigFelt unless it is a whole address of a page served over TLS, with nothing hidden in it."""
    try:
        delt = urlsplit(lenke)
        ok = delt.scheme == "https" and delt.port in {None, 443} and delt.username is None
        ok = ok and bool(_VERT.fullmatch((delt.hostname or "").encode("idna").decode("ascii")))
    except ValueError:
        ok = False
    if not ok or not lenke.isprintable() or any(tegn in ' <>"\\' for tegn in lenke):
        raise UgyldigFelt(felt, N_("Skriv hele adressen til siden, for eksempel https://www.kommunen.no/meldeplikt."))


# Eleven digits, however they are parted, with no digit beside them: keys of rows are longer.
_NUMMERLIKT = re.compile(r"(?<!\d)\d(?:[^\w]{0,3}\d){10}(?!\d)")


def kan_bevares(felter: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """What may be kept of a form: no token, no password, no field for identity numbers and nothing like one."""
    return [(navn, verdi) for navn, verdi in felter if _bevares(navn.casefold(), verdi)]


def _bevares(navn: str, verdi: str) -> bool:
    hemmelig = navn == "csrf_token" or navn.startswith(("passord", "passkey", "engangskode")) or "fnr" in navn
    return not hemmelig and not _NUMMERLIKT.search(verdi) and not har_identitetsnummer(verdi)


class Metode(Kode):
    """What a session was begun with."""

    PASSORD = "passord", N_("Passord")
    PASSORD_TOTP = "passord_totp", N_("Passord og kode fra app")
    PASSORD_GJENOPPRETTING = "passord_gjenoppretting", N_("Passord og gjenopprettingskode")
    PASSKEY = "passkey", N_("Passkey")
    OIDC = "oidc", N_("Jobbkontoen")


STERKE = frozenset(Metode) - {Metode.PASSORD}
"""What counts as two factors; at the workplace's own sign-in the workplace demands them."""

_NETTLESERE = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMER = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def enhetstype(user_agent: str) -> str:
    """The kind of browser, coarse enough to point at nobody: «Chrome på Windows»."""
    nettleser = next((navn for merke, navn in _NETTLESERE if merke in user_agent), "Nettleser")
    system = next((navn for merke, navn in _SYSTEMER if merke in user_agent), None)
    return f"{nettleser} på {system}" if system else nettleser


BEKREFTES_ETTER = timedelta(days=365)
"""A right that nobody has confirmed for so long is overdue."""

LENGST_FRAM = timedelta(days=3653)
"""A date of a right lies no further ahead: a slip of the finger is not a right for a thousand years."""


@dataclass(frozen=True)
class Periode:
    """From a day to a day, both included; without an end when `til` is None."""

    fra: date
    til: date | None = None

    def moeter(self, annen: "Periode") -> bool:
        """Whether some day lies in both."""
        return (self.til is None or annen.fra <= self.til) and (annen.til is None or self.fra <= annen.til)

    def rommer(self, annen: "Periode") -> bool:
        """Whether every day of the other lies in this one."""
        return self.fra <= annen.fra and (self.til is None or (annen.til is not None and annen.til <= self.til))


def dekker_alltid(perioder: Iterable[Periode], dag: date) -> bool:
    """Whether every day from `dag` on, for ever, lies in at least one of the periods."""
    for periode in sorted(perioder, key=lambda p: p.fra):
        if periode.fra > dag:
            return False
        if periode.til is None:
            return True
        dag = max(dag, periode.til + timedelta(days=1))
    return False


def sjekk_periode(ny: Periode, *, dag: date, gammel: Periode | None = None) -> None:
    """Refuse dates that make no sense for a right. Raises UgyldigFelt at `fra` or `til`.

    A right never begins before today; one that has begun keeps its first day. It ends at the earliest today:
    ending at once is something else.
    """
    if gammel is not None and gammel.fra <= dag:
        if ny.fra != gammel.fra:
            raise UgyldigFelt("fra", N_("Rollen har begynt. Den første dagen kan ikke endres."))
    elif ny.fra < dag:
        raise UgyldigFelt("fra", N_("Rollen kan begynne tidligst i dag."))
    if ny.til is not None and ny.til < max(dag, ny.fra):
        raise UgyldigFelt("til", N_("Siste dag kan ikke være før i dag, og ikke før første dag."))
    for felt, verdi in (("fra", ny.fra), ("til", ny.til)):
        if verdi is not None and verdi > dag + LENGST_FRAM:
            raise UgyldigFelt(felt, N_("Velg en dag innen ti år."))
