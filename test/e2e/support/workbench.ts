/**
 * A real VS Code workbench (code-server) with the extension in it and a headless Chromium before it. One server and browser serve a
 * suite of tests; each case loads the page anew with `open`, which takes about four seconds.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { startCodeServer, type CodeServer } from '../../../scripts/lib/code-server.mjs';
import { visibleLines } from './editor-view';
import { findChromium, root } from './installed';
import { launchChromium, type BrowserContext, type Page } from './playwright';
import { PATIENCE_MS, until } from './wait';

/** What a suite asks for. */
export interface WorkbenchOptions {
  /** Files of the workspace: relative path → content. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A folder below the repository root that the workspace starts as a copy of, such as `samples/police-desk`. */
  readonly copyOf?: string;
  /** The extension: an unpacked folder (absolute; linked) or a VSIX. Default: the repository itself, whose `dist/` must be built. */
  readonly extension?: { readonly folder: string } | { readonly vsix: string };
  /** Folders (absolute) of further extensions. */
  readonly neighbours?: readonly string[];
  /** Whether the workspace is opened in Restricted Mode. */
  readonly restricted?: boolean;
  /** User settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine, as the remote tab of the settings writes them: those of scope `machine` are dropped from the user's before long. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Environment of the server, the extension host and everything below; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running workbench. The functions of editor-view.ts and ui.ts take its page. */
export interface Workbench {
  readonly page: Page;
  /** The workspace folder, absolute; temporary. */
  readonly workspace: string;
  /** Loads the page with this file (relative to the workspace) in the editor and waits for its text. */
  open(file: string): Promise<void>;
  /** Loads the page with the editors that the folder had last, and no file of its own; waits for the workbench. */
  openFolder(): Promise<void>;
  /** Reloads the window, as `Developer: Reload Window` does, and waits for the text. */
  reload(): Promise<void>;
  /** Saves what the page shows as `.cache/screenshots/NAME.png`. */
  screenshot(name: string): Promise<void>;
  /** The log files of the extension host and of the extension's output channels: name → text. Empty without the native log writer. */
  logs(): Record<string, string>;
  /**
   * Errors that page and extension host wrote to the console (1,000 characters of each). code-server writes a dozen of its own, more on a
   * busy machine: look for those that name the extension.
   */
  readonly consoleErrors: readonly string[];
  /** Those of the console's errors that name Rowlight (the folders of tests, which are named after it, apart) or a content policy. */
  complaints(): string[];
  /** The user's settings file as it is now. */
  userSettings(): string;
  /** Ends browser and server with all their children and removes their files. */
  stop(): Promise<void>;
}

// `node --test` ends a test that takes too long with SIGTERM. Ending by `exit` lets the handlers run that kill server and browser.
process.once('SIGTERM', () => process.exit(1));

/** The workbenches that are up now. */
export const running = new Set<Workbench>();

/** Starts a workbench. Rejects, with everything stopped again, where a part of it does not start. */
export async function startWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), 'rowlight-e2e-'));
  const workspace = join(home, 'workspace');
  fillWorkspace(workspace, options);
  const parts: { server?: CodeServer; browser?: BrowserContext; workbench?: Workbench } = {};
  const stop = async () => {
    if (parts.workbench) running.delete(parts.workbench);
    await parts.browser?.close().catch(() => undefined);
    parts.server?.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const {
      extension = { folder: root },
      neighbours = [],
      restricted = false,
      settings = {},
      machineSettings = {},
      env = {},
    } = options;
    // No model is another in mid-test, and every machine computes the same.
    const more = {
      neighbours,
      restricted,
      settings: { 'rowlight.dtype': 'float32', ...settings },
      machineSettings,
      env,
    };
    parts.server = await startCodeServer({ root, home: join(home, 'server'), extension, ...more });
    parts.browser = await launchChromium(root, join(home, 'profile'), findChromium() ?? 'chromium');
    parts.workbench = control(parts.server, parts.browser, workspace, stop);
    running.add(parts.workbench);
    return parts.workbench;
  } catch (error) {
    await stop();
    throw error;
  }
}

function fillWorkspace(workspace: string, { copyOf, files = {} }: WorkbenchOptions): void {
  mkdirSync(workspace);
  if (copyOf) cpSync(join(root, copyOf), workspace, { recursive: true, filter: (path) => !path.includes('.rowlight') });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
}

function control(server: CodeServer, browser: BrowserContext, workspace: string, stop: () => Promise<void>): Workbench {
  const page = browser.pages()[0];
  if (!page) throw new Error('Chromium started without a page');
  page.setDefaultTimeout(PATIENCE_MS);
  const consoleErrors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(message.text().slice(0, 1000));
  });
  const settled = async (file = '') => {
    await page.locator('.monaco-workbench .part.statusbar').waitFor();
    // The editor that the page had last may come up first.
    await page
      .locator('.tab.active', { hasText: basename(file) })
      .first()
      .waitFor();
    await until(
      'the text of the file',
      () => visibleLines(page),
      (lines) => lines.some((line) => line.length > 0),
    );
  };
  return {
    page,
    workspace,
    consoleErrors,
    complaints: () => consoleErrors.filter((error) => /rowlight(?!-(e2e|offline))|Content Security/i.test(error)),
    stop,
    open: async (file) => {
      await page.goto(server.url(workspace, join(workspace, file)));
      await settled(file);
    },
    openFolder: async () => {
      await page.goto(server.url(workspace));
      await page.locator('.monaco-workbench .part.statusbar').waitFor();
    },
    reload: async () => {
      await page.reload();
      await settled();
    },
    screenshot: async (name) => {
      const path = join(root, '.cache', 'screenshots', `${name}.png`);
      mkdirSync(dirname(path), { recursive: true });
      await page.screenshot({ path });
    },
    userSettings: () => readFileSync(join(server.home, 'user', 'User', 'settings.json'), 'utf8'),
    logs: () => readLogs(join(server.home, 'user', 'logs')),
  };
}

function readLogs(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => /exthost.*\.log$/.test(path));
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
