"""Fields that several forms about cases share: choices from code lists, and a child."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import lazy_gettext
from wtforms import FieldList, StringField
from wtforms.validators import ValidationError

from koordinering import crypto
from koordinering.db import i_dag
from koordinering.errors import brutt
from koordinering.saker.models import Barn
from koordinering.saker.rules import identitetsnummer
from koordinering.saker.rules.behov import JaNeiVetIkke, Kjoenn, Spurt
from koordinering.saker.rules.identitetsnummer import Grunn
from koordinering.saker.rules.registrering import UBESVART_DELTAR, UBESVART_SPURT, sjekk_foedselsaar, sjekk_oensker
from koordinering.saker.services import NyttBarn
from koordinering.tekst import N_, Kode
from koordinering.tiltak.rules import Aktivitet
from koordinering.users import Koblingsmodus, Kommune, kommune
from koordinering.web.huset import innstillinger
from koordinering.web.skjema import MaaFyllesUt, RadioField, SelectField, Skjemadel, ved_feltet
from koordinering.web.sprak import gettext, kodetekster
from koordinering.web.tallfelt import Heltallsfelt

Valg = Sequence[tuple[str, str]]

PASSER_IKKE = N_("Fødselsåret og nummeret passer ikke sammen. Se over begge.")


def valg(koder: type[Kode] | Iterable[Kode], tomt: str | None = None) -> Valg:
    """Choices of a code list; `tomt` is the text of the empty one, None for no such."""
    kodene = kodetekster(koder)
    return kodene if tomt is None else (("", gettext(tomt)), *kodene)


class Radliste(FieldList):  # type: ignore[type-arg]  # generic in its stubs, not when it runs
    """Rows numbered by the browser; a field name with anything but a short number in it is not a row."""

    def _extract_indices(self, prefix: str, formdata: Iterable[str]) -> set[int]:
        """Only 0 to 999: WTForms itself takes «²» and numbers of any length, and fails on them."""
        foran = f"{prefix}-"
        lengde = len(foran)
        tekster = {navn[lengde:].split("-", 1)[0] for navn in formdata if navn.startswith(foran)}
        return {int(tekst) for tekst in tekster if _RADNUMMER.fullmatch(tekst)}


_RADNUMMER = re.compile(r"[0-9]{1,3}")


class Nedtrekk(SelectField):
    """One of a list that need not be chosen; a field that was hidden and not sent is the same as an empty one."""

    def pre_validate(self, form: Any) -> None:
        """Nothing chosen is fine."""
        if self.data:
            super().pre_validate(form)


def kobler(hvem: Kommune | None = None) -> bool:
    """Whether the municipality links children by number."""
    return (hvem or kommune()).koblingsmodus is Koblingsmodus.NUMMER


class Nummerfelt(StringField):
    """An identity number; the script looks at it too, before the form is sent."""

    def __call__(self, **kwargs: object) -> Any:
        """Shown with what the script says: a form that was sent and was right shows nothing."""
        return super().__call__(**{**_nummertekster(), **kwargs})


def _nummertekster() -> dict[str, str]:
    """What the script says of a number before the form is sent: as the server would, and that it looks is enough."""
    grunner = (Grunn.IKKE_SIFRE, Grunn.LENGDE, Grunn.DATO, Grunn.KONTROLLSIFRE)
    ubesvart = N_("Svar på dette før du sender, så slipper du å skrive nummeret på nytt.")
    return {
        "data_nummer": "",
        "data_feil": gettext(N_("Feil:")),
        "data_aar": gettext(PASSER_IKKE),
        "data_ubesvart": gettext(ubesvart),
        **{f"data_{grunn.value}": gettext(grunn.tekst) for grunn in grunner},
    }


class BarnFelter(Skjemadel):
    """A child. The number is checked and turned into an index here, and never leaves the form."""

    foedselsaar = Heltallsfelt(
        lazy_gettext(N_("Fødselsår")), validators=[MaaFyllesUt(N_("Skriv fødselsåret med fire sifre."))]
    )
    fnr = Nummerfelt(lazy_gettext(N_("Fødselsnummer eller D-nummer")))
    kjoenn = Nedtrekk(lazy_gettext(N_("Kjønn")))
    deltar = RadioField(
        lazy_gettext(N_("Deltar barnet fast i en organisert aktivitet i dag?")),
        validators=[MaaFyllesUt(N_("Velg om barnet deltar fast i en aktivitet."))],
    )
    spurt = RadioField(
        lazy_gettext(N_("Er barnet spurt om hva det vil?")),
        validators=[MaaFyllesUt(N_("Velg om barnet er spurt."))],
    )
    oenske1 = Nedtrekk(lazy_gettext(N_("Barnets første ønske")))
    oenske2 = Nedtrekk(lazy_gettext(N_("Andre ønske")))
    oenske3 = Nedtrekk(lazy_gettext(N_("Tredje ønske")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kjoenn.choices = valg(Kjoenn, N_("Ikke oppgitt"))
        self.deltar.choices = valg(JaNeiVetIkke)
        self.spurt.choices = valg(Spurt)
        self.oenske1.choices = self.oenske2.choices = self.oenske3.choices = valg(Aktivitet, N_("Ikke valgt"))
        self._nummer: str | None = None
        vi = kommune()
        if not kobler(vi):
            del self.fnr
        if not vi.registrer_kjoenn:
            del self.kjoenn

    def validate_foedselsaar(self, field: Heltallsfelt) -> None:
        """A year that a child can be born in, told together with what else is wrong."""
        if field.errors:
            return
        with ved_feltet():
            sjekk_foedselsaar("foedselsaar", field.data or 0, i_dag().year)

    def validate_fnr(self, field: StringField) -> None:
        """Check the number; the message never repeats it."""
        if not (field.data or "").strip():
            return
        try:
            self._nummer = identitetsnummer.sjekk(field.data or "", syntetisk=innstillinger().demo)
        except identitetsnummer.Ugyldig as feil:
            raise ValidationError(gettext(str(feil))) from None

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape, and what the fields say of each other; no message repeats what was typed."""
        ok = bool(super().validate(extra_validators))
        aar, oenskene = self.foedselsaar, [o.data for o in self._oenskefelter if o.data]
        if self._nummer is not None and not aar.errors and not identitetsnummer.passer(self._nummer, aar.data or 0):
            aar.errors = [gettext(PASSER_IKKE)]
            ok = False
        for feil in brutt(sjekk_oensker, "oenske1", oenskene):
            self.oenske1.errors = [*self.oenske1.errors, gettext(str(feil))]
            ok = False
        return ok

    @property
    def med_nummer(self) -> bool:
        """Whether a number stands in the form."""
        return self._nummer is not None

    def be_om_nummeret(self) -> None:
        """For a page that comes back: a child whose number is not on it any more must not lose it without a word."""
        if "fnr" not in self._fields or not (self.fnr.data or "").strip():
            return
        paa_nytt = N_("Skriv nummeret på nytt. Det glemmes hver gang siden sendes, så ingen andre kan se det.")
        self.fnr.errors = [" ".join([*map(str, self.fnr.errors[:1]), gettext(paa_nytt)])]

    @property
    def nummer(self) -> str | None:
        """The number after validate(), None where there is none; it goes no further than the form."""
        return self._nummer

    @property
    def _oenskefelter(self) -> tuple[Nedtrekk, ...]:
        return self.oenske1, self.oenske2, self.oenske3

    def oensker(self) -> tuple[Aktivitet, ...]:
        """The wishes in order, without gaps."""
        return tuple(Aktivitet(o.data) for o in self._oenskefelter if o.data)

    def kommando(self) -> NyttBarn:
        """What is asked for. Slow where there is a number: call it before the transaction."""
        kjoenn = self.kjoenn.data if "kjoenn" in self._fields else None
        return NyttBarn(
            foedselsaar=int(self.foedselsaar.data or 0),
            kjoenn=Kjoenn(kjoenn) if kjoenn else None,
            deltar=JaNeiVetIkke(self.deltar.data or UBESVART_DELTAR),
            spurt=Spurt(self.spurt.data or UBESVART_SPURT),
            oensker=self.oensker(),
            blindindeks=crypto.blindindeks(crypto.gjeldende(), self._nummer) if self._nummer else None,
        )


def barnedata(barn: Barn) -> dict[str, Any]:
    """What a form about a child that exists shows; never a number."""
    return {
        "foedselsaar": barn.foedselsaar,
        "kjoenn": barn.kjoenn.value if barn.kjoenn else "",
        "deltar": barn.deltar.value,
        "spurt": barn.spurt.value,
        **oenskedata([o.aktivitet for o in barn.oensker]),
    }


def oenskedata(oensker: Sequence[Aktivitet]) -> dict[str, str]:
    """Wishes as the three fields show them."""
    return {f"oenske{nr}": oenske.value for nr, oenske in enumerate(oensker, 1)}
