"""Everything that is stored about a case, in plain bokmål: the document that a family gets (GDPR art. 15)."""

from collections.abc import Iterable, Sequence

from koordinering.audit import Innslag
from koordinering.personvern.krav.queries import MAKS_LESNINGER, Saksinnhold
from koordinering.personvern.krav.rules.dokument import Avsnitt, Del, Dokument
from koordinering.roles import Rolle
from koordinering.saker.models import Barn, Henvisning, Samtykke
from koordinering.saker.routes.visning import henvisningslinjer, hvem_det_gjelder, sakslinjer
from koordinering.saker.rules.behov import Opplysning
from koordinering.saker.services import les_egen_referanse, les_holdetekst, les_koblingskode, les_tekster
from koordinering.tekst import N_
from koordinering.tildeling.models import Tildeling
from koordinering.users import kommune
from koordinering.web.side import dato, kroner, tekst, tidspunkt
from koordinering.web.sprak import gettext

Rad = tuple[str, ...]


def om_saken(innhold: Saksinnhold) -> Dokument:
    """What one unit has stored in one case. Nothing of any other case is read."""
    sak = innhold.sak
    return Dokument(
        gettext(N_("Innsyn i sak %(referanse)s")) % {"referanse": sak.referanse},
        _innledning(),
        (
            Del(
                f"{sak.enhet.navn}, {sak.referanse}",
                (
                    _saken(innhold),
                    _barna(sak.barn),
                    _samtykker(sak.samtykker, sak.barn),
                    _henvisninger(innhold.henvisninger),
                    _gitt(innhold),
                    _historien(innhold),
                    *_samordning(innhold),
                    _aapnet(innhold),
                    _kravene(innhold),
                    _lest(innhold),
                ),
            ),
            _betydning(),
        ),
    )


def samlet(deler: Sequence[Dokument]) -> Dokument:
    """The approved parts put together. What it means is told once."""
    egne = tuple(del_ for dokument in deler for del_ in dokument.deler[:1])
    tomt = () if egne else (gettext(N_("Ingen av tjenestene har godkjent noe som kan gis ut her.")),)
    return Dokument(gettext(N_("Samlet innsyn")), (*_innledning(), *tomt), (*egne, _betydning()))


def _innledning() -> Rad:
    return (
        gettext(N_("Her står alt som er lagret i Koordinering om saken, og hva det brukes til.")),
        gettext(
            N_(
                "Navn, adresse og fødselsnummer er ikke lagret. Tjenesten kjenner igjen saken på referansen, "
                "og har navnet i sitt eget fagsystem. Der kan dere også be om innsyn."
            )
        ),
    )


def _avsnitt(tittel: str, forklaring: str, kolonner: Iterable[str], rader: Iterable[Rad], tomt: str = "") -> Avsnitt:
    return Avsnitt(
        gettext(tittel),
        gettext(forklaring),
        tuple(gettext(k) for k in kolonner),
        tuple(tuple(celle or "–" for celle in rad) for rad in rader),
        gettext(tomt or N_("Ingenting er lagret.")),
    )


def _janei(verdi: bool) -> str:
    return str(gettext(N_("Ja") if verdi else N_("Nei")))


def _saken(innhold: Saksinnhold) -> Avsnitt:
    sak, lagret = innhold.sak, gettext(N_("Lagret"))
    holdt = (tekst(sak.holdegrunn), les_holdetekst(sak))
    rader = [
        (gettext(N_("Referanse")), sak.referanse),
        (gettext(N_("Tjenesten som har saken")), sak.enhet.navn),
        (gettext(N_("Registrert")), tidspunkt(sak.opprettet)),
        (gettext(N_("I målgruppen, slik tjenesten vurderer det")), _janei(sak.i_maalgruppe)),
        (gettext(N_("Behov")), ", ".join(tekst(b.behov) for b in sak.behov)),
        (gettext(N_("Enhetens egen referanse")), les_egen_referanse(sak) or ""),
        (gettext(N_("Familiens koblingskode")), les_koblingskode(sak) or (lagret if sak.koblingskode else "")),
        (gettext(N_("Behandlingen er begrenset siden")), tidspunkt(sak.begrenset)),
        (gettext(N_("Holdes tilbake fra sletting til og med")), dato(sak.holdes_til)),
        (gettext(N_("Hvorfor saken holdes tilbake")), ". ".join(t for t in holdt if t)),
    ]
    return _avsnitt(
        N_("Saken"),
        N_("Tjenesten registrerte saken for å finne tiltak for barna. «–» betyr at feltet er tomt."),
        (N_("Opplysning"), N_("Det som er lagret")),
        rader,
    )


