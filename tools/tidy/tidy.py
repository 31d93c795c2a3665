#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tidy: keeps the tree's rules by machine. Runs its own tests first, then every rule over the tree (or over a tree given as argument)."""

import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import layers
import rules
from source import Source

TREES = ["src", "sim", "tests", "bench", "fuzz", "console", "cmake", "docs", "tools"]
SKIPPED = {"build", "node_modules", "dist", "__pycache__", "corpus", ".venv", "tidy"}
TEXT = {".h", ".cc", ".py", ".txt", ".cmake", ".md", ".ts", ".tsx", ".js", ".sh", ".case"}


def read_tree(root):
    sources = {}
    for tree in TREES:
        for path in sorted((root / tree).rglob("*")):
            name = path.relative_to(root)
            if path.suffix not in TEXT or SKIPPED.intersection(name.parts) or not path.is_file():
                continue
            sources[name.as_posix()] = Source(name.as_posix(), path.read_text(encoding="utf-8", errors="replace"))
    return sources


def excused(hit, exception):
    path, rule, _ = exception
    covered = hit.path.startswith(path) if path.endswith("/") else hit.path == path
    banned = rule == "banned-call" and hit.rule in {row[0] for row in rules.BANNED}
    return covered and (banned or rule == hit.rule)


def check_tree(sources, exceptions):
    """All hits that no exception excuses. An exception for a single file that excuses nothing is a hit too; those for a whole folder
    are policy and may lie idle."""
    found = []
    for source in sources.values():
        for rule in rules.RULES:
            found.extend(rule(source))
        header = sources.get(source.path[:-3] + ".h") if source.path.endswith(".cc") else None
        found.extend(rules.check_unordered(source, header))
    hits = [hit for hit in found if not any(excused(hit, exception) for exception in exceptions)]
    for exception in exceptions:
        if not exception[0].endswith("/") and not any(excused(hit, exception) for hit in found):
            hits.append(rules.Hit("tools/tidy/layers.py", 1, "exception", f"the exception of {exception[0]} for {exception[1]} excuses nothing", "delete it"))
    return sorted(hits, key=lambda hit: (hit.warning, hit.path, hit.line))


def main():
    tests = unittest.defaultTestLoader.discover(str(HERE), pattern="tidy_test.py")
    if not unittest.TextTestRunner(verbosity=0).run(tests).wasSuccessful():
        return 1
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else HERE.parent.parent
    sources = read_tree(root)
    hits = check_tree(sources, layers.EXCEPTIONS)
    for hit in hits:
        print(hit)
    errors = sum(not hit.warning for hit in hits)
    print(f"tidy: {len(sources)} files, {errors} errors, {len(hits) - errors} warnings")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
