"""Known answers of the protocols, from ``vectors.json``: each says where it was seen or how it was computed."""

import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text())


def of(protocol: str, kind: str = "vectors") -> list[Any]:
    """Return the vectors of a protocol, to be named by their ids."""
    return list(VECTORS[protocol][kind])
