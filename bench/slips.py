"""How many slips a core makes in a second: python -m bench.slips, over a database with the demonstration.

Every kind of slip in turn, from the row to the bytes, one process, warm. CPU seconds of the process and of the
children that lay out.
"""

import os
import resource
import time
from itertools import cycle, islice

import django

SLIPS, WARM = 60, 12
GOAL = 6.0


def main() -> None:
    """Make the slips and print how fast."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.bench")
    django.setup()
    from common.pdf import render_pdf
    from dossiers.models import Slip
    from dossiers.records import slips

    kinds = [
        Slip.objects.filter(kind=kind).earliest("pk")
        for kind in sorted(set(Slip.objects.values_list("kind", flat=True)))
    ]

    def make(slip: Slip) -> int:
        template, context = slips.page(slip, slips.PDF_LAYOUT)
        return len(render_pdf(template, context))

    for slip in islice(cycle(kinds), WARM):
        make(slip)
    cpu, wall = spent(), time.perf_counter()
    sizes = [make(slip) for slip in islice(cycle(kinds), SLIPS)]
    cpu, wall = spent() - cpu, time.perf_counter() - wall
    print(
        f"Slips: {SLIPS / cpu:.1f} per second and core (goal ≥ {GOAL:.0f}), {1000 * cpu / SLIPS:.0f} ms of CPU each,"
        f" {len(kinds)} kinds, {sum(sizes) / SLIPS / 1000:.0f} KB each; {SLIPS / wall:.1f} per second of the clock."
    )


def spent() -> float:
    """Return the CPU seconds of this process and of its ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
