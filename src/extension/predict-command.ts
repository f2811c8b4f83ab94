/** The line for a terminal that predicts a file with the command line `cli`; the user puts a model in the place of `MODEL`. */
export function predictCommand(cli: string, file: string, platform: NodeJS.Platform): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForShell;
  return `node ${quote(cli)} predict MODEL ${quote(file)}`;
}

/** For POSIX shells: nothing is special between single quotes but they themselves. */
const quoteForShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** For cmd and PowerShell: a path holds no double quote. */
const quoteForWindows = (text: string): string => `"${text}"`;
