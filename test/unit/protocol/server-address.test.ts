import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseServerAddress } from '../../../src/protocol/server-address';

test('machine, port, a path before the routes, and one of several models', () => {
  const cases: [string, string, string | undefined, string][] = [
    ['http://gpu-box:8125', 'http://gpu-box:8125', undefined, 'gpu-box:8125'],
    ['http://gpu-box:8125/', 'http://gpu-box:8125', undefined, 'gpu-box:8125'],
    ['https://box.example/rowlight/', 'https://box.example/rowlight', undefined, 'box.example'],
    ['http://[::1]:8125/models/desk', 'http://[::1]:8125', 'desk', '[::1]:8125'],
    ['https://box.example/a/models/%E6%A1%8C%2F1/', 'https://box.example/a', '桌/1', 'box.example'],
  ];
  for (const [setting, root, model, host] of cases)
    assert.deepEqual(parseServerAddress(setting), { root, model, host }, setting);
});

test('what is none: other schemes, passwords, queries, broken escapes', () => {
  for (const setting of [
    '',
    'gpu-box',
    'gpu-box:8125',
    'ftp://gpu-box',
    'file:///etc',
    'http://',
    'http://me:secret@gpu-box',
    'http://me@gpu-box',
    'http://gpu-box?key=1',
    'http://gpu-box#x',
    'http://gpu-box?',
    'http://gpu-box/models/%zz',
    `http://${'x'.repeat(3000)}`,
  ])
    // prettier-ignore
    assert.equal(parseServerAddress(setting), undefined, setting);
});

test('whatever is written, a root is an origin with a path and reads as itself', () => {
  const part = fc.oneof(fc.string(), fc.constantFrom('/', 'models', '/models/', '%2f', '..', '@', '?'));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      const found = parseServerAddress(`http://box/${parts.join('')}`);
      if (!found) return;
      assert.match(found.root, /^http:\/\/box(\/|$)/);
      assert.doesNotMatch(found.root, /[?#]|\/$/);
    }),
  );
});
