"""Fees of before become data: words become a unit, exemptions rows, the fee of a unit the amount of the first line.

What cannot be read as data stays as the line's note. Units gave no resolution
before: their amounts count once they add it.
"""

from contextlib import nullcontext

from django.db import migrations

from common.database import append_only

TABLE = "procedures_feeline"
NAMES = {"phi": "Phí", "le_phi": "Lệ phí"}
# The words of the catalogue that comes with the portal, and others that say the same.
UNITS = {
    "hồ sơ": "dossier",
    "trường hợp": "dossier",
    "lần đăng ký": "dossier",
    "giao dịch": "dossier",
    "di chúc": "dossier",
    "văn bản": "dossier",
    "bản": "copy",
    "bản sao": "copy",
    "văn bản xác nhận": "copy",
    "trang": "page",
    "người": "person",
}
SAID_BY_UNIT = ("hồ sơ", "bản", "bản sao", "trang", "người")
CERTIFIED_COPIES = "trang; từ trang thứ 3: 1.000 đồng/trang; tối đa 200.000 đồng/bản"
TIERS = [{"from": 1, "to": 2, "amount_vnd": 2000}, {"from": 3, "to": None, "amount_vnd": 1000}]
COLUMNS = ("key", "name", "unit", "tiers", "cap_vnd", "note")


def carry_over(apps, schema_editor):
    connection = schema_editor.connection
    # Around a migration SQLite's guards are lifted already.
    lifted = append_only.lifted(connection.alias, [TABLE]) if connection.vendor == "postgresql" else nullcontext()
    with lifted:
        carry_lines(apps)
    carry_offerings(apps)


def carry_lines(apps):
    lines, exemption = apps.get_model("procedures", "FeeLine").objects, apps.get_model("procedures", "FeeExemption")
    found = list(lines.order_by("version_id", "n"))
    for line in found:
        per = " ".join(line.per.split())
        line.key = f"{line.kind.replace('_', '-')}-{line.n}"
        line.name = NAMES.get(line.kind, "Phí")
        line.unit = UNITS.get(per.lower(), "dossier")
        if per == CERTIFIED_COPIES and line.amount_vnd == TIERS[0]["amount_vnd"]:
            line.unit, line.tiers, line.cap_vnd = "page", TIERS, 200_000
        elif per.lower() not in UNITS:
            line.note = per
        elif per.lower() not in SAID_BY_UNIT:
            line.note = f"mỗi {per}"
    lines.bulk_update(found, COLUMNS, batch_size=500)
    exemption.objects.bulk_create(
        (exemption(line=line, n=1, who=" ".join(line.exemption.split())) for line in found if line.exemption.strip()),
        batch_size=500,
    )


def carry_offerings(apps):
    """The fee of a unit was the whole fee: it becomes the amount of the first line, the others cost nothing there."""
    line, fee = apps.get_model("procedures", "FeeLine"), apps.get_model("procedures", "OfferingFee")
    made = []
    for offering in apps.get_model("procedures", "Offering").objects.exclude(fee_vnd=None):
        newest = line.objects.filter(version__procedure=offering.procedure_id)
        version = newest.exclude(version__published_at=None).order_by("-version__number").values_list("version", flat=True).first()
        keys = line.objects.filter(version=version).order_by("n").values_list("key", flat=True)
        made += [
            fee(offering=offering, key=key, amount_vnd=0 if n else offering.fee_vnd, since=offering.since)
            for n, key in enumerate(keys)
        ]
    fee.objects.bulk_create(made, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0009_fees_as_data")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=False)]
