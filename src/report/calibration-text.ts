import type { ProbabilityView } from '../protocol/metrics';
import type { Phrases } from './phrases';

/** What the temperature does to the calibration error, and how far that may be believed. */
export function calibrationText({ temperature, before, after }: ProbabilityView, say: Phrases): string {
  const error = (value: number): string => value.toFixed(3);
  return temperature === 1
    ? say.noTemperature(error(before.error))
    : say.temperatureOf(temperature.toFixed(2), error(before.error), error(after.error));
}
