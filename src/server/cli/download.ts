import { type DownloadProgress, downloadModel } from '../download/download-model';
import { isBase } from '../download/hub-cache';
import { hubOfEnvironment } from '../download/hub-of-environment';
import { inWords } from '../runs/disk';
import { type Terminal, barBefore, duration } from './progress-bar';
import { stopSignal } from './stop-signal';

/** What `rowlight download` takes. */
export interface DownloadOptions {
  readonly revision: string;
  readonly offline: boolean;
}

/** A line every so often where there is no terminal. */
const QUIET_INTERVAL = 10_000;

/** `rowlight download NAME`: answers the folder in the hub's cache, which every command takes as a model. */
export async function downloadCommand(name: string, { revision, offline }: DownloadOptions): Promise<string> {
  const { signal, release } = stopSignal();
  const hub = hubOfEnvironment();
  const bar = downloadBar(process.stderr, () => Date.now());
  try {
    return await downloadModel(name, revision, {
      ...hub,
      offline: offline || hub.offline,
      signal,
      onProgress: bar.update,
      onBroken: (reason) => {
        bar.clear();
        process.stderr.write(`${name}: the connection broke (${reason}); going on\n`);
      },
    });
  } finally {
    bar.clear();
    release();
  }
}

/** What to say of a downloaded model: its folder is the result, a remedy where only another form of weights is there. */
export async function downloadLines(folder: string): Promise<{ readonly result: string; readonly advice?: string }> {
  if (await isBase(folder)) return { result: folder };
  return { result: folder, advice: `its weights are not safetensors yet: rowlight import ${folder} OUT` };
}

/** A bar with rate and time left on a terminal; a plain line every ten seconds elsewhere. */
function downloadBar(terminal: Terminal, now: () => number) {
  const began = now();
  let last = began;
  let before = -1;
  let shown = false;
  return {
    update({ done, total, file }: DownloadProgress) {
      // What lay on the disk already comes at once and says nothing of the rate.
      if (before < 0) before = done;
      const interval = terminal.isTTY ? 100 : QUIET_INTERVAL;
      if (now() - last < interval) return;
      last = now();
      const rate = (done - before) / ((now() - began) / 1000);
      const left = rate > 0 ? `${duration((total - done) / rate)} left` : '';
      const text = `${file}  ${inWords(done)} of ${inWords(total)}  ${inWords(rate)}/s  ${left}`;
      if (terminal.isTTY) terminal.write(`\r\x1b[2K${barBefore(text, done / total, terminal.columns ?? 80)}`);
      else terminal.write(`${text}\n`);
      shown = terminal.isTTY ?? false;
    },
    clear() {
      if (shown) terminal.write('\r\x1b[2K');
      shown = false;
    },
  };
}
