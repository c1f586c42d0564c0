"""Forms of the shelf: an item, the search, labels, and the unit's choices."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Optional, ValidationError

from koordinering.db import tilfeldig_id
from koordinering.tekst import N_
from koordinering.tiltak.utstyr.forms.felter import skrevet, valg
from koordinering.tiltak.utstyr.models import Utstyrsenhet
from koordinering.tiltak.utstyr.queries import Lagerfilter, Lagersoek
from koordinering.tiltak.utstyr.rules.tilstander import BRUKBARE, Kategori, Status, Tilstand
from koordinering.tiltak.utstyr.services import Enhetsopplysninger
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Noeklet, SelectField, Tekstfelt, Versjonert
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt

_DELNAVN = 60


class EnhetForm(Versjonert, Noeklet):
    """A new or changed item."""

    navn = Tekstfelt(lazy_gettext(N_("Hva det er")), validators=[MaaFyllesUt()], maks=100)
    kategori = SelectField(lazy_gettext(N_("Kategori")), validators=[MaaFyllesUt(N_("Velg en kategori."))])
    stoerrelse = Tekstfelt(lazy_gettext(N_("Størrelse")), maks=40)
    tilstand = SelectField(lazy_gettext(N_("Tilstand")), validators=[MaaFyllesUt(N_("Velg noe fra listen."))])
    deler = TextAreaField(lazy_gettext(N_("Deler som må komme tilbake sammen")), render_kw={"rows": "4"})
    strekkode = Tekstfelt(lazy_gettext(N_("Strekkode")), maks=40)
    antall = Heltallsfelt(lazy_gettext(N_("Antall like enheter")), default=1, validators=[MaaFyllesUt()])

    def __init__(self, *args: Any, enhet: Utstyrsenhet | None = None, **kwargs: Any) -> None:
        kwargs |= _som_felter(enhet) if enhet is not None else {"noekkel": str(tilfeldig_id())}
        super().__init__(*args, **kwargs)
        self.kategori.choices = valg(Kategori, N_("Velg"))
        self.tilstand.choices = valg(BRUKBARE)
        if enhet is not None:
            del self.antall
            if enhet.status is Status.UTE_AV_DRIFT:
                self.tilstand.choices = valg((Tilstand.GOD,))

    def validate_deler(self, felt: Any) -> None:
        """One part a line, none too long."""
        if any(len(linje) > _DELNAVN for linje in self._linjer()):
            raise ValidationError(gettext(N_("Teksten er for lang. Skriv høyst %(maks)d tegn.")) % {"maks": _DELNAVN})

    def _linjer(self) -> list[str]:
        return [linje.strip() for linje in (self.deler.data or "").splitlines() if linje.strip()]

    def opplysninger(self) -> Enhetsopplysninger:
        """What was typed, after validate()."""
        return Enhetsopplysninger(
            navn=self.navn.data or "",
            kategori=Kategori(self.kategori.data),
            stoerrelse=self.stoerrelse.data or None,
            tilstand=Tilstand(self.tilstand.data),
            strekkode=self.strekkode.data or "",
            deler=tuple(self._linjer()),
        )


def _som_felter(enhet: Utstyrsenhet) -> dict[str, Any]:
    return {
        "navn": enhet.navn,
        "kategori": enhet.kategori.value,
        "stoerrelse": enhet.stoerrelse,
        "tilstand": (Tilstand.GOD if enhet.tilstand is Tilstand.TIL_REPARASJON else enhet.tilstand).value,
        "deler": "\n".join(del_.navn for del_ in enhet.deler),
        "strekkode": enhet.strekkode,
        "versjon": str(enhet.versjon),
    }


class _Soek(BaseForm):
    """A search changes nothing."""


class LagerSoekForm(_Soek):
    """Narrowing the list of items."""

    q = Tekstfelt(lazy_gettext(N_("Navn, størrelse, nummer eller strekkode")), maks=60)
    filter = SelectField(lazy_gettext(N_("Vis")))
    kategori = SelectField(lazy_gettext(N_("Kategori")), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filter.choices = valg(Lagerfilter)
        self.kategori.choices = valg(Kategori, N_("Alle"))

    def soek(self) -> Lagersoek:
        """What to narrow by; what is not understood narrows nothing."""
        filtre, kategorier = {f.value: f for f in Lagerfilter}, {k.value: k for k in Kategori}
        return Lagersoek(
            tekst=(self.q.data or "")[:60],
            filter=filtre.get(self.filter.data or "", Lagerfilter.I_BRUK),
            kategori=kategorier.get(self.kategori.data or ""),
        )


class EtikettForm(_Soek):
    """Which labels to print."""

    fra = Heltallsfelt(lazy_gettext(N_("Fra nummer")), validators=[Optional()])
    til = Heltallsfelt(lazy_gettext(N_("Til nummer")), validators=[Optional()])
    kategori = SelectField(lazy_gettext(N_("Kategori")), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kategori.choices = valg(Kategori, N_("Alle"))

    def utvalg(self) -> tuple[int | None, int | None, Kategori | None]:
        """From, to and category; what is not understood narrows nothing."""
        fra, til = (tall if tall is not None and 0 <= tall < 10**6 else None for tall in (self.fra.data, self.til.data))
        return fra, til, {k.value: k for k in Kategori}.get(self.kategori.data or "")


class ValgForm(BaseForm):
    """The unit's own choices."""

    laanetid = Heltallsfelt(lazy_gettext(N_("Lånetid i dager")), validators=[MaaFyllesUt()])
    eget_system = BooleanField(lazy_gettext(N_("Vi låner ut i et annet system og fører bare tall per måned her")))

    def dager(self) -> int:
        """Days of a loan, after validate()."""
        return skrevet(self.laanetid.data)
