/** Which precision predicts: by what is known of a model, else by what both say of the data. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { choosePredictor } from '../../src/server/cli/choose-predictor';
import { silentLog } from '../../src/server/env';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';
import { testEngine } from '../support/model';
import { temporaryFolder } from '../support/tiny-run';

test('a verdict is found, kept and obeyed; a damaged one is found anew', async (t) => {
  const cache = temporaryFolder(t);
  const before = process.env['ROWLIGHT_CACHE'];
  process.env['ROWLIGHT_CACHE'] = cache;
  t.after(() => (before === undefined ? delete process.env['ROWLIGHT_CACHE'] : (process.env['ROWLIGHT_CACHE'] = before))); // prettier-ignore
  const said: string[] = [];
  const log = { ...silentLog, info: (line: string) => void said.push(line) };
  const { model } = await loadClassifier(join('models', 'police-desk'));
  const inputs = Array.from({ length: 600 }, (_, i) => ({ text: `第${i}次问:身份证怎么办理?` }));
  const probe = [{ text: '我的护照丢了' }];

  /** What is predicted for the probe, by the precision that `auto` chooses. */
  const automatic = async (texts = inputs) => {
    const predictor = await choosePredictor(testEngine, model, join('models', 'police-desk'), 'auto', texts, log);
    const [answer] = await predictor.predict(probe);
    await predictor.dispose();
    return answer!.probabilities;
  };
  const by = async (dtype: 'float32' | 'int8') => {
    const predictor = await createPredictor(testEngine, model, dtype);
    const [answer] = await predictor.predict(probe);
    await predictor.dispose();
    return answer!.probabilities;
  };
  const [exact, rounded] = [await by('float32'), await by('int8')];
  assert.notDeepEqual(rounded, exact);

  assert.deepEqual(await automatic(inputs.slice(0, 499)), exact, 'too few texts: float32, and nothing is kept');
  assert.deepEqual(readdirSync(cache), []);

  await automatic();
  assert.match(said.at(-1)!, /^Computing in (int8|float32): int8 gives [\d.]+ % of 500 texts the same label/);
  const [file] = readdirSync(join(cache, 'int8'));
  const path = join(cache, 'int8', file!);
  const found = JSON.parse(readFileSync(path, 'utf8')) as object;

  writeFileSync(path, JSON.stringify({ ...found, agreement: 1, moved: 0, speed: 2 }));
  assert.deepEqual(await automatic([]), rounded, 'a good verdict: int8, without a look at the data');
  assert.match(said.at(-1)!, /^Computing in int8/);
  writeFileSync(path, JSON.stringify({ ...found, agreement: 0.99, moved: 0, speed: 2 }));
  assert.deepEqual(await automatic([]), exact);
  assert.match(said.at(-1)!, /^Computing in float32/);

  writeFileSync(path, '{"texts": 500');
  await automatic();
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { texts: number }).texts, 500);
});
