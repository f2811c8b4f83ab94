/**
 * The installed VSIX on a machine without any network: server, extension host, trainer and browser run in a network namespace whose only link
 * is the loopback. This file starts itself again in there.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, hintsWhen, lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { startRun } from './support/run-form';
import { notification, palette, pressNotification, statusItem } from './support/ui';
import { isolation, links, runWithoutNetwork } from './support/without-network';
import { startWorkbench, type Workbench } from './support/workbench';

const VSIX = process.env['ROWLIGHT_OFFLINE_VSIX'];
/** For the tests in there; less than this file itself may take, so that they end with all their processes. */
const LIMIT_MS = 8 * 60_000;

if (VSIX === undefined) {
  const found = isolation();
  const skip = workbenchMissing() || ('missing' in found && found.missing);
  test('the installed VSIX without any network', { skip }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowlight-offline-'));
    try {
      const packager = join(root, 'scripts/package.mjs');
      execFileSync(process.execPath, [packager, '--no-build', '--out', folder], { stdio: 'pipe' });
      const target = `${process.platform}-${process.arch}`;
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      // Without node:test's own variable, which would make the inner run report to the outer one in its binary form.
      const env = { ...process.env };
      delete env['NODE_TEST_CONTEXT'];
      const vsix = join(folder, `rowlight-${version}-${target}.vsix`);
      const way = 'way' in found ? found.way : [];
      const limit = `--test-timeout=${LIMIT_MS}`;
      const { code, output } = await runWithoutNetwork(way, ['--test-reporter=spec', limit, '--test', __filename], {
        ...env,
        ROWLIGHT_OFFLINE_VSIX: vsix,
      });
      process.stdout.write(output);
      assert.equal(code, 0, output.slice(output.indexOf('failing tests:')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
} else inside(VSIX);

function inside(vsix: string): void {
  describe('without any network', () => {
    let workbench: Workbench;
    before(async () => {
      const rows = readFileSync(join(root, 'samples/police-desk/train.tsv'), 'utf8').split('\n').slice(0, 161);
      workbench = await startWorkbench({ files: { 'desk.tsv': `${rows.join('\n')}\n` }, extension: { vsix } });
    });
    after(() => workbench.stop());

    test('there is no way out of here', async () => {
      assert.deepEqual(links(), []);
      const outcome = await new Promise((resolve) => {
        // An address for documentation (RFC 5737): no name is looked up.
        const socket = connect({ host: '192.0.2.1', port: 443 });
        socket.once('connect', () => resolve('connected'));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
      });
      assert.equal(outcome, 'ENETUNREACH');
    });

    test('predicts at the first open, labels, trains, and predicts by the new model', async () => {
      const { page } = workbench;
      await workbench.open('desk.tsv');
      const first = await hintsWhen(
        page,
        (hints) => hints.length >= 15 && hints.every((hint) => hint.endsWith('%')),
        60_000,
      );
      await statusItem(page, /^police-desk$/);
      await clickText(page, '图纸丢了');
      await palette(page, 'Rowlight: Accept Prediction');
      await lineWith(page, '消防管理·');
      await startRun(page, { epochs: 1 });
      const told = await notification(page, /^Fine-tuned on/, 300_000);
      // So short a training makes a worse model than the one that came with Rowlight: then it is the user who decides.
      if (told.includes('Which one shall predict?')) await pressNotification(page, /Fine-tuned on/, 'Switch');
      await statusItem(page, /^\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$/, 60_000);
      await hintsWhen(page, (hints) => hints.length >= 15 && hints.join() !== first.join(), 60_000);
      await workbench.screenshot('offline');
      assert.deepEqual(workbench.complaints(), []);
    });
  });
}
