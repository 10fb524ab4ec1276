"""The folder that serves as a queue: whole messages, one reader each, and nothing in it ends a worker."""

import json
import os
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection, Exchange, Queue

from portal import file_broker
from portal.settings import base


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "queue"


@pytest.fixture
def connect(tmp_path, folder):
    """``connect()`` is a connection to the folder; as many as there are processes."""

    @contextmanager
    def connected():
        options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(tmp_path / "c")}
        with Connection(
            "filesystem://localhost/", transport="portal.file_broker:Transport", transport_options=options
        ) as connection:
            yield connection

    return connected


def names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


def publish(connection, n, queue="mail"):
    connection.Producer().publish({"n": n}, routing_key=queue, serializer="json", retry=False)


def receive(connection, queue="mail"):
    """Return the next message's number, or None."""
    simple = connection.SimpleQueue(Queue(queue, Exchange(""), routing_key=queue, no_declare=True))
    try:
        message = simple.get(block=False)
    except Empty:
        return None
    message.ack()
    simple.close()
    return message.payload["n"]


def test_settings_without_redis_use_it():
    assert base.REDIS_URL or base.CELERY_BROKER_TRANSPORT == "portal.file_broker:Transport"


def test_messages_come_in_their_order_and_leave_nothing_behind(connect, folder):
    with connect() as connection:
        for n in range(12):
            publish(connection, n)
        publish(connection, 99, queue="pdf")
        assert len(names(folder)) == 13
        assert [receive(connection) for _n in range(13)] == [*range(12), None]
        assert receive(connection, "pdf") == 99
    assert names(folder) == []


GOOD = {"body": "e30=", "content-type": "application/json", "content-encoding": "utf-8", "headers": {}}
PROPERTIES = {"delivery_tag": "1", "body_encoding": "base64", "delivery_info": {"exchange": "", "routing_key": "mail"}}
UNREADABLE = {
    "empty": b"",
    "half": json.dumps(GOOD | {"properties": PROPERTIES}).encode()[:60],
    "no-json": b"mail me",
    "latin": "thư đã gửi".encode("utf-16"),
    "a-list": b"[1, 2]",
    "a-number": b"7",
    "no-properties": json.dumps(GOOD).encode(),
    "no-tag": json.dumps(GOOD | {"properties": {}}).encode(),
    "bad-body": json.dumps(GOOD | {"properties": PROPERTIES, "body": "abcde"}).encode(),
    "strange-encoding": json.dumps(GOOD | {"properties": PROPERTIES | {"body_encoding": "rot13"}}).encode(),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_is_left_out_once_and_the_next_message_comes(connect, folder, caplog, content):
    with connect() as connection:
        publish(connection, 1)
        (folder / "0_bad.mail.msg").write_bytes(content)
        assert receive(connection) == 1
        assert receive(connection) is None
    assert names(folder) == []
    assert caplog.text.count("unreadable") == 1


def test_a_folder_named_like_a_message_is_passed_over(connect, folder):
    with connect() as connection:
        publish(connection, 1)
        (folder / "0_folder.mail.msg").mkdir()
        assert receive(connection) == 1


def test_a_file_that_vanishes_between_listing_and_taking_is_passed_over(connect, folder, monkeypatch):
    with connect() as connection:
        publish(connection, 1)
        listed = [*names(folder), "0_gone.mail.msg"]
        monkeypatch.setattr(file_broker.os, "listdir", lambda path: listed)
        assert receive(connection) == 1


def test_a_queue_whose_folder_was_deleted_is_empty_and_takes_messages_again(connect, folder):
    with connect() as connection:
        assert receive(connection) is None
        publish(connection, 1)
        assert receive(connection) == 1


def test_a_message_is_never_seen_half_written(connect, folder, monkeypatch):
    """At the moment of its renaming the whole message is there; before it no reader's name fits."""
    seen = []
    replace = Path.replace

    def look(self, target):
        seen.append((names(folder), json.loads(self.read_text())["properties"]["delivery_info"]["routing_key"]))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", look)
    with connect() as connection:
        publish(connection, 1)
    [(before, key)] = seen
    assert key == "mail" and not any(name.partition(".")[2] == "mail.msg" for name in before)


def test_a_full_disk_is_a_channel_error_and_leaves_no_half_file(connect, folder, monkeypatch):
    def full(self, *args, **kwargs):
        self.touch()
        raise OSError(28, "No space left on device")

    with connect() as connection:
        publish(connection, 1)
        monkeypatch.setattr(Path, "write_text", full)
        with pytest.raises(file_broker.ChannelError):
            publish(connection, 2)
    assert len(names(folder)) == 1


def test_many_writers_and_readers_lose_and_double_nothing(connect):
    total, writers, readers = 400, 4, 4
    received: list[int] = []
    faults: list[BaseException] = []
    is_over = threading.Event()

    def guarded(function, *args):
        try:
            function(*args)
        except BaseException as fault:  # A reader that ends is what this test is about.
            faults.append(fault)

    def write(first):
        with connect() as connection:
            for n in range(first, total, writers):
                publish(connection, n)

    def read():
        with connect() as connection:
            while True:
                was_over = is_over.is_set()
                n = receive(connection)
                if n is not None:
                    received.append(n)
                elif was_over:
                    return
                else:
                    time.sleep(0.001)

    threads = [threading.Thread(target=guarded, args=(write, n)) for n in range(writers)]
    watchers = [threading.Thread(target=guarded, args=(read,)) for _n in range(readers)]
    for thread in [*watchers, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    is_over.set()
    for thread in watchers:
        thread.join()
    assert faults == []
    assert sorted(received) == list(range(total))


@pytest.mark.parametrize("content", [b"", b"[[", b"7", b"[1]"])
def test_a_broken_table_of_an_exchange_is_written_anew(connect, tmp_path, content):
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "trial.exchange").write_bytes(content)
    with connect() as connection:
        queue = Queue("mail", Exchange("trial", type="direct"), routing_key="x")
        queue(connection.channel()).declare()
        assert connection.channel().get_table("trial") == [("x", "", "mail")]
        queue(connection.channel()).delete()
        assert connection.channel().get_table("trial") == []


def test_bindings_made_at_the_same_moment_are_all_kept(connect):
    def bind(n):
        with connect() as connection:
            connection.channel()._queue_bind("trial", f"key-{n}", "", f"queue-{n}")

    threads = [threading.Thread(target=bind, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connect() as connection:
        assert len(connection.channel().get_table("trial")) == 20


def test_what_killed_processes_left_is_deleted_after_an_hour(tmp_path):
    old, fresh, message = (tmp_path / name for name in (".a.mail.msg.x.new", ".b.mail.msg.x.taken", "c.mail.msg"))
    for path in (old, fresh, message):
        path.touch()
    for path in (old, message):
        os.utime(path, (time.time() - 3700,) * 2)
    file_broker.forget_leftovers(tmp_path)
    assert names(tmp_path) == [".b.mail.msg.x.taken", "c.mail.msg"]
