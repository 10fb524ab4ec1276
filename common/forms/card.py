"""The boxes in which somebody gives an identity card, on a page with other boxes: a photo of its QR, or the QR's text.

Neither is stored: they are called ``card-<who>-picture`` and ``card-<who>-text``, as no question can be called, and
fill in other boxes of the page, which are then shown.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ..clock import local_day
from ..files.uploads import not_taken, text_of_card
from ..refusals import Refused
from ..values.id_card import MAX_TEXT, IdCard, check_id_card
from ..web.limits import hit_ip, hit_target
from .adjusting import with_values

Made = TypeVar("Made", bound=forms.BaseForm)

BUTTON = "fill"
# What a file picker offers; phones then offer the camera too.
ACCEPT = ".jpg,.jpeg,.jfif,.png,.heic,.heif,.webp,image/jpeg,image/png,image/heic,image/webp"


def boxes_of(who: str) -> tuple[str, str]:
    """Return what the boxes for a photo and for a text are called."""
    return f"card-{who}-picture", f"card-{who}-text"


def is_given(request: HttpRequest, who: str) -> bool:
    """Say whether a photo or a text came with the page, whichever button was pressed: scanners press Enter."""
    picture, text = boxes_of(who)
    return bool(request.FILES.get(picture) or request.POST.get(text, "").strip())


def wants_card(request: HttpRequest, who: str) -> bool:
    """Say whether a sent page of one person wants a card read: its button was pressed, or a card came with another."""
    return request.method == "POST" and (request.POST.get(BUTTON) == who or is_given(request, who))


def with_card(
    request: HttpRequest, who: str, form: forms.BaseForm, names: Mapping[str, str], now: datetime
) -> Mapping[str, Any]:
    """Return what a page was sent, with the card's facts in the boxes that ``names`` gives by fact.

    What was filled in, or why nothing was, is told on the page.
    """
    try:
        facts = read_card(request, who, now).facts()
    except Refused as refusal:
        messages.error(request, refusal.message)
        return form.data
    values = {names[fact]: value for fact, value in facts.items() if names.get(fact) in form.fields}
    if not values:
        messages.warning(request, _("Nothing of this person is asked here."))
        return form.data
    labels = ", ".join(str(form.fields[name].label) for name in form.fields if name in values)
    messages.success(request, _("Filled in: %(labels)s. Please check.") % {"labels": labels})
    return with_values(form, values)


def unchecked(form: Made) -> Made:
    """Return a sent form as it is shown once more without faults: nobody has said that it is finished."""
    form.is_valid()
    form.errors.clear()
    return form


def read_card(request: HttpRequest, who: str, now: datetime) -> IdCard:
    """Return the card that came with a page; a text goes before a photo.

    A photo is read by the parser in a process of its own (0.4 s, seconds when nothing is found) and counts as an
    upload. Raises :class:`Refused` with what to do.
    """
    picture, text = boxes_of(who)
    typed = request.POST.get(text, "")
    if not typed.strip():
        upload = request.FILES.get(picture)
        if upload is None:
            raise not_taken("no_card")
        person = request.user.pk
        limit = hit_target("upload_user", str(person), now) if person else hit_ip(request, "prepare_ip", now)
        if limit.exceeded:
            raise not_taken("busy", str(upload.name))
        typed = text_of_card(upload)
    try:
        return check_id_card(typed[: MAX_TEXT + 1], today=local_day(now))
    except ValidationError as error:
        raise Refused(*error.messages, code="card") from error
