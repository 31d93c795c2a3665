# SPDX-License-Identifier: Apache-2.0
"""The rules. Each is a function of a Source that gives Hits; every Hit says where, why and what to write instead."""

import re
from dataclasses import dataclass

import layers
from source import SPDX, folder_of

LINES_WARN = 600
LINES_FAIL = 2000


@dataclass(frozen=True)
class Hit:
    path: str
    line: int
    rule: str
    reason: str
    instead: str
    warning: bool = False

    def __str__(self):
        kind = "warning" if self.warning else "error"
        return f"{self.path}:{self.line}: {kind}: [{self.rule}] {self.reason}. Instead: {self.instead}"


def line_of(text, at):
    return text.count("\n", 0, at) + 1


# --- layers ---------------------------------------------------------------------------------------------------------------------------

def check_layers(source):
    """Includes between folders of ours."""
    folder = source.folder
    if not source.is_cpp or folder is None:
        return
    if folder not in layers.OURS:
        yield Hit(source.path, 1, "layer", f"src/{folder}/ has no row in the table of layers", "give it one in tools/tidy/layers.py, with a reason in review")
        return
    allowed = layers.OURS[folder]
    for line, mark, path in source.includes():
        if mark != '"':
            continue
        if ".." in path.split("/") or "/" not in path:
            yield Hit(source.path, line, "layer", f'"{path}" is relative to the file', "the path from src/")
            continue
        target = folder_of(path)
        if target == folder or allowed is layers.ANYTHING or target in allowed:
            continue
        if source.is_test and (target in layers.TEST_OURS or target.split("/")[0] in layers.TEST_OURS):
            continue
        if source.is_test and (folder, target) == ("backend/local", "platform"):
            continue  # the one backend that is also tested on real files
        yield Hit(source.path, line, "layer", f"{folder}/ must not know {target}/",
                  f"{', '.join(allowed) or 'nothing of ours'}; or a port that {target}/ implements")


def check_outside(source):
    """Headers of other projects and of the system."""
    folder = source.folder
    if not source.is_cpp or folder is None:
        return
    allowed = layers.OUTSIDE.get(folder, [])
    for line, mark, path in source.includes():
        if mark != "<":
            continue
        if source.is_header and path.startswith(tuple(layers.HEAVY)):
            yield Hit(source.path, line, "outside", f"<{path}> costs every file that includes this header", "include it in the source, behind our own type")
            continue
        if allowed is layers.ANYTHING or path in layers.STANDARD or path.startswith("fmt/") or path.startswith(tuple(allowed)):
            continue
        if source.is_test and path.startswith(tuple(layers.TEST_OUTSIDE)):
            continue
        reason, instead = layers.GUARDED.get(path, (f"<{path}> is not for {folder}/", "a port of runtime/, or the folder that owns this dependency"))
        yield Hit(source.path, line, "outside", reason, instead)


_LIBRARY = re.compile(r"farshore_library\(\s*(\w+)\b([^)]*)\)")
_SECTIONS = ("DEPS", "EXTERNAL", "TEST_DEPS")


def check_cmake(source):
    """The build links what the table allows, so that a missing include rule cannot hide a dependency."""
    folder = source.path[4:].rsplit("/", 1)[0] if source.path.startswith("src/") and source.path.endswith("/CMakeLists.txt") else None
    if folder is None:
        return
    for match in _LIBRARY.finditer(source.text):
        section, named = None, []
        for word in match.group(2).split():
            if word in _SECTIONS:
                section = word
            elif section == "DEPS":
                named.append(word)
        allowed = layers.OURS.get(folder, [])
        if allowed is layers.ANYTHING:
            continue
        libraries = {name.replace("/", "_") for name in allowed}
        for name in named:
            if name not in libraries:
                yield Hit(source.path, line_of(source.text, match.start()), "layer", f"{folder}/ must not link {name}", ", ".join(sorted(libraries)) or "nothing of ours")


# --- banned calls ---------------------------------------------------------------------------------------------------------------------

_FREE = r"(?<![\w.>:])(?:std::|::)?"  # a call of a free function, not of a member or of somebody's namespace

BANNED = [
    ("clock", re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock|file_clock)\b"),
     "a clock outside platform/ cannot be simulated", "Executor::now() for deadlines, Clock::now() for wall time"),
    ("clock", re.compile(_FREE + r"(?:time\s*\(\s*(?:nullptr|NULL|0|&\s*\w+)\s*\)|(?:gettimeofday|clock_gettime|localtime|localtime_r|mktime)\s*\()|(?<![\w>])(?:std)?::clock\s*\("),
     "a clock outside platform/ cannot be simulated", "Executor::now(), Clock::now(); codec/date.h for text"),
    ("sleep", re.compile(r"\bstd::this_thread\b|" + _FREE + r"(?:u|nano)?sleep\s*\("),
     "a sleeping thread stops the loop and cannot be simulated", "co_await sleep_for(executor, op, duration) (runtime/wait.h)"),
    ("thread", re.compile(r"\bstd::(?:jthread|thread|async)\b|\bpthread_\w+|" + _FREE + r"fork\s*\("),
     "threads outside platform/ break the one loop", "TaskScope for concurrency, offload() for blocking work"),
    ("random", re.compile(_FREE + r"(?:rand|srand|drand48|getrandom|arc4random)\s*\(|(?<![\w>])::random\s*\(|\bstd::(?:random_device|mt19937(?:_64)?|default_random_engine|minstd_rand0?)\b"),
     "chance that has no seed cannot be repeated", "Random (runtime/random.h)"),
    ("environment", re.compile(_FREE + r"(?:secure_)?(?:getenv|setenv|unsetenv|putenv)\s*\(|(?<!\w)environ\b"),
     "the environment is read in one place", "a typed setting, passed down by server/"),
    ("file", re.compile(_FREE + r"(?:fopen|freopen|fdopen|tmpfile|mkstemp|opendir|popen|creat)\s*\(|\bstd::(?:basic_)?[io]?fstream\b|\bstd::filesystem\b"),
     "file calls outside platform/ cannot be simulated", "FileSystem (runtime/file_system.h)"),
    ("file", re.compile(r"(?<![\w>])::(?:open|openat|read|write|pread|pwrite|preadv|pwritev|close|unlink|rename|fsync|fdatasync|stat|fstat|mkdir|rmdir|ftruncate|fallocate|mmap)\s*\("),
     "file calls outside platform/ cannot be simulated", "FileSystem (runtime/file_system.h)"),
    ("socket", re.compile(_FREE + r"socket\s*\(\s*(?:AF_|PF_)|(?<![\w>])::(?:socket|bind|connect|accept4?|listen|send|sendto|sendmsg|recv|recvfrom|recvmsg|poll|epoll_\w+|getaddrinfo)\s*\("),
     "sockets outside platform/ cannot be simulated", "Network and Stream (runtime/stream.h)"),
]

