"""Parse one uploaded file in a process of its own, with limits.

Run as ``python -I common/files/parsing <pdf|image|docx|xlsx|odt>``: the file comes in on stdin; out
goes one line of JSON and, for images and PDFs, the bytes to store after it. Imports
nothing of the portal: whatever a hostile file does here, it finds no secrets.
"""

import json
import resource
import sys
from pathlib import Path

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 20


def main(kind: str) -> None:
    """Limit this process, parse stdin and answer on stdout."""
    # In isolated mode this project is not on the path; nothing of it but this package is imported.
    sys.path.append(str(Path(__file__).resolve().parents[3]))
    from common.files.parsing.office import OFFICE_PARTS, parse_office
    from common.files.parsing.pdfs import parse_pdf
    from common.files.parsing.pictures import parse_image
    from common.files.parsing.refused import Refused

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content = sys.stdin.buffer.read()
    body = b""
    try:
        if kind in OFFICE_PARTS:
            answer, body = parse_office(kind, content)
        else:
            answer, body = parse_pdf(content) if kind == "pdf" else parse_image(content)
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except Exception:
        # Whatever a parser stumbles over, the file is of no use to the officer either.
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1])
