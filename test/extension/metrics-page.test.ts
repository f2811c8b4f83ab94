import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { comparisonHtml, metricsHtml } from '../../src/extension/metrics/page-html';

const parts = {
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'bm9uY2U=',
  script: 'https://host/dist/media/metrics.js',
  style: 'https://host/dist/media/metrics.css',
  locale: 'zh-cn',
  folder: '/data/.rowlight/runs/run-1',
  title: 'Metrics: train.tsv',
};

/** The policy of a page, by directive. */
function policyOf(html: string): Map<string, string> {
  const [, content = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  return new Map(content.split('; ').map((rule) => [rule.split(' ')[0] ?? '', rule.split(' ').slice(1).join(' ')]));
}

test('the policy forbids everything but the bundle and its style sheet', () => {
  const policy = policyOf(metricsHtml(parts));
  assert.equal(policy.get('default-src'), "'none'");
  assert.equal(policy.get('script-src'), "'nonce-bm9uY2U='");
  assert.equal(policy.get('style-src'), 'https://*.vscode-cdn.net');
  assert.equal(policy.get('form-action'), "'none'");
  assert.equal(policy.get('base-uri'), "'none'");
  assert.deepEqual([...policy.keys()].sort(), ['base-uri', 'default-src', 'form-action', 'script-src', 'style-src']);
});

test('there is one script, by nonce, and nothing inline', () => {
  const html = metricsHtml(parts);
  assert.deepEqual(html.match(/<script[^>]*>[^<]*/g), [
    '<script nonce="bm9uY2U=" src="https://host/dist/media/metrics.js">',
  ]);
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
});

test('a folder or title of any name stays a value', () => {
  const nasty = `"><script>alert(1)</script>&'`;
  const html = metricsHtml({ ...parts, folder: nasty, title: nasty, locale: nasty });
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.match(html, /data-folder="&#34;&#62;&#60;script&#62;/);
});

test('the comparison page has the same policy, and names of folders stay values', () => {
  const nasty = `"><script>alert(1)</script>&'`;
  const html = comparisonHtml({ ...parts, folders: ['/runs/a', nasty] });
  assert.deepEqual(policyOf(html), policyOf(metricsHtml(parts)));
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.match(html, /data-folders="\[&#34;\/runs\/a&#34;,&#34;\\&#34;&#62;&#60;script&#62;/);
});

test('the page makes elements and texts, never HTML, and evaluates nothing', () => {
  for (const name of ['metrics', 'comparison']) checkSources(join(process.cwd(), 'media', name));
  // Tooltips are drawn on the canvas.
  const theme = readFileSync(join(process.cwd(), 'src/report/charts/chart-theme.ts'), 'utf8');
  assert.match(theme, /renderMode: 'richText'/);
});

function checkSources(folder: string): void {
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  assert.ok(sources.length > 3);
  for (const path of sources) {
    const source = readFileSync(join(folder, path), 'utf8');
    assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/, path);
  }
}
