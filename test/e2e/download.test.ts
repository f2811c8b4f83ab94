/** A model from a hub on this machine in the real workbench: chosen, brought, offered as a base; and CUDA from an index of packages. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { type HubServer, startHub } from '../support/hub-server';
import { GOLDEN } from '../support/model';
import { type PackageIndex, makeWheel, startIndex } from '../support/package-index';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import {
  ask,
  choose,
  notification,
  pick,
  pressNotification,
  quickInputRows,
  statusItem,
  typeInput,
} from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

const NAME = 'someone/tiny';
const TITLE = 'Rowlight: Download Model';

describe('a model from the hub', { skip }, () => {
  let hub: HubServer;
  let workbench: Workbench;
  let index: PackageIndex;
  let cache: string;
  const files = ['config.json', 'model.safetensors', 'vocab.txt', 'tokenizer_config.json'];
  const content = (file: string) => new Uint8Array(readFileSync(join(root, GOLDEN, 'tiny', file)));
  before(async () => {
    hub = await startHub(NAME, Object.fromEntries(files.map((file) => [file, content(file)])));
    cache = mkdtempSync(join(tmpdir(), 'rowlight-cache-'));
    index = await startIndex([makeWheel('onnxruntime-gpu', '0.0.1', { 'some.so': new Uint8Array(9) })]);
    workbench = await startWorkbench({
      copyOf: 'samples/police-desk',
      machineSettings: { 'rowlight.hubEndpoint': hub.endpoint, 'rowlight.packageIndex': index.address },
      env: { ROWLIGHT_CACHE: cache },
    });
  });
  after(async () => {
    await workbench.stop();
    await hub.close();
    await index.close();
    rmSync(cache, { recursive: true, force: true });
  });

  test('is chosen from a list or by its name, and is then a base of Fine-Tune', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await statusItem(page, /police-desk/, 60_000);
    const list = await ask(page, TITLE, (rows) => rows.some((row) => row.includes('hfl/rbt3')));
    assert.ok(list.some((row) => /hfl\/rbt3.*156 MB · Apache-2\.0/s.test(row)));
    await workbench.screenshot('download-list');
    await choose(page, TITLE, 'Another…');
    await page.locator('.quick-input-message:visible', { hasText: 'Its name on the hub' }).waitFor();
    await typeInput(page, NAME);
    await notification(
      page,
      /^someone\/tiny is here, a classifier of 5 labels; Use Model and Fine-Tune offer it\.$/,
      60_000,
    );
    await workbench.screenshot('download-done');
    await pressNotification(page, /is here/, 'Fine-Tune…');
    const shows = (text: string) =>
      until(
        `"${text}"`,
        () => quickInputRows(page),
        (rows) => rows.some((row) => row.includes(text)),
        60_000,
      );
    await shows('Base model…');
    await pick(page, 'Base model…');
    await shows(NAME);
    await pick(page, NAME);
    await until(
      'the form with that base',
      () => quickInputRows(page),
      (rows) => rows.some((row) => row.includes('Base model…') && row.includes(NAME)),
    );
    await workbench.screenshot('download-base');
    assert.deepEqual(workbench.complaints(), []);
  });

  test('that the hub has not is told in one line', async () => {
    const { page } = workbench;
    await choose(page, TITLE, 'Another…');
    await page.locator('.quick-input-message:visible', { hasText: 'Its name on the hub' }).waitFor();
    await typeInput(page, 'no/body');
    await notification(page, /no\/body: .* has no such model/, 60_000);
  });

  const cuda = process.platform === 'linux' && process.arch === 'x64' ? {} : { skip: 'CUDA is for Linux x64' };
  test(
    'what CUDA needs is shown with its size; an index without it is told in one line; a half is removed',
    cuda,
    async () => {
      const { page } = workbench;
      const title = 'Rowlight: Set Up CUDA';
      mkdirSync(join(cache, 'cuda', 'downloads'), { recursive: true });
      writeFileSync(join(cache, 'cuda', 'downloads', 'half.whl.incomplete'), new Uint8Array(1_500_000));
      const rows = await ask(page, title, (rows) => rows.some((row) => row.includes('Remove CUDA')));
      assert.ok(
        rows.some((row) => /Fetch What Is Missing.* MB.*CUDA provider/s.test(row)),
        rows.join(),
      );
      assert.ok(rows.some((row) => row.includes('Take It from a File…')));
      await workbench.screenshot('cuda-list');
      await pick(page, 'Fetch What Is Missing');
      await notification(page, /\/onnxruntime-gpu\/ has no onnxruntime_gpu-.*; choose another mirror/, 60_000);
      await workbench.screenshot('cuda-no-file');
      await choose(page, title, 'Remove CUDA');
      await notification(page, /^CUDA is removed: 2 MB are free again\.$/, 60_000);
      assert.ok(!existsSync(join(cache, 'cuda')));
    },
  );
});
