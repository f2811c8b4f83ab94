import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { until } from '../support/until';
import { ServerProcess } from './support/server-process';

const bundle = join(process.cwd(), 'dist/server.cjs');
const answers = join(process.cwd(), 'samples/police-desk/train.answers.tsv');
const missing = [bundle, answers, join(process.cwd(), 'models/zh-mini')].filter((path) => !existsSync(path));
const skip = missing.length > 0 && `not there: ${missing.join(', ')}; run npm run build`;

/** Rows of the sample that keep their label; its columns get other names, so that the model that comes with it stays out. */
const LABELLED = 240;

test(
  'the real model host encodes and fits: the head on zh-mini takes over, and its hints are right more often',
  { skip },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rowlight-head-'));
    const server = new ServerProcess(bundle);
    t.after(() => {
      server.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    const rows = readFileSync(answers, 'utf8').trim().split('\n').slice(1).map((line) => line.split('\t')); // prettier-ignore
    const text = `类别\t内容\n${rows.map(([label, words], row) => `${row < LABELLED ? label : ''}\t${words}`).join('\n')}\n`;
    const uri = pathToFileURL(join(folder, 'train.tsv')).href;
    await server.initialize(folder);
    await server.open(uri, text);
    const status = () => server.status?.files[uri];
    const right = async (): Promise<number> => {
      const wanted = rows.slice(LABELLED);
      const look = () => server.hints(uri, 1 + LABELLED, wanted.length);
      const hints = await until('all hints', look, ({ length }) => length >= wanted.length);
      const named = new Map(hints.map(({ position, label }) => [position.line, String(label)]));
      return wanted.filter(([label], i) => named.get(1 + LABELLED + i)?.includes(label!)).length / wanted.length;
    };
    const shown = await until('predictions', status, (file) => file?.kind === 'provisional');
    const alone = shown?.kind === 'provisional' && shown.method === 'naive-bayes' ? await right() : 0;
    await until('the head', status, (file) => file?.kind === 'provisional' && file.method === 'head');
    const together = await right();
    t.diagnostic(`naive Bayes ${(100 * alone).toFixed(1)} %, with the head ${(100 * together).toFixed(1)} %`);
    assert.ok(together > 0.6 && together > alone, `${together} after ${alone}`);
  },
);
