/** `pretrain --estimate`, and what `pretrain` says of before and after. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli } from '../support/cli';
import { writeTexts } from '../support/pretrain-run';
import { temporaryFolder } from '../support/tiny-run';

const BASE = join('test', 'golden', 'pretraining', 'tiny');

test('an estimate begins nothing; the run then reads and fills in what it said, and compares its start with its end', async (t) => {
  const folder = temporaryFolder(t);
  const output = join(folder, 'run');
  const table = join(folder, 'rows.tsv');
  const rows = Array.from({ length: 40 }, (_, row) => `${row % 2 ? '' : '甲'}\t第${row}个问题身份证丢了怎么办`);
  writeFileSync(table, `标签\t问题\n${rows.join('\n')}\n`);
  const places = ['--output', output, '--cache', join(folder, 'cache'), '--base', BASE, '--threads', '1'];
  const texts = [table, '--text-column', '问题', '--rows', 'unlabelled', '--held-out', '0.2'];
  const sizes = ['--lengths', '16', '--batch-size', '4', '--epochs', '2'];
  const args = ['pretrain', ...texts, ...places, ...sizes];
  const estimate = await cli([...args, '--estimate', '--json']);
  assert.equal(estimate.code, 0, estimate.stderr);
  const said = JSON.parse(estimate.stdout) as Record<string, number> & { fill_in: string[] };
  assert.ok(said.total_steps! > 0 && said.total_seconds! > 0 && said.peak_memory_bytes! > 1e6);
  assert.equal(said.documents! + said.held_out! + said.near_duplicates!, 20);
  assert.equal(existsSync(output), false);
  const people = await cli([...args, '--estimate']);
  assert.match(people.stdout, /^whole run {7}\d/m);
  const run = await cli([...args, '--json']);
  assert.equal(run.code, 0, run.stderr);
  const { steps, before, scores } = JSON.parse(run.stdout) as Record<string, unknown>;
  assert.equal(steps, said.total_steps);
  assert.ok(before && scores);
  for (const text of said.fill_in) assert.ok(run.stderr.includes(text.split('[MASK]')[0]!), text);
});

test('an estimate without texts, or of a run that goes on, is a wrong command line', async (t) => {
  const folder = temporaryFolder(t);
  writeTexts(folder);
  assert.equal((await cli(['pretrain', '--estimate'])).code, 2);
  assert.equal((await cli(['pretrain', '--estimate', '--resume', folder])).code, 2);
});
