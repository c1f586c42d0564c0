"""Forms of a case that exists: correct, add, find, hand over."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, StringField, SubmitField
from wtforms.validators import ValidationError

from koordinering import crypto
from koordinering.saker.forms.felter import BarnFelter, Nedtrekk, kobler, valg
from koordinering.saker.forms.kode import KodeFelter, les_kode
from koordinering.saker.forms.samtykke import SENERE, GrunnlagFelter, senere
from koordinering.saker.models import Barn, Henvisning, Sak
from koordinering.saker.rules import identitetsnummer, referanse
from koordinering.saker.rules.behov import Behov, Grunnlag, JaNeiVetIkke, Rettegrunn, Svar
from koordinering.saker.rules.koblingskode import Kodevalg
from koordinering.saker.rules.registrering import SAKSNUMMER
from koordinering.saker.services import (
    HenvisningRettelse,
    Koblingskode,
    NyttGrunnlag,
    SakRettelse,
    bruker_koder,
    henvisningsfeil,
    rettefeil,
)
from koordinering.tekst import N_
from koordinering.tiltak.queries import Henvisbart
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import User
from koordinering.web.huset import innstillinger
from koordinering.web.skjema import BaseForm, Flervalg, Fritekstfelt, MaaFyllesUt, RadioField, SelectField, Tekstfelt
from koordinering.web.sprak import gettext


def versjon(felt: HiddenField) -> int | None:
    """The version that the page showed; None where the field was tampered with or is missing."""
    tekst = str(felt.data or "")
    return int(tekst) if tekst.isascii() and tekst.isdigit() and len(tekst) < 10 else None


class _Rettelse(BaseForm):
    """Why something is corrected, and which version was on the page."""

    versjon = HiddenField()
    grunn = SelectField(lazy_gettext(N_("Hvorfor rettes det?")), validators=[MaaFyllesUt(N_("Velg hvorfor."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = valg(Rettegrunn, N_("Velg"))


class RettSakForm(KodeFelter, _Rettelse):
    """The case's own fields, and the family's code only when it is to be another."""

    i_maalgruppe = RadioField(
        lazy_gettext(N_("Er familien i målgruppen, slik tjenesten vurderer det?")),
        validators=[MaaFyllesUt(N_("Velg om familien er i målgruppen."))],
    )
    behov = Flervalg(lazy_gettext(N_("Hva trenger familien hjelp til?")))
    egen_referanse = Fritekstfelt(lazy_gettext(N_("Enhetens egen referanse")), maks=60, unntatt=SAKSNUMMER)
    likevel = SubmitField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for navn in ("kodevalg", "kode", "grunn"):  # errors are told in the order they stand on the page
            self._fields[navn] = self._fields.pop(navn)
        self.sett_kodevalg(tuple(Kodevalg))
        self.i_maalgruppe.choices = valg((JaNeiVetIkke.JA, JaNeiVetIkke.NEI))
        self.behov.choices = valg(Behov)

    def kommando(self, foedselsaar: Sequence[int]) -> SakRettelse:
        """What is asked for, of a case with these children. Slow where there is a code: before the transaction."""
        return SakRettelse(
            i_maalgruppe=self.i_maalgruppe.data == JaNeiVetIkke.JA,
            behov=frozenset(Behov(b) for b in self.behov.data or ()),
            egen_referanse=self.egen_referanse.data or None,
            grunn=Rettegrunn(self.grunn.data),
            versjon=versjon(self.versjon),
            bytt_kode=self.bruker_kode and self.kodevalg.data != Kodevalg.BEHOLD,
            kode=self.koden(foedselsaar),
            likevel=bool(self.likevel.data),
        )


class _Likevel(BarnFelter):
    """Saved although another case of the unit has the child: the number is not kept, so it is typed again."""

    likevel = SubmitField()

    def validate_fnr(self, field: StringField) -> None:
        """Going on is about a number: without one the child would stand unlinked."""
        if self.likevel.data and not (field.data or "").strip():
            raise ValidationError(gettext(N_("Skriv nummeret på nytt.")))
        super().validate_fnr(field)


class BarnForm(_Likevel, BaseForm):
    """A child to add. The case's version makes the same page, sent twice, add one child."""

    versjon = HiddenField()


