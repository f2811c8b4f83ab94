import type { Compiled, Engine, GraphSpec, HostTensor } from '../engine';
import { NO_AXES } from '../onnx/axes';
import type { OnnxBackend } from '../onnx/backend';
import { recordingBackend, registeredVariables } from '../onnx/recorder';
import { trace } from '../onnx/trace';
import type { ConstantData, Value } from '../onnx/value';
import { writeOnnx } from '../onnx/write';
import type { Binding } from './binding';
import type { ProductType } from './graph';
import { makePlan } from './plan';
import { DATA_TYPE } from './proto';
import { createPlanRunner } from './run-plan';
import { writeSavedModel } from './saved-model';

/** What the engine is made with. */
export interface TensorflowSettings {
  readonly threads: number;
  /** What the factors of matrix products are rounded to in training; predictions are made in float32. */
  readonly products: ProductType;
}

/** The engine on libtensorflow: the recorded operations, one after the other. */
export function createTensorflowEngine(binding: Binding, { threads, products }: TensorflowSettings): Engine {
  const backend = recordingBackend((value) => Promise.resolve(evaluate(binding, value)));
  return {
    name: 'tensorflow',
    device: binding.isUsingGpuDevice() ? 'cuda' : 'cpu',
    runtime: `tensorflow ${binding.TF_Version}${products === 'bfloat16' ? ', products in bfloat16' : ''}`,
    threads,
    compile: (spec) => Promise.resolve(compile(binding, backend, spec, products)),
    write: (spec, format) => {
      const traced = trace(backend, spec);
      return format === 'saved-model' ? writeSavedModel(traced) : writeOnnx(traced, format);
    },
  };
}

function compile(binding: Binding, backend: OnnxBackend, spec: GraphSpec, products: ProductType): Compiled {
  const variables = registeredVariables(backend);
  const traced = trace(backend, spec);
  const live = spec.variables === 'live';
  const plan = makePlan(traced, binding, live ? products : 'float32', (value) => live && variables.has(value));
  const runner = createPlanRunner(binding, plan);
  return {
    run(given, into = {}) {
      const inputs = new Map<string, number>();
      try {
        for (const name of plan.inputs.keys()) {
          const tensor = given[name];
          if (tensor === undefined) throw new Error(`The compiled graph needs the input ${name}.`);
          inputs.set(name, upload(binding, tensor));
        }
        const results = runner.run(inputs);
        const named = Object.entries(traced.outputs).map(([name, value]) => {
          const { id, shape } = results.get(name)!;
          const data = binding.tensorDataSync(id);
          binding.deleteTensor(id);
          const target = into[name];
          if (target === undefined) return [name, { dtype: value.type as HostTensor['dtype'], shape, data }] as const;
          target.data.set(data);
          return [name, target] as const;
        });
        return Promise.resolve(Object.fromEntries(named));
      } finally {
        for (const id of inputs.values()) binding.deleteTensor(id);
      }
    },
    dispose: () => Promise.resolve(runner.dispose()),
  };
}

/** Computes one recorded value outside a compiled graph; see `OnnxBackend.read`. */
function evaluate(binding: Binding, value: Value): ConstantData {
  const plan = makePlan({ inputs: {}, outputs: { value }, axes: NO_AXES }, binding, 'float32', () => false);
  const runner = createPlanRunner(binding, plan);
  const { id } = runner.run(new Map()).get('value')!;
  const data = binding.tensorDataSync(id);
  binding.deleteTensor(id);
  runner.dispose();
  return data;
}

/** Makes a tensor of ordinary memory. */
export function upload(binding: Binding, { shape, dtype, data }: HostTensor): number {
  return binding.createTensor(shape, DATA_TYPE[dtype], data);
}
