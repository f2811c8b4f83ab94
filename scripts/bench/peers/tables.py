"""Reading the labelled tables and scoring predictions, shared by the peers in this folder."""

from pathlib import Path


def read_rows(path: str) -> list[tuple[str, str]]:
    """The (label, text) rows of a UTF-8 TSV whose first line is a header and whose first two columns are label and
    text. There is no quoting: a cell is whatever stands between two tabs, as Rowlight reads a TSV."""
    lines = Path(path).read_text(encoding="utf-8-sig").split("\n")
    cells = [line.rstrip("\r").split("\t") for line in lines[1:] if line.strip("\r")]
    return [(row[0], row[1]) for row in cells]


def accuracy(truth: list[str], predicted: list[str]) -> float:
    """The share of rows whose label is right, 0 to 1. A label that training never saw is simply never right."""
    return sum(t == p for t, p in zip(truth, predicted, strict=True)) / len(truth)


def macro_f1(truth: list[str], predicted: list[str]) -> float:
    """The unweighted mean of F1 over every label that occurs in the truth or in the predictions, 0 to 1: what
    scikit-learn's f1_score(average='macro', zero_division=0) answers without a list of labels."""
    labels = sorted(set(truth) | set(predicted))
    scores = []
    for label in labels:
        right = sum(t == label and p == label for t, p in zip(truth, predicted, strict=True))
        total = truth.count(label) + predicted.count(label)
        scores.append(2 * right / total)
    return sum(scores) / len(labels)
