"""Parse one uploaded file in a process of its own, with limits.

The file comes in on stdin; out goes one line of JSON and, for images and PDFs, the bytes to store after it; for
``…-preview`` those of the pictures that show it.
Imports nothing of the portal: whatever a hostile file does here, it finds no secrets.
"""

import json
import resource
import sys

from .codes import read_card_code
from .office import OFFICE_PARTS, parse_office
from .pdfs import parse_pdf
from .pictures import parse_image, turn_image
from .previews import preview
from .refused import Refused

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20
PARSERS = {"pdf": parse_pdf, "image": parse_image, "turn": turn_image, "id_card": read_card_code}


def main(kind: str) -> None:
    """Limit this process, parse stdin and answer on stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    body = b""
    try:
        if kind in OFFICE_PARTS:
            answer, body = parse_office(kind, content)
        elif kind in ("pdf-preview", "image-preview"):
            answer, body = preview(kind.partition("-")[0], content)
        else:
            answer, body = PARSERS[kind](content)
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except Exception:
        # Whatever a parser stumbles over, the file is of no use to the officer either.
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)
