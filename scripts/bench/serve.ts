// The server under load, beside the same texts offline: autocannon with 1, 16, 64 and 256 connections, one text a request, each for some seconds.
//
//   npm run build && node scripts/bench.mjs serve [--model models/police-desk] [--texts FILE.tsv] [--seconds 15] [--connections 1,16,64,256] [--threads 2]
//   … --soak 600 --connections 64      the server's memory every 10 seconds, for the memory of ten minutes
//   … --url http://127.0.0.1:8000      another server that answers POST /classify (a Python one), instead of ours
//
// Offline is `createPredictor` over the same texts in this process, before the server starts. The load generator runs in this process
// and shares the cores: `load_cpu` is the share of one core that it took.
import autocannon, { type Result } from 'autocannon';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { createOnnxEngine } from '../../src/server/engine/onnx/engine';
import { createPredictor } from '../../src/server/inference/predictor';
import { loadClassifier } from '../../src/server/runs/load-classifier';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/police-desk' },
    texts: { type: 'string', default: 'samples/police-desk/train.tsv' },
    seconds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '1,16,64,256' },
    threads: { type: 'string', default: '2' },
    soak: { type: 'string' },
    url: { type: 'string' },
  },
});
const lines = readFileSync(values.texts, 'utf8')
  .replace(/^\ufeff/, '')
  .split(/\r?\n/)
  .slice(1);
const texts = [...new Set(lines.flatMap((line) => line.split('\t').at(-1)?.trim() || []))];

/** Texts a second without a server. */
async function offline(): Promise<number> {
  const engine = createOnnxEngine({ providers: ['cpu'], threads: Number(values.threads), spinning: true }, 'cpu');
  const { model } = await loadClassifier(values.model);
  const predictor = await createPredictor(engine, model);
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

async function start(): Promise<{ url: string; child?: ChildProcess }> {
  if (values.url !== undefined) return { url: values.url };
  const args = ['dist/cli.cjs', 'serve', values.model, '--port', '0', '--threads', values.threads];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /on (http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return { url, child };
    process.stderr.write(`${line}\n`);
  }
  throw new Error('the server did not start');
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

const offlineRate = values.url === undefined ? await offline() : undefined;
const { url, child } = await start();
const rows: object[] = [];
try {
  await load(url, 8, 3);
  for (const connections of values.connections.split(',').map(Number)) {
    const memory: number[] = [];
    const watch = setInterval(() => child?.pid !== undefined && memory.push(memoryOf(child.pid)), 10_000);
    const cpu = process.cpuUsage();
    const began = performance.now();
    const result = await load(url, connections, Number(values.soak ?? values.seconds));
    clearInterval(watch);
    const { user, system } = process.cpuUsage(cpu);
    const rate = result['2xx'] / result.duration;
    if (child?.pid !== undefined) memory.push(memoryOf(child.pid));
    const row = {
      connections,
      texts_per_second: Number(rate.toFixed(1)),
      of_offline: offlineRate === undefined ? null : Number((rate / offlineRate).toFixed(3)),
      p50_ms: result.latency.p50,
      p99_ms: result.latency.p99,
      refused_429: result.statusCodeStats?.['429']?.count ?? 0,
      other_errors:
        result.non2xx - Number(result.statusCodeStats?.['429']?.count ?? 0) + result.errors + result.timeouts,
      load_cpu: Number(((user + system) / 1000 / (performance.now() - began)).toFixed(2)),
      memory_mb: values.soak === undefined ? (memory.at(-1) ?? null) : memory,
    };
    rows.push(row);
    process.stderr.write(`${JSON.stringify(row)}\n`);
  }
  process.stdout.write(
    `${JSON.stringify({ model: values.model, url: values.url ?? 'ours', threads: values.threads, texts: texts.length, offline_texts_per_second: offlineRate && Number(offlineRate.toFixed(1)), rows }, undefined, 2)}\n`,
  );
} finally {
  child?.kill('SIGTERM');
}
