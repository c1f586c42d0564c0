"""Forms over numbers that are written in."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext
from wtforms import HiddenField
from wtforms.validators import Optional

from koordinering.errors import Endret
from koordinering.tekst import N_
from koordinering.tiltak.foering.rules import Foert, Rettegrunn
from koordinering.web.skjema import BaseForm, RadioField, heltall
from koordinering.web.sprak import gettext
from koordinering.web.tallfelt import Heltallsfelt

T = TypeVar("T")


def skrevet(verdi: T | None) -> T:
    """What validate() has made sure of."""
    if verdi is None:
        raise ValueError("validate() first")
    return verdi


def _som_tekst(tall: int | None) -> str:
    return "" if tall is None else str(tall)


def _som_tall(tekst: str | None) -> int | None:
    """A number that a page of ours has shown; anything else is none."""
    return heltall(tekst)


class TallForm(BaseForm):
    """One number field for each thing that is counted, and beside it what stood there when the page was made."""

    grunn = RadioField(lazy_gettext(N_("Hvorfor rettes tallet?")), validators=[Optional()])

    noekler: tuple[int, ...] = ()

    @classmethod
    def med(cls, ting: Iterable[tuple[int, str]]) -> type["TallForm"]:
        """The form for these things: key and name."""
        felter: dict[str, Any] = {}
        noekler = []
        for noekkel, navn in ting:
            noekler.append(noekkel)
            felter[f"tall_{noekkel}"] = Heltallsfelt(navn, validators=[Optional()])
            felter[f"vist_{noekkel}"] = HiddenField()
        return type("TallForm", (cls,), {**felter, "noekler": tuple(noekler)})

    def __init__(self, naa: Foert, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.grunn.choices = [(g.value, gettext(g.tekst)) for g in Rettegrunn]
        if not self.is_submitted():
            for noekkel in self.noekler:
                if not self.gjenopprettet:
                    self[f"tall_{noekkel}"].data = naa.get(noekkel)
                    self[f"vist_{noekkel}"].data = _som_tekst(naa.get(noekkel))

    def nye(self) -> dict[int, int | None]:
        """What was typed, by key; an empty field is None.

        Raises Endret when the page had other fields than there are now: nothing that was typed is dropped unseen.
        """
        if {navn for navn in request.form if navn.startswith("tall_")} != {f"tall_{nr}" for nr in self.noekler}:
            raise Endret
        return {noekkel: self[f"tall_{noekkel}"].data for noekkel in self.noekler}

    def vist(self) -> dict[int, int | None]:
        """What stood on the page, by key."""
        return {noekkel: _som_tall(self[f"vist_{noekkel}"].data) for noekkel in self.noekler}

    def rettegrunn(self) -> Rettegrunn | None:
        """The reason that was chosen."""
        return Rettegrunn(self.grunn.data) if self.grunn.data else None

    def vis_naa(self, naa: Mapping[int, int | None]) -> None:
        """After a conflict the next try rests on what stands now; what was typed is kept, the rest follows."""
        vist = self.vist()
        for noekkel in self.noekler:
            felt, staar = self[f"tall_{noekkel}"], naa.get(noekkel)
            if felt.data == vist[noekkel]:
                felt.data, felt.raw_data = staar, None
            self[f"vist_{noekkel}"].data = _som_tekst(staar)
