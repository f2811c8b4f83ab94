"""Writes test/golden/folds/cases.json: rows with labels and groups, and the folds that scikit-learn deals them out to, the measure for ours.

Run by hand from the repository root, in a virtual environment of its own:

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scikit-learn==1.7.2
    /tmp/golden/bin/python scripts/golden/folds.py

Which row comes to which fold is chance; how even the folds are is compared.
"""

import json
import random
from pathlib import Path

import sklearn
from sklearn.model_selection import StratifiedGroupKFold

VERSION = "1.7.2"
GOLDEN = Path("test/golden/folds/cases.json")


def main() -> None:
    assert sklearn.__version__ == VERSION, f"scikit-learn {VERSION} wanted, {sklearn.__version__} found"
    chance = random.Random(11)
    shapes = [
        (60, [1, 2], 60, 5),
        (120, [1, 2], 30, 5),
        (200, [5, 3, 1], 25, 4),
        (300, [20, 5, 2, 1], 40, 10),
        (300, [1, 1, 1], 12, 3),
        (500, [30, 10, 5, 2, 1], 200, 5),
    ]
    cases = [case(chance, *shape) for shape in shapes]
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps({"scikit-learn": VERSION, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8")


def case(chance: random.Random, rows: int, weights: list[int], groups: int, folds: int) -> dict:
    """Rows of groups of unequal size; a group leans to a label, as an author or a product does."""
    leaning = [chance.choices(range(len(weights)), weights)[0] for _ in range(groups)]
    group = [min(chance.randrange(groups), chance.randrange(groups)) for _ in range(rows)]
    label = [leaning[own] if chance.random() < 0.5 else chance.choices(range(len(weights)), weights)[0] for own in group]
    fold = [0] * rows
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=7)
    for number, (_, held_out) in enumerate(splitter.split(label, label, group)):
        for row in held_out:
            fold[row] = number
    return {"folds": folds, "labels": label, "groups": group, "dealt": fold}


if __name__ == "__main__":
    main()
