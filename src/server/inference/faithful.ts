import { hasAnswer, type Prediction } from './prediction';

/** How close int8 or float16 must come to float32 to take its place: texts that are compared, the share with the same label, the mean move of probabilities. */
const REQUIRED = { texts: 500, agreement: 0.995, moved: 0.02 };

/** The fewest texts by which a precision is judged. */
export const JUDGED_TEXTS = REQUIRED.texts;

/** What int8 or float16 does to a model's answers. */
export interface Verdict {
  /** Texts compared. */
  readonly texts: number;
  /** The share of them with the same label, 0 to 1. */
  readonly agreement: number;
  /** How far the probability that moved most moves, on average over the texts. */
  readonly moved: number;
  /** How many times as fast it was. */
  readonly speed: number;
}

/** Compares answers of the same texts, and the milliseconds that they took. */
export function compareAnswers(
  float32: readonly Prediction[],
  rounded: readonly Prediction[],
  milliseconds: { readonly float32: number; readonly rounded: number },
): Verdict {
  let [same, moved] = [0, 0];
  float32.forEach((one, i) => {
    const other = rounded[i]!;
    if (one.label === other.label && hasAnswer(one) === hasAnswer(other)) same++;
    const moves = one.probabilities.map((probability, id) => Math.abs(probability - other.probabilities[id]!));
    moved += hasAnswer(one) && hasAnswer(other) ? Math.max(...moves) : 0;
  });
  const texts = float32.length;
  return {
    texts,
    agreement: same / texts,
    moved: moved / texts,
    speed: milliseconds.float32 / Math.max(milliseconds.rounded, 1e-3),
  };
}

/** Whether it may take float32's place: close enough on enough texts, and worth it. */
export function isFaithful({ texts, agreement, moved, speed }: Verdict): boolean {
  return texts >= REQUIRED.texts && agreement >= REQUIRED.agreement && moved < REQUIRED.moved && speed > 1;
}

/** Texts spread evenly over the data, each once: those by which a precision is judged. */
export function textsToJudge<Input extends { readonly text: string; readonly textB?: string }>(
  inputs: readonly Input[],
): Input[] {
  const distinct = [...new Map(inputs.map((input) => [`${input.text}\0${input.textB ?? ''}`, input])).values()];
  const wanted = Math.min(distinct.length, REQUIRED.texts);
  return Array.from({ length: wanted }, (_, i) => distinct[Math.floor((i * distinct.length) / wanted)]!);
}
