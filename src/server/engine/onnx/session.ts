// First: it must run before the library is loaded.
import './no-telemetry';
import * as ort from 'onnxruntime-node';
import type { HostTensor } from '../engine';
import { type EmittedGraph } from './emit';
import { encodeModel } from './proto';

/** The library, with its version. */
export const RUNTIME = `onnxruntime ${ort.env.versions.node ?? ort.env.versions.common}`;

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

/** Makes a session for a graph. `optimize` is off for graphs that run once. */
export async function createSession(
  emitted: EmittedGraph,
  settings: SessionSettings,
  optimize = true,
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(encodeModel(emitted.graph), {
    executionProviders: [...settings.providers],
    graphOptimizationLevel: optimize ? 'all' : 'disabled',
    intraOpNumThreads: settings.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    logSeverityLevel: 3,
    ...(settings.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: settings.profile }),
    extra: {
      session: {
        intra_op: { allow_spinning: settings.spinning ? '1' : '0' },
        // Without this every use of a dropout mask would get a DequantizeLinear of its own.
        disable_quant_qdq: '1',
      },
    },
  });
}

/** Wraps memory as ONNX Runtime's tensor, without a copy. */
export function toOrt(tensor: HostTensor): ort.Tensor {
  return new ort.Tensor(tensor.dtype, tensor.data as never, tensor.shape);
}

/** Reads ONNX Runtime's tensor as ours, without a copy. */
export function fromOrt(tensor: ort.Tensor): HostTensor {
  return { dtype: tensor.type as HostTensor['dtype'], shape: tensor.dims, data: tensor.data as HostTensor['data'] };
}
