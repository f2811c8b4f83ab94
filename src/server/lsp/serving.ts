import type { Connection } from 'vscode-languageserver';
import { type Serving, ServingEnded, StartServing, StopServing } from '../../protocol/serving';
import type { Log } from '../env';
import { RowlightError } from '../errors';
import type { ServingProcess, StartServing as Start } from '../host/serving-process';
import type { Configuration } from './configuration';
import { answer, notify } from './wire';

/** One model a window that is served over HTTP, by a process that ends with this one. */
export function registerServing(
  connection: Connection,
  { start, configuration, log }: { readonly start: Start; readonly configuration: Configuration; readonly log: Log },
): void {
  let running: Promise<ServingProcess> | undefined;

  answer(connection, log, StartServing, async ({ model, port }, { signal }): Promise<Serving> => {
    if (running) throw new RowlightError('busy', 'A model is served already; stop it first.');
    const { threads, device, engine } = await configuration.get();
    const args = [model, '--port', String(port), '--device', device, '--engine', engine];
    if (threads > 0) args.push('--threads', String(threads));
    const starting = start(args, signal);
    running = starting;
    const forget = (): void => {
      if (running === starting) running = undefined;
    };
    const served = await starting.catch((error: unknown) => {
      forget();
      throw error;
    });
    const serving = { model: served.models[0] ?? model, address: served.address };
    log.info('serving', serving);
    void served.ended.then((message) => {
      // Nobody wished it.
      if (running === starting) notify(connection, ServingEnded, { model: serving.model, message });
      forget();
    });
    return serving;
  });

  answer(connection, log, StopServing, async () => {
    const stopping = running;
    running = undefined;
    await (await stopping?.catch(() => undefined))?.stop();
    return null;
  });
}
