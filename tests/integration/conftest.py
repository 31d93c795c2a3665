# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one server for a module, a World for a test. FARSHORE_BINARY names another server than build/release/farshore."""
import os
import pathlib
import re
import zlib

import pytest

from farshore_clients.server import DevServer
from world import DESTINATION_REGION, SOURCE_REGION, World

ROOT = pathlib.Path(__file__).resolve().parents[2]
ARGUMENTS = ("--regions", f"{SOURCE_REGION},{DESTINATION_REGION}", "--accounts", "source,destination")


def pytest_collection_modifyitems(items):
    """A story must not depend on another one; that they stand in this order is only for the reader."""
    if not items:
        raise pytest.UsageError("no story was collected")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    binary = pathlib.Path(os.environ.get("FARSHORE_BINARY", ROOT / "build/release/farshore"))
    if not binary.exists():
        pytest.fail(f"{binary} does not exist; tools/build release farshore makes it", pytrace=False)
    server = DevServer(binary, tmp_path_factory.mktemp("realm") / "data", ARGUMENTS)
    server.start()
    yield server
    server.check_alive()
    assert server.stop() == 0, f"the server's last words:\n{server.log_tail()}"


@pytest.fixture
def world(server, request):
    """A World whose names no other test uses."""
    if server.process.poll() is not None:  # An earlier story of the module ended it; that story has failed, this one gets its own chance.
        server.start()
    words = re.sub("[^a-z0-9]", "", request.node.originalname.removeprefix("test_"))[:16]
    return World(server, f"{words}-{zlib.crc32(request.node.nodeid.encode()):08x}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the end of the server's log to the report of a failed story."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed and "server" in item.funcargs:
        report.sections.append(("server log", item.funcargs["server"].log_tail()))
