import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Commands, COMMANDS_NEEDING_TRUST, RUN_ON_DATA } from '../../src/protocol/commands';
import { LABEL_KEYS, LABELLING_KEYBINDINGS, LabellingActs, type Keybinding } from '../../src/protocol/labelling-keys';
import { METRICS_VIEW, COMPARISON_VIEW } from '../../src/protocol/webview';
import { LANGUAGE_IDS } from '../../src/protocol/languages';
import {
  defaultSettings,
  DEVICES,
  DTYPE_SETTINGS,
  ENGINES,
  MAX_DEVICE_MEMORY,
  MAX_THREADS,
} from '../../src/protocol/settings';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly enum?: string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const read = (path: string): string => readFileSync(join(process.cwd(), path), 'utf8');
const json = (path: string): Record<string, string> => JSON.parse(read(path)) as Record<string, string>;
const manifest = JSON.parse(read('package.json')) as {
  activationEvents: string[];
  extensionKind: string[];
  main: string;
  l10n: string;
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    keybindings: Keybinding[];
    commands: { command: string; category: string; title: string; enablement?: string }[];
    languages: { id: string; extensions?: string[]; filenames?: string[]; firstLine?: string }[];
    configuration: { properties: Record<string, Property> };
    walkthroughs: {
      steps: { description: string; media: { svg: string; altText: string }; completionEvents: string[] }[];
    }[];
  };
};
const { commands, languages, configuration } = manifest.contributes;

test('the commands are those of the table, in the palette as "Rowlight: …"', () => {
  assert.deepEqual(commands.map(({ command }) => command).sort(), Object.values(Commands).sort());
  for (const { category } of commands) assert.equal(category, 'Rowlight');
});

test('commands that need trust are hidden without it, and no others', () => {
  const hidden = commands.filter(({ enablement }) => /\bisWorkspaceTrusted\b/.test(enablement ?? ''));
  assert.deepEqual(hidden.map(({ command }) => command).sort(), [...COMMANDS_NEEDING_TRUST].sort());
});

test('the keys of labelling mode are those of the table, each under a narrow condition', () => {
  const keybindings = manifest.contributes.keybindings.filter(({ when }) => /\browlight\.labelling\b/.test(when));
  assert.deepEqual(keybindings, LABELLING_KEYBINDINGS);
  const labels = keybindings.filter(({ command }) => command === LabellingActs.key).map(({ key }) => key);
  assert.deepEqual(labels, LABEL_KEYS);
  assert.equal(new Set(labels).size, 36);
  for (const { key, when } of keybindings) {
    assert.match(when, /^rowlight\.labelling && editorTextFocus && .*editorLangId =~/, key);
  }
  const keys = keybindings.map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, 'no key twice');
  assert.deepEqual(new Set(keybindings.map(({ command }) => command)), new Set(Object.values(LabellingActs)));
});

test('every other key belongs to a view of ours that has the focus, and never to a text field in it', () => {
  for (const { key, when } of manifest.contributes.keybindings) {
    if (/\browlight\.labelling\b/.test(when)) continue;
    assert.match(when, /focusedView == 'rowlight\.\w+' && !inputFocus/, key);
  }
});

test('the settings are the typed ones, with the same defaults and bounds', () => {
  const flat = flatten(defaultSettings);
  const { properties } = configuration;
  assert.deepEqual(
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, property.default])),
    Object.fromEntries(Object.entries(flat).map(([name, value]) => [`rowlight.${name}`, value])),
  );
  const types: Record<string, string> = { string: 'string', boolean: 'boolean', number: 'integer' };
  for (const [name, value] of Object.entries(flat)) {
    const type = name === 'deviceMemory' ? 'number' : types[typeof value];
    assert.equal(properties[`rowlight.${name}`]?.type, type, name);
  }
  assert.deepEqual(properties['rowlight.device']?.enum, [...DEVICES]);
  assert.deepEqual(properties['rowlight.engine']?.enum, [...ENGINES]);
  assert.deepEqual(properties['rowlight.dtype']?.enum, [...DTYPE_SETTINGS]);
  assert.equal(properties['rowlight.threads']?.maximum, MAX_THREADS);
  assert.equal(properties['rowlight.deviceMemory']?.maximum, MAX_DEVICE_MEMORY);
});

