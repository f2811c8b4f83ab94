import { createInterface } from 'node:readline/promises';
import { namesProblem, parseTypedNames } from '../../protocol/label-names';

/** A terminal to ask on. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks for the names of a classifier's labels, until they are right or an empty line leaves them as they are. Undefined, too, where nobody is there
 * to answer.
 */
export async function askLabels(
  count: number,
  terminal: Terminal = { input: process.stdin, output: process.stderr },
): Promise<readonly string[] | undefined> {
  if (!terminal.input.isTTY || !terminal.output.isTTY) return undefined;
  const lines = createInterface(terminal);
  try {
    terminal.output.write(`Its ${count} labels have no names.\n`);
    for (;;) {
      const line = await lines.question('Names by id, separated by commas (Enter: LABEL_0, LABEL_1, …): ');
      const names = parseTypedNames(line);
      if (names.length === 0) return undefined;
      const problem = namesProblem(names, count);
      if (problem === undefined) return names;
      const what = {
        count: `${names.length} names, ${count} are needed`,
        empty: 'one is empty',
        twice: 'one is there twice',
      };
      terminal.output.write(`${what[problem.kind]}\n`);
    }
  } finally {
    lines.close();
  }
}
