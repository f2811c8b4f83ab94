"""Writes test/golden/metrics/cases.json: scores of random predictions as scikit-learn computes them, the authority for ours.

Run by hand from the repository root, in a virtual environment of its own:

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install scikit-learn==1.7.2
    /tmp/golden/bin/python scripts/golden/metrics.py

Probabilities are rounded to two digits, so that ties between rows occur. The calibration error has no reference in scikit-learn:
its bins are those of `calibration_curve(strategy="uniform")`, weighted by their rows.
"""

import json
import random
from pathlib import Path

import sklearn
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)

VERSION = "1.7.2"
GOLDEN = Path("test/golden/metrics/cases.json")


def main() -> None:
    assert sklearn.__version__ == VERSION, f"scikit-learn {VERSION} wanted, {sklearn.__version__} found"
    chance = random.Random(7)
    cases = [case(chance, rows, labels) for rows, labels in [(12, 2), (40, 2), (60, 3), (150, 5), (90, 8)]]
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(json.dumps({"scikit-learn": VERSION, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8")


def case(chance: random.Random, rows: int, labels: int) -> dict:
    """Rows with a truth and a probability a label, better than chance; every label occurs in the truth."""
    truth = [row % labels if row < labels else int(labels * chance.random() ** 2) for row in range(rows)]
    probabilities = []
    for own in truth:
        raw = [chance.random() + (0.6 if label == own else 0) for label in range(labels)]
        cut = [round(value / sum(raw), 2) for value in raw]
        largest = cut.index(max(cut))
        cut[largest] = round(cut[largest] + 1 - sum(cut), 2)
        probabilities.append(cut)
    predicted = [row.index(max(row)) for row in probabilities]
    per_label = []
    for label in range(labels):
        hits = [int(own == label) for own in truth]
        scores = [row[label] for row in probabilities]
        per_label.append(
            {
                "roc_auc": roc_auc_score(hits, scores),
                "average_precision": average_precision_score(hits, scores),
                "brier": brier_score_loss(hits, scores),
            }
        )
    averages = {
        average: {
            "precision": precision_score(truth, predicted, average=average, zero_division=0),
            "recall": recall_score(truth, predicted, average=average, zero_division=0),
            "f1": f1_score(truth, predicted, average=average, zero_division=0),
        }
        for average in ("micro", "macro", "weighted")
    }
    return {
        "truth": truth,
        "probabilities": probabilities,
        "balanced_accuracy": balanced_accuracy_score(truth, predicted),
        "mcc": matthews_corrcoef(truth, predicted),
        "averages": averages,
        "per_label": per_label,
        "roc_auc_macro": sum(one["roc_auc"] for one in per_label) / labels,
        "calibration_error": calibration_error(truth, predicted, probabilities, 10),
    }


def calibration_error(truth: list[int], predicted: list[int], probabilities: list[list[float]], bins: int) -> float:
    """Mean gap between confidence and accuracy over equal bins of confidence (Guo et al. 2017)."""
    held: dict[int, list[tuple[float, bool]]] = {}
    for own, guess, row in zip(truth, predicted, probabilities, strict=True):
        confidence = row[guess]
        held.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, own == guess))
    total = 0.0
    for rows in held.values():
        gap = sum(right for _, right in rows) / len(rows) - sum(confidence for confidence, _ in rows) / len(rows)
        total += abs(gap) * len(rows) / len(truth)
    return total


if __name__ == "__main__":
    main()
