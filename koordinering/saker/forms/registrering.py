"""The registering page as one form, and the command it makes."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Form, FormField, HiddenField, RadioField, SelectField, SubmitField
from wtforms.fields import Label

from koordinering import crypto
from koordinering.errors import UgyldigFelt
from koordinering.saker.forms.felter import BarnFelter, Flervalg, Nedtrekk, Radliste, Valg, radnummer, valg
from koordinering.saker.forms.samtykke import GrunnlagFelter
from koordinering.saker.rules.behov import Behov, Grunnlag, JaNeiVetIkke
from koordinering.saker.rules.registrering import MAKS_BARN
from koordinering.saker.services import NyHenvisning, NySak, NyttGrunnlag
from koordinering.tekst import N_
from koordinering.tiltak.models import Tiltak
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, MaaFyllesUt, Tekstfelt

SENERE = "senere"
"""Consent is to be had later: the referral waits for it."""


class BarnMedTiltak(BarnFelter):
    """A child with the measures it is referred to."""

    tiltak = Flervalg(lazy_gettext(N_("Henvis barnet til")))


class MottakerFelter(Form):
    """Another basis for one receiving unit than the one chosen for all."""

    class Meta(BaseForm.Meta):
        """The token stands in the form around it."""

        csrf = False

    mottaker = HiddenField()
    valg = Nedtrekk()


class NySakForm(GrunnlagFelter):
    """One page: children, three questions, needs, measures, consent, own reference."""

    innsending = HiddenField()
    enhet = SelectField(lazy_gettext(N_("Registreres for")))
    barn = Radliste(FormField(BarnMedTiltak), label=lazy_gettext(N_("Barn")), min_entries=1, max_entries=MAKS_BARN)
    i_maalgruppe = RadioField(
        lazy_gettext(N_("Er familien i målgruppen, slik tjenesten vurderer det?")),
        validators=[MaaFyllesUt(N_("Velg om familien er i målgruppen."))],
    )
    behov = Flervalg(lazy_gettext(N_("Hva trenger familien hjelp til?")))
    tiltak = Flervalg(lazy_gettext(N_("Tiltak for hele familien")))
    del_ut = BooleanField(lazy_gettext(N_("Del ut kort nå hvis det er et ledig")))
    grunnlag = RadioField(lazy_gettext(N_("Grunnlag for å sende til andre enheter")), validate_choice=False)
    mottakere = Radliste(FormField(MottakerFelter), label=lazy_gettext(N_("Annet grunnlag for en enhet")))
    egen_referanse = Tekstfelt(lazy_gettext(N_("Enhetens egen referanse")), maks=60)
    likevel = BooleanField(lazy_gettext(N_("Lag en ny sak likevel, for barnet har to hjem")))
    utkast = SubmitField()

    def __init__(
        self, *args: Any, enheter: Sequence[Enhet], familietiltak: Sequence[Tiltak], barnetiltak: Sequence[Tiltak]
    ) -> None:
        self._tiltak: Mapping[str, Tiltak] = {t.id: t for t in (*familietiltak, *barnetiltak)}
        self._barnetiltak = [(t.id, t.kortnavn) for t in barnetiltak]
        andre = _mottakere(self._tiltak.values(), enheter)
        super().__init__(*args, data={"innsending": crypto.nytt_token(), "mottakere": [{"mottaker": e} for e in andre]})
        self.enhet.choices = [(e.id, e.navn) for e in enheter]
        if len(enheter) == 1:
            self.enhet.data = enheter[0].id
        self.i_maalgruppe.choices = valg((JaNeiVetIkke.JA, JaNeiVetIkke.NEI))
        self.behov.choices = valg(Behov)
        self.tiltak.choices = [(t.id, t.kortnavn) for t in familietiltak]
        grunnlag = [*valg(Grunnlag), (SENERE, gettext(N_("Samtykke innhentes senere")))]
        self.grunnlag.choices = grunnlag
        self._sett_mottakervalg(andre, grunnlag)
        self._sett_barnetiltak()

    def _sett_mottakervalg(self, andre: Mapping[str, str], grunnlag: Valg) -> None:
        som_over = [("", gettext(N_("Som over")))]
        for rad in self.mottakere:
            rad.form.valg.choices = [*som_over, *grunnlag]
            rad.form.valg.label = Label(rad.form.valg.id, andre.get(rad.form.mottaker.data or "", ""))

    def _sett_barnetiltak(self) -> None:
        for rad in self.barn:
            rad.form.tiltak.choices = self._barnetiltak

    @property
    def mal(self) -> BarnMedTiltak:
        """An empty child for the template that the browser copies."""
        rad = BarnMedTiltak(prefix="barn-__i__-")  # a prefix that ends in "_" gets no hyphen by itself
        rad.tiltak.choices = self._barnetiltak
        return rad

    def juster_rader(self, sendt: Mapping[str, str]) -> bool:
        """Add or drop a child when that is the button that was pressed; tell whether it was."""
        if "legg_til_barn" in sendt:
            if len(self.barn) < MAKS_BARN:
                self.barn.append_entry()
            self._sett_barnetiltak()
            return True
        if "fjern_barn" not in sendt:
            return False
        nr = radnummer(sendt["fjern_barn"])
        if nr is not None and nr < len(self.barn) and len(self.barn) > 1:
            rader: Any = self.barn
            del rader.entries[nr]
            rader._compact_indices()  # as WTForms does after reading: the browser numbers the next row from these
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape only; and something chosen for every unit that is to receive."""
        ok = bool(super().validate(extra_validators))
        if ok and not self.utkast.data and any(not self._valgt(m) for m in self._mottar()):
            self.grunnlag.errors = [
                gettext(N_("Velg grunnlag for å sende til %(enheter)s.")) % {"enheter": ", ".join(self._navn())}
            ]
            return False
        return ok

    def _navn(self) -> list[str]:
        enheter = {t.mottaker_id: t.mottaker.kortnavn for t in self._tiltak.values() if t.mottaker is not None}
        return sorted(enheter[m] for m in self._mottar() if not self._valgt(m))

    def _henvisninger(self) -> tuple[NyHenvisning, ...]:
        familie = [NyHenvisning(t) for t in self.tiltak.data or ()]
        barn = [NyHenvisning(t, nr) for nr, rad in enumerate(self.barn) for t in rad.form.tiltak.data or ()]
        return (*familie, *barn)

    def _mottar(self) -> list[str]:
        """The other units that the chosen measures go to."""
        valgte = {self._tiltak[h.tiltak_id].mottaker_id for h in self._henvisninger()}
        return sorted(m for m in valgte if m is not None and m != self.enhet.data)

    def _valgt(self, mottaker_id: str) -> str:
        """The basis chosen for a unit: its own, else that for all."""
        for rad in self.mottakere:
            if rad.form.mottaker.data == mottaker_id and rad.form.valg.data:
                return str(rad.form.valg.data)
        return str(self.grunnlag.data or "")

    def kommando(self) -> NySak:
        """What is asked for. Slow where there are numbers: call it before the transaction."""
        valgt = {m: self._valgt(m) for m in self._mottar()}
        grunnlag = [_grunnlag(self, m, v) for m, v in valgt.items() if v in set(Grunnlag)]
        return NySak(
            enhet_id=self.enhet.data,
            i_maalgruppe=self.i_maalgruppe.data == JaNeiVetIkke.JA,
            barn=tuple(rad.form.kommando() for rad in self.barn),
            behov=frozenset(Behov(b) for b in self.behov.data or ()),
            henvisninger=self._henvisninger(),
            grunnlag=tuple(grunnlag),
            egen_referanse=self.egen_referanse.data or None,
            utkast=bool(self.utkast.data),
            likevel=bool(self.likevel.data),
            innsending=self.innsending.data or None,
        )

    def feil(self, feil: UgyldigFelt) -> None:
        """Put a broken rule at its field, also inside a child's row («barn-0-foedselsaar»)."""
        deler = feil.felt.split("-", 2)
        if len(deler) == 3 and deler[0] == "barn" and deler[1].isdigit() and int(deler[1]) < len(self.barn):
            felt = self.barn[int(deler[1])].form._fields.get(deler[2])
            if felt is not None:
                felt.errors = [*felt.errors, gettext(str(feil))]
                return
        super().feil(feil)


def _grunnlag(form: GrunnlagFelter, mottaker_id: str, valgt: str) -> NyttGrunnlag:
    return form.grunnlag_for(mottaker_id, Grunnlag(valgt))


def _mottakere(tiltak: Collection[Tiltak], egne: Sequence[Enhet]) -> dict[str, str]:
    """Units that can receive something from here, id to name; one's own needs no basis."""
    egne_ider = {e.id for e in egne} if len(egne) == 1 else set()
    andre = [t.mottaker for t in tiltak if t.mottaker is not None and t.mottaker.id not in egne_ider]
    return {enhet.id: enhet.kortnavn for enhet in andre}
