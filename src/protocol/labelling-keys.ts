/**
 * The keys of labelling mode. `package.json` must contribute exactly these (`test/extension/manifest.test.ts`); the commands stand in no menu
 * and not in the palette.
 */
export const LabellingActs = {
  /** Gives the label whose key it is: `args.key`. */
  key: 'rowlight.labelling.key',
  /** Gives what is predicted. */
  accept: 'rowlight.labelling.accept',
  /** Gives the first, second or third most probable label: `args.rank`. */
  choose: 'rowlight.labelling.choose',
  skip: 'rowlight.labelling.skip',
  clear: 'rowlight.labelling.clear',
  up: 'rowlight.labelling.up',
  down: 'rowlight.labelling.down',
  undo: 'rowlight.labelling.undo',
  redo: 'rowlight.labelling.redo',
  leave: 'rowlight.labelling.leave',
  /** Does nothing: holds back a key that would edit something else. */
  hold: 'rowlight.labelling.hold',
} as const;

/** One entry of `contributes.keybindings`. */
export interface Keybinding {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
  readonly when: string;
  readonly args?: { readonly key: string } | { readonly rank: number };
}

/** Context key that is true while labelling mode is on and its file is in the active editor. */
export const LABELLING_CONTEXT = 'rowlight.labelling';

/** Nowhere but in the text of a data file in labelling mode, and not while a widget over it wants the same keys. */
const WHEN = `${LABELLING_CONTEXT} && editorTextFocus && !suggestWidgetVisible && editorLangId =~ /[ct]sv/`;

/** Every key that can stand for a label. */
export const LABEL_KEYS = [...'1234567890abcdefghijklmnopqrstuvwxyz'];

/** Keys of the editor that change text; with their Mac forms where those differ. */
const HELD: readonly (readonly [key: string, mac?: string])[] = [
  ['tab'],
  ['shift+tab'],
  ['delete'],
  ['shift+delete'],
  ['shift+backspace'],
  ['ctrl+backspace', 'alt+backspace'],
  ['ctrl+delete', 'alt+delete'],
  ['ctrl+shift+k', 'cmd+shift+k'],
  ['ctrl+x', 'cmd+x'],
  ['ctrl+v', 'cmd+v'],
  ['ctrl+shift+v', 'cmd+shift+v'],
  ['shift+insert', 'cmd+backspace'],
  ['shift+enter'],
  ['ctrl+enter', 'cmd+enter'],
  ['ctrl+shift+enter', 'cmd+shift+enter'],
  ['ctrl+/', 'cmd+/'],
  ['shift+alt+a'],
  ['ctrl+[', 'cmd+['],
  ['ctrl+]', 'cmd+]'],
  ['alt+up'],
  ['alt+down'],
  ['shift+alt+up'],
  ['shift+alt+down'],
  ['ctrl+shift+alt+up', 'ctrl+k'],
  ['ctrl+shift+alt+down', 'ctrl+t'],
];

const bind = (command: string, key: string, more: Pick<Keybinding, 'mac' | 'args'> = {}, also = ''): Keybinding => ({
  command,
  key,
  ...more,
  when: WHEN + also,
});

/** All of them. */
export const LABELLING_KEYBINDINGS: readonly Keybinding[] = [
  ...LABEL_KEYS.map((key) => bind(LabellingActs.key, key, { args: { key } })),
  bind(LabellingActs.accept, 'enter'),
  ...[1, 2, 3].map((rank) => bind(LabellingActs.choose, `alt+${rank}`, { args: { rank } })),
  bind(LabellingActs.skip, 'space'),
  bind(LabellingActs.clear, 'backspace'),
  bind(LabellingActs.up, 'up'),
  bind(LabellingActs.down, 'down'),
  bind(LabellingActs.undo, 'ctrl+z', { mac: 'cmd+z' }),
  bind(LabellingActs.redo, 'ctrl+y', { mac: 'cmd+shift+z' }),
  bind(LabellingActs.redo, 'ctrl+shift+z', { mac: 'cmd+y' }),
  bind(LabellingActs.leave, 'escape', {}, ' && !findWidgetVisible'),
  ...HELD.map(([key, mac]) => bind(LabellingActs.hold, key, mac === undefined ? {} : { mac })),
];
