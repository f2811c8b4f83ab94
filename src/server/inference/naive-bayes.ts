import { ngramsOf, unitOf, type Ngram, type Unit } from './ngrams';
import type { TextInput } from './prediction';
import { softmax } from './probabilities';

/** What every count is raised by, so that an unseen n-gram does not rule a label out. 0.1 beats the customary 1 on short texts. */
const SMOOTHING = 0.1;

/** The numbers of a text's n-grams in the vocabulary of one {@link NaiveBayes}. */
export type Features = Int32Array;

/**
 * A multinomial naive Bayes as counts: per label, the texts in which each 1- and 2-gram occurs. Rows come and go one by one, each in the
 * time that its own n-grams take, and one that went leaves no trace; logarithms are taken when something is scored, so that nothing is ever fitted anew.
 */
export class NaiveBayes {
  /** Labels in the order in which they were first seen; one whose rows have all gone stays, with a count of 0. */
  readonly labels: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #vocabulary = new Map<Ngram, number>();
  /** Texts with n-gram `f` under label `l` at [f × stride + l]. */
  #counts = new Float64Array(4096);
  /** Labels that the counts have room for. */
  #stride = 4;
  /** Texts with n-gram `f` under any label. */
  readonly #texts: number[] = [];
  /** N-grams that some counted text has. */
  #live = 0;
  #sums: number[] = [];
  #rows: number[] = [];
  /** Logarithms of smoothed counts: most are small and come often. */
  readonly #logs = Float64Array.from({ length: 1024 }, (_, count) => Math.log(count + SMOOTHING));

  /** @param labels labels that are known from the start, in this order */
  constructor(
    readonly unit: Unit,
    labels: readonly string[] = [],
  ) {
    for (const label of labels) this.#idOf(label);
  }

  /** How many different n-grams the counted texts have. */
  get ngrams(): number {
    return this.#live;
  }

  /** How many texts are counted under label `label`. */
  rowsOf(label: number): number {
    return this.#rows[label] ?? 0;
  }

  /** Counts a text under a label; what it answers takes the text back again by {@link remove}. */
  add(input: TextInput, label: string): { readonly features: Features; readonly label: number } {
    const id = this.#idOf(label);
    const ngrams = ngramsOf(input, this.unit);
    const features = new Int32Array(ngrams.size);
    let at = 0;
    for (const ngram of ngrams) features[at++] = this.#intern(ngram);
    this.#count(features, id, 1);
    return { features, label: id };
  }

  /** Takes a counted text back. */
  remove({ features, label }: { readonly features: Features; readonly label: number }): void {
    this.#count(features, label, -1);
  }

  /** What `work` answers while some counted texts are taken out. */
  without<Result>(
    rows: readonly { readonly features: Features; readonly label: number }[],
    work: () => Result,
  ): Result {
    for (const { features, label } of rows) this.#count(features, label, -1);
    try {
      return work();
    } finally {
      for (const { features, label } of rows) this.#count(features, label, 1);
    }
  }

