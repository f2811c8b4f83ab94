// The real server with the real model host: opening a large file, editing it, and both while a run trains.
//
//   npm run build && node scripts/bench.mjs server [--rows 100000] [--edits 100]
//
// A model that is warm: one row of another file was predicted before. Every edited row's text is new to the model, so that no figure
// comes from the cache. The stall is the longest of the server's event loop (`monitorEventLoopDelay`) during the edits.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ListRuns, PlanRun, StartRun } from '../../src/protocol/messages';
import { ServerProcess } from '../../test/server/support/server-process';
import { createRandom } from '../../src/server/training/random';
import { median } from './peer';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, edits: { type: 'string', default: '100' } },
});
const [rows, edits] = [Number(values.rows), Number(values.edits)];
const random = createRandom(1, 0);
const WORDS =
  '身份证 户口 护照 驾照 换领 补办 派出所 怎么 多久 能不能 孩子 老人 外地 上班 周末 材料 预约 网上 罚款 电动车'.split(
    ' ',
  );
const question = () => Array.from({ length: 4 + random.below(6) }, () => WORDS[random.below(WORDS.length)]).join('');
const LABELS = ['户政管理', '出入境管理', '道路交通', ''];
const table = (count: number) =>
  `场景\t问题\n${Array.from({ length: count }, (_, i) => `${LABELS[i % 4]}\t${question()}${i}`).join('\n')}\n`;

const folder = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
const server = new ServerProcess('dist/server.cjs');
const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;
/** Until every asked row has its hint: a first answer may be empty, and then the server asks for another. */
const hints = async (uri: string, line: number, count: number) => {
  const began = performance.now();
  while ((await server.hints(uri, line, count + 1)).length < count)
    await new Promise((resolve) => setTimeout(resolve, 2));
  return performance.now() - began;
};
const walk = async (uri: string) => {
  server.measure();
  const times: number[] = [];
  for (let i = 0; i < edits; i++) {
    const line = 1 + random.below(rows - 100);
    const at = { line, character: 8 };
    const began = performance.now();
    await server.replace(uri, { start: at, end: at }, WORDS[i % WORDS.length]!);
    await hints(uri, line, 60);
    times.push(performance.now() - began);
  }
  const { longestTurn, memory } = await server.measured();
  return {
    edit_to_hints_median_ms: Math.round(median(times)),
    worst_ms: Math.round(Math.max(...times)),
    longest_turn_ms: Math.round(longestTurn),
    server_rss_mb: Math.round(memory / 2 ** 20),
  };
};

try {
  await server.initialize(folder);
  await server.open(uriOf('warm.tsv'), table(3));
  await hints(uriOf('warm.tsv'), 1, 3);
  const small = (await server.measured()).memory;
  const big = uriOf('big.tsv');
  const began = performance.now();
  await server.open(big, table(rows));
  await hints(big, 1, 60);
  const opened = Math.round(performance.now() - began);
  const alone = await walk(big);

  const train = uriOf('train.tsv');
  writeFileSync(join(folder, 'train.tsv'), table(4000));
  await server.open(train, table(4000));
  await hints(train, 1, 10);
  const plan = await server.request(PlanRun, { uri: train });
  await server.request(StartRun, {
    uri: train,
    plan,
    arguments: { epochs: 20, learningRate: 3e-4, maxLength: 64, batchSize: 32 },
  });
  while (!(await server.request(ListRuns, null)).some(({ loss }) => loss !== undefined))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const training = await walk(big);
  for (const { run } of await server.request(ListRuns, null))
    if (run.pid !== undefined) process.kill(run.pid, 'SIGKILL');
  process.stdout.write(
    `${JSON.stringify({ rows, rss_before_mb: Math.round(small / 2 ** 20), open_to_60_hints_ms: opened, alone, while_a_run_trains: training }, undefined, 2)}\n`,
  );
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
