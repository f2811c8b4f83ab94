/**
 * Editor language ids whose files Rowlight reads: `tsv` and `csv`, and those of the Rainbow CSV extension, which switches a file's id after
 * it was opened (`mechatroner/vscode_rainbow_csv`, `extension.js`, `dialect_map`; the `rfc_` ids are of its 2.x versions). Its ids for
 * separators that stand in ordinary sentences (blank, dot, colon, hyphen, equals, quote) are left out.
 */
export const LANGUAGE_IDS = [
  'tsv',
  'csv',
  'csv (semicolon)',
  'csv (pipe)',
  'csv (tilde)',
  'csv (caret)',
  'dynamic csv',
  'rfc_csv',
  'rfc_semicolon_csv',
] as const;

/** Uri schemes of the documents that Rowlight reads. */
export const SCHEMES = ['file', 'untitled'] as const;

/** Ends of the names of data files, for files of which only the name is known. */
export const DATA_EXTENSIONS = ['.tsv', '.tab', '.csv'] as const;
