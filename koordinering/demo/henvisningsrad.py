"""One described referral becomes rows: taken through its steps as the services would take it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from koordinering.audit import Hva
from koordinering.demo.beskrivelse import Handling, Henvisning, Steg
from koordinering.demo.gang import MED_GRUNN, SLUTT, Flytt, flytt
from koordinering.saker.rules.behov import Spoersmaal, Svar
from koordinering.saker.rules.overganger import Part, Status
from koordinering.tildeling.rules import Tildelingstilstand
from koordinering.tiltak.oppfoelging.rules import Oppfoelgingsresultat

if TYPE_CHECKING:
    from koordinering.demo.skriver import Rader


def dag(tid: datetime) -> date:
    """The day of a moment in office hours, which lie on the same day in Norway and in UTC."""
    return tid.date()


class Henvisningsrad:
    """One referral, taken through its steps as the services would take it."""

    def __init__(self, rader: "Rader", henvisning: Henvisning) -> None:
        self._rader = rader
        self._h = henvisning
        self._tildelinger = list(henvisning.tildelinger)
        self._tildeling: dict[str, Any] = {}
        """What it was given last."""
        self._periode: dict[str, Any] = {}
        """When somebody took part in it, where it is follow-up."""
        self._sendt = henvisning.sendt if henvisning.videresendt_fra is not None else None
        self._status = Status.UTKAST
        self._rad: dict[str, Any] = {
            "id": henvisning.id,
            "sak_id": henvisning.sak.id,
            "barn_id": henvisning.barn.id if henvisning.barn else None,
            "tiltak_id": henvisning.tiltak,
            "avsender_id": henvisning.sak.enhet,
            "mottaker_id": henvisning.mottaker,
            "opprettet": henvisning.opprettet,
            "endret": henvisning.opprettet,
            "grunn": None,
            "startet": False,
            "beskjed_siden": None,
            "beskjed_gitt": None,
            "videresendt_fra_id": henvisning.videresendt_fra.id if henvisning.videresendt_fra else None,
            "spoersmaal": None,
            "deltar_ved_slutt": None,
            "versjon": 1,
        }

    def skriv(self) -> None:
        """Put the row and all that hangs on it among those that wait."""
        h = self._h
        videre = Handling.VIDERESENDT_HIT
        self._rader.logg(
            Hva.HENVISNING_LAGET, h.steg[0], h, h.sak.enhet, "videresendt" if h.steg[0].handling is videre else None
        )
        for steg in h.steg:
            self._ta(steg)
        sendt = self._sendt is not None
        self._rader.rad(
            "henvisning",
            **self._rad,
            status=self._status,
            sendt=self._sendt,
            lodd=h.lodd if sendt else None,
            synlig=sendt and self._synlig(),
        )

    def _synlig(self) -> bool:
        """Hidden from the moment its consent was withdrawn, shown again by a new one unless it was withdrawn too."""
        h = self._h
        samtykker = [s for s in h.sak.samtykker if s.mottaker == h.mottaker]
        trukket = max((s.trukket for s in samtykker if s.trukket is not None), default=None)
        if trukket is None or h.steg[0].tid > trukket:
            return True
        return self._status is not Status.TRUKKET and any(s.gitt > trukket for s in samtykker)

    def _ta(self, steg: Steg) -> None:
        """What stands before its transitions, the transitions, and what follows."""
        if steg.handling is Handling.SVAR:
            self._svar(steg)
        if steg.handling in SLUTT:
            self._slutt(steg, SLUTT[steg.handling])
        for overgang in flytt(self._h, steg, self._h.venter):
            self._flytt(steg, overgang)
            if overgang.til is Status.INNVILGET:
                self._gi(steg)
        etterpaa = {
            Handling.SPOER: self._spoer,
            Handling.SVAR: self._svart,
            Handling.BESKJED: self._beskjed,
            Handling.AVSLUTT: self._avsluttet,
            Handling.GJENAAPNE: self._gjenaapnet,
            Handling.GI_STRAKS: self._gitt_straks,
        }.get(steg.handling)
        if etterpaa is not None:
            etterpaa(steg)

    def _beskjed(self, steg: Steg) -> None:
        self._rad.update(beskjed_siden=None, beskjed_gitt=steg.tid)
        self._hendelse(steg, "beskjed", Part.HENVISER)
        self._rader.logg(Hva.BESKJED_GITT, steg, self._h, self._h.sak.enhet)

    def _avsluttet(self, steg: Steg) -> None:
        self._rad["deltar_ved_slutt"] = steg.deltar

    def _gjenaapnet(self, _steg: Steg) -> None:
        self._rad.update(startet=False, deltar_ved_slutt=None, beskjed_siden=None, beskjed_gitt=None)

    def _gitt_straks(self, steg: Steg) -> None:
        """The family stood there: it has been told."""
        if steg.plass is not None:
            self._rad.update(beskjed_siden=None, beskjed_gitt=steg.tid)

    def _svart(self, steg: Steg) -> None:
        self._rader.logg(Hva.BESVART, steg, self._h, self._h.sak.enhet)

    def _flytt(self, steg: Steg, overgang: Flytt) -> None:
        grunn = overgang.grunn or (steg.kode if steg.handling in MED_GRUNN else None)
        fra, self._status = self._status, overgang.til
        self._rad.update(endret=steg.tid, grunn=grunn)
        if overgang.til is Status.SENDT and self._sendt is None:
            self._sendt = steg.tid
        if overgang.til is not Status.PAA_VENT:
            self._rad["spoersmaal"] = None
        if overgang.til is Status.TRUKKET:
            self._rad["beskjed_siden"] = None
        if overgang.til is Status.I_GANG:
            self._rad["startet"] = True
            self._tildeling["tilstand"] = Tildelingstilstand.STARTET
            if self._tildeling["plass_id"] is None:
                self._begynt(steg)
        self._hendelse(steg, "status", overgang.part, fra=fra.value, til=overgang.til.value, grunn=grunn)
        if steg.handling is not Handling.VIDERESENDT_HIT:
            mottatt = overgang.part is Part.MOTTAKER or steg.handling is Handling.UTLOEP
            enhet = self._h.mottaker if mottatt else self._h.sak.enhet
            self._rader.logg(Hva.HENVISNING_STATUS, steg, self._h, enhet, overgang.til.value)

    def _hendelse(
        self,
        steg: Steg,
        slag: str,
        part: Part,
        *,
        fra: str | None = None,
        til: str | None = None,
        grunn: str | None = None,
        svar: Svar | None = None,
    ) -> None:
        self._rader.rad(
            "hendelse",
            henvisning_id=self._h.id,
            tid=steg.tid,
            user_id=steg.av,
            enhet_id={Part.HENVISER: self._h.sak.enhet, Part.MOTTAKER: self._h.mottaker}.get(part),
            slag=slag,
            felt=None,
            fra=fra,
            til=til,
            grunn=grunn,
            svar=svar,
            fritekst=None,
        )

    def _spoer(self, steg: Steg) -> None:
        self._rad["spoersmaal"] = Spoersmaal(steg.kode or "")
        self._hendelse(steg, "spurt", Part.MOTTAKER, til=steg.kode)
        self._rader.logg(Hva.SPURT, steg, self._h, self._h.mottaker)

    def _svar(self, steg: Steg) -> None:
        svar = Svar(steg.kode or "")
        self._hendelse(steg, "svart", Part.HENVISER, fra=self._rad["spoersmaal"].value, til=svar.value, svar=svar)

    def _gi(self, steg: Steg) -> None:
        plass_id = self._rader.plass(steg.beholdning, steg.plass)
        self._tildeling = {
            "id": self._tildelinger.pop(0),
            "henvisning_id": self._h.id,
            "plass_id": plass_id,
            "tiltak_id": self._h.tiltak,
            "aar": steg.aar,
            "enhet_id": self._h.mottaker,
            "tilstand": Tildelingstilstand.GITT,
            "gitt": steg.tid,
            "gitt_av": steg.av,
            "slutt": None,
        }
        self._rader.rad_ferdig("tildeling", self._tildeling)
        self._rad.update(beskjed_siden=steg.tid, beskjed_gitt=None)
        self._hendelse(steg, "gitt", Part.MOTTAKER, til=str(steg.plass) if steg.plass is not None else None)
        self._rader.logg(Hva.GITT, steg, self._h, self._h.mottaker)

    def _slutt(self, steg: Steg, tilstand: Tildelingstilstand) -> None:
        self._tildeling.update(tilstand=tilstand, slutt=steg.tid)
        if self._tildeling["plass_id"] is None:
            self._deltatt(steg, tilstand)
        self._rad["beskjed_siden"] = None
        hva = Hva.MELDT_TAPT if tilstand is Tildelingstilstand.TAPT else Hva.TATT_TILBAKE
        self._rader.logg(hva, steg, self._h, self._h.mottaker, tilstand.value)

    def _begynt(self, steg: Steg) -> None:
        """A follow-up begins."""
        fra, id_ = dag(steg.tid), self._tildeling["id"]
        self._periode = {"tildeling_id": id_, "fra": fra, "til": None, "resultat": None}
        self._rader.rad_ferdig("oppfoelgingsperiode", self._periode)

    def _deltatt(self, steg: Steg, tilstand: Tildelingstilstand) -> None:
        """A follow-up ends with what came of it."""
        if tilstand is Tildelingstilstand.IKKE_MOETT:
            resultat = Oppfoelgingsresultat.IKKE_DELTATT
            tomt = {"fra": None, "til": None, "resultat": resultat}
            self._rader.rad("oppfoelgingsperiode", tildeling_id=self._tildeling["id"], **tomt)
        elif steg.resultat is not None:
            self._periode.update(til=dag(steg.tid), resultat=steg.resultat)
