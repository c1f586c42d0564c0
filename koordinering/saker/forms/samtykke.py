"""The fields of consent and statutory authority, alone and inside the registering form."""

from typing import Any, TypeVar

from flask_babel import lazy_gettext
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import Optional

from koordinering.saker import queries
from koordinering.saker.forms.felter import Flervalg, Nedtrekk, valg
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Grunnlag, Opplysning, SamtykkeFra, Samtykkemaate
from koordinering.saker.services import NyttGrunnlag
from koordinering.tekst import N_, Kode
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, MaaFyllesUt

K = TypeVar("K", bound=Kode)


class GrunnlagFelter(BaseForm):
    """How consent was given, by whom, until when and for what; or which authority. Base of two forms."""

    maate = RadioField(lazy_gettext(N_("Hvordan er samtykket gitt?")), validators=[Optional()], validate_choice=False)
    fra = RadioField(lazy_gettext(N_("Hvem har gitt samtykket?")), validators=[Optional()], validate_choice=False)
    hjemmel = Nedtrekk(lazy_gettext(N_("Hjemmel")))
    gyldig_til = DateField(
        lazy_gettext(N_("Samtykket gjelder til og med")), format=["%Y-%m-%d", "%d.%m.%Y"], validators=[Optional()]
    )
    opplysninger = Flervalg(
        lazy_gettext(N_("Hva mottakeren får se")), default=[o.value for o in STANDARD_OPPLYSNINGER]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.maate.choices = valg(Samtykkemaate)
        self.fra.choices = valg(SamtykkeFra)
        self.hjemmel.choices = [*valg((), N_("Velg hjemmel")), *((h.id, h.tekst) for h in queries.hjemler())]
        self.opplysninger.choices = valg(Opplysning)

    def grunnlag_for(self, mottaker_id: str, grunnlag: Grunnlag) -> NyttGrunnlag:
        """What is asked for, for one receiving unit."""
        return NyttGrunnlag(
            mottaker_id=mottaker_id,
            grunnlag=grunnlag,
            maate=_kode(Samtykkemaate, self.maate.data),
            fra=_kode(SamtykkeFra, self.fra.data),
            hjemmel_id=self.hjemmel.data or None,
            # what a consent covers is chosen; an authority covers what is needed and no more
            opplysninger=tuple(Opplysning(o) for o in self.opplysninger.data or ())
            if grunnlag is Grunnlag.SAMTYKKE
            else STANDARD_OPPLYSNINGER,
            gyldig_til=self.gyldig_til.data,
        )


def _kode(slag: type[K], verdi: str | None) -> K | None:
    return slag(verdi) if verdi in set(slag) else None


class SamtykkeForm(GrunnlagFelter):
    """Consent or authority for one unit, added to a case."""

    mottaker = SelectField(lazy_gettext(N_("Enheten som skal motta")), validators=[MaaFyllesUt(N_("Velg enhet."))])
    grunnlag = RadioField(lazy_gettext(N_("Grunnlag")), validators=[MaaFyllesUt(N_("Velg samtykke eller hjemmel."))])

    def __init__(self, *args: Any, mottakere: list[Enhet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mottaker.choices = [*valg((), N_("Velg enhet")), *((e.id, e.navn) for e in mottakere)]
        self.grunnlag.choices = valg(Grunnlag)

    def kommando(self) -> NyttGrunnlag:
        """What is asked for."""
        return self.grunnlag_for(self.mottaker.data, Grunnlag(self.grunnlag.data))