test('what speaks of data is set per resource, what speaks of the machine is not; a workspace that is not trusted picks no model', () => {
  const scopes = Object.entries(configuration.properties).map(([name, { scope }]) => [name, scope]);
  const machine = scopes.filter(([, scope]) => scope === 'machine').map(([name]) => name);
  assert.deepEqual(machine.sort(), [
    'rowlight.device',
    'rowlight.deviceMemory',
    'rowlight.engine',
    'rowlight.hubEndpoint',
    'rowlight.packageIndex',
    'rowlight.server',
    'rowlight.threads',
  ]);
  assert.ok(scopes.every(([, scope]) => scope === 'machine' || scope === 'resource'));
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  assert.equal(supported, 'limited');
  for (const name of ['rowlight.model', 'rowlight.server']) assert.ok(restrictedConfigurations.includes(name), name);
  for (const name of restrictedConfigurations) assert.ok(configuration.properties[name], name);
});

test('the extension starts for its languages and for a page of its own after a reload, and contributes languages by file extension only', () => {
  assert.deepEqual(manifest.activationEvents, [
    ...LANGUAGE_IDS.map((id) => `onLanguage:${id}`),
    `onWebviewPanel:${METRICS_VIEW}`,
    `onWebviewPanel:${COMPARISON_VIEW}`,
    // A workspace with runs of ours: one may be under way although no data file is open.
    'workspaceContains:.rowlight/.gitignore',
    `onCommand:${RUN_ON_DATA}`,
  ]);
  assert.deepEqual(languages.map(({ id }) => id).sort(), ['csv', 'tsv']);
  for (const language of languages) {
    assert.ok(language.extensions?.length);
    assert.deepEqual(Object.keys(language).sort(), ['aliases', 'extensions', 'id']);
  }
  assert.deepEqual(manifest.extensionKind, ['workspace']);
});

test('the walkthrough has four steps; each has a picture, a button that runs a command of ours, and an event that completes it', () => {
  const { walkthroughs } = manifest.contributes;
  assert.equal(walkthroughs.length, 1);
  const { steps } = walkthroughs[0] ?? { steps: [] };
  assert.equal(steps.length, 4);
  const ids: readonly string[] = Object.values(Commands);
  for (const { description, media, completionEvents } of steps) {
    assert.match(read(media.svg), /var\(--vscode-/, 'the picture takes the colours of the theme');
    assert.doesNotMatch(read(media.svg), /https?:\/\/(?!www\.w3\.org)|<script|<image/);
    for (const file of ['package.nls.json', 'package.nls.zh-cn.json']) {
      const text = json(file)[description.slice(1, -1)] ?? '';
      const [, command = '', query] = /\]\(command:([\w.]+)(?:\?([^)]*))?\)$/.exec(text) ?? [];
      const run: unknown = query === undefined ? command : (JSON.parse(decodeURIComponent(query)) as unknown[])[0];
      if (query !== undefined) assert.equal(command, RUN_ON_DATA);
      assert.ok(ids.includes(String(run)), text);
      assert.ok(completionEvents.includes(`onCommand:${String(run)}`), text);
    }
  }
});

test('every text of the manifest is there in both languages, and no other', () => {
  const keys = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key as string).sort();
  assert.ok(keys.length > 10);
  assert.deepEqual(Object.keys(json('package.nls.json')).sort(), keys);
  assert.deepEqual(Object.keys(json('package.nls.zh-cn.json')).sort(), keys);
});

test('every text of the extension is translated, with the same places for values, and no other', () => {
  const sources = readdirSync(join(process.cwd(), 'src/extension'), { recursive: true, encoding: 'utf8' });
  const texts = sources
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...read(join('src/extension', path)).matchAll(/l10n\.t\(\s*('(?:[^'\\]|\\.)*'|[^)])/g)])
    .map(([call, literal]) => {
      assert.match(literal ?? '', /^'/, `a text must be a literal: ${call}`);
      return (literal ?? '').slice(1, -1).replaceAll('\\n', '\n').replaceAll("\\'", "'");
    });
  const bundle = json(join(manifest.l10n, 'bundle.l10n.zh-cn.json'));
  assert.deepEqual(Object.keys(bundle).sort(), [...new Set(texts)].sort());
  const places = (text: string): string[] => (text.match(/\{\d\}/g) ?? []).sort();
  for (const [text, translation] of Object.entries(bundle)) assert.deepEqual(places(translation), places(text), text);
});

function flatten(value: object, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
      typeof inner === 'object' && inner !== null
        ? Object.entries(flatten(inner, `${prefix}${key}.`))
        : [[`${prefix}${key}`, inner]],
    ),
  );
}
