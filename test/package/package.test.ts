/** Makes the VSIX of this platform and looks into it: what ships, how large it is, and that the native engine starts from it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readZip, type ZipEntry } from '../support/zip';

const root = process.cwd();
const MAX_BYTES = 60 * 2 ** 20;
const natives = `node_modules/onnxruntime-node/bin/napi-v6/${process.platform}/${process.arch}`;

/** Everything that may ship, and nothing else. A new kind of file is added here and in .vscodeignore. */
const ALLOWED = [
  /^(package\.json|package\.nls(\.[\w-]+)?\.json|l10n\/bundle\.l10n\.[\w-]+\.json|readme\.md|changelog\.md|LICENSE\.txt|THIRD-PARTY-NOTICES\.txt)$/,
  /^dist\/(cli|extension|model-host|server)\.cjs$/,
  /^media\/[\w/-]+\.(css|html|js|png|svg)$/,
  /^models\/(zh-mini|police-desk)\/(README\.md|config\.json|model\.safetensors|tokenizer\.json|tokenizer_config\.json|vocab\.txt|rowlight\.json)$/,
  /^samples\/[\w-]+\/[\w.-]+\.(json|md|tsv|csv|txt)$/,
  /^node_modules\/onnxruntime-node\/(package\.json|dist\/\w+\.js)$/,
  new RegExp(`^${natives}/[\\w.]+$`),
  /^node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/package\.json|dist\/cjs\/[\w-]+\.js)$/,
];

/** Without these it is not Rowlight. */
const REQUIRED = [
  'package.json',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'THIRD-PARTY-NOTICES.txt',
  'dist/cli.cjs',
  'dist/extension.cjs',
  'dist/model-host.cjs',
  'dist/server.cjs',
  'models/zh-mini/model.safetensors',
  'samples/police-desk/train.tsv',
  `${natives}/onnxruntime_binding.node`,
];

const unsupported = existsSync(join(root, natives)) ? false : `onnxruntime-node has no libraries for this platform`;

describe('the VSIX', { skip: unsupported }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowlight-vsix-'));
  let archive: Buffer;
  let files: Map<string, ZipEntry>;
  before(() => {
    const out = join(folder, 'rowlight.vsix');
    execFileSync(process.execPath, [join(root, 'scripts', 'package.mjs'), '--no-build', '--out', out], {
      stdio: 'pipe',
    });
    archive = readFileSync(out);
    const entries = readZip(archive).filter(({ name }) => name.startsWith('extension/'));
    files = new Map(entries.map((entry) => [entry.name.slice('extension/'.length), entry]));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('holds what is allowed by name and nothing else: no source maps, no tests, no other platform', () => {
    const others = [...files.keys()].filter((name) => !ALLOWED.some((pattern) => pattern.test(name)));
    assert.deepEqual(others, []);
  });

  test('holds what Rowlight needs', () => {
    assert.deepEqual(
      REQUIRED.filter((name) => !files.has(name)),
      [],
    );
  });

  test('is at most 60 MiB', () => {
    assert.ok(archive.length <= MAX_BYTES, `${(archive.length / 2 ** 20).toFixed(1)} MiB`);
  });

  test('says for which platform it is and names no script', () => {
    const manifest = readZip(archive).find(({ name }) => name === 'extension.vsixmanifest');
    assert.match(String(manifest?.content()), new RegExp(`TargetPlatform="${process.platform}-${process.arch}"`));
    const published = JSON.parse(String(files.get('package.json')?.content())) as Record<string, unknown>;
    assert.equal(published['scripts'], undefined);
    assert.equal(published['main'], './dist/extension.cjs');
  });

  test('starts the native engine from its own files alone', () => {
    for (const [name, entry] of files) {
      if (!name.startsWith('node_modules/')) continue;
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), entry.content());
    }
    const script = `process.stdout.write(JSON.stringify(require('onnxruntime-node').listSupportedBackends().map((b) => b.name)))`;
    const environment = { ...process.env, NODE_PATH: '' };
    const output = execFileSync(process.execPath, ['-e', script], { cwd: folder, env: environment, encoding: 'utf8' });
    assert.ok((JSON.parse(output) as string[]).includes('cpu'), output);
  });
});
