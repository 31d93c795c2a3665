# SPDX-License-Identifier: Apache-2.0
"""What each folder of src/ may include, and every exception to the rules with its reason. The table is the design; change it there first
(docs/ARCHITECTURE.md, "Layers")."""

BASE = ["base"]
TO_MODEL = ["base", "codec", "crypto", "runtime", "model"]
TO_STORAGE = TO_MODEL + ["storage"]
TO_IDENTITY = TO_STORAGE + ["identity"]
TO_KEYS = TO_IDENTITY + ["keys"]
TO_OBJECTS = TO_KEYS + ["objects"]
TO_HTTP = TO_OBJECTS + ["replication", "lifecycle", "http"]
API = TO_HTTP + ["api/common"]
ANYTHING = None

# Folder: the folders of ours it may include besides itself.
OURS = {
    "base": [],
    "codec": BASE,
    "crypto": BASE,
    "runtime": BASE,
    "model": BASE,
    "storage": TO_MODEL,
    "identity": TO_STORAGE,
    "keys": TO_IDENTITY,
    "objects": TO_KEYS,
    "replication": TO_OBJECTS,
    "lifecycle": TO_OBJECTS,
    "http": ["base", "codec", "runtime"],
    "api/common": TO_HTTP,
    "api/oss": API,
    "api/s3": API,
    "api/ram": API,
    "api/sts": API,
    "api/kms": API,
    "api/peer": API,
    # api/oss: the operator signs as OSS version 4 does, with the same code.
    "api/admin": API + ["api/oss"],
    # identity: a follower forwards directory writes to the home over the same link (docs/adr/0005-peer-link.md).
    "peer": TO_MODEL + ["identity", "replication", "http"],
    "backend/memory": TO_STORAGE,
    "backend/local": TO_STORAGE,
    "backend/rados": TO_STORAGE,
    "platform": ["base", "crypto", "runtime"],
    "server": ANYTHING,
    "cli": ANYTHING,
}

# Folder: prefixes of the outside headers it may include. All may use the standard library (less THREADING and SYSTEM) and fmt.
OUTSIDE = {
    "codec": ["pugixml.hpp", "boost/json", "google/protobuf/"],
    "crypto": ["openssl/", "isa-l/"],
    "http": ["boost/beast/http/", "boost/asio/buffer.hpp"],
    "backend/local": ["rocksdb/", "isa-l/"],
    "backend/rados": ["rados/"],
    "platform": ANYTHING,
    "server": ANYTHING,
    "cli": ANYTHING,
}

# Outside headers that cost seconds in every file that sees them: sources only.
HEAVY = ["boost/asio", "boost/beast", "boost/json", "rocksdb/", "CLI/", "google/protobuf/", "prometheus/"]

# What a test beside the code may include besides its folder's own.
TEST_OURS = ["backend/memory", "sim", "tests"]
TEST_OUTSIDE = ["gtest/", "gmock/", "rapidcheck"]

STANDARD = set("""
algorithm any array atomic bit bitset charconv chrono cmath codecvt compare complex concepts coroutine cassert cctype cerrno cfloat cinttypes
climits cstdarg cstddef cstdint cstdio cstdlib cstring cwchar deque exception execution expected format forward_list functional generator
initializer_list iomanip ios iosfwd istream iterator limits list locale map memory memory_resource new numbers numeric optional ostream print
queue ranges ratio regex set source_location span sstream stack stdexcept streambuf string string_view strstream syncstream system_error tuple
type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector version
""".split())

# Standard headers whose only use is something that comes through a port of runtime/ instead.
GUARDED = {
    "thread": ("threads belong to platform/", "Executor, TaskScope, offload() (runtime/)"),
    "future": ("threads belong to platform/", "Task, TaskScope (runtime/)"),
    "stop_token": ("threads belong to platform/", "CancelSource (runtime/cancel.h)"),
    "mutex": ("one loop owns all state", "AsyncMutex (runtime/wait.h), or no lock at all"),
    "shared_mutex": ("one loop owns all state", "AsyncMutex (runtime/wait.h), or no lock at all"),
    "condition_variable": ("one loop owns all state", "Signal (runtime/wait.h)"),
    "semaphore": ("one loop owns all state", "Permits (runtime/wait.h)"),
    "latch": ("one loop owns all state", "Signal (runtime/wait.h)"),
    "barrier": ("one loop owns all state", "Signal (runtime/wait.h)"),
    "fstream": ("files belong to platform/", "FileSystem (runtime/file_system.h)"),
    "filesystem": ("files belong to platform/", "FileSystem (runtime/file_system.h)"),
    "random": ("chance comes from one seed", "Random (runtime/random.h)"),
    "ctime": ("clocks and time zones belong to platform/", "Clock (runtime/time.h), codec/date.h"),
    "csignal": ("signals belong to server/", "a call into the component"),
    "iostream": ("no output past the log", "Log (runtime/log.h)"),
}

# (path or folder ending in '/', rule, reason). An exception that no longer excuses anything is itself reported.
EXCEPTIONS = [
    ("src/platform/", "banned-call", "platform/ is what implements the ports"),
    ("src/platform/event_loop_impl.h", "outside", "Asio's loop behind our own, shared by the sources of platform/ alone"),
    ("src/server/", "environment", "settings may name environment variables"),
    ("src/server/realm.cc", "file", "key and realm files, read and written whole before and beside any store"),
    ("src/server/serve_config.cc", "file", "paths of a configuration file are relative to it"),
    ("src/backend/local/threads_test.cc", "outside", "a temporary directory for the real file system"),
    ("src/backend/local/threads_test.cc", "file", "a temporary directory for the real file system"),
    ("tests/crash/faulty/world.cc", "clock", "is what a server under test calls in their place"),
    ("sim/main.cc", "thread", "one process per core: worlds share nothing"),
    ("sim/realm/sim_trace.cc", "environment", "FARSHORE_SIM_LOG prints a failing run's trace"),
    ("sim/sim_test.cc", "environment", "how many seeds a run takes"),
    ("src/cli/", "environment", "credentials of the operator's shell"),
    ("src/cli/", "file", "reads and writes the files the operator names"),
    ("src/cli/", "clock", "signs requests and prints ages outside any region"),
    ("sim/world/sim_loop.cc", "environment", "FARSHORE_SIM_LOG prints a failing run's log"),
]
