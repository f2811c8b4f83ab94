import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderChoices } from '../../../src/extension/labelling/order-choices';
import { createSpeed } from '../../../src/extension/labelling/speed';
import { percent } from '../../../src/protocol/percent';

test('a likely prediction comes first, then what was used last, then the rest by probability', () => {
  const choices = [
    { name: 'a', probability: 0.7 },
    { name: 'b', probability: 0.2 },
    { name: 'c', probability: 0.1 },
    { name: 'd' },
  ];
  const order = (recent: string[], of = choices): string =>
    orderChoices(of, recent)
      .map(({ choice, group }) => `${choice.name}:${group[0] ?? ''}`)
      .join(' ');
  assert.equal(order([]), 'a:p b:o c:o d:o');
  assert.equal(order(['d', 'a', 'gone', 'c']), 'a:p d:r c:r b:o');
  const unsure = choices.map((choice) => ({ ...choice, probability: 0.25 }));
  assert.equal(order(['c'], unsure), 'c:r a:o b:o d:o');
  assert.equal(order(['d'], [{ name: 'c' }, { name: 'd' }] as typeof choices), 'd:r c:o');
});

test('speed is taken over the last acts, and begins anew after a rest', () => {
  const speed = createSpeed();
  assert.equal(speed.perMinute(), undefined);
  for (let i = 0; i < 100; i++) speed.add(i * 2000);
  assert.equal(speed.perMinute(), 30);
  speed.add(1_000_000);
  assert.equal(speed.perMinute(), undefined);
  speed.add(1_001_000);
  assert.equal(speed.perMinute(), 60);
});

test('100 % is never said of less than 99.95', () => {
  assert.deepEqual([0.001, 0.5, 0.994, 0.9949, 0.9994, 0.9995].map(percent), [
    '<1%',
    '50%',
    '99%',
    '99%',
    '99.9%',
    '100%',
  ]);
});
