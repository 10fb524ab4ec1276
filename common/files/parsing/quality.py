"""How well a picture of a paper can be read: what is wrong with it, as words to help by, never a reason to refuse it.

Everything is measured in grey on a picture whose long side is at most :data:`SIDE` pixels, about 85 dots an inch
of an A4 sheet. The thresholds lie between pages that were rendered, photographed in imitation (shadow, noise, a table
around them) and spoiled step by step; ``common/tests/files/test_quality.py`` walks both sides of each. 60 ms a picture.
"""

from typing import Any

SIDE = 1000
# Below this nobody reads letters, whatever the camera did: a picture that a chat program made small.
LEAST_LONG, LEAST_SHORT = 600, 300
# White paper shows 110 to 255 by day and by lamp; under this grey noise eats thin letters.
DARK_PAPER = 85
# How much darker than the paper around it (as a part of it) ink is, and how much of a page has some: one short word is
# 0.06 % of a sheet, the noise of a camera on a clean one in dim light 0.
INK = 0.1
LEAST_INK = 0.0001
# How much darker the clearest strokes are: pencil 0.2 and more, grey 190 on white, which copies lose, 0.15.
LEAST_CONTRAST = 0.15
# Which part of the pixels near the clearest edges lies on a step, over two pixels, that makes up most of the edge:
# 0.17 to 0.29 when sharp, 0.1 when letters of 10 points are soft, less than 0.06 when they close (blur or shake).
STEEP = 0.6
CLEAREST = 0.8
LEAST_STEEP = 0.08
# An edge of the picture that so many strokes run across, through paper about as bright as the page: text is cut off.
CROSSINGS = 8
REACH = 3

DARK, EMPTY, FAINT, BLURRED, SMALL, CUT = "dark", "empty", "faint", "blurred", "small", "cut"


def faults_of(picture: Any) -> list[str]:
    """Measure a picture; what cannot be measured has no faults, since a file is never refused for them."""
    try:
        return measured(picture)
    except Exception:  # Memory too: the picture itself was taken.
        return []


def faults_of_pages(found: list[list[str]]) -> list[str]:
    """Return the faults of a PDF's pages together: an empty page between others is the back of a sheet.

    How large a page is rendered and what stands at its edges is the PDF's own affair.
    """
    if found and all(EMPTY in page for page in found):
        return [EMPTY]
    return [fault for fault in (DARK, FAINT, BLURRED) if any(fault in page for page in found)]


def measured(picture: Any) -> list[str]:
    """Return what makes a picture (grey or colour) hard to read, gravest first: of DARK, EMPTY, … each at most once.

    What is dark or empty is not measured further.
    """
    is_small = max(picture.size) < LEAST_LONG or min(picture.size) < LEAST_SHORT
    grey = fitted(picture.convert("L"))
    paper = percentile(grey, 0.95)
    if paper < DARK_PAPER:
        return [DARK]
    around = surroundings(grey)
    if share_of_ink(grey, around) < LEAST_INK:
        return [EMPTY]
    found = []
    if contrast(grey, around) < LEAST_CONTRAST * paper:
        found.append(FAINT)
    elif is_blurred(grey):
        found.append(BLURRED)
    if is_small:
        found.append(SMALL)
    if is_cut(grey, around, paper):
        found.append(CUT)
    return found


def fitted(grey: Any) -> Any:
    """Return a grey picture at the size on which everything is measured; a small one stays as it is."""
    from PIL import Image

    scale = SIDE / max(grey.size)
    if scale >= 1:
        return grey
    size = [max(1, round(side * scale)) for side in grey.size]
    return grey.resize(size, Image.Resampling.BOX)


def percentile(grey: Any, part: float) -> int:
    """Return the grey up to which this part of the pixels lies."""
    counts = grey.histogram()
    left = part * sum(counts)
    for value, count in enumerate(counts):
        left -= count
        if left <= 0:
            return value
    return 255


