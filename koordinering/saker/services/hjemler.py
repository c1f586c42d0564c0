"""The dated code list of statutory authorities: loaded from data once, then kept on its page."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import exists, select

from koordinering import audit
from koordinering.access import require
from koordinering.audit import Hva
from koordinering.db import db, i_dag, tilfeldig_id
from koordinering.errors import ConfigError, Endret
from koordinering.roles import Rettighet
from koordinering.saker.models import Hjemmel, Hjemmelendring, Samtykke
from koordinering.saker.rules.hjemler import Hjemmelopplysninger, sjekk_endring, sjekk_hjemmel
from koordinering.users import User

FIL = Path(__file__).parents[2] / "data" / "hjemler.yaml"


def last_hjemler(fil: Path = FIL) -> int:
    """Load what the list does not have; a code that is known is left as the page has made it. Returns how many.

    Raises ConfigError with the place and what is wrong; nothing is half loaded inside transaction().
    """
    try:
        poster = yaml.safe_load(fil.read_text(encoding="utf-8"))["hjemler"]
        rader = [_les(nr, post) for nr, post in enumerate(poster, 1)]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as feil:
        raise ConfigError(f"{fil.name} kan ikke leses: {type(feil).__name__}.") from None
    koder = [rad.id for rad in rader]
    if len(set(koder)) != len(koder):
        raise ConfigError(f"{fil.name}: en kode står to ganger.")
    kjente = set(db.session.scalars(select(Hjemmel.id)))
    nye = [rad for rad in rader if rad.id not in kjente]
    db.session.add_all(nye)
    db.session.flush()
    return len(nye)


def _les(nr: int, post: dict[str, Any]) -> Hjemmel:
    kode, tekst, fra, til = post.get("kode"), post.get("tekst"), post.get("fra"), post.get("til")
    if not isinstance(kode, str) or not isinstance(tekst, str) or not kode or not tekst:
        raise ConfigError(f"hjemler.yaml, post {nr}: kode og tekst må fylles ut.")
    if not isinstance(fra, date) or not (til is None or isinstance(til, date)):
        raise ConfigError(f"hjemler.yaml, post {nr} ({kode}): fra og til må være datoer.")
    if til is not None and til < fra:
        raise ConfigError(f"hjemler.yaml, post {nr} ({kode}): til er før fra.")
    return Hjemmel(id=kode, tekst=tekst, gyldig_fra=fra, gyldig_til=til)


def er_brukt(hjemmel_id: str) -> bool:
    """Tell whether anything has been shared on the authority, whosever case it is."""
    return bool(db.session.scalar(select(exists().where(Samtykke.hjemmel_id == hjemmel_id))))


def opprett_hjemmel(om: Hjemmelopplysninger, *, av: User) -> Hjemmel:
    """Add an authority to the list. Raises UgyldigFelt."""
    require(av, Rettighet.HJEMMEL_ENDRE)
    sjekk_hjemmel(om)
    ny = Hjemmel(id=f"h{tilfeldig_id()}", tekst=om.tekst, gyldig_fra=om.fra, gyldig_til=om.til)
    db.session.add(ny)
    db.session.flush()
    _skriv_ned(ny.id, "lagt_inn", None, None, av)
    audit.record(Hva.HJEMMEL_LAGT_INN, av=av, detalj=ny.id)
    return ny


def endre_hjemmel(hjemmel_id: str, om: Hjemmelopplysninger, *, vist: str, av: User) -> Hjemmel:
    """Change or end an authority. `vist`: the print of what the user's page showed.

    One that something rests on can only be ended. Raises UgyldigFelt, Endret.
    """
    require(av, Rettighet.HJEMMEL_ENDRE)
    # locked, so that nobody takes it into use between the question and the change
    query = select(Hjemmel).where(Hjemmel.id == hjemmel_id).with_for_update()
    rad = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if vist != rad.avtrykk():
        raise Endret
    naa = Hjemmelopplysninger(rad.tekst, rad.gyldig_fra, rad.gyldig_til)
    sjekk_endring(naa, om, brukt=er_brukt(hjemmel_id), dag=i_dag())
    for felt in ("tekst", "fra", "til"):
        foer, ny = getattr(naa, felt), getattr(om, felt)
        if foer != ny:
            _skriv_ned(rad.id, felt, foer, ny, av)
    if om != naa:
        rad.tekst, rad.gyldig_fra, rad.gyldig_til = om.tekst, om.fra, om.til
        audit.record(Hva.HJEMMEL_ENDRET, av=av, detalj=rad.id)
    db.session.flush()
    return rad


def _skriv_ned(hjemmel_id: str, felt: str, fra: object, til: object, av: User) -> None:
    foer, ny = (None if verdi is None else str(verdi) for verdi in (fra, til))
    db.session.add(Hjemmelendring(hjemmel_id=hjemmel_id, user_id=av.id, felt=felt, fra=foer, til=ny))
