# SPDX-License-Identifier: Apache-2.0
"""What a cut of power may do to a directory: whole changes are lost, the last ones first, and never half of one."""
import subprocess
import sys

import pytest

from faults import POWER_CUT, POWER_TORN, Faults

# The way a store puts a new file in the place of the one that everything begins with.
REPLACE = """
import os, sys
directory = sys.argv[1]
new = os.path.join(directory, "000002.dbtmp")
file = os.open(new, os.O_CREAT | os.O_WRONLY)
os.write(file, b"two")
os.fsync(file)
os.rename(new, os.path.join(directory, "CURRENT"))
"""


def after_a_cut(directory, power, seed):
    """What stands in the directory when the power goes behind the rename: name to content."""
    index = directory / "store" / "index"
    index.mkdir(parents=True)
    (index / "CURRENT").write_bytes(b"one")
    faults = Faults(directory / "faults")
    faults.power(power, seed)
    faults.kill("current.rename")
    ended = subprocess.run([sys.executable, "-S", "-c", REPLACE, str(index)], env=faults.environment, check=False)
    assert ended.returncode == -9
    return {file.name: file.read_bytes() for file in index.iterdir()}


def test_a_rename_that_no_sync_followed_is_there_or_not_at_all(tmp_path):
    seen = [after_a_cut(tmp_path / str(seed), POWER_TORN, seed) for seed in range(24)]
    renamed, made, nothing = {"CURRENT": b"two"}, {"CURRENT": b"one", "000002.dbtmp": b"two"}, {"CURRENT": b"one"}
    assert all(left in (renamed, made, nothing) for left in seen), seen
    assert all(left in seen for left in (renamed, made, nothing)), seen


@pytest.mark.parametrize("seed", range(3))
def test_a_full_cut_takes_every_change_back(tmp_path, seed):
    assert after_a_cut(tmp_path, POWER_CUT, seed) == {"CURRENT": b"one"}
