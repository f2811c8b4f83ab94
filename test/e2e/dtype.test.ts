/** The status item of a model that computes in int8, in the real workbench: what it says, and what is gained and lost by it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { readModelConfig } from '../../src/server/model/model-folder';
import { nodeFiles } from '../../src/server/node-files';
import { writeVerdict } from '../../src/server/runs/verdict-cache';
import { test } from './support/case';
import { hintsWhen } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { statusHover, statusItem } from './support/ui';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

describe('a model that is faster in int8', { skip }, () => {
  let workbench: Workbench;
  const cache = mkdtempSync(join(tmpdir(), 'rowlight-dtype-'));
  before(async () => {
    // Found before, as by a comparison in a quiet moment: how fast a machine is at the time would decide else.
    process.env['ROWLIGHT_CACHE'] = cache;
    const folder = join(root, 'models/police-desk');
    const { rowlight } = await readModelConfig(nodeFiles, folder);
    const temperature = rowlight?.calibration?.temperature;
    await writeVerdict({ folder, temperature }, { texts: 500, agreement: 0.998, moved: 0.004, speed: 2.14 });
    workbench = await startWorkbench({
      copyOf: 'samples/police-desk',
      settings: { 'rowlight.dtype': 'auto' },
      env: { ROWLIGHT_CACHE: cache },
    });
  });
  after(async () => {
    await workbench.stop();
    rmSync(cache, { recursive: true, force: true });
  });

  test('says so behind its name, with the gain and the answers that stay', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /^police-desk · int8$/, 60_000);
    await hintsWhen(page, (hints) => hints.filter((hint) => hint.endsWith('%')).length >= 15, 60_000);
    const text = await statusHover(page, /police-desk · int8/, /float32/);
    assert.match(text, /int8, 2\.1 × as fast as float32, 99\.8% agree/);
    await workbench.screenshot('dtype-int8');
    assert.deepEqual(workbench.complaints(), []);
  });
});
