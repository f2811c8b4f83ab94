import { svgOf } from '../../../src/report/charts/svg';
import { escapeHtml } from '../../../src/report/html';
import { REPORT_STYLE } from '../../../src/report/report-style';
import { chartHeight, comparisonChart, figure } from './chart';
import { type BenchResults, type Comparison, type Measured, spread, timesTorch } from './results';

/** The page: one file that needs nothing else. */
export function benchHtml({ made, command, machine, comparisons, absent }: BenchResults): string {
  const date = `${made.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const body = [
    `<header><h1>Rowlight beside torch</h1><p>${escapeHtml(`Measured ${date}`)}</p></header>`,
    section('Machine and versions', definitions([...machine, ['Command', command]])),
    ...comparisons.map((comparison) => section(comparison.title, told(comparison))),
    ...(absent.length > 0
      ? [
          section(
            'Not on this page',
            table(
              ['what', 'why'],
              absent.map(({ name, why }) => [name, why]),
            ),
          ),
        ]
      : []),
    `<footer><p>Everyone is asked in turns, round by round, each in a process of its own; figures are medians, lines go from the slowest round to the fastest. A ratio above 1 means faster than torch.</p></footer>`,
  ];
  return [
    '<!DOCTYPE html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Rowlight beside torch</title><style>${REPORT_STYLE}</style></head>`,
    `<body><main>${body.join('\n')}</main></body></html>\n`,
  ].join('\n');
}

/** The ratios as lines, for a terminal. */
export function benchLines({ comparisons, absent }: BenchResults): string[] {
  return [
    ...comparisons.flatMap((comparison) => [
      comparison.title,
      ...comparison.measured.map((one) => {
        const figures = [`${figure(spread(one.samples).middle)} ${comparison.unit}`, ...ratios(comparison, one)];
        return `  ${one.name.padEnd(36)} ${figures.join('  ')}`;
      }),
    ]),
    ...absent.map(({ name, why }) => `not there: ${name}: ${why}`),
  ];
}

function ratios(comparison: Comparison, one: Measured): string[] {
  return (['float32', 'bfloat16'] as const).flatMap((precision) => {
    const times = timesTorch(comparison, one, precision);
    return times === undefined || one.reference === precision ? [] : [`${times.toFixed(2)} × torch ${precision}`];
  });
}

function told(comparison: Comparison): string {
  const { about, unit, measured, title } = comparison;
  const size = { width: 900, height: chartHeight(comparison) };
  const times = (one: Measured, precision: 'float32' | 'bfloat16') =>
    timesTorch(comparison, one, precision)?.toFixed(2) ?? '';
  const rows = measured.map((one) => {
    const { middle, low, high } = spread(one.samples);
    const figures = [figure(middle), `${figure(low, middle)} – ${figure(high, middle)}`];
    return [one.name, ...figures, times(one, 'float32'), times(one, 'bfloat16'), one.peakMb?.toFixed(0) ?? ''];
  });
  const head = ['', unit, 'rounds', '× torch float32', '× torch bfloat16', 'peak MB'];
  const picture = `<div class="picture">${svgOf(comparisonChart(comparison), size, title)}</div>`;
  return `<p>${escapeHtml(about)}</p>${picture}${table(head, rows)}`;
}

const section = (title: string, inside: string): string => `<section><h2>${escapeHtml(title)}</h2>${inside}</section>`;

const definitions = (facts: readonly (readonly [string, string])[]): string =>
  `<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;

/** A table; cells that are numbers stand at the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map((_, i) => i > 0 && rows.some((row) => /^[\d,.]+( – [\d,.]+)?$/.test(row[i] ?? '')));
  const cell = (tag: string) => (text: string, i: number) =>
    `<${tag}${numeric[i] ? ' class="n"' : ''}>${escapeHtml(text)}</${tag}>`;
  const line = (cells: readonly string[], tag: string) => `<tr>${cells.map(cell(tag)).join('')}</tr>`;
  return `<table><thead>${line(head, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('')}</tbody></table>`;
}
