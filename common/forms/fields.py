"""Form fields of a Vietnamese portal; accounts and the forms of procedures use the same ones.

Every field is bounded and cleans what is typed or pasted (``common/text.py``). Their values are the answer shapes of
docs/form-schema.md.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.values.money import grouped, read_decimal

from ..text import clean_text, lower_first, plain
from ..values import divisions, partial_date
from ..values.identity import check_any_id, check_personal_number, compact
from .checks import check_bank_account, check_email, check_full_name, check_phone, check_tax_code, name_warning
from .widgets import AddressWidget, BankAccountWidget, OptionWidget, PartialDateWidget, TableWidget

# Answers of a procedure's form are sent as answer-<key>: no key is the name of anything else on a page.
ANSWERS = "answer"
# Room for the spaces, dots and dashes that people write between the digits of a number.
MAX_NUMBER = 40
Made = TypeVar("Made", bound=forms.Field)
_CURRENCY = re.compile(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?$", re.IGNORECASE)
_FIGURES = re.compile(r"([\d., ]*\d|)(.*)", re.ASCII | re.DOTALL)
_THOUSANDS = re.compile(r"-?\d{1,3}(?:[. ]\d{3})+|-?\d+", re.ASCII)


def about_self(field: Made) -> Made:
    """Let browsers offer what they know of the person who types: for one's own name, birth, address or person."""
    widget: Any = field.widget
    if hasattr(widget, "is_own"):
        widget.is_own = True
    else:
        widget.attrs["autocomplete"] = "name"
    return field


class NfcCharField(forms.CharField):
    """A line, or with ``lines`` a text, cleaned as everything typed is; every text box but a password's is one.

    ``max_length`` counts what is stored: a line break is one character, as browsers count it.
    A ``Textarea`` keeps lines.
    """

    rows = 4

    def __init__(self, *, lines: bool = False, rows: int = 0, **options: Any) -> None:
        if lines:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows or self.rows}))
        super().__init__(**options)
        self.lines = lines or isinstance(self.widget, forms.Textarea)
        for limit in self.validators:
            if isinstance(limit, MaxLengthValidator):
                limit.message = gettext_lazy("Use %(limit_value)d characters or fewer.")

    def to_python(self, value: Any) -> str:
        """Return the text, '' when empty; raises ValidationError for characters that cannot be read."""
        return clean_text(super().to_python(value) or "", lines=self.lines)


class PlainField(NfcCharField):
    """A code or number in one line; dashes, digits and spaces of every kind become plain ones."""

    def to_python(self, value: Any) -> str:
        """Return the line, '' when empty."""
        return plain(super().to_python(value))


class _CheckedField(NfcCharField):
    """A line that one of the shared checks turns into its stored form."""

    attrs: Mapping[str, str] = {}

    def check_value(self, value: str) -> str:
        raise NotImplementedError

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | dict(self.attrs)

    def clean(self, value: Any) -> str:
        """Return the stored form; raises ValidationError saying what to do."""
        text = super().clean(value)
        return self.check_value(text) if text else ""


