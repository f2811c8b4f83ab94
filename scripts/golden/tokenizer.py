"""Writes test/golden/tokenizer/*.json and src/server/tokenizer/unicode-ranges.ts from Hugging Face tokenizers, the authority for our tokens.

Run by hand from the repository root, in a virtual environment of its own:

    python3 -m venv /tmp/golden && /tmp/golden/bin/pip install tokenizers==0.23.3
    /tmp/golden/bin/python scripts/golden/tokenizer.py

The texts are ours: test/golden/tokenizer/bank.json. Offsets in the goldens are in code points, as the library gives them.
"""

import json
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import BertWordPieceTokenizer
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

VERSION = "0.23.3"
GOLDEN = Path("test/golden/tokenizer")
RANGES = Path("src/server/tokenizer/unicode-ranges.ts")
VOCABULARY = "models/zh-mini/vocab.txt"
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def main() -> None:
    assert tokenizers.__version__ == VERSION, f"tokenizers {VERSION} wanted, {tokenizers.__version__} found"
    tables = {name: ranges(test) for name, test in CLASSES.items()}
    write_ranges(tables)
    write("classes.json", {**head(), "classes": {name: [list(r) for r in table] for name, table in tables.items()}})
    write("folding.json", {**head(), "unicode": unicodedata.unidata_version, "folding": folding()})
    bank = json.loads((GOLDEN / "bank.json").read_text(encoding="utf-8"))
    for lowercase in (True, False):
        cases = encodings(bank, lowercase)
        write(f"encodings-{'uncased' if lowercase else 'cased'}.json", {**head(), "vocabulary": VOCABULARY, "cases": cases})


def head() -> dict:
    return {"by": "scripts/golden/tokenizer.py", "tokenizers": VERSION}


def write(name: str, value: dict) -> None:
    """One line a case: short enough to read in a diff."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (GOLDEN / name).write_text(text.replace("},{", "},\n{").replace("],[[", "],\n[[") + "\n", encoding="utf-8")


# --- encodings ---


def encodings(bank: dict, lowercase: bool) -> list:
    """Every single with every setting of accents, every pair, and the cuts of those that the bank wants cut."""
    cases = []
    for strip_accents in (None, not lowercase):
        tokenizer = BertWordPieceTokenizer(VOCABULARY, lowercase=lowercase, strip_accents=strip_accents)
        for text in bank["singles"]:
            cases.append(case(tokenizer, lowercase, strip_accents, text))
    for chinese in (True, False):
        tokenizer = BertWordPieceTokenizer(VOCABULARY, lowercase=lowercase, handle_chinese_chars=chinese)
        for text, pair in bank["pairs"]:
            cases.append(case(tokenizer, lowercase, None, text, pair, chinese=chinese))
    tokenizer = BertWordPieceTokenizer(VOCABULARY, lowercase=lowercase)
    for text, pair in bank["cut"]:
        for max_length in range(3, 24):
            tokenizer.enable_truncation(max_length)
            cases.append(case(tokenizer, lowercase, None, text, pair, max_length))
    return cases


def case(tokenizer, lowercase, strip_accents, text, pair=None, max_length=None, chinese=True) -> dict:
    encoding = tokenizer.encode(text, pair)
    tokenizer.no_truncation()
    whole = len(tokenizer.encode(text, pair))
    return {
        "text": text,
        **({} if pair is None else {"pair": pair}),
        **({} if max_length is None else {"maxLength": max_length}),
        "stripAccents": strip_accents,
        **({} if chinese else {"tokenizeChineseChars": False}),
        "tokens": encoding.tokens,
        "ids": encoding.ids,
        "typeIds": encoding.type_ids,
        "offsets": [n for span in encoding.offsets for n in span],
        "truncated": len(encoding) < whole,
    }


# --- characters ---


def normalizer(**settings):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return BertNormalizer(**{**off, **settings})


clean, chinese, accents = normalizer(clean_text=True), normalizer(handle_chinese_chars=True), normalizer(strip_accents=True)
pre_tokenizer = BertPreTokenizer()

CLASSES = {
    "removed": lambda c: clean.normalize_str(f"a{c}b") == "ab",
    "spaceAfterCleaning": lambda c: clean.normalize_str(f"a{c}b") == "a b",
    "chinese": lambda c: chinese.normalize_str(c) == f" {c} ",
    "nonspacingMark": lambda c: accents.normalize_str(f"a{c}") == "a",
    "whitespace": lambda c: [w for w, _ in pre_tokenizer.pre_tokenize_str(f"a{c}b")] == ["a", "b"],
    "punctuation": lambda c: len(pre_tokenizer.pre_tokenize_str(f"a{c}b")) == 3,
}


def ranges(test) -> list:
    """First, last of every run of code points that the library treats so."""
    runs = []
    for code_point in filter(lambda c: test(chr(c)), CODE_POINTS):
        if runs and runs[-1][1] == code_point - 1:
            runs[-1][1] = code_point
        else:
            runs.append([code_point, code_point])
    return runs


def folding() -> list:
    """Code point, stripped, lower-cased, both, where one of them changes the character; Hangul syllables but every 100th left out.

    Only characters that cleaning leaves alone (classes.json has the others) and that this Python knows: lower-casing in JavaScript follows
    the engine's Unicode, which is newer in every supported Node.
    """
    lower, both = normalizer(lowercase=True), normalizer(lowercase=True, strip_accents=True)
    rows = []
    for code_point in CODE_POINTS:
        c = chr(code_point)
        if unicodedata.category(c) == "Cn" or clean.normalize_str(c) != c or (0xAC00 <= code_point <= 0xD7A3 and code_point % 100):
            continue
        row = [accents.normalize_str(c), lower.normalize_str(c), both.normalize_str(c)]
        if row != [c, c, c] and row != ["", c, ""]:
            rows.append([code_point, *row])
    return rows


def write_ranges(tables: dict) -> None:
    # U+FFFD is not category "other"; the predicate names it with its own reason.
    control = [r for r in tables["removed"] if r != [0xFFFD, 0xFFFD]]
    parts = [
        "// Written by scripts/golden/tokenizer.py: what Hugging Face tokenizers "
        + VERSION
        + " does with each of the 1,112,064 characters, so that\n// tokens never depend on the Unicode version of the JavaScript engine."
        + " First, last (inclusive) of each range, flat, in rising order.\n"
    ]
    for name, meaning, table in (
        ("CONTROL", "Dropped by cleaning: categories Cc, Cf and Co but for tab, line feed and carriage return.", control),
        ("NONSPACING_MARK", "Dropped by accent stripping: category Mn as of Unicode 8.", tables["nonspacingMark"]),
        ("PUNCTUATION", "A word of its own: categories P* as of Unicode 8, and ASCII symbols.", tables["punctuation"]),
    ):
        rows = ["  " + " ".join(f"0x{a:x}, 0x{b:x}," for a, b in table[i : i + 7]) for i in range(0, len(table), 7)]
        parts.append(f"/** {meaning} */\n// prettier-ignore\nexport const {name}: readonly number[] = [\n" + "\n".join(rows) + "\n];\n")
    RANGES.write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
