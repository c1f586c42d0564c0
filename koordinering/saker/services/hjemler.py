"""The dated code list of statutory authorities, loaded from data."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from koordinering.db import db
from koordinering.errors import ConfigError
from koordinering.saker.models import Hjemmel

FIL = Path(__file__).parents[2] / "data" / "hjemler.yaml"


def last_hjemler(fil: Path = FIL) -> int:
    """Load the list; a code that is known gets its new text and dates, none is ever removed. Returns how many.

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
    for rad in rader:
        db.session.merge(rad)
    db.session.flush()
    return len(rader)


def _les(nr: int, post: dict[str, Any]) -> Hjemmel:
    kode, tekst, fra, til = post.get("kode"), post.get("tekst"), post.get("fra"), post.get("til")
    if not isinstance(kode, str) or not isinstance(tekst, str) or not kode or not tekst:
        raise ConfigError(f"hjemler.yaml, post {nr}: kode og tekst må fylles ut.")
    if not isinstance(fra, date) or not (til is None or isinstance(til, date)):
        raise ConfigError(f"hjemler.yaml, post {nr} ({kode}): fra og til må være datoer.")
    if til is not None and til < fra:
        raise ConfigError(f"hjemler.yaml, post {nr} ({kode}): til er før fra.")
    return Hjemmel(id=kode, tekst=tekst, gyldig_fra=fra, gyldig_til=til)
