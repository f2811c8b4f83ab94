/** A running code-server. */
export interface CodeServer {
  readonly port: number;
  /** Its temporary home: settings in `user/User/settings.json`, log files in `user/logs`. */
  readonly home: string;
  /** Fulfilled when it has ended, stopped or by itself. */
  readonly ended: Promise<void>;
  /** What it wrote to its standard streams so far. */
  log(): string;
  /** The page that opens a workspace folder, and a file in it. Both are absolute paths. */
  url(workspace: string, file?: string): string;
  /** Kills it and everything that it started; also done when our process exits. */
  stop(): void;
}

/** How to start one. */
export interface CodeServerOptions {
  /** The repository root, below which `npm run setup workbench` put code-server. */
  readonly root: string;
  /** A folder for everything that it writes. */
  readonly home: string;
  /** The extension: an unpacked folder, which is linked, or a VSIX, which is installed. */
  readonly extension?: { readonly folder: string } | { readonly vsix: string };
  /** Folders of further extensions, which are linked. */
  readonly neighbours?: readonly string[];
  /** Whether folders are opened in Restricted Mode, until somebody trusts them. Default: trust is off, everything is trusted. */
  readonly restricted?: boolean;
  /** User settings on top of the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine: those of scope `machine` are not taken from the user's. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Environment variables on top of the clean ones; the server inherits nothing else. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts code-server on a free port of 127.0.0.1 and waits until it answers. Rejects with its log where it does not. */
export function startCodeServer(options: CodeServerOptions): Promise<CodeServer>;
