/** `rowlight encode` against transformers, every strategy over several layers, and against sentence-transformers with weights that people use. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { POOLING_STRATEGIES } from '../../src/server/model/pooling';
import { cli } from '../support/cli';
import { largestDifference } from '../support/model';

const python = process.env['ROWLIGHT_PARITY_PYTHON'];
const skip = python ? false : 'run: npm run test:parity';

const CHINESE = ['身份证丢了怎么补办', '护照', '证'.repeat(200), 'Ünknown words, 标点! 2026'];
const ENGLISH = [
  'A man is eating food.',
  'The girl is carrying a baby.',
  'Cafés naïvely open at 7:30 — don’t they?',
  'x',
  'This sentence is repeated until it is longer than the model reads. '.repeat(40).trim(),
];

function reference<T>(args: readonly string[], request: object): T {
  const printed = execFileSync(python!, [join('scripts', 'golden', 'sentence_vectors.py'), ...args], {
    encoding: 'utf8',
    input: JSON.stringify(request),
    maxBuffer: 2 ** 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return JSON.parse(printed) as T;
}

async function encode(model: string, texts: readonly string[], ...args: string[]): Promise<number[][]> {
  const { code, stdout, stderr } = await cli(['encode', model, '-', '--format', 'jsonl', ...args], `${texts.join('\n')}\n`); // prettier-ignore
  assert.equal(code, 0, stderr);
  const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { vector?: number[]; vectors?: number[][] }); // prettier-ignore
  return lines.map(({ vector, vectors }) => vector ?? vectors!.flat());
}

test('every strategy over last, first, middle layers and embeddings, as transformers', { skip }, async () => {
  const model = join('models', 'zh-mini');
  const layers = [[-1], [-2], [0], [-1, -2], ['embeddings', -1]];
  const poolings = POOLING_STRATEGIES.flatMap((strategy) => layers.map((list) => [strategy, list] as const));
  const { vectors } = reference<{ vectors: (number[] | number[][])[][] }>(['pooled', model, '64'], {
    texts: CHINESE,
    poolings,
  });
  for (const [at, [strategy, list]] of poolings.entries()) {
    const ours = await encode(
      model,
      CHINESE,
      '--pooling',
      strategy,
      `--layers=${list.join(',')}`,
      '--max-length',
      '64',
    );
    const theirs = vectors[at]!.map((vector) => vector.flat());
    assert.deepEqual(ours.map(({ length }) => length), theirs.map(({ length }) => length)); // prettier-ignore
    const difference = largestDifference(ours.flat(), theirs.flat());
    assert.ok(difference <= 1e-4, `${strategy} over ${list.join(',')}: ${difference}`);
  }
});

test('the real MiniLM, as sentence-transformers', { skip }, async () => {
  const { vectors, folder, max_length } = reference<{ vectors: number[][][]; folder: string; max_length: number }>(
    ['sentence-transformers'],
    { texts: ENGLISH },
  );
  const length = ['--max-length', String(max_length)];
  for (const [at, normalize] of [['--normalize'], []].entries()) {
    const ours = await encode(folder, ENGLISH, '--pooling', 'mean', ...length, ...normalize);
    const difference = largestDifference(ours.flat(), vectors[at]!.flat());
    assert.ok(difference <= 1e-4, `${normalize.join()}: ${difference}`);
    assert.equal(ours[0]!.length, 384);
  }
});
