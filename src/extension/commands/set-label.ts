import * as vscode from 'vscode';
import { GetRow, type RowSnapshot } from '../../protocol/label-acts';
import { percent } from '../../protocol/percent';
import type { Context } from '../context';
import { applyAct, selectedLines } from '../labelling/apply-act';
import { orderChoices, type ChoiceGroup } from '../labelling/order-choices';
import { tell } from './accept-prediction';
import { activeDataEditor } from './active-data';

/** Where the labels used last are remembered in this workspace, the last one first. */
const RECENT_KEY = 'rowlight.recentLabels';
const MOST_RECENT = 20;

interface Item extends vscode.QuickPickItem {
  readonly value?: string;
}

/** Gives the selected rows (every cursor's row) a label chosen from a list; a label that isn't in it can be typed. */
export async function setLabel({ client, extension }: Context): Promise<void> {
  const editor = activeDataEditor();
  const uri = editor.document.uri.toString();
  const lines = selectedLines(editor);
  const at = { line: editor.selection.active.line };
  const state = extension.workspaceState;
  const recent = state.get<string[]>(RECENT_KEY, []);
  const row = await client.request(GetRow, { uri, at, wait: false });
  const count = new Set(lines.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i)))
    .size;
  const label = await choose(row, recent, count, () => client.request(GetRow, { uri, at, wait: true }));
  if (label === undefined) return;
  tell(await applyAct(client, editor, () => ({ kind: 'set', label, lines: selectedLines(editor) })));
  await state.update(RECENT_KEY, [label, ...recent.filter((name) => name !== label)].slice(0, MOST_RECENT));
}

/** Lets the user choose; the list is there at once and is ordered anew when the row's prediction comes. */
function choose(
  row: RowSnapshot | null,
  recent: readonly string[],
  lines: number,
  predict: () => Promise<RowSnapshot | null>,
): Promise<string | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  let known = row;
  pick.title = lines > 1 ? vscode.l10n.t('Label for {0} lines', lines) : vscode.l10n.t('Label: {0}', row?.text ?? '');
  pick.placeholder = vscode.l10n.t('Type to search names, keys and guidelines, or a new label');
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  const draw = (): void => {
    pick.items = itemsOf(known, recent, pick.value.trim());
  };
  draw();
  pick.onDidChangeValue(draw);
  return new Promise((resolve) => {
    let open = true;
    if (known?.model !== undefined && known.choices[0]?.probability === undefined) {
      pick.busy = true;
      void predict()
        .then(
          (full) => {
            known = full ?? known;
          },
          () => undefined,
        )
        .then(() => {
          if (!open) return;
          pick.busy = false;
          draw();
        });
    }
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.value);
      pick.hide();
    });
    pick.onDidHide(() => {
      open = false;
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function itemsOf(row: RowSnapshot | null, recent: readonly string[], typed: string): Item[] {
  const titles: Record<ChoiceGroup, string> = {
    predicted: vscode.l10n.t('predicted'),
    recent: vscode.l10n.t('used last'),
    other: vscode.l10n.t('labels'),
  };
  const items: Item[] = [];
  let group: ChoiceGroup | undefined;
  for (const { choice, group: own } of orderChoices(row?.choices ?? [], recent)) {
    if (own !== group) items.push({ label: titles[own], kind: vscode.QuickPickItemKind.Separator });
    group = own;
    const { name, probability, key, description } = choice;
    const facts = [
      probability === undefined ? undefined : percent(probability),
      key === undefined ? undefined : vscode.l10n.t('key {0}', key),
    ];
    items.push({
      label: name === row?.label ? `$(check) ${name}` : name,
      description: facts.filter(Boolean).join(' · '),
      ...(description === undefined ? {} : { detail: description }),
      value: name,
    });
  }
  if (typed !== '' && !row?.choices.some(({ name }) => name === typed)) {
    // Matches in the names of labels are put first: a name on this row would make Enter create a label instead of finding one.
    items.push({
      label: '$(add)',
      description: vscode.l10n.t('New label: {0}', typed),
      value: typed,
      alwaysShow: true,
    });
  }
  return items;
}
