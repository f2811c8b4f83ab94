/**
 * The part of playwright-core 1.65 that the workbench tests use, written down structurally: the package itself lies in `.e2e`,
 * outside node_modules, and is loaded at run time.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Waiting {
  readonly timeout?: number;
}

/** Elements that a selector finds now or later. */
export interface Locator {
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  filter(options: { hasText: string | RegExp }): Locator;
  first(): Locator;
  nth(index: number): Locator;
  count(): Promise<number>;
  click(options?: Waiting & { button?: 'left' | 'right'; position?: { x: number; y: number } }): Promise<void>;
  hover(options?: Waiting & { position?: { x: number; y: number } }): Promise<void>;
  fill(text: string, options?: Waiting): Promise<void>;
  press(key: string, options?: Waiting): Promise<void>;
  innerText(options?: Waiting): Promise<string>;
  inputValue(options?: Waiting): Promise<string>;
  allInnerTexts(): Promise<string[]>;
  getAttribute(name: string): Promise<string | null>;
  isVisible(): Promise<boolean>;
  scrollIntoViewIfNeeded(): Promise<void>;
  boundingBox(): Promise<{ x: number; y: number; width: number; height: number } | null>;
  waitFor(options?: Waiting & { state?: 'attached' | 'detached' | 'visible' | 'hidden' }): Promise<void>;
}

/** A frame inside the page, such as a webview. */
export interface FrameLocator {
  first(): FrameLocator;
  frameLocator(selector: string): FrameLocator;
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
}

/** A browser tab. */
export interface Page {
  readonly keyboard: {
    type(text: string, options?: { delay?: number }): Promise<void>;
    press(key: string): Promise<void>;
  };
  readonly mouse: { move(x: number, y: number): Promise<void>; wheel(dx: number, dy: number): Promise<void> };
  goto(url: string, options?: Waiting): Promise<unknown>;
  reload(options?: Waiting): Promise<unknown>;
  locator(selector: string, options?: { hasText?: string | RegExp }): Locator;
  frameLocator(selector: string): FrameLocator;
  /** All frames, those within frames too. */
  frames(): { locator(selector: string): Locator }[];
  /** Scripts are strings: a function would carry helpers of the bundler that the page does not have. */
  evaluate(script: string): Promise<unknown>;
  waitForFunction(script: string, argument?: undefined, options?: Waiting): Promise<unknown>;
  waitForEvent(event: 'load', options?: Waiting): Promise<unknown>;
  screenshot(options: { path: string }): Promise<unknown>;
  /** Runs a script in every page before the page's own. */
  addInitScript(script: string): Promise<void>;
  setDefaultTimeout(ms: number): void;
  on(event: 'console', listener: (message: { type(): string; text(): string }) => void): void;
}

/** A browser with a profile of its own. */
export interface BrowserContext {
  pages(): Page[];
  close(): Promise<void>;
}

interface Playwright {
  readonly chromium: {
    launchPersistentContext(
      profile: string,
      options: {
        executablePath: string;
        headless: boolean;
        args: string[];
        viewport: { width: number; height: number };
        timeout?: number;
      },
    ): Promise<BrowserContext>;
  };
}

/** Chromium's own network use is off, and no host name but 127.0.0.1 resolves: a test cannot depend on the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Starts a headless Chromium with an empty profile. @param root the repository root @param profile an empty folder */
export function launchChromium(root: string, profile: string, executablePath: string): Promise<BrowserContext> {
  const require = createRequire(join(root, '.e2e', 'driver', 'package.json'));
  const { chromium } = require('playwright-core') as Playwright;
  const viewport = { width: 1280, height: 800 };
  return chromium.launchPersistentContext(profile, { executablePath, headless: true, args: ARGUMENTS, viewport });
}
