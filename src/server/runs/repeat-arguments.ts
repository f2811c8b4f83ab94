import type { RunRecord } from './run-folder';

/**
 * The arguments of `rowlight` that do a run once more: the same data, columns, numbers and seed. `changed` has the folder it goes to and the model it
 * starts from. In how many parts a batch goes is left to the memory there is.
 */
export function repeatArguments(
  record: RunRecord,
  changed: { readonly base: string; readonly output: string },
): string[] {
  const { data, dev, columns, multiLabel, seed, arguments: given } = record;
  const line = ['train', data.path, '--base', changed.base, '--output', changed.output];
  if (dev) line.push('--dev', dev.path);
  line.push('--text-column', columns.text);
  if (columns.textB !== undefined) line.push('--text-b-column', columns.textB);
  if (multiLabel?.columns) line.push('--task', 'multi-label', '--label-columns', multiLabel.columns.join(','));
  else line.push('--label-column', columns.label);
  if (multiLabel && !multiLabel.columns) line.push('--task', 'multi-label', '--label-delimiter', multiLabel.delimiter);
  for (const [name, value] of Object.entries({ ...given, seed })) {
    if (name !== 'accumulate' && value !== null) line.push(`--${name}`, String(value));
  }
  return line;
}
