/** What transformers calls labels that were given no names. */
const NO_NAME = /^LABEL_\d+$/;

/** Whether a classifier's labels have no names of their own. */
export const isUnnamed = (labels: readonly string[]): boolean =>
  labels.length > 0 && labels.every((label) => NO_NAME.test(label));

/** The names in a line that a person typed, separated by commas (Chinese ones, too) or tabs. */
export function parseTypedNames(line: string): string[] {
  const names = line.split(/[,，、;；\t]/).map((name) => name.trim());
  return names.every((name) => name === '') ? [] : names;
}

/** What is wrong with names for `count` labels; undefined where nothing is. */
export function namesProblem(
  names: readonly string[],
  count: number,
): { readonly kind: 'count' | 'empty' } | { readonly kind: 'twice'; readonly name: string } | undefined {
  if (names.length !== count) return { kind: 'count' };
  if (names.some((name) => name === '')) return { kind: 'empty' };
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? undefined : { kind: 'twice', name: twice };
}