def surroundings(grey: Any) -> Any:
    """Return how bright the paper around each pixel is: shadows stay in it, strokes and noise do not."""
    from PIL import Image, ImageFilter

    small = grey.reduce(4)
    # The brightest of the neighbourhood, then evened out.
    paper = small.filter(ImageFilter.MedianFilter(3)).filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.BoxBlur(4))
    return paper.resize(grey.size, Image.Resampling.BILINEAR)


def ink(grey: Any, around: Any, part: float = INK) -> Any:
    """Return a mask of what is darker than the paper around it by more than a part of it."""
    from PIL import ImageChops

    least = around.point([round(value * part) for value in range(256)])
    return ImageChops.subtract(ImageChops.subtract(around, grey), least).point(lambda value: 255 if value else 0)


def share_of_ink(grey: Any, around: Any) -> float:
    """Return how much of a picture is ink; single specks of noise do not count."""
    from PIL import ImageFilter

    counts = ink(grey.filter(ImageFilter.BoxBlur(1)), around).histogram()
    return float(counts[255] / sum(counts))


def contrast(grey: Any, around: Any) -> int:
    """Return by how many steps darker than the page its clearest strokes are, noise evened out; one word is enough."""
    from PIL import ImageChops, ImageFilter

    return percentile(ImageChops.subtract(around, grey.filter(ImageFilter.BoxBlur(1))), 0.9997)


def is_blurred(grey: Any) -> bool:
    """Tell whether too few of the clear edges are steep, along or across: a shake blurs one way only."""
    return min(steep_share(grey, 1, 0), steep_share(grey, 0, 1)) < LEAST_STEEP


def steep_share(grey: Any, along: int, down: int) -> float:
    """Return which part of the pixels near the clearest edges of one direction lies on a steep step; 1 without any."""
    from PIL import ImageChops

    def moved(image: Any, by: int) -> Any:
        return ImageChops.offset(image, along * by, down * by)

    highest = lowest = grey
    for by in (1, 2, 4, 1):
        highest = ImageChops.lighter(highest, moved(highest, by))
        lowest = ImageChops.darker(lowest, moved(lowest, by))
    # The window of nine pixels reaches from each one to one side; it is moved so that the pixel lies in its middle.
    edge = moved(ImageChops.subtract(highest, lowest), -4)
    step = ImageChops.difference(moved(grey, 1), moved(grey, -1))
    least = max(24, percentile(edge, 0.98) * CLEAREST)
    near = edge.point([255 if value >= least else 0 for value in range(256)])
    steep = ImageChops.subtract(step, edge.point([round(value * STEEP) for value in range(256)]))
    found = steep.point(lambda value: 255 if value else 0).histogram(near)
    return float(found[255] / sum(found)) if sum(found) else 1.0


def is_cut(grey: Any, around: Any, paper: int) -> bool:
    """Tell whether many strokes run across one edge of a picture whose paper reaches to that edge."""
    wide, high = grey.size
    sides = [(0, 0, wide, REACH), (0, high - REACH, wide, high), (0, 0, REACH, high), (wide - REACH, 0, wide, high)]
    return min(wide, high) > 8 * REACH and any(crossings(grey.crop(box), around.crop(box), paper) for box in sides)


def crossings(strip: Any, around: Any, paper: int) -> bool:
    """Tell whether a strip along an edge is paper with many strokes that run from one of its sides to the other."""
    bright = around.point(lambda value: 255 if value > paper * 0.55 else 0).histogram()[255]
    if bright < 0.9 * strip.width * strip.height:
        return False
    strokes = ink(strip, around, 0.35)
    lines = strokes if strip.width > strip.height else strokes.transpose(2)
    rows = [lines.crop((0, n, lines.width, n + 1)).tobytes() for n in range(lines.height)]
    crossed = bytes(min(column) for column in zip(*rows, strict=True))
    runs = [len(run) for run in crossed.split(b"\0") if run]
    return len(runs) >= CROSSINGS and sum(runs) < 0.4 * len(crossed)
