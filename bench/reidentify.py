"""How few word lengths in a row single out one text among many: the figure in `PRIVACY.md`.

`python -m bench.reidentify CORPUS` reads the final texts (as classes of characters) of a corpus
folder and prints, for runs of 2 to 12 words, the share of runs that occur in one text only.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as parquet

TABLE = "klicke_final_text_class.parquet"
RUNS = (2, 4, 6, 8, 10, 12)


def word_lengths(text_class: str) -> tuple[int, ...]:
    """Lengths of the words of a text given as classes; anything but a letter ends a word."""
    letters = "".join(each if each == "a" else " " for each in text_class)
    return tuple(map(len, letters.split()))


def singled_out(texts: Iterable[tuple[int, ...]], run: int) -> float:
    """Share of all runs of `run` word lengths that occur in only one text."""
    holders: dict[tuple[int, ...], set[int]] = defaultdict(set)
    total: dict[tuple[int, ...], int] = defaultdict(int)
    for number, lengths in enumerate(texts):
        for start in range(len(lengths) - run + 1):
            window = lengths[start : start + run]
            holders[window].add(number)
            total[window] += 1
    alone = sum(count for window, count in total.items() if len(holders[window]) == 1)
    return alone / max(sum(total.values()), 1)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.reidentify", description=__doc__)
    parser.add_argument("corpus", type=Path)
    table = parquet.read_table(parser.parse_args().corpus / TABLE, columns=["text_class"])
    texts = [word_lengths(each) for each in table.column("text_class").to_pylist()]
    print(f"{len(texts)} texts")
    for run in RUNS:
        print(f"{run:2} words in a row: {singled_out(texts, run):6.1%} occur in one text only")


if __name__ == "__main__":
    main()
