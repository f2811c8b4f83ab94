/** A `rowlight serve` of somebody's in the real workbench: nothing before consent, its key, its predictions, gone and back again. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { openGateway, type Gateway } from '../server/remote/gateway';
import { startServer, type Served } from '../server/serve/support';
import { test } from './support/case';
import { hintsWhen, hover, lineWith, visibleLines } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import {
  notification,
  notifications,
  palette,
  pressNotification,
  statusHover,
  statusItem,
  typeInput,
} from './support/ui';
import { actUntil, TRY_MS, until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

const QUESTION = /Send rows of your files to http:\/\/127\.0\.0\.1:\d+, so that its model predicts them\?/;
const KEY = 'a-key-of-some-length';

describe('the server of rowlight.server', { skip }, () => {
  const ends: (() => unknown)[] = [];
  const life = { after: (end: () => unknown) => void ends.unshift(end) };
  let server: Served;
  let workbench: Workbench;
  /** What the setting names: the address stays while the server behind comes and goes, and every request is seen. */
  let gateway: Gateway;
  let serve: () => Promise<Served>;
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rowlight-key-'));
    life.after(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'key'), `${KEY}\n`);
    serve = () => startServer(life, 'models/police-desk', '--api-key-file', join(folder, 'key'));
    server = await serve();
    gateway = await openGateway(life, server.port);
    workbench = await startWorkbench({
      copyOf: 'samples/police-desk',
      machineSettings: { 'rowlight.server': gateway.url },
    });
    life.after(() => workbench.stop());
  });
  after(async () => {
    for (const end of ends) await end();
  });

  test('is sent nothing before the user allows it, asks for its key, and predicts then', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await notification(page, QUESTION, 60_000);
    // Until then, and after "Not Now", it is as if none was named.
    await statusItem(page, /^police-desk$/, 60_000);
    await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    await workbench.screenshot('remote-consent');
    await pressNotification(page, QUESTION, 'Not Now');
    await until(
      'the question to go',
      () => notifications(page),
      (texts) => !texts.some((text) => QUESTION.test(text)),
    );
    assert.match(await statusHover(page, /police-desk/, /not used/), /Retry Model.*asks again/);
    await workbench.screenshot('remote-not-now');
    assert.deepEqual(gateway.seen, []);

    await palette(page, 'Rowlight: Retry Model');
    await notification(page, QUESTION);
    assert.deepEqual(gateway.seen, []);
    await pressNotification(page, QUESTION, 'Allow');
    await page.locator('.quick-input-title:visible', { hasText: 'wants a key' }).waitFor();
    await workbench.screenshot('remote-key');
    assert.deepEqual(gateway.posts(), []);
    await typeInput(page, KEY);
    await statusItem(page, /^police-desk @ 127\.0\.0\.1:\d+$/, 60_000);
    await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    const [line = ''] = (await lineWith(page, '%')).split('%').slice(1);
    assert.match(await hover(page, line.trim().slice(0, 6), /Model: police-desk @ 127/), /█/);
    await workbench.screenshot('remote-hints');
    assert.ok(gateway.posts().length > 0);
    assert.deepEqual(workbench.complaints(), []);
  });

  test('is remembered; where it stops the status says so, and where it is back so are the hints', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /^police-desk @ 127\.0\.0\.1:\d+$/, 60_000);
    await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    server.child.kill();
    await server.ended;
    // None of the rows of this file was predicted before.
    await actUntil(
      'the other file',
      () =>
        page.locator('.explorer-viewlet .monaco-list-row', { hasText: 'dev.tsv' }).first().click({ timeout: TRY_MS }),
      () => visibleLines(page),
      (lines) => lines.some((line) => line.includes('身份证上的地址太老了')),
    );
    await statusItem(page, /^127\.0\.0\.1:\d+: unreachable$/, 60_000);
    assert.match(await statusHover(page, /unreachable/, /can not be reached/), /It is tried again by itself/);
    await workbench.screenshot('remote-unreachable');
    await hintsWhen(page, (hints) => hints.length === 0);
    server = await serve();
    gateway.target = server.port;
    await statusItem(page, /^police-desk @ 127\.0\.0\.1:\d+$/, 120_000);
    await hintsWhen(page, (hints) => hints.length >= 15, 60_000);
    await workbench.screenshot('remote-back');
    assert.deepEqual(workbench.complaints(), []);
  });
});
