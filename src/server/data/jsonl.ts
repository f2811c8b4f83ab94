import { type Problem, ProblemList } from './problem';

/** Rows read from JSON lines: `keys` are the objects' keys in the order in which they first appear, and the columns of every row. */
export interface JsonLines {
  readonly keys: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lines: readonly number[];
  readonly problems: readonly Problem[];
}

/**
 * Reads one object a line. Strings stand as they are, numbers and booleans as written in JSON, null and missing keys as empty cells,
 * and anything deeper as JSON. A line that is no object is a problem and no row.
 */
export function readJsonLines(text: string): JsonLines {
  const columns = new Map<string, number>();
  const rows: string[][] = [];
  const lines: number[] = [];
  const problems = new ProblemList();
  text.split(/\r\n|\n|\r/).forEach((source, at) => {
    if (source.trim() === '') return;
    const record = parseObject(source);
    if (record === undefined) {
      const message =
        'This line is not a JSON object, so it is left out. Write one object a line, such as {"text": "…", "label": "…"}.';
      problems.add({ code: 'bad-json', severity: 'warning', row: at + 1, message });
      return;
    }
    const cells: string[] = [];
    for (const [key, value] of Object.entries(record)) {
      const column = columns.get(key) ?? columns.size;
      columns.set(key, column);
      cells[column] = cellOf(value);
    }
    rows.push(cells);
    lines.push(at + 1);
  });
  const width = columns.size;
  const full = rows.map((cells) => Array.from({ length: width }, (_, column) => cells[column] ?? ''));
  return { keys: [...columns.keys()], rows: full, lines, problems: problems.all() };
}

function parseObject(source: string): object | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
