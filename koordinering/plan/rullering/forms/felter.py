"""Fields that the forms of the plan share, and the base of every form over one part of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext
from wtforms import HiddenField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextArea

from koordinering.plan.rules.linjer import MAKS_TEKST
from koordinering.plan.rules.planfil import Planfil
from koordinering.plan.rullering.rules import Plandel, Versjonsstatus
from koordinering.plan.rullering.rules.endring import avtrykk
from koordinering.plan.rullering.services.rediger import FASTE, Rettelse
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm, Fritekstfelt, Tekstfelt
from koordinering.web.sprak import gettext

MAKS_GRUNN = 300
"""Longest reason, in characters."""
_MAKS_TALL = 1e12


class Planlinje(Tekstfelt):
    """One line of the plan, which is decided in public and read by all: no word of it concerns a family."""


class Planomraade(Planlinje):
    """Several lines of the plan."""

    widget = TextArea()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, maks=MAKS_TEKST, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Browsers send their own line ends; the plan has one kind."""
        super().process_formdata([str(v).replace("\r\n", "\n") for v in valuelist[:1]])


class Tallfelt(Planlinje):
    """A number as people write it («60,5», «1 250»), kept as typed; `tall` is what it is after validate()."""

    tall: float | None = None

    def pre_validate(self, form: Any) -> None:
        """Read the number; an empty field is none."""
        super().pre_validate(form)
        ren = re.sub(r"\s", "", str(self.data or "")).replace(",", ".")
        if not ren:
            return
        try:
            tall = float(ren) if ren.isascii() and set(ren) <= set("0123456789.-") else None
        except ValueError:
            tall = None
        if tall is None or not abs(tall) < _MAKS_TALL:
            raise ValidationError(gettext(N_("Skriv et tall, for eksempel 12 eller 60,5.")))
        self.tall = tall


@dataclass(frozen=True)
class Grunnlag:
    """What a form chooses from: the plan that is edited, and every unit there is."""

    fil: Planfil
    enheter: Mapping[str, str]
    """Short names of all units, by id."""

    @property
    def enhetsvalg(self) -> list[tuple[str, str]]:
        """The plan's own units first, in its order, then the others."""
        egne = {en.id: en.kortnavn for en in self.fil.enheter}
        return [*egne.items(), *((id_, navn) for id_, navn in self.enheter.items() if id_ not in egne)]

    @property
    def strategivalg(self) -> list[tuple[str, str]]:
        """Number and the beginning of the text."""
        return [(en.id, f"{en.id} {en.tekst[:70]}{'…' if len(en.tekst) > 70 else ''}") for en in self.fil.strategier]


class Delform(BaseForm):
    """Some fields of one part of the plan. Every field but avtrykk and grunn is the part's own, by the same name."""

    slag: ClassVar[Plandel]
    egne: ClassVar[frozenset[str]] = frozenset({"avtrykk", "grunn"})
    """Fields that are the form's own."""

    avtrykk = HiddenField()
    grunn = Fritekstfelt(lazy_gettext(N_("Hvorfor")), validators=[Optional()], maks=MAKS_GRUNN)

    def __init__(self, linje: Any, grunnlag: Grunnlag, hvor: Versjonsstatus, grunn: str = "") -> None:
        super().__init__(**self.fra_linje(linje), avtrykk=avtrykk(linje), grunn=grunn)
        if hvor is Versjonsstatus.GJELDENDE:
            for felt in FASTE & self._fields.keys():
                del self[felt]
        self.velg_fra(grunnlag)

    def fra_linje(self, linje: Any) -> dict[str, Any]:
        """The part's values as the fields show them."""
        return {
            navn: getattr(linje, navn)
            for navn in self._unbound_names()
            if navn not in self.egne and hasattr(linje, navn)
        }

    @classmethod
    def _unbound_names(cls) -> list[str]:
        return [navn for navn in dir(cls) if hasattr(getattr(cls, navn), "field_class")]

    def velg_fra(self, grunnlag: Grunnlag) -> None:
        """Fill the lists of choices."""

    def felter(self) -> dict[str, Any]:
        """New values of the part's fields, after validate()."""
        return {navn: self.som_linje(navn) for navn in self._fields if navn not in self.egne}

    def som_linje(self, navn: str) -> Any:
        """One field's value as the part holds it: a text that is left empty is none."""
        felt = self._fields[navn]
        if isinstance(felt, Tallfelt):
            return felt.tall
        if isinstance(felt.data, list):
            return tuple(felt.data)
        return (felt.data or None) if isinstance(felt.data, str) else felt.data

    def rettelse(self, del_id: str) -> Rettelse:
        """What is to be changed, after validate()."""
        return Rettelse(self.slag, del_id, self.felter(), request.form.get("avtrykk", ""), self.grunn.data or None)
