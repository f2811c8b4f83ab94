import type { Example } from '../data/example';

/** A fitted multinomial naive Bayes: the floor that a fine-tuned BERT has to beat. */
export interface NaiveBayes {
  /** The labels, in the order of the probabilities. */
  readonly labels: readonly string[];
  /** What is counted: characters and their pairs, or words where the script puts spaces between them. */
  readonly unit: 'characters' | 'words';
  /** The number of each feature that training saw. */
  readonly vocabulary: ReadonlyMap<string | number, number>;
  /** Log probability of feature `f` under label `l` at [f × labels + l]. */
  readonly logLikelihood: Float64Array;
  /** Log of each label's share. */
  readonly logPrior: Float64Array;
}

/** Additive (Laplace) smoothing, as scikit-learn's `MultinomialNB` has it by default. */
const SMOOTHING = 1;

/**
 * Counts character 1- and 2-grams (words in lower case where most letters of the texts belong to spaced scripts) per label. Examples
 * without a label, or with one that is not in `labels`, are passed over. Takes some milliseconds per thousand short texts.
 */
export function fitNaiveBayes(examples: readonly Pick<Example, 'text' | 'textB' | 'label'>[], labels: readonly string[]): NaiveBayes {
  const unit = unitOf(examples);
  const width = labels.length;
  const ids = new Map(labels.map((label, id) => [label, id]));
  const vocabulary = new Map<string | number, number>();
  let counts = new Float64Array(1024 * width);
  const rows = new Float64Array(width);
  for (const example of examples) {
    const label = example.label === undefined ? undefined : ids.get(example.label);
    if (label === undefined) continue;
    rows[label] = (rows[label] ?? 0) + 1;
    eachFeature(example, unit, (feature) => {
      let id = vocabulary.get(feature);
      if (id === undefined) {
        id = vocabulary.size;
        vocabulary.set(feature, id);
        if ((id + 1) * width > counts.length) counts = enlarge(counts);
      }
      const at = id * width + label;
      counts[at] = (counts[at] ?? 0) + 1;
    });
  }
  const logLikelihood = normalise(counts.subarray(0, vocabulary.size * width), width);
  const total = rows.reduce((sum, count) => sum + count, 0);
  return { labels, unit, vocabulary, logLikelihood, logPrior: rows.map((count) => Math.log(count / total)) };
}

/** The probability of each label, in the order of `model.labels`. Features that training never saw say nothing. */
export function predictNaiveBayes(model: NaiveBayes, example: Pick<Example, 'text' | 'textB'>): Float64Array {
  const width = model.labels.length;
  const scores = model.logPrior.slice();
  eachFeature(example, model.unit, (feature) => {
    const id = model.vocabulary.get(feature);
    if (id === undefined) return;
    for (let label = 0; label < width; label++) {
      scores[label] = (scores[label] ?? 0) + (model.logLikelihood[id * width + label] ?? 0);
    }
  });
  const top = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const weights = scores.map((score) => Math.exp(score - top));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Counts to log probabilities: ln((count + smoothing) / (sum over features of the label + smoothing × features)). */
function normalise(counts: Float64Array, width: number): Float64Array {
  const features = counts.length / Math.max(width, 1);
  const sums = new Float64Array(width);
  for (let at = 0; at < counts.length; at++) sums[at % width] = (sums[at % width] ?? 0) + (counts[at] ?? 0);
  const logSums = sums.map((sum) => Math.log(sum + SMOOTHING * features));
  return counts.map((count, at) => Math.log(count + SMOOTHING) - (logSums[at % width] ?? 0));
}

function eachFeature(example: Pick<Example, 'text' | 'textB'>, unit: NaiveBayes['unit'], see: (feature: string | number) => void): void {
  for (const text of example.textB === undefined ? [example.text] : [example.text, example.textB]) {
    if (unit === 'words') for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}\p{N}]+/gu)) see(word);
    else eachGram(text.toLowerCase(), see);
  }
}

/** Characters are UTF-16 code units here: half an emoji is as good a feature as a whole one, and its number needs no string. */
function eachGram(text: string, see: (feature: number) => void): void {
  let last = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    see(unit);
    if (at > 0) see(last * 0x10000 + unit);
    last = unit;
  }
}

/** Letters of scripts that put no spaces between words, against all letters, in the first thousand texts. */
function unitOf(examples: readonly Pick<Example, 'text'>[]): NaiveBayes['unit'] {
  const text = examples.slice(0, 1000).map((example) => example.text).join(' '); // prettier-ignore
  const unspaced = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/gu)?.length ?? 0;
  // A word of a spaced script has about five letters, so it counts as one unit of meaning as a character does.
  const words = text.match(/[\p{sc=Latin}\p{sc=Cyrillic}\p{sc=Greek}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Hangul}\p{sc=Devanagari}]+/gu)?.length ?? 0;
  return words > unspaced ? 'words' : 'characters';
}

function enlarge(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2);
  larger.set(values);
  return larger;
}
