/** Start Server and Stop Server in the real workbench: chosen, asked over HTTP, stopped. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import { ask, choose, notification, notifications, pressNotification, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

describe('a model is served from the palette', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  test('asks which and where, answers requests, and stops', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    await ask(page, 'Rowlight: Start Server', (rows) => rows.some((row) => row.includes('police-desk')));
    await workbench.screenshot('serve-models');
    await choose(page, 'Rowlight: Start Server', 'police-desk');
    await page.locator('.quick-input-message:visible', { hasText: 'Port on this machine' }).waitFor();
    await typeInput(page, '0');
    const started = /police-desk is served at http:\/\/127\.0\.0\.1:\d+ until this window closes\./;
    await notification(page, started, 120_000);
    await workbench.screenshot('serve-started');
    const said = (await notifications(page)).find((text) => started.test(text))!;
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)![0];
    await statusItem(page, new RegExp(new URL(address).port));
    const answer = await fetch(`${address}/classify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ texts: ['身份证丢了怎么补办'] }),
    });
    const { results } = (await answer.json()) as { results: { label: string }[] };
    assert.deepEqual(
      results.map(({ label }) => label),
      ['户政管理'],
    );
    await pressNotification(page, started, 'Stop Server');
    await notification(page, /^police-desk is no longer served\.$/, 60_000);
    await until(
      'nothing listens any more',
      () =>
        fetch(`${address}/health`).then(
          () => true,
          () => false,
        ),
      (listens) => !listens,
    );
    await workbench.screenshot('serve-stopped');
    assert.deepEqual(workbench.complaints(), []);
  });
});
