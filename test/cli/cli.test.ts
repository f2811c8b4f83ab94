import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, test, type TestContext } from 'node:test';
import { cli, result, startCli } from '../support/cli';
import { setEnvironment } from '../support/environment';
import { TINY_BASE, temporaryFolder, tinyData } from '../support/tiny-run';

/** A run made once for all tests: `rowlight train` is itself the first thing tested. */
let folder: string;
let data: string;
let run: string;
let trained: Awaited<ReturnType<typeof cli>>;

before(async (t) => {
  folder = temporaryFolder(t as TestContext);
  data = tinyData(folder);
  run = join(folder, 'run');
  trained = await cli([
    'train',
    data,
    '--base',
    TINY_BASE,
    '--output',
    run,
    '--epochs',
    '2',
    '--batch-size',
    '8',
    '--learning-rate',
    '2e-3',
    '--json',
  ]);
});

test('train prints one object on standard output, and what it does on standard error', () => {
  assert.equal(trained.code, 0, trained.stderr);
  const printed = JSON.parse(trained.stdout) as Record<string, number>;
  for (const name of ['eval_accuracy', 'eval_loss', 'loss', 'eval_macro_f1'])
    assert.ok(Number.isFinite(printed[name]), name);
  assert.equal(printed.rows, 12);
  assert.match(trained.stderr, /rows {6}48 to learn from, 12 to judge by \(held out of it\), 0 unlabelled; 3 labels/);
  assert.match(trained.stderr, /learning-rate 0\.002, epochs 2/);
});

test('evaluate judges the saved model and gives the names of run_classifier.py', async () => {
  const { code, stdout, stderr } = await cli(['evaluate', run, data]);
  assert.equal(code, 0, stderr);
  for (const name of ['eval_accuracy', 'eval_loss', 'global_step', 'loss', 'eval_macro_f1'])
    assert.match(stdout, new RegExp(`^${name} = [0-9.]+$`, 'm'));
  assert.match(stdout, /^label +precision +recall +F1 +rows$/m);
});

test('evaluate counts rows of a label that the model does not know as errors', async () => {
  const known = written('known.tsv', 'label\ttext\nred\t我证\nred\t我护\n');
  const more = written('more.tsv', 'label\ttext\nred\t我证\nred\t我护\npurple\t我\npurple\t你\n');
  const accuracy = async (file: string) =>
    (JSON.parse((await cli(['evaluate', run, file, '--json'])).stdout) as { eval_accuracy: number }).eval_accuracy;
  assert.equal(await accuracy(more), (await accuracy(known)) / 2);
  const { stderr } = await cli(['evaluate', run, more]);
  assert.match(
    stderr,
    /more\.tsv: 2 of 4 rows have labels that the model does not know \(purple\); they count as errors/,
  );
  assert.equal((await cli(['evaluate', run, written('other.tsv', 'label\ttext\npurple\t我\ngrey\t你\n')])).code, 1);
});

test('predict keeps every column and every row of a file', async () => {
  const file = join(folder, 'wide.tsv');
  writeFileSync(file, 'id\ttext\tnote\n1\t我证\tx\n2\t\ty\n3\t你护\n');
  const { code, stdout } = await cli(['predict', run, file]);
  assert.equal(code, 0);
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  assert.deepEqual(rows[0], ['id', 'text', 'note', 'prediction', 'probability']);
  assert.equal(rows.length, 4);
  assert.ok(rows.every((row) => row.length === 5));
  assert.match(rows[1]![3]!, /^(red|green|blue)$/);
  assert.deepEqual(rows[2]!.slice(3), ['', ''], 'a row without text is kept and gets no prediction');
});

test('predict --format jsonl gives every probability', async () => {
  const { stdout } = await cli(['predict', run, '-', '--format', 'jsonl'], '我证\n');
  const printed = JSON.parse(stdout) as {
    label: string;
    probability: number;
    probabilities: Record<string, number>;
    truncated: boolean;
  };
  assert.deepEqual(Object.keys(printed.probabilities), ['blue', 'green', 'red']);
  assert.equal(printed.probability, Math.max(...Object.values(printed.probabilities)));
  assert.ok(Math.abs(Object.values(printed.probabilities).reduce((sum, p) => sum + p, 0) - 1) < 1e-4);
  assert.equal(printed.truncated, false);
});

test('predict - answers a line while standard input stays open', async () => {
  const child = startCli(['predict', run, '-']);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const text of ['我证', '你护照', '我证']) {
    child.stdin.write(`${text}\n`);
    const { value } = (await lines.next()) as { value: string };
    assert.equal(value.split('\t')[0], text);
  }
  child.stdin.write('\n');
  assert.equal(((await lines.next()) as { value: string }).value, '\t\t', 'a blank line gets an answer, too');
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 0);
});

