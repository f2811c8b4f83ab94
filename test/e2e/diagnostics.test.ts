/** Problems of the data in the real workbench: listed, and a file in the wrong encoding reopened in the right one. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { encodeAs } from '../support/encode';
import { test } from './support/case';
import { lineWith } from './support/editor-view';
import { root, workbenchMissing } from './support/installed';
import { applyFix, offerFixes } from './support/quick-fix';
import { notification, palette, pressNotification, statusItem } from './support/ui';
import { until } from './support/wait';
import { startWorkbench, type Workbench } from './support/workbench';

const skip =
  workbenchMissing() || (!existsSync(join(root, 'dist/extension.cjs')) && 'the extension is not built: npm run build');

const LABELS =
  '{\n  "labels": [\n    { "name": "户籍业务" },\n    { "name": "车辆管理" },\n    { "name": "噪音投诉" }\n  ]\n}\n';
const TABLE = [
  '标签\t文本',
  '户籍业务\t孩子出生以后多久要上户口',
  '车辆管理\t电动车的牌照丢了怎么补',
  '户藉业务\t集体户口能不能迁到亲戚家',
  '噪音投诉\t楼下的广场舞到十点还在放音乐',
  '车辆管理\t楼下的广场舞到十点还在放音乐',
  '车辆管理\t',
  '噪音投诉\t工地半夜还在施工\t多出的一格',
  '户籍业务\t孩子出生以后多久要上户口',
  '占道经营\t路边摊把人行道全占了',
  '噪音投诉 \t隔壁装修从早敲到晚',
  '',
].join('\n');
const GB18030 = '标签\t文本\n户籍业务\t身份证丢了，要带什么材料去补办？\n车辆管理\t外地车可以在本地年检吗\n';

describe('problems of the data', { skip }, () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await startWorkbench({
      files: {
        'train.tsv': TABLE,
        'labels.json': LABELS,
        'old.tsv': encodeAs('gb18030', GB18030),
      },
    });
  });
  after(() => workbench.stop());

  const problems = (): Promise<string[]> => workbench.page.locator('.markers-panel .monaco-list-row').allInnerTexts();

  test('the Problems panel lists them, the gravest first, with links to the twins; a fix is a light bulb away', async () => {
    const { page } = workbench;
    await workbench.open('train.tsv');
    await palette(page, 'Problems: Focus on Problems View');
    // All of them, in whatever order they come in: the panel is drawn anew with each.
    const listed = [
      /"户藉业务": did you mean "户籍业务"\?/,
      /The same text is labelled "车辆管理" in line 6/,
      /文本 is empty/,
      /3 cells instead of 2/,
      /The same text stands in line 2/,
      /"占道经营" is not in labels\.json/,
      /Rowlight\s+near-label/,
    ];
    const all = (seen: string[]) => listed.every((pattern) => pattern.test(seen.join('\n')));
    await until('the problems', problems, all, 60_000);
    await workbench.screenshot('diagnostics-problems');
    await palette(page, 'View: Toggle Problems');
    await offerFixes(page, '户藉业务', 'Add "户藉业务" to labels.json');
    await workbench.screenshot('diagnostics-fixes');
    await applyFix(page, '户藉业务', 'Change the label to "户籍业务"', '集体户口能不能', /^户籍业务/);
    await palette(page, 'Problems: Focus on Problems View');
    await until('the problem to be gone', problems, (seen) => seen.length > 0 && !seen.join('\n').includes('户藉业务'));
  });

  test('a GB18030 file that was opened as UTF-8 is offered once to be reopened, and then reads right', async () => {
    const { page } = workbench;
    await workbench.open('old.tsv');
    assert.match(await notification(page, /GB18030/, 60_000), /^old\.tsv is written in GB18030 but was opened/);
    await workbench.screenshot('diagnostics-encoding');
    await pressNotification(page, /GB18030/, 'Reopen as GB18030');
    await lineWith(page, '身份证丢了');
    await lineWith(page, '外地车可以在本地年检吗');
    await statusItem(page, /GB ?18030/);
    await palette(page, 'Problems: Focus on Problems View');
    await until('the advice to save as UTF-8', problems, (seen) =>
      /training and the command line read UTF-8/.test(seen.join('\n')),
    );
    await workbench.screenshot('diagnostics-reopened');
    assert.deepEqual(new Uint8Array(readFileSync(join(workbench.workspace, 'old.tsv'))), encodeAs('gb18030', GB18030));
  });
});
