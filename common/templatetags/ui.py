"""Template tags of the portal's look: icons, Vietnamese dates and money, tags, navigation."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from lucide.templatetags.lucide import lucide

from common.clock import LOCAL
from common.text import page_language, translated
from common.values import partial_date as partial_dates
from common.values.divisions import address_text
from common.values.money import format_vnd
from common.web.display import Display

register = template.Library()

# Stands for the address of the page in what is written once for all pages.
_HERE = "@@here@@"

# National status codes (0 is a draft) to the kinds of tag in portal.css.
STATUS_TAGS = {
    0: "neutral",
    1: "info",
    2: "info",
    3: "late",
    4: "info",
    5: "soon",
    6: "soon",
    7: "paused",
    8: "neutral",
    9: "ok",
    10: "ok",
}


# So many entries of a history stand open; one or two more are not worth a fold.
_OPEN, _SPARED = 5, 2
_WEEKDAYS = (
    pgettext_lazy("in a sentence", "Monday"),
    pgettext_lazy("in a sentence", "Tuesday"),
    pgettext_lazy("in a sentence", "Wednesday"),
    pgettext_lazy("in a sentence", "Thursday"),
    pgettext_lazy("in a sentence", "Friday"),
    pgettext_lazy("in a sentence", "Saturday"),
    pgettext_lazy("in a sentence", "Sunday"),
)
# Letters that no English word has.
_AMOUNT = re.compile(r"(?<=\d )đồng\b")
_VIETNAMESE = re.compile(r"[ăâđêôơưàảãạáằẳẵặắầẩẫậấèẻẽẹéềểễệếìỉĩịíòỏõọóồổỗộốờởỡợớùủũụúừửữựứỳỷỹỵý]", re.IGNORECASE)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw a lucide icon inline; decoration only, so the words beside it must say the same.

    Raises lucide.IconDoesNotExist for an unknown name.
    """
    return mark_safe(lucide(str(name), size=20, **{"class": "icon", "aria-hidden": "true", "focusable": "false"}))  # noqa: S308


# Symbols of static/portal/signs.svg: life events by their code, and what papers are.
SIGNS = frozenset(
    (
        "co-con-nho",
        "ket-hon",
        "nguoi-than-qua-doi",
        "chuyen-cho-o",
        "nha-dat",
        "kinh-doanh",
        "ho-tro-xa-hoi",
        "giay-to-chung-thuc",
        "nhan-nuoi-giam-ho",
        "sinh-hoat-cong-dong",
        "khieu-nai-boi-thuong",
        "all",
        "paper",
        "paper-form",
        "id-card",
    )
)


@register.simple_tag
def sign(name: str) -> SafeString:
    """Draw a symbol of the portal's own sprite, *all* for a life event without one; decoration only, as an icon."""
    url = f"{static('portal/signs.svg')}#{name if name in SIGNS else 'all'}"
    return format_html('<svg class="sign" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', url)


register.simple_tag(format_vnd, name="vnd")


@register.filter
def tel(phone: str) -> SafeString:
    """Write a phone number as a link that calls it."""
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"[^\d+]", "", phone), phone)


@register.filter
def vi_date(value: date | datetime | None) -> str:
    """Write a day as 27/03/2026, in Vietnam's time; nothing for None."""
    if not value:
        return ""
    day = value.astimezone(LOCAL) if isinstance(value, datetime) else value
    return f"{day:%d/%m/%Y}"


@register.filter
def iso_time(value: datetime) -> str:
    """Write a moment for ``<time datetime>``: to the second, in Vietnam's time with its offset."""
    return value.astimezone(LOCAL).isoformat(timespec="seconds")


@register.filter
def vi_datetime(value: datetime | None) -> str:
    """Write a moment as '14:05 ngày 27/03/2026', in Vietnam's time; nothing for None."""
    if not value:
        return ""
    moment = value.astimezone(LOCAL)
    return _("%(time)s on %(day)s") % {"time": f"{moment:%H:%M}", "day": f"{moment:%d/%m/%Y}"}


