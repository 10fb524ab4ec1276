"""Widgets of more than one box; their templates are in templates/motcua/widgets/."""

from collections.abc import Mapping
from typing import Any

from django import forms

from ..text import clean
from ..values import divisions, partial_date


def typed_text(text: Any) -> str:
    """Return the text of one of several boxes, cleaned; the field around them refuses what cannot be read."""
    return " ".join(clean(str(text or "")).split())


class PartialDateWidget(forms.MultiWidget):
    """Three boxes for day, month and year; a whole date pasted into one box is taken apart."""

    template_name = "motcua/widgets/partial_date.html"
    use_fieldset = True
    # Set when it asks for the birth of the person who types: browsers then offer what they know.
    is_own = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__(
            {
                # Room for a whole date in any of them, spaces and marks that nobody sees included.
                "day": forms.TextInput(attrs=box | {"maxlength": 24, "size": 2}),
                "month": forms.TextInput(attrs=box | {"maxlength": 24, "size": 2}),
                "year": forms.TextInput(attrs=box | {"maxlength": 24, "size": 4}),
            },
            attrs,
        )

    def id_for_label(self, id_: str) -> str:
        """Return the first box, where an error link leads."""
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the three boxes."""
        for box, offered in zip(self.widgets, ("bday-day", "bday-month", "bday-year"), strict=True):
            box.attrs["autocomplete"] = offered if self.is_own else "off"
        return super().get_context(name, value, attrs)

    def decompress(self, value: str | None) -> list[str]:
        """Return day, month and year of an ISO prefix."""
        parts = str(value or "").split("-")
        return ([""] * 3 + parts[::-1])[-3:] if parts != [""] else ["", "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return the three texts as typed, or as found in a pasted date."""
        boxes = [typed_text(text) for text in super().value_from_datadict(data, files, name)]
        filled = [text for text in boxes if text]
        if len(filled) == 1 and (filled[0] is boxes[0] or partial_date.has_parts(filled[0])):
            try:
                boxes = self.decompress(partial_date.parse(filled[0]))
            except ValueError:
                return boxes
        return boxes


class AddressWidget(forms.Widget):
    """Province, commune typed by name, house and street; or one free text for elsewhere.

    After cleaning a name that several communes share, ``hits`` holds them and
    the widget shows them as radio buttons. ``wrong`` is the box that an error
    is about. With ``is_own`` browsers offer the address of the person who types.
    """

    template_name = "motcua/widgets/address.html"
    use_fieldset = True
    is_own = False
    PARTS: tuple[str, ...] = ("province", "commune_name", "commune", "detail", "elsewhere")

    def __init__(self, attrs: dict[str, Any] | None = None, *, allow_elsewhere: bool = True) -> None:
        super().__init__(attrs)
        self.allow_elsewhere = allow_elsewhere
        self.hits: list[divisions.Hit] = []
        self.wrong = "province"

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, str]:
        """Return the texts of the boxes by part."""
        return {part: typed_text(data.get(f"{name}_{part}")) for part in self.PARTS}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether none of the boxes was sent."""
        return all(f"{name}_{part}" not in data for part in self.PARTS)

    def id_for_label(self, id_: str, index: int | None = None) -> str:
        """Return the box that is wrong, else the first, where an error link leads."""
        return f"{id_}_{self.wrong}" if id_ else id_

    def typed(self, value: Mapping[str, str] | None) -> dict[str, str]:
        """Return the texts of the boxes of a value by part; a commune that is stored by code has its name."""
        typed = {part: (value or {}).get(part, "") for part in self.PARTS}
        if typed["commune"] and not typed["commune_name"]:
            found = divisions.commune(typed["commune"])
            typed["commune_name"] = found.name if found else ""
        return typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the boxes, the provinces and the communes to choose from."""
        context = super().get_context(name, value, attrs)
        typed = self.typed(value)
        context["widget"] |= {
            "typed": typed,
            "provinces": [
                {"code": one.code, "name": one.name, "is_chosen": one.code == typed["province"]}
                for one in divisions.provinces()
            ],
            "hits": self.hits,
            "is_own": self.is_own,
            "allow_elsewhere": self.allow_elsewhere,
            "has_elsewhere": bool(typed.get("elsewhere")),
        }
        return context


