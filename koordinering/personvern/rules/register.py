"""The register of every column (data/behandlinger.yaml): read, and refused where it contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from koordinering.personvern.rules.frister import FRISTER, Frist
from koordinering.roles import MATRISE, Omfang, Rettighet, Rolle

EGNE = "egne"
"""Stands for a right where a user sees what is her own and nobody else does."""


class FeilIRegisteret(ValueError):
    """The file says something that cannot be; the text tells where."""


@dataclass(frozen=True)
class Behandling:
    """One processing activity."""

    kode: str
    navn: str
    formaal: str
    om: str
    """Whom it is about."""
    grunnlag: str
    """Code of the kind of legal basis."""
    mottakere: str


@dataclass(frozen=True)
class Felt:
    """One column."""

    tabell: str
    navn: str
    formaal: str
    foelsomhet: str
    frist: str
    behandling: str
    leses: tuple[str, ...]
    """Rights whose holders may see it, or EGNE; empty when no page shows it."""
    vern: str | None
    """Code of how it is kept; None is plain text."""

    @property
    def sted(self) -> str:
        """`tabell.kolonne`."""
        return f"{self.tabell}.{self.navn}"

    @property
    def regel(self) -> Frist:
        """The retention rule."""
        return FRISTER[self.frist]


@dataclass(frozen=True)
class Register:
    """The whole file."""

    foelsomhet: Mapping[str, str]
    vern: Mapping[str, str]
    grunnlag: Mapping[str, str]
    behandlinger: Mapping[str, Behandling]
    tabeller: Mapping[str, str]
    """Table to what it holds."""
    felt: tuple[Felt, ...]

    def behandlingens(self, kode: str) -> list[Felt]:
        """The columns of one processing activity, in the order of the file."""
        return [felt for felt in self.felt if felt.behandling == kode]


def ser(leses: tuple[str, ...]) -> dict[Rolle, frozenset[Omfang]]:
    """The roles that hold one of these rights, and how far it reaches them, read from the role sheet."""
    funnet = {
        rolle: frozenset(har[Rettighet(rett)] for rett in leses if rett != EGNE and Rettighet(rett) in har)
        for rolle, har in MATRISE.items()
    }
    return {rolle: omfang for rolle, omfang in funnet.items() if omfang}


def les(tekst: str) -> Register:
    """The register in a text of the file's form. Raises FeilIRegisteret."""
    data = yaml.safe_load(tekst)
    behandlinger = {kode: Behandling(kode, **verdier) for kode, verdier in data["behandlinger"].items()}
    felt = [en for navn, tabell in data["tabeller"].items() for en in _felt(navn, tabell)]
    register = Register(
        data["foelsomhet"],
        data["vern"],
        data["grunnlag"],
        behandlinger,
        {navn: tabell["om"] for navn, tabell in data["tabeller"].items()},
        tuple(felt),
    )
    _sjekk(register)
    return register


def _felt(tabell: str, data: dict[str, Any]) -> list[Felt]:
    egne: dict[str, dict[str, Any]] = {k: data.get(k, {}) for k in ("leses_felt", "vern", "behandling_felt")}
    for slag, navnene in egne.items():
        if ukjente := navnene.keys() - data["felt"].keys():
            raise FeilIRegisteret(f"{tabell}: {slag} names {sorted(ukjente)}, which has no line under felt")
    return [_ett(tabell, navn, linje, data, egne) for navn, linje in data["felt"].items()]


def _ett(tabell: str, navn: str, linje: str, data: dict[str, Any], egne: dict[str, dict[str, Any]]) -> Felt:
    deler = [del_.strip() for del_ in str(linje).split("|")]
    if len(deler) != 3 or not all(deler):
        raise FeilIRegisteret(f"{tabell}.{navn}: not «følsomhet | frist | formål»")
    foelsomhet, frist, formaal = deler
    return Felt(
        tabell,
        navn,
        formaal,
        foelsomhet,
        frist,
        egne["behandling_felt"].get(navn, data["behandling"]),
        tuple(egne["leses_felt"].get(navn, data["leses"])),
        egne["vern"].get(navn),
    )


def _sjekk(register: Register) -> None:
    rettigheter = {EGNE, *(rett.value for rett in Rettighet)}
    for felt in register.felt:
        for hva, kode, kjente in (
            ("følsomhet", felt.foelsomhet, register.foelsomhet.keys()),
            ("frist", felt.frist, FRISTER.keys()),
            ("behandling", felt.behandling, register.behandlinger.keys()),
            ("vern", felt.vern, {None, *register.vern}),
            *(("rettighet", rett, rettigheter) for rett in felt.leses),
        ):
            if kode not in kjente:
                raise FeilIRegisteret(f"{felt.sted}: no such {hva}: {kode}")
    for behandling in register.behandlinger.values():
        if behandling.grunnlag not in register.grunnlag:
            raise FeilIRegisteret(f"{behandling.kode}: no such grunnlag: {behandling.grunnlag}")


@cache
def registeret() -> Register:
    """The register that comes with the program."""
    return les((files("koordinering") / "data" / "behandlinger.yaml").read_text(encoding="utf-8"))
