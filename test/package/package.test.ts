/** Makes the VSIX of every platform and looks into each: what ships, for which machine, how large it is, and that the engine starts from ours. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readNativeLibrary, type NativeLibrary } from '../support/native-library';
import { readZip, type ZipEntry } from '../support/zip';

const root = process.cwd();
const MAX_BYTES = 60 * 2 ** 20;
const here = `${process.platform}-${process.arch}`;
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** The native files of each platform: the binding, ONNX Runtime, and on Windows what that loads for a GPU. */
const NATIVES: Record<string, readonly string[]> = {
  'linux-x64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'linux-arm64': ['libonnxruntime.so.1', 'onnxruntime_binding.node'],
  'win32-x64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
  'win32-arm64': ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
  'darwin-arm64': ['libonnxruntime.1.dylib', 'onnxruntime_binding.node'],
};

const FORMATS: Record<string, NativeLibrary['format']> = { linux: 'elf', win32: 'pe', darwin: 'mach-o' };

/** What the system itself has, on Windows together with Microsoft's Visual C++ runtime; `NODE.EXE` stands for the program that loads it. */
const OF_THE_SYSTEM: Record<NativeLibrary['format'], RegExp> = {
  elf: /^(lib(dl|rt|pthread|stdc\+\+|m|gcc_s|c)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+)$/,
  pe: /^(node\.exe|(api-ms-win-[\w-]+|ext-ms-win-[\w-]+|kernel32|kernelbase|user32|gdi32|shell32|ole32|oleaut32|advapi32|setupapi|dbghelp|version|bcrypt|ntdll|dxgi|d3d11|d3d12|dxcore|ucrtbase|msvcp140(_\w+)?|vcruntime140(_1)?)\.dll)$/i,
  'mach-o': /^\/(usr\/lib|System\/Library)\//,
};

/** Everything that may ship, and nothing else. A new kind of file is added here and in .vscodeignore. */
const ALLOWED = [
  /^(package\.json|package\.nls(\.[\w-]+)?\.json|l10n\/bundle\.l10n\.[\w-]+\.json|readme\.md|changelog\.md|SECURITY\.md|LICENSE\.txt|THIRD-PARTY-NOTICES\.txt)$/,
  /^dist\/(cli|extension|metrics-worker|model-host|server)\.cjs$/,
  /^dist\/media\/[\w-]+\.(css|js)$/,
  /^schemas\/(labels|recipe)\.schema\.json$/,
  /^media\/[\w/-]+\.(md|png|svg)$/,
  /^models\/(zh-mini|police-desk)\/(README\.md|config\.json|model\.safetensors|tokenizer\.json|tokenizer_config\.json|vocab\.txt|rowlight\.json)$/,
  /^samples\/[\w-]+\/[\w.-]+\.(json|md|tsv|csv|txt)$/,
  /^node_modules\/onnxruntime-node\/(package\.json|dist\/\w+\.js)$/,
  /^node_modules\/onnxruntime-common\/(package\.json|dist\/cjs\/package\.json|dist\/cjs\/[\w-]+\.js)$/,
  /^node_modules\/jieba-wasm\/(package\.json|pkg\/nodejs\/jieba_rs_wasm(\.js|_bg\.wasm))$/,
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
  'dist/media/metrics.css',
  'dist/media/metrics.js',
  'dist/metrics-worker.cjs',
  'dist/model-host.cjs',
  'dist/server.cjs',
  'node_modules/jieba-wasm/pkg/nodejs/jieba_rs_wasm_bg.wasm',
  'models/zh-mini/model.safetensors',
  'samples/police-desk/train.tsv',
];