class RettBarnForm(_Likevel, _Rettelse):
    """A child to correct; the number only when it is to be another."""


class HenvisningForm(GrunnlagFelter, BaseForm):
    """One more referral of a case: for whom, to which measure, and on what basis its receiver sees it."""

    barn = Nedtrekk(lazy_gettext(N_("Hvem gjelder det?")))
    tiltak = RadioField(lazy_gettext(N_("Tiltak")), validators=[MaaFyllesUt(N_("Velg et tiltak."))])
    grunnlag = RadioField(lazy_gettext(N_("Grunnlag for å sende til enheten")), default="", validate_choice=False)

    def __init__(self, *args: Any, sak: Sak, tiltak: Sequence[Henvisbart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sak = sak
        self._mottakere = {t.id: t.mottaker_id for t in tiltak if t.mottaker_id not in {None, sak.enhet_id}}
        self.barn.choices = barnevalg(sak.barn)
        self.tiltak.choices = [(t.id, t.kortnavn) for t in tiltak]
        self.grunnlag.choices = [("", gettext(N_("Det som er registrert på saken"))), *valg(Grunnlag), senere()]

    def validate_grunnlag(self, field: RadioField) -> None:
        """What is filled in counts only where something is chosen: it is not left out without a word."""
        if field.data not in set(Grunnlag) and self.paabegynt:
            raise ValidationError(gettext(N_("Velg samtykke eller hjemmel her, eller tøm feltene under.")))

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape; where it is wrong, what the rules say of the rest is told in the same round."""
        ok = bool(super().validate(extra_validators))
        if not ok and not self.tiltak.errors and not self.barn.errors:
            self.ogsaa(henvisningsfeil(self._sak, self.tiltak.data, self.barn_id, self.nytt_grunnlag, vent=self.vent))
        return ok

    @property
    def vent(self) -> bool:
        """The receiver is told nothing until somebody has said yes."""
        return bool(self.grunnlag.data == SENERE)

    @property
    def til_andre(self) -> list[str]:
        """The measures that another unit receives: only they need a basis."""
        return list(self._mottakere)

    @property
    def barn_id(self) -> int | None:
        """The child's key, None for the whole family."""
        return int(self.barn.data) if self.barn.data else None

    @property
    def nytt_grunnlag(self) -> NyttGrunnlag | None:
        """Consent or authority to register with the referral; None for what the case already has."""
        mottaker_id = self._mottakere.get(self.tiltak.data)
        if mottaker_id is None or self.grunnlag.data not in set(Grunnlag):
            return None
        return self.grunnlag_for(mottaker_id, Grunnlag(self.grunnlag.data))


class RettHenvisningForm(_Rettelse):
    """The referral's child, that child's wishes, the family's needs."""

    sak_versjon = HiddenField()
    barn = Nedtrekk(lazy_gettext(N_("Hvem gjelder det?")))
    oenske1 = Nedtrekk(lazy_gettext(N_("Barnets første ønske")))
    oenske2 = Nedtrekk(lazy_gettext(N_("Andre ønske")))
    oenske3 = Nedtrekk(lazy_gettext(N_("Tredje ønske")))
    behov = Flervalg(lazy_gettext(N_("Hva trenger familien hjelp til?")))

    def __init__(self, *args: Any, henvisning: Henvisning, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._henvisning = henvisning
        self.barn.choices = barnevalg(henvisning.sak.barn)
        self.behov.choices = valg(Behov)
        for oenske in self._oenskefelter:
            oenske.choices = valg(Aktivitet, N_("Ikke valgt"))

    @property
    def _oenskefelter(self) -> tuple[Nedtrekk, ...]:
        return self.oenske1, self.oenske2, self.oenske3

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape; where it is wrong, what the rules say of the rest is told in the same round."""
        ok = bool(super().validate(extra_validators))
        if not ok and not self.barn.errors:
            oensker = [o.data for o in self._oenskefelter if o.data]
            self.ogsaa(rettefeil(self._henvisning, self.barn_id, oensker))
        return ok

    @property
    def barn_id(self) -> int | None:
        """The child's key, None for the whole family."""
        return int(self.barn.data) if self.barn.data else None

    def kommando(self) -> HenvisningRettelse:
        """What is asked for."""
        return HenvisningRettelse(
            barn_id=self.barn_id,
            oensker=tuple(Aktivitet(o.data) for o in self._oenskefelter if o.data),
            behov=frozenset(Behov(b) for b in self.behov.data or ()),
            grunn=Rettegrunn(self.grunn.data),
            versjon=versjon(self.versjon),
            sak_versjon=versjon(self.sak_versjon),
        )


def barnevalg(barn: Sequence[Barn]) -> list[tuple[str, str]]:
    """The family and each child as choices."""
    familien = [("", gettext(N_("Hele familien")))]
    mal = gettext(N_("Barn %(nr)d, født %(aar)d"))
    return [*familien, *((str(b.id), mal % {"nr": b.lopenummer, "aar": b.foedselsaar}) for b in barn)]


class SvarForm(BaseForm):
    """Answer to a receiver's question."""

    svar = RadioField(lazy_gettext(N_("Svar")), validators=[MaaFyllesUt(N_("Velg et svar."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.svar.choices = valg(Svar)


class OverleverForm(BaseForm):
    """Who is to have the case."""

    til = SelectField(lazy_gettext(N_("Kollega")), validators=[MaaFyllesUt(N_("Velg en kollega."))])

    def __init__(self, *args: Any, kolleger: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.til.choices = [(str(k.id), k.visningsnavn) for k in kolleger]


class FinnForm(BaseForm):
    """Find a case: by its reference, or by what the municipality links by, a child's number or the family's code."""

    referanse = Tekstfelt(lazy_gettext(N_("Sakens referanse")), maks=40)
    fnr = StringField(lazy_gettext(N_("Barnets fødselsnummer eller D-nummer")))
    kode = Tekstfelt(lazy_gettext(N_("Familiens kode")), maks=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.normalisert: str | None = None
        """The reference as it is stored; known after validate()."""
        self._nummer: str | None = None
        self._kode: str | None = None
        if not kobler():
            del self.fnr
        if not bruker_koder():
            del self.kode

    def validate_referanse(self, field: StringField) -> None:
        """A reference has a check character: a mistyped one is told at once."""
        self.normalisert = referanse.normaliser(field.data) if field.data else None
        if field.data and self.normalisert is None:
            raise ValidationError(gettext(N_("Dette er ikke en referanse. Den ser slik ut: F-7K3M-Q2.")))
        if not field.data and not any((felt.data or "").strip() for felt in self._oppslag):
            med_kode, med_nummer = N_("Skriv en referanse eller en kode."), N_("Skriv en referanse eller et nummer.")
            raise ValidationError(gettext(med_kode if "kode" in self else med_nummer))

    def validate_fnr(self, field: StringField) -> None:
        """Check the number; the message never repeats it."""
        if not (field.data or "").strip():
            return
        if self.referanse.data:
            raise ValidationError(gettext(N_("Skriv enten en referanse eller et nummer, ikke begge.")))
        try:
            self._nummer = identitetsnummer.sjekk(field.data or "", syntetisk=innstillinger().demo)
        except identitetsnummer.Ugyldig as feil:
            raise ValidationError(gettext(str(feil))) from None

    def validate_kode(self, field: StringField) -> None:
        """Check the code; the message never repeats it."""
        if not field.data:
            return
        if self.referanse.data:
            raise ValidationError(gettext(N_("Skriv enten en referanse eller en kode, ikke begge.")))
        self._kode = les_kode(field)

    @property
    def _oppslag(self) -> list[Field]:
        return [self[navn] for navn in ("fnr", "kode") if navn in self]

    def for_mange(self, melding: str) -> None:
        """Say at the field that was looked up in that there were too many."""
        for felt in (self.referanse, *self._oppslag):
            if (felt.data or "").strip():
                felt.errors = [melding]

    @property
    def med_nummer(self) -> bool:
        """Whether a number or a code is looked up."""
        return self._nummer is not None or self._kode is not None

    def blindindeks(self) -> bytes | None:
        """The number as an index; slow on purpose."""
        return crypto.blindindeks(crypto.gjeldende(), self._nummer) if self._nummer else None

    def kodeindeks(self) -> bytes | None:
        """The code as an index; slow on purpose."""
        return Koblingskode(self._kode).indeks if self._kode else None
