"""The room's own name."""

from flask import Blueprint

bp = Blueprint("samordning", __name__)
