import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Settings, defaultSettings } from '../../../src/protocol/settings';
import { machineArguments } from '../../../src/protocol/train-command';
import type { Trainer } from '../../../src/server/host/trainer';
import { onMachine } from '../../../src/server/lsp/trainer-machine';
import { cli } from '../../support/cli';

test('the editor trains and measures on what the settings name at the start; what is only moved needs no engine', async () => {
  const asked: (readonly string[])[] = [];
  const ask = (args: readonly string[]) => Promise.resolve(void asked.push(args));
  const trainer = { start: ask, measure: ask, command: ask } as unknown as Trainer;
  let settings: Settings = defaultSettings;
  const { start, measure, command } = onMachine(trainer, () => Promise.resolve(settings));
  const { signal } = new AbortController();
  await start(['train', 'a.tsv'], '/runs/r', () => undefined);
  settings = { ...settings, device: 'cuda', deviceMemory: 6.5 };
  await measure(['train', 'a.tsv', '--estimate'], signal);
  settings = { ...defaultSettings, device: 'cpu' };
  await start(['crossval', 'a.tsv'], '/runs/r', () => undefined);
  settings = { ...settings, engine: 'tensorflow', device: 'webgpu' };
  await start(['pretrain', 'a.tsv'], '/runs/r', () => undefined);
  await command(['export', 'm', 'folder'], signal, () => undefined);
  assert.deepEqual(asked, [
    ['train', 'a.tsv', '--device', 'auto'],
    ['train', 'a.tsv', '--estimate', '--device', 'cuda', '--device-memory', '6.5'],
    ['crossval', 'a.tsv'],
    ['pretrain', 'a.tsv', '--engine', 'tensorflow'],
    ['export', 'm', 'folder'],
  ]);
});

test('whatever trains takes these arguments', async () => {
  const all = [
    ...machineArguments({ engine: 'onnx', device: 'webgpu', deviceMemory: 0.5 }),
    ...machineArguments({ engine: 'tensorflow', device: 'auto', deviceMemory: 0 }),
  ].filter((word) => word.startsWith('--'));
  for (const command of ['train', 'crossval', 'grid', 'pretrain']) {
    const { stdout } = await cli([command, '--help']);
    for (const option of all) assert.match(stdout, new RegExp(`^ +${option} `, 'm'), `${command} ${option}`);
  }
});
