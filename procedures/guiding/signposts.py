"""Which signposts answer a search: those of whose words some stand in it, accents or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from common.kept import until_changed
from common.text import translated
from offices.models import Unit

from .. import labels
from ..finding import spelling
from ..models import Offering, Procedure, ProcedureVersion, Signpost

# More would hide the results.
MOST = 2
MAX_WORDS = 30


@dataclass(frozen=True, slots=True)
class Written:
    """A signpost as HTML, whole and folded away, with the phrases that lead to it as folded words."""

    phrases: tuple[tuple[str, ...], ...]
    html: str
    folded: str


def answering(query: str, day: date, language: str, *, is_exact: bool = False) -> list[SafeString]:
    """Return the signposts that a search asks for, the closest whole, others folded, in the active language.

    At most :data:`MOST`.

    Misspelt words are read as the nearest ones unless ``is_exact``. No query when all is kept.
    """
    words = [_spelt(word) for word in spelling.words_of(query)[:MAX_WORDS]]
    if not words:
        return []
    everything = written(day, language)
    found = _standing_in(words, everything)
    if not found and not is_exact:
        found = _standing_in(_corrected(words, everything), everything)
    return [mark_safe(one.folded if n else one.html) for n, one in enumerate(found[:MOST])]  # noqa: S308


def phrase_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a text as they are compared, 'ky' and 'ki' alike."""
    return tuple(_spelt(word) for word in spelling.words_of(text))


@until_changed(Offering, Procedure, ProcedureVersion, Signpost, Signpost.procedures.through, Unit, most=4)
def written(day: date, language: str) -> tuple[Written, ...]:
    """Return the signposts that are shown on a local day, by code. Four queries when they are not kept."""
    signposts = list(Signpost.objects.filter(is_shown=True).prefetch_related("procedures"))
    helping = names_in_force({one.pk for signpost in signposts for one in signpost.procedures.all()}, day)
    return tuple(Written(tuple(map(phrase_of, one.words)), *_html(one, helping)) for one in signposts)


def names_in_force(procedures: set[int], day: date) -> dict[int, dict[str, str]]:
    """Return code, name and its language of the procedures that somebody takes on a day. Two queries."""
    offered = set(Offering.objects.on(day).filter(procedure__in=procedures).values_list("procedure_id", flat=True))
    versions = ProcedureVersion.objects.in_force(day).filter(procedure__in=offered).order_by("number")
    found = {}
    for version in versions.values_list("procedure_id", "procedure__code", "name", "name_en", named=True):
        name, language = labels.name_in(version)
        found[version.procedure_id] = {"code": version.procedure__code, "name": name, "language": language}
    return found


def host_of(signpost: Signpost) -> str:
    """Return the host of its address, as a link says it; '' for none."""
    return (urlsplit(signpost.url).hostname or "").removeprefix("www.")


def _html(signpost: Signpost, helping: dict[int, dict[str, str]]) -> tuple[str, str]:
    context = {
        "signpost": signpost,
        "host": host_of(signpost),
        "in_vietnamese": labels.in_vietnamese(),
        **{field: translated(signpost, field) for field in ("name", "agency", "how", "note")},
        "helping": [helping[one.pk] for one in signpost.procedures.all() if one.pk in helping],
    }
    whole, folded = (
        str(render_to_string("procedures/_signpost.html", context | {"is_folded": is_folded}))
        for is_folded in (False, True)
    )
    return whole, folded


def _standing_in(words: Sequence[str], everything: Sequence[Written]) -> list[Written]:
    """Return what has a phrase among the words, the longest phrase first."""
    text = f" {' '.join(words)} "
    length = {
        n: max((len(phrase) for phrase in one.phrases if phrase and f" {' '.join(phrase)} " in text), default=0)
        for n, one in enumerate(everything)
    }
    return [everything[n] for n in sorted(length, key=lambda n: (-length[n], n)) if length[n]]


def _corrected(words: Sequence[str], everything: Sequence[Written]) -> list[str]:
    """Return the words, those that nobody knows replaced by the nearest of a phrase."""
    own = {word: 1 for one in everything for phrase in one.phrases for word in phrase}
    known = spelling.known_words().titles
    return [word if word in own or word in known else next(iter(spelling.nearest(word, own)), word) for word in words]


def _spelt(word: str) -> str:
    return min(word, spelling.respelt(word) or word)
