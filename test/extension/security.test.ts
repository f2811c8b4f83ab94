/** SECURITY.md against the code: what it says of names, limits and the network must be so. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LABEL_SET_FILE, parseLabelSet } from '../../src/server/data/label-set';
import { LABEL_NAME_FILES } from '../../src/server/data/labels';
import { SERVING_PORT } from '../../src/protocol/serving';
import { MAX_CHARACTERS } from '../../src/server/lsp/documents';
import { DEFAULT_PORT, LIMITS, ZMQ_PORTS } from '../../src/server/serve/limits';

const page = readFileSync('SECURITY.md', 'utf8').replace(/\s+/g, ' ');
const sources = ['src', 'media']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

test('nothing of ours can reach a network but the download of a model', () => {
  assert.ok(sources.length > 100);
  const ways =
    /from '(node:)?(net|http|https|http2|dgram|tls|dns|inspector)(\/promises)?'|\b(fetch|WebSocket|XMLHttpRequest|EventSource|sendBeacon|asExternalUri)\b\s*\(|new (WebSocket|EventSource)\b|TransportKind\.socket/;
  assert.deepEqual(
    sources.filter(({ text }) => ways.test(text)).map(({ path }) => path),
    [],
  );
  const libraries = /from '(undici|@huggingface\/hub)'/;
  assert.deepEqual(
    sources.flatMap(({ path, text }) => (libraries.test(text) ? [path.replaceAll('\\', '/')] : [])).sort(),
    ['download-model.ts', 'hub-cache.ts', 'proxy-fetch.ts'].map((file) => `src/server/download/${file}`),
  );
  // What is asked through it: the hub, CUDA's packages, and the server that the user allowed.
  const asking = sources.filter(({ text }) => /from '[./\w-]*proxy-fetch'/.test(text));
  assert.deepEqual(asking.map(({ path }) => path.replaceAll('\\', '/')).sort(), [
    'src/server/cli/cuda.ts',
    'src/server/download/hub-of-environment.ts',
    'src/server/lsp/cuda-requests.ts',
    'src/server/remote/request.ts',
  ]);
  assert.ok(page.includes('`rowlight.server`') && page.includes('read up to 32 MiB'));
  const listening = sources.filter(
    ({ text }) => /from 'fastify'|\.listen\(\{/.test(text) && !text.includes('import type { Fastify'),
  );
  assert.deepEqual(listening.map(({ path }) => path.replaceAll('\\', '/')).sort(), [
    'src/server/serve/app.ts',
    'src/server/serve/serve.ts',
  ]);
  assert.equal(SERVING_PORT, DEFAULT_PORT);
  assert.ok(page.includes(`port ${DEFAULT_PORT} of 127.0.0.1`));
  const bound = sources.flatMap(({ path, text }) => (/'zeromq'|tcp:\/\//.test(text) ? [path] : []));
  assert.deepEqual(bound, [join('src', 'server', 'serve', 'zmq', 'listen.ts')]);
  assert.ok(page.includes(`ports ${ZMQ_PORTS.join(' and ')} of 127.0.0.1`));
  const [rows, text, waiting] = [LIMITS.rows, LIMITS.text, LIMITS.waiting].map((limit) => limit.toLocaleString('en'));
  const body = `${LIMITS.body / 2 ** 20} MiB`;
  assert.ok(page.includes(`at most ${body} and ${rows} texts of ${text} characters; ${waiting} texts may wait`));
  // All that is opened outside the editor is a report, from the disk, and the pages of one's own server.
  const outside = sources.filter(({ text }) => text.includes('openExternal'));
  assert.deepEqual(
    outside.map(({ path }) => path).sort(),
    ['export-report.ts', 'serve-model.ts'].map((file) => join('src', 'extension', 'commands', file)),
  );
  const ports = sources.flatMap(({ path, text }) => (/\b6009\b|listen\(\s*\d/.test(text) ? [path] : []));
  assert.deepEqual(ports, [join('src', 'extension', 'client.ts')], 'the port of the debugger');
});

test('the one file that loads ONNX Runtime switches its reports off first', () => {
  const loading = sources.filter(({ text }) => /(from|import\(|require\()\s*'onnxruntime-node'/.test(text));
  assert.deepEqual(
    loading.map(({ path }) => path),
    [join('src', 'server', 'engine', 'onnx', 'session.ts')],
  );
  const firstImport = (text: string | undefined): string | undefined => /^import .*$/m.exec(text ?? '')?.[0];
  assert.equal(firstImport(loading[0]?.text), "import './no-telemetry';");
  // Trying a device loads it in a process of its own, which inherits the variable.
  const probing = sources.filter(({ text }) => text.includes('require(process.argv[1])'));
  assert.deepEqual(
    probing.map(({ text }) => firstImport(text)),
    ["import './onnx/no-telemetry';"],
  );
});

test('processes are started where the page says, and from files of ours', () => {
  const starting = sources.filter(({ text }) => /from 'node:(child_process|worker_threads|cluster)'/.test(text));
  assert.deepEqual(starting.map(({ path }) => path.replaceAll('\\', '/')).sort(), [
    'src/server/engine/graphics-memory.ts',
    'src/server/engine/probe.ts',
    'src/server/host/fork.ts',
    'src/server/host/metrics-worker.ts',
    'src/server/host/serving-process.ts',
    'src/server/host/trainer.ts',
    'src/server/metrics-worker.ts',
    'src/server/runs/child-runs.ts',
    'src/server/runs/git-state.ts',
    'src/server/runs/process-start.ts',
  ]);
  for (const bundle of ['server', 'model-host', 'cli', 'metrics-worker']) {
    assert.ok(page.includes(`dist/${bundle}.cjs`), bundle);
    assert.ok(readFileSync('esbuild.mjs', 'utf8').includes(bundle));
  }
});

test('names and limits are those of the code', () => {
  for (const name of [LABEL_SET_FILE, ...LABEL_NAME_FILES]) assert.ok(page.includes(`\`${name}\``), name);
  assert.ok(page.includes(`${MAX_CHARACTERS.toLocaleString('en')} characters`));
  const labels = (count: number): string =>
    JSON.stringify({ labels: Array.from({ length: count }, (_, i) => ({ name: String(i) })) });
  const accepted = (count: number): boolean => {
    try {
      return parseLabelSet(labels(count), 'labels.json').labels.length === count;
    } catch {
      return false;
    }
  };
  assert.ok(accepted(1000) && !accepted(1001) && page.includes('at most 1,000 labels'));
  for (const [path] of page.matchAll(/(?:src|test)\/[\w./-]+\.ts/g)) assert.ok(existsSync(path), path);
});
