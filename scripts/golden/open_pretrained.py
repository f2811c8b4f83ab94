"""Opens a pre-trained model that Rowlight saved as any user of transformers would, and prints what it puts at masks.

    python open_pretrained.py MODEL_DIR TEXTS.tsv

TEXTS has one text with `[MASK]` a line, or two with a tab between them (a pair), and no header. The class is the one that
config.json names: BertForMaskedLM or BertForPreTraining. For each line, standard output gets one JSON object: `input_ids`,
`masked` (the logits at each mask) and `pair` (the logits of the pair head; null without one). float32, one text at a time.
A checkpoint that lacks weights or has weights of its own makes the script fail: it must open as it is.
"""

import argparse
import json
from pathlib import Path

import torch
import transformers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("texts")
    arguments = parser.parse_args()
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
    (architecture,) = transformers.AutoConfig.from_pretrained(arguments.model).architectures
    if architecture not in ("BertForMaskedLM", "BertForPreTraining"):
        raise SystemExit(f"{arguments.model} is a {architecture}")
    model, loading = getattr(transformers, architecture).from_pretrained(
        arguments.model, dtype=torch.float32, output_loading_info=True
    )
    differing = {name: sorted(map(str, keys)) for name, keys in loading.items() if keys}
    if differing:
        raise SystemExit(f"{arguments.model} does not open as it is: {differing}")
    model.eval()
    for line in Path(arguments.texts).read_text(encoding="utf-8").removesuffix("\n").split("\n"):
        inputs = tokenizer(*line.split("\t"), return_tensors="pt")
        with torch.inference_mode():
            outputs = model(**inputs)
        pairs = architecture == "BertForPreTraining"
        ids = inputs["input_ids"][0]
        logits = (outputs.prediction_logits if pairs else outputs.logits)[0]
        masked = logits[ids == tokenizer.mask_token_id].tolist()
        pair = outputs.seq_relationship_logits[0].tolist() if pairs else None
        print(json.dumps({"architecture": architecture, "input_ids": ids.tolist(), "masked": masked, "pair": pair}))


if __name__ == "__main__":
    main()