# Tests and the simulator drive real daemons and files, but never the wall clock or a sleep.
EVERYWHERE = ("clock", "sleep")


def check_banned(source):
    if not source.is_cpp or not source.path.startswith(("src/", "sim/", "tests/", "bench/")):
        return
    for rule, pattern, reason, instead in BANNED:
        if not source.path.startswith(("src/", "sim/")) and rule not in EVERYWHERE:
            continue
        if source.path.startswith("bench/"):
            continue
        for match in pattern.finditer(source.code):
            yield Hit(source.path, line_of(source.code, match.start()), rule, f"{match.group(0).strip()}: {reason}", instead)


# --- determinism ----------------------------------------------------------------------------------------------------------------------

_UNORDERED = re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<")
_RANGE_FOR = re.compile(r"\bfor\s*\(")
_EXCUSE = "order does not matter"


def unordered_names(code):
    """Names declared with an unordered type: members, variables and parameters."""
    names = set()
    for match in _UNORDERED.finditer(code):
        depth, at = 1, match.end()
        while at < len(code) and depth > 0:
            depth += {"<": 1, ">": -1}.get(code[at], 0)
            at += 1
        declared = re.match(r"[\s&*]*((?:\w+\s*(?:\{[^}]*\}|=[^,;]*)?\s*,\s*)*\w+)\s*(?:[;={,)]|$)", code[at:at + 200])
        if declared:
            names.update(re.findall(r"(?:^|,)\s*(\w+)", declared.group(1)))
    return names


def check_unordered(source, header=None):
    """`header`: the source's own header, where its members are declared."""
    if not source.is_cpp or source.folder is None:
        return
    names = unordered_names(source.code) | (unordered_names(header.code) if header else set())
    if not names:
        return
    for match in _RANGE_FOR.finditer(source.code):
        depth, at, colon = 1, match.end(), None
        while at < len(source.code) and depth > 0:
            char = source.code[at]
            depth += {"(": 1, ")": -1}.get(char, 0)
            if char == ":" and depth == 1 and "::" not in (source.code[at - 1:at + 1], source.code[at:at + 2]):
                colon = at
            if char == ";":
                break
            at += 1
        if colon is None or depth > 0:
            continue
        over = re.search(r"(\w+)\s*$", source.code[colon + 1:at - 1])
        line = line_of(source.code, match.start())
        around = " ".join(source.lines[max(0, line - 2):line])
        if over and over.group(1) in names and _EXCUSE not in around:
            yield Hit(source.path, line, "unordered", f"the order of {over.group(1)} differs from run to run and reaches what is written or sent",
                      f"std::map or std::set, or sort first; if nothing can see the order, say why in a comment with the words '{_EXCUSE}'")


# --- shape of a file ------------------------------------------------------------------------------------------------------------------

def check_opening(source):
    if not source.is_cpp:
        return
    if not source.lines or source.lines[0] != "// " + SPDX:
        yield Hit(source.path, 1, "opening", "the licence is not the first line", "// " + SPDX)
        return
    if not source.is_header:
        return
    sentence = source.lines[1] if len(source.lines) > 1 else ""
    if not sentence.startswith("// ") or len(sentence.split()) < 4:
        yield Hit(source.path, 2, "opening", "a header says what it is for in its second line", "// Noun: a sentence about it.")
    if not re.search(r"^#pragma once$", source.code, re.M):
        yield Hit(source.path, 1, "pragma-once", "the header can be included twice", "#pragma once behind the opening comment")


def check_size(source):
    count = len(source.lines)
    if not source.path.endswith((".h", ".cc", ".py", ".ts", ".tsx")) or count <= LINES_WARN:
        return
    yield Hit(source.path, count, "size", f"{count} lines", "look for the second noun in the file", warning=count <= LINES_FAIL)


_UNNUMBERED = re.compile(r"\bTODO\b(?!\(#\d+\))|\bFIXME\b|\bXXX\b")


def check_words(source):
    for match in _UNNUMBERED.finditer(source.text):
        yield Hit(source.path, line_of(source.text, match.start()), "todo", f"{match.group(0)} that nobody tracks", "TODO(#number) with an issue, or do it")


RULES = [check_layers, check_outside, check_cmake, check_banned, check_opening, check_size, check_words]
