"""«At most as many as»: what follows from what the words mean is true, is seen by the audit, and kept by the engine."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from koordinering.statistikk import measures
from koordinering.statistikk.disclosure import RawCounts, Regler, SafeTable, Tegn, Tidligere, beskytt
from koordinering.statistikk.disclosure.revisjon import Revisjon, revider, slutninger
from koordinering.statistikk.disclosure.revisjon.kjent import Problem
from koordinering.statistikk.disclosure.revisjon.ordene import Ordene
from koordinering.statistikk.disclosure.utfolding import utfold
from tests.statistikk.smaabyer import TO_HJEM, Barnet, Familien, Henvist, barn, brutte, byer, tell
from tests.statistikk.tabeller import dimensjon

FAERRE = settings(max_examples=max(5, settings().max_examples // 10))
"""Each example of these protects and audits a whole small town."""


@given(byer())
def test_every_inequality_holds_where_no_child_has_two_homes(by: list[Familien]) -> None:
    raa = [*tell(by).values()]
    for ulikhet in measures.ulikheter():
        assert brutte(ulikhet, raa)[1] == 0 or ulikhet.forbehold not in ("", TO_HJEM), ulikhet.hva


@FAERRE
@given(byer())
def test_engine_and_audit_understand_the_declarations_alike(by: list[Familien]) -> None:
    raa = [*tell(by).values()]
    vist = beskytt(raa).tabeller
    for ulikhet in measures.ulikheter():
        problem = Problem()
        for tabell in vist:
            problem.legg_til(0, tabell, nuller_vises=False)
        foer, navn = len(problem.rader), {nr: hva[2:] for hva, nr in problem.nummer.items()}
        Ordene(0, vist, [ulikhet]).legg_til(problem)
        revisjonens = [{navn[v]: -c for v, c in rad.ledd} for rad in problem.rader[foer:]]
        kjente = set(navn.values())
        alle = utfold(ulikhet, raa, kjente.__contains__)
        motorens = [{en: c for en, c in ledd.items() if c} for ledd in alle if ledd.keys() <= kjente]
        assert revisjonens == motorens, ulikhet.hva


@pytest.mark.begrenset
@FAERRE
@given(byer(hoeyst=9))
def test_what_the_engine_protects_by_the_words_the_audit_passes(by: list[Familien]) -> None:
    raa = [*tell(by).values()]
    vist = beskytt(raa, ulikheter=measures.ulikheter()).tabeller
    assert vist == beskytt(raa, ulikheter=measures.ulikheter()).tabeller
    assert (revisjon := revider(vist, raa, Regler(), ulikheter=measures.ulikheter())).ok, revisjon


# --- Towns in which somebody could be worked out -----------------------------------------------------------


def _provd(raa: Sequence[RawCounts], vist: Sequence[SafeTable]) -> Revisjon:
    return revider(vist, raa, Regler(), ulikheter=measures.ulikheter())


def _bare(by: Sequence[Familien], *koder: str) -> list[RawCounts]:
    return [raw for kode, raw in tell(by).items() if kode in koder]


KODER = ("tjeneste", "tjeneste_familier")


def kjent_av_flere_byen() -> list[Familien]:
    """Three families are kultur's alone, and seven more have a child that is kultur's alone beside one that several
    services know: how many families are whose is told by both tables together."""
    sammen, kulturens = barn("nav", "helse"), barn("kultur")
    by: list[Familien] = [*[(barn("nav"),)] * 18, *[(barn("helse"),)] * 11, *[(kulturens,)] * 3]
    by += [(sammen, kulturens)] * 6 + [(sammen, kulturens, barn("nav"))]
    by += [(barn("nav"), barn("helse")), (sammen,)]
    return by


def kjent_av_flere() -> list[RawCounts]:
    """That town, by the service of its children and of its families."""
    return _bare(kjent_av_flere_byen(), *KODER)


def test_families_by_service_are_not_worked_out_from_the_services_of_their_children() -> None:
    raa = kjent_av_flere()
    uten = beskytt(raa).tabeller
    sted = (1, ("kultur",), "familier")
    assert raa[1].celler["kultur",].tall == (3,)
    assert slutninger(uten)[sted][1] >= 5, "sums alone say nothing"
    assert slutninger(uten, ulikheter=measures.ulikheter())[sted] == (1, 4), "known to be fewer than five"
    assert revider(uten, raa, Regler()).ok
    funn = _provd(raa, uten).tabeller
    assert [t.kjent_smaa for t in funn] == [0, 1]
    med = beskytt(raa, ulikheter=measures.ulikheter()).tabeller
    lav, hoey = slutninger(med, ulikheter=measures.ulikheter())[sted]
    assert lav <= 2
    assert hoey >= 5
    assert _provd(raa, med).ok


def antall_av_tre() -> list[RawCounts]:
    """Three measures, and three children who were given two: what each measure gave says how many."""

    def faatt(*tiltak: str) -> Familien:
        return (Barnet(tuple(Henvist("nav", en, "gitt") for en in tiltak)),)

    by = [faatt("a")] * 7 + [faatt("b")] * 7 + [faatt("c")] * 6
    by += [faatt("a", "b"), faatt("b", "c"), faatt("a", "c")] + [faatt("a", "b", "c")] * 12
    by += [(Barnet((Henvist("nav", en, "annet"),)),) for en in "abc" for _ in range(6)]
    return _bare(by, "antall_tiltak", "gitt")


def test_how_many_were_given_two_is_not_worked_out_from_what_each_measure_gave() -> None:
    raa = antall_av_tre()
    uten = beskytt(raa).tabeller
    sted = (0, ("t2",), "barn")
    assert raa[0].celler["t2",].tall == (3,)
    assert revider(uten, raa, Regler()).ok
    assert slutninger(uten, ulikheter=measures.ulikheter())[sted] == (3, 3), "known exactly"
    assert _provd(raa, uten).tabeller[0].kjent_noeyaktig
    med = beskytt(raa, ulikheter=measures.ulikheter()).tabeller
    lav, hoey = slutninger(med, ulikheter=measures.ulikheter())[sted]
    assert hoey >= 5
    assert hoey - lav >= 3
    assert _provd(raa, med).ok


FLATE_TILTAK = dimensjon("tiltak", "a", "b", "c")


def ventende(*, flatt: bool) -> list[RawCounts]:
    """Three wait for one of two measures of a kind. `flatt`: measures without their kinds, as definition 2 had it."""

    def venter(tiltak: str, utfall: str) -> Familien:
        return (Barnet((Henvist("nav", tiltak, utfall),)),)

    mange = {("a", "gitt"): 20, ("a", "venteliste"): 3, ("a", "annet"): 12, ("b", "gitt"): 25, ("b", "venteliste"): 10,
             ("b", "annet"): 30, ("c", "gitt"): 15, ("c", "venteliste"): 9, ("c", "annet"): 14}  # fmt: skip
    by = [venter(*hva) for hva, antall in mange.items() for _ in range(antall)]
    slag = tell(by)["tiltak"]
    status = _etter_slag(slag)
    return [tell(by, FLATE_TILTAK)["tiltak"] if flatt else slag, status]


def _etter_slag(raw: RawCounts) -> RawCounts:
    """The table by kind and status that stands beside it: `tiltak_status`, as coarse as the other is here."""
    tiltak, utfall = raw.dimensjoner
    slag = tiltak._replace(kategorier=tuple(k for k in tiltak.kategorier if k.forelder is None))
    med = {n: celle for n, celle in raw.celler.items() if n[0] in slag.koder}
    return RawCounts(
        "tiltak_status", "", raw.aar, (slag, utfall), raw.kolonner[:1],
        {n: celle._replace(tall=celle.tall[:1], bak=celle.tall[1]) for n, celle in med.items()},
        raw.telledefinisjoner, raw.oeyeblikksbilde,
        eiere={nr: frozenset(n for n in noekler if n in med) for nr, noekler in (raw.eiere or {}).items()},
    )  # fmt: skip


def test_who_waits_for_a_measure_is_not_worked_out_from_who_waits_for_its_kind() -> None:
    """Kinds above their measures, in `tiltak` as in the catalogue, are what tells engine and audit that they add up."""
    flatt, status = beskytt(ventende(flatt=True)).tabeller
    rest = status.celler["KORT", "venteliste"][0], flatt.celler["b", "venteliste"][0]
    assert flatt.celler["a", "venteliste"][0] is Tegn.SKJULT
    assert rest == (13, 10), "the other three, by subtraction"
    assert revider([flatt, status], ventende(flatt=True), Regler()).ok, "nobody has said what a kind is"
    raa = ventende(flatt=False)
    med = beskytt(raa, ulikheter=measures.ulikheter()).tabeller
    vises = [med[1].celler["KORT", "venteliste"][0], med[0].celler["b", "venteliste"][0]]
    assert Tegn.SKJULT in vises
    lav, hoey = slutninger(med)[0, ("a", "venteliste"), "henvisninger"]
    assert hoey >= 5
    assert hoey - lav >= 3
    assert _provd(raa, med).ok


# --- Time -------------------------------------------------------------------------------------------------


def senere(raa: Sequence[RawCounts]) -> list[RawCounts]:
    """The same counts, some weeks later."""
    return [replace(raw, oeyeblikksbilde=date(2026, 2, 20)) for raw in raa]


def test_an_earlier_release_is_read_by_the_words_that_it_was_protected_by() -> None:
    """What one from before gives away is out, and no later pattern can take it back: it does not stop the next."""
    raa, ulikheter = kjent_av_flere(), measures.ulikheter()
    gammel = [Tidligere(raw, vist) for raw, vist in zip(raa, beskytt(raa).tabeller, strict=True)]
    nye = beskytt(senere(raa), tidligere=gammel, ulikheter=ulikheter).tabeller
    assert revider(nye, senere(raa), Regler(), gammel, ulikheter).ok
    med_ordene = [replace(t, ulikheter=ulikheter) for t in gammel]
    assert not revider(nye, senere(raa), Regler(), med_ordene, ulikheter).ok


def test_two_releases_together_give_no_more_away_by_the_words() -> None:
    raa, ulikheter = kjent_av_flere(), measures.ulikheter()
    foerst = beskytt(raa, ulikheter=ulikheter).tabeller
    tidligere = [Tidligere(raw, vist, ulikheter) for raw, vist in zip(raa, foerst, strict=True)]
    nye = senere(_bare([*kjent_av_flere_byen(), *[(barn("nav"),)] * 9, *[(barn("helse"), barn("nav"))] * 2], *KODER))
    vist = beskytt(nye, tidligere=tidligere, ulikheter=ulikheter).tabeller
    assert revider(vist, nye, Regler(), tidligere, ulikheter).ok


# --- The declarations -------------------------------------------------------------------------------------


def test_every_inequality_has_its_words_here_and_in_the_paper() -> None:
    papir = " ".join((Path(__file__).parents[2] / "docs" / "prikking.md").read_text("utf-8").split())
    for ulikhet in measures.ulikheter():
        assert ulikhet.hva in papir
        assert 5 <= ulikhet.fra <= measures.definisjonsversjon()


def test_older_definitions_had_none() -> None:
    assert measures.ulikheter(4) == ()
    assert measures.ulikheter(5)
