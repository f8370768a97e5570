"""Have every sample looked into and print the table; exit with 1 if anything is not as it should be.

python -m tests.leaks             all producers, those that the detector is not tuned to apart
python -m tests.leaks --tuned     without the held-out producers, for whoever works on the detector
"""

import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.leaks import KINDS, Kind, missing
from tests.leaks.judge import Judgement, judge

HEADS = ("producer", "kind", "expected", "found", "")
WIDTHS = (12, 58, 8, 60, 11)


def main(arguments: Sequence[str]) -> int:
    """Print one table, or two."""
    wrong = table("Producers that the detector is tuned to", KINDS)
    if "--tuned" not in arguments:
        from tests.leaks.held_out import HELD_OUT

        wrong += table("Producers held out", HELD_OUT)
    return 1 if wrong else 0


def table(title: str, kinds: Iterable[Kind]) -> int:
    """Print the table of some kinds and their totals; return how many are wrong or were skipped."""
    print(f"\n{title}\n\n{line(*HEADS)}\n{line(*('-' * width for width in WIDTHS))}".rstrip())
    able = []
    skipped = 0
    for kind in kinds:
        if without := missing(kind.producer):
            print(line(kind.producer, kind.name, kind.verdict, f"skipped: {without} is not installed", "SKIPPED"))
            skipped += 1
        else:
            able.append(kind)
    judged: list[Judgement] = []
    with ThreadPoolExecutor(2) as pool:
        for one in pool.map(judge, able):
            judged.append(one)
            print(row(one), flush=True)
    print(*totals(judged), sep="\n")
    return skipped + sum(not one.right for one in judged)


def row(one: Judgement) -> str:
    """Return the line of one sample: errors first, warnings in brackets."""
    found = " ".join([*one.errors, *(f"({code})" for code in one.warnings)]) or "nothing"
    sample = one.sample
    return line(sample.producer, sample.kind, sample.verdict, found, fault(one))


def fault(one: Judgement) -> str:
    """Name what is wrong, if anything is."""
    if one.right:
        return ""
    if one.told:
        return "TOLD"
    return "FALSE ALARM" if one.sample.verdict == "passed" else "MISSED"


def totals(judged: Sequence[Judgement]) -> list[str]:
    """Return the totals of a table."""
    out = [""]
    for verdict, told in (("blocked", "leaks blocked"), ("reported", "reported"), ("passed", "clean passed")):
        ours = [one for one in judged if one.sample.verdict == verdict]
        out.append(f"{told}: {sum(one.right for one in ours)} of {len(ours)}")
    warned = sum(one.sample.verdict == "passed" and bool(one.warnings) for one in judged)
    alarms = [
        f"{one.sample.producer}: {one.sample.kind}"
        for one in judged
        if not one.right and one.sample.verdict == "passed"
    ]
    out.append(f"clean with a warning: {warned}")
    out += [f"false alarm: {name}" for name in alarms]
    return out


def line(*cells: str) -> str:
    """Return cells side by side, each cut to the width of its column."""
    cut = (f"{text[: width - 1]}…" if len(text) > width else text for text, width in zip(cells, WIDTHS, strict=True))
    return "  ".join(f"{text:{width}}" for text, width in zip(cut, WIDTHS, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
