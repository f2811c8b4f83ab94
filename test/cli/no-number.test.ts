/** A model with damaged weights: its logits are no numbers. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { cli } from '../support/cli';
import { temporaryFolder } from '../support/tiny-run';

let model: string;
let data: string;

before((t) => {
  const folder = temporaryFolder(t as TestContext);
  model = join(folder, 'damaged');
  cpSync(join('models', 'police-desk'), model, { recursive: true });
  damage(join(model, 'model.safetensors'), 'classifier.bias');
  data = join(folder, 'rows.tsv');
  writeFileSync(data, '场景\t问题\n户政管理\t身份证怎么办\n消防管理\t消火栓没有水\n');
});

/** Fills a tensor with ones, which are NaN in every floating point format. */
function damage(path: string, tensor: string): void {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { data_offsets: [number, number] }
  >;
  const [start, end] = header[tensor]?.data_offsets ?? [0, 0];
  assert.ok(end > start, tensor);
  bytes.fill(0xff, 8 + length + start, 8 + length + end);
  writeFileSync(path, bytes);
}

test('predict: null in JSON, empty cells in TSV, no crash', async () => {
  const json = await cli(['predict', model, data, '--format', 'jsonl']);
  assert.equal(json.code, 0, json.stderr);
  const rows = json.stdout.trim().split('\n');
  assert.equal(rows.length, 2);
  for (const row of rows) {
    const { label, probability, probabilities } = JSON.parse(row) as Record<string, unknown>;
    assert.deepEqual([label, probability, probabilities], [null, null, null]);
  }
  const tsv = await cli(['predict', model, data]);
  assert.equal(tsv.code, 0, tsv.stderr);
  assert.equal(tsv.stdout.split('\n')[1], '户政管理\t身份证怎么办\t\t');
});

test('evaluate: one line instead of a score', async () => {
  const { code, stdout, stderr } = await cli(['evaluate', model, data]);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^rowlight: the model's answers to 2 of 2 rows are no numbers: [^\n]+\n$/);
});
