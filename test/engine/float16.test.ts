/** Float16 on a GPU counts only where the GPU computed it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { choosePredictor } from '../../src/server/cli/choose-predictor';
import { silentLog } from '../../src/server/env';
import { selectEngine } from '../../src/server/engine/select';
import { RowlightError } from '../../src/server/errors';
import { judgePrecision } from '../../src/server/inference/judge-precision';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { GOLDEN, testEngine } from '../support/model';
import { temporaryFolder } from '../support/tiny-run';
import { runAgain, vulkanForFloat16 } from './support/vulkan';

/** Set in the process that this file starts as its own child, with a software Vulkan driver. */
const CHILD = 'ROWLIGHT_TEST_FLOAT16';
const TINY = join(process.cwd(), GOLDEN, 'tiny');
const TEXTS = Array.from({ length: 500 }, (_, i) => ({ text: `第${i}次问：${'我的护照丢了'.repeat(i % 3)}` }));

interface FromChild {
  readonly exact: readonly number[];
  readonly rounded: readonly number[];
  /** Whether the GPU computed each. */
  readonly onDevice: readonly (boolean | undefined)[];
  /** Whether the trial of the device saw it compute float16. */
  readonly float16: boolean;
  /** What was said of the choice. */
  readonly said: string;
  /** Verdicts that were kept. */
  readonly kept: number;
  /** What was said to somebody who asked for float16; empty where he got it. */
  readonly refused: string;
}

if (process.env[CHILD] !== undefined) {
  void childMain(process.env[CHILD]);
} else {
  const vulkan = vulkanForFloat16();
  const skip =
    vulkan === undefined && 'no Vulkan driver: `npm run setup -- workbench` brings Chromium, which has one in software';
  test('float16 on a GPU is judged where the GPU computes it, and nowhere else', { skip }, async (t) => {
    const child = await runAgain<FromChild>(__filename, { ...vulkan, [CHILD]: temporaryFolder(t) });
    t.diagnostic(JSON.stringify(child));
    assert.equal(child.onDevice[0], true, 'float32');
    child.exact.forEach((value, i) => assert.ok(Math.abs(value - child.rounded[i]!) < 0.05));
    assert.equal(child.float16, child.onDevice[1], 'the trial sees what comes of it');
    if (child.float16) {
      assert.notDeepEqual(child.rounded, child.exact);
      assert.match(child.said, /^Computing in float(16|32): float16 gives [\d.]+ % of 500 texts the same label/);
      assert.deepEqual([child.kept, child.refused], [1, '']);
    } else {
      assert.deepEqual([child.said, child.kept], ['', 0]);
      assert.equal(
        child.refused,
        '--dtype float16 is not what webgpu has here (rowlight doctor says why); leave it out',
      );
    }
  });

  test("float16 computes float32's answers, rounded", async () => {
    const { model } = await loadClassifier(join('models', 'police-desk'));
    const [float32, float16] = [
      await createPredictor(testEngine, model),
      // The CPU has operators for it, however slow, so that the graph itself is judged on any machine.
      await createPredictor(testEngine, model, 'float16'),
    ];
    const verdict = await judgePrecision(float32, float16, TEXTS, () => 0);
    assert.ok(verdict.agreement >= 0.995, JSON.stringify(verdict));
    assert.ok(verdict.moved > 0 && verdict.moved < 0.002, JSON.stringify(verdict));
    await float32.dispose();
    await float16.dispose();
  });

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
  const engine = await selectEngine({ device: 'webgpu', threads: 2 });
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
  const kept = existsSync(join(cache, 'float16')) ? readdirSync(join(cache, 'float16')).length : 0;
  const refused = await choosePredictor(engine, model, TINY, 'float16', [], log).then(
    (predictor) => predictor.dispose().then(() => ''),
    (error: Error) => error.message,
  );
  const float16 = engine.float16 === true;
  process.stdout.write(
    JSON.stringify({
      exact: answers[0]!,
      rounded: answers[1]!,
      onDevice,
      float16,
      said,
      kept,
      refused,
    } satisfies FromChild),
  );
}
