# SPDX-License-Identifier: Apache-2.0
"""What the disk alone gives, in the shapes in which the log uses it: pre-written blocks, one write and one fdatasync for each group."""
import os
import time

KIB, MIB = 1 << 10, 1 << 20
FILE_BYTES = 256 * MIB  # more than a device's write cache would like to hide, and little beside any realm


def _file(path):
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    zeros = bytes(MIB)
    for offset in range(0, FILE_BYTES, MIB):
        os.pwrite(handle, zeros, offset)
    os.fsync(handle)
    return handle


def synced_writes(path, bytes_each, records_each, seconds):
    """Writes of `bytes_each`, each followed by fdatasync, one after the other over blocks already written."""
    handle = _file(path)
    try:
        block, offset, times = os.urandom(bytes_each), 0, []
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            start = time.perf_counter()
            os.pwrite(handle, block, offset)
            os.fdatasync(handle)
            times.append((time.perf_counter() - start) * 1000)
            offset = (offset + bytes_each) % (FILE_BYTES - bytes_each + 1) // 4096 * 4096
        spent = time.perf_counter() - begin
    finally:
        os.close(handle)
        os.unlink(path)
    times.sort()
    return {"bytes_each": bytes_each, "records_each": records_each, "syncs": len(times), "syncs_per_second": round(len(times) / spent),
            "records_per_second": round(len(times) * records_each / spent), "megabytes_per_second": round(len(times) * bytes_each / spent / 1e6),
            "p50_ms": round(times[len(times) // 2], 3), "p99_ms": round(times[len(times) * 99 // 100], 3)}


def limits(directory, quick):
    """The disk under `directory`: one small writer, 64 writers whose 4 KiB go out as one group, and large contents."""
    seconds, path = (0.5 if quick else 4), directory / "raw"
    return {"one_writer_4k": synced_writes(path, 4 * KIB, 1, seconds), "one_writer_64k": synced_writes(path, 64 * KIB, 1, seconds),
            "group_of_64": synced_writes(path, 64 * 4 * KIB, 64, seconds), "large": synced_writes(path, 16 * MIB, 1, seconds)}
