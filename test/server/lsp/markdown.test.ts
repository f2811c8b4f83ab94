import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { hoverMarkdown } from '../../../src/server/lsp/hover-text';
import { codeBlock, plain, visible } from '../../../src/server/lsp/markdown';

const nasty = [
  '[click](command:rowlight.fineTune)',
  '<img src=x onerror=alert(1)>',
  '![a](https://example.com/a.png)',
  '```',
  '``````',
  '~~~',
  '\n```\n[x](y)\n```\n',
  '$(sync~spin)',
  '| a | b |',
  '&lt;b&gt;',
  '<https://example.com>',
  'https://example.com',
  '\u2028# heading',
  '\r\n---\r\n',
  '\u202Etxt.exe',
  '    indented',
  '- list',
  '\\',
  '\0',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'binary' })), { maxLength: 4 })
  .map((all) => all.join(''));

test('plain text is a paragraph of text and nothing else, whatever it holds', () => {
  fc.assert(
    fc.property(text, (content) => {
      const kinds = kindsOf(`before ${plain(content)} after`);
      assert.deepEqual(
        [...kinds].filter((kind) => !['paragraph', 'text', 'escape'].includes(kind)),
        [],
      );
    }),
    { numRuns: 2000 },
  );
});

test('a code block is one block that holds its lines, whatever they hold', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (lines) => {
      const tokens = marked.lexer(`a\n\n${codeBlock(lines)}\n\nb`).filter(({ type }) => type !== 'space');
      assert.deepEqual(
        tokens.map(({ type }) => type),
        ['paragraph', 'code', 'paragraph'],
      );
      const shown = (tokens[1] as { text: string }).text;
      // The parser is of two minds about blank lines at the end.
      assert.equal(shown.trimEnd(), lines.map(visible).join('\n').trimEnd());
    }),
    { numRuns: 2000 },
  );
});

test('a hover of nasty text, labels and names holds no link, no image and no HTML', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 14 }),
      fc.array(text, { maxLength: 5 }),
      text,
      (labels, tokens, model) => {
        const probabilities = labels.map(() => 1 / labels.length);
        const label = labels[0] ?? '';
        const markdown = hoverMarkdown({
          prediction: { label, probability: 1, probabilities, truncated: false, tokens: 1 },
          labels,
          by: { model, tokens: { tokens, offsets: [], truncated: true, total: 99 } },
          locale: 'en',
        });
        const kinds = [...kindsOf(markdown)];
        assert.deepEqual(
          kinds.filter((kind) => !['paragraph', 'text', 'escape', 'code', 'space'].includes(kind)),
          [],
        );
      },
    ),
    { numRuns: 1000 },
  );
});

test('the top ten labels are drawn, the rest is counted; Chinese for a Chinese client', () => {
  const labels = Array.from({ length: 12 }, (_, i) => `标签${i}`);
  const probabilities = labels.map((_, i) => (i === 3 ? 0.8 : 0.2 / 11));
  const facts = {
    prediction: { label: '标签3', probability: 0.8, probabilities, truncated: false, tokens: 4 },
    labels,
    by: {
      model: 'desk',
      tokens: { tokens: ['[CLS]', '报', '警', '[SEP]'], offsets: [], truncated: false, total: 4 },
    },
    locale: 'zh-cn',
  };
  const lines = hoverMarkdown(facts).split('\n');
  assert.equal(lines[1], '█████████████░░░   80%  标签3');
  assert.equal(lines.filter((line) => line.includes('标签')).length, 10);
  assert.ok(lines.includes('… 另有 2 个'));
  assert.ok(lines.includes('[CLS] 报 警 [SEP]'));
  assert.ok(lines.some((line) => line.includes('模型读取 4 个词元')));
});

test('characters that hide or reorder text are made visible', () => {
  assert.equal(visible('a\u202Eb\u0000c\u2028d\u200Be'), 'a\ufffdb\u2400c\u240ad\ufffde');
});

function kindsOf(markdown: string): Set<string> {
  const kinds = new Set<string>();
  const walk = (tokens: Token[]): void => {
    for (const token of tokens) {
      kinds.add(token.type);
      if ('tokens' in token && token.tokens) walk(token.tokens);
    }
  };
  walk(marked.lexer(markdown));
  return kinds;
}
