"""A server of an exported model as people write one in Python: FastAPI, uvicorn, onnxruntime, tokenizers. POST /classify {"texts": […]}.

    python serve.py FOLDER THREADS      FOLDER: what `rowlight export --format onnx` wrote

Requests that wait while a batch is computed are the next batch, at most 64 texts, padded to the longest. Says its address on standard error.
"""

import asyncio
import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from tokenizers import BertWordPieceTokenizer

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = threads
session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
names = {entry.name for entry in session.get_inputs()}
labels = list(json.loads((folder / "config.json").read_text(encoding="utf-8"))["id2label"].values())
tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
tokenizer.enable_truncation(128)
tokenizer.enable_padding()
waiting: asyncio.Queue
worker = ThreadPoolExecutor(1)


def compute(texts):
    encoded = tokenizer.encode_batch(texts)
    feeds = {
        "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
        "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
        "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
    }
    logits = session.run(["logits"], {name: value for name, value in feeds.items() if name in names})[0]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


async def batches():
    loop = asyncio.get_running_loop()
    while True:
        jobs = [await waiting.get()]
        while len(jobs) < 64 and not waiting.empty():
            jobs.append(waiting.get_nowait())
        rows = await loop.run_in_executor(worker, compute, [text for text, _ in jobs])
        for (_, done), row in zip(jobs, rows):
            done.set_result(row)


@asynccontextmanager
async def lifespan(_):
    global waiting
    waiting = asyncio.Queue()
    task = asyncio.create_task(batches())
    yield
    task.cancel()


class Body(BaseModel):
    texts: list[str]


app = FastAPI(lifespan=lifespan)


@app.post("/classify")
async def classify(body: Body):
    loop = asyncio.get_running_loop()
    answers = [loop.create_future() for _ in body.texts]
    for text, done in zip(body.texts, answers):
        waiting.put_nowait((text, done))
    results = []
    for row in await asyncio.gather(*answers):
        best = int(row.argmax())
        probabilities = dict(zip(labels, map(float, row)))
        results.append({"label": labels[best], "probability": float(row[best]), "probabilities": probabilities})
    return {"results": results}


if __name__ == "__main__":
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    print(f"on http://127.0.0.1:{taken.getsockname()[1]}", file=sys.stderr, flush=True)
    taken.listen(512)
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[taken])
