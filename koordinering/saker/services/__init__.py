"""What is done with cases and referrals; each step checks, changes and records."""

from koordinering.saker.services.barn import fjern_barn, legg_til_barn, rett_barn
from koordinering.saker.services.henvisning import (
    Handling,
    beskjed_gitt,
    handlinger,
    henvisningsfeil,
    legg_til_henvisning,
    paaklag,
    rett_henvisning,
    rettefeil,
    slett_utkast,
    svar,
)
from koordinering.saker.services.hjemler import endre_hjemmel, er_brukt, last_hjemler, opprett_hjemmel
from koordinering.saker.services.innboks import les_tekster, si_hvorfor, sjekk_oppslag, ta_soek
from koordinering.saker.services.kjent import KjentIEgenEnhet
from koordinering.saker.services.koblingskode import Koblingskode, bruker_koder, klar_kode, les_koblingskode
from koordinering.saker.services.kommandoer import (
    HenvisningRettelse,
    NyHenvisning,
    NySak,
    NyttBarn,
    NyttGrunnlag,
    SakRettelse,
)
from koordinering.saker.services.laas import laas_sak
from koordinering.saker.services.overgang import (
    flytt,
    har_grunnlag,
    kan_sendes,
    legg_til_hendelse,
    les_fritekst,
    send,
    sjekk_begrunnelse,
    slutter,
    tilstand_naa,
)
from koordinering.saker.services.registrering import (
    AlleredeRegistrert,
    er_for_familien,
    gjelder,
    innsendingsnoekkel,
    les_egen_referanse,
    registrer,
)
from koordinering.saker.services.rettigheter import begrens, opphev, toem
from koordinering.saker.services.rydding import slett_gamle_utkast, utkastet_slettes
from koordinering.saker.services.sak import (
    HoldesTilbake,
    NoeErGitt,
    hindrer_sletting,
    kan_slettes,
    overlever,
    rett_sak,
    slett,
)
from koordinering.saker.services.samtykke import (
    gjelder_i_saken,
    grunnlagsfeil,
    henvist_til,
    registrer_samtykke,
    trekk_samtykke,
)
from koordinering.saker.services.skjemaer import glem_skjemaer
from koordinering.saker.services.tilbakehold import hold_tilbake, les_holdetekst, slipp

__all__ = [
    "HoldesTilbake",
    "AlleredeRegistrert",
    "Handling",
    "HenvisningRettelse",
    "KjentIEgenEnhet",
    "Koblingskode",
    "NoeErGitt",
    "NyHenvisning",
    "NySak",
    "NyttBarn",
    "NyttGrunnlag",
    "SakRettelse",
    "begrens",
    "beskjed_gitt",
    "bruker_koder",
    "endre_hjemmel",
    "er_brukt",
    "er_for_familien",
    "fjern_barn",
    "flytt",
    "gjelder",
    "gjelder_i_saken",
    "glem_skjemaer",
    "grunnlagsfeil",
    "handlinger",
    "henvisningsfeil",
    "henvist_til",
    "har_grunnlag",
    "hindrer_sletting",
    "hold_tilbake",
    "innsendingsnoekkel",
    "kan_sendes",
    "kan_slettes",
    "klar_kode",
    "laas_sak",
    "last_hjemler",
    "legg_til_barn",
    "legg_til_hendelse",
    "legg_til_henvisning",
    "les_egen_referanse",
    "les_fritekst",
    "les_holdetekst",
    "les_koblingskode",
    "les_tekster",
    "opphev",
    "opprett_hjemmel",
    "overlever",
    "paaklag",
    "registrer",
    "registrer_samtykke",
    "rett_barn",
    "rett_henvisning",
    "rett_sak",
    "rettefeil",
    "send",
    "si_hvorfor",
    "sjekk_begrunnelse",
    "sjekk_oppslag",
    "ta_soek",
    "slett",
    "slett_gamle_utkast",
    "slett_utkast",
    "slipp",
    "slutter",
    "svar",
    "tilstand_naa",
    "toem",
    "trekk_samtykke",
    "utkastet_slettes",
]
