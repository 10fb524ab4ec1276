"""In what the fees of two versions differ."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from eforms.comparing import condition_in_words, moved_keys

from ... import fees
from ...models import FeeExemption, FeeLine
from ..serialising import Plain
from .changes import Change, changed, schema_of


def compare_fees(before: Plain, after: Plain, language: str) -> list[Change]:
    """Return in what the fees of two versions differ, line by line by their keys."""
    old, new = ({fee["key"]: fee for fee in one["fees"]} for one in (before, after))
    schemas = [schema_of(before), schema_of(after)]
    moved = moved_keys(list(old), list(new))
    found = []
    for key, fee in new.items():
        if key not in old:
            found.append(Change(_("New fee: %(fee)s.") % {"fee": fee_words(fee)}))
            continue
        told = list(_fee(old[key], fee, schemas, language))
        if not told and old[key] != fee:
            told = [Change(_("%(what)s: changed.") % {"what": _("Fee “%(name)s”") % {"name": fee["name"]}})]
        found += told
        if key in moved:
            found.append(Change(_("“%(name)s” stands in another place.") % {"name": fee["name"]}))
    found += [
        Change(_("No longer due: %(fee)s.") % {"fee": fee_words(fee)}) for key, fee in old.items() if key not in new
    ]
    return found


def _fee(before: Plain, after: Plain, schemas: list[Any], language: str) -> Iterator[Change]:
    said = {"name": after["name"]}
    if before["name"] != after["name"]:
        yield changed(_("Name of the fee"), before["name"], after["name"])
    if before["name_en"] != after["name_en"]:
        yield changed(_("“%(name)s” in English") % said, before["name_en"], after["name_en"])
    amounts = [amount_words(fee) for fee in (before, after)]
    if amounts[0] != amounts[1]:
        yield changed(_("Fee “%(name)s”") % said, *amounts)
    if before["is_optional"] != after["is_optional"]:
        yield Change(
            (
                _("“%(name)s” is now charged only for what is asked.")
                if after["is_optional"]
                else _("“%(name)s” is now charged in every case.")
            )
            % said
        )
    if before["applies"] != after["applies"]:
        yield changed(_("When “%(name)s” is due") % said, before["applies"], after["applies"])
    if before["applies_en"] != after["applies_en"]:
        yield changed(_("When “%(name)s” is due, in English") % said, before["applies_en"], after["applies_en"])
    if before["applies_if"] != after["applies_if"]:
        old, new = (
            condition_in_words(schema, fee["applies_if"], language)
            for schema, fee in zip(schemas, (before, after), strict=True)
        )
        yield changed(_("When “%(name)s” is due by the answers of the form") % said, old, new)
    if before["note"] != after["note"]:
        yield changed(_("Note on “%(name)s”") % said, before["note"], after["note"])
    if before["note_en"] != after["note_en"]:
        yield changed(_("Note on “%(name)s” in English") % said, before["note_en"], after["note_en"])
    if before["exemptions"] != after["exemptions"]:
        lists = ["\n".join(exemption_words(one) for one in fee["exemptions"]) for fee in (before, after)]
        yield changed(_("Who is exempt from “%(name)s”") % said, *lists)


def amount_words(fee: Plain) -> str:
    """Write what a fee costs, the amount of a guide too: 'Fee (lệ phí) 8.000 đồng/copy'."""
    line = _line(fee)
    line.is_guide = False
    text = f"{line.get_kind_display()} {fees.amount_words(line)}"
    return text + ", " + _("the province sets the amount") if fee["is_guide"] else text


def fee_words(fee: Plain) -> str:
    """Write one fee: 'Copy of the certificate – 8.000 đồng/copy'."""
    return f"{fee['name']} – {amount_words(fee)}"


def exemption_words(exemption: Plain) -> str:
    """Write one exemption: 'People with a disability – certificate (until 28/02/2027)'."""
    days = {name: date.fromisoformat(exemption[name]) if exemption[name] else None for name in ("since", "until")}
    when = fees.exemption_words(FeeExemption(channel=exemption["channel"] or "", **days))
    texts = [exemption[name] for name in ("who", "proof", "who_en", "proof_en")]
    text = " – ".join(part for part in texts if part)
    return f"{text} ({when})" if when else text


def _line(fee: Plain) -> FeeLine:
    return FeeLine(**{name: value for name, value in fee.items() if name != "exemptions"})
