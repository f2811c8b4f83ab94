/** The first of these programs found on the path, as an absolute path. */
export function findProgram(names: readonly string[]): string | undefined;
