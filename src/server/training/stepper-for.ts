import type { Engine } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { isTrainedByLora } from '../model/lora';
import type { Weights } from '../model/tensor-map';
import { createPartialStepper } from './partial-stepper';
import { type TrainScope, firstTrainedLayer } from './scope';
import { type Stepper, type StepperSettings, createStepper } from './stepper';

/** Makes the stepper that trains a scope; for `lora` the configuration has it. It takes the weights over: the map is emptied. */
export function createStepperFor(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  scope: TrainScope,
  settings: StepperSettings,
): Stepper {
  const from = firstTrainedLayer(scope, config.layers);
  return from === undefined
    ? createStepper(engine, config, weights, settings, scope === 'lora' ? isTrainedByLora : undefined)
    : createPartialStepper(engine, config, weights, from, settings);
}
