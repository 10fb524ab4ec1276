"""Levels, times and people of procedures in words, in the active language."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.text import page_language
from common.values.money import grouped

from .levels import ONLINE_RETURN_LEVEL
from .models import ProcedureVersion, TimeUnit
from .models.names import short_name

# The three names of Nghị định 42/2022: wholly online, partly online, information only.
WHOLLY, PARTLY, INFORMATION = "wholly", "partly", "information"
SCHEME_2022 = (WHOLLY, PARTLY, INFORMATION)
LEVELS = ("1", "2", "3", "4")


def scheme_2022(level: int, needs_presence: bool = False) -> str:
    """Return which of the three names of Nghị định 42/2022 a level has; one step in person makes it partly online."""
    if level <= 2:
        return INFORMATION
    return WHOLLY if level == 4 and not needs_presence else PARTLY


def level_words(level: int, needs_presence: bool = False) -> str:
    """Say what a service level allows, under the names that the installation chose (settings.LEVEL_NAMES)."""
    if settings.LEVEL_NAMES == "two":
        return level_choice_words(scheme_2022(level, needs_presence))
    return level_choice_words(str(level))


def level_sign(level: int, needs_presence: bool = False) -> tuple[str, str]:
    """Say in a few words how much of a procedure is done online, and which of the three names that is."""
    scheme = scheme_2022(level, needs_presence)
    words = {WHOLLY: _("All online"), PARTLY: _("One visit to the commune"), INFORMATION: _("Done at the commune")}
    return words[scheme], scheme


def level_choice_words(choice: str) -> str:
    """Say what a level ('1' to '4') or a name of Nghị định 42/2022 allows; '' for anything else.

    The highest promises paying online only where the installation has a provider for it.
    """
    pays = settings.PAYS_ONLINE
    return {
        "1": _("Level 1: information"),
        "2": _("Level 2: download the form, send paper"),
        "3": _("Level 3: file online, pay and collect at the commune"),
        "4": _("Level 4: file, pay and get the result online")
        if pays
        else _("Level 4: file online, get the result online"),
        WHOLLY: _("Wholly online: file, pay and get the result online")
        if pays
        else _("Wholly online: file and get the result online"),
        PARTLY: _("Partly online: file online, one step at the commune"),
        INFORMATION: _("Information only: file on paper"),
    }.get(choice, "")


def pay_words(level: int) -> str:
    """Say where the fee of a procedure that is taken at a level is paid."""
    if level >= ONLINE_RETURN_LEVEL and settings.PAYS_ONLINE:
        return _("A fee, where there is one, is paid online after filing, or at the commune.")
    return _("A fee, where there is one, is paid at the commune.")


def level_scheme() -> tuple[str, ...]:
    """Return the levels that the installation tells apart, by their names in a query string."""
    return SCHEME_2022 if settings.LEVEL_NAMES == "two" else LEVELS


def level_choices() -> list[tuple[str, str]]:
    """Return the levels to choose from, in the installation's scheme, each with its words."""
    return [(choice, level_choice_words(choice)) for choice in level_scheme()]


def level_name(choice: str) -> str:
    """Return a level's name without what it allows: 'Level 4', 'Wholly online'."""
    names = {WHOLLY: _("Wholly online"), PARTLY: _("Partly online"), INFORMATION: _("Information only")}
    return names.get(choice) or _("Level %(number)s") % {"number": choice}


def level_set_words(level: int) -> str:
    """Say which of the four levels a publisher sets; they differ although Nghị định 42/2022 names two of them alike."""
    words = level_choice_words(str(level))
    return f"{words} ({level_name(scheme_2022(level))})" if settings.LEVEL_NAMES == "two" else words


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


def span_words(version: ProcedureVersion) -> str:
    """Say how long it takes, beside a clock: '3 working days'."""
    amount = version.processing_amount
    match version.processing_unit:
        case TimeUnit.SAME_DAY:
            return _("The same day")
        case TimeUnit.HOURS:
            return ngettext("%(n)d hour", "%(n)d hours", amount) % {"n": amount}
        case TimeUnit.DAYS:
            return ngettext("%(n)d day", "%(n)d days", amount) % {"n": amount}
    return ngettext("%(n)d working day", "%(n)d working days", amount) % {"n": amount}


def audience_words(audience: Iterable[str]) -> str:
    """Say who may file: 'Citizens, organisations'."""
    names = {"citizen": _("Citizens"), "organisation": _("Organisations"), "enterprise": _("Enterprises")}
    return ", ".join(names[kind] for kind in audience if kind in names)


def channel_words(channels: Iterable[str]) -> list[str]:
    """Say by which ways one may file."""
    names = {"online": _("Online"), "direct": _("At the commune"), "post": _("By post")}
    return [names[channel] for channel in channels if channel in names]


def name_in(version: Any) -> tuple[str, str]:
    """Return the name in the active language, as it stands in lists and titles, and the language it is in."""
    name, language = whole_name_in(version)
    return short_name(name), language


def whole_name_in(version: Any) -> tuple[str, str]:
    """Return the whole name in the active language, as the law has it, and the language it is in."""
    if page_language() == "en" and version.name_en:
        return version.name_en, "en"
    return version.name, "vi"


# Figures of fewer dossiers say nothing, and might tell about a person.
FIGURES_FROM = 5
HOURS_A_DAY = 8


def figures_words(year: int | None, decided: int | None, on_time: int | None, hours: Decimal | None, now: int) -> str:
    """Say how a procedure really goes; '' below five decided this year.

    'Usually a result after 1.5 working days; 97% on time (2026, 31 dossiers)'.
    ``hours`` are working hours, ``now`` is the present year: figures of an older one are not shown.
    """
    if not decided or decided < FIGURES_FROM or year != now:
        return ""
    facts = {"share": share_words(on_time or 0, decided), "year": year, "count": grouped(decided)}
    if hours is None:
        return _("%(share)s on time (%(year)s, %(count)s dossiers)") % facts
    facts["time"] = working_time_words(hours)
    return _("Usually a result after %(time)s; %(share)s on time (%(year)s, %(count)s dossiers)") % facts


def share_words(part: int, whole: int) -> str:
    """Write a share in whole per cent, never 100% when one is missing: '97%'."""
    return f"{100 * part // whole}%"


def working_time_words(hours: Decimal) -> str:
    """Write working hours as people count them: '2 working hours', '1.5 working days'."""
    if hours < HOURS_A_DAY:
        n = max(1, round(hours))
        return ngettext("%(n)d working hour", "%(n)d working hours", n) % {"n": n}
    days = Decimal(round(hours / HOURS_A_DAY * 2)) / 2
    whole = int(days)
    text = str(whole) if days == whole else _("%(whole)d.5") % {"whole": whole}
    return ngettext("%(days)s working day", "%(days)s working days", whole) % {"days": text}


def in_vietnamese() -> SafeString:
    """Return the attribute that marks data in Vietnamese on pages of another language; '' on Vietnamese pages."""
    return mark_safe("" if page_language() == "vi" else ' lang="vi"')
