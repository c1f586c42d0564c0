"""The fields of consent and statutory authority, alone and inside the registering form."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from koordinering.db import i_dag
from koordinering.saker import queries
from koordinering.saker.forms.felter import Nedtrekk, Radliste, Valg, valg
from koordinering.saker.models import Sak
from koordinering.saker.rules.behov import STANDARD_OPPLYSNINGER, Grunnlag, Opplysning, SamtykkeFra, Samtykkemaate
from koordinering.saker.rules.samtykketekst import SKRIVER_UNDER, Utsagn
from koordinering.saker.services import NyttGrunnlag, gjelder_i_saken, grunnlagsfeil, henvist_til
from koordinering.tekst import N_, Kode
from koordinering.users import Enhet, kommune
from koordinering.web.skjema import BaseForm, DateField, Flervalg, MaaFyllesUt, RadioField, SelectField, Skjemadel
from koordinering.web.sprak import gettext

K = TypeVar("K", bound=Kode)

SENERE = "senere"
"""What stands in place of a basis where one is to be asked for later."""

_DATO = ["%Y-%m-%d", "%d.%m.%Y"]


def senere() -> tuple[str, str]:
    """The choice of asking later."""
    return SENERE, gettext(N_("Samtykke innhentes senere"))


class GrunnlagFelter(Skjemadel):
    """How consent was given, by whom, when, until when and for what; or which authority."""

    maate = RadioField(lazy_gettext(N_("Hvordan er samtykket gitt?")), validators=[Optional()], validate_choice=False)
    fra = RadioField(lazy_gettext(N_("Hvem har gitt samtykket?")), validators=[Optional()], validate_choice=False)
    hjemmel = Nedtrekk(lazy_gettext(N_("Hjemmel")))
    gitt = DateField(lazy_gettext(N_("Samtykket ble gitt")), format=_DATO, validators=[Optional()])
    gyldig_til = DateField(lazy_gettext(N_("Samtykket gjelder til og med")), format=_DATO, validators=[Optional()])
    alle = BooleanField(lazy_gettext(N_("Samtykket gjelder alle barna i saken")))
    opplysninger = Flervalg(lazy_gettext(N_("Hva mottakeren får se")), default=[o.value for o in STANDARD_OPPLYSNINGER])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sist("maate", "fra", "hjemmel", "gitt", "gyldig_til", "alle", "opplysninger")
        self.maate.choices = valg(Samtykkemaate)
        self.fra.choices = valg(SamtykkeFra)
        self.hjemmel.choices = self.hjemler()
        self.opplysninger.choices = valg(Opplysning)
        if not self.opplysninger.raw_data and not self.gyldig_til.raw_data:
            self.opplysninger.data = [o.value for o in STANDARD_OPPLYSNINGER]  # hidden, and so not sent: not unticked

    @property
    def samtykkealder(self) -> int:
        """From which age the young person consents."""
        return kommune().samtykkealder

    def hjemler(self) -> Valg:
        """The authorities that can be chosen today."""
        return [*valg((), N_("Velg hjemmel")), *queries.hjemler()]

    def sist(self, *navn: str) -> None:
        """These fields come last on the page, in this order: errors are told in the order they stand there."""
        for et in navn:
            self._fields[et] = self._fields.pop(et)

    @property
    def paabegynt(self) -> bool:
        """Something is chosen of a consent or an authority."""
        return bool(self.maate.data or self.fra.data or self.hjemmel.data)

    @property
    def detaljfeil(self) -> bool:
        """Something is wrong in the part that is folded."""
        return bool(self.opplysninger.errors or self.gitt.errors or self.gyldig_til.errors)

    def grunnlag_for(self, mottaker_id: str, grunnlag: Grunnlag) -> NyttGrunnlag:
        """What is asked for, for one receiving unit."""
        samtykke = grunnlag is Grunnlag.SAMTYKKE
        return NyttGrunnlag(
            mottaker_id=mottaker_id,
            grunnlag=grunnlag,
            maate=_kode(Samtykkemaate, self.maate.data),
            fra=_kode(SamtykkeFra, self.fra.data),
            hjemmel_id=self.hjemmel.data or None,
            # what a consent covers is chosen; an authority covers what is needed and no more
            opplysninger=tuple(o for o in (_kode(Opplysning, en) for en in self.opplysninger.data or ()) if o)
            if samtykke
            else STANDARD_OPPLYSNINGER,
            gitt=self.gitt.data if samtykke else None,
            gyldig_til=self.gyldig_til.data if samtykke else None,
            alle=samtykke and self.alle.data,
        )


def _kode(slag: type[K], verdi: str | None) -> K | None:
    return _kodene(slag).get(verdi or "")


@lru_cache
def _kodene(slag: type[K]) -> dict[str, K]:
    return {kode.value: kode for kode in slag}


class MottakerFelter(GrunnlagFelter):
    """The consent or authority of one receiving unit, where it is not the one chosen for all."""

    mottaker = HiddenField()
    valg = Nedtrekk(lazy_gettext(N_("Grunnlag")))

    radnavn = ""
    """Name of the unit: the fields stand under it."""
    tiltak: Sequence[str] = ()
    """The measures that the unit receives: its fields matter only when one of them is chosen."""

    def hjemler(self) -> Valg:
        """Told by the form around the rows, which has read them once."""
        return []

    def sett_valg(self, grunnlag: Valg, hjemler: Valg) -> None:
        """The choices for all, and first the one that follows them."""
        self.valg.choices = [("", gettext(N_("Det samme som for alle"))), *grunnlag]
        self.hjemmel.choices = hjemler

    def validate_valg(self, field: Nedtrekk) -> None:
        """What is filled in counts only where something is chosen: it is not left out without a word."""
        if not field.data and self.paabegynt:
            raise ValidationError(gettext(N_("Velg samtykke eller hjemmel her, eller tøm feltene under.")))


class Mottakerliste(Radliste):
    """Rows of receiving units. Every one is on the page and sent; only those that somebody has touched are read."""

    def _extract_indices(self, prefix: str, formdata: Any) -> set[int]:
        numrene = super()._extract_indices(prefix, formdata)
        return {nr for nr in numrene if _roert(f"{prefix}-{nr}-", formdata)}


_FYLLES_UT = ("valg", "maate", "fra", "hjemmel", "gitt", "gyldig_til", "alle")
_STANDARD = frozenset(o.value for o in STANDARD_OPPLYSNINGER)


def _roert(foran: str, formdata: Any) -> bool:
    for navn in _FYLLES_UT:
        felt = foran + navn
        if felt in formdata and any(formdata.getlist(felt)):
            return True
    krysset = frozenset(formdata.getlist(f"{foran}opplysninger"))
    vist = bool(krysset) or f"{foran}gyldig_til" in formdata
    return vist and krysset != _STANDARD


class SamtykketekstForm(BaseForm):
    """What stands on the sheet that the family signs. Read from the address: nothing is stored, no name is asked."""

    enhet = SelectField(lazy_gettext(N_("Tjenesten som spør")))
    mottaker = Flervalg(lazy_gettext(N_("Hvem som får vite noe")))
    opplysninger = Flervalg(lazy_gettext(N_("Hva de får vite")))
    gyldig_til = DateField(
        lazy_gettext(N_("Gjelder til og med")), format=_DATO, widget=TextInput(), validators=[Optional()]
    )
    fra = RadioField(lazy_gettext(N_("Hvem som skriver under")))
    spraak = SelectField(lazy_gettext(N_("Språk")))

    def __init__(
        self, *args: Any, enheter: Sequence[Enhet], mottakere: Sequence[Enhet], spraak: Valg, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.enhet.choices = [(e.id, e.kortnavn) for e in enheter]
        self.mottaker.choices = [(e.id, e.kortnavn) for e in mottakere]
        self.opplysninger.choices = valg(Opplysning)
        self.fra.choices = valg(SKRIVER_UNDER)
        self.spraak.choices = spraak
        self._navn = {e.id: e.kortnavn for e in (*enheter, *mottakere)}

    def validate_mottaker(self, field: Flervalg) -> None:
        """Somebody must be told, and never the one who asks."""
        if not field.data:
            raise ValidationError(gettext(N_("Velg hvem som får vite noe.")))
        if self.enhet.data in field.data:
            raise ValidationError(gettext(N_("Tjenesten som spør, trenger ikke samtykke for å vite det selv.")))

    def validate_opplysninger(self, field: Flervalg) -> None:
        """A consent to nothing is none."""
        if not field.data:
            raise ValidationError(gettext(N_("Velg hva samtykket omfatter.")))

    def validate_gyldig_til(self, field: DateField) -> None:
        """A sheet that has run out is not signed."""
        if field.data and field.data < i_dag():
            raise ValidationError(gettext(N_("Datoen må være i dag eller senere.")))

    def utsagn(self) -> Utsagn:
        """What the sheet says, after validate()."""
        return Utsagn(
            avsender=self._navn[self.enhet.data],
            mottakere=tuple(self._navn[m] for m in self.mottaker.data or ()),
            opplysninger=tuple(o for o in Opplysning if o.value in (self.opplysninger.data or ())),
            til=f"{self.gyldig_til.data:%d.%m.%Y}" if self.gyldig_til.data else "",
            fra=SamtykkeFra(self.fra.data),
        )


class SamtykkeForm(GrunnlagFelter, BaseForm):
    """Consent or authority for one unit, added to a case."""

    mottaker = SelectField(lazy_gettext(N_("Enheten som skal motta")), validators=[MaaFyllesUt(N_("Velg enhet."))])
    grunnlag = RadioField(lazy_gettext(N_("Grunnlag")), validators=[MaaFyllesUt(N_("Velg samtykke eller hjemmel."))])

    def __init__(self, *args: Any, sak: Sak, mottakere: list[Enhet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sak = sak
        self.mottaker.choices = [*valg((), N_("Velg enhet")), *((e.id, e.kortnavn) for e in mottakere)]
        self.grunnlag.choices = valg(Grunnlag)

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape; where it is wrong, what is missing of the basis is told in the same round."""
        ok = bool(super().validate(extra_validators))
        if not ok and not self.grunnlag.errors:
            # who must have consented depends on the unit: where none is chosen, only that nobody is
            vet_hvem = not self.mottaker.errors or not self.fra.data
            nytt, henvist = self.kommando(), henvist_til(self._sak, self.mottaker.data)
            barna = [barn.foedselsaar for barn in gjelder_i_saken(self._sak, henvist, alle=nytt.alle)]
            self.ogsaa(feil for feil in grunnlagsfeil(nytt, barna) if vet_hvem or feil.felt != "fra")
        return ok

    def kommando(self) -> NyttGrunnlag:
        """What is asked for."""
        return self.grunnlag_for(self.mottaker.data, Grunnlag(self.grunnlag.data))
