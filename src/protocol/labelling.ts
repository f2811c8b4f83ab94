import type { RequestType } from './messages';

/**
 * Which row to label next: `proposed` is the one whose label would tell most, at first by how many rows resemble it, later by how unsure its
 * prediction is; `uncertain` the one whose two most probable labels are closest.
 */
export type NextRowKind = 'proposed' | 'uncertain';

/**
 * Client → server: an unlabelled row to go to, for the commands and the mode that label; null where there is none. Never one of `except`:
 * indices of rows, such as the one just left and those that were skipped. Of large files a few hundred rows are looked at.
 */
export const NextRow: RequestType<
  { readonly uri: string; readonly kind: NextRowKind; readonly except: readonly number[] },
  { readonly row: number; readonly line: number } | null
> = { method: 'rowlight/nextRow' };
