import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DtypeChoice } from '../engine/faster-dtype';
import { RowlightError } from '../errors';
import { forkHost } from '../host/fork';
import type { Pooling, PoolingStrategy } from '../model/pooling';
import type { Listening } from '../serve/listening';
import { isLoopback, readKey } from '../serve/security';
import { serve } from '../serve/serve';
import type { Device, EngineName } from '../../protocol/settings';
import { modelPath, stderrLog, systemClock } from './world';

/** Options of `rowlight serve`. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly apiKeyFile?: string;
  readonly pooling: PoolingStrategy;
  readonly layers: Pooling['layers'];
  readonly threads?: number;
  readonly engine?: EngineName;
  readonly device?: Device;
  readonly dtype: DtypeChoice;
  readonly zmq: boolean;
  readonly zmqPorts: readonly [number, number];
  readonly verbose: boolean;
}

/** `rowlight serve MODEL…`: answers over HTTP until it is told to stop (SIGINT, SIGTERM); then it answers what it has and ends. */
export async function serveCommand(paths: readonly string[], options: ServeOptions): Promise<void> {
  // A program that started this one with a channel takes it along; it may be gone before the models are loaded.
  const starterGone = new Promise<void>((resolve) => {
    if (!process.connected) return;
    process.once('disconnect', resolve);
    // Listening alone does not keep a process up that failed to start.
    process.channel?.unref();
  });
  const { host, port, apiKeyFile, threads = availableParallelism(), engine = 'onnx', device = 'cpu' } = options;
  const key = apiKeyFile === undefined ? undefined : await readKey(apiKeyFile);
  if (key === undefined && !isLoopback(host))
    throw new RowlightError(
      'bad-argument',
      `--host ${host}: other machines could reach it; give a key with --api-key-file FILE`,
    );
  if (options.zmq && !isLoopback(host))
    throw new RowlightError(
      'bad-argument',
      `--zmq answers this machine alone, since its protocol has no key; leave out --host ${host}, or forward the ports (ssh -L)`,
    );
  if (options.dtype === 'int8' && (engine !== 'onnx' || !['auto', 'cpu'].includes(device)))
    throw new RowlightError('unsupported', '--dtype int8 is for the CPU and the engine onnx; leave it out');
  const log = stderrLog(options.verbose);
  const fork = () =>
    forkHost(
      join(__dirname, 'model-host.cjs'),
      { threads, engine, device, serving: paths.length },
      { ...log, info: log.debug },
    );
  const pooling = { strategy: options.pooling, layers: options.layers };
  const server = await serve(
    {
      paths: paths.map(modelPath),
      dtype: options.dtype,
      pooling,
      host,
      port,
      ...(key === undefined ? {} : { key }),
      ...(options.zmq ? { zmq: options.zmqPorts } : {}),
    },
    fork,
    systemClock,
    {
      ...log,
      info: options.verbose
        ? log.info
        : (message, data) => (message === 'model loaded' ? undefined : log.info(message, data)),
    },
  ).catch((error: unknown) => rethrow(error, host, port));
  if (server.zmqPorts) process.stderr.write(`ZeroMQ on ports ${server.zmqPorts.join(' and ')} of 127.0.0.1\n`);
  const { models } = server;
  const named = models.map(({ name, now: { ref } }) => (ref.dtype === undefined ? name : `${name} (${ref.dtype})`));
  process.stderr.write(`${named.join(', ')} on ${server.address} (Ctrl+C stops it)\n`);
  const listening: Listening = { address: server.address, models: models.map(({ name }) => name) };
  process.send?.(listening, undefined, undefined, () => undefined);
  await new Promise<void>((resolve) => {
    void starterGone.then(resolve);
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  process.stderr.write('stopping: what waits is answered first\n');
  // A second wish is for an end at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  await server.stop();
}

function rethrow(error: unknown, host: string, port: number): never {
  const { code } = error as { code?: unknown };
  if (code === 'EADDRINUSE') throw new RowlightError('busy', `port ${port} is in use; choose another with --port`);
  if (code === 'EACCES')
    throw new RowlightError('bad-argument', `port ${port} is not yours to open; choose one above 1023`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    throw new RowlightError('bad-argument', `--host ${host}: is no address of this machine`);
  throw error;
}
