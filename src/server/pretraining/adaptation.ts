import { isChinese } from '../tokenizer/unicode';

/** Numbers of an adaptation, by what there is to read. */
export interface AdaptationNumbers {
  readonly epochs: number;
  /** Sequences of a step. */
  readonly batchSize: number;
  /** Share of the texts that judges. */
  readonly heldOut: number;
}

/** Steps that an adaptation takes, about. */
const STEPS = 300;
/** Tokens of a step: few where there are few texts, so that there are steps at all. */
const [FEW, MANY] = [1024, 4096];
/** Tokens from which texts are many. */
const MANY_TEXTS = 200_000;
const [LEAST_EPOCHS, MOST_EPOCHS] = [2, 50];

/**
 * What suits a file of about so many tokens: some hundred steps, whatever its size, since of a small file one pass is a handful of them; a tenth of the
 * texts judges, of very many texts less.
 * @param length tokens of a sequence
 */
export function adaptationNumbers(tokens: number, length: number): AdaptationNumbers {
  const batchSize = Math.max(1, Math.round((tokens < MANY_TEXTS ? FEW : MANY) / length));
  const stepsAnEpoch = Math.max(1, tokens / (batchSize * length));
  const epochs = Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, Math.round(STEPS / stepsAnEpoch)));
  return { epochs, batchSize, heldOut: tokens < 10 * MANY_TEXTS ? 0.1 : 0.02 };
}

/** About how many tokens a text has, without a vocabulary: one a Chinese character, one for four others. */
export function roughTokens(text: string): number {
  let [chinese, other] = [0, 0];
  for (const character of text) {
    if (isChinese(character.codePointAt(0)!)) chinese++;
    else other++;
  }
  return chinese + other / 4;
}
