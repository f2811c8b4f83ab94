import type { RunPlan } from './messages';
import type { RunChoice } from './recipes';
import type { Settings } from './settings';

/** The arguments of `rowlight` for a planned run: what the server starts, and what the start form shows; {@link machineArguments} come after them. */
export function trainArguments(plan: RunPlan, chosen: RunChoice): string[] {
  const line = ['train', plan.data, '--base', plan.base, '--output', plan.output];
  line.push('--text-column', plan.textColumn, '--label-column', plan.labelColumn);
  if (plan.textBColumn !== undefined) line.push('--text-b-column', plan.textBColumn);
  if (plan.delimiter !== undefined) line.push('--task', 'multi-label', '--label-delimiter', plan.delimiter);
  if ('recipe' in chosen) return [...line, '--recipe', chosen.recipe];
  line.push('--epochs', String(chosen.epochs), '--learning-rate', String(chosen.learningRate));
  line.push('--max-length', String(chosen.maxLength), '--batch-size', String(chosen.batchSize));
  return line;
}

/** The settings of the machine as arguments of a command that trains, where they are not what the command line does by itself: ONNX Runtime, the CPU. */
export function machineArguments({
  engine,
  device,
  deviceMemory,
}: Pick<Settings, 'engine' | 'device' | 'deviceMemory'>): string[] {
  const line: string[] = [];
  if (engine !== 'onnx') line.push('--engine', engine);
  // TensorFlow has the device that it was built for.
  else if (device !== 'cpu') line.push('--device', device);
  if (deviceMemory > 0) line.push('--device-memory', String(deviceMemory));
  return line;
}

/** Words as one line for a terminal: quoted for a POSIX shell, or on Windows for PowerShell, the terminal VS Code opens there. */
export function shellLine(words: readonly string[], platform: string): string {
  const quote = platform === 'win32' ? "''" : `'\\''`;
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", quote)}'`)).join(' ');
}
