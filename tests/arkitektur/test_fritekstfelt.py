"""Every text field of every form is guarded, or says here why it cannot concern a family."""

import re
from collections.abc import Iterator
from pathlib import Path

from wtforms import HiddenField, PasswordField, StringField

import koordinering
from koordinering.plan.evaluering.rules import FELTENE
from koordinering.plan.rullering.forms.felter import Planlinje
from koordinering.web.skjema import Vernet
from koordinering.web.tallfelt import Kronerfelt
from tests.skjemaer import skjemaene

_SOEK = "narrows a list and is not stored"
_TILBUD = "describes an offer to everybody, with the arranger's own contact"
_LAG = "the club's own public contact"
_UTSTYR = "describes an item on a shelf; nothing in the bank leads to a family"
_STED = "the name of a place or its groups, shown to everybody"
_NUMMER = "an identity number is its purpose: checked, indexed and forgotten"
_KODE = "a number or barcode that is looked up"
_FAMILIENS = "a linking code with a check character, or an error"
_LAANER = "the borrower's number is its purpose: sealed, and removed afterwards"
_TITTEL = "a title of somebody at work, never of a family"
_KONTOR = "the office that families ask about privacy"

UNNTATT = {
    "konto.faktor.forms.AppkodeForm.engangskode": "a code, or an error; not stored",
    "konto.faktor.forms.KodeForm.engangskode": "a code, or an error; not stored",
    "konto.faktor.forms.NyPasskeyForm.navn": "what somebody at work calls her own machine, shown to her alone",
    "konto.forms.BrukersoekForm.sok": _SOEK,
    "konto.forms.EpostForm.epost": "an address at work is its purpose, checked as one",
    "konto.forms.InnloggingForm.brukernavn": "who signs in",
    "konto.forms.NyBrukerForm.brukernavn": "who is to sign in",
    "konto.forms.NyBrukerForm.tittel": _TITTEL,
    "konto.forms.TittelForm.tittel": _TITTEL,
    "konto.oidc.forms.KobleForm.konto": "who signs in",
    "konto.forms.KommuneForm.dpia_referanse": "a decision in the municipality's archive",
    "konto.forms.KommuneForm.personvern_epost": _KONTOR,
    "konto.forms.KommuneForm.personvern_kontor": _KONTOR,
    "konto.forms.KommuneForm.personvern_telefon": _KONTOR,
    "personvern.forms.SakensLoggForm.referanse": "a reference with a check character, or an error",
    "konto.forms.KommuneForm.meldeplikt_lenke": "an address that is checked as one",
    "personvern.forms.LoggfilterForm.brukernavn": _SOEK,
    "personvern.krav.forms.SamletForm.fnr1": _NUMMER,
    "personvern.krav.forms.SamletForm.fnr2": _NUMMER,
    "personvern.krav.forms.SamletForm.fnr3": _NUMMER,
    "personvern.krav.forms.SamletForm.fnr4": _NUMMER,
    "personvern.krav.forms.SamletForm.referanser": "references with check characters, or an error",
    "plan.serier.forms.filter.SeriefilterForm.q": _SOEK,
    "plan.serier.forms.punkt.PunktForm.periode": "a period of time, or an error",
    "plan.serier.forms.punkt.PunktForm.verdi": "a number or a sign, or an error",
    "saker.forms.felter.BarnFelter.fnr": _NUMMER,
    "saker.forms.kode.KodeFelter.kode": _FAMILIENS,
    "saker.forms.sak.FinnForm.fnr": _NUMMER,
    "saker.forms.sak.FinnForm.kode": _FAMILIENS,
    "saker.forms.sak.FinnForm.referanse": "a reference with a check character, or an error",
    "saker.forms.hjemler.HjemmelForm.tekst": "words of a code list",
    "saker.samordning.forms.MoeteForm.klokkeslett": "a time of day, or an error",
    "statistikk.aapne.forms.OpplysningerForm.epost": "the address of the office that answers for open data",
    "statistikk.aapne.forms.OpplysningerForm.kontakt": "the office that answers for open data",
    "statistikk.aapne.forms.OpplysningerForm.orgnr": "nine digits with a check digit, or an error",
    "statistikk.forms.EksportForm.format": "one of a few file types",
    "statistikk.forms.KatalogForm.sok": _SOEK,
    "statistikk.forms.PubliseringssoekForm.sok": _SOEK,
    "tildeling.forms.fordeling.FordelFilterForm.q": _SOEK,
    "tiltak.forms.ImportForm.innhold": "a list of offers, read row by row",
    "tiltak.forms.TilbudForm.arrangoer": _TILBUD,
    "tiltak.forms.TilbudForm.navn": _TILBUD,
    "tiltak.forms.TilbudForm.oppmoete": _TILBUD,
    "tiltak.forms.TilbudForm.sted": _TILBUD,
    "tiltak.forms.TilbudForm.ukedager": _TILBUD,
    "tiltak.forms.TilbudSoekForm.q": _SOEK,
    "tiltak.klubbesoek.forms.KlubbesoekSoekForm.q": _SOEK,
    "tiltak.kort.forms.StedForm.navn": _STED,
    "tiltak.kort.forms.StedSoekForm.q": _SOEK,
    "tiltak.lag.forms.LagForm.epost": _LAG,
    "tiltak.lag.forms.LagForm.kontakt": _LAG,
    "tiltak.lag.forms.LagForm.kontonummer": _LAG,
    "tiltak.lag.forms.LagForm.navn": _LAG,
    "tiltak.lag.forms.LagForm.orgnr": _LAG,
    "tiltak.lag.forms.LagForm.telefon": _LAG,
    "tiltak.lag.forms.LagSoekForm.q": _SOEK,
    "tiltak.midler.forms.RundeForm.navn": "the name of a round of grants, which is public",
    "tiltak.midler.forms.SoekForm.q": _SOEK,
    "tiltak.midler.forms.UtbetalingSoekForm.q": _SOEK,
    "tiltak.moeteplass.forms.MoeteplassForm.grupper": _STED,
    "tiltak.moeteplass.forms.MoeteplassForm.navn": _STED,
    "tiltak.moeteplass.forms.MoeteplassSoekForm.q": _SOEK,
    "tiltak.utstyr.forms.disk.InnForm.kode": _KODE,
    "tiltak.utstyr.forms.disk.ReserverForm.telefon": _LAANER,
    "tiltak.utstyr.forms.disk.UtForm.kode": _KODE,
    "tiltak.utstyr.forms.disk.UtForm.telefon": _LAANER,
    "tiltak.utstyr.forms.felter.SkannForm.kode": _KODE,
    "tiltak.utstyr.forms.felter.TelleForm.kode": _KODE,
    "tiltak.utstyr.forms.lager.EnhetForm.deler": _UTSTYR,
    "tiltak.utstyr.forms.lager.EnhetForm.navn": _UTSTYR,
    "tiltak.utstyr.forms.lager.EnhetForm.stoerrelse": _UTSTYR,
    "tiltak.utstyr.forms.lager.EnhetForm.strekkode": _UTSTYR,
    "tiltak.utstyr.forms.lager.LagerSoekForm.q": _SOEK,
}
"""Text fields that are not guarded, and why."""

