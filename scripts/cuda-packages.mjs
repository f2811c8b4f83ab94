// Writes src/server/cuda/packages.json: which wheels of PyPI `rowlight doctor --setup cuda` fetches, with their sizes and SHA-256, so that no
// mirror can put anything else in their place. Run it after an update of onnxruntime-node, and look at the difference.
//
//   node scripts/cuda-packages.mjs
//
// Fetches every wheel (1.1 GB) into .cache/cuda-wheels, to compare its hash with the index's and to list the libraries in it.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { at } from './lib/paths.mjs';

const INDEX = 'https://pypi.org/simple/';
const { version: onnxruntime } = JSON.parse(readFileSync(at('node_modules/onnxruntime-node/package.json'), 'utf8'));

/**
 * The provider, of the same version as onnxruntime-node, and what it is linked with (`readelf -d`): CUDA 13. NVIDIA's versions are those that
 * torch 2.11 for CUDA 13.0 has.
 */
const WANTED = [
  {
    name: 'onnxruntime-gpu',
    version: onnxruntime,
    file: /-cp312-cp312-manylinux_\d+_\d+_x86_64\.whl$/,
    libraries: /^libonnxruntime_providers_(shared|cuda)\.so$/,
  },
  { name: 'nvidia-cuda-runtime', version: '13.0.96', libraries: /^libcudart\.so\.13$/ },
  { name: 'nvidia-cublas', version: '13.1.0.3', libraries: /^libcublas(Lt)?\.so\.13$/ },
  { name: 'nvidia-curand', version: '10.4.0.35', libraries: /^libcurand\.so\.10$/ },
  { name: 'nvidia-cudnn-cu13', version: '9.19.0.56', libraries: /^libcudnn(_\w+)?\.so\.9$/ },
];

const packages = [];
for (const { name, version, file: pattern = /manylinux.*_x86_64\.whl$/, libraries: wanted } of WANTED) {
  const index = `${INDEX}${name}/`;
  const answer = await fetch(index, { headers: { Accept: 'application/vnd.pypi.simple.v1+json' } });
  const { files } = await answer.json();
  const [found, ...others] = files.filter(
    ({ filename }) => filename.startsWith(`${name.replaceAll('-', '_')}-${version}-`) && pattern.test(filename),
  );
  if (!found || others.length)
    throw new Error(`${name} ${version}: ${1 + others.length} wheels fit; make the pattern fit one`);
  const path = at('.cache/cuda-wheels', found.filename);
  if (!existsSync(path)) await download(new URL(found.url, index), path);
  const sha256 = await hashOf(path);
  if (sha256 !== found.hashes.sha256) throw new Error(`${path}: not what the index announces; delete it and try again`);
  // libcublasLt before libcublas, which needs it.
  const libraries = Object.fromEntries(
    (await listWheel(path))
      .filter(([library]) => wanted.test(library))
      .sort()
      .reverse(),
  );
  packages.push({ name, version, file: found.filename, size: found.size, sha256, libraries });
  process.stderr.write(`${found.filename}: ${Object.keys(libraries).join(', ')}\n`);
}
writeFileSync(at('src/server/cuda/packages.json'), `${JSON.stringify({ onnxruntime, packages }, undefined, 2)}\n`);

async function download(url, path) {
  mkdirSync(at('.cache/cuda-wheels'), { recursive: true });
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(path));
}

async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Names and bytes of what a wheel holds. @returns {Promise<[string, number][]>} */
async function listWheel(path) {
  const archive = await promisify(yauzl.open)(path, { lazyEntries: false });
  const entries = [];
  archive.on('entry', ({ fileName, uncompressedSize }) => entries.push([basename(fileName), uncompressedSize]));
  await new Promise((resolve, reject) => archive.on('end', resolve).on('error', reject));
  return entries;
}
