# SPDX-License-Identifier: Apache-2.0
"""The crash suite needs the server's binary; every story starts servers of its own."""
import pytest

from faults import LIBRARY
from realms import BINARY


def pytest_collection_modifyitems(items):
    if items and not BINARY.exists():
        raise pytest.UsageError(f"{BINARY} does not exist; tools/build release farshore makes it")
    if items and not LIBRARY.exists():
        raise pytest.UsageError(f"{LIBRARY} does not exist; tools/build release farshore_faults makes it")
