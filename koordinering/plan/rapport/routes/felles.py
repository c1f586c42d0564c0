"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("rapport", __name__)
