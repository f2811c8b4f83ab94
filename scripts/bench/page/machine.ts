import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { version } from '../../../package.json';
import { driverText } from '../../../src/server/cuda/driver';
import { PACKAGES } from '../../../src/server/cuda/packages';

/** What the figures depend on: the machine, the versions, the state of the project. */
export function describeMachine(threads: string, python: string | undefined): [string, string][] {
  const gpu = printed('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader']);
  const commit = printed('git', ['rev-parse', '--short', 'HEAD']);
  const changed = printed('git', ['status', '--porcelain', '--untracked-files=no']);
  const modules =
    'import json,sys,torch,transformers,onnxruntime as o;print(json.dumps([sys.version.split()[0],torch.__version__,transformers.__version__,o.__version__]))';
  const [its, torch, transformers, runtime] = JSON.parse(
    (python && printed(python, ['-c', modules])) || '[]',
  ) as string[];
  const facts: [string, string | undefined][] = [
    ['Processor', `${cpus()[0]?.model.trim()}, ${cpus().length} threads, ${threads} used`],
    ['Memory', `${Math.round(totalmem() / 1e9)} GB`],
    ['GPU', gpu || driverText()?.split('\n')[0]],
    ['System', `${process.platform} ${process.arch}, ${release()}`],
    ['Rowlight', `${version}, commit ${commit || 'unknown'}${changed ? ' with uncommitted changes' : ''}`],
    ['Node', process.versions.node],
    ['onnxruntime-node', PACKAGES.onnxruntime],
    ['Python', its && `${its}, torch ${torch}, transformers ${transformers}, onnxruntime ${runtime}`],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}

/** What a program prints; empty where it is not there or fails. */
function printed(program: string, args: readonly string[]): string {
  const { stdout, status } = spawnSync(program, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : '';
}
