// The server under load, beside the same texts offline: autocannon with 1, 16, 64 and 256 connections, one text a request, each for some seconds.
//
//   npm run build && node scripts/bench.mjs serve [--model models/police-desk] [--texts FILE.tsv] [--seconds 15] [--connections 1,16,64,256] [--threads 2] [--dtype float32|int8]
//   … --soak 600 --connections 64      ten minutes with the server's memory every 10 seconds: at the start, at the end, and megabytes a minute
//                                      over the second half (a line fitted to it)
//   … --python .venv/parity/bin/python that has fastapi, uvicorn, onnxruntime and tokenizers (npm run setup parity): the peer, the same model
//                                      exported to ONNX behind FastAPI (peers/serve.py), under the same load after ours; none: left out
//
// Offline is `createPredictor` over the same texts in this process, before the server starts. The load generator runs in this process
// and shares the cores: `load_cpu` is the share of one core that it took.
import autocannon, { type Result } from 'autocannon';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import type { Precision } from '../../src/server/engine/engine';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/police-desk' },
    texts: { type: 'string', default: 'samples/police-desk/train.tsv' },
    seconds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '1,16,64,256' },
    threads: { type: 'string', default: '2' },
    dtype: { type: 'string', default: 'float32' },
    soak: { type: 'string' },
    python: { type: 'string', default: '.venv/parity/bin/python' },
  },
});
/** Milliseconds between two looks at the memory. */
const WATCH = 10_000;

const lines = readFileSync(values.texts, 'utf8')
  .replace(/^\ufeff/, '')
  .split(/\r?\n/)
  .slice(1);
const texts = [...new Set(lines.flatMap((line) => line.split('\t').at(-1)?.trim() || []))];

/** Texts a second without a server. */
async function offline(): Promise<number> {
  const engine = createOnnxEngine({ providers: ['cpu'], threads: Number(values.threads), spinning: true }, 'cpu');
  const { model } = await loadClassifier(values.model);
  const predictor = await createPredictor(engine, model, values.dtype as Precision);
  await predictor.predict(texts.slice(0, 64).map((text) => ({ text })));
  const began = performance.now();
  let done = 0;
  while (performance.now() - began < Number(values.seconds) * 1000) {
    // Chunks as they would wait at a server with many clients, so that what is compared is the server.
    for (let from = 0; from < texts.length && performance.now() - began < Number(values.seconds) * 1000; from += 256) {
      const part = texts.slice(from, from + 256);
      await predictor.predict(part.map((text) => ({ text })));
      done += part.length;
    }
  }
  const rate = (1000 * done) / (performance.now() - began);
  await predictor.dispose();
  return rate;
}

/** A server under test. */
interface Running {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts a server and waits for the address that it says on standard error. */
async function start(command: string, args: readonly string[]): Promise<Running> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /on (http:\S+)/.exec(line)?.[1];
    // What it says later is read and dropped: a full pipe would stop it.
    if (url !== undefined) return { url, child };
    process.stderr.write(`${line}\n`);
  }
  throw new Error(`${command} ${args.join(' ')}: did not start`);
}

/** Resident megabytes of a process and its children (Linux). */
function memoryOf(pid: number): number {
  const pages = (id: number | string): number => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  };
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  return Math.round([pid, ...children].reduce<number>((sum, id) => sum + pages(id), 0) / 1024);
}

function load(url: string, connections: number, seconds: number): Promise<Result> {
  const requests = texts.map((text) => ({
    method: 'POST',
    path: '/classify',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ texts: [text] }),
  }));
  // Each client begins elsewhere: equal texts in a batch are computed once, and would flatter the server.
  let clients = 0;
  const setupClient = (client: { setRequests(own: readonly object[]): void }): void => {
    const from = Math.floor((clients++ * requests.length) / connections) % requests.length;
    client.setRequests([...requests.slice(from), ...requests.slice(0, from)]);
  };
  return autocannon({ url, connections, duration: seconds, requests, setupClient, timeout: 60 });
}

/** Megabytes a minute that memory grows by: the slope of the line through the second half, sampled every {@link WATCH} milliseconds. */
function slopeOf(memory: readonly number[]): number {
  const half = memory.slice(Math.floor(memory.length / 2));
  const mean = (half.length - 1) / 2;
  const spread = half.reduce((sum, _, i) => sum + (i - mean) ** 2, 0);
  const rise = half.reduce((sum, value, i) => sum + (i - mean) * value, 0);
  return spread === 0 ? 0 : (rise / spread) * (60_000 / WATCH);
}

/** Loads a server with each number of connections and ends it. */
async function measure({ url, child }: Running, offlineRate: number): Promise<object[]> {
  const rows: object[] = [];
  child.stderr!.resume();
  try {
    await load(url, 8, 3);
    for (const connections of values.connections.split(',').map(Number)) {
      const memory = [memoryOf(child.pid!)];
      const watch = setInterval(() => memory.push(memoryOf(child.pid!)), WATCH);
      const cpu = process.cpuUsage();
      const began = performance.now();
      const result = await load(url, connections, Number(values.soak ?? values.seconds));
      clearInterval(watch);
      const { user, system } = process.cpuUsage(cpu);
      const rate = result['2xx'] / result.duration;
      memory.push(memoryOf(child.pid!));
      const refused = result.statusCodeStats?.['429']?.count ?? 0;
      const row = {
        connections,
        texts_per_second: Number(rate.toFixed(1)),
        of_offline: Number((rate / offlineRate).toFixed(3)),
        p50_ms: result.latency.p50,
        p99_ms: result.latency.p99,
        refused_429: refused,
        other_errors: result.non2xx - Number(refused) + result.errors + result.timeouts,
        load_cpu: Number(((user + system) / 1000 / (performance.now() - began)).toFixed(2)),
        memory_mb: memory.at(-1),
        ...(values.soak === undefined
          ? {}
          : {
              memory_start_mb: memory[0],
              memory_most_mb: Math.max(...memory),
              memory_slope_mb_per_minute: Number(slopeOf(memory).toFixed(2)),
            }),
      };
      rows.push(row);
      process.stderr.write(`${JSON.stringify(row)}\n`);
    }
  } finally {
    child.kill('SIGTERM');
  }
  await once(child, 'exit');
  return rows;
}

/** The peer's rows; undefined where there is no such Python. */
async function measurePeer(offlineRate: number): Promise<object[] | undefined> {
  if (!existsSync(values.python)) {
    process.stderr.write(`${values.python}: is not there, so that the peer is left out\n`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-bench-'));
  try {
    const exported = join(folder, 'onnx');
    execFileSync(process.execPath, ['dist/cli.cjs', 'export', values.model, exported, '--format', 'onnx']);
    const peer = await start(values.python, ['scripts/bench/peers/serve.py', exported, values.threads]);
    return await measure(peer, offlineRate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const offlineRate = await offline();
const args = [
  'dist/cli.cjs',
  'serve',
  values.model,
  '--port',
  '0',
  '--threads',
  values.threads,
  '--dtype',
  values.dtype,
];
const ours = await measure(await start(process.execPath, args), offlineRate);
const peer = values.soak === undefined ? await measurePeer(offlineRate) : undefined;
process.stdout.write(
  `${JSON.stringify({ model: values.model, threads: values.threads, texts: texts.length, offline_texts_per_second: Number(offlineRate.toFixed(1)), ours, ...(peer ? { fastapi_onnxruntime: peer } : {}) }, undefined, 2)}\n`,
);
