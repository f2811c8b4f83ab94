import { test as plainTest, type TestContext, type TestOptions } from 'node:test';
import { running, type Workbench } from './workbench';

type Body = (t: TestContext) => void | Promise<void>;

/** A page that doesn't answer any more isn't waited for. */
const LIMIT_MS = 10_000;

/**
 * `test` of `node:test` for a case in a workbench. Where it fails, what the page shows then is kept as `.cache/screenshots/failed-….png`, and the
 * error says what lay over the editor: the closing lines of `npm test` are all that a build machine may show.
 */
export function test(name: string, body: Body): void;
export function test(name: string, options: TestOptions, body: Body): void;
export function test(name: string, ...rest: [Body] | [TestOptions, Body]): void {
  const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest;
  void plainTest(name, options, async (t) => {
    try {
      await body(t);
    } catch (error) {
      for (const workbench of running) {
        const seen = await Promise.race([keep(workbench, name), limit()]).catch(String);
        if (error instanceof Error) error.message += `\nOn the page: ${seen}`;
      }
      throw error;
    }
  });
}

async function keep(workbench: Workbench, name: string): Promise<string> {
  await workbench.screenshot(`failed-${name.replace(/\W+/g, '-').slice(0, 60)}`);
  return JSON.stringify(await workbench.page.evaluate(OVERLAYS));
}

const limit = (): Promise<string> =>
  new Promise((resolve) => setTimeout(() => resolve('it does not answer'), LIMIT_MS).unref());

/** What is open over the editor, and which element has the focus. */
const OVERLAYS = `(() => {
  const texts = (selector) => [...document.querySelectorAll(selector)]
    .filter((element) => element.checkVisibility())
    .map((element) => element.innerText.replace(/\\s+/g, ' ').slice(0, 100));
  const focus = document.activeElement;
  return {
    focus: focus ? focus.tagName + '.' + String(focus.className).slice(0, 40) : 'none',
    quickInput: texts('.quick-input-widget'),
    notifications: texts('.notifications-toasts .notification-list-item-message'),
    menus: texts('.action-widget, .monaco-dialog-box'),
  };
})()`;
