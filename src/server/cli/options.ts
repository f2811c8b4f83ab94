import { getPriority } from 'node:os';
import { InvalidArgumentError } from 'commander';
import type { ColumnSettings } from '../data/columns';
import type { MultiLabel } from '../data/multi-label';
import { DEFAULT_DELIMITER } from '../runs/load-classifier';
import { LORA_TARGETS, type LoraTarget } from '../model/lora';
import { POOLING_STRATEGIES, type Pooling, type PoolingStrategy, parseStrategy } from '../model/pooling';
import { type TrainScope, parseScope } from '../training/scope';
import type { Device, EngineName } from '../../protocol/settings';

/** Options that every command with a model has. */
export interface EngineOptions {
  readonly threads?: number;
  readonly engine?: EngineName;
  readonly device?: Device;
  readonly verbose: boolean;
  readonly json: boolean;
}

/** Columns that a person names; else they are found by name or by their values. */
export interface ColumnOptions {
  readonly textColumn?: string;
  readonly textBColumn?: string;
  readonly labelColumn?: string;
}

/** Options of how rows hold several labels. */
export interface TaskOptions {
  readonly task: (typeof TASKS)[number];
  readonly labelDelimiter: string;
  readonly labelColumns?: readonly string[];
}

/** What the rows of a file have: one label each, or any number. */
export const TASKS = ['single-label', 'multi-label'] as const;

/** How rows hold several labels, as the options say; undefined for one label a row. */
export function multiLabelOf({
  task = 'single-label',
  labelDelimiter = DEFAULT_DELIMITER,
  labelColumns,
}: Partial<TaskOptions>): MultiLabel | undefined {
  if (task !== 'multi-label' && labelColumns === undefined) return undefined;
  return { delimiter: labelDelimiter, ...(labelColumns === undefined ? {} : { columns: labelColumns }) };
}

/** Parses names with commas between, two at least, for commander. */
export function columnNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.length < 2 || names.includes('')) throw new InvalidArgumentError('It must be column names: a,b,c.');
  return names;
}

/** Parses what stands between the labels of a cell, for commander. */
export function delimiter(text: string): string {
  if (text === '' || text.length > 8 || /[\t\r\n]/.test(text))
    throw new InvalidArgumentError('It must be one to eight characters without tab or line break.');
  return text;
}

/** The named columns as the data room takes them. */
export function columnSettingsOf({ textColumn, textBColumn, labelColumn }: ColumnOptions): ColumnSettings {
  return {
    ...(textColumn === undefined ? {} : { text: textColumn }),
    ...(textBColumn === undefined ? {} : { textB: textBColumn }),
    ...(labelColumn === undefined ? {} : { label: labelColumn }),
  };
}

/**
 * What `selectEngine` takes. A command has the machine to itself, so idle threads may spin, which makes small models a tenth faster. At low priority
 * (the editor starts trainers so) it shares the machine, and spinning would make it slower by half.
 */
export function engineSettings({ threads, engine, device }: EngineOptions) {
  return {
    spinning: getPriority() <= 0,
    ...(threads === undefined ? {} : { threads }),
    ...(engine === undefined ? {} : { engine }),
    ...(device === undefined ? {} : { device }),
  };
}

/** Parses a whole number of at least `minimum`, for commander. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < minimum)
      throw new InvalidArgumentError(`It must be a whole number of at least ${minimum}.`);
    return value;
  };
}

/** Parses a number within bounds, the lower one excluded unless it is 0 and `zero` says so. */
export function numberWithin(low: number, high: number, zero = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const fits = text.trim() !== '' && Number.isFinite(value) && (zero ? value >= low : value > low) && value <= high;
    if (!fits) throw new InvalidArgumentError(`It must be a number ${zero ? 'from' : 'above'} ${low} up to ${high}.`);
    return value;
  };
}

/** Parses what is trained, for commander. */
export function scope(text: string): TrainScope {
  const found = parseScope(text);
  if (found === undefined) throw new InvalidArgumentError('It must be full, head, lora, or last-N, such as last-2.');
  return found;
}

/** The dense layers that may have an adapter. */
export const LORA_NAMES = Object.keys(LORA_TARGETS) as readonly LoraTarget[];

/** Parses which of them do, for commander. */
export function loraTargets(text: string): readonly LoraTarget[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !LORA_NAMES.some((known) => known === name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`"${unknown}" is none of ${LORA_NAMES.join(', ')}; write them with commas between.`);
  return LORA_NAMES.filter((name) => names.includes(name));
}

/** How texts become vectors, as `encode` and `serve` are told. */
export interface PoolingOptions {
  readonly pooling: PoolingStrategy;
  readonly layers: Pooling['layers'];
  readonly maxLength?: number;
}

/** Parses a strategy of pooling, for commander. */
export function poolingStrategy(text: string): PoolingStrategy {
  const found = parseStrategy(text);
  if (found === undefined)
    throw new InvalidArgumentError(
      `It must be one of ${POOLING_STRATEGIES.join(', ')}, or as bert-as-service names it.`,
    );
  return found;
}

/** Parses layers with commas or spaces between, for commander. */
export function layerList(text: string): Pooling['layers'] {
  const layers = text.split(/[\s,]+/).filter((part) => part !== '');
  const wrong = layers.find((part) => part !== 'embeddings' && !/^-?\d{1,3}$/.test(part));
  if (layers.length === 0 || layers.length > 32 || wrong !== undefined)
    throw new InvalidArgumentError('It must be layers such as -1,-2 (or embeddings), 32 at most.');
  return layers.map((part) => (part === 'embeddings' ? part : Number(part)));
}

/** Parses a port, for commander. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('It must be a port: 0 to 65535.');
  return value;
}

/** Parses two ports with a comma between, for commander. */
export function portPair(text: string): readonly [number, number] {
  const [first, second, ...rest] = text.split(',');
  if (second === undefined || rest.length > 0) throw new InvalidArgumentError('It must be two ports: 5555,5556.');
  return [portNumber(first!), portNumber(second)];
}