@register.filter
def vi_weekday(value: datetime | None) -> str:
    """Write a moment as '17:00 thứ Sáu 27/03/2026', in Vietnam's time; nothing for None."""
    return _with_weekday(value, "%d/%m/%Y")


@register.filter
def vi_soon(value: datetime | None) -> str:
    """Write a moment of the coming days as '17:00 thứ Sáu 27/03', in Vietnam's time; nothing for None."""
    return _with_weekday(value, "%d/%m")


def vi_day(day: date) -> str:
    """Write a day as 'thứ Sáu 27/03/2026'."""
    return _("%(weekday)s %(day)s") % {"weekday": _WEEKDAYS[day.weekday()], "day": f"{day:%d/%m/%Y}"}


def _with_weekday(value: datetime | None, form: str) -> str:
    if not value:
        return ""
    moment = value.astimezone(LOCAL)
    facts = {"time": f"{moment:%H:%M}", "weekday": _WEEKDAYS[moment.weekday()], "day": moment.strftime(form)}
    return _("%(time)s on %(weekday)s %(day)s") % facts


@register.filter
def partial_date(iso: str | None) -> str:
    """Write a partial ISO date ('1950', '1950-03', '1950-03-27') as people do: 27/03/1950."""
    return partial_dates.display(iso) if iso else ""


@register.filter
def address(value: dict[str, str] | None) -> str:
    """Write a stored address on one line; nothing for None."""
    return address_text(value) if value else ""


@register.simple_tag
def status_tag(dossier: Any) -> SafeString:
    """Show a dossier's status as a tag: words first, colour as a help."""
    tag, words = STATUS_TAGS[int(dossier.status)], dossier.get_status_display()
    if dossier.is_crossed_out:
        tag, words = "neutral", _("Cancelled")
    return format_html('<span class="tag tag-{}">{}</span>', tag, words)


@register.simple_tag
def deadline_status(deadline_status: Any) -> SafeString:
    """Show a deadline light (``kind`` ok, soon, late, paused or none; ``text``): shape, words, then colour."""
    if not deadline_status or not deadline_status.text:
        return mark_safe("")
    return format_html('<span class="light light-{}">{}</span>', deadline_status.kind, deadline_status.text)


@register.simple_tag(takes_context=True)
def nav_item(
    context: Context,
    view: str,
    text: str,
    icon_name: str = "",
    accesskey: str = "",
    push: bool = False,
    exact: bool = False,
    by_path: bool = False,
) -> SafeString:
    """Write one entry of a menu; the page shown, or with ``exact`` off its whole section, is marked as current.

    A section is a URL namespace, or with ``by_path`` all pages whose address begins with this one's.
    """
    current = ""
    request: Any = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is not None:
        namespace = view.partition(":")[0] if ":" in view else None
        if match.view_name == view:
            current = "page"
        elif by_path:
            current = "true" if request.path.startswith(reverse(view)) else ""
        elif not exact and namespace and namespace == match.namespace:
            current = "true"
    head = _nav_head(view, icon_name, accesskey, push, current)
    return mark_safe(f"{head}{conditional_escape(text)}</a></li>")  # noqa: S308


@cache
def _nav_head(view: str, icon_name: str, accesskey: str, push: bool, current: str) -> SafeString:
    """Return a menu entry up to its text: the same on every page and in every language, so written once."""
    return format_html(
        '<li{}><a href="{}"{}{}>{}',
        mark_safe(' class="push"') if push else "",
        reverse(view),
        format_html(' aria-current="{}"', current) if current else "",
        format_html(' accesskey="{}"', accesskey) if accesskey else "",
        icon(icon_name) if icon_name else "",
    )


@register.simple_tag(takes_context=True)
def frame(context: Context) -> SafeString:
    """Write the head of a page: who runs the site, the display bar, the menu. For strangers it is written once."""
    user, match = context.get("user"), getattr(context.get("request"), "resolver_match", None)
    if user is None or user.is_authenticated or match is None:
        whole: dict[Any, Any] = context.flatten()
        return render_to_string("frame_base.html", whole)
    site = tuple(vars(context["site_unit"]).items())
    parts = _strangers_frame(page_language(), context["display"], site, match.view_name, match.namespace)
    return mark_safe(conditional_escape(context["here"]).join(parts))  # noqa: S308


