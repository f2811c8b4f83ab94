import * as vscode from 'vscode';

/** Who gets what is typed. */
export interface Typist {
  /** Whether typing is meant for the labeller: its file is in the active editor. */
  takes(): boolean;
  /** One character was typed that no keybinding took: of a keypad, full width, or none that means anything. */
  typed(character: string): void;
  /** An input method is composing text: its letters can't be told from label keys. */
  composing(): void;
}

/** What the editor calls when text is typed, composed, pasted or cut; each has a `default:` form that does it. */
const INPUT = ['type', 'compositionType', 'replacePreviousChar', 'paste', 'cut'] as const;

/**
 * Takes over the typing of text, so that nothing but acts of labelling edits the file; what is typed elsewhere goes where it would. Only one
 * extension can own typing: undefined where another one, such as Vim, does.
 */
export function takeTyping(typist: Typist): vscode.Disposable | undefined {
  const taken: vscode.Disposable[] = [];
  try {
    for (const command of INPUT) {
      taken.push(
        vscode.commands.registerCommand(command, (argument: { text?: string } | undefined) => {
          if (!typist.takes()) return vscode.commands.executeCommand(`default:${command}`, argument);
          const text = argument?.text ?? '';
          if (command === 'type' && [...text].length === 1) typist.typed(text);
          else if (command !== 'paste' && command !== 'cut') typist.composing();
          return undefined;
        }),
      );
    }
  } catch {
    for (const disposable of taken) disposable.dispose();
    return undefined;
  }
  return vscode.Disposable.from(...taken);
}
