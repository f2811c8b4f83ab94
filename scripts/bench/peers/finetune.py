"""Fine-tunes a Hugging Face BERT folder with transformers and torch: the score that Rowlight's is compared with.

    python finetune.py --base models/zh-mini --train train.tsv --dev dev.tsv --test test.tsv --learning-rate 3e-4 \
        --epochs 8 --batch-size 32 --max-length 128 --warmup 0.1 --seed 1

Tables have a header and the columns label, text. float32; the pooler and the classifier start fresh (normal, deviation
0.02, zero bias); dropout as in the base's config.json (0.1); mean cross entropy; AdamW and schedule as in optimizer.py;
gradients clipped to a global norm of 1; every batch is padded to its own longest row. Batches hold rows of like length:
the rows are shuffled, each window of rows is sorted by length and cut into batches, the batches are shuffled. The
window is that of transformers' group_by_length: a quarter of the rows, at most 50 batches. The smaller last batch is
kept.

With --dev every epoch is judged and the best one by macro F1 (ties: lower loss) is kept; without it the last epoch is.
The test table is read once, at the end. Standard output gets one JSON object; standard error a line an epoch.
"""

import argparse
import copy
import json
import random
import sys
import time

import torch
from memory import peak_megabytes
from optimizer import adamw, linear_schedule
from tables import accuracy, macro_f1, read_rows
from transformers import AutoTokenizer, BertForSequenceClassification
from transformers.utils import logging

Row = tuple[list[int], str]
"""Token ids and label."""


def main() -> None:
    arguments = parse_arguments()
    logging.set_verbosity_error()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    order = random.Random(arguments.seed)
    tokenizer = AutoTokenizer.from_pretrained(arguments.base)

    def rows(path: str) -> list[Row]:
        table = read_rows(path)
        encoded = tokenizer([text for _, text in table], truncation=True, max_length=arguments.max_length)
        return [(ids, label) for ids, (label, _) in zip(encoded["input_ids"], table, strict=True)]

    train = rows(arguments.train)
    labels = sorted({label for _, label in train})
    model = BertForSequenceClassification.from_pretrained(arguments.base, num_labels=len(labels), dtype=torch.float32)
    dev = rows(arguments.dev) if arguments.dev else None
    steps = arguments.epochs * -(-len(train) // arguments.batch_size)
    optimizer = adamw(model, arguments.learning_rate)
    schedule = linear_schedule(optimizer, arguments.warmup, steps)
    best: dict = {"macro_f1": -1.0, "loss": float("inf")}
    weights = None
    history = []
    started = time.perf_counter()
    for epoch in range(1, arguments.epochs + 1):
        train_loss = train_epoch(model, optimizer, schedule, batches(train, arguments.batch_size, order), labels)
        report = {"epoch": epoch, "train_loss": round(train_loss, 4)}
        if dev is not None:
            dev_scores = evaluate(model, dev, labels)
            report["dev"] = dev_scores
            if (dev_scores["macro_f1"], -dev_scores["loss"]) > (best["macro_f1"], -best["loss"]):
                best = {"epoch": epoch, **dev_scores}
                weights = copy.deepcopy(model.state_dict())
        history.append(report)
        print(json.dumps(report), file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    result = {"seconds": round(seconds, 1), "steps": steps, "labels": len(labels), "history": history}
    if weights is not None:
        model.load_state_dict(weights)
        result["best"] = best
    if arguments.test:
        result.update(evaluate(model, rows(arguments.test), labels))
    result["peak_mb"] = peak_megabytes()
    print(json.dumps({"arguments": vars(arguments), **result}, ensure_ascii=False))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", required=True, help="a Hugging Face BERT folder")
    parser.add_argument("--train", required=True)
    parser.add_argument("--dev", help="the table that chooses the epoch; without it the last epoch is kept")
    parser.add_argument("--test", help="without it nothing is tested: for choosing arguments")
    parser.add_argument("--learning-rate", type=float, default=2e-5)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--warmup", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def batches(rows: list[Row], size: int, order: random.Random) -> list[list[Row]]:
    """The rows once, in batches whose rows are of like length, in an order that changes each epoch."""
    shuffled = order.sample(rows, len(rows))
    window = max(1, min(len(rows) // (4 * size), 50)) * size
    cut = []
    for start in range(0, len(shuffled), window):
        ordered = sorted(shuffled[start : start + window], key=lambda row: len(row[0]))
        cut += [ordered[i : i + size] for i in range(0, len(ordered), size)]
    order.shuffle(cut)
    return cut


def tensors(batch: list[Row]) -> dict[str, torch.Tensor]:
    """input_ids and attention_mask [rows, longest], padded with 0 ([PAD] of every BERT vocabulary used here)."""
    longest = max(len(ids) for ids, _ in batch)
    input_ids = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in batch])
    mask = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in batch])
    return {"input_ids": input_ids, "attention_mask": mask}


def train_epoch(model, optimizer, schedule, epoch: list[list[Row]], labels: list[str]) -> float:
    """One pass; answers the mean loss of its batches."""
    model.train()
    total = 0.0
    for batch in epoch:
        wanted = torch.tensor([labels.index(label) for _, label in batch])
        loss = model(**tensors(batch), labels=wanted).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        total += loss.item()
    return total / len(epoch)


@torch.inference_mode()
def evaluate(model, rows: list[Row], labels: list[str]) -> dict[str, float]:
    """Accuracy and macro F1 over all rows; loss, the mean cross entropy of the rows whose label training had."""
    model.eval()
    ordered = sorted(rows, key=lambda row: len(row[0]))
    truth = [label for _, label in ordered]
    logits = [model(**tensors(ordered[start : start + 64])).logits for start in range(0, len(ordered), 64)]
    scores = torch.cat(logits)
    predicted = [labels[best] for best in scores.argmax(-1).tolist()]
    wanted = torch.tensor([labels.index(label) if label in labels else -100 for label in truth])
    loss = torch.nn.functional.cross_entropy(scores, wanted, ignore_index=-100).item()
    found = {"accuracy": accuracy(truth, predicted), "macro_f1": macro_f1(truth, predicted), "loss": loss}
    return {name: round(value, 5) for name, value in found.items()}


if __name__ == "__main__":
    main()
