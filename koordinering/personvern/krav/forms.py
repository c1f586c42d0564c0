"""Forms of requests: register, move, answer; ask the units for a joint answer, and answer for one's part."""

import re
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, HiddenField, StringField, ValidationError
from wtforms.widgets import TextInput

from koordinering import crypto
from koordinering.db import i_dag, tilfeldig_id
from koordinering.personvern.krav.rules.frist import (
    OM_EN_SAK,
    VALGBARE,
    Delgrunn,
    Delsvar,
    Kravgrunn,
    Kravslag,
    Rettet,
    Sjekk,
    Utfall,
    Utsettelsesgrunn,
)
from koordinering.saker.forms.felter import Nedtrekk, kobler, valg
from koordinering.saker.rules import identitetsnummer, referanse
from koordinering.saker.rules.overganger import Gjenaapningsgrunn
from koordinering.tekst import N_
from koordinering.web.huset import innstillinger
from koordinering.web.skjema import (
    DATO,
    NOEKKELSIFRE,
    BaseForm,
    DateField,
    Flervalg,
    MaaFyllesUt,
    RadioField,
    Tekstfelt,
    heltall,
)
from koordinering.web.sprak import gettext

MAKS_REFERANSER = 10
"""References in one joint request; a family is told one by each service."""


def _mottatt() -> DateField:
    return DateField(
        lazy_gettext(N_("Når kom kravet?")),
        description=lazy_gettext(N_("dd.mm.åååå. Fristen er 30 dager fra denne dagen.")),
        format=DATO,
        widget=TextInput(),
        validators=[MaaFyllesUt(N_("Skriv dagen kravet kom."))],
    )


class KravForm(BaseForm):
    """What the family asks for, and when."""

    slag = RadioField(lazy_gettext(N_("Hva ber familien om?")), validators=[MaaFyllesUt(N_("Velg hva."))])
    mottatt = _mottatt()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.slag.choices = valg(OM_EN_SAK)

    @property
    def dag(self) -> date:
        """The day that was typed; only after validate()."""
        return self.mottatt.data or i_dag()

    @property
    def kravslag(self) -> Kravslag:
        """The kind that was chosen."""
        return Kravslag(self.slag.data)


