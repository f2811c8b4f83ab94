// First: it must run before the library is loaded.
import './no-telemetry';
import * as ort from 'onnxruntime-node';
import { DeviceFailure } from '../../errors';
import type { HostTensor } from '../engine';
import { type EmittedGraph } from './emit';
import { encodeModel } from './proto';

/** The library, with its version. */
export const RUNTIME = `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}`;

/** ONNX Runtime's tensor. */
export type OrtTensor = ort.Tensor;
/** ONNX Runtime's session. */
export type OrtSession = ort.InferenceSession;

/** How sessions are made. */
export interface SessionSettings {
  /** Execution providers in order of preference, as ONNX Runtime names them. */
  readonly providers: readonly string[];
  /** Threads inside one operation. */
  readonly threads: number;
  /** Whether idle threads spin: faster for long runs, unkind to an editor beside. */
  readonly spinning: boolean;
  /** A file prefix for ONNX Runtime's profile, which names the provider of every node; for diagnosis. */
  readonly profile?: string;
}

/** What a session is for. */
export interface SessionUse {
  /** Off for graphs that run once. */
  readonly optimize: boolean;
  /**
   * Whether the memory of a run is planned from the run before. The plan lies beside what the first run took, so that a training session would
   * hold its activations twice (BERT-base, 32 texts of 32 tokens: 3,525 MB instead of 2,730, and no faster for it).
   */
  readonly planMemory: boolean;
  /** Results that stay in the device's memory. */
  readonly resident?: readonly string[];
}

/** Makes a session for a graph; what goes wrong on another device than the CPU is a `DeviceFailure`. */
export async function createSession(
  emitted: EmittedGraph,
  settings: SessionSettings,
  { optimize, planMemory, resident = [] }: SessionUse,
): Promise<ort.InferenceSession> {
  const made = ort.InferenceSession.create(encodeModel(emitted.graph), {
    executionProviders: [...settings.providers],
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableMemPattern: planMemory,
    logSeverityLevel: 3,
    ...(resident.length === 0
      ? {}
      : { preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, 'gpu-buffer' as const])) }),
    ...(settings.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: settings.profile }),
    extra: {
      session: {
        intra_op: { allow_spinning: settings.spinning ? '1' : '0' },
        // Without this every use of a dropout mask would get a DequantizeLinear of its own.
        disable_quant_qdq: '1',
      },
    },
  });
  return isCpu(settings) ? made : made.catch((error: unknown) => Promise.reject(new DeviceFailure(error)));
}

/** Whether sessions of these settings run on the CPU. */
export function isCpu({ providers }: SessionSettings): boolean {
  return providers[0] === 'cpu';
}

/** Runs a session; what goes wrong on another device than the CPU is a `DeviceFailure`. */
export async function runSession(
  session: ort.InferenceSession,
  settings: SessionSettings,
  feeds: Record<string, ort.Tensor>,
  fetches?: Record<string, ort.Tensor | null>,
): Promise<Record<string, ort.Tensor>> {
  try {
    return (await (fetches === undefined ? session.run(feeds) : session.run(feeds, fetches))) as Record<
      string,
      ort.Tensor
    >;
  } catch (error) {
    throw isCpu(settings) ? error : new DeviceFailure(error);
  }
}

/** Wraps memory as ONNX Runtime's tensor, without a copy. */
export function toOrt(tensor: HostTensor): ort.Tensor {
  return new ort.Tensor(tensor.dtype, tensor.data as never, tensor.shape);
}

/** Reads ONNX Runtime's tensor as ours, without a copy. */
export function fromOrt(tensor: ort.Tensor): HostTensor {
  return { dtype: tensor.type as HostTensor['dtype'], shape: tensor.dims, data: tensor.data as HostTensor['data'] };
}

/** The same device memory as a tensor of another shape; whoever disposes of it disposes of the memory. */
export function withShape(tensor: OrtTensor, dims: readonly number[]): OrtTensor {
  const dataType = tensor.type as 'float32';
  return ort.Tensor.fromGpuBuffer(tensor.gpuBuffer, { dataType, dims, dispose: () => tensor.dispose() });
}
