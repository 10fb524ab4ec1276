"""The vocabulary of the search and the correction of typing errors.

``search_text`` of a procedure has folded lines that begin with a space: first the
name, then the synonyms, then an empty line and whatever else finds it (field,
code, English name). Names and synonyms end with a space, too: so ' word' is the
beginning of a word, and '\\n words \\n' a whole name or synonym.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from types import MappingProxyType

from django.db.models import Q
from rapidfuzz.distance import OSA

from common.kept import until_changed
from common.text import fold

from ..models import Procedure, ProcedureVersion, TitleWord

# Where the names and synonyms end in a search text.
REST = "\n\n"
MAX_WORD = 40
# Words that say nothing about which procedure is meant; 'de' is not among them ('đẻ con').
FILLERS = frozenset(
    "lam xin cho muon toi em minh can phai o dau thi nhu nao gi duoc giup hoi cach la ve thu tuc hanh chinh".split()
)
_PUNCTUATION = re.compile(r"[(),;:!?\"“”‘’/\-–—…\[\]{}]+")
# 'ky' and 'ki', 'ly' and 'li' are one word in two spellings.
_I_OR_Y = re.compile(r"^(h|k|l|m|t|s|v|qu)([iy])$")
# What Telex and VNI leave behind when the keyboard did not compose: 'ddang', 'kys', 'sinh1'.
_DOUBLED = re.compile(r"dd|aa|ee|oo")
_TONE = re.compile(r"(?<=[aeiouy])[sfrxj]|[sfrxj]$|[0-9]")
# Sounds that are written alike in the dialects.
_SOUNDS = (("tr", "ch"), ("gi", "d"), ("x", "s"), ("r", "d"), ("n", "l"), ("k", "c"), ("y", "i"), ("q", "c"))
# So many unknown words are corrected, from so many candidates each, judged by so many procedures.
MAX_UNKNOWN, CANDIDATES, WITNESSES = 3, 5, 200
# So many known words are tried as they sound.
MAX_HEARD = 4
ALL_WORDS = 8000


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, without the signs around them."""
    plain = _PUNCTUATION.sub(" ", fold(text))
    return [word for word in (part.strip(".'") for part in plain.split()) if word]


def without_fillers(words: Sequence[str]) -> list[str]:
    """Return the words that tell something; all of them when none does."""
    return [word for word in words if word not in FILLERS] or list(words)


def search_text(name: str, synonyms: Iterable[str], others: Iterable[str]) -> str:
    """Return the folded lines by which a procedure is found; see the head of this module."""
    titles = "\n".join(f" {' '.join(words_of(title))} " for title in (name, *synonyms))
    rest = "\n".join(f" {' '.join(words_of(other))}" for other in others if other)
    return f"\n{titles}{REST}{rest}\n"


def text_of(procedure: Procedure, version: ProcedureVersion) -> str:
    """Return the search text of a procedure from its version in force.

    The code is found with and without its first part ('001193').
    """
    others = [procedure.sector.name, procedure.code, procedure.code.partition(".")[2], version.name_en]
    return search_text(version.name, procedure.synonyms, others)


def title_words(text: str) -> set[str]:
    """Return the words of the names and synonyms in a search text; nobody means another number than the one typed."""
    return {word for word in text.partition(REST)[0].split() if len(word) <= MAX_WORD and not _is_number(word)}


def learn(text: str) -> None:
    """Add the title words of a search text to the known ones; two queries at most.

    Nothing is counted or taken away here: that is :func:`recount`'s.
    """
    new = title_words(text)
    new -= set(TitleWord.objects.filter(word__in=new).values_list("word", flat=True))
    if new:
        # In one order, so that two publications at a time cannot wait for each other.
        TitleWord.objects.bulk_create([TitleWord(word=word) for word in sorted(new)], ignore_conflicts=True)


def recount(day: date) -> int:
    """Make the table of title words exact for the procedures in force on a day; returns how many words there are."""
    counts: dict[str, int] = defaultdict(int)
    in_force = ProcedureVersion.objects.in_force(day).values("procedure")
    for text in Procedure.objects.filter(pk__in=in_force).values_list("search_text", flat=True).iterator(1000):
        for word in title_words(text):
            counts[word] += 1
    known = {row.word: row for row in TitleWord.objects.all()}
    TitleWord.objects.filter(pk__in=[row.pk for word, row in known.items() if word not in counts]).delete()
    TitleWord.objects.bulk_create(
        [TitleWord(word=word, titles=count) for word, count in sorted(counts.items()) if word not in known],
        ignore_conflicts=True,
    )
    changed = []
    for word, row in sorted(known.items()):
        if word in counts and row.titles != counts[word]:
            row.titles = counts[word]
            changed.append(row)
    TitleWord.objects.bulk_update(changed, ["titles"], batch_size=500)
    return len(counts)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was probably meant: the words to search for."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The title words, the most frequent first: in how many titles each stands, and which sound alike."""

    titles: Mapping[str, int]
    alike: Mapping[str, tuple[str, ...]]


