// A copy of what a VSIX is made from. vsce looks at every file below its folder, and beside ours lie 50,000 of the test workbench and
// of Python (40 s); and it asks `npm list` for the packages that ship, where everything that esbuild bundled counts too.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { at, cacheFolder } from './paths.mjs';

/** The packages that are not bundled (`external` in esbuild.mjs) but ship as they are. */
const SHIPPED = ['onnxruntime-node', 'jieba-wasm'];

/** Platforms that ONNX Runtime's package has libraries for; each is a target of vsce, and Node's platform and architecture. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'win32-x64', 'win32-arm64', 'darwin-arm64'];

/**
 * Fills `.cache/package` for one of {@link TARGETS} and answers its path. `.vscodeignore` then decides what of it goes into the VSIX.
 * @param {string} target
 */
export function stage(target) {
  const folder = join(cacheFolder, 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const copy = (path, filter = () => true) =>
    existsSync(at(path)) && cpSync(at(path), join(folder, path), { recursive: true, filter });
  for (const path of ['.vscodeignore', ...allowedRoots()]) copy(path, (source) => !isLeftover(source));
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  for (const path of closure(packages, SHIPPED)) copy(path, isFor(target));
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest(), null, 2));
  return folder;
}

/** The files and folders of the root that .vscodeignore allows something of. package.json is written anew, packages follow the lock file. */
function allowedRoots() {
  const lines = readFileSync(at('.vscodeignore'), 'utf8').split(/\r?\n/);
  const roots = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).split('/')[0] ?? '');
  return new Set(roots.filter((name) => name !== 'package.json' && name !== 'node_modules'));
}

/** The manifest without what only the repository needs: scripts, development packages, packages that are bundled. */
function manifest() {
  const all = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const rest = Object.fromEntries(Object.entries(all).filter(([key]) => !['scripts', 'devDependencies'].includes(key)));
  return { ...rest, dependencies: Object.fromEntries(SHIPPED.map((name) => [name, all.dependencies[name]])) };
}

/** Test bundles and runs trained while trying the samples: large, and never part of a VSIX. */
const isLeftover = (path) => path.startsWith(at('dist', 'test')) || path.includes('.rowlight');

/**
 * Of the native libraries only one platform's: the binding and what it loads. On Windows that includes what ONNX Runtime loads for a GPU
 * (DirectML.dll; dxcompiler.dll and dxil.dll for WebGPU); on Linux and macOS the GPU code is inside. The macOS package has one library under
 * two names; the binding asks for the short one.
 */
function isFor(target) {
  return (path) => {
    const [, after] = path.replaceAll('\\', '/').split('/bin/napi-v6/');
    if (after === undefined) return true;
    const [platform, arch, file = ''] = after.split('/');
    if (arch === undefined ? !target.startsWith(`${platform}-`) : `${platform}-${arch}` !== target) return false;
    return !/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file);
  };
}

/** The folders in node_modules of these packages and of all that they depend on: `npm list` fails where one is missing. */
function closure(packages, names) {
  const found = new Set();
  const visit = (name, from) => {
    const path = find(packages, name, from);
    if (!path || found.has(path)) return;
    found.add(path);
    for (const dependency of Object.keys(packages[path].dependencies ?? {})) visit(dependency, path);
  };
  for (const name of names) visit(name, '');
  return found;
}

/** Node's rule: the nearest node_modules upwards. */
function find(packages, name, from) {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder === '.' ? '' : folder, 'node_modules', name);
    if (packages[path]) return path;
    if (folder === '' || folder === '.') return undefined;
  }
}
