"""Times peers of inference on given texts, one peer for each line on standard input.

    python inference.py --model FOLDER --onnx model.onnx --texts TEXTS.json --single TEXT --threads 2

Protocol: one line {"names", "versions"} when ready; then each line is a name, and the answer is {"texts_per_second",
"single_ms"} as one JSON line, flushed. The clock holds tokens, padding, model and softmax. Texts are sorted by length,
batched by 32 and cut at 128 tokens. single_ms is the median of 21 runs of one text. The end of input ends it.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic

BATCH, SINGLES = 32, 21


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("model", "onnx", "texts", "single"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of torch itself")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    transformers.logging.set_verbosity_error()
    tokenizer = transformers.AutoTokenizer.from_pretrained(arguments.model)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(arguments.model, dtype=torch.float32).eval()
    model = model.to(arguments.device)
    texts = sorted(json.loads(Path(arguments.texts).read_text(encoding="utf-8")), key=len)

    def tokens(batch: list[str], kind: str) -> dict:
        return tokenizer(batch, padding=True, truncation=True, max_length=128, return_tensors=kind)

    def by_torch(batch: list[str], half: bool) -> np.ndarray:
        with torch.inference_mode(), torch.autocast(arguments.device, torch.bfloat16, enabled=half):
            return model(**tokens(batch, "pt").to(arguments.device)).logits.float().softmax(-1).cpu().numpy()

    def by_onnx(path: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = arguments.threads
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda batch: session.run(["probabilities"], dict(tokens(batch, "np")))[0]

    classify = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer, device=arguments.device)
    with tempfile.TemporaryDirectory() as folder:
        quantized = str(Path(folder) / "int8.onnx")
        quantize_dynamic(arguments.onnx, quantized, weight_type=QuantType.QInt8, per_channel=True)
        peers = {
            "torch float32": lambda batch: by_torch(batch, False),
            "torch bfloat16": lambda batch: by_torch(batch, True),
            "transformers pipeline": lambda batch: classify(batch, batch_size=BATCH, truncation=True, max_length=128),
            "onnxruntime float32": by_onnx(arguments.onnx),
            "onnxruntime dynamic int8": by_onnx(quantized),
        }
    versions = {module.__name__: module.__version__ for module in (torch, transformers, onnxruntime)}
    print(json.dumps({"names": list(peers), "versions": versions}), flush=True)
    for line in sys.stdin:
        run = peers[line.strip()]
        started = time.perf_counter()
        for first in range(0, len(texts), BATCH):
            run(texts[first : first + BATCH])
        seconds = time.perf_counter() - started
        times = []
        for _ in range(SINGLES):
            began = time.perf_counter()
            run([arguments.single])
            times.append(time.perf_counter() - began)
        answer = {"texts_per_second": len(texts) / seconds, "single_ms": statistics.median(times) * 1000}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
