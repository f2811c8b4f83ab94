import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli } from '../support/cli';
import { GOLDEN } from '../support/model';
import { TINY_BASE, temporaryFolder } from '../support/tiny-run';

/** The tiny encoder's hidden size. */
const { hidden_size: H } = JSON.parse(readFileSync(join(GOLDEN, 'tiny', 'config.json'), 'utf8')) as {
  hidden_size: number;
};
const TEXTS = ['我身份证', '你怎么办', '', '证'.repeat(60)];

/** A `.npy` file taken apart. */
function readNpy(bytes: Buffer): { shape: number[]; data: Float32Array } {
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x93NUMPY\x01\x00');
  const length = bytes.readUInt16LE(8);
  assert.equal((10 + length) % 64, 0);
  const header = bytes.subarray(10, 10 + length).toString('latin1');
  const [, list] = /'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+)\)/.exec(header)!;
  const shape = list!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return { shape, data: new Float32Array(new Uint8Array(bytes.subarray(10 + length)).buffer) };
}

const file = (folder: string): string => {
  const path = join(folder, 'rows.tsv');
  writeFileSync(path, `text\n${TEXTS.join('\n')}\n`);
  return path;
};

test('the three formats say the same, row by row; a row without text is zeros, a cut one is said', async (t) => {
  const folder = temporaryFolder(t);
  const rows = join(folder, 'rows.tsv');
  writeFileSync(rows, `id\ttext\n${TEXTS.map((text, i) => `${i}\t${text}`).join('\n')}\n`);
  const encode = (...args: string[]) => cli(['encode', TINY_BASE, rows, '--text-column', 'text', ...args]);
  const tsv = await encode('--normalize');
  assert.equal(tsv.code, 0, tsv.stderr);
  assert.match(tsv.stderr, /1 texts are longer than \d+ tokens and were cut/);
  assert.match(tsv.stderr, /1 rows have no text/);
  const vectors = tsv.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(Number));
  assert.deepEqual(
    vectors.map(({ length }) => length),
    TEXTS.map(() => H),
  );
  assert.deepEqual(vectors[2], Array<number>(H).fill(0));
  assert.ok(Math.abs(Math.hypot(...vectors[0]!) - 1) < 1e-5);

  const jsonl = (await encode('--normalize', '--format', 'jsonl')).stdout.trimEnd().split('\n');
  const objects = jsonl.map((line) => JSON.parse(line) as { text: string; vector: number[]; truncated: boolean });
  assert.deepEqual(
    objects.map(({ text }) => text),
    TEXTS,
  );
  assert.deepEqual(
    objects.map(({ vector }) => vector),
    vectors,
  );
  assert.deepEqual(
    objects.map(({ truncated }) => truncated),
    [false, false, false, true],
  );

  const output = join(folder, 'vectors.npy');
  assert.equal((await encode('--normalize', '--format', 'npy', '--output', output)).code, 0);
  const npy = readNpy(readFileSync(output));
  assert.deepEqual(npy.shape, [TEXTS.length, H]);
  assert.deepEqual([...npy.data], vectors.flat().map(Math.fround));
  assert.deepEqual(readdirSync(folder).sort(), ['rows.tsv', 'vectors.npy'], 'nothing is left beside it');
});

test('lines of standard input: the header of a .npy is mended at the end; without a file it is refused', async (t) => {
  const output = join(temporaryFolder(t), 'lines.npy');
  const args = ['encode', TINY_BASE, '-', '--format', 'npy', '--pooling', 'REDUCE_MEAN_MAX', '--layers=-1,-2'];
  const { code, stderr } = await cli([...args, '--output', output], `${'我证\n'.repeat(700)}`);
  assert.equal(code, 0, stderr);
  assert.deepEqual(readNpy(readFileSync(output)).shape, [700, 4 * H]);
  const refused = await cli(args, '我\n');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^rowlight: .*give --output FILE\n$/);
});

test('without pooling each token has a vector', async (t) => {
  const rows = file(temporaryFolder(t));
  const { stdout } = await cli(['encode', TINY_BASE, '-', '--pooling', 'none', '--format', 'jsonl'], '我身份证\n');
  const { vectors } = JSON.parse(stdout) as { vectors: number[][] };
  assert.deepEqual([vectors.length, vectors[0]!.length], [6, H]);
  assert.equal((await cli(['encode', TINY_BASE, rows, '--pooling', 'none'])).code, 2);
  assert.equal((await cli(['encode', TINY_BASE, rows, '--pooling', 'median'])).code, 2);
  const output = join(rows, '..', 'x.npy');
  const beyond = await cli(['encode', TINY_BASE, rows, '--layers=-9', '--format', 'npy', '--output', output]);
  assert.match(beyond.stderr, /^rowlight: layer -9: this model has \d+ layers/);
  assert.equal(existsSync(output), false);
});
