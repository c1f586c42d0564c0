"""The shape of what is typed about a club."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField

from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import Kjentlag, Lagopplysninger, i_grupper
from koordinering.web.skjema import BaseForm, Kontonummerfelt, MaaFyllesUt, Tekstfelt, Versjonert
from koordinering.web.sprak import gettext


def som_valg(lagene: Sequence[Kjentlag]) -> list[tuple[str, str]]:
    """The clubs to choose among: the name, with the number where another has the same, and whether it is active."""
    like = Counter(lag.navn.casefold() for lag in lagene)
    return [(str(lag.id), _valgtekst(lag, alene=like[lag.navn.casefold()] == 1)) for lag in lagene]


def _valgtekst(lag: Kjentlag, *, alene: bool) -> str:
    navn = lag.navn if alene else f"{lag.navn}, {i_grupper(lag.orgnr)}"
    return navn if lag.aktiv else gettext(N_("%(navn)s (ikke aktivt)")) % {"navn": navn}


class LagForm(Versjonert):
    """A new or changed club."""

    navn = Tekstfelt(lazy_gettext(N_("Lagets navn")), validators=[MaaFyllesUt(N_("Skriv lagets navn."))], maks=120)
    orgnr = Tekstfelt(lazy_gettext(N_("Organisasjonsnummer")), validators=[MaaFyllesUt()], maks=20)
    kontakt = Tekstfelt(lazy_gettext(N_("Hvem i laget en spør etter")), maks=80)
    epost = Tekstfelt(lazy_gettext(N_("Lagets e-post")), maks=120)
    telefon = Tekstfelt(lazy_gettext(N_("Lagets telefon")), maks=20)
    kontonummer = Kontonummerfelt(lazy_gettext(N_("Lagets kontonummer")), maks=20)
    aktiv = BooleanField(lazy_gettext(N_("Laget er aktivt")))

    def __init__(self, *args: Any, lag: Lag | None = None, **kwargs: Any) -> None:
        if lag is not None:
            kwargs |= {felt: getattr(lag, felt) for felt in ("navn", "kontakt", "epost", "telefon", "aktiv", "versjon")}
            kwargs |= {"orgnr": i_grupper(lag.orgnr)}
            kwargs |= {"kontonummer": i_grupper(lag.kontonummer) if lag.kontonummer else ""}
        super().__init__(*args, **kwargs)
        if lag is None:
            del self.aktiv

    def opplysninger(self) -> Lagopplysninger:
        """What was typed, after validate()."""
        return Lagopplysninger(
            navn=self.navn.data or "",
            orgnr=self.orgnr.data or "",
            kontakt=self.kontakt.data or None,
            epost=self.epost.data or None,
            telefon=self.telefon.data or None,
            kontonummer=self.kontonummer.data or None,
            aktiv="aktiv" not in self or bool(self.aktiv.data),
        )


class LagSoekForm(BaseForm):
    """Narrowing the list of clubs."""

    q = Tekstfelt(lazy_gettext(N_("Navn eller organisasjonsnummer")), maks=60)
    alle = BooleanField(lazy_gettext(N_("Også lag som ikke er aktive")))
