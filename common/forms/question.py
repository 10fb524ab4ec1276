"""The question in words that keeps simple robots out of public forms.

"Ba cộng bốn bằng mấy?" needs no picture, no script and no third party. The
question travels encrypted in the form, bound to the form's name and to the
visitor's CSRF cookie, lives an hour and may be answered once.
"""

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from crispy_forms.layout import Field
from cryptography.fernet import InvalidToken
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import clock
from ..models import OneTimeKey
from ..secret import decrypt, encrypt
from ..text import fold
from ..values.identity import compact
from .fields import NfcCharField

_WRONG = _("The answer to the question was not right. Here is another one.")
_LAPSED = _("This question had stood there for more than an hour. Answer this new one; the rest is kept.")
_ASKED = _("Please answer this question too.")
# Long forms take time: somebody who looks for a number must not be told that the answer was wrong.
LIFE = timedelta(hours=1)
_VI = "không một hai ba bốn năm sáu bảy tám chín mười".split()
_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
# Short words that everybody knows, whatever the language of the page: they are copied, not understood.
_COPIED = "gạo lúa cam xoài chuối dừa trâu cá hoa sen".split()
_ALSO = {"tu": 4, "muoi lam": 15, "muoi tu": 14}


def _values() -> dict[str, int]:
    words = {fold(word): n for n, word in enumerate(_VI)} | {word: n for n, word in enumerate(_EN)}
    words |= {f"muoi {fold(word)}": 10 + n for n, word in enumerate(_VI[1:10], start=1)}
    return words | _ALSO


_WORDS = _values()


def number_named(text: str) -> int | None:
    """Return the number that digits or words (with or without accents, Vietnamese or English) name."""
    digits = compact(text)
    if digits.isascii() and digits.isdigit() and len(digits) <= 3:
        return int(digits)
    return _WORDS.get(fold(text).strip(" .!?"))


def _in_words(n: int) -> str:
    names = [
        gettext("zero"), gettext("one"), gettext("two"), gettext("three"), gettext("four"), gettext("five"),
        gettext("six"), gettext("seven"), gettext("eight"), gettext("nine"),
    ]  # fmt: skip
    return names[n]


def _sentence(kind: str, a: int, b: int, word: str) -> str:
    first, second = _in_words(a), _in_words(b)
    if kind == "plus":
        text = gettext("%(a)s plus %(b)s makes how many?") % {"a": first, "b": second}
    elif kind == "minus":
        text = gettext("%(a)s minus %(b)s makes how many?") % {"a": first, "b": second}
    else:
        text = gettext("which is larger: %(a)s or %(b)s?") % {"a": first, "b": second}
    return gettext("%(question)s Or copy the word “%(word)s”.") % {
        "question": text[:1].upper() + text[1:],
        "word": word,
    }


def _result(kind: str, a: int, b: int) -> int:
    return {"plus": a + b, "minus": a - b, "larger": max(a, b)}[kind]


def _visitor(request: HttpRequest) -> str:
    """Return a name of the visitor's browser: a hash of the secret in the CSRF cookie."""
    get_token(request)
    return hashlib.sha256(request.META["CSRF_COOKIE"].encode()).hexdigest()


def _seal(request: HttpRequest, form: str, now: datetime, **content: Any) -> str:
    return encrypt(
        json.dumps(
            {
                "use": "question",
                "form": form,
                "visitor": _visitor(request),
                "until": (now + LIFE).timestamp(),
                "nonce": secrets.token_urlsafe(16),
                **content,
            }
        )
    )


def draw(request: HttpRequest, form: str, now: datetime) -> tuple[str, str]:
    """Return a new question for a form: (token to carry, sentence to ask).

    Who does not calculate copies the word that stands beside it.
    """
    kind = secrets.choice(["plus", "plus", "minus", "larger"])
    a, b = 1 + secrets.randbelow(9), 1 + secrets.randbelow(9)
    if a == b:
        a = a % 9 + 1
    if kind == "minus" and a < b:
        a, b = b, a
    word = secrets.choice(_COPIED)
    return _seal(request, form, now, ask=[kind, a, b], word=word), _sentence(kind, a, b, word)


def passed(request: HttpRequest, form: str, now: datetime) -> str:
    """Return a token for somebody who answered but must correct something else in the form."""
    return _seal(request, form, now, passed=True)


def _open(token: str) -> dict[str, Any]:
    try:
        content = json.loads(decrypt(token))
    except (InvalidToken, ValueError):
        return {}
    return content if isinstance(content, dict) and content.get("use") == "question" else {}


