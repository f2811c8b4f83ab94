"""Writes test/golden/metrics/temperature.json: the temperatures under which random logits have the lowest cross-entropy, as torch finds them.

Run by hand from the repository root, in the environment of the parity tests:

    .venv/parity/bin/python scripts/golden/temperature.py

The minimiser is L-BFGS on the inverse temperature, in double precision, run until the gradient vanishes.
"""

import json
from pathlib import Path

import torch

VERSION = "2.13.0"
GOLDEN = Path("test/golden/metrics/temperature.json")


def main() -> None:
    assert torch.__version__.split("+")[0] == VERSION, f"torch {VERSION} wanted, {torch.__version__} found"
    generator = torch.Generator().manual_seed(11)
    shapes = [(40, 2, 1.0), (60, 3, 4.0), (120, 5, 0.4), (200, 8, 2.0)]
    cases = [case(generator, *shape) for shape in shapes]
    GOLDEN.write_text(json.dumps({"torch": VERSION, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8")


def case(generator: torch.Generator, rows: int, labels: int, scale: float) -> dict:
    """Logits that know something of the truth; `scale` makes them too sure or not sure enough."""
    truth = torch.randint(labels, (rows,), generator=generator)
    logits = torch.randn(rows, labels, generator=generator, dtype=torch.float64)
    logits = scale * (logits + 1.5 * torch.nn.functional.one_hot(truth, labels))
    logits = torch.round(logits, decimals=6)
    inverse = torch.ones((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([inverse], max_iter=500, tolerance_grad=1e-14, tolerance_change=1e-16, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.cross_entropy(inverse * logits, truth)
        value.backward()
        return value

    before = torch.nn.functional.cross_entropy(logits, truth).item()
    optimizer.step(loss)
    return {
        "truth": truth.tolist(),
        "logits": logits.tolist(),
        "temperature": 1 / inverse.item(),
        "loss_before": before,
        "loss_after": torch.nn.functional.cross_entropy(inverse * logits, truth).item(),
    }


if __name__ == "__main__":
    main()
