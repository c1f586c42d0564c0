"""`koordinering statistikk beskytt`: what it writes, what it tells the owner, and every file it refuses."""

import io
import json
import os
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest

from koordinering.cli.hoved import main
from koordinering.statistikk.disclosure import RawCounts, Regler, SafeTable
from koordinering.statistikk.disclosure.revisjon import Revisjon, revider

TABELL = """\
tiltak;alder;barn;familier
kort;0-5;4;3
kort;6-12;30;20
kort;Total;34;22
plass;0-5;12;9
plass;6-12;3;2
plass;Total;15;11
ferie;0-5;22;15
ferie;6-12;21;16
ferie;Total;43;28
Total;0-5;38;25
Total;6-12;54;36
Total;Total;92;55
"""
HIERARKI = {"sted": {"nord": ["n1", "n2"]}}
STEDER = "sted,barn\nTotal,60\nnord,40\nn1,2\nn2,38\nsoer,20\n"


def kjoer(tmp_path: Path, tabell: str | bytes, *valg: str, hierarki: object = None) -> tuple[int, str, str]:
    """Without an installation: no environment, no database, no keys."""
    inn = tmp_path / "inn.csv"
    inn.write_bytes(tabell.encode() if isinstance(tabell, str) else tabell)
    if hierarki is not None:
        (tmp_path / "h.json").write_text(hierarki if isinstance(hierarki, str) else json.dumps(hierarki), "utf-8")
        valg = (*valg, "--hierarki", str(tmp_path / "h.json"))
    ut, feil = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {}, clear=True),
        redirect_stdout(ut),
        redirect_stderr(feil),
        pytest.raises(SystemExit) as slutt,
    ):
        main(["statistikk", "beskytt", str(inn), "--ut", str(tmp_path / "ut.csv"), *valg])
    assert isinstance(slutt.value.code, int)
    return slutt.value.code, ut.getvalue(), feil.getvalue()


def test_the_same_rows_come_back_with_signs_and_an_audit_for_the_owner(tmp_path: Path) -> None:
    kode, ut, _ = kjoer(tmp_path, TABELL)
    svar, skrevet = json.loads(ut), (tmp_path / "ut.csv").read_text("utf-8")
    assert kode == 0
    assert [linje.split(";")[:2] for linje in skrevet.splitlines()] == [x.split(";")[:2] for x in TABELL.splitlines()]
    assert "kort;0-5;:;:" in skrevet
    assert "Total;Total;92;55" in skrevet
    assert (svar["safe"], svar["optimal"], svar["gap"], svar["cells"]) == (True, True, 0, 12)
    assert (svar["primary"], svar["secondary"], svar["attacker"]["known_exactly"]) == (2, 2, 0)
    assert all(en["lowest"] < en["highest"] for en in svar["attacker"]["intervals"])
    assert kjoer(tmp_path, TABELL)[0] != 0
    assert kjoer(tmp_path, TABELL, "--overskriv")[0] == 0
    assert (tmp_path / "ut.csv").read_text("utf-8") == skrevet


def test_commas_a_mark_at_the_start_and_windows_lines_are_kept(tmp_path: Path) -> None:
    tabell = ("\ufeff" + STEDER.replace("soer", '"sør, og øst"')).replace("\n", "\r\n")
    kode, _, feil = kjoer(tmp_path, tabell, hierarki=HIERARKI)
    skrevet = (tmp_path / "ut.csv").read_bytes()
    assert (kode, feil.count("Skrev")) == (0, 1)
    assert skrevet.startswith("\ufeffsted,barn\r\nTotal,60\r\n".encode())
    assert b"n1,:\r\nn2,:\r\n" in skrevet
    assert '"sør, og øst",20'.encode() in skrevet


def test_a_table_about_few_is_hidden_whole_and_says_so(tmp_path: Path) -> None:
    kode, ut, feil = kjoer(tmp_path, "a,barn\nx,4\ny,5\nTotal,9\n")
    assert (kode, json.loads(ut)["few_in_all"]) == (0, True)
    assert (tmp_path / "ut.csv").read_text("utf-8") == "a,barn\nx,:\ny,:\nTotal,:\n"
    assert "Færre enn 10 i alt" in feil


def test_where_nothing_is_small_nothing_is_hidden(tmp_path: Path) -> None:
    tabell = "a,barn\nx,40\ny,50\nTotal,90\n"
    assert kjoer(tmp_path, tabell)[0] == 0
    assert (tmp_path / "ut.csv").read_text("utf-8") == tabell


def uten(linje: int) -> str:
    return "".join(x for nr, x in enumerate(TABELL.splitlines(keepends=True), 1) if nr != linje)