test('a reader that goes away is no failure', async () => {
  const child = startCli(['predict', run, '-']);
  child.stdout.destroy();
  child.stdin.on('error', () => undefined);
  child.stdin.end('我证\n'.repeat(2000));
  assert.equal((await result(child)).code, 0);
});

test('tokenize shows what the model sees', async () => {
  const { stdout } = await cli(['tokenize', run, '-'], '身份证 龘\n');
  assert.equal(stdout, '[CLS] 身 份 证 [UNK] [SEP]\n');
});

test('doctor says what runs models here', async (t) => {
  setEnvironment(t, { ROWLIGHT_CACHE: join(folder, 'cache') });
  const { code, stdout } = await cli(['doctor', '--json']);
  assert.equal(code, 0);
  const facts = JSON.parse(stdout) as Record<string, unknown>;
  assert.equal(facts.engine, 'onnx');
  assert.ok(Number(facts.threads) >= 1);
  // Of the engine that was not asked for, too; an installed package would have it.
  assert.match(
    String(facts.tensorflow),
    /^(can't be used: it is not here: npm run engine:tensorflow builds it|is here: )[^\n]*$/,
  );
});

test('a wrong command line ends with 2, a failure with 1', async () => {
  assert.equal((await cli(['train'])).code, 2);
  assert.equal((await cli(['train', data, '--epochs', 'three'])).code, 2);
  assert.equal((await cli(['evaluate', run, join(folder, 'nowhere.tsv')])).code, 1);
  assert.equal((await cli(['fly'])).code, 2);
});

/** Every bad input has one line that names the place and the remedy, and no stack trace. */
const BAD: readonly { readonly name: string; readonly args: () => string[]; readonly message: RegExp }[] = [
  {
    name: 'a data file that is not there',
    args: () => ['train', join(folder, 'nowhere.tsv')],
    message: /nowhere\.tsv: no such file/,
  },
  {
    name: 'an unknown column',
    args: () => ['train', data, '--label-column', 'colour'],
    message: /rows\.tsv.*colour.*label, text/,
  },
  { name: 'an empty file', args: () => ['train', written('empty.tsv', '')], message: /empty\.tsv/ },
  {
    name: 'a file without labels',
    args: () => ['train', written('plain.tsv', 'text\n我\n你\n')],
    message: /plain\.tsv.*--label-column/,
  },
  {
    name: 'a single label',
    args: () => ['train', written('one.tsv', 'label\ttext\nred\t我\nred\t你\n')],
    message: /one\.tsv.*two labels/,
  },
  {
    name: 'a file that is not UTF-8',
    args: () => ['train', written('gb.tsv', Buffer.from('6c6162656c09746578740a72656409ced20a', 'hex'))],
    message: /gb\.tsv:2: .*UTF-8/,
  },
  {
    name: 'a model that is not there',
    args: () => ['predict', join(folder, 'no-model'), '-'],
    message: /no-model: no such folder/,
  },
  {
    name: 'a base without classifier',
    args: () => ['predict', 'zh-mini', '-'],
    message: /zh-mini.*fine-tune it first/,
  },
  { name: 'a broken checkpoint', args: () => ['predict', brokenModel(), '-'], message: /broken\/model\.safetensors/ },
  {
    name: 'a broken configuration',
    args: () => ['predict', brokenModel('config.json', '{'), '-'],
    message: /config\.json/,
  },
  {
    name: 'a length the model cannot read',
    args: () => ['train', data, '--base', TINY_BASE, '--max-length', '4096'],
    message: /at most 41 tokens/,
  },
  {
    name: 'a folder that holds a run',
    args: () => ['train', data, '--base', TINY_BASE, '--output', run],
    message: /holds a run already/,
  },
  {
    name: 'a resume without a run',
    args: () => ['train', '--resume', join(folder, 'nothing')],
    message: /nothing: is no run folder/,
  },
];

for (const { name, args, message } of BAD) {
  test(`${name}: one clear line`, async () => {
    const { code, stdout, stderr } = await cli(args());
    const last = stderr.trimEnd().split('\n').at(-1)!;
    assert.match(last, message);
    assert.match(last, /^rowlight: /);
    assert.ok(code === 1 || code === 2, stderr);
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /^ +at /m);
  });
}

function written(name: string, content: string | Buffer): string {
  // Away from the other files: what stands beside a data file counts.
  const own = join(folder, name.replace('.', '-'));
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, name), content);
  return join(own, name);
}

function brokenModel(
  file = 'model.safetensors',
  content: string | Buffer = readFileSync(join(TINY_BASE, 'model.safetensors')).subarray(0, 5000),
): string {
  const model = join(folder, 'broken');
  mkdirSync(model, { recursive: true });
  for (const name of ['config.json', 'model.safetensors', 'vocab.txt', 'tokenizer_config.json'])
    writeFileSync(join(model, name), readFileSync(join(TINY_BASE, name)));
  writeFileSync(join(model, file), content);
  return model;
}
