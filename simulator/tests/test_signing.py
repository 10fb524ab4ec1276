"""The simulator's own signatures against the known answers."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from simulator import signing

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())
ROWS = [row for row in VECTORS["vnpay"]["vectors"] if row["secret"]]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ROWS])
def test_a_known_text_has_its_known_hash(row: Any) -> None:
    assert signing.mac(row["secret"], row["hash_data"]) == row["expected"]
    if "field_order" in row:
        assert signing.bar_text(row["params"], row["field_order"]) == row["hash_data"]
        known = (signing.QUERY_FIELDS, signing.ANSWER_FIELDS + signing.PROMOTION_FIELDS, signing.REFUND_FIELDS)
        assert row["field_order"] in known
    elif "pct20" not in row["id"]:
        params = row.get("params") or dict(parse_qsl(row["hash_data"]))
        assert signing.query_text(params) == row["hash_data"]
