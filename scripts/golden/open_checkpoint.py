"""Opens a checkpoint that Rowlight saved as any user of transformers would, and prints its logits.

    python open_checkpoint.py MODEL_DIR TEXTS.tsv [--max-length 128]

TEXTS has one text a line, or two with a tab between them (a pair), and no header. For each line, standard output gets
one JSON object: `logits`, `label` (the best by id2label) and `input_ids`. float32, one text at a time, so nothing is
padded. A checkpoint that lacks weights or has weights of its own makes the script fail: it must open as it is.
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("texts")
    parser.add_argument("--max-length", type=int, default=128)
    arguments = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(arguments.model)
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        arguments.model, dtype=torch.float32, output_loading_info=True
    )
    differing = {name: sorted(map(str, keys)) for name, keys in loading.items() if keys}
    if differing:
        raise SystemExit(f"{arguments.model} does not open as it is: {differing}")
    model.eval()
    for line in Path(arguments.texts).read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        inputs = tokenizer(*line.split("\t"), truncation=True, max_length=arguments.max_length, return_tensors="pt")
        with torch.inference_mode():
            logits = model(**inputs).logits[0]
        label = model.config.id2label[int(logits.argmax())]
        ids = inputs["input_ids"][0].tolist()
        print(json.dumps({"logits": logits.tolist(), "label": label, "input_ids": ids}, ensure_ascii=False))


if __name__ == "__main__":
    main()
