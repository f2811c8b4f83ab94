/** What is wrong, by kind. Callers branch on this, never on the text. */
export type ProblemCode =
  | 'bad-encoding'
  | 'empty-file'
  | 'open-quote'
  | 'bad-json'
  | 'unknown-column'
  | 'no-text-column'
  | 'ragged-row'
  | 'empty-text'
  | 'unknown-label';

/** Something in a data file that a person should mend. */
export interface Problem {
  readonly code: ProblemCode;
  /** `error`: the file cannot be used as it is. `warning`: the message says what became of the one row; the others are used. */
  readonly severity: 'error' | 'warning';
  /** Line of the file, from 1 and with the header counted, as editors show it: where the row begins. */
  readonly row: number;
  /** The column's name, or its number from 1 where the file has no header. */
  readonly column?: string;
  /** What is wrong and what to do, in one line that names neither file nor row. */
  readonly message: string;
}

/** How many problems of one kind are kept; a file of a million broken rows says so once. */
const LIMIT = 1000;

/** One line for a person: file, line, column, what is wrong and what to do. */
export function describeProblem(file: string, problem: Problem): string {
  const column = problem.column === undefined ? '' : ` column ${brief(problem.column, 40)}:`;
  return `${file}:${String(problem.row)}:${column} ${problem.message}`;
}

/** Text from a file as a message may show it: on one line, and no longer than `length` characters. */
export function brief(text: string, length: number): string {
  const characters = [...text.replace(/[\s\p{Cc}]+/gu, ' ').trim()];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, length - 1).join('')}…`;
}

/** Collects problems in the order of the file: the first thousand of each kind, and how many more there were. */
export class ProblemList {
  readonly #kept: Problem[] = [];
  readonly #counts = new Map<ProblemCode, number>();
  readonly #last = new Map<ProblemCode, Problem>();

  /** Adds one. */
  add(problem: Problem): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count <= LIMIT) this.#kept.push(problem);
    else this.#last.set(problem.code, problem);
  }

  /** What was added; where some were dropped, the last one of that kind stands for them and says how many. */
  all(): Problem[] {
    const rest = [...this.#last.values()].map((problem) => {
      const dropped = (this.#counts.get(problem.code) ?? 0) - LIMIT;
      return { ...problem, message: `${problem.message} (the last of ${String(dropped)} more like this)` };
    });
    return [...this.#kept, ...rest].sort((a, b) => a.row - b.row);
  }
}
