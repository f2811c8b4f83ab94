import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelName } from '../../../src/protocol/hub';

test('a model of the hub is called by its name there, any other by its folder', () => {
  const commit = '0123456789abcdef0123456789abcdef01234567';
  assert.equal(modelName(`/home/x/.cache/huggingface/hub/models--hfl--rbt3/snapshots/${commit}`), 'hfl/rbt3');
  assert.equal(modelName(`C:\\hub\\models--hfl--rbt3\\snapshots\\${commit}`), 'hfl/rbt3');
  assert.equal(modelName(`/models/snapshots/${commit}`), commit);
  assert.equal(modelName('/models/zh-mini/'), 'zh-mini');
  assert.equal(modelName('zh-mini'), 'zh-mini');
});