@until_changed(TitleWord)
def known_words() -> Known:
    """Return the :data:`ALL_WORDS` most frequent title words. One query when they are not kept."""
    titles = dict(TitleWord.objects.order_by("-titles", "word").values_list("word", "titles")[:ALL_WORDS])
    alike: dict[str, list[str]] = defaultdict(list)
    for word in titles:
        alike[_sound(word)].append(word)
    return Known(MappingProxyType(titles), MappingProxyType({sound: tuple(found) for sound, found in alike.items()}))


def respelt(word: str) -> str:
    """Return 'ky' for 'ki' and 'ki' for 'ky'; '' for words of one spelling."""
    found = _I_OR_Y.match(word)
    return f"{found[1]}{'y' if found[2] == 'i' else 'i'}" if found else ""


def correct(words: Sequence[str]) -> Correction | None:
    """Return what was probably meant by words that find nothing; None when nothing better is known.

    Unknown words are replaced by the nearest title words, judged by the
    procedures in which they stand together; those without a near one are left
    out. Of words that are all known, but nowhere together, those that sound
    alike are tried ('tam chu' for 'tạm trú'). One query at most when the words are kept.
    """
    vocabulary = known_words().titles
    known = {word for word in words if word in vocabulary or _is_number(word)}
    unknown = [word for word in words if word not in known]
    if not unknown:
        return _heard(words) if 1 < len(words) <= MAX_HEARD else None
    if len(unknown) > MAX_UNKNOWN:
        left = tuple(word for word in words if word in known)
        return Correction(left) if left else None
    choices = [[word] if word in known else nearest(word, vocabulary) for word in words]
    kept = [choice for choice in choices if choice]
    if not kept:
        return None
    best = _together(kept) if any(len(choice) > 1 for choice in kept) else tuple(choice[0] for choice in kept)
    return Correction(best) if best != tuple(words) else None


def _heard(words: Sequence[str]) -> Correction | None:
    """Return known words that sound like these and stand together; one query."""
    alike = known_words().alike
    choices = [
        [word, *(other for other in alike.get(_sound(word), ()) if other != word)][:CANDIDATES] for word in words
    ]
    best = _together(choices)
    return Correction(best) if best != tuple(words) else None


def nearest(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Return the known words that somebody may have meant, the likeliest first."""
    variants = {respelt(word), _decomposed(word)} - {""}
    sure = [variant for variant in variants if variant in vocabulary]
    if sure:
        return sorted(sure)
    if len(word) < 3 or len(word) > MAX_WORD:
        return []
    allowed = 1 if len(word) < 6 else 2
    sound, found = _sound(word), []
    for other, titles in vocabulary.items():
        if abs(len(other) - len(word)) > allowed:
            continue
        distance = float(OSA.distance(word, other, score_cutoff=allowed))
        if distance <= allowed or _sound(other) == sound:
            found.append((0.5 if _sound(other) == sound else distance, -titles, other))
    return [other for _distance, _titles, other in sorted(found)[:CANDIDATES]]


def _decomposed(word: str) -> str:
    return _TONE.sub("", _DOUBLED.sub(lambda found: found[0][0], word.replace("w", "")))


def _sound(word: str) -> str:
    for written, heard in _SOUNDS:
        if word.startswith(written):
            word = heard + word[len(written) :]
    return word


def _is_number(word: str) -> bool:
    return word.replace(".", "").isdigit()


def _together(choices: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the choice whose words stand together in most titles; one query."""
    condition = Q()
    for choice in choices:
        one = Q()
        for word in choice:
            one |= Q(search_text__contains=f" {word} ")
        condition &= one
    rows = Procedure.objects.filter(condition).order_by("-popularity", "sort_key", "id")
    texts = [text.partition(REST)[0] for text in rows.values_list("search_text", flat=True)[:WITNESSES]]

    def weight(words: tuple[str, ...]) -> tuple[int, int]:
        phrase = f" {' '.join(words)} "
        beside = sum(phrase in text for text in texts)
        all_in = sum(all(f" {word} " in text for word in words) for text in texts)
        return beside, all_in

    # The first of equals is the nearest: the candidates come in that order.
    return max(product(*choices), key=weight)
