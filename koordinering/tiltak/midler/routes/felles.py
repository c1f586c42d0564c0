"""The blueprint that the pages of the money share."""

from flask import Blueprint

bp = Blueprint("midler", __name__)
