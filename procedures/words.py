"""Levels, times and fees of procedures in words, in the active language."""

from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .models import FeeKind, FeeLine, Offering, ProcedureVersion, TimeUnit


def level_words(level: int) -> str:
    """Say what a service level allows."""
    return {
        1: _("Level 1: information"),
        2: _("Level 2: download the form, send paper"),
        3: _("Level 3: file online, pay and collect at the commune"),
        4: _("Level 4: file and pay online"),
    }[level]


def time_words(version: ProcedureVersion) -> str:
    """Say when the result comes: 'Result within 3 working days'."""
    amount = version.processing_amount
    match version.processing_unit:
        case TimeUnit.SAME_DAY:
            return _("Result on the same day")
        case TimeUnit.HOURS:
            return ngettext("Result within %(n)d hour", "Result within %(n)d hours", amount) % {"n": amount}
        case TimeUnit.DAYS:
            return ngettext("Result within %(n)d day", "Result within %(n)d days", amount) % {"n": amount}
    return ngettext("Result within %(n)d working day", "Result within %(n)d working days", amount) % {"n": amount}


def vnd(amount: int) -> str:
    """Write an amount in whole đồng: '8.000 đồng'."""
    return f"{amount:,} đồng".replace(",", ".")


def fee_words(fees: Iterable[FeeLine], offering: Offering | None = None) -> tuple[str, str]:
    """Return the fee in one line and a caution ('' when there is none); a unit's own fee wins."""
    lines = list(fees)
    if offering is not None and offering.fee_vnd is not None:
        local = _("Fee: %(amount)s") % {"amount": vnd(offering.fee_vnd)} if offering.fee_vnd else _("Free")
        return local, _("Some people are exempt.") if any(line.exemption for line in lines) else ""
    if not lines:
        return _("Free"), ""
    cautions = []
    if any(line.is_local for line in lines):
        cautions.append(_("The province sets the amount."))
    if any(line.exemption and line.amount_vnd for line in lines):
        cautions.append(_("Some people are exempt."))
    if not any(line.amount_vnd for line in lines):
        if any(line.is_local for line in lines):
            return _("Free in the usual case"), _("Where a fee is due, the province sets it.")
        return _("Free"), ""
    amounts = "; ".join(amount_words(line) for line in lines)
    is_service = all(line.kind == FeeKind.FEE for line in lines)
    words = _("Service fee: %(amount)s") if is_service else _("Fee: %(amount)s")
    return words % {"amount": amounts}, " ".join(cautions)


def amount_words(line: FeeLine) -> str:
    """Write one fee with what it is for: '8.000 đồng/bản sao (nộp trên mạng: 4.000 đồng)'."""
    words = f"{vnd(line.amount_vnd)}/{line.per}" if line.per else vnd(line.amount_vnd)
    if line.amount_online_vnd is not None:
        words += " " + _("(filed online: %(amount)s)") % {"amount": vnd(line.amount_online_vnd)}
    return words


def audience_words(audience: Iterable[str]) -> str:
    """Say who may file: 'Citizens, organisations'."""
    names = {"citizen": _("Citizens"), "organisation": _("Organisations"), "enterprise": _("Enterprises")}
    return ", ".join(names[kind] for kind in audience if kind in names)


def channel_words(channels: Iterable[str]) -> list[str]:
    """Say by which ways one may file."""
    names = {"online": _("Online"), "direct": _("At the commune"), "post": _("By post")}
    return [names[channel] for channel in channels if channel in names]


def name_in(version: ProcedureVersion) -> tuple[str, str]:
    """Return the name in the active language and the language it is in."""
    if (get_language() or "vi").startswith("en") and version.name_en:
        return version.name_en, "en"
    return version.name, "vi"


def in_vietnamese() -> SafeString:
    """Return the attribute that marks data in Vietnamese on pages of another language; '' on Vietnamese pages."""
    return mark_safe("" if (get_language() or "vi") == "vi" else ' lang="vi"')
