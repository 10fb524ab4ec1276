"""Where uploaded files live, read from one address."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def storage_from_url(url: str) -> dict[str, Any]:
    """Return the STORAGES entry of ``s3://key:secret@host[:port]/bucket?region=…``.

    The host is that of any S3-compatible service, always spoken to over TLS.
    Needs ``pip install "django-storages[s3]"`` beside the lock. Raises
    ValueError when the address does not name a host and a bucket.
    """
    parts = urlsplit(url)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname or not bucket:
        raise ValueError("STORAGE_URL must look like s3://key:secret@host/bucket?region=…")
    port = f":{parts.port}" if parts.port else ""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username or ""),
            "secret_key": unquote(parts.password or ""),
            "bucket_name": bucket,
            "endpoint_url": f"https://{parts.hostname}{port}",
            "region_name": parse_qs(parts.query).get("region", [None])[0],
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
