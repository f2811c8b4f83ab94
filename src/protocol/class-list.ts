import type { TypedClass } from './start-labelling';

/** Longest name of a class, and most classes; `labels.json` allows no more. */
export const MOST_CHARACTERS = 200;
export const MOST_CLASSES = 1000;

/** Why a list of classes can't be taken. */
export type ClassProblem = 'too-few' | 'too-many' | 'too-long';

/**
 * The classes that somebody typed or pasted: on one line between `,` `、` `;` or tabs (between blanks where there is nothing else and
 * the names are Chinese); or one a line, with a description behind a tab, a colon, or the first blank after a Chinese name.
 * Repeated names count once.
 */
export function parseClassList(text: string): { readonly classes: TypedClass[]; readonly problem?: ClassProblem } {
  const lines = text.split(/[\r\n\u2028\u2029]+/).map(clean).filter(Boolean); // prettier-ignore
  const parsed = lines.length > 1 ? lines.map(described) : split(lines[0] ?? '').map((name) => ({ name }));
  const classes: TypedClass[] = [];
  const seen = new Set<string>();
  for (const one of parsed) {
    if (one.name === '' || seen.has(one.name)) continue;
    seen.add(one.name);
    classes.push(one);
  }
  if (classes.some(({ name }) => name.length > MOST_CHARACTERS)) return { classes, problem: 'too-long' };
  if (classes.length < 2) return { classes, problem: 'too-few' };
  if (classes.length > MOST_CLASSES) return { classes, problem: 'too-many' };
  return { classes };
}

function split(line: string): string[] {
  const parts = line.split(/[,，、;；\t]/).map((part) => clean(part));
  if (parts.length === 1 && /\p{sc=Han}/u.test(line)) return line.split(/\s+/);
  return parts;
}

function described(line: string): TypedClass {
  const match =
    /^(.+?)(?:\t+|\s*：\s*|:\s+)(.+)$/u.exec(line) ?? /^(\S*\p{sc=Han}\S*)\s+(.+)$/u.exec(line) ?? undefined;
  const name = clean(match?.[1] ?? line.replace(/[:：,，、;；]$/, ''));
  const description = clean(match?.[2] ?? '').slice(0, 4000);
  return description === '' ? { name } : { name, description };
}

/** Without blanks around it and without other control characters than tabs. */
function clean(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, '').trim();
}