def _is_over(content: dict[str, Any], now: datetime) -> bool:
    return bool(content["until"] < now.timestamp())


def has_lapsed(token: str, now: datetime) -> bool:
    """Tell whether a question of ours can no longer be answered because it is too old."""
    content = _open(token)
    return bool(content) and _is_over(content, now)


def is_answered(request: HttpRequest, form: str, token: str, answer: str, now: datetime) -> bool:
    """Check an answer and use the token up, whatever the answer was."""
    content = _open(token)
    if not content or content["form"] != form or content["visitor"] != _visitor(request):
        return False
    if _is_over(content, now):
        return False
    try:
        with transaction.atomic():
            OneTimeKey.objects.create(key=content["nonce"], purpose="question", user_id=None, at=now)
    except IntegrityError:
        return False
    if content.get("passed"):
        return True
    is_copied = "word" in content and fold(answer).strip(' .!?“”"') == fold(content["word"])
    return is_copied or number_named(answer) == _result(*content["ask"])


class QuestionMixin(forms.Form):
    """A form that asks the question in words and hides a box that only robots fill in.

    ``question_form`` names the form; ``request`` is taken from the keyword
    arguments. With ``asks=False`` the form neither asks nor checks. The
    question is checked after the other fields, unless ``clean`` calls
    :meth:`check_question` before it does something costly.
    """

    question_form = ""
    _asked = False

    def __init__(self, *args: Any, request: HttpRequest, asks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.asks = asks
        if not asks:
            return
        self.fields["question_token"] = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
        self.fields["answer"] = NfcCharField(
            max_length=40,
            help_text=_("This question keeps robots out. Answer with a number, in words, or copy the word."),
        )
        self.fields["website"] = NfcCharField(
            required=False,
            max_length=200,
            label=_("Leave this box empty"),
            widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
        )
        if not self.is_bound:
            token, sentence = draw(request, self.question_form, clock.now())
            self.initial["question_token"] = token
            self.ask(sentence)

    @property
    def question_names(self) -> tuple[str, ...]:
        """The fields that the question adds, in the order in which they are shown; none when it is not asked."""
        return ("answer", "website", "question_token") if self.asks else ()

    def question_layout(self, names: list[str]) -> list[Any]:
        """Return a crispy layout of ``names`` in which only robots see the empty box."""
        return [Field(name, wrapper_class="honey") if name == "website" else name for name in names]

    def full_clean(self) -> None:
        """Check every field, then the question."""
        self._asked = False
        super().full_clean()
        if self.is_bound and self.asks and not self._asked:
            self.check_question(keep=True)

    def ask(self, sentence: str) -> None:
        """Show the box for the answer under ``sentence``, also when the form has been checked already."""
        self.fields["answer"].label = sentence
        # Hidden since an answer was right; a look-up that found nothing asks again.
        self.fields["answer"].widget = forms.TextInput(attrs={"autocomplete": "off", "maxlength": "40"})
        # A bound field keeps the label that it saw when the form was checked.
        self._bound_fields_cache.pop("answer", None)  # type: ignore[attr-defined]  # the stubs leave it out

    def check_question(self, *, keep: bool) -> bool:
        """Check the answer, add the error, prepare what the next page asks; return whether it was right.

        With ``keep`` somebody who answered right, but must correct another
        field, is not asked again.
        """
        self._asked = True
        now = clock.now()
        given_data: Any = self.data
        data = given_data.copy()
        given = str(data.get(self.add_prefix("question_token"), ""))
        answer = self.cleaned_data.get("answer", "")
        self.errors.pop("answer", None)
        is_right = is_answered(self.request, self.question_form, given, answer, now)
        is_right = is_right and not self.cleaned_data.get("website")
        data[self.add_prefix("website")] = ""
        if is_right and keep:
            data[self.add_prefix("question_token")] = passed(self.request, self.question_form, now)
            self.fields["answer"].widget = forms.HiddenInput()
        else:
            token, sentence = draw(self.request, self.question_form, now)
            data[self.add_prefix("question_token")] = token
            data[self.add_prefix("answer")] = ""
            self.ask(sentence)
        if not is_right:
            wrong = _LAPSED if has_lapsed(given, now) else _WRONG
            self.add_error("answer", wrong if given and (answer or wrong is _LAPSED) else _ASKED)
        self.data = data
        return is_right
