"""Times transformers' text-classification pipeline over the texts of a table, once for each line on standard input.

    python pipeline.py --model FOLDER --texts FILE.tsv --count 4000 --max-length 128 --threads 2

Protocol: one line with the description when ready; then each line is a batch size, `8`, or a batch size and how many
of the texts to run, `8 400`; the answer is {"batch_size", "texts", "seconds", "texts_per_second", "peak_mb"} as one
JSON line, flushed. The clock holds all of the pipeline: tokens, padding, model, softmax. peak_mb is the process's so
far. The end of input ends it.

float32 on the CPU, torch.inference_mode, texts cut at --max-length tokens and each batch padded to its longest, in the
order of the file. The table has a header; the texts are the last column of its first --count rows.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import torch
import transformers
from memory import peak_megabytes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--max-length", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    transformers.logging.set_verbosity_error()
    lines = Path(arguments.texts).read_text(encoding="utf-8-sig").split("\n")[1:]
    texts = [line.rstrip("\r").split("\t")[-1] for line in lines if line.strip()][: arguments.count]
    classify = transformers.pipeline(
        "text-classification", model=arguments.model, tokenizer=arguments.model, device="cpu", dtype=torch.float32
    )
    versions = f"torch {torch.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"peer": versions, "texts": len(texts), "model": arguments.model}), flush=True)
    for line in sys.stdin:
        batch_size, *rest = map(int, line.split())
        part = texts[: rest[0]] if rest else texts
        started = time.perf_counter()
        with torch.inference_mode():
            answers = classify(part, batch_size=batch_size, truncation=True, max_length=arguments.max_length)
        seconds = time.perf_counter() - started
        answer = {"batch_size": batch_size, "texts": len(answers), "seconds": seconds}
        answer.update(texts_per_second=len(answers) / seconds, peak_mb=peak_megabytes())
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
