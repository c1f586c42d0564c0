"""What the pages of evaluation share."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("evaluering", __name__)

Svar = str | Response | tuple[str, int]
