import type { Command, Option } from 'commander';

/** The options among `wanted` that a command line named, as arguments for another one; defaults are left out. */
export function givenArguments(command: Command, wanted: readonly Option[]): string[] {
  return wanted.flatMap((option) => {
    const name = option.attributeName();
    if (option.long === undefined || option.long === null || command.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = command.getOptionValue(name);
    return value === true ? [option.long] : [option.long, String(value)];
  });
}
