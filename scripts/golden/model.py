"""Writes test/golden/model: what transformers and torch answer for a tiny random BERT.

    python -m venv .venv && .venv/bin/pip install -r scripts/golden/requirements.txt
    .venv/bin/python scripts/golden/model.py

Authority for: encoder, classifier, loss, gradients, optimizer, schedule, loading. Everything is computed in float64
from the float32 (or half-precision) weights in the folders, by the eager attention, with dropout off, and written with
9 decimals; gradients.safetensors and final.safetensors hold the float64 results rounded to float32.

Folders (Hugging Face, each with vocab.txt):
- tiny            BertForSequenceClassification, float32, seed 20261123 (see tiny_bert.py)
- tiny-f16, tiny-bf16   the same in half precision
- tiny-encoder    BertModel: names without the prefix `bert.`, pooler, no classifier; the weights of tiny
- tiny-mlm        BertForMaskedLM: names with `bert.`, `cls.predictions.*`, no pooler; the encoder of tiny

cases.json:
- cases[]: name, texts (one row a text or a pair), input_ids, attention_mask, token_type_ids [B, T], labels [B], and
  logits [B, 5]; cls [B, 24], row 0 of last_hidden_state; mean [B, 24], the mean of last_hidden_state over the tokens
  whose mask is 1; pooler_output [B, 24] (dense + tanh of cls); loss, the mean over the rows of
  -log softmax(logits)[label].
- variants: for each folder beside tiny what it answers to the case "single": logits and loss (tiny-f16, tiny-bf16),
  cls and pooler_output (tiny-encoder), cls and mlm_logits [B, T, 103] (tiny-mlm).

gradients.safetensors: d loss / d parameter of the case "padded", unclipped, by the parameter's name in tiny. The key
biases' true gradient is zero: compare tensors by max|g - g'| <= 1e-3 max|g'| + 1e-6 max over all tensors.

training.json: ten steps on the ten different batches in it, from the weights of tiny, without dropout. A step is: loss
(mean cross entropy), backward, clip, optimizer, schedule.
- clip: gradients * min(1, 1 / (norm + 1e-6)), norm = 2-norm over all parameters (torch clip_grad_norm_); `norms` has
  the norm before clipping (above 1 in every one of these steps: that smaller ones are left alone needs its own test).
- optimizer: torch AdamW, betas 0.9 and 0.999, epsilon 1e-6 outside the root, *with* bias correction, decoupled decay
  p -= lr * 0.01 * p for all but biases and LayerNorm weights.
- schedule: get_linear_schedule_with_warmup(1, 10), stepped after the optimizer: step k (from 0) trains at
  1e-3 * k / 1 for k < 1, then at 1e-3 * (10 - k) / (10 - 1). So step 0 trains at 0 and moves nothing but the moments.
- `losses` has the loss of each step before its update; `before` and `after` the loss of the case "padded" before the
  first and after the last step; final.safetensors the weights after the last step.
"""

import json
import platform
from pathlib import Path

import tiny_bert
import torch
import transformers
from safetensors.torch import save_file
from transformers import BertForMaskedLM, BertForSequenceClassification, BertModel, BertTokenizer

SEED = 20261123
FOLDER = Path(__file__).resolve().parents[2] / "test" / "golden" / "model"
LEARNING_RATE, STEPS, WARMUP_STEPS = 1e-3, 10, 1

Arrays = dict[str, torch.Tensor]
"""input_ids, attention_mask and token_type_ids, each [B, T]."""


def main() -> None:
    generator = torch.Generator().manual_seed(SEED)
    classifier = BertForSequenceClassification(tiny_bert.config())
    tiny_bert.randomise(classifier, generator)
    weights = {name: value.clone() for name, value in classifier.state_dict().items()}
    model = tiny_bert.save(classifier, FOLDER / "tiny")
    single = case("single", model, ["身份证丢了怎么办?"], [3])
    pairs = [
        "交通事故去哪里报警，我想问",
        ("How police", "lost card!"),
        ("证 理", "我" * 60),
        ("里去哪里补办", "wed 123"),
    ]
    padded = case("padded", model, pairs, [1, 4, 0, 2])
    model.zero_grad()
    model(**arrays(pairs), labels=torch.tensor(padded["labels"])).loss.backward()
    save_file({name: p.grad.float() for name, p in model.named_parameters()}, FOLDER / "gradients.safetensors")
    write("cases.json", {"cases": [single, padded], "variants": variants(weights, generator, single)})
    write("training.json", train(model, generator, padded))
    save_file({name: p.detach().float() for name, p in model.named_parameters()}, FOLDER / "final.safetensors")
    versions = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    write("meta.json", {**versions, "seed": SEED, "command": "python scripts/golden/model.py"})


def arrays(texts: list) -> Arrays:
    """Token arrays of texts and pairs, truncated to 41 tokens (longest first) and padded to the longest row."""
    tokenizer = BertTokenizer.from_pretrained(FOLDER / "tiny")
    rows = [tokenizer(*([t] if isinstance(t, str) else t), truncation=True, max_length=41) for t in texts]
    return dict(tokenizer.pad(rows, return_tensors="pt"))


