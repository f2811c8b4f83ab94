"""Writes a BERT-base classifier with random weights, for timing inference where no trained one is at hand.

    python random_classifier.py OUTPUT_DIR VOCAB.txt

BERT-base (12 layers of 768, 12 heads, intermediate 3,072, 512 positions) for the vocabulary given, 8 labels, float32,
seed 1. About 400 MB.
"""

import json
import sys
from pathlib import Path

import torch
from step import LABELS, SHAPES
from transformers import BertConfig, BertForSequenceClassification


def main() -> None:
    output, vocabulary = Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8")
    torch.manual_seed(1)
    shape = {**SHAPES["base"], "vocab_size": len(vocabulary.removesuffix("\n").split("\n"))}
    BertForSequenceClassification(BertConfig(**shape, num_labels=LABELS)).save_pretrained(output)
    (output / "vocab.txt").write_text(vocabulary, encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512}
    (output / "tokenizer_config.json").write_text(json.dumps(settings) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
