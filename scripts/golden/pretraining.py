"""Writes test/golden/pretraining: what `BertForPreTraining` of transformers and torch answer for a tiny random BERT.

    .venv/parity/bin/python scripts/golden/pretraining.py

Authority for: the heads of pre-training, their losses, gradients, and steps of training on them. As in model.py everything
is computed in float64 from the float32 weights in the folder, by the eager attention, with dropout off.

- tiny/           BertForPreTraining, float32, seed 20261126 (see tiny_bert.py)
- training.json   batches[]: input_ids, attention_mask, token_type_ids, labels [B, T] (-100 where nothing is to be
                  predicted), next_sentence_label [B]; and per step, before its update: losses, masked_losses,
                  pair_losses, norms (2-norm of all gradients before clipping to 1), learning_rates. A step is as in
                  model.py: AdamW (epsilon 1e-6, decay 0.01 for all but biases and norms), linear warm-up and decay.
- gradients.safetensors   the gradients of the first batch, unclipped, by the parameter's name
- final.safetensors       the weights after the last step
"""

import json
from pathlib import Path

import tiny_bert
import torch
import transformers
from model import rounded, write
from safetensors.torch import save_file
from transformers import BertForPreTraining

SEED = 20261126
FOLDER = Path(__file__).resolve().parents[2] / "test" / "golden" / "pretraining"
LEARNING_RATE, STEPS, WARMUP_STEPS = 1e-3, 6, 1


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    model = BertForPreTraining(tiny_bert.config())
    tiny_bert.randomise(model, generator)
    model = tiny_bert.save(model, FOLDER / "tiny")
    batches = [batch(generator, 6 + 5 * step) for step in range(STEPS)]
    model(**batches[0]).loss.backward()
    save_file({name: p.grad.float() for name, p in model.named_parameters()}, FOLDER / "gradients.safetensors")
    plain = [p for name, p in model.named_parameters() if name.endswith("bias") or "LayerNorm" in name]
    decayed = [p for name, p in model.named_parameters() if not (name.endswith("bias") or "LayerNorm" in name)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-6)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, STEPS)
    figures = {name: [] for name in ("losses", "masked_losses", "pair_losses", "norms", "learning_rates")}
    for inputs in batches:
        optimizer.zero_grad()
        answer = model(**inputs)
        masked = torch.nn.functional.cross_entropy(answer.prediction_logits.flatten(0, 1), inputs["labels"].flatten())
        answer.loss.backward()
        figures["losses"].append(rounded(answer.loss))
        figures["masked_losses"].append(rounded(masked))
        figures["pair_losses"].append(rounded(answer.loss - masked))
        figures["norms"].append(rounded(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)))
        figures["learning_rates"].append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    stored = [{key: value.tolist() for key, value in inputs.items()} for inputs in batches]
    write(FOLDER / "training.json", {**figures, "batches": stored})
    save_file({name: p.detach().float() for name, p in model.named_parameters()}, FOLDER / "final.safetensors")
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=2) + "\n", encoding="utf-8")


def batch(generator: torch.Generator, longest: int) -> dict[str, torch.Tensor]:
    """Five random pairs; in each row one to three of its tokens are to be predicted."""
    rows = 5
    lengths = torch.randint(4, longest + 1, (rows,), generator=generator)
    lengths[0] = longest
    places = torch.arange(longest).expand(rows, -1)
    mask = (places < lengths.unsqueeze(1)).long()
    first = torch.randint(2, longest, (rows, 1), generator=generator)
    ids = torch.randint(5, len(tiny_bert.vocabulary()), (rows, longest), generator=generator)
    ids[:, 0] = 2
    labels = torch.full_like(ids, -100)
    for row in range(rows):
        chosen = 1 + torch.randperm(int(lengths[row]) - 1, generator=generator)[: 1 + row % 3]
        labels[row, chosen] = ids[row, chosen]
        ids[row, chosen] = 4
    return {
        "input_ids": ids * mask,
        "attention_mask": mask,
        "token_type_ids": (places >= first).long() * mask,
        "labels": labels,
        "next_sentence_label": torch.randint(0, 2, (rows,), generator=generator),
    }


if __name__ == "__main__":
    main()
