/** Setting CUDA up from an index on this machine: what is fetched, gone on with, checked, refused, removed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { PackageTable } from '../../src/server/cuda/packages';
import { cudaFolder, cudaRuntime } from '../../src/server/cuda/runtime';
import { type SetUpParts, planCuda, removeCuda, setUpCuda } from '../../src/server/cuda/set-up';
import { proxyFetch } from '../../src/server/download/proxy-fetch';
import { lockRun } from '../../src/server/runs/lock';
import { type PackageIndex, makeWheel, startIndex, tableOf } from '../support/package-index';

const PROVIDER = { 'libprovider_shared.so': randomBytes(50), 'libprovider_cuda.so': randomBytes(40_000) };
const MATHS = { 'libmaths.so.13': randomBytes(20_000), 'libcudnn_part.so.9': randomBytes(10) };
const RANDOM = { 'librandom.so.10': randomBytes(3000) };
const wheels = [
  makeWheel('provider-gpu', '9.9.0', PROVIDER),
  makeWheel('nvidia-maths', '13.1', MATHS),
  makeWheel('nvidia-random', '10.4', RANDOM),
];
const table = tableOf(...wheels);
const [provider, maths] = table.packages;

describe('setting CUDA up', () => {
  let index: PackageIndex;
  let folder: string;
  const broken: string[] = [];
  const parts = (more: Partial<SetUpParts> = {}): SetUpParts => ({
    table,
    cache: join(folder, 'cache'),
    native: join(folder, 'native'),
    platform: 'linux-x64',
    index: index.address,
    withLibraries: false,
    fetch: proxyFetch(),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onBroken: (reason) => broken.push(reason),
    pause: () => 0,
    folders: [join(folder, 'system')],
    ...more,
  });
  const system = (...names: string[]) => {
    for (const name of names) writeFileSync(join(folder, 'system', name), 'x');
  };
  const runtime = (of: PackageTable = table) => cudaRuntime(join(folder, 'cache'), of, [join(folder, 'system')]);
  const problem = (of?: PackageTable) => (runtime(of) as { problem?: string }).problem ?? '';
  const downloads = () => join(folder, 'cache', 'cuda', 'downloads');

  const halfFetched = (bytes: number) => {
    mkdirSync(downloads(), { recursive: true });
    writeFileSync(join(downloads(), `${provider!.file}.incomplete`), wheels[0]!.content.subarray(0, bytes));
  };

  beforeEach(async () => {
    index = await startIndex(wheels);
    folder = mkdtempSync(join(tmpdir(), 'rowlight-cuda-'));
    mkdirSync(join(folder, 'native'));
    mkdirSync(join(folder, 'system'));
    writeFileSync(join(folder, 'native', 'libruntime.so.1'), 'runtime');
    writeFileSync(join(folder, 'native', 'libruntime_providers_cuda.so'), 'of another version');
    broken.length = 0;
  });
  afterEach(async () => {
    await index.close();
    rmSync(folder, { recursive: true });
  });

  test('lays the provider beside a copy of the runtime, and says which libraries are missing and how large they are', async () => {
    assert.match(problem(), /^it is not set up: rowlight doctor --setup cuda fetches its libraries \(1 MB\)$/);
    const place = await setUpCuda(parts());
    assert.equal(place, join(folder, 'cache', 'cuda', 'onnxruntime-9.9.0'));
    assert.deepEqual(readdirSync(place).sort(), [
      'cuda.json',
      'libprovider_cuda.so',
      'libprovider_shared.so',
      'libruntime.so.1',
    ]);
    for (const [name, bytes] of Object.entries(PROVIDER)) assert.deepEqual(readFileSync(join(place, name)), bytes);
    assert.deepEqual(readdirSync(dirname(place)), ['onnxruntime-9.9.0'], 'no wheel and no lock is left');
    const { missing, missingBytes } = await planCuda(parts());
    assert.deepEqual(missing, ['libmaths.so.13', 'librandom.so.10']);
    assert.equal(missingBytes, wheels[1]!.content.length + wheels[2]!.content.length);
    assert.match(
      problem(),
      /^NVIDIA's libmaths\.so\.13, librandom\.so\.10 are not on this machine: .* --with-libraries/,
    );
  });

  test('libraries that the machine has are taken from there, the others are brought once', async () => {
    system('librandom.so.10', 'libcuda.so.1');
    const place = await setUpCuda(parts({ withLibraries: true }));
    assert.deepEqual(readFileSync(join(place, 'libmaths.so.13')), MATHS['libmaths.so.13']);
    assert.ok(!existsSync(join(place, 'librandom.so.10')));
    const found = ['libcuda.so.1', 'librandom.so.10'].map((name) => join(folder, 'system', name));
    assert.deepEqual(runtime(), { folder: place, libraries: [found[0], join(place, 'libmaths.so.13'), found[1]] });
    index.requests.length = 0;
    assert.equal(await setUpCuda(parts({ withLibraries: true })), place);
    assert.deepEqual(index.requests, []);
  });

  test('pages of HTML, servers without ranges and an index that asks for a password do as well', async () => {
    index.json = index.ranges = false;
    halfFetched(30_000);
    await setUpCuda(parts({ index: index.address.replace('//', '//someone:se%40cret@') }));
    const basic = `Basic ${Buffer.from('someone:se@cret').toString('base64')}`;
    assert.ok(index.requests.length === 2 && index.requests.every(({ authorization }) => authorization === basic));
    assert.equal(index.requests.at(-1)?.range, 'bytes=30000-');
  });

  test('a download that breaks is gone on with, in the same run and in the next', async () => {
    index.cuts = [10_000, 5000];
    const place = await setUpCuda(parts());
    assert.equal(broken.length, 2);
    assert.deepEqual(readFileSync(join(place, 'libprovider_cuda.so')), PROVIDER['libprovider_cuda.so']);
    await removeCuda(parts().cache);
    index.cuts = [7000, 0, 0, 0, 0, 0, 0];
    await assert.rejects(setUpCuda(parts()), /what has come is kept/);
    assert.match(problem(), /it is not set up/);
    index.cuts = [];
    index.requests.length = 0;
    halfFetched(7000);
    await setUpCuda(parts());
    assert.deepEqual(
      index.requests.flatMap(({ range }) => range ?? []),
      ['bytes=7000-'],
    );
  });

  test('a stop keeps what has come', async () => {
    const stop = new AbortController();
    halfFetched(20_000);
    index.cuts = [0];
    await assert.rejects(
      setUpCuda(parts({ signal: stop.signal, onBroken: () => stop.abort() })),
      /stopped; what has come is kept/,
    );
    assert.equal(readFileSync(join(downloads(), `${provider!.file}.incomplete`)).length, 20_000);
    await setUpCuda(parts());
    assert.ok(existsSync(join(folder, 'cache', 'cuda', 'onnxruntime-9.9.0', 'cuda.json')));
  });

  test('bytes that are not the pinned ones are thrown away, whoever sent them', async () => {
    index.tamper = (content) => Buffer.from(content.map((byte, at) => (at === 99 ? byte ^ 1 : byte)));
    await assert.rejects(setUpCuda(parts()), /provider_gpu.*checksum differs/);
    assert.deepEqual(readdirSync(downloads()), []);
    assert.match(problem(), /it is not set up/);
    const longer = makeWheel('provider-gpu', '9.9.0', { ...PROVIDER, 'libextra.so': randomBytes(9) });
    index.tamper = () => longer.content;
    await assert.rejects(setUpCuda(parts()), /checksum differs/);
  });

  test('what an index has not, and an index that is not there, are said in one line', async () => {
    const other = tableOf(makeWheel('provider-gpu', '9.9.1', PROVIDER));
    await assert.rejects(
      setUpCuda(parts({ table: other })),
      /\/simple\/provider-gpu\/ has no provider_gpu-9\.9\.1-.*; choose another mirror$/,
    );
    const nowhere = tableOf(makeWheel('nowhere', '1', PROVIDER));
    await assert.rejects(setUpCuda(parts({ table: nowhere })), /\/nowhere\/: the index answers 404; .*PIP_INDEX_URL/);
    await index.close();
    await assert.rejects(setUpCuda(parts()), /can't be reached \(ECONNREFUSED\).*HTTPS_PROXY/);
    index = await startIndex(wheels);
  });

  test('files of this machine take the place of the network, and only the right ones', async () => {
    const local = join(folder, 'local');
    mkdirSync(local);
    const file = join(local, provider!.file);
    writeFileSync(file, wheels[0]!.content);
    await assert.rejects(setUpCuda(parts({ from: local, withLibraries: true })), /nvidia_maths-13\.1.*: no such file/);
    writeFileSync(join(local, maths!.file), wheels[1]!.content);
    system('librandom.so.10');
    const place = await setUpCuda(parts({ from: local, withLibraries: true }));
    assert.ok('folder' in runtime() && existsSync(file), 'the given file stays');
    assert.deepEqual(readFileSync(join(place, 'libprovider_cuda.so')), PROVIDER['libprovider_cuda.so']);
    assert.deepEqual(index.requests, []);
    await removeCuda(parts().cache);
    writeFileSync(file, wheels[0]!.content.subarray(0, 1000));
    await assert.rejects(setUpCuda(parts({ from: file })), /not provider_gpu-9\.9\.0-.*\(1000 bytes in the place of/);
    writeFileSync(
      file,
      wheels[0]!.content.map((byte, at) => (at === 99 ? byte ^ 1 : byte)),
    );
    await assert.rejects(setUpCuda(parts({ from: file })), /its SHA-256 differs/);
    await assert.rejects(setUpCuda(parts({ from: join(local, 'nothing') })), /nothing: no such file/);
  });

  test('a runtime of another version or with a damaged file is not used, and is mended', async () => {
    const place = await setUpCuda(parts());
    system('libmaths.so.13', 'librandom.so.10');
    assert.ok('folder' in runtime());
    const newer = { ...table, onnxruntime: '9.10.0' };
    assert.match(problem(newer), /set up for ONNX Runtime 9\.9\.0, and this is 9\.10\.0: rowlight doctor --setup cuda/);
    writeFileSync(join(place, 'libprovider_cuda.so'), 'half');
    assert.match(problem(), /libprovider_cuda\.so is missing or damaged: .*anew/);
    await setUpCuda(parts());
    assert.ok('folder' in runtime());
    writeFileSync(join(place, 'cuda.json'), '{');
    assert.match(problem(), /cuda\.json is damaged/);
    await setUpCuda(parts({ table: newer }));
    assert.ok('folder' in runtime(newer) && !existsSync(place), 'the older one is removed');
  });

  test('a disk without room, another platform and a second set-up at the same time are refused before anything is fetched', async () => {
    const huge = { ...table, packages: [{ ...provider!, size: 1e18 }, ...table.packages.slice(1)] };
    await assert.rejects(setUpCuda(parts({ table: huge })), /CUDA needs .* GB on the disk, and .* are free/);
    for (const [platform, hint] of [
      ['win32-x64', 'directml'],
      ['darwin-arm64', 'coreml'],
      ['linux-arm64', ''],
    ] as const)
      await assert.rejects(
        setUpCuda(parts({ platform })),
        new RegExp(`on Linux x64 only, not on ${platform}.*${hint}`),
      );
    assert.deepEqual(index.requests, []);
    mkdirSync(cudaFolder(parts().cache), { recursive: true });
    const release = await lockRun(cudaFolder(parts().cache));
    await assert.rejects(setUpCuda(parts()), /another set-up of CUDA is under way/);
    await release();
    assert.deepEqual(index.requests, []);
    await setUpCuda(parts());
  });

  test('removal leaves nothing, and removes nothing else', async () => {
    await setUpCuda(parts());
    writeFileSync(join(folder, 'cache', 'other'), 'x');
    assert.ok((await removeCuda(parts().cache)) > 40_000);
    assert.deepEqual(readdirSync(join(folder, 'cache')), ['other']);
    assert.equal(await removeCuda(parts().cache), 0);
  });
});
