"""Storage of stylesheets, scripts and pictures under names made from their content."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Keeps its manifest at ``settings.STATIC_MANIFEST``: everything in ``STATIC_ROOT`` is served to everybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        manifest = Path(settings.STATIC_MANIFEST)
        self.manifest_name = manifest.name
        super().__init__(*args, manifest_storage=FileSystemStorage(location=manifest.parent), **kwargs)