@pytest.mark.parametrize(
    ("tabell", "melding"),
    [
        ("", "Filen er tom."),
        (b"a,barn\nx,\xff\n", "Filen er ikke lagret som UTF-8."),
        (b"a,barn\nx,\x00\n", "Filen er ikke en tekstfil."),
        ("a,b\nx,1\n", "Linje 1: kolonnen «barn» mangler."),
        ("barn\n1\n", "Linje 1: minst én kolonne med inndeling skal stå foran «barn»."),
        ("a,barn,saker\nx,1,1\n", "Linje 1: kolonnen «saker» er ukjent. Etter «barn» kan bare «familier» stå."),
        ("a,a,barn\nx,x,1\n", "Linje 1: hver kolonne skal ha et navn, og ikke det samme som en annen."),
        ("familier,barn\n1,1\n", "Linje 1: kolonnen «familier» skal stå etter «barn»."),
        ('a,barn\n"x,1\n', "Linje 2: anførselstegnene går ikke opp."),
        (uten(9), "Tabellen har et hull: raden «ferie, 6-12» mangler."),
        (uten(13), "Tabellen har et hull: raden «Total, Total» mangler."),
        ("a,barn\nTotal,9\n", "a har ingen grupper, bare «Total»."),
        (TABELL + "kort;0-5;4;3\n", "Linje 14: raden finnes fra før, på linje 2."),
        (TABELL.replace("kort;0-5;4;3", "kort;0-5;4"), "Linje 2: raden skal ha 4 felt, men har 3."),
        (TABELL.replace("kort;0-5;4;3", ";0-5;4;3"), "Linje 2: tiltak er tom."),
        (TABELL.replace("kort;0-5;4", "kort;0-5;fire"), "Linje 2: barn skal være et helt tall, 0 eller mer."),
        (TABELL.replace("kort;0-5;4", "kort;0-5;-4"), "Linje 2: barn skal være et helt tall, 0 eller mer."),
        (TABELL.replace("kort;0-5;4", "kort;0-5;4,0"), "Linje 2: barn skal være et helt tall, 0 eller mer."),
        (TABELL.replace("kort;0-5;4", "kort;0-5;:"), "Linje 2: barn skal være et helt tall, 0 eller mer."),
        (TABELL.replace("kort;0-5;4;3", "kort;0-5;4;"), "Linje 2: familier skal være et helt tall, 0 eller mer."),
        (TABELL.replace("kort;0-5;4;3", "kort;0-5;4;5"), "Linje 2: det kan ikke være flere familier enn barn."),
        (TABELL.replace("kort;0-5;4;3", "kort;0-5;4;0"),
         "Linje 2: familier skal være 0 når barn er 0, og bare da."),
        (TABELL.replace("plass;Total;15", "plass;Total;16"),
         "Linje 7: barn er ikke summen av radene som raden består av, etter alder."),
        (TABELL.replace("ferie;Total;43;28", "ferie;Total;43;32"),
         "Linje 10: familier skal være minst den største delen og høyst summen, etter alder."),
        ("a,b,barn\n" + "".join(f"{i},{i},9\n" for i in range(50)),
         "Tabellen har 2601 celler; grensen er 2000. "
         "Bruk grovere grupper, eller lag flere tabeller med færre inndelinger."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_protected_is_refused_in_one_line(
    tmp_path: Path, tabell: str | bytes, melding: str
) -> None:
    assert kjoer(tmp_path, tabell) == (1, "", melding + "\n")
    assert not (tmp_path / "ut.csv").exists()


@pytest.mark.parametrize(
    ("hierarki", "melding"),
    [
        ("{", "Hierarkiet er ikke gyldig JSON i UTF-8."),
        ([], 'Hierarkiet skal være på formen {"kolonne": {"gruppe": ["del", "del"]}}.'),
        ({"sted": {"nord": "n1"}}, "Hierarkiet: «nord» i sted skal ha en liste med navn på deler."),
        ({"by": {"nord": ["n1"]}}, "Hierarkiet: filen har ingen inndeling som heter «by»."),
        ({"sted": {"nord": ["n3"]}}, "Hierarkiet: «n3» finnes ikke i sted."),
        ({"sted": {"nord": ["n1"], "soer": ["n1"]}}, "Hierarkiet: «n1» i sted står i to grupper."),
        ({"sted": {"nord": ["n1"], "n1": ["nord"]}}, "Hierarkiet: en gruppe i sted er en del av seg selv."),
        ({"sted": {"nord": ["n1"]}},
         "Linje 2: barn er ikke summen av radene som raden består av, etter sted."),
    ],
)  # fmt: skip
def test_a_hierarchy_that_does_not_fit_is_refused(tmp_path: Path, hierarki: object, melding: str) -> None:
    kode, ut, feil = kjoer(tmp_path, STEDER, hierarki=hierarki)
    assert (kode, ut, feil) == (1, "", melding + "\n")


def test_wrong_use_and_missing_files_have_their_own_words(tmp_path: Path) -> None:
    assert kjoer(tmp_path, TABELL, "--terskel", "2")[0] == 2
    assert kjoer(tmp_path, TABELL, "--tid", "snart")[0] == 2
    assert kjoer(tmp_path, TABELL, "--hierarki", str(tmp_path / "finnes-ikke"))[0] == 1
    assert not (tmp_path / "ut.csv").exists()


def test_a_table_that_the_audit_does_not_pass_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("koordinering.statistikk.disclosure.revisjon.revider", _streng)
    kode, ut, feil = kjoer(tmp_path, TABELL)
    assert (kode, json.loads(ut)["safe"]) == (3, False)
    assert feil == "Tabellen ble ikke trygg nok til å vises. Bruk grovere grupper.\n"
    assert not (tmp_path / "ut.csv").exists()


def _streng(vist: Sequence[SafeTable], raa: Sequence[RawCounts], _regler: Regler) -> Revisjon:
    """The audit under a stricter rule than the engine was given."""
    return revider(vist, raa, Regler(terskel=20))
