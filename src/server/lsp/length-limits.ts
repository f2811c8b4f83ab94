import { parseConfig } from '../model/config';
import { readTokenizer } from '../model/model-folder';
import { parseRowlightJson } from '../model/rowlight-json';
import type { Files, Log } from '../env';
import { lengthLimit } from '../runs/load-classifier';
import type { Tokenizer } from '../tokenizer/encoding';
import { createTokenizer } from '../tokenizer/tokenizer';
import { readTokenizerFiles } from '../tokenizer/tokenizer-files';
import type { ModelCard } from './model-of-file';

/** How a model reads texts: its tokenizer, and how many tokens it reads, special ones included. */
export interface LengthLimit {
  readonly tokenizer: Tokenizer;
  readonly maxLength: number;
}

/** Reads tokenizers and length limits of models, without their weights; kept for the models used last. */
export function createLengthLimits(files: Files, log: Log): (card: ModelCard) => Promise<LengthLimit | undefined> {
  const cache = new Map<string, Promise<LengthLimit | undefined>>();

  async function read({ checkpoint, server }: ModelCard): Promise<LengthLimit | undefined> {
    // Its tokenizer lies elsewhere; what it cuts is in its answers.
    if (server !== undefined) return undefined;
    const config = parseConfig(await files.read(`${checkpoint}/config.json`), `${checkpoint}/config.json`);
    const path = `${checkpoint}/rowlight.json`;
    const rowlight = (await files.exists(path)) ? parseRowlightJson(await files.read(path), path) : undefined;
    const { vocabulary, config: settings } = readTokenizerFiles(await readTokenizer(files, checkpoint), checkpoint);
    return { tokenizer: createTokenizer(vocabulary, settings), maxLength: lengthLimit(config, rowlight) };
  }

  return (card) => {
    let limit = cache.get(card.id);
    if (!limit) {
      // A model without a tokenizer predicts nothing either, and says so there.
      limit = read(card).catch((error: unknown) => {
        log.debug('the tokenizer could not be read', { model: card.checkpoint, error: String(error) });
        return undefined;
      });
      cache.set(card.id, limit);
      for (const id of cache.keys()) if (cache.size > 4) cache.delete(id);
    }
    return limit;
  };
}
