"""Times training steps of transformers + torch, one step for each line on standard input, so that a driver can
alternate them with Rowlight's in one run.

    python step.py --config base --batch 32 --length 32 --threads 2

Protocol: one line with the description when ready; then for each line `step` one training step and
{"seconds": ..., "loss": ...}; for `memory` {"peak_mb": ...}; the end of input ends it. Each answer is one JSON line,
flushed. The first steps allocate: leave out the first two.

A step is: forward with dropout 0.1, mean cross entropy, backward, clipping by global norm 1, AdamW (weight decay 0.01
but for norms and biases), gradients dropped; float32, or with --dtype bfloat16 autocast, which keeps weights and
optimizer in float32; BertForSequenceClassification with 8 labels from random weights,
rows without padding, another batch each time. It is torch as fast as it goes without compiling: scaled dot product
attention (transformers' default) and the fused AdamW (BERT-base: 0.07 s a step; foreach and the plain loop take 0.25).
"""

import argparse
import json
import sys
import time

import torch
import transformers
from memory import peak_megabytes
from optimizer import adamw
from transformers import BertConfig, BertForSequenceClassification

SHAPES = {
    "base": {
        "vocab_size": 21128,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 512,
    },
    "mini": {
        "vocab_size": 10885,
        "hidden_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "intermediate_size": 1024,
        "max_position_embeddings": 256,
    },
}
LABELS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", choices=SHAPES, default="base")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--length", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    model = BertForSequenceClassification(BertConfig(**SHAPES[arguments.config], num_labels=LABELS)).train().to(arguments.device)
    optimizer = adamw(model, 2e-5)
    half = arguments.dtype == "bfloat16"
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"peer": versions, "attention": model.config._attn_implementation, **vars(arguments)}), flush=True)
    for line in sys.stdin:
        if line.strip() == "memory":
            answer = {"peak_mb": peak_megabytes()}
        else:
            answer = step(model, optimizer, random_batch(model.config.vocab_size, arguments.batch, arguments.length), half)
        print(json.dumps(answer), flush=True)


def random_batch(vocabulary: int, rows: int, length: int) -> dict[str, torch.Tensor]:
    """Random ids and labels, all tokens real: made outside the clock, as Rowlight's are."""
    return {
        "input_ids": torch.randint(5, vocabulary, (rows, length)),
        "attention_mask": torch.ones(rows, length, dtype=torch.long),
        "token_type_ids": torch.zeros(rows, length, dtype=torch.long),
        "labels": torch.randint(0, LABELS, (rows,)),
    }


def step(model, optimizer, batch: dict[str, torch.Tensor], half: bool) -> dict[str, float]:
    device = model.device
    batch = {name: tensor.to(device) for name, tensor in batch.items()}
    started = time.perf_counter()
    with torch.autocast(device.type, torch.bfloat16, enabled=half):
        loss = model(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    value = loss.item()
    return {"seconds": time.perf_counter() - started, "loss": value}


if __name__ == "__main__":
    main()
