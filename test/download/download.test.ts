/** Models from the hub: what is fetched, gone on with, checked, shared with Python's cache, refused. Against a hub on this machine. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type DownloadParts, downloadModel } from '../../src/server/download/download-model';
import { proxyFetch } from '../../src/server/download/proxy-fetch';
import { cli } from '../support/cli';
import { type HubServer, blobHash, partsFor, startHub } from '../support/hub-server';
import { GOLDEN } from '../support/model';

const NAME = 'someone/tiny';
const small = (file: string) => new Uint8Array(readFileSync(join(GOLDEN, 'tiny', file)));
const FILES: Record<string, Uint8Array> = {
  'config.json': small('config.json'),
  'model.safetensors': small('model.safetensors'),
  'vocab.txt': new TextEncoder().encode('[PAD]\n[UNK]\n'),
  'pytorch_model.bin': new Uint8Array(50_000),
  'flax_model.msgpack': new Uint8Array(50_000),
};
const WEIGHTS = FILES['model.safetensors']!;
const REPO = 'models--someone--tiny';

describe('download', () => {
  let hub: HubServer;
  let cache: string;
  const broken: string[] = [];
  const get = (more: Partial<DownloadParts> = {}, name = NAME, revision = 'main') =>
    downloadModel(name, revision, { ...partsFor(hub, cache), onBroken: (message) => broken.push(message), ...more });

  beforeEach(async () => {
    hub = await startHub(NAME, FILES);
    cache = mkdtempSync(join(tmpdir(), 'rowlight-hub-'));
    broken.length = 0;
  });
  afterEach(async () => {
    await hub.close();
    rmSync(cache, { recursive: true });
  });

  test('brings configuration, vocabulary and the weights in one form, laid out as huggingface_hub lays them', async () => {
    const folder = await get();
    assert.equal(folder, join(cache, REPO, 'snapshots', hub.commit));
    assert.deepEqual(readdirSync(folder).sort(), ['config.json', 'model.safetensors', 'vocab.txt']);
    assert.equal(readFileSync(join(cache, REPO, 'refs', 'main'), 'utf8'), hub.commit);
    for (const file of readdirSync(folder)) {
      assert.deepEqual(new Uint8Array(readFileSync(join(folder, file))), FILES[file]);
      assert.equal(readlinkSync(join(folder, file)), join('..', '..', 'blobs', blobHash(FILES[file]!)));
    }
    assert.deepEqual(readdirSync(join(cache, REPO)).sort(), ['blobs', 'refs', 'snapshots'], 'no lock is left');
  });

  test('a second time fetches no file, and offline asks nobody', async () => {
    const folder = await get();
    hub.requests.length = 0;
    assert.equal(await get(), folder);
    assert.deepEqual(
      hub.requests.filter((line) => line.includes('/resolve/')),
      [],
    );
    hub.requests.length = 0;
    assert.equal(await get({ offline: true }), folder);
    assert.equal(await get({ offline: true }, NAME, hub.commit), folder);
    assert.deepEqual(hub.requests, []);
    await assert.rejects(get({ offline: true }, 'someone/else'), /someone\/else: not in .*offline/);
  });

  test('a connection that breaks again and again is gone on with, byte by byte what came before kept', async () => {
    hub.cuts = [4000, 1, 9000];
    const seen: number[] = [];
    const folder = await get({ onProgress: ({ done }) => seen.push(done) });
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'model.safetensors'))), WEIGHTS);
    assert.equal(broken.length, 3);
    const ranges = hub.requests
      .filter((line) => /\/large\/.* bytes=[1-9]/.test(line))
      .map((line) => line.split(' ')[2]);
    assert.equal(ranges.length, 3);
    assert.ok(ranges.every((range) => range?.endsWith(`-${WEIGHTS.length - 1}`)));
    assert.equal(seen.at(-1), WEIGHTS.length + FILES['config.json']!.length + FILES['vocab.txt']!.length);
  });

  test('a hub that is gone for good: one line, and the next download begins where this one ended', async () => {
    hub.cuts = [12_000, 0, 0, 0, 0, 0, 0, 0];
    await assert.rejects(get(), /model\.safetensors: .*what has come is kept/);
    const part = join(cache, REPO, 'blobs', `${blobHash(WEIGHTS)}.incomplete`);
    const kept = readFileSync(part).length;
    assert.ok(kept > 0 && kept < WEIGHTS.length);
    assert.equal(existsSync(join(cache, REPO, 'refs', 'main')), false, 'no snapshot is announced');
    hub.cuts = [];
    hub.requests.length = 0;
    const folder = await get();
    assert.ok(hub.requests.some((line) => line.includes(`/large/model.safetensors bytes=${kept}-`)));
    assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'model.safetensors'))), WEIGHTS);
  });

  test('bytes that are not those that were announced are thrown away', async () => {
    hub.tamper = (content) => content.map((byte, at) => (at === 7 ? byte ^ 1 : byte));
    await assert.rejects(get(), /model\.safetensors: .*checksum differs/);
    assert.ok(readdirSync(join(cache, REPO, 'blobs')).every((name) => !name.startsWith(blobHash(WEIGHTS))));
  });

  test('a half file of another length or content does no harm', async () => {
    const part = join(cache, REPO, 'blobs', `${blobHash(WEIGHTS)}.incomplete`);
    mkdirSync(dirname(part), { recursive: true });
    writeFileSync(part, new Uint8Array(WEIGHTS.length + 1));
    await get();
    rmSync(join(cache, REPO, 'blobs', blobHash(WEIGHTS)));
    writeFileSync(part, new Uint8Array(100).fill(9));
    await assert.rejects(get(), /checksum differs/);
    assert.ok(await get());
  });

  test('what cannot be had is said in one line', async () => {
    await assert.rejects(
      get({}, 'someone/nothing'),
      /someone\/nothing: .* has no such model or revision, or asks for a token/,
    );
    await assert.rejects(get({}, NAME, 'nothing'), /no such model or revision/);
    await assert.rejects(get({}, '../x'), /not a name on the hub/);
    await assert.rejects(get({}, NAME, '../../x'), /not a branch, tag or commit/);
    const stopped = new AbortController();
    stopped.abort();
    await assert.rejects(get({ signal: stopped.signal }), /stopped/);
    await hub.close();
    await assert.rejects(get(), /can't be reached \(ECONNREFUSED\).*HF_ENDPOINT/);
    hub = await startHub(NAME, FILES);
  });

  test('a repository without weights that are read says which would do', async () => {
    await hub.close();
    hub = await startHub(NAME, { 'config.json': FILES['config.json']!, 'tf_model.h5': new Uint8Array(20_000) });
    await assert.rejects(get(), /someone\/tiny: has no weights that Rowlight reads/);
  });

  test('the command takes endpoint and cache from the environment, imports what needs it, and answers the folder', async () => {
    await hub.close();
    const torch = (file: string) => new Uint8Array(readFileSync(join('test', 'golden', 'import', 'torch-zip', file)));
    const files = Object.fromEntries(
      ['config.json', 'pytorch_model.bin', 'vocab.txt'].map((file) => [file, torch(file)]),
    );
    hub = await startHub(NAME, files);
    const home = join(cache, 'added');
    const env = { ...process.env, HF_ENDPOINT: `${hub.endpoint}/`, HF_HUB_CACHE: cache, ROWLIGHT_MODELS: home };
    const run = (...args: string[]) => cli(['download', ...args], '', env);
    const first = await run(NAME);
    assert.equal(first.code, 0, first.stderr);
    const imported = join(home, `someone--tiny@${hub.commit.slice(0, 7)}`);
    assert.equal(first.stdout, `${imported}\n`);
    assert.ok(existsSync(join(imported, 'model.safetensors')));
    assert.deepEqual(readdirSync(join(cache, REPO, 'snapshots', hub.commit)).sort(), Object.keys(files).sort());
    const again = await run(NAME, '--offline', '--json');
    assert.deepEqual(JSON.parse(again.stdout), { folder: first.stdout.trim() });
    const wrong = await run('nobody/nothing');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^rowlight: nobody\/nothing: .*\n$/);
  });

  test('the command names the file of a download that is no model, and leaves no folder of it', async () => {
    await hub.close();
    hub = await startHub(NAME, { 'config.json': FILES['config.json']!, 'pytorch_model.bin': new Uint8Array(50_000) });
    const home = join(cache, 'added');
    const env = { ...process.env, HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, ROWLIGHT_MODELS: home };
    const { code, stderr } = await cli(['download', NAME], '', env);
    assert.equal(code, 1);
    assert.match(stderr, /^rowlight: pytorch_model\.bin: not a file of torch; copy or download it again$/m);
    assert.deepEqual(existsSync(home) ? readdirSync(home) : [], []);
  });

  test('goes through the proxy that the environment names', async () => {
    const proxied: string[] = [];
    const tunnels: Duplex[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(socket);
      proxied.push(request.url ?? '');
      const to = connect(Number(new URL(hub.endpoint).port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        to.pipe(socket);
        socket.pipe(to);
      });
      to.on('error', () => socket.destroy());
      socket.on('error', () => to.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address() as { port: number };
    await get({ endpoint: 'http://hub.invalid', fetch: proxyFetch(`http://127.0.0.1:${address.port}`) });
    assert.ok(proxied.length > 0 && proxied.every((url) => url === 'hub.invalid:80'));
    for (const tunnel of tunnels) tunnel.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });
});
