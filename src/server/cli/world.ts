import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Log } from '../env';
import { MODELS_FOLDER } from '../node-files';

/** The wall clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** The name of the embedded base model. */
export const EMBEDDED_MODEL = 'zh-mini';

/** The folder that a model argument means: an embedded model by its name, else a path as it is. */
export function modelPath(model: string): string {
  const embedded = join(MODELS_FOLDER, model);
  return !model.includes('/') && !existsSync(model) && existsSync(join(embedded, 'config.json')) ? embedded : model;
}

/** A log on standard error: warnings and errors, and with `--verbose` everything. */
export function stderrLog(verbose: boolean): Log {
  const write = (level: string) => (message: string, data?: object) => {
    process.stderr.write(`${level}${message}${data === undefined ? '' : ` ${JSON.stringify(data)}`}\n`);
  };
  const nothing = () => undefined;
  return {
    debug: verbose ? write('debug: ') : nothing,
    info: write(''),
    warn: write('warning: '),
    error: write('error: '),
  };
}