@lru_cache(maxsize=256)
def _strangers_frame(
    language: str, display: Display, site: tuple[tuple[str, str], ...], view: str, namespace: str
) -> list[str]:
    """Return the head for people who are not signed in, around the addresses of the page: for each page a look."""
    match = SimpleNamespace(view_name=view, namespace=namespace)
    context = {
        "display": display,
        "site_unit": dict(site),
        "here": _HERE,
        "request": SimpleNamespace(resolver_match=match),
    }
    return render_to_string("frame_base.html", context).split(_HERE)


@register.simple_tag(takes_context=True)
def display_bar(context: Context) -> SafeString:
    """Write the bar of text size, colours and language; its forms lead back to this page."""
    parts = _display_bar(page_language(), context["display"])
    return mark_safe(conditional_escape(context["here"]).join(parts))  # noqa: S308


@cache
def _display_bar(language: str, display: Display) -> list[str]:
    """Return the bar around the address of the page, written once for each language and setting (54 in all)."""
    html = render_to_string("_display_bar.html", {"display": display, "here": _HERE, "LANGUAGE_CODE": language})
    return html.split(_HERE)


@register.simple_tag(takes_context=True)
def footer(context: Context, is_brief: bool = False) -> SafeString:
    """Write the foot of a page: who runs the site, and the lasting links; ``is_brief`` folds all but the telephone."""
    return _footer(page_language(), tuple(vars(context["site_unit"]).items()), is_brief)


@cache
def _footer(language: str, site: tuple[tuple[str, str], ...], is_brief: bool) -> SafeString:
    """Return the foot, written once for each language and length."""
    return render_to_string("_footer_brief.html" if is_brief else "_footer.html", {"site_unit": dict(site)})


@register.filter
def focus_id(field: BoundField) -> str:
    """Return the id of the first control of a field: where a link of the error summary leads."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def flat(attrs: Mapping[str, Any]) -> SafeString:
    """Write the attributes of a box as Django's own template does, at a tenth of its cost: True alone, False not."""
    written = [
        conditional_escape(name) if value is True else f'{conditional_escape(name)}="{conditional_escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    ]
    return mark_safe("".join(f" {text}" for text in written))  # noqa: S308


@register.filter
def spoken(text: Any) -> str:
    """Mark a text with Vietnamese letters as Vietnamese on an English page, so that it is read out as such."""
    html = conditional_escape(text)
    return format_html('<span lang="vi">{}</span>', html) if _is_foreign(html) else html


@register.filter(name="translated")
def translated_of(row: Any, name: str) -> str:
    """Write a text of a row in the language of the page, marked where only the Vietnamese is there."""
    return spoken(translated(row, name))


@register.filter
def tongue(text: Any) -> SafeString:
    """Return the attribute that does what :func:`spoken` does, for an element that takes no other inside."""
    return mark_safe(' lang="vi"' if _is_foreign(str(text)) else "")


def _is_foreign(text: str) -> bool:
    # The currency is called so in any language.
    return (
        page_language() != "vi" and _VIETNAMESE.search(_AMOUNT.sub("", unicodedata.normalize("NFC", text))) is not None
    )


@register.filter
def newest(entries: Sequence[Any]) -> Sequence[Any]:
    """Return the entries of a history, newest first, that stand open; all of a short one."""
    return entries[:_OPEN] if len(entries) > _OPEN + _SPARED else entries


@register.filter
def older(entries: Sequence[Any]) -> Sequence[Any]:
    """Return the entries of a history that are folded away."""
    return entries[len(newest(entries)) :]


@register.filter
def own(form: BaseForm, name: str) -> Any:
    """Return what a form itself calls so; a dot would find a field of that name first ('errors', 'title')."""
    found = getattr(form, name, None)
    return found() if callable(found) else found
