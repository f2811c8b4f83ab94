/** Float16 on a GPU counts only where the GPU computed it. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { choosePredictor } from '../../src/server/cli/choose-predictor';
import { silentLog } from '../../src/server/env';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { RowlightError } from '../../src/server/errors';
import { judgePrecision } from '../../src/server/inference/judge-precision';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { GOLDEN, testEngine } from '../support/model';
import { temporaryFolder } from '../support/tiny-run';
import { runAgain, softwareVulkan } from './support/vulkan';

/** Set in the process that this file starts as its own child, with a software Vulkan driver. */
const CHILD = 'ROWLIGHT_TEST_FLOAT16';
const TINY = join(process.cwd(), GOLDEN, 'tiny');
const TEXTS = Array.from({ length: 500 }, (_, i) => ({ text: `第${i}次问：${'我的护照丢了'.repeat(i % 3)}` }));

interface FromChild {
  readonly exact: readonly number[];
  readonly rounded: readonly number[];
  /** Whether the GPU computed each. */
  readonly onDevice: readonly (boolean | undefined)[];
  /** What was said of the choice. */
  readonly said: string;
  /** Verdicts that were kept. */
  readonly kept: number;
}

if (process.env[CHILD] !== undefined) {
  void childMain(process.env[CHILD]);
} else {
  const vulkan = softwareVulkan();
  const skip =
    vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software';
  test(
    'float16 on a GPU is judged where the GPU computes it, and passed over where the CPU stands in',
    { skip },
    async (t) => {
      const child = await runAgain<FromChild>(__filename, { ...vulkan, [CHILD]: temporaryFolder(t) });
      t.diagnostic(JSON.stringify(child));
      assert.equal(child.onDevice[0], true, 'float32');
      child.exact.forEach((value, i) => assert.ok(Math.abs(value - child.rounded[i]!) < 0.05));
      if (child.onDevice[1]) {
        assert.match(child.said, /^Computing in float(16|32): float16 gives [\d.]+ % of 500 texts the same label/);
        assert.equal(child.kept, 1);
      } else {
        assert.match(child.said, /^Computing in float32: float16 was not compared with it/);
        assert.equal(child.kept, 0);
      }
    },
  );

  test('on the CPU float16 is refused in one line', async () => {
    const { model } = await loadClassifier(TINY);
    const asked = choosePredictor(testEngine, model, TINY, 'float16', [], silentLog);
    await assert.rejects(asked, { name: 'RowlightError', message: /^--dtype float16 is for a GPU/ });
  });

  test('answers of a stand-in are no answers of the precision that is judged', async () => {
    const { model } = await loadClassifier(TINY);
    const predictor = await createPredictor(testEngine, model);
    const standIn = { ...predictor, onDevice: () => false };
    await assert.rejects(
      judgePrecision(predictor, standIn, TEXTS, () => 0),
      (error) => RowlightError.is(error, 'unsupported'),
    );
    await predictor.dispose();
  });
}

async function childMain(cache: string): Promise<void> {
  process.env['ROWLIGHT_CACHE'] = cache;
  const { model } = await loadClassifier(TINY);
  const engine = createOnnxEngine({ providers: ['webgpu'], threads: 2, spinning: false }, 'webgpu');
  const [onDevice, answers]: [(boolean | undefined)[], (readonly number[])[]] = [[], []];
  for (const precision of ['float32', 'float16'] as const) {
    const predictor = await createPredictor(engine, model, precision);
    const [answer] = await predictor.predict([{ text: '我的护照丢了' }]);
    answers.push(answer!.probabilities);
    onDevice.push(predictor.onDevice?.());
    await predictor.dispose();
  }
  let said = '';
  const log = { ...silentLog, info: (line: string) => void (said = line) };
  await (await choosePredictor(engine, model, TINY, 'auto', TEXTS, log)).dispose();
  const kept = readdirSync(cache, { recursive: true }).filter((name) => String(name).endsWith('.json')).length;
  process.stdout.write(JSON.stringify({ exact: answers[0], rounded: answers[1], onDevice, said, kept }));
}
