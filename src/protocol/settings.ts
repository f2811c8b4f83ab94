import { parseServerAddress } from './server-address';

/** The settings under `rowlight.` as the code sees them; `package.json` must say the same (`test/extension/manifest.test.ts`). */
export interface Settings {
  /** Folder of the model or run that predicts a file; empty: the newest finished run that fits. Relative to the workspace folder. */
  readonly model: string;
  /** Name of the column to classify; empty: guessed. */
  readonly textColumn: string;
  /** Name of the column that holds the labels; empty: guessed. */
  readonly labelColumn: string;
  /** Threads of the model host; 0: one less than the machine has, so that the editor keeps one. */
  readonly threads: number;
  /** What runs models: ONNX Runtime, which comes along, or TensorFlow, where it was built. */
  readonly engine: EngineName;
  /** Where models run: `auto`, `cpu`, or an ONNX Runtime execution provider. */
  readonly device: Device;
  /** GiB of a GPU's memory that training may take; 0: half of what the device says it has. */
  readonly deviceMemory: number;
  /** What models compute in: `auto` is int8 on a CPU, float16 on a GPU, where that was found to give nearly the same answers. */
  readonly dtype: Dtype;
  /** Address of the Hugging Face hub or a mirror; empty: `HF_ENDPOINT`, else the hub itself. */
  readonly hubEndpoint: string;
  /** Address of PyPI or a mirror, for CUDA's libraries; empty: `PIP_INDEX_URL`, else PyPI. */
  readonly packageIndex: string;
  /** Address of a server whose model predicts files that have no model of their own, `http://gpu-box:8125`; empty: none. */
  readonly server: string;
  /** Whether predictions are written beside the rows. */
  readonly hints: { readonly enabled: boolean };
  /** Whether problems of the data are reported. */
  readonly diagnostics: { readonly enabled: boolean };
}

/** Legal values of `rowlight.engine`. */
export const ENGINES = ['onnx', 'tensorflow'] as const;
/** One of {@link ENGINES}. */
export type EngineName = (typeof ENGINES)[number];

/** Legal values of `rowlight.device`. */
export const DEVICES = ['auto', 'cpu', 'webgpu', 'cuda', 'directml', 'coreml'] as const;
/** One of {@link DEVICES}. */
export type Device = (typeof DEVICES)[number];

/** Legal values of `rowlight.dtype`. */
export const DTYPE_SETTINGS = ['auto', 'float32'] as const;
/** One of {@link DTYPE_SETTINGS}. */
export type Dtype = (typeof DTYPE_SETTINGS)[number];

/** Largest number of threads that the setting takes. */
export const MAX_THREADS = 256;
/** Largest number of GiB that `rowlight.deviceMemory` takes. */
export const MAX_DEVICE_MEMORY = 1024;

/** The settings of someone who changed nothing. */
export const defaultSettings: Settings = {
  model: '',
  textColumn: '',
  labelColumn: '',
  threads: 0,
  engine: 'onnx',
  device: 'auto',
  deviceMemory: 0,
  dtype: 'auto',
  hubEndpoint: '',
  packageIndex: '',
  server: '',
  hints: { enabled: true },
  diagnostics: { enabled: true },
};

/** A setting whose value is not legal; the default is used instead. */
export interface SettingsProblem {
  /** Full name of the setting, `rowlight.threads`. */
  readonly setting: string;
  /** One line: what it is and what it should be. */
  readonly message: string;
}

/** Turns whatever a client sends for the section `rowlight` into legal settings; a bad value becomes the default and a problem. */
export function parseSettings(input: unknown): { settings: Settings; problems: SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const record = asRecord(input);
  const hints = asRecord(record['hints']);
  const diagnostics = asRecord(record['diagnostics']);

  function take<T>(source: Record<string, unknown>, key: string, name: string, fallback: T, check: Check<T>): T {
    const value = source[key];
    if (value === undefined || value === null) return fallback;
    if (check.is(value)) return value;
    problems.push({
      setting: `rowlight.${name}`,
      message: `rowlight.${name} must be ${check.what}; using ${JSON.stringify(fallback)}.`,
    });
    return fallback;
  }

  const settings: Settings = {
    model: take(record, 'model', 'model', defaultSettings.model, text),
    textColumn: take(record, 'textColumn', 'textColumn', defaultSettings.textColumn, text),
    labelColumn: take(record, 'labelColumn', 'labelColumn', defaultSettings.labelColumn, text),
    threads: take(record, 'threads', 'threads', defaultSettings.threads, threads),
    engine: take(record, 'engine', 'engine', defaultSettings.engine, engine),
    device: take(record, 'device', 'device', defaultSettings.device, device),
    deviceMemory: take(record, 'deviceMemory', 'deviceMemory', defaultSettings.deviceMemory, deviceMemory),
    dtype: take(record, 'dtype', 'dtype', defaultSettings.dtype, dtype),
    hubEndpoint: take(record, 'hubEndpoint', 'hubEndpoint', defaultSettings.hubEndpoint, address),
    packageIndex: take(record, 'packageIndex', 'packageIndex', defaultSettings.packageIndex, address),
    server: take(record, 'server', 'server', defaultSettings.server, server),
    hints: { enabled: take(hints, 'enabled', 'hints.enabled', defaultSettings.hints.enabled, flag) },
    diagnostics: {
      enabled: take(diagnostics, 'enabled', 'diagnostics.enabled', defaultSettings.diagnostics.enabled, flag),
    },
  };
  return { settings, problems };
}

interface Check<T> {
  readonly what: string;
  is(value: unknown): value is T;
}

const text: Check<string> = { what: 'text', is: (value): value is string => typeof value === 'string' };
const address: Check<string> = {
  what: 'empty or an address that begins with https:// or http://',
  is: (value): value is string => typeof value === 'string' && (value === '' || /^https?:\/\/[^\s/]+/.test(value)),
};
const server: Check<string> = {
  what: 'empty or an address such as http://gpu-box:8125, without a password',
  is: (value): value is string =>
    typeof value === 'string' && (value === '' || parseServerAddress(value) !== undefined),
};
const flag: Check<boolean> = { what: 'true or false', is: (value): value is boolean => typeof value === 'boolean' };
const threads: Check<number> = {
  what: `a whole number from 0 to ${MAX_THREADS}`,
  is: (value): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_THREADS,
};
const deviceMemory: Check<number> = {
  what: `a number of GiB from 0 to ${MAX_DEVICE_MEMORY}`,
  is: (value): value is number => typeof value === 'number' && value >= 0 && value <= MAX_DEVICE_MEMORY,
};
const engine: Check<EngineName> = {
  what: `one of ${ENGINES.join(', ')}`,
  is: (value): value is EngineName => (ENGINES as readonly unknown[]).includes(value),
};
const device: Check<Device> = {
  what: `one of ${DEVICES.join(', ')}`,
  is: (value): value is Device => (DEVICES as readonly unknown[]).includes(value),
};

const dtype: Check<Dtype> = {
  what: `one of ${DTYPE_SETTINGS.join(', ')}`,
  is: (value): value is Dtype => (DTYPE_SETTINGS as readonly unknown[]).includes(value),
};

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
