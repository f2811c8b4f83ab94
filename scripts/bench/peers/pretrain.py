"""Pre-trains masked words with transformers + torch, one step for each JSON line on standard input, so that a driver can
alternate them with Rowlight's in one run.

    python pretrain.py --model models/zh-mini --precision bfloat16 --threads 2 [--dropout] [--attention sdpa]

Protocol: one line with the description when ready; then for each line {"ids", "mask", "typeIds": [B][T], "positions",
"labels": [P], "rate"} and perhaps "positionIds": [T] one step and {"seconds", "loss", "norm", "resident_mb"}; the same
with "judge" in the place of "rate" judges without dropout: {"loss", "correct"}; for {"memory": 1} {"peak_mb"}; the end
of input ends it.

A step is: forward, mean cross entropy over the masked positions (the output layer sees these rows alone), backward,
clipping by global norm 1, AdamW (epsilon 1e-6, weight decay 0.01 but for norms and biases; fused). `bfloat16` is
torch.autocast over forward and loss. Attention is `eager`, the plain products: with dropout torch has no fused kernel
for a CPU, and its fallback is slower (540 ms a step of zh-mini in the place of 450).
"""

import argparse
import json
import sys
import time

import torch
import transformers
from memory import peak_megabytes, resident_megabytes
from optimizer import adamw
from transformers import BertForMaskedLM


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dropout", action="store_true")
    parser.add_argument("--attention", choices=["eager", "sdpa"], default="eager")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(1)
    model = BertForMaskedLM.from_pretrained(
        arguments.model, dtype=torch.float32, attn_implementation=arguments.attention
    )
    model.train(arguments.dropout)
    optimizer = adamw(model, 1e-4)
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"peer": versions, **vars(arguments)}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if "memory" in request:
            answer = {"peak_mb": peak_megabytes()}
        elif "judge" in request:
            answer = judge(model, request, arguments)
        else:
            answer = step(model, optimizer, request, arguments)
        print(json.dumps(answer), flush=True)


def tensors_of(request: dict) -> dict[str, torch.Tensor]:
    names = ("ids", "mask", "typeIds", "positions", "labels", "positionIds")
    return {name: torch.tensor(request[name]) for name in names if name in request}


def logits_and_loss(model, tensors: dict[str, torch.Tensor], arguments) -> tuple[torch.Tensor, torch.Tensor]:
    # Where the tokens of every sequence are said to stand; else from 0 on.
    places = {"position_ids": tensors["positionIds"][None]} if "positionIds" in tensors else {}
    with torch.autocast("cpu", torch.bfloat16, enabled=arguments.precision == "bfloat16"):
        hidden = model.bert(
            input_ids=tensors["ids"], attention_mask=tensors["mask"], token_type_ids=tensors["typeIds"], **places
        ).last_hidden_state
        logits = model.cls(hidden.flatten(0, 1)[tensors["positions"]])
        return logits, torch.nn.functional.cross_entropy(logits.float(), tensors["labels"])


def judge(model, request: dict, arguments) -> dict[str, float]:
    tensors = tensors_of(request)
    training = model.training
    model.eval()
    with torch.no_grad():
        logits, loss = logits_and_loss(model, tensors, arguments)
    model.train(training)
    return {"loss": loss.item(), "correct": int((logits.argmax(1) == tensors["labels"]).sum())}


def step(model, optimizer, request: dict, arguments) -> dict[str, float | None]:
    # Made outside the clock, as Rowlight's are.
    tensors = tensors_of(request)
    for group in optimizer.param_groups:
        group["lr"] = request["rate"]
    started = time.perf_counter()
    _, loss = logits_and_loss(model, tensors, arguments)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    value = loss.item()
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "loss": value, "norm": norm.item(), "resident_mb": resident_megabytes()}


if __name__ == "__main__":
    main()
