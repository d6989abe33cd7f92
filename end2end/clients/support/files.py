"""Disk images to upload, and a server on loopback to download them from."""

import hashlib
import struct
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

MIB = 1024 * 1024
CLUSTER = 64 * 1024


def qcow2(path: Path, size: int = 64 * MIB) -> Path:
    """An empty disk as `qemu-img create -f qcow2` makes it (version 2): header, refcounts, an L1 table of nothing."""
    header = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, size, 0, 1, 3 * CLUSTER, CLUSTER, 1, 0, 0)
    refcount_table = struct.pack(">Q", 2 * CLUSTER)
    # Four clusters are in use: the header, the table of refcounts, the refcounts, the L1 table.
    refcounts = struct.pack(">4H", 1, 1, 1, 1)
    clusters = (header, refcount_table, refcounts, struct.pack(">Q", 0))
    path.write_bytes(b"".join(cluster.ljust(CLUSTER, b"\0") for cluster in clusters))
    return path


def md5(data: bytes) -> str:
    """What Glance calls the checksum."""
    return hashlib.md5(data).hexdigest()


def sha512(data: bytes) -> str:
    """What Glance calls the hash value."""
    return hashlib.sha512(data).hexdigest()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_) -> None:
        """Requests are of no interest."""


@contextmanager
def served(folder: Path):
    """The folder's address, as long as it is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
