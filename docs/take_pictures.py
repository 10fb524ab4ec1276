"""Make the README's and the guides' pictures from those that the journeys took (`make pictures`).

Pictures are cut to what a screen or two show; the README's are stored with few colours, each under 150 KB, the
guides' as WebP, each under 40 KB.
"""

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ROOT / "var" / "journeys"
KEPT = ROOT / "docs" / "pictures"
GUIDES = ROOT / "static" / "guides"
LIMIT, GUIDE_LIMIT = 150 * 1024, 40 * 1024
PHONE, DESK, PAPER = 1000, 820, 1200
# What every picture of a guide is cut to; articles/guides/contents.py tells browsers so.
GUIDE_SIZE = (360, 560)
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
# What the journey calls its picture -> what the guides call it.
STEPS = {
    "find-phone": "search",
    "procedure-phone": "procedure",
    "task-list-phone": "parts",
    "papers-phone": "papers",
    "review-phone": "review",
    "submitted-phone": "submitted",
    "look-up-phone": "track",
    "track-phone": "dossier",
    "supplement-phone": "supplement",
    "result-phone": "result",
}
SHOWN = frozenset(PICTURES) | frozenset(STEPS)


def keep(source: Path, target: Path, height: int) -> int:
    """Cut and store one picture of the README; returns its size in bytes."""
    with Image.open(source) as picture:
        part = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
    part.quantize(64, dither=Image.Dither.NONE).save(target, optimize=True)
    return target.stat().st_size


def keep_step(source: Path, target: Path) -> int:
    """Cut and store one picture of a guide; a short page is filled up with white. Returns its size in bytes."""
    width, height = GUIDE_SIZE
    part = Image.new("RGB", GUIDE_SIZE, "white")
    with Image.open(source) as picture:
        part.paste(picture.convert("RGB").crop((0, 0, width, min(height, picture.height))))
    few = part.quantize(24, dither=Image.Dither.NONE).convert("RGB")
    few.save(target, "WEBP", lossless=True, quality=100, method=6)
    return target.stat().st_size


def main() -> int:
    """Store every picture; fails when one was not taken or is too large."""
    KEPT.mkdir(exist_ok=True)
    GUIDES.mkdir(exist_ok=True)
    faults = 0
    for taken in sorted(SHOWN):
        source = TAKEN / f"{taken}.png"
        if not source.exists():
            print(f"{source} is missing: run make journeys first")
            faults += 1
            continue
        if taken in PICTURES:
            name, height = PICTURES[taken]
            faults += tell(f"{name}.png", keep(source, KEPT / f"{name}.png", height), LIMIT)
        if taken in STEPS:
            name = f"{STEPS[taken]}.webp"
            faults += tell(name, keep_step(source, GUIDES / name), GUIDE_LIMIT)
    return int(faults > 0)


def tell(name: str, size: int, limit: int) -> bool:
    """Print the size of a picture; returns whether it is too large."""
    print(f"{name} {size // 1024} KB")
    return size > limit


if __name__ == "__main__":
    sys.exit(main())