def _barna(barna: Sequence[Barn]) -> Avsnitt:
    return _avsnitt(
        N_("Barna"),
        N_(
            "Et barn er et nummer i saken og et fødselsår. Merket til telling er regnet ut av fødselsnummeret, som "
            "ikke er lagret. Det brukes bare til å telle hvert barn én gang og til ikke å gi det samme to ganger."
        ),
        (N_("Barn"), N_("Født"), N_("Kjønn"), N_("Deltar fast"), N_("Spurt"), N_("Ønsker"), N_("Merke til telling")),
        [
            (
                str(b.lopenummer),
                str(b.foedselsaar),
                tekst(b.kjoenn),
                tekst(b.deltar),
                tekst(b.spurt),
                ", ".join(tekst(o.aktivitet) for o in b.oensker),
                gettext(N_("Lagret") if b.blindindeks is not None else N_("Ikke lagret")),
            )
            for b in barna
        ],
    )


def _samtykker(samtykker: Sequence[Samtykke], barna: Sequence[Barn]) -> Avsnitt:
    return _avsnitt(
        N_("Samtykke og hjemmel"),
        N_("Hvem som kan få se hva. Et samtykke kan trekkes når som helst, hos tjenesten som har saken."),
        (N_("Mottaker"), N_("Grunnlag"), N_("Gjelder"), N_("Omfatter"), N_("Gitt"), N_("Til og med"), N_("Trukket")),
        [
            (
                s.mottaker.navn,
                s.hjemmel.tekst if s.hjemmel else ", ".join(t for t in (tekst(s.maate), tekst(s.fra)) if t),
                hvem_det_gjelder(s.gjelder, barna),
                ", ".join(tekst(Opplysning(o)) for o in s.opplysninger),
                dato(s.gitt),
                dato(s.gyldig_til),
                tidspunkt(s.trukket),
            )
            for s in samtykker
        ],
    )


def _hvem(henvisning: Henvisning) -> str:
    if henvisning.barn is None:
        return str(gettext(N_("Hele familien")))
    return str(gettext(N_("Barn %(nr)d")) % {"nr": henvisning.barn.lopenummer})


def _henvisninger(henvisninger: Sequence[Henvisning]) -> Avsnitt:
    return _avsnitt(
        N_("Henvisninger"),
        N_("Det tjenesten har søkt om for barna, og hvordan det står nå."),
        (N_("Tiltak"), N_("Gjelder"), N_("Sendt til"), N_("Sendt"), N_("Status"), N_("Beskjed gitt"), N_("Deltar nå")),
        [
            (
                h.tiltak.kortnavn,
                _hvem(h),
                h.mottaker.navn if h.mottaker else gettext(N_("Vist vei")),
                tidspunkt(h.sendt),
                tekst(h.status),
                tidspunkt(h.beskjed_gitt),
                tekst(h.deltar_ved_slutt),
            )
            for h in henvisninger
        ],
    )


def _gitt(innhold: Saksinnhold) -> Avsnitt:
    tiltak = {h.id: f"{h.tiltak.kortnavn}, {_hvem(h)}" for h in innhold.henvisninger}
    gitt = [
        (tiltak[t.henvisning_id], _hva(t), tidspunkt(t.gitt), tekst(t.tilstand), tidspunkt(t.slutt))
        for t in innhold.tildelinger
    ]
    tilbudt = [
        (tiltak[p.henvisning_id], p.tilbud.navn, tidspunkt(p.laget), tekst(p.svar), tidspunkt(p.svart))
        for p in innhold.plasstilbud
    ]
    return _avsnitt(
        N_("Gitt og tilbudt"),
        N_("Det familien har fått eller blitt tilbudt. Det står til saken slettes, også når annet er slettet."),
        (N_("Tiltak"), N_("Hva"), N_("Når"), N_("Hvordan det står"), N_("Slutt eller svar")),
        [*gitt, *tilbudt],
        N_("Ingenting er gitt eller tilbudt."),
    )


def _hva(tildeling: Tildeling) -> str:
    if tildeling.plass is not None:
        return str(gettext(N_("Nummer %(nr)s")) % {"nr": tildeling.plass.nummer})
    if tildeling.tilsagn is not None:
        return kroner(tildeling.tilsagn.beloep_oere)
    periode = tildeling.periode
    dager = f"{dato(periode.fra)}–{dato(periode.til)}, {tekst(periode.resultat)}" if periode is not None else ""
    return " ".join((gettext(N_("Oppfølging")), dager)).strip(" ,–")


def _historien(innhold: Saksinnhold) -> Avsnitt:
    sak = innhold.sak
    saken = [(linje, gettext(N_("Saken"))) for linje in sakslinjer(innhold.hendelser, {})]
    henvisninger = [
        (linje, f"{h.tiltak.kortnavn}, {_hvem(h)}")
        for h in innhold.henvisninger
        for linje in henvisningslinjer(sak, h.hendelser, {})
    ]
    linjer = sorted([*saken, *henvisninger], key=lambda par: par[0]["iso"])
    return _avsnitt(
        N_("Det som har skjedd"),
        N_("Hver endring, med notatene som er skrevet. Hvem i tjenesten som gjorde det, står ikke her."),
        (N_("Tid"), N_("Gjelder"), N_("Hva"), N_("Mer")),
        [(linje["tid"], gjelder, linje["tittel"], linje["tekst"]) for linje, gjelder in linjer],
    )


