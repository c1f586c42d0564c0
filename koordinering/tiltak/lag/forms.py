"""The shape of what is typed about a club."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField

from koordinering.tekst import N_
from koordinering.tiltak.lag.models import Lag
from koordinering.tiltak.lag.rules import Lagopplysninger, i_grupper
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt


class LagForm(BaseForm):
    """A new or changed club."""

    navn = Tekstfelt(lazy_gettext(N_("Lagets navn")), validators=[MaaFyllesUt(N_("Skriv lagets navn."))], maks=120)
    orgnr = Tekstfelt(lazy_gettext(N_("Organisasjonsnummer")), validators=[MaaFyllesUt()], maks=20)
    kontakt = Tekstfelt(lazy_gettext(N_("Hvem i laget en spør etter")), maks=80)
    epost = Tekstfelt(lazy_gettext(N_("Lagets e-post")), maks=120)
    telefon = Tekstfelt(lazy_gettext(N_("Lagets telefon")), maks=20)
    kontonummer = Tekstfelt(lazy_gettext(N_("Lagets kontonummer")), maks=20)
    aktiv = BooleanField(lazy_gettext(N_("Laget er aktivt")))
    versjon = HiddenField()

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

    def lest_versjon(self) -> int:
        """The version that the page showed; 0, which no row has, when it was tampered with."""
        tekst = str(self.versjon.data or "")
        return int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) < 10 else 0


class LagSoekForm(BaseForm):
    """Narrowing the list of clubs."""

    class Meta(BaseForm.Meta):
        """A search changes nothing."""

        csrf = False

    q = Tekstfelt(lazy_gettext(N_("Navn eller organisasjonsnummer")), maks=60)
    alle = BooleanField(lazy_gettext(N_("Også lag som ikke er aktive")))
