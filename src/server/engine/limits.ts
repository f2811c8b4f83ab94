import { RowlightError } from '../errors';

/** The most weights, in bytes, of a file that is one protocol buffer: 2 GB, less room for the graph. */
export const MAX_PROTOBUF = 2 ** 31 - 2 ** 24;

/** What is said of a model above it. */
export function tooLarge(bytes: number): RowlightError {
  return new RowlightError(
    'unsupported',
    `the weights take ${(bytes / 1e9).toFixed(1)} GB, and this format holds 2 GB in one file; export it as --format hugging-face`,
  );
}
