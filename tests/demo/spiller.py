"""Plays a described town through the services, at the moments it tells of: the honest other half of the bulk path."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial

import pytest
from sqlalchemy import select

from koordinering.db import db, i_dag, transaction
from koordinering.demo import beskrivelse
from koordinering.demo.beskrivelse import Handling, Steg
from koordinering.demo.by import Demoby
from koordinering.saker import models, services
from koordinering.saker.rules.behov import Grunnlag, Spoersmaal, Svar
from koordinering.saker.rules.overganger import Part, Status
from koordinering.tildeling import services as tildeling
from koordinering.tildeling.queries import aapen_tildeling
from koordinering.tiltak.models import Tilbud, Tiltak
from koordinering.tiltak.oppfoelging.rules import Deltakelse
from koordinering.users import User
from tests import klokken


class Klokke(datetime):
    """The house's only clock, set by the test."""

    naa: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """What the test says."""
        return cls.naa.astimezone(tz)


@dataclass
class Spiller:
    """Carries a town's cases through the services and remembers which row is which."""

    by: Demoby
    monkeypatch: pytest.MonkeyPatch
    rader: dict[int, int] = field(default_factory=dict)
    """Row id → id in the description, for cases, children, consents and referrals."""
    _id: dict[int, int] = field(default_factory=dict)

    def spill(self) -> None:
        """Everything, in order of time."""
        klokken.sett(self.monkeypatch, Klokke)
        with transaction() as session:  # one for all: a thousand commits are slow, and nothing here rests on them
            for tid, _, _, gjoer in sorted(self._hendelser(), key=lambda en: en[:3]):
                Klokke.naa = tid
                gjoer()
                session.flush()
                session.expire_all()

    def _hendelser(self) -> list[tuple[datetime, int, int, Callable[[], None]]]:
        alle: list[tuple[datetime, int, int, Callable[[], None]]] = []
        for aar, kort in self.by.lager.kort.items():
            if kort.stengt is not None:
                alle.append((kort.stengt, 0, 0, partial(self._nytt_aar, aar)))
        for nr, sak in enumerate(self.by.saker):
            alle.append((sak.opprettet, 0, nr, partial(self._registrer, sak)))
            for samtykke in sak.samtykker:
                if not samtykke.ved_registrering:
                    alle.append((samtykke.gitt, 1, nr, partial(self._samtykke, sak, samtykke)))
                if samtykke.trukket is not None:
                    alle.append((samtykke.trukket, 3, nr, partial(self._trekk_samtykke, samtykke)))
            for h in sak.henvisninger:
                alle += [(steg.tid, 2, steg.nr, partial(self._steg, h, steg)) for steg in h.steg]
        return alle

    def _user(self, id_: int) -> User:
        return db.session.get_one(User, id_)

    def _rad(self, h: beskrivelse.Henvisning) -> models.Henvisning:
        return db.session.get_one(models.Henvisning, self._id[h.id])

    def _er(self, rad: int, beskrevet: int) -> None:
        self.rader[rad], self._id[beskrevet] = beskrevet, rad

    def _nytt_aar(self, aar: int) -> None:
        tiltak = db.session.get_one(Tiltak, "4b-2")
        tildeling.nytt_kortaar(tiltak, aar, av=self._user(self.by.byen.kortansvarlig))

    def _registrer(self, sak: beskrivelse.Sak) -> None:
        med = [h for h in sak.henvisninger if h.opprettet == sak.opprettet and h.steg[0].handling is Handling.REGISTRER]
        kommando = services.NySak(
            enhet_id=sak.enhet,
            i_maalgruppe=sak.i_maalgruppe,
            barn=tuple(
                services.NyttBarn(b.foedselsaar, None, b.deltar, b.spurt, b.oensker, b.blindindeks) for b in sak.barn
            ),
            behov=frozenset(sak.behov),
            henvisninger=tuple(
                services.NyHenvisning(h.tiltak, None if h.barn is None else sak.barn.index(h.barn)) for h in med
            ),
            grunnlag=tuple(_grunnlag(s) for s in sak.samtykker if s.ved_registrering),
            egen_referanse=sak.egen_referanse,
            utkast=not med,
            likevel=True,
        )
        rad = db.session.get_one(models.Sak, services.registrer(kommando, av=self._user(sak.ansvarlig)))
        self._er(rad.id, sak.id)
        for barn, ny in zip(sak.barn, rad.barn, strict=True):
            self._er(ny.id, barn.id)
        for samtykke in sak.samtykker:
            if samtykke.ved_registrering:
                self._er(next(s.id for s in rad.samtykker if s.mottaker_id == samtykke.mottaker), samtykke.id)
        nye = {(ny.tiltak_id, self.rader.get(ny.barn_id or 0)): ny.id for ny in rad.henvisninger}
        for h in med:
            self._er(nye[h.tiltak, h.barn.id if h.barn else None], h.id)

    def _samtykke(self, sak: beskrivelse.Sak, samtykke: beskrivelse.Samtykke) -> None:
        rad = db.session.get_one(models.Sak, self._id[sak.id])
        services.registrer_samtykke(rad, _grunnlag(samtykke), av=self._user(samtykke.av))
        ny = next(s for s in rad.samtykker if s.id not in self.rader)
        self._er(ny.id, samtykke.id)

    def _trekk_samtykke(self, samtykke: beskrivelse.Samtykke) -> None:
        rad = db.session.get_one(models.Samtykke, self._id[samtykke.id])
        tildeling.trekk_samtykke(rad, av=self._user(samtykke.av))

    def _steg(self, h: beskrivelse.Henvisning, steg: Steg) -> None:
        if steg.handling in {Handling.REGISTRER, Handling.REGISTRER_UTKAST}:
            if h.id not in self._id:
                self._legg_til(h, steg)
        elif steg.handling is not Handling.VIDERESENDT_HIT:
            getattr(self, f"_{steg.handling}")(h, self._rad(h), steg, self._user(steg.av))

    def _legg_til(self, h: beskrivelse.Henvisning, steg: Steg) -> None:
        sak = db.session.get_one(models.Sak, self._id[h.sak.id])
        barn = None if h.barn is None else self._id[h.barn.id]
        utkast = steg.handling is Handling.REGISTRER_UTKAST
        rad = services.legg_til_henvisning(sak, h.tiltak, barn, av=self._user(steg.av), utkast=utkast)
        self._er(rad.id, h.id)

    # --- One method for each action ----------------------------------------------------------------------

    def _send(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        services.send(rad, av=av)

    def _samtykke_gitt(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        assert rad.status is Status.SENDT, "the consent has sent it"

    def _motta(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        services.flytt(rad, Status.MOTTATT, part=Part.MOTTAKER, av=av)

    def _ta_imot(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.ta_imot(rad, av=av)

    def _spoer(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.spoer(rad, Spoersmaal(steg.kode or ""), av=av)

    def _svar(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        services.svar(rad, Svar(steg.kode or ""), av=av)

    def _vent(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.sett_paa_vent(rad, steg.kode, av=av)

    def _fortsett(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.fortsett(rad, av=av)

    def _venteliste(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.sett_paa_venteliste(rad, av=av)

    def _gi(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tilbud = db.session.scalar(
            select(Tilbud).where(Tilbud.beholdning_id == self.by.oppstilling.noekler.get(steg.beholdning or 0))
        )
        tildeling.gi(rad, tilbud, av=av)

    def _gi_straks(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        assert (tildeling.gi_straks(rad, av=av) is None) == (steg.plass is None)

    def _beskjed(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        services.beskjed_gitt(rad, av=av)

    def _start(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.bekreft_start(rad, av=av)

    def _avslutt(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        deltakelse = None
        if steg.resultat is not None:
            fra = holder.periode.fra if (holder := aapen_tildeling(rad)) and holder.periode else None
            deltakelse = Deltakelse(steg.resultat, fra, i_dag())
        tildeling.avslutt(rad, steg.kode, steg.deltar, deltakelse=deltakelse, av=av)

    def _lever_tilbake(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.lever_tilbake(rad, av=av)

    def _meld_tapt(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.meld_tapt(rad, av=av)

    def _ikke_moett(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.ikke_moett(rad, av=av)

    def _utloep(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        assert rad.status is Status.AVSLUTTET, "the new-year routine has ended it"

    def _avslaa(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.avslaa(rad, steg.kode, av=av)

    def _klag(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        services.paaklag(rad, av=av)

    def _medhold(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.gi_medhold(rad, av=av)

    def _oppretthold(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.oppretthold(rad, av=av)

    def _gjenaapne(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.gjenaapne(rad, steg.kode, av=av)

    def _trekk(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        tildeling.trekk(rad, steg.kode, av=av)

    def _samtykke_trukket(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        """The consent's own end does it."""

    def _videresend(self, h: beskrivelse.Henvisning, rad: models.Henvisning, steg: Steg, av: User) -> None:
        ny = next(n for n in h.sak.henvisninger if n.videresendt_fra is h)
        til = tildeling.videresend(rad, ny.tiltak, steg.kode, av=av)
        self._er(til.id, ny.id)


def _grunnlag(samtykke: beskrivelse.Samtykke) -> services.NyttGrunnlag:
    return services.NyttGrunnlag(
        samtykke.mottaker,
        samtykke.grunnlag,
        samtykke.maate,
        samtykke.fra,
        samtykke.hjemmel,
        samtykke.opplysninger,
        gyldig_til=samtykke.gyldig_til,
        alle=samtykke.grunnlag is Grunnlag.SAMTYKKE,
    )
