"""What is served to everybody holds no list of itself."""

import json

from django.contrib.staticfiles.storage import staticfiles_storage

from portal.management.commands.prepare import collect_static


def test_the_manifest_lies_outside_of_what_is_served(settings, tmp_path):
    settings.STATIC_ROOT, settings.STATIC_MANIFEST = tmp_path / "static", tmp_path / "kept" / "staticfiles.json"
    backend = {"BACKEND": "common.web.static_files.StaticFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": backend}
    settings.STATIC_ROOT.mkdir()
    for leftover in (".collected", "staticfiles.json"):
        (settings.STATIC_ROOT / leftover).write_text("{}")
    collect_static()
    served = {path.name for path in settings.STATIC_ROOT.rglob("*") if path.is_file()}
    assert not {name for name in served if name.startswith((".collected", "staticfiles"))}
    named = json.loads(settings.STATIC_MANIFEST.read_text())["paths"]["portal/portal.css"]
    assert named.rpartition("/")[2] in served
    assert staticfiles_storage.url("portal/portal.css").endswith(named)
    written = settings.STATIC_MANIFEST.stat().st_mtime_ns
    collect_static()
    assert settings.STATIC_MANIFEST.stat().st_mtime_ns == written
