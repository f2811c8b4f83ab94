import type { EChartsOption } from 'echarts';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { ChartTheme } from '../../src/report/charts/chart-theme';
import { useCharts } from '../../src/report/charts/modules';
import type { Phrases } from '../../src/report/phrases';
import { element } from './dom';
import { shownAsTable, showAsTable } from './host';
import { onThemeChange, readTheme } from './theme';

useCharts();
use([CanvasRenderer]);

/** A picture with a table behind it. The table is there for screen readers at any time, and for everybody when it is asked for. */
export interface Figure {
  readonly element: HTMLElement;
  /** Draws both. `height` is the picture's, in pixels. */
  draw(option: (theme: ChartTheme) => EChartsOption, table: HTMLElement, height: number): void;
}

const redraws = new Set<() => void>();
let scheduled = false;
onThemeChange(() => {
  // Several attributes change at once.
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const redraw of redraws) redraw();
  });
});

/** Makes a figure. `name` is what its state is remembered by; `onPick` gets the datum that was clicked. */
export function createFigure(
  name: string,
  title: string,
  say: Phrases,
  onPick?: (datum: readonly number[]) => void,
): Figure {
  const picture = element('div', { class: 'picture', aria: { hidden: 'true' } });
  const table = element('div', { class: 'behind' });
  const toggle = element('button', { class: 'toggle', type: 'button', onClick: () => show(!shown) });
  let shown = shownAsTable(name);
  let drawn: ((theme: ChartTheme) => EChartsOption) | undefined;
  let chart: ReturnType<typeof init> | undefined;

  function show(asTable: boolean): void {
    shown = asTable;
    showAsTable(name, asTable);
    picture.hidden = asTable;
    table.classList.toggle('shown', asTable);
    toggle.textContent = asTable ? say.picture : say.table;
    toggle.setAttribute('aria-label', `${title}: ${asTable ? say.picture : say.table}`);
    redraw();
  }

  function redraw(): void {
    if (!drawn || picture.hidden || picture.clientWidth === 0) return;
    if (!chart) {
      chart = init(picture, null, { renderer: 'canvas' });
      chart.on('click', ({ value }) => {
        if (Array.isArray(value)) onPick?.(value.map(Number));
      });
    }
    chart.resize();
    chart.setOption(drawn(readTheme()), { notMerge: true });
  }

  new ResizeObserver(redraw).observe(picture);
  redraws.add(redraw);
  const whole = element(
    'figure',
    { class: `figure ${name}` },
    element('figcaption', {}, element('span', {}, title), toggle),
    picture,
    table,
  );
  show(shown);
  return {
    element: whole,
    draw(option, behind, height) {
      drawn = option;
      picture.style.height = `${height}px`;
      table.replaceChildren(behind);
      redraw();
    },
  };
}
