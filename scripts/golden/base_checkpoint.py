"""Writes a random BERT-base twice: as google-research/bert saves it (`tensorflow/`) and as transformers does (`transformers/`).

    .venv/parity/bin/python scripts/golden/base_checkpoint.py FOLDER
"""

import json
import sys
from pathlib import Path

import tensorflow as tf
import torch
from model_files import BERT_CONFIG, google_name
from transformers import BertConfig, BertModel

out = Path(sys.argv[1])
torch.manual_seed(1)
model = BertModel(BertConfig(vocab_size=21_128))
model.save_pretrained(out / "transformers")
path = out / "tensorflow"
path.mkdir()
config = model.config.to_dict()
(path / "bert_config.json").write_text(json.dumps({key: config[key] for key in BERT_CONFIG}))
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
(path / "vocab.txt").write_text("\n".join([*words, *(f"w{n}" for n in range(21_128 - len(words)))]) + "\n")
with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    feed = {}
    variables = []
    for name, tensor in model.state_dict().items():
        google, turned = google_name(f"bert.{name}")
        value = tensor.numpy().T if turned else tensor.numpy()
        # Through a placeholder: constants of this size do not fit a graph.
        initial = tf.compat.v1.placeholder(tf.float32, value.shape)
        feed[initial] = value
        variables.append(tf.compat.v1.get_variable(google, initializer=initial))
    session.run(tf.compat.v1.global_variables_initializer(), feed)
    tf.compat.v1.train.Saver(variables).save(session, str(path / "bert_model.ckpt"), write_meta_graph=False)
