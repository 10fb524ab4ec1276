"""Make the README's pictures from those that the journeys took (`make pictures`).

Pictures are cut to what a screen or two show and stored with few colours, each under 150 KB.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ROOT / "var" / "journeys"
KEPT = ROOT / "docs" / "pictures"
LIMIT = 150 * 1024
PHONE, DESK, PAPER = 1000, 820, 1200
# What the journey calls its picture -> what the README calls it, and the height that is kept.
PICTURES = {
    "home-phone": ("home", PHONE),
    "find-phone": ("search", PHONE),
    "task-list-phone": ("task-list", PHONE),
    "papers-phone": ("papers", PHONE),
    "track-phone": ("tracking", PHONE),
    "queue-desk": ("desk-queue", DESK),
    "dossier-desk": ("desk-dossier", DESK),
    "slip-01-desk": ("slip-01", PAPER),
    "leader-dossier-desk": ("leader", PHONE),
    "builder-desk": ("builder", DESK),
    "people-desk": ("people", DESK),
    "prepared-phone": ("prepared", PHONE),
}


def keep(source: Path, target: Path, height: int) -> int:
    """Cut and store one picture; returns its size in bytes."""
    with Image.open(source) as picture:
        part = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
    part.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
    return target.stat().st_size


def main() -> int:
    """Store every picture; fails when one was not taken or is too large."""
    KEPT.mkdir(exist_ok=True)
    faults = 0
    for taken, (name, height) in PICTURES.items():
        source = TAKEN / f"{taken}.png"
        if not source.exists():
            print(f"{source} is missing: run make journeys first")
            faults += 1
            continue
        size = keep(source, KEPT / f"{name}.png", height)
        print(f"{name}.png {size // 1024} KB")
        faults += size > LIMIT
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
