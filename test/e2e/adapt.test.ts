/** A model is adapted to the sample in the real workbench: the form with its estimate, the run in the tree, curve and fill-ins, and whether it helped the labels. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { MetricsLine } from '../../src/protocol/runs';
import { latestAttempt, readMetrics } from '../../src/server/runs/metrics';
import { summarize } from '../../src/server/runs/list';
import { test } from './support/case';
import { root, workbenchMissing } from './support/installed';
import { fillNumbers } from './support/run-form';
import { showRuns } from './support/runs-view';
import { ask, choose, notification, palette, pick, pressNotification, quickInputRows, statusItem } from './support/ui';
import { again, TRY_MS, until } from './support/wait';
import { webview } from './support/webview';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() ||
  (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build') ||
  (!existsSync(join(root, 'models/zh-mini')) && 'models/zh-mini is not there');

const TITLE = 'Rowlight: Adapt Model to This Data Set';
/** Enough that the small model gets better at guessing: epochs, rate, length, sequences of a step. */
const NUMBERS = ['3', '5e-4', '32', '16'];
/** Too few to be good: whether both runs are told is what counts. */
const TUNED = ['1', '5e-4', '32', '32'];
/** Limit of what computes: a build machine may be ten times slower. */
const LONG_MS = 300_000;

const percent = (share: number | undefined): string => `${(100 * share!).toFixed(1)}%`;

