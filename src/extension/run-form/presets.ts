import type { RunArguments } from '../../protocol/messages';
import type { RunChoice } from '../../protocol/recipes';

/** Ready-made numbers for a run. */
export type Preset = 'recommended' | 'quick' | 'thorough';

/** All of them, in the order in which they are offered. */
export const PRESETS: readonly Preset[] = ['recommended', 'quick', 'thorough'];

/** The numbers of a preset. Only the epochs differ: the other numbers belong to the base model, which was tried with them. */
export function presetArguments(preset: Preset, recommended: RunArguments): RunArguments {
  switch (preset) {
    case 'recommended':
      return recommended;
    case 'quick':
      return { ...recommended, epochs: 1 };
    case 'thorough':
      return { ...recommended, epochs: Math.min(1000, Math.ceil(recommended.epochs * 2)) };
  }
}

/** The preset that has just these numbers; undefined for a recipe and for numbers of the user's own. */
export function presetOf(chosen: RunChoice, recommended: RunArguments): Preset | undefined {
  if ('recipe' in chosen) return undefined;
  return PRESETS.find((preset) => {
    const numbers = presetArguments(preset, recommended);
    return (Object.keys(numbers) as (keyof RunArguments)[]).every((key) => numbers[key] === chosen[key]);
  });
}
