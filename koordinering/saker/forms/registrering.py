"""The registering page as one form, and the command it makes."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, FormField, HiddenField, SubmitField
from wtforms.validators import Optional

from koordinering import crypto
from koordinering.errors import brutt
from koordinering.saker.forms.felter import BarnFelter, Radliste, valg
from koordinering.saker.forms.kode import FELTENE, KodeFelter
from koordinering.saker.forms.samtykke import GrunnlagFelter, MottakerFelter, Mottakerliste, senere
from koordinering.saker.rules.behov import Behov, Grunnlag, JaNeiVetIkke
from koordinering.saker.rules.koblingskode import Kodevalg
from koordinering.saker.rules.registrering import MAKS_BARN, SAKSNUMMER, like, sjekk_valgt
from koordinering.saker.services import NyHenvisning, NySak, NyttGrunnlag, gjelder, grunnlagsfeil
from koordinering.tekst import N_
from koordinering.tiltak.queries import Henvisbart
from koordinering.tiltak.rules import Mekanikk
from koordinering.users import Enhet
from koordinering.web.skjema import BaseForm, Flervalg, Fritekstfelt, MaaFyllesUt, RadioField, SelectField
from koordinering.web.sprak import gettext

_GRUNNLAG = frozenset(Grunnlag)

LEDIGE_RADER = 5
"""Empty children on the page for whoever has no JavaScript; more are added to the case afterwards."""


class BarnMedTiltak(BarnFelter):
    """A child with the measures it is referred to."""

    tiltak = Flervalg(lazy_gettext(N_("Henvis barnet til")))
    utelat = BooleanField(lazy_gettext(N_("Ta ikke med dette barnet")))

    @property
    def regnes_ikke(self) -> bool:
        """A spare row that nothing was written in, or one to leave out."""
        return bool(self.utelat.data) or not any(str(v).strip() for felt in self for v in felt.raw_data or ())


class NySakForm(KodeFelter, GrunnlagFelter, BaseForm):
    """One page: children, three questions, needs, measures, consent, linking code, own reference."""

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
    mottakere = Mottakerliste(FormField(MottakerFelter), label=lazy_gettext(N_("Grunnlag for en enhet")))
    egen_referanse = Fritekstfelt(lazy_gettext(N_("Enhetens egen referanse")), maks=60, unntatt=SAKSNUMMER)
    likevel = BooleanField(lazy_gettext(N_("Lag en ny sak likevel, for barnet har to hjem")))
    utkast = SubmitField()

    radtegn = "__i__"
    """Stands for the number of a row that is copied."""

    def __init__(
        self,
        *args: Any,
        enheter: Sequence[Enhet],
        familietiltak: Sequence[Henvisbart],
        barnetiltak: Sequence[Henvisbart],
    ) -> None:
        self.uferdige: set[str] = set()
        """Units whose basis a draft has begun on; nothing is kept of it. Known after validate()."""
        self._tiltak: Mapping[str, Henvisbart] = {t.id: t for t in (*familietiltak, *barnetiltak)}
        self._barnetiltak = [(t.id, t.kortnavn) for t in barnetiltak]
        self._andre = _mottakere(self._tiltak.values(), enheter)
        super().__init__(*args)
        if not self.innsending.raw_data:
            self.innsending.data = crypto.nytt_token()
        self.enhet.choices = [(e.id, e.navn) for e in enheter]
        if len(enheter) == 1:
            self.enhet.data = enheter[0].id
        self.i_maalgruppe.choices = valg((JaNeiVetIkke.JA, JaNeiVetIkke.NEI))
        self.behov.choices = valg(Behov)
        self.tiltak.choices = [(t.id, t.kortnavn) for t in familietiltak]
        self.grunnlag.choices = [*valg(Grunnlag), senere()]
        self.sist("mottakere", *FELTENE, "egen_referanse")
        self.sett_kodevalg((Kodevalg.HAR, Kodevalg.NY, Kodevalg.UTEN))
        if self.bruker_kode:
            self.likevel.label.text = gettext(N_("Lag en ny sak likevel"))
        rader: Any = self.mottakere
        rader.entries = [self._med_valg(rad) for rad in rader if rad.form.mottaker.data in self._andre]
        self._dropp_rader()

    def _med_valg(self, rad: Any) -> Any:
        mottaker_id = rad.form.mottaker.data
        rad.form.sett_valg(self.grunnlag.choices, self.hjemmel.choices)
        rad.form.radnavn = self._andre[mottaker_id]
        rad.form.tiltak = [t.id for t in self._tiltak.values() if t.mottaker_id == mottaker_id]
        return rad

    def be_om_numrene(self) -> None:
        """For a page that comes back with something wrong: the numbers that were typed are not on it any more."""
        for rad in self.barn:
            rad.form.be_om_nummeret()

    def med_alle_mottakere(self) -> Self:
        """For showing it: a row for each receiving unit, in their order, also those that nobody has touched."""
        rader: Any = self.mottakere
        for mottaker_id in self._andre.keys() - {rad.form.mottaker.data for rad in rader}:
            self._med_valg(rader.append_entry({"mottaker": mottaker_id}))
        orden = list(self._andre)
        rader.entries.sort(key=lambda rad: orden.index(rad.form.mottaker.data))
        rader._compact_indices()
        return self

    def _dropp_rader(self) -> None:
        """Leave out the rows that are no child; the first is kept where no other is."""
        rader: Any = self.barn
        rader.entries = [rad for rad in self.barn if not rad.form.regnes_ikke] or rader.entries[:1]
        rader._compact_indices()  # as WTForms does after reading: the browser numbers the next row from these
        for rad in self.barn:
            rad.form.tiltak.choices = self._barnetiltak

    @property
    def mal(self) -> BarnMedTiltak:
        """An empty child, with `radtegn` where its number goes: the browser copies it, and so do the spare rows."""
        rad = BarnMedTiltak(prefix=f"barn-{self.radtegn}-")  # a prefix that ends in "_" gets no hyphen by itself
        rad.tiltak.choices = self._barnetiltak
        return rad

    @property
    def ledige_rader(self) -> range:
        """Numbers of empty children for whoever has no JavaScript: asking for one more would lose what was typed."""
        neste = len(self.barn)
        return range(neste, min(neste + LEDIGE_RADER, MAKS_BARN))

    @property
    def med_nummer(self) -> bool:
        """Whether a number or a code stands in the form."""
        return self.med_kode or any(rad.form.med_nummer for rad in self.barn)

    @property
    def til_andre(self) -> list[str]:
        """The measures that another unit receives: only they need a basis."""
        return [tiltak_id for rad in self.mottakere for tiltak_id in rad.form.tiltak]

    @property
    def mottakere_aapne(self) -> bool:
        """A unit has a basis of its own, or something is wrong with it: that part is not folded."""
        return any(rad.form.valg.data or rad.form.errors for rad in self.mottakere)

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape only; something chosen for every unit that is to receive, and all of it filled in.

        In a draft what is empty can wait, unless nothing could be kept in its place; what is wrong cannot.
        """
        if self.utkast.data:
            for felt in self._kan_vente():
                felt.validators = [Optional()]
        ok = bool(super().validate(extra_validators))
        mangler = not self.utkast.data and self._navn()
        if mangler:
            self.grunnlag.errors = [
                gettext(N_("Velg grunnlag for å sende til %(enheter)s.")) % {"enheter": ", ".join(mangler)}
            ]
        hele, kort, resten = self._hele_grunnlag(), self._kort_er_valgt(), self._hele_familien()
        return ok and not mangler and hele and kort and resten

    def _kan_vente(self) -> list[Field]:
        """Questions that a draft may leave open. A child has a year, and a case is in the target group or not."""
        barna = [felt for rad in self.barn for felt in (rad.form.deltar, rad.form.spurt)]
        return [*barna, self.kodevalg] if self.bruker_kode else barna

    @property
    def ubesvart(self) -> bool:
        """A draft leaves something open that is kept as not known."""
        return any(not felt.data for rad in self.barn for felt in (rad.form.deltar, rad.form.spurt))

    def _hele_familien(self) -> bool:
        """What the children say of each other, and whether anything is chosen: told with all else, not after it."""
        feilene = list(like("barn-{}-fnr", [rad.form.nummer for rad in self.barn]))
        if not self.utkast.data:
            feilene += brutt(sjekk_valgt, "tiltak", self._henvisninger)
        self.ogsaa(feilene)
        return not feilene

    def _kort_er_valgt(self) -> bool:
        """A card is handed out now only where one is chosen that the family's unit keeps; a draft is not sent."""
        if self.utkast.data or not self.del_ut.data:
            return True
        valgte = [self._tiltak[h.tiltak_id] for h in self._henvisninger]
        if any(Mekanikk.KORT in t.slag and t.mottaker_id == self.enhet.data for t in valgte):
            return True
        self.del_ut.errors = [gettext(N_("Velg kortet også, eller ta bort krysset. Bare kort deles ut nå."))]
        return False

    def _hele_grunnlag(self) -> bool:
        """Tell what is missing of each basis at its own fields. A child without a year keeps nobody from consenting."""
        foedselsaar = [int(rad.form.foedselsaar.data or 0) for rad in self.barn]
        hele = True
        for sted, grunnlag in self._grunnlag:
            til = gjelder(grunnlag.mottaker_id, self._henvisninger, foedselsaar, self._tiltak)
            barna = foedselsaar if grunnlag.alle else til
            for feil in grunnlagsfeil(grunnlag, barna):
                felt, tekst = sted._fields[feil.felt], gettext(str(feil))
                if self.utkast.data and not felt.data:
                    self.uferdige.add(grunnlag.mottaker_id)
                    continue
                felt.errors = [tekst, *(e for e in felt.errors if e != tekst)]  # the one for all serves several units
                hele = False
        return hele

    def _navn(self) -> list[str]:
        """Units that are to receive something and have no basis."""
        uten = [m for m in self._mottar if not self._sted(m)[1]]
        if not uten:
            return []
        enheter = {t.mottaker_id: t.mottaker.kortnavn for t in self._tiltak.values() if t.mottaker is not None}
        return sorted(enheter[m] for m in uten)

    # What is chosen is read from the fields once: it stands as it was sent, from when the form is made.

    @cached_property
    def _henvisninger(self) -> tuple[NyHenvisning, ...]:
        """What is chosen of what there is; anything else is an error at its field, and is no referral."""
        familie = [NyHenvisning(t) for t in self.tiltak.data or ()]
        barn = [NyHenvisning(t, nr) for nr, rad in enumerate(self.barn) for t in rad.form.tiltak.data or ()]
        return tuple(h for h in (*familie, *barn) if h.tiltak_id in self._tiltak)

    @cached_property
    def _mottar(self) -> list[str]:
        """The other units that the chosen measures go to."""
        valgte = {self._tiltak[h.tiltak_id].mottaker_id for h in self._henvisninger}
        return sorted(m for m in valgte if m is not None and m != self.enhet.data)

    def _sted(self, mottaker_id: str) -> tuple[GrunnlagFelter, str]:
        """Where the basis of a unit stands, and which it is: its own, else that for all."""
        for rad in self.mottakere:
            if rad.form.mottaker.data == mottaker_id and rad.form.valg.data:
                return rad.form, str(rad.form.valg.data)
        return self, str(self.grunnlag.data or "")

    @cached_property
    def _grunnlag(self) -> list[tuple[GrunnlagFelter, NyttGrunnlag]]:
        """What is asked for each unit that is to receive, with the fields it stands in."""
        alle = [(mottaker_id, *self._sted(mottaker_id)) for mottaker_id in self._mottar]
        return [(sted, sted.grunnlag_for(m, Grunnlag(valgt))) for m, sted, valgt in alle if valgt in _GRUNNLAG]

    def kommando(self) -> NySak:
        """What is asked for. Slow where there are numbers or a code: call it before the transaction."""
        barn = tuple(rad.form.kommando() for rad in self.barn)
        return NySak(
            enhet_id=self.enhet.data,
            i_maalgruppe=self.i_maalgruppe.data == JaNeiVetIkke.JA,
            barn=barn,
            behov=frozenset(Behov(b) for b in self.behov.data or ()),
            henvisninger=self._henvisninger,
            grunnlag=tuple(en for _, en in self._grunnlag if en.mottaker_id not in self.uferdige),
            egen_referanse=self.egen_referanse.data or None,
            utkast=bool(self.utkast.data),
            likevel=bool(self.likevel.data),
            kode=self.koden([b.foedselsaar for b in barn]),
            innsending=self.innsending.data or None,
        )

    def feltet(self, navn: str) -> Field | None:
        """The field that a rule names, also inside a child's row («barn-0-foedselsaar»)."""
        deler = navn.split("-", 2)
        if len(deler) == 3 and deler[0] == "barn" and deler[1].isdigit() and int(deler[1]) < len(self.barn):
            rad: BarnMedTiltak = self.barn[int(deler[1])].form
            return rad._fields.get(deler[2])
        return super().feltet(navn)


def _mottakere(tiltak: Collection[Henvisbart], egne: Sequence[Enhet]) -> dict[str, str]:
    """Units that can receive something from here, id to name; one's own needs no basis."""
    egne_ider = {e.id for e in egne} if len(egne) == 1 else set()
    andre = [t.mottaker for t in tiltak if t.mottaker is not None and t.mottaker.id not in egne_ider]
    return {enhet.id: enhet.kortnavn for enhet in andre}
