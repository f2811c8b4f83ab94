import type { Engine } from '../engine/engine';
import type { BertConfig } from '../model/config';
import { isTrainedByLora } from '../model/lora';
import { isTrained } from '../model/partial';
import type { Weights } from '../model/tensor-map';
import { createDeviceStepper } from './device/stepper';
import { createPartialStepper } from './partial-stepper';
import { type TrainScope, firstTrainedLayer } from './scope';
import { type Stepper, type StepperSettings, createStepper, takeWeights, wholeModel } from './stepper';
import { upperPart } from './upper-part';

/**
 * Makes the stepper that trains a scope, on the device where the engine's keeps tensors; for `lora` the configuration has it. It takes the weights
 * over: the map is emptied.
 */
export function createStepperFor(
  engine: Engine,
  config: BertConfig,
  weights: Weights,
  scope: TrainScope,
  settings: StepperSettings,
): Stepper {
  const from = firstTrainedLayer(scope, config.layers);
  const ofScope = scope === 'lora' ? isTrainedByLora : () => true;
  const { memory } = engine;
  if (memory === undefined) {
    return from === undefined
      ? createStepper(engine, config, weights, settings, ofScope)
      : createPartialStepper(engine, config, weights, from, settings);
  }
  if (from === undefined) {
    const taken = takeWeights(weights, ofScope);
    return createDeviceStepper(
      memory,
      { pass: wholeModel(config, settings.loss), read: taken.frozen },
      taken,
      settings,
    );
  }
  const taken = takeWeights(weights, (name) => isTrained(name, from));
  const { pass, dispose } = upperPart(engine, config, taken.frozen, from, settings);
  return createDeviceStepper(memory, { pass, read: new Map(), dispose }, taken, settings);
}
