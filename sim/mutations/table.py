# SPDX-License-Identifier: Apache-2.0
"""Table: what is known of every planted bug, kept between runs, and docs/mutations.md, which is written from it."""
import json
import re

from planted import PROMISES, ROOT

TABLE = ROOT / "docs" / "mutations.md"


class Book:
    """Findings by bug. A finding holds for one bug and one tree: `digest` and `tree` say which.

    seed: the first seed of a plain run that shows it, 0: none of `asked`; said: what that run said first.
    own, own_said: the same of its own scenario, asked only where a plain run said nothing; own_asked: how many seeds.
    """

    def __init__(self, path):
        self.path = path
        self.content = json.loads(path.read_text()) if path.is_file() else {}
        self.findings = self.content.setdefault("findings", {})

    def sound(self, tree):
        """What is known of the tree without a bug."""
        return self.content.setdefault("sound", {}).setdefault(tree, {})

    def of(self, mutation, tree):
        """The finding of that very bug in that very tree; empty if there is none."""
        finding = self.findings.get(mutation.name, {})
        return finding if finding.get("digest") == mutation.digest() and finding.get("tree") == tree else {}

    def keep(self, mutation, tree, finding):
        self.findings[mutation.name] = {"digest": mutation.digest(), "tree": tree, **finding}
        self.save()

    def save(self):
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps(self.content, indent=1, sort_keys=True))
        beside.replace(self.path)


def cell(text):
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def short(said):
    """A violation's words without the names and numbers of one run."""
    said = said.removesuffix("\n")
    for pattern, word in (
        (r"(?<=: )([0-9a-f-]{36}|\S+/\S+|\S+ -> \S+: \S+|[a-z]+-[a-z0-9-]+): ", ""),
        (r"NewObject .* is not at the destination", "NewObject is ahead: an acknowledged operation is not at the destination"),
        (r"\b(data|marker) \S+ order .*?tags \[.*?\]", "a version"),
        (r"\b[0-9A-Z]{30,}\b", "a version"),
        (r"\S+/(?=(src|sim)/)", ""),
        (r"\b\d+\b", "N"),
    ):
        said = re.sub(pattern, word, said)
    return said if len(said) <= 120 else said[:117] + "..."


def row(mutation, finding):
    if finding.get("seed"):
        seeds, shown = str(finding["seed"]), cell(short(finding["said"]))
    elif finding.get("own"):
        seeds = f"> {finding['asked']}" if finding.get("asked") else "-"
        shown = f"seed {finding['own']} of {cell(short(finding['own_said']))}"
    elif finding.get("asked"):
        seeds, shown = f"> {finding['asked']}", f"**not found**, nor by {finding.get('own_asked', 0)} seeds of {' and '.join(mutation.scenarios)}"
    else:
        seeds, shown = "-", "not run yet"
    return f"| {mutation.name} | {cell(mutation.what)} | {mutation.breaks} | {mutation.file.removeprefix('src/')} | {seeds} | {shown} |"


def write(mutations, book):
    """Every bug gets a row, from what was last found out about this very bug, on whichever tree that was."""
    rows, plain, own = [], 0, 0
    for mutation in sorted(mutations, key=lambda m: (list(PROMISES).index(m.breaks), m.name)):
        finding = book.findings.get(mutation.name, {})
        if finding.get("digest") != mutation.digest():
            finding = {}
        plain += bool(finding.get("seed"))
        own += bool(not finding.get("seed") and finding.get("own"))
        rows.append(row(mutation, finding))
    promises = "\n".join(f"- **{name}**: {text}" for name, text in PROMISES.items())
    others = f"; {own} more by seeds of a scenario made for it" if own else ""
    TABLE.write_text(f"""# Planted bugs

Written by [sim/mutations/run](../sim/mutations/run), which plants each bug below alone in a scratch copy of the tree, builds `farshore-sim` and
lets it run as anybody would, `farshore-sim --seeds 10000`, until it stops at a violation of which the tree without the bug knows nothing.
{plain} of {len(rows)} are found that way{others}. "Seeds" is how many seeds it took ("> N": N seeds were not enough); "shown" names the scenario of that seed and what it said first.
A row is of the tree on which its bug was last asked for; a bug whose text changes is asked for anew.

`sim/mutations/run` does all and goes on where it was stopped (an hour or two of one core), `--only NAME...` some, `--list` names them,
`--check` makes sure that every bug can still be planted (a test of every build). Promises:

{promises}

| bug | what was written | breaks | in | seeds | shown |
|---|---|---|---|---|---|
""" + "\n".join(rows) + "\n")