VERNET = {
    "plan.rullering.forms.felter.Delform.grunn",
    "plan.rullering.forms.tiltak.NyttTiltakForm.grunn",
    "plan.rullering.forms.versjon.FjernForm.grunn",
    "plan.aktiviteter.forms.AktivitetForm.tema",
    "plan.evaluering.forms.LenkeForm.navn",
    "plan.evaluering.forms.ReturForm.grunn",
    *(f"plan.evaluering.forms.VurderingForm.{felt}" for felt in FELTENE),
    "plan.organer.forms.OrganForm.navn",
    "saker.forms.registrering.NySakForm.egen_referanse",
    "saker.forms.sak.RettSakForm.egen_referanse",
    "saker.forms.trekk.TrekkForm.fritekst",
    "saker.samordning.forms.NotatForm.tekst",
    "statistikk.forms.TrekkPubliseringForm.tekst",
    "tildeling.forms.flere.FlereForm.fritekst",
    "tildeling.forms.handling.HandlingForm.fritekst",
    "tiltak.klubbesoek.forms.KlubbesoekForm.merknad",
    "tiltak.midler.forms.FakturaForm.nummer",
    "tiltak.midler.forms.InnvilgForm.vilkaar",
    "tiltak.midler.forms.KreditnotaForm.nummer",
}
"""Those that must be; new ones are guarded without standing here."""


_IKKE_TEKST = (HiddenField, PasswordField, Kronerfelt, Planlinje)
"""Written by the page, never shown, an amount and nothing else, or words of the plan, which is a public document."""


def _tekstfelter() -> Iterator[tuple[str, type[StringField]]]:
    """Every text field by the form that writes it down."""
    for navnet, skjema in skjemaene():
        for navn, felt in vars(skjema).items():
            slag = getattr(felt, "field_class", None)
            if slag is not None and issubclass(slag, StringField) and not issubclass(slag, _IKKE_TEKST):
                yield f"{navnet}.{navn}", slag


def test_every_text_field_is_guarded_or_says_why_not() -> None:
    felter = dict(_tekstfelter())
    vernet = {navn for navn, slag in felter.items() if issubclass(slag, Vernet)}
    assert vernet >= VERNET
    assert sorted(felter.keys() - vernet - UNNTATT.keys()) == []
    assert sorted(UNNTATT.keys() - (felter.keys() - vernet)) == []


def test_the_notice_stands_wherever_needs_and_notes_are_written() -> None:
    maler = Path(koordinering.__file__).parents[1] / "templates"
    skriver = re.compile(r"\(form\.(?:behov|fritekst)\b")
    med = {m.relative_to(maler).as_posix(): m.read_text(encoding="utf-8") for m in maler.rglob("*.html")}
    skrives = {navn for navn, kilde in med.items() if skriver.search(kilde)}
    assert len(skrives) >= 5
    assert [navn for navn in sorted(skrives) if "{{ meldeplikten() }}" not in med[navn]] == []