class UtsettForm(BaseForm):
    """Why the answer takes longer."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor utsettes fristen?")), validators=[MaaFyllesUt(N_("Velg hvorfor."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="utsett-", **kwargs)
        self.grunn.choices = valg(Utsettelsesgrunn)


class FerdigForm(BaseForm):
    """What came of it."""

    utfall = RadioField(lazy_gettext(N_("Hva er gjort?")), validators=[MaaFyllesUt(N_("Velg hva som er gjort."))])
    rettet = Flervalg(lazy_gettext(N_("Hva ble rettet?")))
    grunn = Nedtrekk(lazy_gettext(N_("Hvorfor ikke alt?")))

    def __init__(self, *args: Any, slag: Kravslag, **kwargs: Any) -> None:
        super().__init__(*args, prefix="ferdig-", **kwargs)
        self.utfall.choices = valg(VALGBARE[slag])
        self.rettet.choices = valg(Rettet)
        self.grunn.choices = valg(Kravgrunn, N_("Ikke valgt"))
        if slag is not Kravslag.RETTING:
            del self.rettet

    def svaret(self) -> tuple[Utfall, Kravgrunn | None, list[Rettet]]:
        """The answer as the service takes it."""
        grunn = Kravgrunn(self.grunn.data) if self.grunn.data else None
        rettet = self.rettet.data if "rettet" in self._fields else None
        return Utfall(self.utfall.data), grunn, [Rettet(r) for r in rettet or ()]


class GjenaapneForm(BaseForm):
    """Why an answered request is taken up again."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor åpnes kravet igjen?")), validators=[MaaFyllesUt(N_("Velg hvorfor."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="gjenaapne-", **kwargs)
        self.grunn.choices = valg(Gjenaapningsgrunn)


class OpphevForm(BaseForm):
    """That the family has been told before the lock is lifted."""

    varslet = BooleanField(lazy_gettext(N_("Familien har fått beskjed om at begrensningen oppheves")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="opphev-", **kwargs)


class SamletForm(BaseForm):
    """What the family has told about itself, and what has been checked."""

    noekkel = HiddenField()
    mottatt = _mottatt()
    referanser = Tekstfelt(
        lazy_gettext(N_("Referanser familien har fått av tjenestene")),
        description=lazy_gettext(N_("Slik: F-7K3M-Q2. Mellomrom eller komma mellom.")),
        maks=200,
    )
    fnr1 = StringField(lazy_gettext(N_("Fødselsnummer eller D-nummer til et barn")))
    fnr2 = StringField(lazy_gettext(N_("Nummer til et barn til")))
    fnr3 = StringField(lazy_gettext(N_("Nummer til et tredje barn")))
    fnr4 = StringField(lazy_gettext(N_("Nummer til et fjerde barn")))
    identitet = BooleanField(lazy_gettext(Sjekk.IDENTITET.tekst))
    adressesperre = BooleanField(lazy_gettext(Sjekk.ADRESSESPERRE.tekst))
    foreldre = BooleanField(lazy_gettext(Sjekk.FORELDRE.tekst))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._numre: list[str] = []
        if not kobler():
            del self.fnr1, self.fnr2, self.fnr3, self.fnr4
        vist = heltall(self.noekkel.data, sifre=NOEKKELSIFRE)
        self.kravets_id = vist if vist is not None and vist < 2**63 else tilfeldig_id()
        """The request's key, the same when the form is sent twice."""
        self.noekkel.data = str(self.kravets_id)

    @property
    def dag(self) -> date:
        """The day that was typed; only after validate()."""
        return self.mottatt.data or i_dag()

    @property
    def nummerfelt(self) -> list[Field]:
        """The fields for numbers, none where the municipality does not link by them."""
        return [felt for navn, felt in self._fields.items() if navn.startswith("fnr")]

    def _nummer(self, field: StringField) -> None:
        if not (field.data or "").strip():
            return
        try:
            self._numre.append(identitetsnummer.sjekk(field.data or "", syntetisk=innstillinger().demo))
        except identitetsnummer.Ugyldig as feil:
            raise ValidationError(gettext(str(feil))) from None

    validate_fnr1 = validate_fnr2 = validate_fnr3 = validate_fnr4 = _nummer

    def validate_referanser(self, field: StringField) -> None:
        """A reference has a check character: a mistyped one is told at once."""
        ord_ = self._ord()
        if len(ord_) > MAKS_REFERANSER or any(referanse.normaliser(en) is None for en in ord_):
            raise ValidationError(gettext(N_("Dette er ikke en referanse. Den ser slik ut: F-7K3M-Q2.")))
        if not ord_ and not any((felt.data or "").strip() for felt in self.nummerfelt):
            raise ValidationError(gettext(N_("Skriv minst én referanse eller ett nummer.")))

    def _ord(self) -> list[str]:
        return [en for en in re.split(r"[\s,;]+", self.referanser.data or "") if en]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every check must be ticked; each says so at its own box."""
        gyldig = bool(super().validate(extra_validators))
        for sjekk in Sjekk:
            felt = self._fields[sjekk.value]
            if not felt.data:
                felt.errors = [gettext(N_("Dette må være sjekket før tjenestene blir spurt."))]
                gyldig = False
        return gyldig

    @property
    def normaliserte(self) -> list[str]:
        """The references as they are stored."""
        return sorted({funnet for en in self._ord() if (funnet := referanse.normaliser(en)) is not None})

    @property
    def antall_numre(self) -> int:
        """How many numbers are looked up."""
        return len(self._numre)

    def indekser(self) -> list[bytes]:
        """The numbers as indexes; slow on purpose, and before the transaction."""
        return [crypto.blindindeks(crypto.gjeldende(), nummer) for nummer in self._numre]

    @property
    def sjekket(self) -> list[Sjekk]:
        """What is ticked."""
        return [sjekk for sjekk in Sjekk if self._fields[sjekk.value].data]


class DelForm(BaseForm):
    """The unit's answer about its part."""

    svar = RadioField(lazy_gettext(N_("Svar")), validators=[MaaFyllesUt(N_("Velg et svar."))])
    grunn = Nedtrekk(lazy_gettext(N_("Hvorfor skal delen ikke være med?")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.svar.choices = valg(Delsvar)
        self.grunn.choices = valg(Delgrunn, N_("Ikke valgt"))

    def svaret(self) -> tuple[Delsvar, Delgrunn | None]:
        """The answer as the service takes it."""
        return Delsvar(self.svar.data), Delgrunn(self.grunn.data) if self.grunn.data else None
