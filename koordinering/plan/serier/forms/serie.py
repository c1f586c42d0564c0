"""What the coordinator decides about a series, as it is typed."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, SelectMultipleField
from wtforms.validators import Optional, ValidationError

from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.forms.punkt import GRUNN_UTEN_KRYSS
from koordinering.plan.serier.models import Serierad
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.enhet import enhetsslag
from koordinering.plan.serier.rules.serieopplysninger import Serieopplysninger
from koordinering.plan.serier.rules.tall import MAKS_TEGN, les_tall
from koordinering.plan.serier.visning import tall
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.web.skjema import Fritekstfelt, Fritekstomraade, RadioField, Versjonert
from koordinering.web.sprak import gettext

MAKS_NAVN = 200


class SerieForm(Versjonert):
    """A new or changed series; the first four fields are the plan's own where the plan has the series."""

    navn = Fritekstfelt(lazy_gettext(N_("Hva tallene er")), validators=[Optional()], maks=MAKS_NAVN)
    enhet = Fritekstfelt(lazy_gettext(N_("Hva som telles")), validators=[Optional()], maks=60)
    omraade = Fritekstfelt(lazy_gettext(N_("Område")), validators=[Optional()], maks=60)
    hvor_ofte = RadioField(
        lazy_gettext(N_("Hvor ofte det er et tall")),
        default="aar",
    )
    kilde = Fritekstfelt(lazy_gettext(N_("Kilde")), validators=[Optional()])
    telledefinisjon = Fritekstomraade(lazy_gettext(N_("Telledefinisjon")), validators=[Optional()])
    maal = Fritekstfelt(lazy_gettext(N_("Mål")), validators=[Optional()], maks=MAKS_TEGN)
    maal_tekst = Fritekstfelt(lazy_gettext(N_("Når målet skal være nådd")), validators=[Optional()], maks=60)
    tiltak = SelectMultipleField(lazy_gettext(N_("Tiltak som tallene sier noe om")), validators=[Optional()])
    avsluttet = BooleanField(lazy_gettext(N_("Serien føres ikke videre")))
    avsluttet_grunn = Fritekstfelt(lazy_gettext(N_("Hvorfor føres den ikke videre?")), validators=[Optional()])

    def __init__(self, tiltak: Iterable[Tiltak], serie: Serie | None, rad: Serierad | None, **kwargs: Any) -> None:
        # Of a series that the plan or the product has, only what was decided beyond it stands in the form.
        if serie is not None:
            kwargs |= {felt: getattr(serie, felt) for felt in ("navn", "enhet", "omraade")}
            kwargs["hvor_ofte"] = "maaned" if serie.maaneder else "aar"
        if rad is not None:
            felt_i_raden = ("kilde", "telledefinisjon", "maal_tekst", "avsluttet", "avsluttet_grunn")
            kwargs |= {felt: getattr(rad, felt) for felt in felt_i_raden}
            kwargs["maal"] = "" if rad.maal is None else tall(rad.maal)
            kwargs["tiltak"] = [en.tiltak_id for en in rad.tiltak]
        super().__init__(versjon=rad.versjon if rad is not None else 0, **kwargs)
        self._serie = serie
        fast = set(serie.tiltak) - {en.tiltak_id for en in (rad.tiltak if rad is not None else ())} if serie else set()
        self.tiltak.choices = [(en.id, f"{en.id} {en.kortnavn}") for en in tiltak if en.id not in fast]
        self.hvor_ofte.choices = [
            ("aar", gettext(N_("Hvert år eller halvår"))),
            ("maaned", gettext(N_("Hver måned"))),
        ]

    def validate_avsluttet_grunn(self, field: Fritekstfelt) -> None:
        """A reason for nothing would be thrown away unseen."""
        if field.data and not self.avsluttet.data:
            raise ValidationError(gettext(GRUNN_UTEN_KRYSS))

    def opplysninger(self) -> Serieopplysninger:
        """What was typed, after validate(). Raises UgyldigFelt."""
        enhet = self.enhet.data or (self._serie.enhet if self._serie else "")
        return Serieopplysninger(
            navn=self.navn.data or (self._serie.navn if self._serie else ""),
            enhet=enhet,
            omraade=self.omraade.data or None,
            kilde=self.kilde.data or None,
            telledefinisjon=self.telledefinisjon.data or None,
            maaneder=self.hvor_ofte.data == "maaned",
            maal=_maal(self.maal.data, enhet),
            maal_tekst=self.maal_tekst.data or None,
            tiltak=frozenset(self.tiltak.data or ()),
            avsluttet=self.avsluttet.data,
            avsluttet_grunn=self.avsluttet_grunn.data or None,
        )


def _maal(skrevet: str | None, enhet: str) -> float | None:
    if not skrevet:
        return None
    try:
        verdi, tegn = les_tall(skrevet, enhetsslag(enhet))
    except UgyldigFelt as feil:
        raise UgyldigFelt("maal", str(feil)) from None
    if tegn is not None:
        raise UgyldigFelt("maal", N_("Skriv et tall, eller la feltet stå tomt."))
    return verdi
