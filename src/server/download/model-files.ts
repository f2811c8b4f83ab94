import { RowlightError } from '../errors';

/** A file of a repository on the hub. */
export interface HubFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of a large file (Git LFS), else git's SHA-1 of the blob; the name of its blob in the cache. */
  readonly hash: string;
}

/** What is read beside the weights, and what a person wants to read. */
const SMALL =
  /^(config\.json|vocab\.txt|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json|added_tokens\.json|rowlight\.json|README\.md|LICENSE(\.\w+)?)$/;

/** The weights, the form that is read fastest first. A repository often holds the same weights in several frameworks' forms. */
const WEIGHTS = [
  /^model\.safetensors$/,
  /^model(-\d{5}-of-\d{5})?\.safetensors(\.index\.json)?$/,
  /^pytorch_model\.bin$/,
  /^pytorch_model(-\d{5}-of-\d{5})?\.bin(\.index\.json)?$/,
  /^(bert_model|model)\.ckpt\.(index|data-\d{5}-of-\d{5})$|^bert_config\.json$/,
];

/**
 * The files of a repository that Rowlight reads: configuration, tokenizer, model card, and the weights in one form.
 * @throws RowlightError where it has no weights in any of these forms
 */
export function modelFiles(name: string, files: readonly HubFile[]): HubFile[] {
  for (const pattern of WEIGHTS) {
    const weights = files.filter(({ path }) => pattern.test(path));
    if (weights.some(({ path }) => /\.(safetensors|bin|index)$/.test(path)))
      return [...files.filter(({ path }) => SMALL.test(path)), ...weights];
  }
  throw new RowlightError(
    'unsupported',
    `${name}: has no weights that Rowlight reads (model.safetensors, pytorch_model.bin or a TensorFlow 1 checkpoint)`,
  );
}
