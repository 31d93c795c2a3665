# SPDX-License-Identifier: Apache-2.0
"""Mutation: one planted bug, as its text file says it.

NAME.mutation:

    # SPDX-License-Identifier: Apache-2.0
    what: one line that says what the tired engineer wrote
    breaks: the promise that it breaks, one of PROMISES below
    file: src/...
    try: the scenarios that should show it, if a plain run does not
    --- old
    text that stands exactly once in the file
    --- new
    what stands there instead
"""
import dataclasses
import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROMISES = {
    "lost": "nothing acknowledged is lost",
    "progress": "progress is never ahead of the truth and reaches the end",
    "order": "per key in source order; both ends converge; deleted stays deleted",
    "rights": "nothing is written without both grants",
    "link": "a large object resumes at the byte; a long link is filled",
    "listed": "what is not there is listed with its reason",
    "bounds": "memory and disk stay bounded; every task ends",
}


@dataclasses.dataclass
class Mutation:
    name: str
    what: str
    breaks: str
    file: str
    scenarios: list[str]
    old: str
    new: str

    def digest(self):
        return hashlib.sha256("\0".join((self.file, self.old, self.new)).encode()).hexdigest()[:16]

    def planted_in(self, root):
        """The text of the file with the bug in it; ValueError if the anchor is stale."""
        path = root / self.file
        text = path.read_text() if path.is_file() else ""
        count = text.count(self.old)
        if count != 1 or self.old == self.new:
            raise ValueError(f"{self.name}: its old text stands {count} times in {self.file}; it must be there exactly once and differ from the new one")
        return text.replace(self.old, self.new)


def read(path):
    text = path.read_text()
    match = re.fullmatch(r"# SPDX-License-Identifier: Apache-2\.0\n((?:[a-z]+: .+\n)+)--- old\n(.*?)\n--- new\n(.*?)\n?", text, re.S)
    if not match:
        sys.exit(f"{path.name}: not of the form that sim/mutations/planted.py describes")
    fields = dict(line.split(": ", 1) for line in match[1].splitlines())
    if set(fields) != {"what", "breaks", "file", "try"}:
        sys.exit(f"{path.name}: its fields must be what, breaks, file, try")
    scenarios = [name.strip() for name in fields["try"].split(",")]
    return Mutation(path.stem, fields["what"], fields["breaks"], fields["file"], scenarios, match[2], match[3])


def read_all():
    return sorted((read(path) for path in HERE.glob("*.mutation")), key=lambda m: (m.file, m.name))


def check(mutations):
    """Prints what is wrong with them; the exit status."""
    problems = []
    for mutation in mutations:
        if mutation.breaks not in PROMISES:
            problems.append(f"{mutation.name}: breaks no promise that is known: {mutation.breaks}")
        try:
            mutation.planted_in(ROOT)
        except ValueError as stale:
            problems.append(str(stale))
    if len(mutations) < 40:
        problems.append(f"only {len(mutations)} planted bugs")
    for problem in problems:
        print(problem)
    print(f"{len(mutations)} planted bugs, {len(problems)} problems")
    return 1 if problems else 0
