// Level `parity`: a Python environment with torch, transformers, ONNX Runtime and TensorFlow, the authorities that the parity tests compare with.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { aptAllowed, aptCommand, aptInstall } from './apt.mjs';
import { missing, ready } from './level.mjs';
import { at, parityFolder } from './paths.mjs';
import { findProgram, run } from './run.mjs';
import { say } from './say.mjs';

const REQUIREMENTS = at('scripts', 'golden', 'requirements.txt');
const STAMP = join(parityFolder, 'requirements.sha256');
const TORCH_CPU = 'https://download.pytorch.org/whl/cpu';

/** The environment's interpreter. */
export const parityPython =
  process.platform === 'win32' ? join(parityFolder, 'Scripts', 'python.exe') : join(parityFolder, 'bin', 'python');

/** @returns {Promise<import('./level.mjs').Level>} */
export async function setupParity() {
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  if (existsSync(parityPython) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return ready;
  const python = await findPython();
  if (!python) return missing('no Python 3.10 or newer with venv was found', aptCommand(['python3', 'python3-venv']));
  say(
    'Fetching torch, transformers and TensorFlow into .venv/parity (about 600 MB, 2.7 GB on disk; more where pip brings a CUDA build)',
  );
  mkdirSync(parityFolder, { recursive: true });
  if ((await run(python, ['-m', 'venv', parityFolder], quiet)) !== 0) {
    return missing('python -m venv failed (see above)', aptCommand(['python3', 'python3-venv']));
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '-r', REQUIREMENTS];
  let code = await run(parityPython, pip, quiet);
  if (code !== 0) code = await run(parityPython, [...pip, '--extra-index-url', TORCH_CPU], quiet);
  if (code !== 0)
    return missing('pip could not install scripts/golden/requirements.txt (see above)', 'npm run setup parity');
  writeFileSync(STAMP, wanted);
  return ready;
}

/** Nothing of pip's may land on our standard output. */
const quiet = { stdio: ['ignore', 2, 2] };

async function findPython() {
  const found = usablePython();
  if (found || !aptAllowed()) return found;
  await aptInstall(['python3', 'python3-venv'], 'about 10 MB; 40 MB on disk');
  return usablePython();
}

/** Debian's python3 has `venv` but no `ensurepip` until python3-venv is installed. */
function usablePython() {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const places = [findProgram(['python3']), findProgram(['python']), '/usr/bin/python3'];
  return places.find((path) => path && spawnSync(path, ['-c', check]).status === 0);
}
