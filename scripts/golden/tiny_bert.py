"""The tiny BERT of the goldens: sizes of which no two agree by chance, a vocabulary of 103 entries, random weights.

The weights are large (deviation 0.2, layer norms not 1 and 0) so that a wrong axis, a missing bias or a wrong epsilon
shows in the third digit and not in the seventh.
"""

import json
from pathlib import Path

import torch
from transformers import BertConfig

LABELS = ["户政管理", "交通事故", "报警", "身份证", "其他"]


def vocabulary() -> list[str]:
    """103 entries: specials, words and a suffix, letters and their continuations, digits, punctuation, Chinese."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = ["how", "police", "card", "the", "lost", "##ing", "##ed"]
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    chinese = list("身份证丢了怎么办理补报警交通事故我想问里去哪")
    return specials + words + list("?,.!？，。") + list("0123456789") + chinese + letters + ["##" + c for c in letters]


def config() -> BertConfig:
    """Hidden 24 = 3 heads of 8, intermediate 37, 41 positions, 2 token types, 3 layers, 5 labels."""
    return BertConfig(
        vocab_size=len(vocabulary()),
        hidden_size=24,
        num_hidden_layers=3,
        num_attention_heads=3,
        intermediate_size=37,
        max_position_embeddings=41,
        type_vocab_size=2,
        id2label=dict(enumerate(LABELS)),
        label2id={label: number for number, label in enumerate(LABELS)},
        attn_implementation="eager",
    )


def randomise(module: torch.nn.Module, generator: torch.Generator) -> None:
    """Every parameter, in the order of named_parameters: normal with deviation 0.2; layer norm weights around 1."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator) * 0.2
            parameter.copy_(1 + noise if name.endswith("LayerNorm.weight") else noise)


def save(module: torch.nn.Module, folder: Path, dtype: torch.dtype = torch.float32) -> torch.nn.Module:
    """Saves the model as a Hugging Face folder with its tokenizer's files; answers the model as saved, in float64, so
    that what is expected of half-precision weights is computed from the rounded weights."""
    module.to(dtype).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(vocabulary()) + "\n", encoding="utf-8")
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 41}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    return module.to(torch.float64).eval()
