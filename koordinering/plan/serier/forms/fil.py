"""Files of figures: what is chosen, and what was shown and is confirmed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectMultipleField

from koordinering.plan.serier.rules.fil import KOLONNER, Leser, Lest, UlesbarFil, les_rader
from koordinering.plan.serier.rules.foering import Tall
from koordinering.plan.serier.rules.periode import les_periode
from koordinering.plan.serier.rules.ssb import MAKS_BYTES, Ssbserie
from koordinering.tekst import N_
from koordinering.web.skjema import BaseForm

_GAMMEL = N_("Siden var for gammel. Velg filen en gang til.")


class FilForm(BaseForm):
    """A file, whatever its kind."""

    fil = FileField(lazy_gettext(N_("Fil")))

    def innhold(self) -> bytes:
        """What was sent, no more than may be read. Raises UlesbarFil when nothing was."""
        lagret = self.fil.data
        if lagret is None or not lagret.filename:
            raise UlesbarFil(N_("Velg en fil."))
        innhold: bytes = lagret.stream.read(MAKS_BYTES + 1)
        return innhold


class BekreftForm(BaseForm):
    """The rows of a file that was read without a fault, carried by the page until they are confirmed."""

    rader = HiddenField()
    bekreftet = BooleanField(lazy_gettext(N_("Jeg har sett over: ingen kan kjennes igjen av de små tallene")))

    def fyll(self, lest: Sequence[Lest]) -> None:
        """Put the rows in the page."""
        self.rader.data = json.dumps([rad.celler for rad in lest], ensure_ascii=False)

    def lest(self, leser: Leser) -> list[Lest]:
        """The rows again, each held against the rules once more. Raises UlesbarFil when they are not what was shown."""
        try:
            rader = json.loads(self.rader.data or "")
            celler = [[str(celle) for celle in rad] for rad in rader]
        except (ValueError, TypeError, RecursionError):
            raise UlesbarFil(_GAMMEL) from None
        if not celler or any(len(rad) != len(KOLONNER) for rad in celler):
            raise UlesbarFil(_GAMMEL)
        lest = les_rader(enumerate(celler, 2), leser)
        if any(rad.feil for rad in lest):
            raise UlesbarFil(_GAMMEL)
        return lest


class SsbForm(BaseForm):
    """The series of a file of SSB's, carried by the page until some of them are chosen."""

    data_ = HiddenField()
    valgt = SelectMultipleField(lazy_gettext(N_("Serier som skal hentes inn")))

    def fyll(self, serier: Sequence[Ssbserie]) -> None:
        """Put them in the page, all chosen."""
        self.data_.data = json.dumps([asdict(en) for en in serier], ensure_ascii=False)
        self.valgt.choices = [(en.noekkel, en.navn) for en in serier]
        self.valgt.data = [en.noekkel for en in serier]

    def serier(self) -> list[Ssbserie]:
        """Those that were carried. Raises UlesbarFil when they are not what was shown."""
        try:
            return [_ssbserie(en) for en in json.loads(self.data_.data or "")]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise UlesbarFil(_GAMMEL) from None

    def valgte(self, serier: Sequence[Ssbserie]) -> list[Ssbserie]:
        """Those that were chosen. Raises UlesbarFil where none is."""
        self.valgt.choices = [(en.noekkel, en.navn) for en in serier]
        valgt = [en for en in serier if en.noekkel in set(self.valgt.data or ())]
        if not valgt:
            raise UlesbarFil(N_("Velg minst én serie."))
        return valgt


def _ssbserie(data: dict[str, Any]) -> Ssbserie:
    tall = tuple(Tall(**en) for en in data.pop("tall"))
    serie = Ssbserie(**{navn: str(verdi) for navn, verdi in data.items()}, tall=tall)
    if not tall or any(not _riktig(en) for en in tall) or not serie.noekkel.startswith("ssb|"):
        raise ValueError("tall")
    return serie


def _riktig(tall: Tall) -> bool:
    """Whether what the page sent back is what a page of ours can have held."""
    periode: Any = tall.periode
    verdi: Any = tall.verdi
    if not isinstance(periode, str) or les_periode(periode) is None:
        return False
    if verdi is None:
        return tall.tegn in (":", ".", "..")
    return tall.tegn is None and isinstance(verdi, float | int) and not isinstance(verdi, bool)
