// The command line of `npm run engine:tensorflow`; see build.ts.
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { byteProgress } from '../../src/server/cli/byte-progress';
import { stopSignal } from '../../src/server/cli/stop-signal';
import { indexOfEnvironment } from '../../src/server/cuda/index-of-environment';
import { proxyFetch } from '../../src/server/download/proxy-fetch';
import { findBinding, tensorflowFolder } from '../../src/server/engine/tensorflow/find-binding';
import { RowlightError } from '../../src/server/errors';
import { cacheFolder } from '../../src/server/runs/verdict-cache';
import { buildTensorflow } from './build';
import { findCompiler } from './compile';
import { fetchSources } from './sources';
import { wheelFor } from './wheels';

const { values } = parseArgs({
  options: {
    cuda: { type: 'boolean', default: false },
    from: { type: 'string' },
    remove: { type: 'boolean', default: false },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);

try {
  process.exitCode = await main();
} catch (error) {
  if (!RowlightError.is(error)) throw error;
  say(`engine:tensorflow: ${error.message}`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const folder = tensorflowFolder(cacheFolder());
  if (values.remove) {
    await rm(folder, { recursive: true, force: true });
    say(`removed: ${folder}`);
    return 0;
  }
  const wheel = wheelFor(`${process.platform}-${process.arch}`, values.cuda);
  const found = findBinding();
  if ('tensorflow' in found && found.wheel === wheel.file) {
    say(`the engine tensorflow is there: ${folder}`);
    return 0;
  }
  const { signal, release } = stopSignal();
  const bar = byteProgress();
  const told = { ...(values.from !== undefined && { from: values.from }) };
  try {
    await buildTensorflow({
      ...told,
      wheel,
      folder,
      compiler: findCompiler(),
      sources: fetchSources,
      index: indexOfEnvironment(),
      fetch: proxyFetch(),
      signal,
      say: (line) => {
        bar.clear();
        say(line);
      },
      onProgress: ({ done, total, file }) => bar.update({ done, total, what: file }),
      onBroken: (reason) => {
        bar.clear();
        say(`the connection broke (${reason}); going on`);
      },
    });
  } finally {
    bar.clear();
    release();
  }
  say(`the engine tensorflow is built: ${folder}`);
  return 0;
}
