"""The question below a page: was it of use?"""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ..models import ArticleKind


def value_words() -> list[tuple[int, str]]:
    """Return each value with what it means, the best one first."""
    return [
        (5, _("Very useful")),
        (4, _("Useful")),
        (3, _("Partly")),
        (2, _("Hardly")),
        (1, _("Not useful")),
    ]


def question(kind: str, ref: str) -> SafeString:
    """Return the form below a page, in the active language; it is the same for everybody and holds no key."""
    context = {"url": reverse("articles:useful", args=[kind, ref]), "values": value_words()[::-1]}
    return render_to_string("articles/_useful.html", context)


def below_procedure(code: str) -> SafeString:
    """Return the form below the page of a procedure."""
    return question(ArticleKind.PROCEDURE, code)
