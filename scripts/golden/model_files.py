"""Writes test/golden/import: the golden model `tiny` in the other forms that weights are published in.

    .venv/parity/bin/python scripts/golden/model_files.py

Versions: those of requirements.txt (torch 2.13, tensorflow-cpu). The numbers are those of test/golden/model/tiny/model.safetensors, which the
tests compare with, so that no other golden is needed.
"""

import json
import shutil
from pathlib import Path

import tensorflow as tf
import torch
from safetensors.torch import load_file, save_file

TINY = Path("test/golden/model/tiny")
OUT = Path("test/golden/import")


def main() -> None:
    weights = load_file(TINY / "model.safetensors")
    torch_files(weights)
    shards(weights)
    tensorflow_checkpoint(weights)


def folder(name: str, *files: str) -> Path:
    path = OUT / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    for file in files:
        shutil.copy(TINY / file, path / file)
    return path


def torch_files(weights: dict) -> None:
    """zip (since torch 1.6) and the form before it; one transposed matrix, one shared storage, half precision and a buffer among them."""
    state = {name: tensor.clone() for name, tensor in weights.items()}
    dense = "bert.encoder.layer.0.intermediate.dense.weight"
    state[dense] = state[dense].t().contiguous().t()
    both = torch.cat([state["classifier.bias"], torch.zeros(3)])
    state["classifier.bias"] = both[: len(weights["classifier.bias"])]
    state["bert.embeddings.position_ids"] = torch.arange(8).unsqueeze(0)
    hugging_face = ["config.json", "vocab.txt", "tokenizer_config.json"]
    torch.save(state, folder("torch-zip", *hugging_face) / "pytorch_model.bin")
    torch.save(state, folder("torch-legacy", *hugging_face) / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    torch.save({k: torch.nn.Parameter(v) if v.is_floating_point() else v for k, v in state.items()},
               folder("torch-parameters", *hugging_face) / "pytorch_model.bin")


def shards(weights: dict) -> None:
    path = folder("shards", "config.json", "vocab.txt", "tokenizer_config.json")
    names = sorted(weights)
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, own in parts.items():
        save_file({name: weights[name] for name in own}, path / file, metadata={"format": "pt"})
    weight_map = {name: file for file, own in parts.items() for name in own}
    (path / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}, indent=1) + "\n")


def tensorflow_checkpoint(weights: dict) -> None:
    """As run_classifier.py leaves it: google-research/bert's names, the optimizer's slots, its classifier; config and vocabulary beside it."""
    path = folder("tensorflow", "vocab.txt")
    config = json.loads((TINY / "config.json").read_text())
    own = {key: value for key, value in config.items() if key in BERT_CONFIG}
    (path / "bert_config.json").write_text(json.dumps(own, indent=2) + "\n")
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        variables = []
        for name, tensor in weights.items():
            google, turned = google_name(name)
            value = tensor.numpy().T if turned else tensor.numpy()
            for slot in ("", "/adam_m", "/adam_v"):
                variables.append(tf.compat.v1.get_variable(google + slot, initializer=value))
        variables.append(tf.compat.v1.get_variable("global_step", initializer=tf.constant(7, tf.int64)))
        session.run(tf.compat.v1.global_variables_initializer())
        saver = tf.compat.v1.train.Saver(variables)
        saver.save(session, str(path / "model.ckpt"), global_step=7, write_meta_graph=False)


BERT_CONFIG = {
    "attention_probs_dropout_prob", "hidden_act", "hidden_dropout_prob", "hidden_size", "initializer_range",
    "intermediate_size", "max_position_embeddings", "num_attention_heads", "num_hidden_layers", "type_vocab_size", "vocab_size",
}


def google_name(name: str) -> tuple[str, bool]:
    """google-research/bert's name of a tensor, and whether it is a kernel, which lies transposed."""
    whole = {"classifier.weight": "output_weights", "classifier.bias": "output_bias"}
    if name in whole:
        return whole[name], False
    path = name.replace(".layer.", "/layer_").replace(".", "/")
    if "LayerNorm" in path:
        return path.replace("/weight", "/gamma").replace("/bias", "/beta"), False
    if path.endswith("_embeddings/weight"):
        return path.removesuffix("/weight"), False
    return path.replace("/weight", "/kernel"), path.endswith("/weight")


if __name__ == "__main__":
    main()
