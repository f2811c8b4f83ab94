import * as vscode from 'vscode';

/** A line of a form, and what choosing it means. */
export interface FormItem<Answer> extends vscode.QuickPickItem {
  readonly answer: Answer;
}

/** What a form shows now. */
export interface FormState<Answer> {
  readonly items: readonly FormItem<Answer>[];
  /** Whether something of it is still being found out. */
  readonly busy: boolean;
}

/** Shows lines to choose from that are drawn anew whenever `changed` says so; undefined where the user leaves. */
export function pickLive<Answer>(
  { title, placeholder }: { readonly title: string; readonly placeholder: string },
  state: () => FormState<Answer>,
  changed: vscode.Event<void>,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const box = vscode.window.createQuickPick<FormItem<Answer>>();
    box.title = title;
    box.placeholder = placeholder;
    box.ignoreFocusOut = true;
    const draw = (): void => {
      const active = box.activeItems[0]?.answer;
      const { items, busy } = state();
      box.busy = busy;
      box.items = items;
      // The list was drawn anew under the user's hands: what was active stays so.
      const same = box.items.find(({ answer }) => answer === active);
      if (same) box.activeItems = [same];
    };
    const listening = changed(draw);
    let answer: Answer | undefined;
    box.onDidAccept(() => {
      // A click selects a row without making it the active one.
      answer = (box.selectedItems[0] ?? box.activeItems[0])?.answer;
      box.hide();
    });
    // Only now: what is asked next would be closed by this box's own end.
    box.onDidHide(() => {
      listening.dispose();
      box.dispose();
      resolve(answer);
    });
    draw();
    box.show();
  });
}