  /** The known n-grams of a text; those that no counted text has say nothing. */
  featuresOf(input: TextInput): Features {
    const known: number[] = [];
    for (const ngram of ngramsOf(input, this.unit)) {
      const id = this.#vocabulary.get(ngram);
      if (id !== undefined && this.#texts[id]! > 0) known.push(id);
    }
    return Int32Array.from(known);
  }

  /** Those n-grams of a counted text that are in another one too: all that would be known of it if it weren't counted. */
  shared(features: Features): Features {
    return features.filter((feature) => this.#texts[feature]! > 1);
  }

  /**
   * The sum over the features of ln((count + smoothing) / (sum over all n-grams of the label + smoothing × n-grams)), for each label of `labels` (numbers into
   * {@link labels}); −Infinity plays no part here, the labels' shares are the caller's business.
   * @param own the label under which this very text is counted: it is scored as if it weren't
   */
  scores(features: Features, labels: readonly number[], own?: number): Float64Array {
    const scores = new Float64Array(labels.length);
    const spoken = own === undefined ? features : this.shared(features);
    const total = SMOOTHING * (this.#live - (features.length - spoken.length));
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      const less = label === own ? 1 : 0;
      let sum = 0;
      for (let f = 0; f < spoken.length; f++) {
        sum += this.#log(this.#counts[spoken[f]! * this.#stride + label]! - less);
      }
      // A text without known n-grams scores 0, even where no label has any and the logarithm has no value.
      if (spoken.length > 0) sum -= spoken.length * Math.log(this.#sums[label]! - less * features.length + total);
      scores[i] = sum;
    }
    return scores;
  }

  #log(count: number): number {
    return this.#logs[count] ?? Math.log(count + SMOOTHING);
  }

  #count(features: Features, label: number, by: 1 | -1): void {
    for (const feature of features) {
      const at = feature * this.#stride + label;
      this.#counts[at] = this.#counts[at]! + by;
      const texts = (this.#texts[feature] = this.#texts[feature]! + by);
      if (texts === (by > 0 ? 1 : 0)) this.#live += by;
    }
    this.#sums[label] = this.#sums[label]! + by * features.length;
    this.#rows[label] = this.#rows[label]! + by;
  }

  #idOf(label: string): number {
    const known = this.#ids.get(label);
    if (known !== undefined) return known;
    const id = this.labels.push(own(label)) - 1;
    this.#ids.set(this.labels[id]!, id);
    this.#sums.push(0);
    this.#rows.push(0);
    if (id >= this.#stride) this.#widen();
    return id;
  }

  #intern(ngram: Ngram): number {
    const known = this.#vocabulary.get(ngram);
    if (known !== undefined) return known;
    const id = this.#texts.push(0) - 1;
    this.#vocabulary.set(typeof ngram === 'string' ? own(ngram) : ngram, id);
    const needed = this.#vocabulary.size * this.#stride;
    if (needed > this.#counts.length) this.#counts = copyInto(new Float64Array(needed * 2), this.#counts);
    return id;
  }

  /** Makes room for twice as many labels. */
  #widen(): void {
    const stride = this.#stride * 2;
    const wide = new Float64Array((this.#counts.length / this.#stride) * stride);
    for (let f = 0; f < this.#vocabulary.size; f++) {
      wide.set(this.#counts.subarray(f * this.#stride, (f + 1) * this.#stride), f * stride);
    }
    this.#counts = wide;
    this.#stride = stride;
  }
}

/** Counts all examples at once: the floor that a fine-tuned BERT has to beat. Examples whose label is not in `labels` are passed over. */
export function fitNaiveBayes(
  examples: readonly (TextInput & { readonly label?: string })[],
  labels: readonly string[],
  unit: Unit = unitOf(examples),
): NaiveBayes {
  const model = new NaiveBayes(unit, labels);
  const known = new Set(labels);
  for (const example of examples) {
    if (example.label !== undefined && known.has(example.label)) model.add(example, example.label);
  }
  return model;
}

/** The probability of each label, in the order of `model.labels`: 0 for one without rows. */
export function predictNaiveBayes(model: NaiveBayes, input: TextInput): Float64Array {
  const ids = model.labels.map((_, id) => id);
  const total = ids.reduce((sum, id) => sum + model.rowsOf(id), 0);
  const scores = model.scores(model.featuresOf(input), ids);
  return softmax(scores.map((score, id) => score + Math.log(model.rowsOf(id) / total)));
}

/** The same text in memory of its own: a slice would keep the whole document alive that it was cut from. */
function own(text: string): string {
  return ` ${text}`.slice(1);
}

function copyInto(target: Float64Array<ArrayBuffer>, values: Float64Array): Float64Array<ArrayBuffer> {
  target.set(values);
  return target;
}
