"""Runs the Python of an exported model's README.md with other texts and prints what it prints, as JSON.

    python run_readme.py FOLDER TEXTS.json

TEXTS.json is a list of strings that takes the place of the README's one text.
"""

import json
import os
import re
import sys
from pathlib import Path


def main() -> None:
    texts = json.dumps(json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
    os.chdir(sys.argv[1])
    code = re.search(r"```python\n(.*?)```", Path("README.md").read_text(encoding="utf-8"), re.S).group(1)
    assert code.count('["text"]') == 1 and len(code.strip().split("\n")) == 3

    def show(value) -> None:
        sys.stdout.write(json.dumps(value if isinstance(value, list) else value.tolist()) + "\n")

    exec(code.replace('["text"]', texts), {"print": show})


if __name__ == "__main__":
    main()