class FullNameField(_CheckedField):
    """One box for the whole name."""

    attrs = {"spellcheck": "false", "autocapitalize": "words"}
    default_error_messages = {"required": gettext_lazy("Enter the full name.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 80} | kwargs))

    def check_value(self, value: str) -> str:
        """Check the form of a name."""
        return check_full_name(value)

    def warning(self, value: str) -> str:
        """Return what to look at again in a name; never a refusal."""
        return name_warning(value)


class PersonalNumberField(_CheckedField):
    """A personal number of 12 digits."""

    attrs = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
    default_error_messages = {"required": gettext_lazy("Enter the personal number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": MAX_NUMBER} | kwargs))

    def check_value(self, value: str) -> str:
        """Check the form of the number."""
        return check_personal_number(value)


class AnyIdField(PersonalNumberField):
    """A personal number, an old identity card number or a passport number."""

    attrs = {"autocomplete": "off", "spellcheck": "false"}
    default_error_messages = {"required": gettext_lazy("Enter the number of the identity paper.")}

    def check_value(self, value: str) -> str:
        """Check the form of the number."""
        return check_any_id(value)


class TaxCodeField(_CheckedField):
    """A tax or enterprise code."""

    attrs = {"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}
    default_error_messages = {"required": gettext_lazy("Enter the tax code.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": MAX_NUMBER} | kwargs))

    def check_value(self, value: str) -> str:
        """Check digits and form."""
        return check_tax_code(value)


class CodeField(_CheckedField):
    """A code of digits and letters from a message; the spaces and dashes that were pasted with it are left out."""

    attrs = {"spellcheck": "false", "autocomplete": "one-time-code", "inputmode": "numeric"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": MAX_NUMBER} | kwargs))

    def check_value(self, value: str) -> str:
        """Return the bare code; whether it is right is checked elsewhere."""
        return compact(value)


class PhoneField(_CheckedField):
    """A phone number."""

    attrs = {"inputmode": "tel", "autocomplete": "tel"}
    widget = forms.TextInput(attrs={"type": "tel"})
    default_error_messages = {"required": gettext_lazy("Enter the phone number.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": MAX_NUMBER} | kwargs))

    def check_value(self, value: str) -> str:
        """Check the form of the number."""
        return check_phone(value)


class MailField(_CheckedField):
    """An e-mail address."""

    attrs = {"inputmode": "email", "autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
    default_error_messages = {"required": gettext_lazy("Enter the email address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 254} | kwargs))

    def check_value(self, value: str) -> str:
        """Check the form of the address."""
        return check_email(value)


class WholeNumberField(forms.Field):
    """A whole number; '8.000' and '8 000' mean 8000."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 24})
    message = gettext_lazy("Enter a whole number, for example 2.")

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.minimum, self.maximum = minimum, maximum
        if maximum is not None:
            self.widget.attrs["class"] = "w6"

    def validate(self, value: Any) -> None:
        """Refuse a number outside the limits, of which both are given or none."""
        super().validate(value)
        minimum, maximum = self.minimum, self.maximum
        if value is not None and minimum is not None and maximum is not None and not minimum <= value <= maximum:
            raise ValidationError(
                _("Enter a number from %(least)s to %(most)s.") % {"least": grouped(minimum), "most": grouped(maximum)},
                code="range",
            )

    def to_python(self, value: Any) -> int | None:
        """Return the number, or None when nothing was typed."""
        text = _CURRENCY.sub("", plain(str(value if value is not None else "")))
        if not text:
            return None
        if len(text) > 18 or not _THOUSANDS.fullmatch(text):
            raise ValidationError(self.message)
        return int(text.replace(".", "").replace(" ", ""))


class MoneyField(WholeNumberField):
    """An amount in whole đồng."""

    message = gettext_lazy("Enter the amount in đồng, for example 8.000.")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored amount with dots."""
        return grouped(value) if isinstance(value, int) else value


class DecimalField(forms.Field):
    """An exact decimal, not negative, typed as in Vietnam: '1.234,5' becomes '1234.5'.

    The unit may be typed behind it. Boxes are filled with ``decimal_text`` of what is stored: what was typed stays.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 40})

    def __init__(self, *, decimals: int, unit: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.decimals, self.unit = decimals, unit

    def to_python(self, value: Any) -> str:
        """Return the exact decimal, '' when nothing was typed."""
        text = plain(str(value if value is not None else ""))
        figures, unit = _FIGURES.fullmatch(text).groups()  # type: ignore[union-attr]
        text = figures if _bare(unit) == _bare(self.unit) else text
        if not text:
            return ""
        try:
            number = read_decimal(text)
        except ValueError as error:
            raise ValidationError(_("Enter a number, for example 120,5."), code="invalid") from error
        if len(number.partition(".")[2]) > self.decimals:
            message = _("Write at most %(count)d digits after the comma.") % {"count": self.decimals}
            raise ValidationError(message, code="decimals")
        return number


def _bare(unit: str) -> str:
    """Return a unit as people may type it: 'm2' is 'm²'."""
    return unicodedata.normalize("NFKC", unit).casefold().strip()


class PartialDateField(forms.Field):
    """A date in three boxes, stored as an ISO prefix; with ``partial`` the day and month may be unknown."""

    widget: Any = PartialDateWidget
    default_error_messages = {"required": gettext_lazy("Enter the date, for example 27 3 1990.")}

    def __init__(self, *, partial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.partial = partial

    def clean(self, value: Any) -> str:
        """Return the ISO prefix, or '' when all boxes are empty and none is required."""
        boxes = value if isinstance(value, list) else self.widget.decompress(value)
        if not any(boxes):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        try:
            iso = partial_date.build(*boxes)
        except ValueError as error:
            raise ValidationError(_("Enter a date that exists, for example 27 3 1990."), code="invalid") from error
        if not self.partial and not partial_date.is_whole(iso):
            raise ValidationError(_("Enter the day, the month and the year."), code="incomplete")
        return iso


class OneBoxDateField(forms.DateField):
    """A whole day in one box, with any separator: '27/03/2026', '27 – 3 – 2026', '2026-03-27'; value: the date."""

    widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """Return the date, or None when nothing was typed."""
        text = clean_text(value) if isinstance(value, str) else value
        if not text or not isinstance(text, str):
            return super().to_python(text)
        try:
            return date.fromisoformat(partial_date.parse(text))
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class AddressField(forms.Field):
    """A Vietnamese address in two tiers, or free text for a former or foreign place.

    Value: ``{"province", "commune", "detail"}`` or ``{"elsewhere"}``; empty ``{}``.
    """

    widget = AddressWidget
    renamed = ""
    default_error_messages = {"required": gettext_lazy("Choose the province and enter the commune.")}

    def clean(self, value: Any) -> dict[str, str]:
        """Return the address; raises ValidationError when the commune is unknown or one of several."""
        typed = dict(value or {})
        too_long = next((part for part, text in typed.items() if len(text) > 200), "")
        if too_long:
            raise self._wrong(too_long, _("Use %(count)d characters or fewer.") % {"count": 200})
        province, name, detail = (clean_text(typed.get(part, "")) for part in ("province", "commune_name", "detail"))
        if not (province or name):
            return self._elsewhere(clean_text(typed.get("elsewhere", "")), detail)
        commune = self._commune(province, name, typed.get("commune", ""))
        return {"province": commune.province, "commune": commune.code, "detail": detail}

    def _wrong(self, part: str, message: str) -> ValidationError:
        """Return what to say, and let the error link lead to the box it is about."""
        self.widget.wrong = part
        return ValidationError(message)

    def warning(self, value: Mapping[str, str]) -> str:
        """Return what became of a former name; never a refusal."""
        return self.renamed

    def _elsewhere(self, text: str, detail: str) -> dict[str, str]:
        if text:
            return {"elsewhere": text}
        if self.required or detail:
            raise ValidationError(self.error_messages["required"], code="required")
        return {}

    def _commune(self, province: str, name: str, chosen: str) -> divisions.Commune:
        """Return the commune a name means; a province named behind it counts when none is chosen."""
        self.renamed = ""
        if province and divisions.province(province) is None:
            raise self._wrong("province", _("Choose the province or city."))
        if not name:
            raise self._wrong("commune_name", _("Enter the name of the commune, ward or special zone."))
        hits = divisions.find_commune(province, name)
        if not hits and not province:
            raise self._wrong("province", _("Choose the province or city."))
        if not hits:
            message = _("This province has no commune “%(name)s”. Check the name, or use the box for former places.")
            raise self._wrong("commune_name", message % {"name": name})
        hit = hits[0] if len(hits) == 1 else next((hit for hit in hits if hit.code == chosen), None)
        if hit is not None:
            if hit.former and not hit.former.startswith(f"{hit.name},"):
                names = {"former": hit.former, "name": lower_first(hit.name)}
                self.renamed = _("%(former)s is %(name)s today. Please check the address.") % names
            return hit.commune
        self.widget.hits = hits
        message = _("Several communes fit “%(name)s”. Choose one below.")
        if hits[0].former:
            message = _("“%(name)s” is a former name. Choose below what it is today.")
        raise self._wrong(f"commune_{hits[0].code}", message % {"name": name})


class BankAccountField(forms.Field):
    """Bank, account number and holder; value ``{"bank", "number", "holder"}`` or ``{}``."""

    widget: Any = BankAccountWidget

    def clean(self, value: Any) -> dict[str, str]:
        """Return the account, or {} when nothing was typed."""
        boxes = value if isinstance(value, list) else self.widget.decompress(value)
        if not any(boxes):
            if self.required:
                raise ValidationError(_("Enter the bank, the account number and the holder."), code="required")
            return {}
        return check_bank_account(dict(zip(("bank", "number", "holder"), boxes, strict=True)))


class OptionField(forms.Field):
    """A choice with a single option, ticked or not; value: the option or ''."""

    def __init__(self, *, value: str, text: str, **kwargs: Any) -> None:
        super().__init__(widget=OptionWidget(value, text), **kwargs)


class TableField(forms.Field):
    """Rows of the same small fields; value: a list of dicts, blank rows left out."""

    def __init__(self, *, columns: dict[str, forms.Field], max_rows: int, **kwargs: Any) -> None:
        super().__init__(widget=TableWidget(columns, max_rows), **kwargs)
        self.columns = columns

    def clean(self, value: Any) -> list[dict[str, Any]]:
        """Clean each cell; messages name the row."""
        rows, faults = [], []
        for n, raw in enumerate(value or [], start=1):
            row: dict[str, Any] = {}
            for key, field in self.columns.items():
                try:
                    cell = field.clean(raw.get(key))
                except ValidationError as error:
                    faults.append(_("Row %(n)d: %(message)s") % {"n": n, "message": " ".join(error.messages)})
                    continue
                if cell not in ("", None, [], {}):
                    row[key] = cell
            if row:
                rows.append(row)
        if faults:
            raise ValidationError(faults)
        return rows

    def warning(self, value: list[dict[str, Any]]) -> str:
        """Return what to look at again in the cells; never a refusal."""
        asked = [(self.columns[key], cell) for row in value for key, cell in row.items() if key in self.columns]
        found = [field.warning(cell) for field, cell in asked if hasattr(field, "warning")]
        return " ".join(dict.fromkeys(filter(None, found)))


class LinesField(NfcCharField):
    """Short texts, one a line; value: the list of lines, ``distinct`` each once and without blank ones."""

    def __init__(
        self, *, maximum: int = 40, longest: int = 400, rows: int = 4, distinct: bool = True, **options: Any
    ) -> None:
        super().__init__(lines=True, rows=rows, max_length=min(maximum * (longest + 2), 60_000), **options)
        self.maximum, self.longest, self.distinct = maximum, longest, distinct

    def prepare_value(self, value: Any) -> Any:
        """Show a stored list as lines."""
        return "\n".join(str(line) for line in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the lines; raises ValidationError for too many or too long ones."""
        lines = [" ".join(line.split()) for line in super().clean(value).split("\n")]
        if self.distinct:
            lines = list(dict.fromkeys(line for line in lines if line))
        while lines and not lines[-1]:
            lines.pop()
        if len(lines) > self.maximum:
            raise ValidationError(_("At most %(count)d lines.") % {"count": self.maximum})
        if any(len(line) > self.longest for line in lines):
            raise ValidationError(_("A line has at most %(count)d characters.") % {"count": self.longest})
        return lines


class _FreeBox(forms.CheckboxInput):
    """A box without the attribute that says it must be ticked."""

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class TickField(forms.BooleanField):
    """Yes or no in one box; both are answers, so it is not marked as optional."""

    widget = _FreeBox

    def validate(self, value: Any) -> None:
        """Take both answers."""


FIRST_YEAR, LAST_YEAR = 2000, 2099


class LineField(NfcCharField):
    """A line, or with ``lines`` a larger box, of the administrators' and publishers' forms."""

    rows = 6


class DayField(PartialDateField):
    """A day in three boxes, between 2000 and 2099."""

    def clean(self, value: Any) -> Any:
        """Return the date, or None when nothing was typed."""
        iso = super().clean(value)
        if not iso:
            return None
        if not FIRST_YEAR <= int(iso[:4]) <= LAST_YEAR:
            raise ValidationError(
                _("Enter a year between %(first)d and %(last)d.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return date.fromisoformat(iso)

    def prepare_value(self, value: Any) -> Any:
        """Show a date given as initial value."""
        return value.isoformat() if isinstance(value, date) else value
