import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  defaultSettings,
  DEVICES,
  MAX_DEVICE_MEMORY,
  MAX_THREADS,
  parseSettings,
} from '../../../src/protocol/settings';

test('nothing set: the defaults', () => {
  for (const input of [undefined, null, {}, { hints: {} }, { model: null }]) {
    assert.deepEqual(parseSettings(input), { settings: defaultSettings, problems: [] });
  }
});

test('legal values are taken', () => {
  const input = {
    model: 'm',
    textColumn: 't',
    labelColumn: 'l',
    threads: 2,
    engine: 'tensorflow',
    device: 'cpu',
    deviceMemory: 7.5,
    dtype: 'float32',
    hubEndpoint: 'https://mirror.example',
    packageIndex: 'https://mirror.example/simple',
    server: 'http://gpu-box:8125/models/desk',
    hints: { enabled: false },
    diagnostics: { enabled: false },
  };
  assert.deepEqual(parseSettings(input), { settings: input, problems: [] });
});

test('a bad value becomes the default and a problem that names the setting', () => {
  const { settings, problems } = parseSettings({
    threads: 1.5,
    engine: 'steam',
    device: 'abacus',
    deviceMemory: -1,
    dtype: 'int8',
    hubEndpoint: 'file:///x',
    packageIndex: 'mirror.example',
    server: 'http://me:secret@gpu-box',
    hints: { enabled: 'yes' },
  });
  assert.deepEqual(settings, defaultSettings);
  assert.deepEqual(
    problems.map(({ setting }) => setting),
    [
      'rowlight.threads',
      'rowlight.engine',
      'rowlight.device',
      'rowlight.deviceMemory',
      'rowlight.dtype',
      'rowlight.hubEndpoint',
      'rowlight.packageIndex',
      'rowlight.server',
      'rowlight.hints.enabled',
    ],
  );
});

test('whatever comes in, what goes out is legal', () => {
  const keys = [
    'model',
    'textColumn',
    'labelColumn',
    'threads',
    'engine',
    'device',
    'deviceMemory',
    'dtype',
    'hubEndpoint',
    'packageIndex',
    'server',
    'hints',
    'diagnostics',
  ];
  const input = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...keys), fc.anything()));
  fc.assert(
    fc.property(input, (value) => {
      const { settings } = parseSettings(value);
      assert.ok(Number.isInteger(settings.threads) && settings.threads >= 0 && settings.threads <= MAX_THREADS);
      assert.ok(DEVICES.includes(settings.device));
      assert.ok(settings.deviceMemory >= 0 && settings.deviceMemory <= MAX_DEVICE_MEMORY);
      assert.equal(typeof settings.hints.enabled, 'boolean');
      assert.equal(typeof settings.diagnostics.enabled, 'boolean');
      for (const text of [settings.model, settings.textColumn, settings.labelColumn])
        assert.equal(typeof text, 'string');
    }),
  );
});
