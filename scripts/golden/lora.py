"""Writes test/golden/lora: what PEFT answers for adapters beside the tiny BERT of test/golden/model.

    .venv/bin/pip install -r scripts/golden/requirements.txt peft==0.21.2
    .venv/bin/python scripts/golden/lora.py

Authority for: where adapters stand, their scale, their gradients, merging, the files of an adapter. Computed in float64
from float32 weights, by the eager attention, with dropout off.

- adapter         as PEFT saves it: rank 4, alpha 6, on all six dense layers of a layer; A and B normal with deviation 0.2
                  (B zero, as training starts with, would hide half of the mistakes)
- expected.json   for the case "padded" of test/golden/model/cases.json: logits [B, 5], loss, and `merged`, the logits of
                  merge_and_unload()
- gradients.safetensors   d loss / d parameter of all that is trained, by the name in the adapter's file
"""

import json
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import BertForSequenceClassification

SEED = 20261124
GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
TARGETS = r".*\.encoder\.layer\.\d+\.(attention\.self\.(query|key|value)|(attention\.output|intermediate|output)\.dense)"


def main() -> None:
    generator = torch.Generator().manual_seed(SEED)
    cases = json.loads((GOLDEN / "model" / "cases.json").read_text(encoding="utf-8"))["cases"]
    padded = next(case for case in cases if case["name"] == "padded")
    inputs = {key: torch.tensor(padded[key]) for key in ["input_ids", "attention_mask", "token_type_ids", "labels"]}
    base = BertForSequenceClassification.from_pretrained(GOLDEN / "model" / "tiny", attn_implementation="eager")
    config = LoraConfig(
        task_type="SEQ_CLS",
        r=4,
        lora_alpha=6,
        target_modules=TARGETS,
        modules_to_save=["classifier", "pooler"],
        base_model_name_or_path="tiny",
    )
    base.name_or_path = "tiny"
    model = get_peft_model(base, config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.2)
    folder = GOLDEN / "lora"
    model.save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink(missing_ok=True)
    model.double().eval()
    answer = model(**inputs)
    answer.loss.backward()
    gradients = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is None:
            continue
        short = name.replace(".default", "").replace(".modules_to_save", "").replace(".original_module", "")
        gradients[short] = parameter.grad.float()
    assert set(gradients) == set(get_peft_model_state_dict(model)), set(gradients) ^ set(get_peft_model_state_dict(model))
    save_file(gradients, folder / "gradients.safetensors")
    expected = {
        "logits": torch.round(answer.logits, decimals=9).tolist(),
        "loss": round(answer.loss.item(), 9),
        "merged": torch.round(model.merge_and_unload()(**inputs).logits, decimals=9).tolist(),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
