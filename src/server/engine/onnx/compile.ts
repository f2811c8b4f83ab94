import type { Compiled, GraphSpec, HostTensor } from '../engine';
import { NO_AXES } from './axes';
import type { OnnxBackend } from './backend';
import { type EmittedGraph, emit } from './emit';
import { toFloat16 } from './float16';
import { quantize } from './quantize';
import { registeredVariables } from './recorder';
import { type RunningSession, createRecoveringSession } from './recovering-session';
import { type SessionSettings, createSession, fromOrt, isCpu, runSession, toOrt } from './session';
import { trace } from './trace';
import { type ConstantData, type Value, sizeOf } from './value';

/** Traces `spec.fn` and compiles what it recorded. */
export async function compile(backend: OnnxBackend, spec: GraphSpec, settings: SessionSettings): Promise<Compiled> {
  const variables = registeredVariables(backend);
  const { inputs, outputs, axes } = trace(backend, spec);
  const live = spec.variables === 'live' ? emit(outputs, inputs, axes, (value) => variables.get(value)) : undefined;
  const start = async (graph: EmittedGraph, on: SessionSettings): Promise<RunningSession> => {
    const session = await createSession(graph, on, { optimize: true, planMemory: spec.variables === 'frozen' });
    return { run: (feeds, fetches) => runSession(session, on, feeds, fetches), release: () => session.release() };
  };
  /** The graph is written anew each time, since float16 rewrites it, which the CPU has no use for. */
  const startFrozen = (onDevice: boolean): Promise<RunningSession> => {
    const written = emit(outputs, inputs, axes);
    if (spec.precision === 'int8') quantize(written.graph);
    if (spec.precision === 'float16' && onDevice) toFloat16(written.graph);
    return start(written, onDevice ? settings : { ...settings, providers: ['cpu'] });
  };
  const recovering =
    live !== undefined || isCpu(settings)
      ? undefined
      : await createRecoveringSession(startFrozen, {
          device: `${settings.providers[0]!}${spec.precision === 'float16' ? ' in float16' : ''}`,
          warn: (line) => void process.stderr.write(`${line}\n`),
          now: () => performance.now(),
        });
  const session = recovering ?? (live === undefined ? await startFrozen(true) : await start(live, settings));

  // A variable's memory is read where it lies; its tensor is made once.
  const feedsOfVariables: Record<string, ReturnType<typeof toOrt>> = {};
  for (const [name, value] of live?.inputs ?? []) {
    if (value.source.kind === 'constant') feedsOfVariables[name] = toOrt(hostTensor(value, value.source.data));
  }
  const preallocated = new WeakMap<object, ReturnType<typeof toOrt>>();
  const wrapOnce = (tensor: HostTensor) => {
    let wrapped = preallocated.get(tensor);
    if (wrapped === undefined) preallocated.set(tensor, (wrapped = toOrt(tensor)));
    return wrapped;
  };

  return {
    async run(given, into = {}) {
      const feeds: Record<string, ReturnType<typeof toOrt>> = { ...feedsOfVariables };
      for (const name of Object.keys(inputs)) {
        const tensor = given[name];
        if (tensor === undefined) throw new Error(`The compiled graph needs the input ${name}.`);
        feeds[name] = toOrt(tensor);
      }
      const fetches = Object.fromEntries(
        Object.keys(outputs).map((name) => [name, into[name] === undefined ? null : wrapOnce(into[name])]),
      );
      const results = await session.run(feeds, fetches);
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, into[name] ?? fromOrt(tensor)]));
    },
    ...(recovering === undefined ? {} : { onDevice: recovering.onDevice }),
    dispose: () => session.release(),
  };
}

/** Computes one recorded value outside a compiled graph; see `OnnxBackend.read`. */
export async function evaluate(value: Value, settings: SessionSettings): Promise<ConstantData> {
  if (sizeOf(value.shape) === 0) return hostTensorOfZeros(value);
  const session = await createSession(emit({ result: value }, {}, NO_AXES), settings, {
    optimize: false,
    planMemory: false,
  });
  try {
    const { result } = await session.run({});
    return result!.data as ConstantData;
  } finally {
    await session.release();
  }
}

function hostTensor(value: Value, data: ConstantData): HostTensor {
  return { dtype: value.type as HostTensor['dtype'], shape: value.shape, data };
}

function hostTensorOfZeros(value: Value): ConstantData {
  return value.type === 'float32'
    ? new Float32Array(0)
    : value.type === 'int32'
      ? new Int32Array(0)
      : new Uint8Array(0);
}
