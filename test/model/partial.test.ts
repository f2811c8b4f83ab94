import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEADS } from '../../src/server/model/config';
import { isTrained } from '../../src/server/model/partial';
import type { Weight } from '../../src/server/model/tensor-map';
import { fillFresh, isHeadWeight } from '../../src/server/model/weights';
import { CROSS_ENTROPY } from '../../src/server/training/losses/loss';
import { createPartialStepper } from '../../src/server/training/partial-stepper';
import { createRandom } from '../../src/server/training/random';
import { createStepper } from '../../src/server/training/stepper';
import { type GoldenBatch, batchOf, goldenJson, goldenModel, largestDifference, testEngine } from '../support/model';

const { cases } = goldenJson<{ cases: GoldenBatch[] }>('cases.json');
const LABELS = 5;

for (const head of HEADS) {
  for (const upper of [0, 1, 2]) {
    test(`head ${head} with the last ${upper} layers: gradients, loss and logits are those of the whole model`, async () => {
      const golden = goldenModel('tiny-encoder');
      const config = { ...golden.config, head, hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0 };
      const from = config.layers - upper;
      const make = () => {
        const random = createRandom(3, 1);
        const encoder = [...golden.weights].filter(([name]) => !isHeadWeight(name));
        const copies = encoder.map(([name, { shape, data }]): [string, Weight] => [
          name,
          { shape, data: data.slice() },
        ]);
        return fillFresh(new Map(copies), config, LABELS, () => random.float());
      };
      const settings = { seed: 1, loss: CROSS_ENTROPY, memoryBudget: 1e9 };
      const whole = createStepper(testEngine, config, make(), settings);
      const partial = createPartialStepper(testEngine, config, make(), from, settings);
      const before = new Map([...partial.weights].map(([name, { data }]) => [name, data.slice()]));
      const batch = batchOf(cases[1]!);
      assert.ok(largestDifference(await partial.logits(batch), [...(await whole.logits(batch))]) < 1e-5);
      const [own, full] = [await partial.step(batch, 1e-3), await whole.step(batch, 1e-3)];
      assert.ok(Math.abs(own.loss - full.loss) < 1e-5);
      // Gradients are left where the optimizer read them.
      const overall = Math.max(...[...whole.optimizer.gradients.values()].map((g) => largestDifference(g, new Float32Array(g.length)))); // prettier-ignore
      for (const [name, gradient] of partial.optimizer.gradients) {
        const expected = whole.optimizer.gradients.get(name)!;
        assert.ok(largestDifference(gradient, expected) <= 1e-5 * Math.max(1, overall), name);
      }
      for (const [name, { data }] of partial.weights) {
        const moved = largestDifference(data, before.get(name)!) > 0;
        // The key's bias and the score's have no gradient by construction, which may round to exactly 0.
        if (!isTrained(name, from)) assert.ok(!moved, `${name} was not to be trained`);
        else if (name.endsWith('.weight')) assert.ok(moved, `${name} was to be trained`);
      }
      assert.deepEqual([...partial.weights.keys()], [...whole.weights.keys()]);
      // What is kept of a text does not change when it comes again, in another batch or beyond the memory allowed.
      const poor = createPartialStepper(testEngine, config, make(), from, { ...settings, memoryBudget: 0 });
      const first = await poor.logits(batch);
      assert.deepEqual(await poor.logits(batch), first);
      for (const stepper of [whole, partial, poor]) await stepper.dispose();
    });
  }
}
