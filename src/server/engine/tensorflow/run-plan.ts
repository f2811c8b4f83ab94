import type { Binding } from './binding';
import type { Constant, Plan } from './plan';

/** Runs a plan, again and again. Tensors are named by their numbers in the binding. */
export interface PlanRunner {
  /**
   * @param given the tensors of the inputs by name; they stay
   * @returns the results by name, each a tensor of the caller's own
   */
  run(given: ReadonlyMap<string, number>): Map<string, Result>;
  dispose(): void;
}

/** A tensor that a plan made. */
export interface Result {
  readonly id: number;
  readonly shape: readonly number[];
}

/** Makes the constants of a plan. */
export function createPlanRunner(binding: Binding, plan: Plan): PlanRunner {
  const make = ({ shape, dtype, data }: Constant) => binding.createTensor(shape, dtype, data);
  const constants = plan.constants.map((constant) => [constant.slot, make(constant)] as const);

  return {
    run(given) {
      const tensors = new Int32Array(plan.slots).fill(-1);
      for (const [slot, id] of constants) tensors[slot] = id;
      for (const [name, slot] of plan.inputs) tensors[slot] = given.get(name)!;
      const live = plan.live.map((constant) => (tensors[constant.slot] = make(constant)));
      // What is there now, so that an operation that fails leaves nothing behind.
      const made = new Set<number>(live);
      try {
        for (const { op, attributes, inputs, outputs, free } of plan.steps) {
          const results = binding.executeOp(
            op,
            attributes,
            inputs.map((slot) => tensors[slot]!),
            outputs.length,
          );
          outputs.forEach((slot, i) => made.add((tensors[slot] = results[i]!.id)));
          for (const slot of free) {
            binding.deleteTensor(tensors[slot]!);
            made.delete(tensors[slot]!);
          }
        }
        const results = new Map<string, Result>();
        // Handles to the results' memory; what was given or is a constant, and what is a result twice, stays or goes by itself.
        for (const [name, slot] of plan.outputs) results.set(name, handleTo(binding, tensors[slot]!));
        return results;
      } finally {
        for (const id of made) binding.deleteTensor(id);
      }
    },
    dispose() {
      for (const [, id] of constants) binding.deleteTensor(id);
    },
  };
}

/** Another handle to the same memory. */
function handleTo(binding: Binding, id: number): Result {
  return binding.executeOp('Identity', [], [id], 1)[0]!;
}
