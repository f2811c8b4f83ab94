import { registerComposite } from './composite';
import { registerElementwise } from './elementwise';
import { registerGather } from './gather';
import { registerMatmul } from './matmul';
import { registerReduction } from './reduction';
import { registerShape } from './shape';

/** Registers every kernel of the backend with tfjs. Once a process. */
export function registerKernels(): void {
  registerElementwise();
  registerReduction();
  registerShape();
  registerGather();
  registerMatmul();
  registerComposite();
}
