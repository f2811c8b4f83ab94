"""The floor: a naive Bayes on character 1-grams and 2-grams, by scikit-learn.

    pip install scikit-learn==1.9.1
    python naive_bayes.py TRAIN.tsv TEST.tsv

Which characters and character pairs stand in a text, not how often (lower-cased, each run of white space one space);
multinomial naive Bayes with smoothing 0.1. Tables as in tables.py. Prints {"accuracy", "macro_f1"} as one JSON object.
Labels that only the test has count as errors.
"""

import json
import sys

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from tables import accuracy, macro_f1, read_rows


def main() -> None:
    train, test = read_rows(sys.argv[1]), read_rows(sys.argv[2])
    counts = CountVectorizer(analyzer="char", ngram_range=(1, 2), binary=True)
    model = make_pipeline(counts, MultinomialNB(alpha=0.1))
    model.fit([text for _, text in train], [label for label, _ in train])
    truth = [label for label, _ in test]
    predicted = [str(label) for label in model.predict([text for _, text in test])]
    scores = {"accuracy": accuracy(truth, predicted), "macro_f1": macro_f1(truth, predicted)}
    print(json.dumps({name: round(value, 5) for name, value in scores.items()}))


if __name__ == "__main__":
    main()
