import * as vscode from 'vscode';
import { Commands } from '../../protocol/commands';
import { percent } from '../../protocol/percent';
import type { SessionState } from './session';

/** The status item of labelling mode: how far the file is, what Enter gives, which keys there are. A click ends the mode. */
export class ModeStatus implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('rowlight.labelling', vscode.StatusBarAlignment.Left, 1000);

  constructor() {
    this.#item.name = vscode.l10n.t('Rowlight: labelling mode');
    this.#item.command = Commands.stopLabelling;
    this.#item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  }

  show({ row }: SessionState): void {
    const text = vscode.l10n.t('Labelling {0}', row ? `${row.labelled}/${row.total}` : '');
    const [best] = row?.choices ?? [];
    const parts = [text];
    if (best?.probability !== undefined) parts.push(`⏎ ${best.name} ${percent(best.probability)}`);
    this.#item.text = `$(tag) ${withoutIcons([...parts, vscode.l10n.t('Esc ends')].join(' · '))}`;
    this.#item.accessibilityInformation = { label: parts.join(', ') };
    this.#item.tooltip = tooltip(row?.choices ?? []);
    this.#item.show();
  }

  hide(): void {
    this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

/** A label such as `$(x)` must not become an icon. */
function withoutIcons(text: string): string {
  return text.replaceAll('$(', '$\u200b(');
}

/** Plain text: label names are other people's content. */
function tooltip(choices: NonNullable<SessionState['row']>['choices']): string {
  const keys = choices
    .filter(({ key }) => key !== undefined)
    .sort((a, b) => (a.key ?? '').localeCompare(b.key ?? ''))
    .map(({ key, name }) => `${key ?? ''}  ${name}`);
  return [
    vscode.l10n.t('Enter takes the prediction, Alt+1 to Alt+3 the model’s order.'),
    vscode.l10n.t('Space skips, Backspace clears, Up and Down move, Ctrl+Z undoes, Esc ends.'),
    ...keys,
  ].join('\n');
}
