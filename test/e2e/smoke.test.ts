/** Proves the harness itself, with a tiny extension (test/fixtures/probe-extension) that has one of everything that the helpers look at. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { test } from './support/case';
import { clickText, editorKeys, hintsWhen, hover, lineWith, visibleLines } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { ask, notification, palette, pick, pressNotification, statusItem, typeInput } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const TEXT = 'first line\n第二行：夜间施工噪音很大\nthird\tline\n';

describe('the workbench', { skip: workbenchMissing() }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({
      extension: { folder: join(root, 'test', 'fixtures', 'probe-extension') },
      files: { 'plain.txt': TEXT, 'sub/other.txt': 'another file' },
    });
  });
  after(() => workbench.stop());

  test('shows the lines, hints and hovers of a file', async () => {
    const { page } = workbench;
    await workbench.open('plain.txt');
    await until('the lines', () => visibleLines(page), (lines) => /^first line.*\n第二行：夜间施工噪音很大/.test(lines.join('\n'))); // prettier-ignore
    assert.match(await lineWith(page, 'third'), /^third +line/);
    const expected = ['10 characters', '12 characters', '10 characters'];
    assert.deepEqual(await hintsWhen(page, (hints) => hints.length === expected.length), expected);
    await hover(page, '间', /^character 5 of line 1$/);
    await workbench.screenshot('smoke');
    assert.ok(existsSync(join(root, '.cache', 'screenshots', 'smoke.png')));
  });

  test('runs a command, answers its questions and its notification', async () => {
    const { page } = workbench;
    await ask(page, 'Probe: Ask', (rows) => rows.join() === 'red,green');
    await pick(page, 'green');
    await typeInput(page, '小明');
    assert.equal(await notification(page, /^Hello/), 'Hello green 小明');
    await pressNotification(page, /Hello/, 'Enough');
    assert.equal(await statusItem(page, /^Probe: [^i]/), 'Probe: Enough');
  });

  test('types and writes the file', async () => {
    const { page } = workbench;
    await clickText(page, '夜间');
    await editorKeys(page, 'Home');
    await page.keyboard.type('X');
    await lineWith(page, 'X第二行');
    await palette(page, 'File: Save');
    const saved = TEXT.replace('第', 'X第');
    await until(
      'the file on disk',
      async () => readFileSync(join(workbench.workspace, 'plain.txt'), 'utf8'),
      (text) => text === saved,
    );
    const ofProbe = workbench.consoleErrors.filter((message) => message.includes('rowlight-tests.probe'));
    assert.deepEqual(ofProbe, []);
  });

  test('survives a reload of the window and opens another file', async () => {
    await workbench.reload();
    await lineWith(workbench.page, 'X第二行');
    await workbench.open('sub/other.txt');
    await lineWith(workbench.page, 'another file');
  });
});
