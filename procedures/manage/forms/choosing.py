"""Choosing rows of the catalogue: a sector, a level, a procedure by code or by words of its name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _

from common.clock import local_day, now
from common.text import fold, in_order, plain
from procedures.labels import level_set_words
from procedures.models import Procedure

from ..lists import names_of

# So many are named when a name fits several.
NAMED = 5


class _InOrder(ModelChoiceIterator):
    """The rows of a queryset as choices, in Vietnamese order; none of them first where one need not be chosen."""

    def __iter__(self) -> Any:
        if not self.field.required:
            yield "", self.field.empty_label
        yield from (self.choice(row) for row in in_order(self.queryset))


class NamedField(forms.ModelChoiceField):
    """One of some rows, by name."""

    iterator = _InOrder


def level_choices(maximum: int = 4) -> list[tuple[int, str]]:
    """Return the levels up to one, in words."""
    return [(level, level_set_words(level)) for level in range(1, maximum + 1)]


def procedures_meant(text: str, maximum: int = NAMED) -> list[Procedure]:
    """Return the procedure of a code, else those named by all the words: ``maximum`` and one more. One query."""
    code, _space, _name = plain(text).partition(" ")
    by_name = Q()
    for word in fold(text).split():
        by_name &= Q(search_text__contains=word)
    found = list(Procedure.objects.filter(Q(code=code) | by_name).order_by("sort_key", "id")[: maximum + 1])
    exact = [procedure for procedure in found if procedure.code == code]
    return exact or found


def find_procedure(text: str) -> Procedure:
    """Return the procedure meant by a code or by words of its name. Two queries at most.

    Raises ValidationError, naming those that fit when there are several.
    """
    found = procedures_meant(text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(_("No procedure fits “%(text)s”. Write its code.") % {"text": text})
    named = names_of(found[:NAMED], local_day(now()))
    names = "; ".join(f"{procedure.code} {named.get(procedure.pk, '')}" for procedure in found[:NAMED])
    raise ValidationError(
        _("Several procedures fit “%(text)s”; write the code: %(names)s") % {"text": text, "names": names}
    )
