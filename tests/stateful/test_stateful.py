# SPDX-License-Identifier: Apache-2.0
"""The short form of the stateful fuzzer; run.py beside it is the long one."""
import os
import pathlib

import pytest

import run

BINARY = pathlib.Path(os.environ.get("FARSHORE_SANITIZED_BINARY", run.ROOT / "build/dev/farshore"))
STEPS = int(os.environ.get("FARSHORE_STATEFUL_CALLS", "120"))


@pytest.mark.parametrize("seed", [1])
def test_random_calls_break_no_invariant(tmp_path, seed):
    if not BINARY.exists():
        pytest.fail(f"{BINARY} does not exist; tools/build dev farshore makes it", pytrace=False)
    session = run.run_seed(BINARY, tmp_path, seed, STEPS)
    assert session.calls > STEPS
