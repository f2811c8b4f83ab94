import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { downloadModel } from '../../src/server/download/download-model';
import { partsFor, startHub } from '../support/hub-server';
import { temporaryFolder } from '../support/tiny-run';

/** The Python of the environment that `npm run test:parity` sets up. */
const python = process.env.ROWLIGHT_PARITY_PYTHON;

const LOOK = `
import sys
from huggingface_hub import snapshot_download
print(snapshot_download("someone/tiny", cache_dir=sys.argv[1], local_files_only=True))
`;

test(
  'what is downloaded here is found by huggingface_hub without a network',
  { skip: python === undefined && 'npm run test:parity brings torch and transformers' },
  async (t) => {
    const cache = temporaryFolder(t);
    const hub = await startHub('someone/tiny', {
      'config.json': new TextEncoder().encode('{}'),
      'model.safetensors': new Uint8Array(40_000).fill(3),
    });
    t.after(() => hub.close());
    const folder = await downloadModel('someone/tiny', 'main', partsFor(hub, cache));
    assert.equal(execFileSync(python!, ['-c', LOOK, cache], { encoding: 'utf8' }).trim(), folder);
  },
);