def _samordning(innhold: Saksinnhold) -> tuple[Avsnitt, ...]:
    samordnet = innhold.samordnet
    gjort = [
        *((en.tid, en.enhet.kortnavn, gettext(N_("Notat")), skrevet) for en, skrevet in samordnet.notater),
        *((en.tid, en.enhet.kortnavn, tekst(en.slag), tidspunkt(en.moete) or en.hvem) for en in samordnet.avtaler),
    ]
    return (
        _avsnitt(
            N_("Samtykke til samordning"),
            N_("Enhetene som kan se hverandres henvisninger og avtale hvem som følger opp."),
            (N_("Enheter"), N_("Hvordan"), N_("Gitt"), N_("Til og med"), N_("Trukket")),
            [
                (
                    ", ".join(e.enhet.navn for e in s.enheter),
                    ", ".join((tekst(s.maate), tekst(s.fra))),
                    dato(s.gitt),
                    dato(s.gyldig_til),
                    tidspunkt(s.trukket),
                )
                for s in samordnet.samtykker
            ],
        ),
        _avsnitt(
            N_("Notater, møter og oppfølging mellom enhetene"),
            N_("Det enhetene har skrevet til hverandre, og det de har avtalt."),
            (N_("Tid"), N_("Enhet"), N_("Hva"), N_("Mer")),
            [(tidspunkt(tid), enhet, hva, mer) for tid, enhet, hva, mer in sorted(gjort, key=lambda r: r[0])],
        ),
    )


def _aapnet(innhold: Saksinnhold) -> Avsnitt:
    tekster = les_tekster(innhold.aapninger)
    return _avsnitt(
        N_("Åpnet av andre enn den som har saken"),
        N_("Den som åpner en kollegas sak, må si hvorfor. Svarene står her."),
        (N_("Tid"), N_("Hvorfor"), N_("Forklaring")),
        [(tidspunkt(a.tid), tekst(a.grunn), tekster.get(a.id, "")) for a in innhold.aapninger],
    )


def _kravene(innhold: Saksinnhold) -> Avsnitt:
    return _avsnitt(
        N_("Krav fra familien"),
        N_("Det familien har bedt om: innsyn, retting, sletting eller begrensning."),
        (N_("Krav"), N_("Kom"), N_("Frist"), N_("Besvart"), N_("Utfall"), N_("Hvorfor")),
        [
            (tekst(k.slag), dato(k.mottatt), dato(k.frist), dato(k.ferdig), tekst(k.utfall), tekst(k.grunn))
            for k in innhold.krav
        ],
    )


def _roller(linje: Innslag) -> str:
    return ", ".join(tekst(Rolle(kode)) for kode in linje.roller.split(",") if kode in set(Rolle))


def _lest(innhold: Saksinnhold) -> Avsnitt:
    alle, kuttet = innhold.lesninger, len(innhold.lesninger) >= MAKS_LESNINGER
    return _avsnitt(
        N_("Hvem som har lest"),
        N_("De siste 5 000 linjene fra innsynsloggen, de nyeste først.")
        if kuttet
        else N_(
            "Hver gang noen har åpnet saken eller en henvisning i den, de nyeste først. Her står tjenesten og rollen, "
            "ikke navnet på den ansatte. Loggen tas vare på i fem år."
        ),
        (N_("Tid"), N_("Tjeneste"), N_("Rolle"), N_("Hva")),
        [(tidspunkt(en.linje.tid), en.enhet, _roller(en.linje), tekst(en.linje.hva)) for en in alle],
    )


def _betydning() -> Del:
    valg = kommune()
    kontakt = ", ".join(t for t in (valg.personvern_kontor, valg.personvern_epost, valg.personvern_telefon) if t)
    rader = [
        (gettext(N_("Formål")), gettext(N_("Å finne tiltak for barna, følge dem opp, og telle hva tiltakene gir."))),
        (gettext(N_("Kilde")), gettext(N_("Det familien har fortalt tjenesten, og det tjenesten har gjort."))),
        (
            gettext(N_("Hvor lenge")),
            gettext(N_("Til saken slettes. Siden om personvern sier hvor lenge hver opplysning tas vare på.")),
        ),
        (
            gettext(N_("Rettigheter")),
            gettext(N_("Dere kan be om retting, sletting eller begrensning hos tjenesten som har saken.")),
        ),
        (gettext(N_("Avgjørelser")), gettext(N_("Ingen avgjørelse tas av programmet alene."))),
        (gettext(N_("Spørsmål")), kontakt),
        (gettext(N_("Klage")), gettext(N_("Dere kan klage til Datatilsynet."))),
    ]
    avsnitt = _avsnitt(
        N_("Opplysningene og rettighetene"),
        N_("Opplysningene er pseudonyme: de er personopplysninger til de er slettet."),
        (N_("Spørsmål"), N_("Svar")),
        rader,
    )
    return Del(gettext(N_("Hva dette betyr")), (avsnitt,))
