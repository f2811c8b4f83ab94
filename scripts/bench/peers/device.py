"""Times training steps and inference batches of a BERT in torch on a GPU (or the CPU), one for each line on standard
input, so that a driver can alternate them with Rowlight's in one run. Needs torch alone.

    python device.py --device cuda --config base --batch 32 --length 128

Protocol: one line with the description when ready; then for each line `step PRECISION` or `infer PRECISION`
{"seconds": ..., "loss": ...}; the end of input ends it. Precisions: float32 (products in full float32), tf32 (products
in TF32), bfloat16 and float16 (autocast for steps, the whole model for inference). Each answer is one JSON line,
flushed. The first runs of each kind allocate: leave out the first two.

A step is: forward with dropout 0.1, mean cross entropy, backward, clipping by global norm 1, fused AdamW, gradients
dropped; the batch lies in ordinary memory before and the loss after. An inference batch ends with its logits there.
"""

import argparse
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SHAPES = {"base": (21128, 768, 12, 12, 3072, 512), "mini": (10885, 256, 4, 4, 1024, 256)}
LABELS = 8
DROP = 0.1


class Layer(nn.Module):
    def __init__(self, hidden: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(hidden, hidden) for _ in range(4))
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.norm1, self.norm2 = nn.LayerNorm(hidden, 1e-12), nn.LayerNorm(hidden, 1e-12)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        rows, length, hidden = x.shape
        heads = lambda y: y.view(rows, length, self.heads, -1).transpose(1, 2)  # noqa: E731
        drop = DROP if self.training else 0.0
        attended = F.scaled_dot_product_attention(
            heads(self.query(x)), heads(self.key(x)), heads(self.value(x)), mask, drop
        )
        attended = self.output(attended.transpose(1, 2).reshape(rows, length, hidden))
        x = self.norm1(x + F.dropout(attended, DROP, self.training))
        return self.norm2(x + F.dropout(self.down(F.gelu(self.up(x))), DROP, self.training))


class Bert(nn.Module):
    def __init__(self, vocabulary: int, hidden: int, layers: int, heads: int, inner: int, positions: int) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, hidden)
        self.positions = nn.Embedding(positions, hidden)
        self.types = nn.Embedding(2, hidden)
        self.norm = nn.LayerNorm(hidden, 1e-12)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner) for _ in range(layers))
        self.pooler, self.classifier = nn.Linear(hidden, hidden), nn.Linear(hidden, LABELS)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.norm(self.words(ids) + self.positions(places) + self.types(torch.zeros_like(ids)))
        x = F.dropout(x, DROP, self.training)
        allowed = mask[:, None, None, :].bool()
        for layer in self.layers:
            x = layer(x, allowed)
        pooled = torch.tanh(self.pooler(x[:, 0]))
        return self.classifier(F.dropout(pooled, DROP, self.training))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--config", choices=SHAPES, default="base")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--length", type=int, default=128)
    arguments = parser.parse_args()
    device = torch.device(arguments.device)
    torch.manual_seed(1)
    vocabulary = SHAPES[arguments.config][0]
    model = Bert(*SHAPES[arguments.config]).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, eps=1e-6, fused=True)
    halves: dict[str, Bert] = {}
    name = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    print(json.dumps({"peer": f"torch {torch.__version__}", "card": name}), flush=True)
    for line in sys.stdin:
        what, precision = line.split()
        torch.set_float32_matmul_precision("high" if precision == "tf32" else "highest")
        half = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(precision)
        ids = torch.randint(5, vocabulary, (arguments.batch, arguments.length))
        labels = torch.randint(0, LABELS, (arguments.batch,))
        mask = torch.ones_like(ids)
        synchronize(device)
        started = time.perf_counter()
        if what == "step":
            answer = {"loss": step(model, optimizer, device, ids, mask, labels, half)}
        else:
            if half is not None and precision not in halves:
                halves[precision] = Bert(*SHAPES[arguments.config]).to(device, half)
                synchronize(device)
                started = time.perf_counter()
            with torch.inference_mode():
                evaluated = (model if half is None else halves[precision]).eval()
                evaluated(ids.to(device), mask.to(device)).float().cpu()
            answer = {}
        print(json.dumps({"seconds": time.perf_counter() - started, **answer}), flush=True)


def synchronize(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def step(model, optimizer, device, ids, mask, labels, half) -> float:
    model.train()
    ids, mask, labels = ids.to(device), mask.to(device), labels.to(device)
    with torch.autocast(device.type, half or torch.bfloat16, enabled=half is not None):
        loss = F.cross_entropy(model(ids, mask).float(), labels)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    value = loss.item()
    synchronize(device)
    return value


if __name__ == "__main__":
    main()