const packager = join(root, 'scripts', 'package.mjs');
const folder = mkdtempSync(join(tmpdir(), 'rowlight-vsix-'));
before(() => {
  execFileSync(process.execPath, [packager, '--no-build', '--target', 'all', '--out', folder], { stdio: 'pipe' });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const vsix = (target: string): string => join(folder, `rowlight-${version}-${target}.vsix`);

test('each platform has its VSIX with its SHA-256; the notices lie beside them', () => {
  const names = Object.keys(NATIVES).map((target) => basename(vsix(target)));
  const expected = [...names.flatMap((name) => [name, `${name}.sha256`]), 'THIRD-PARTY-NOTICES.txt'];
  assert.deepEqual(readdirSync(folder).sort(), expected.sort());
  for (const name of names) {
    const sum = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
    assert.equal(readFileSync(join(folder, `${name}.sha256`), 'utf8'), `${sum}  ${name}\n`);
  }
  const notices = 'THIRD-PARTY-NOTICES.txt';
  assert.ok(readFileSync(join(folder, notices)).equals(readFileSync(join(root, notices))));
});

test('a platform without libraries is refused in one line that names those that have them', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [packager, '--target', 'linux-mips'], {
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.match(stdout + stderr, /linux-mips.*linux-x64, linux-arm64, win32-x64, win32-arm64, darwin-arm64/);
});

for (const [target, natives] of Object.entries(NATIVES)) {
  describe(`the VSIX for ${target}`, () => {
    const binaries = `node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}/`;
    let archive: Buffer;
    let files: Map<string, ZipEntry>;
    before(() => {
      archive = readFileSync(vsix(target));
      const entries = readZip(archive).filter(({ name }) => name.startsWith('extension/'));
      files = new Map(entries.map((entry) => [entry.name.slice('extension/'.length), entry]));
    });

    test('holds what is allowed by name and nothing else: no source maps, no tests, no other platform', () => {
      const allowed = (name: string): boolean =>
        name.startsWith(binaries)
          ? natives.includes(name.slice(binaries.length))
          : ALLOWED.some((pattern) => pattern.test(name));
      assert.deepEqual(
        [...files.keys()].filter((name) => !allowed(name)),
        [],
      );
    });

    test('holds what Rowlight needs', () => {
      const required = [...REQUIRED, ...natives.map((name) => binaries + name)];
      assert.deepEqual(
        required.filter((name) => !files.has(name)),
        [],
      );
    });

    test('is at most 60 MiB', () => {
      assert.ok(archive.length <= MAX_BYTES, `${(archive.length / 2 ** 20).toFixed(1)} MiB`);
    });

    test('has libraries for its machine, and each finds the others in the VSIX or in the system', () => {
      const [platform = '', arch] = target.split('-');
      for (const name of natives) {
        const library = readNativeLibrary(files.get(binaries + name)?.content() ?? Buffer.alloc(8));
        assert.equal(library.format, FORMATS[platform], name);
        assert.equal(library.machine, arch, name);
        const missing = library.needs.filter(
          (other) => !natives.includes(other.replace('@rpath/', '')) && !OF_THE_SYSTEM[library.format].test(other),
        );
        assert.deepEqual(missing, [], name);
        if (name.endsWith('.node')) {
          const runtime = library.needs.find((other) => /onnxruntime/.test(other))?.replace('@rpath/', '');
          assert.ok(natives.includes(runtime ?? ''), `${name} needs ${runtime}`);
        }
      }
    });

    test('may be read by everybody, and the command line may be run', () => {
      for (const [name, { mode }] of files) assert.equal(mode & 0o444, 0o444, name);
      const command = files.get('dist/cli.cjs');
      assert.equal((command?.mode ?? 0) & 0o111, 0o111);
      assert.match(String(command?.content().subarray(0, 30)), /^#!\/usr\/bin\/env node\n/);
    });

    test('says for which platform it is and names no script', () => {
      const manifest = readZip(archive).find(({ name }) => name === 'extension.vsixmanifest');
      assert.match(String(manifest?.content()), new RegExp(`TargetPlatform="${target}"`));
      const published = JSON.parse(String(files.get('package.json')?.content())) as Record<string, unknown>;
      assert.equal(published['scripts'], undefined);
      assert.equal(published['main'], './dist/extension.cjs');
    });

    if (target !== here) return;
    test('starts the native engine from its own files alone', () => {
      for (const [name, entry] of files) {
        if (!name.startsWith('node_modules/')) continue;
        mkdirSync(join(folder, dirname(name)), { recursive: true });
        writeFileSync(join(folder, name), entry.content());
      }
      const script = `process.stdout.write(JSON.stringify(require('onnxruntime-node').listSupportedBackends().map((b) => b.name)))`;
      const env = { ...process.env, NODE_PATH: '' };
      const output = execFileSync(process.execPath, ['-e', script], { cwd: folder, env, encoding: 'utf8' });
      assert.ok((JSON.parse(output) as string[]).includes('cpu'), output);
    });
  });
}
