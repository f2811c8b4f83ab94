/** The bench page: ratios and pictures of given figures, and a quick run of the real thing without torch. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { benchHtml, benchLines } from '../../scripts/bench/page/html';
import { type Comparison, type Measured, spread, timesTorch } from '../../scripts/bench/page/results';
import { endWithTests } from '../support/children';
import { result } from '../support/cli';

const one = (name: string, samples: number[], more: Partial<Measured> = {}): Measured => ({
  name,
  ours: name.startsWith('Rowlight'),
  place: 'cpu',
  samples,
  ...more,
});
const steps: Comparison = {
  title: 'A step <of> something',
  about: 'What is done & how.',
  unit: 'ms a step',
  more: false,
  measured: [
    one('Rowlight onnx, cpu, float32', [100, 90, 140], { peakMb: 1234 }),
    one('Rowlight onnx, cuda, float32', [10, 10, 10], { place: 'gpu' }),
    one('torch float32', [80, 200, 120], { reference: 'float32' }),
    one('torch bfloat16', [50, 50, 50], { reference: 'bfloat16' }),
    one('torch float32, cuda', [5, 5, 5], { reference: 'float32', place: 'gpu' }),
  ],
};

test('a ratio is of medians, above 1 where Rowlight is faster, and against torch on the same kind of device', () => {
  assert.deepEqual(spread([3, 1, 2, 10]), { middle: 2.5, low: 1, high: 10 });
  const [cpu, cuda] = steps.measured as [Measured, Measured];
  assert.equal(timesTorch(steps, cpu, 'float32'), 1.2);
  assert.equal(timesTorch(steps, cpu, 'bfloat16'), 0.5);
  assert.equal(timesTorch(steps, cuda, 'float32'), 0.5);
  assert.equal(timesTorch(steps, cuda, 'bfloat16'), 5, 'with none on its device, the one on the CPU');
  assert.ok(Math.abs(timesTorch({ ...steps, more: true }, cpu, 'float32')! - 1 / 1.2) < 1e-12);
  assert.equal(timesTorch({ ...steps, measured: [cpu] }, cpu, 'float32'), undefined);
});

test('the page shows every figure, machine and absence, escaped, and needs nothing from outside', () => {
  const results = {
    made: new Date('2026-01-02T03:04:05Z'),
    command: 'npm run bench -- --rounds 3',
    machine: [['Processor', 'Some <CPU>, 2 threads']] as const,
    comparisons: [steps],
    absent: [{ name: 'Rowlight onnx, webgpu, float32', why: 'no "adapters"' }],
  };
  const html = benchHtml(results);
  for (const text of [
    '2026-01-02 03:04 UTC',
    'npm run bench -- --rounds 3',
    'Some &#60;CPU&#62;',
    'no &#34;adapters&#34;',
    'What is done &#38; how.',
  ])
    assert.ok(html.includes(text), text);
  assert.match(
    html,
    /<td>Rowlight onnx, cpu, float32<\/td><td class="n">100<\/td><td class="n">90 – 140<\/td><td class="n">1\.20<\/td><td class="n">0\.50<\/td><td class="n">1234<\/td>/,
  );
  assert.equal(html.match(/<svg /g)?.length, 1);
  for (const { name } of steps.measured) assert.ok(html.split('<table>')[0]!.includes(`>${name}</text>`), name);
  assert.ok(!/<script|src=|href=|url\(http/i.test(html));
  assert.ok(
    benchLines(results).some((line) =>
      /cpu, float32 +100 ms a step {2}1\.20 × torch float32 {2}0\.50 × torch bfloat16/.test(line),
    ),
  );
});

test('a quick run measures what is here and says what is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-page-'));
  try {
    const out = join(folder, 'deep', 'page.html');
    const args = ['--quick', '--python', join(folder, 'none'), '--threads', '1', '--out', out];
    // Nothing of this machine's user: no engine that was built, no verdict on a device.
    const env = { ...process.env, ROWLIGHT_CACHE: join(folder, 'cache') };
    const child = endWithTests(spawn(process.execPath, ['scripts/bench.mjs', ...args], { env, stdio: 'pipe' }));
    child.stdin.end();
    const { code, stdout, stderr } = await result(child);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /A training step of zh-mini .*\n {2}Rowlight onnx, cpu, float32 +[\d,.]+ ms a step\n/);
    assert.match(stdout, /Rowlight onnx, cpu, int8 +[\d,.]+ texts a second\n/);
    assert.match(stdout, /not there: torch: .*npm run setup parity/);
    const html = readFileSync(out, 'utf8');
    assert.equal(html.match(/<svg /g)?.length, 3);
    assert.ok(html.includes('Not on this page') && html.includes(`--out ${out}`));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
