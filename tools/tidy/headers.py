#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every header of src/ and sim/ alone, without the precompiled one: headers.py [build folder]

A header that only compiles behind another is a trap for whoever includes it first. Remembers, in the build folder, for which
contents it has passed: a run without changed headers takes no time."""
import concurrent.futures
import hashlib
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = ["clang++-19", "-std=c++23", "-DFMT_SHARED", "-fsyntax-only", "-x", "c++", "-Wno-pragma-once-outside-header", f"-I{ROOT / 'src'}", f"-I{ROOT}"]


def compile_alone(header):
    result = subprocess.run(COMPILER + [str(header)], capture_output=True, text=True, check=False)
    return header, result.returncode, result.stderr


def main():
    headers = sorted(path for folder in ("src", "sim") for path in (ROOT / folder).rglob("*.h"))
    contents = hashlib.sha256()
    for header in headers:
        contents.update(str(header.relative_to(ROOT)).encode() + b"\0" + header.read_bytes() + b"\0")
    stamp = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build") / "headers-alone"
    if stamp.exists() and stamp.read_text() == contents.hexdigest():
        print(f"headers: {len(headers)} unchanged since they last compiled alone")
        return 0
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for header, status, text in pool.map(compile_alone, headers):
            if status != 0:
                failed += 1
                print(f"{header.relative_to(ROOT)} does not compile alone:\n{text}")
    print(f"headers: {len(headers)} compiled alone, {failed} failed")
    if failed == 0:
        stamp.write_text(contents.hexdigest())
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
