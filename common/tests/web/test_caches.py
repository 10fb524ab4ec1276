"""A cache that is away, full or unreadable costs one try and then nothing; no page hears of it."""

import socket
import time

import pytest
from django.core.cache import BaseCache

from common.web import caches


@pytest.fixture
def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        yield found.getsockname()[1]


@pytest.fixture
def redis_away(closed_port):
    return caches.RedisCache(f"redis://127.0.0.1:{closed_port}/0", {})


def folder_cache(folder):
    return caches.FileBasedCache(str(folder), {})


def ask(cache: BaseCache) -> None:
    """Every question that can be put to a cache, answered as by an empty one."""
    assert cache.get("a", "none") == "none" and cache.get("a") is None
    cache.set("a", 1, 60)
    assert cache.add("a", 1) is True
    assert cache.touch("a") is False and cache.delete("a") is False and "a" not in cache
    assert cache.get_many(["a", "b"]) == {} and cache.set_many({"a": 1}) == ["a"]
    cache.delete_many(["a"])
    cache.clear()
    assert cache.get_or_set("a", lambda: 7, 60) == 7
    for change in (cache.incr, cache.decr):
        with pytest.raises(ValueError, match="a"):
            change("a")
    cache.close()


def test_a_server_that_is_away_is_an_empty_cache(redis_away, caplog):
    started = time.monotonic()
    ask(redis_away)
    assert time.monotonic() - started < 1
    assert caplog.text.count("The cache is away") == 1 and "127.0.0.1" not in caplog.text


def test_it_is_asked_again_after_its_rest(redis_away, caplog, monkeypatch):
    redis_away.get("a")
    monkeypatch.setattr(caches.Forgiving, "rests_until", 0.0)
    redis_away.get("a")
    assert caplog.text.count("The cache is away") == 2


def test_a_server_that_does_not_answer_is_given_up_soon(caplog):
    """A port that takes the connection and stays silent, as a firewall or a full server does."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        cache = caches.RedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        started = time.monotonic()
        ask(cache)
        assert time.monotonic() - started < 4
    assert caplog.text.count("The cache is away") == 1


def test_a_folder_that_cannot_be_made_is_an_empty_cache(tmp_path, caplog):
    """The folder's name is taken by a file: even root cannot write there."""
    (tmp_path / "cache").write_text("")
    ask(folder_cache(tmp_path / "cache"))
    assert caplog.text.count("The cache is away") == 1


def test_an_unreadable_entry_is_none_and_written_anew(tmp_path, caplog):
    cache = folder_cache(tmp_path)
    cache.set("a", "good", 60)
    (file,) = tmp_path.glob("*.djcache")
    whole = file.read_bytes()
    for damaged in (b"", b"x", whole[:-9], b"\x80\x05K\x01."):
        file.write_bytes(damaged)
        assert cache.get("a", "none") == "none"
        cache.set("a", "good", 60)
        assert cache.get("a") == "good"
    assert "is away" not in caplog.text


def test_a_cache_that_is_there_keeps(tmp_path):
    cache = folder_cache(tmp_path)
    assert cache.add("a", 1, 60) and not cache.add("a", 2, 60)
    assert cache.incr("a") == 2 and cache.get("a") == 2 and cache.delete("a")
