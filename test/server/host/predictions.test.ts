import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowlightError } from '../../../src/server/errors';
import type { AskOptions } from '../../../src/server/host/client';
import { createPredictions } from '../../../src/server/host/predictions';
import type { Prediction, TextInput } from '../../../src/server/inference/prediction';

const model = { id: 'm', folder: 'm' };
const prediction = { label: 'a', probability: 1, probabilities: [1], truncated: false, tokens: 1 };

/** A host whose requests are answered by hand. */
class HandHost {
  readonly asked: {
    texts: string[];
    priority: string;
    signal: AbortSignal;
    answer: () => void;
    fail: (e: Error) => void;
  }[] = [];

  predict(
    _model: unknown,
    inputs: readonly TextInput[],
    { priority, signal, onValues }: AskOptions<Prediction>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new RowlightError('cancelled', 'Cancelled.')));
      const answer = (): void => {
        onValues(inputs.map((_, i) => i), inputs.map(() => prediction)); // prettier-ignore
        resolve();
      };
      this.asked.push({ texts: inputs.map(({ text }) => text), priority, signal, answer, fail: reject });
    });
  }
}

const inputs = (...texts: string[]): TextInput[] => texts.map((text) => ({ text }));
const never = (): AbortSignal => new AbortController().signal;

test('what is known or under way is not asked for again', async () => {
  const host = new HandHost();
  const predictions = createPredictions(host);
  const first = predictions.want(model, inputs('a', 'b', 'a'), 'visible', never());
  const second = predictions.want(model, inputs('b', 'c'), 'visible', never());
  assert.deepEqual(host.asked.map(({ texts }) => texts), [['a', 'b'], ['c']]); // prettier-ignore
  for (const { answer } of host.asked) answer();
  await Promise.all([first, second]);
  await predictions.want(model, inputs('a', 'c'), 'visible', never());
  assert.equal(host.asked.length, 2);
  assert.equal(predictions.get(model, { text: 'b' }), prediction);
  assert.equal(predictions.get({ id: 'retrained', folder: 'm' }, { text: 'b' }), undefined);
  assert.equal(predictions.get(model, { text: 'b', textB: '' }), prediction, 'an empty second text is none');
});

test('a hover does not wait for the rows on the screen', async () => {
  const host = new HandHost();
  const predictions = createPredictions(host);
  void predictions.want(model, inputs('a'), 'visible', never());
  const hover = predictions.want(model, inputs('a'), 'hover', never());
  assert.deepEqual(host.asked.map(({ priority }) => priority), ['visible', 'hover']); // prettier-ignore
  host.asked[1]?.answer();
  await hover;
});

test('a request is cancelled when the last who waits has gone', async () => {
  const host = new HandHost();
  const predictions = createPredictions(host);
  const [one, two] = [new AbortController(), new AbortController()];
  const first = predictions.want(model, inputs('a'), 'visible', one.signal);
  const second = predictions.want(model, inputs('a'), 'visible', two.signal);
  one.abort();
  await assert.rejects(first, { reason: 'cancelled' });
  assert.equal(host.asked[0]?.signal.aborted, false);
  two.abort();
  await assert.rejects(second, { reason: 'cancelled' });
  assert.equal(host.asked[0]?.signal.aborted, true);
  // What was cancelled is asked for anew.
  void predictions.want(model, inputs('a'), 'visible', never());
  assert.equal(host.asked.length, 2);
});

test('a failure reaches all who wait, and the next asks again', async () => {
  const host = new HandHost();
  const predictions = createPredictions(host);
  const both = [1, 2].map(() => predictions.want(model, inputs('a'), 'visible', never()));
  host.asked[0]?.fail(new RowlightError('bad-model', 'broken'));
  for (const one of both) await assert.rejects(one, { reason: 'bad-model' });
  void predictions.want(model, inputs('a'), 'visible', never());
  assert.equal(host.asked.length, 2);
});