class BankAccountWidget(forms.MultiWidget):
    """Three boxes: bank, account number, holder."""

    template_name = "motcua/widgets/bank_account.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {
                "bank": forms.TextInput(attrs={"maxlength": 100}),
                "number": forms.TextInput(attrs={"maxlength": 30, "inputmode": "numeric", "autocomplete": "off"}),
                "holder": forms.TextInput(attrs={"maxlength": 100, "autocomplete": "off"}),
            },
            attrs,
        )

    def id_for_label(self, id_: str) -> str:
        """Return the first box, where an error link leads."""
        return f"{id_}_0" if id_ else id_

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return the three texts as typed."""
        return [typed_text(text) for text in super().value_from_datadict(data, files, name)]

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        """Return the three texts of a stored account."""
        return [str((value or {}).get(part, "")) for part in ("bank", "number", "holder")]


class TableWidget(forms.Widget):
    """Rows of small fields, as many as are filled and two blank ones, up to ``max_rows``.

    ``columns`` maps a key to a form field; a button of the name
    ``<name>_more`` asks for another row.
    """

    template_name = "motcua/widgets/table.html"
    use_fieldset = True
    BLANK = 2

    def __init__(self, columns: dict[str, forms.Field], max_rows: int, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.columns = columns
        self.max_rows = max_rows
        self.min_shown = 1

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        """Return the raw values of every row up to the last one with something in it."""
        rows = [
            {
                key: field.widget.value_from_datadict(data, files, f"{name}_{n}_{key}")
                for key, field in self.columns.items()
            }
            for n in range(self.max_rows)
        ]
        while rows and not _has_content(rows[-1]):
            rows.pop()
        if f"{name}_more" in data:
            self.min_shown = min(len(rows) + self.BLANK + 1, self.max_rows)
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        """Say whether no cell was sent."""
        return not any(key.startswith(f"{name}_0_") for key in data)

    def id_for_label(self, id_: str, index: int | None = None) -> str:
        """Return the first cell, where an error link leads."""
        key, first = next(iter(self.columns.items()))
        box = f"{id_}_0_{key}"
        # A group of radio buttons names no box: its first one is meant.
        return (first.widget.id_for_label(box) or f"{box}_0") if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template rows of labelled cells."""
        context = super().get_context(name, value, attrs)
        rows = list(value or [])
        shown = min(max(len(rows) + self.BLANK, self.min_shown), self.max_rows)
        id_ = context["widget"]["attrs"].get("id", f"id_{name}")
        context["widget"]["rows"] = [
            {
                "n": n + 1,
                "cells": [
                    {
                        "label": field.label,
                        "id": field.widget.id_for_label(f"{id_}_{n}_{key}"),
                        "use_fieldset": field.widget.use_fieldset,
                        "html": field.widget.render(
                            f"{name}_{n}_{key}",
                            rows[n].get(key) if n < len(rows) else None,
                            {"id": f"{id_}_{n}_{key}"},
                        ),
                    }
                    for key, field in self.columns.items()
                ],
            }
            for n in range(shown)
        ]
        context["widget"]["more"] = f"{name}_more" if shown < self.max_rows else ""
        return context


def _has_content(row: Mapping[str, Any]) -> bool:
    return any(any(cell) if isinstance(cell, list) else cell for cell in row.values())


class OptionWidget(forms.Widget):
    """One box that stands for the only option of a choice, such as an undertaking."""

    template_name = "motcua/widgets/tick.html"
    use_fieldset = True

    def __init__(self, value: str, text: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.on, self.text = value, text

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """Return the option's value when ticked, else an empty text."""
        return self.on if data.get(name) == self.on else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Give the template the value, its words and whether the box is ticked."""
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"on": self.on, "text": self.text, "is_on": value == self.on}
        return context