describe('adapting a model', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({ copyOf: 'samples/police-desk' });
  });
  after(() => workbench.stop());

  const folderOf = (kind: 'runs' | 'pretraining'): string => join(workbench.workspace, '.rowlight', kind);
  const namesIn = (kind: 'runs' | 'pretraining'): string[] =>
    readdirSync(folderOf(kind))
      .filter((name) => /^\d{4}-/.test(name))
      .sort();
  /** The one adaptation. */
  const adapted = (): string => join(folderOf('pretraining'), namesIn('pretraining')[0] ?? '');
  type Masked = Extract<MetricsLine, { event: 'masked' }>;
  const judged = async (): Promise<Masked[]> =>
    latestAttempt(await readMetrics(adapted())).filter((line) => line.event === 'masked');
  /** The lines of the tree of runs. */
  const tree = async (): Promise<string[]> => {
    const lines = await workbench.page.locator('.sidebar .pane .monaco-list-row').allInnerTexts();
    return lines.map((line) => line.replaceAll('\n', ' '));
  };

  async function openSample(): Promise<void> {
    await workbench.open('train.tsv');
    // The sample's model, later that of a run.
    await statusItem(workbench.page, /police-desk|^\d{4}-/, 60_000);
  }

  /** The page in the editor, without the row card beside it, which is a webview, too. */
  async function alone(): Promise<ReturnType<typeof webview>> {
    await palette(workbench.page, 'View: Show Explorer');
    return webview(workbench.page);
  }

  /** Opens the form of a command on the active file and sets its numbers. */
  async function fillForm(open: () => Promise<unknown>, numbers: readonly string[], line: string): Promise<void> {
    const { page } = workbench;
    await again(
      async () => {
        await open();
        await fillNumbers(page, numbers);
        const rows = () => quickInputRows(page);
        await until('the form with its numbers', rows, (seen) => seen.some((row) => row.includes(line)), TRY_MS);
      },
      () => page.keyboard.press('Escape'),
    );
  }

  test('the form says what would be read and what it would take, and starts the run', async () => {
    const { page } = workbench;
    await openSample();
    await showRuns(page);
    const open = () => ask(page, TITLE, (rows) => rows.some((row) => row.includes('Advanced…')));
    await fillForm(open, NUMBERS, 'learning rate 0.0005, length 32, batch size 16');
    const rows = await until(
      'the estimate',
      () => quickInputRows(page),
      (seen) => seen.some((row) => /about \d+:\d\d for \d+ steps, [\d.]+ GB of memory at most/.test(row)),
      LONG_MS,
    );
    const said = (pattern: RegExp) => assert.ok(rows.some((row) => pattern.test(row)), rows.join('\n')); // prettier-ignore
    said(/\d+ rows without a label/);
    said(/\d+ texts to learn from, \d+ held out/);
    said(/Left out…\s*dev\.tsv, test\.tsv/);
    said(/rowlight pretrain .*--rows unlabelled/);
    await workbench.screenshot('adapt-form');
    await pick(page, 'Start');
    await notification(page, /Pre-training on train\.tsv: .*(reading|looking|preparing|step)/, LONG_MS);
    await until('the run in the tree', tree, (lines) => lines.some((line) => /train\.tsv.*(step [1-9]\d* of \d+ · loss|masked)/.test(line)), LONG_MS); // prettier-ignore
    await workbench.screenshot('adapt-running');
  });

  test('its end says how much better the texts are known; the page shows the curve and what is filled in', async () => {
    const { page } = workbench;
    const message = await notification(page, /Adapted to train\.tsv/, LONG_MS);
    await workbench.screenshot('adapt-end');
    const lines = await judged();
    const best = lines.reduce((one, other) => (other.loss < one.loss ? other : one));
    const perplexity = ({ loss }: Masked) => (Math.exp(loss) < 100 ? Math.exp(loss).toFixed(2) : Math.round(Math.exp(loss)).toLocaleString('en-US')); // prettier-ignore
    assert.equal(lines[0]!.step, 0);
    assert.ok(
      message.includes(
        `masked accuracy ${percent(best.accuracy)}, before ${percent(lines[0]!.accuracy)}; ` +
          `perplexity ${perplexity(best)}, before ${perplexity(lines[0]!)}`,
      ),
      message,
    );
    assert.ok(best.loss < lines[0]!.loss - 0.5, 'it learnt from the texts');
    await pressNotification(page, /Adapted to train\.tsv/, 'Show Metrics');
    const content = await alone();
    await until(
      'the scores',
      () => content.locator('.tile strong').allInnerTexts(),
      (seen) => seen[0] === percent(best.accuracy) && seen[1] === perplexity(best),
    );
    await content.locator('.figure.masked-accuracy canvas').waitFor();
    await until('the texts', () => content.locator('.fill-in .sentence mark').count(), (count) => count >= 3); // prettier-ignore
    assert.ok((await content.locator('.fill-in .place li').count()) >= 9, 'the likeliest tokens of each place');
    await workbench.screenshot('adapt-metrics');
    const curve = content.locator('.figure.masked-accuracy');
    await curve.locator('.toggle').click();
    const cells = () => curve.locator('tbody tr').allInnerTexts();
    await until('a row for each judgement', cells, (seen) => seen.length === lines.length);
    await curve.locator('.toggle').click();
    await content.locator('.fill-ins').scrollIntoViewIfNeeded();
    await workbench.screenshot('adapt-fill-ins');
  });

  test('fine-tuned, it is compared with the model as it was, by the same numbers and seed', async () => {
    const { page } = workbench;
    await openSample();
    await showRuns(page);
    const open = () => choose(page, 'Rowlight: Fine-tune a Pre-trained Model', 'train.tsv');
    await fillForm(open, TUNED, 'epochs 1, learning rate 0.0005, length 32');
    await pick(page, 'Start');
    await notification(page, /Did adapting help the labels\? Fine-tune zh-mini as it was/, LONG_MS);
    await workbench.screenshot('adapt-offer');
    await pressNotification(page, /Did adapting help the labels\?/, 'Fine-Tune zh-mini Too');
    const told = await notification(page, /Did adapting help the labels\? Fine-tuned from the adapted model/, LONG_MS);
    await workbench.screenshot('adapt-compared');
    const [first, second] = await Promise.all(namesIn('runs').map((name) => summarize(join(folderOf('runs'), name))));
    const said = (scores = first?.scores) =>
      `accuracy ${percent(scores?.accuracy)}, macro F1 ${percent(scores?.macroF1)}`;
    assert.ok(
      told.includes(`from the adapted model: ${said()}; from zh-mini as it was: ${said(second?.scores)}.`),
      told,
    );
    await pressNotification(page, /Did adapting help the labels\?/, 'Compare');
    await (await alone()).locator('.flipped').first().waitFor();
    await workbench.screenshot('adapt-comparison');
    assert.deepEqual(workbench.complaints(), []);
  });

  test('in Chinese the form, the tree and the page speak Chinese', async () => {
    const { page } = workbench;
    // The workbench's own language packs are not here; extensions go by the language that the page says it has.
    await page.addInitScript("globalThis._VSCODE_NLS_LANGUAGE = 'zh-cn'");
    await openSample();
    const zh = JSON.parse(readFileSync(join(root, 'package.nls.zh-cn.json'), 'utf8')) as Record<string, string>;
    const title = (command: string): string => `Rowlight: ${zh[`command.${command}`]}`;
    await palette(page, 'View: Show Rowlight');
    await until('the run', tree, (lines) => lines.some((line) => /train\.tsv.*预训练/.test(line)));
    await ask(page, title('adaptModel'), (rows) => rows.some((row) => /行未标注/.test(row)));
    await workbench.screenshot('adapt-form-zh');
    await page.keyboard.press('Escape');
    await palette(page, 'View: Close All Editors');
    await choose(page, title('showMetrics'), '预训练');
    const content = await alone();
    await until('it in Chinese', () => content.locator('.filled h2').allInnerTexts(), (seen) => /[一-龥]/.test(seen.join())); // prettier-ignore
    await workbench.screenshot('adapt-metrics-zh');
    assert.deepEqual(workbench.complaints(), []);
  });
});