def case(name: str, model: BertForSequenceClassification, texts: list, labels: list[int]) -> dict:
    inputs = arrays(texts)
    with torch.no_grad():
        encoded = model.bert(**inputs)
        answer = model(**inputs, labels=torch.tensor(labels))
    weights = inputs["attention_mask"].unsqueeze(-1).double()
    return {
        "name": name,
        "texts": texts,
        **{key: value.tolist() for key, value in inputs.items()},
        "labels": labels,
        "logits": rounded(answer.logits),
        "loss": rounded(answer.loss),
        "cls": rounded(encoded.last_hidden_state[:, 0]),
        "mean": rounded((encoded.last_hidden_state * weights).sum(1) / weights.sum(1)),
        "pooler_output": rounded(encoded.pooler_output),
    }


def variants(weights: Arrays, generator: torch.Generator, single: dict) -> dict:
    """Saves the other folders and answers what each says to the case "single"."""
    inputs = arrays(single["texts"])
    expected = {}
    for name, dtype in [("tiny-f16", torch.float16), ("tiny-bf16", torch.bfloat16)]:
        half = BertForSequenceClassification(tiny_bert.config())
        half.load_state_dict(weights)
        answer = tiny_bert.save(half, FOLDER / name, dtype)(**inputs, labels=torch.tensor(single["labels"]))
        expected[name] = {"logits": rounded(answer.logits), "loss": rounded(answer.loss)}
    encoder = BertModel(tiny_bert.config())
    encoder.load_state_dict({k.removeprefix("bert."): v for k, v in weights.items() if k.startswith("bert.")})
    answer = tiny_bert.save(encoder, FOLDER / "tiny-encoder")(**inputs)
    expected["tiny-encoder"] = {
        "cls": rounded(answer.last_hidden_state[:, 0]),
        "pooler_output": rounded(answer.pooler_output),
    }
    masked = BertForMaskedLM(tiny_bert.config())
    tiny_bert.randomise(masked.cls, generator)
    masked.load_state_dict({k: v for k, v in weights.items() if k.startswith("bert.e")}, strict=False)
    answer = tiny_bert.save(masked, FOLDER / "tiny-mlm")(**inputs, output_hidden_states=True)
    expected["tiny-mlm"] = {"cls": rounded(answer.hidden_states[-1][:, 0]), "mlm_logits": rounded(answer.logits)}
    return expected


def train(model: BertForSequenceClassification, generator: torch.Generator, padded: dict) -> dict:
    """Trains `model` in place; see the head of this file."""
    batches = [batch(generator, step) for step in range(STEPS)]
    plain = [p for name, p in model.named_parameters() if name.endswith(".bias") or "LayerNorm" in name]
    decayed = [p for name, p in model.named_parameters() if not (name.endswith(".bias") or "LayerNorm" in name)]
    groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-6)
    schedule = transformers.get_linear_schedule_with_warmup(optimizer, WARMUP_STEPS, STEPS)
    losses, norms, rates = [], [], []
    for inputs in batches:
        optimizer.zero_grad()
        loss = model(**inputs).loss
        loss.backward()
        losses.append(rounded(loss))
        norms.append(rounded(torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)))
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        after = model(**arrays(padded["texts"]), labels=torch.tensor(padded["labels"])).loss
    stored = [{key: value.tolist() for key, value in inputs.items()} for inputs in batches]
    figures = {"losses": losses, "norms": norms, "learning_rates": rates}
    return {**figures, "before": padded["loss"], "after": rounded(after), "batches": stored}


def batch(generator: torch.Generator, step: int) -> Arrays:
    """Seven random rows, the longest of 5 + 4 * step tokens (41 in the last batch); a prefix of each is of type 0."""
    rows, longest = 7, 5 + 4 * step
    lengths = torch.randint(3, longest + 1, (rows,), generator=generator)
    lengths[step % rows] = longest
    places = torch.arange(longest).expand(rows, -1)
    mask = (places < lengths.unsqueeze(1)).long()
    first = torch.randint(2, longest + 1, (rows, 1), generator=generator)
    ids = torch.randint(5, len(tiny_bert.vocabulary()), (rows, longest), generator=generator)
    ids[:, 0] = 2
    return {
        "input_ids": ids * mask,
        "attention_mask": mask,
        "token_type_ids": (places >= first).long() * mask,
        "labels": torch.randint(0, len(tiny_bert.LABELS), (rows,), generator=generator),
    }


def rounded(tensor: torch.Tensor):
    """Nested lists of the tensor's values with 9 decimals."""
    return torch.round(tensor.detach().double(), decimals=9).tolist()


def write(name: str, value: dict) -> None:
    """JSON with one line for each of the innermost entries, so that a diff can be read."""

    def lines(item, indent: str) -> str:
        nested = item.values() if isinstance(item, dict) else item if isinstance(item, list) else []
        if not any(isinstance(part, dict) for part in nested) and not (isinstance(item, dict) and item):
            return json.dumps(item, ensure_ascii=False)
        inner = indent + "  "
        if isinstance(item, dict):
            body = [f"{inner}{json.dumps(key)}: {lines(part, inner)}" for key, part in item.items()]
            return "{\n" + ",\n".join(body) + "\n" + indent + "}"
        return "[\n" + ",\n".join(inner + lines(part, inner) for part in item) + "\n" + indent + "]"

    (FOLDER / name).write_text(lines(value, "") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
