"""What bert-serving-client gets from a server: one JSON object on standard output.

    python scripts/golden/bert_client.py PORT PORT_OUT < texts.json
"""
import json
import sys

from bert_serving.client import BertClient, ConcurrentBertClient

port, port_out = map(int, sys.argv[1:])
texts = json.load(sys.stdin)
where = {"port": port, "port_out": port_out, "timeout": 120_000}

with BertClient(**where) as client:
    vectors = client.encode(texts)
    client.encode(texts[:1], blocking=False)
    client.encode(texts[1:], blocking=False)
    later = client.fetch_all(sort=True, concat=True)
    errors = []
    for wrong, options in (([["a", "b"]], {"is_tokenized": True}), (["x" * 200_000], {})):
        try:
            client.encode(wrong, **options)
        except TypeError as error:
            errors.append(str(error))
    config, status = client.server_config, client.server_status

many = ConcurrentBertClient(max_concurrency=3, **where)
print(
    json.dumps(
        {
            "vectors": vectors.tolist(),
            "later": later.tolist(),
            "many": many.encode(texts).tolist(),
            "dtype": str(vectors.dtype),
            "errors": errors,
            "version": config["server_version"],
            "max_seq_len": status["max_seq_len"],
        }
    )
)
many.close()
