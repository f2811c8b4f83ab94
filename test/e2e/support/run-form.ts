/** The form of a run, filled in as a user would. */
import type { Page } from './playwright';
import { ask, pick, quickInputRows, typeInput } from './ui';
import { again, TRY_MS, until } from './wait';

/** The numbers of a run; what is left out makes a small model learn something within seconds. */
export interface FormNumbers {
  readonly epochs: number;
  readonly learningRate?: string;
  readonly maxLength?: number;
  readonly batchSize?: number;
}

/** Opens the form on the active file, sets its numbers, and leaves it open before Start. */
export async function fillRunForm(page: Page, numbers: FormNumbers): Promise<void> {
  const { epochs, learningRate = '5e-4', maxLength = 32, batchSize = 32 } = numbers;
  const values = [String(epochs), learningRate, String(maxLength), String(batchSize)];
  const line = `epochs ${epochs}, learning rate ${Number(learningRate)}, length ${maxLength}`;
  await again(
    async () => {
      await ask(page, 'Rowlight: Fine-tune', (rows) => rows.some((row) => row.includes('Advanced…')));
      await fillNumbers(page, values);
      await until(
        'the form with its numbers',
        () => quickInputRows(page),
        (rows) => rows.some((row) => row.includes(line)),
        TRY_MS,
      );
    },
    () => page.keyboard.press('Escape'),
  );
}

/** Answers the questions behind "Advanced…" of the open form. */
export async function fillNumbers(page: Page, values: readonly string[]): Promise<void> {
  await pick(page, 'Advanced…');
  for (const [step, value] of values.entries()) {
    // The same box asks all the questions: its title says when it is the next one's turn.
    const title = page.locator('.quick-input-title:visible', { hasText: `(${step + 1} of ${values.length})` });
    await title.waitFor({ timeout: TRY_MS });
    await typeInput(page, value);
  }
}

/** Starts a run with these numbers on the active file. */
export async function startRun(page: Page, numbers: FormNumbers): Promise<void> {
  await fillRunForm(page, numbers);
  await pick(page, 'Start');
}
