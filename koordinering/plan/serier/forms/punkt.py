"""One figure, as it is typed."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Optional, ValidationError

from koordinering.db import i_dag
from koordinering.errors import UgyldigFelt
from koordinering.plan.serier.models import Seriepunkt
from koordinering.plan.serier.rules import Serie
from koordinering.plan.serier.rules.foering import LiteTall, Tall
from koordinering.plan.serier.rules.perioder import les_periode_i
from koordinering.plan.serier.rules.tall import MAKS_TEGN, les_tall
from koordinering.plan.serier.visning import periodetekst, verditekst
from koordinering.tekst import N_
from koordinering.web.skjema import Fritekstfelt, Fritekstomraade, MaaFyllesUt, Tekstfelt, Versjonert, ved_feltet
from koordinering.web.sprak import gettext

GRUNN_UTEN_KRYSS = N_("Kryss av i ruten over, eller ta bort grunnen.")


class PunktForm(Versjonert):
    """A new or corrected figure; `versjon` is the one that the page showed, 0 for none."""

    periode = Tekstfelt(lazy_gettext(N_("Periode")), validators=[MaaFyllesUt()], maks=40)
    verdi = Tekstfelt(lazy_gettext(N_("Tall")), validators=[MaaFyllesUt()], maks=MAKS_TEGN)
    kilde = Fritekstfelt(lazy_gettext(N_("Kilde")), validators=[Optional()])
    telledefinisjon = Fritekstomraade(lazy_gettext(N_("Telledefinisjon for dette tallet")), validators=[Optional()])
    brudd = BooleanField(lazy_gettext(N_("Tallet kan ikke sammenlignes med tallet før")))
    brudd_grunn = Fritekstfelt(lazy_gettext(N_("Hvorfor kan det ikke sammenlignes?")), validators=[Optional()])
    bekreftet = BooleanField(lazy_gettext(N_("Jeg har sett over: ingen kan kjennes igjen av dette tallet")))

    spoer = False
    """The small count is asked about."""

    def __init__(self, serie: Serie, punkt: Seriepunkt | None, periode: str, **kwargs: Any) -> None:
        if punkt is not None and not punkt.slettet:
            felt = ("kilde", "telledefinisjon", "brudd", "brudd_grunn")
            kwargs |= {navn: getattr(punkt, navn) for navn in felt}
            kwargs["verdi"] = _som_tekst(serie, punkt)
        super().__init__(
            periode=periodetekst(periode) if periode else "", versjon=punkt.versjon if punkt else 0, **kwargs
        )
        self._serie = serie
        self._punkt = punkt
        self._rettes = periode

    def feil(self, feil: UgyldigFelt) -> None:
        """A small count is asked about, on the page that tells of it."""
        self.spoer = self.spoer or isinstance(feil, LiteTall)
        super().feil(feil)

    def validate_periode(self, field: Tekstfelt) -> None:
        """A period of the series, and the one that is corrected; told together with what is wrong with the figure."""
        with ved_feltet():
            tid = les_periode_i(self._serie, field.data, i_dag()) if field.data else None
            if tid is not None and self._rettes and tid.kode != self._rettes:
                melding = N_("Her retter du tallet for %(periode)s. Velg «Før et tall» for en annen periode.")
                raise ValidationError(gettext(melding) % {"periode": periodetekst(self._rettes)})

    def validate_verdi(self, field: Tekstfelt) -> None:
        """A figure in the unit of the series."""
        with ved_feltet():
            if field.data:
                les_tall(field.data, self._serie.enhetsslag)

    def validate_brudd_grunn(self, field: Fritekstfelt) -> None:
        """A reason for nothing would be thrown away unseen."""
        if field.data and not self.brudd.data:
            raise ValidationError(gettext(GRUNN_UTEN_KRYSS))

    def tall(self) -> Tall:
        """What was typed, after validate(). Raises UgyldigFelt."""
        tid = les_periode_i(self._serie, self.periode.data or "", i_dag())
        verdi, tegn = les_tall(self.verdi.data or "", self._serie.enhetsslag)
        return Tall(
            tid.kode,
            verdi,
            tegn,
            self.kilde.data or None,
            self.telledefinisjon.data or None,
            self.brudd.data,
            self.brudd_grunn.data or None,
            self._punkt.kommunenummer if self._punkt is not None else None,
        )


def _som_tekst(serie: Serie, punkt: Seriepunkt) -> str:
    funnet = next((p for p in serie.punkter if p.periode == punkt.periode), None)
    return verditekst(serie, funnet) if funnet else ""
