"""Writes test/golden/metrics/sets.json: scores of random sets of labels as scikit-learn computes them, the authority for ours.

Run by hand from the repository root, in the environment of metrics.py:

    /tmp/golden/bin/python scripts/golden/label_sets.py
"""

import json
import random
from pathlib import Path

import sklearn
from sklearn.metrics import accuracy_score, hamming_loss, precision_recall_fscore_support

VERSION = "1.7.2"
GOLDEN = Path("test/golden/metrics/sets.json")


def main() -> None:
    assert sklearn.__version__ == VERSION, f"scikit-learn {VERSION} wanted, {sklearn.__version__} found"
    chance = random.Random(11)
    cases = [case(chance, rows, labels) for rows, labels in [(6, 2), (30, 3), (80, 5), (120, 9)]]
    GOLDEN.write_text(json.dumps({"scikit-learn": VERSION, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8")


def case(chance: random.Random, rows: int, labels: int) -> dict:
    """Rows with any number of labels, none included, and predictions that are mostly right; the last label never occurs."""
    truth = [[int(chance.random() < 0.4 and label < labels - 1) for label in range(labels)] for _ in range(rows)]
    predicted = [[own if chance.random() < 0.8 else 1 - own for own in row] for row in truth]
    scores = {}
    for average in ("micro", "macro", "weighted", "samples"):
        precision, recall, f1, _ = precision_recall_fscore_support(truth, predicted, average=average, zero_division=0)
        scores[average] = {"precision": precision, "recall": recall, "f1": f1}
    per_label = zip(*precision_recall_fscore_support(truth, predicted, average=None, zero_division=0), strict=True)
    return {
        "truth": truth,
        "predicted": predicted,
        "subset_accuracy": accuracy_score(truth, predicted),
        "hamming_loss": hamming_loss(truth, predicted),
        "averages": scores,
        "per_label": [
            {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)} for p, r, f, s in per_label
        ],
    }


if __name__ == "__main__":
    main()
