"""Ask this machine's web process for a health page; ends with 1 unless it answers 200."""

import os
import sys
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


def probe(path: str) -> int:
    """Ask as the site's own host name: no other is answered."""
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    try:
        connection.request("GET", path, headers={"Host": urlsplit(os.environ["SITE_URL"]).netloc})
        answer = connection.getresponse()
        print(answer.status, answer.read(2000).decode(errors="replace"))
    except (OSError, HTTPException) as error:
        print(error)
        return 1
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(probe(sys.argv[1] if len(sys.argv) > 1 else "/healthz"))
