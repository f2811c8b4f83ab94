import type { ChartTheme } from '../../src/report/charts/chart-theme';

/** The colours of VS Code's theme, for the pictures. Where a theme leaves one out its nearest kin stands in. */
export function readTheme(): ChartTheme {
  const style = getComputedStyle(document.body);
  const variable = (...names: readonly string[]): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return style.color;
  };
  const contrast = document.body.classList.contains('vscode-high-contrast');
  const outline = variable('contrastBorder', 'foreground');
  return {
    font: style.fontFamily.replaceAll('"', "'"),
    text: variable('foreground', 'editor-foreground'),
    muted: variable('descriptionForeground', 'foreground'),
    line: variable(contrast ? 'contrastBorder' : 'widget-border', 'panel-border', 'editorIndentGuide-background1'),
    background: variable('editorWidget-background', 'editor-background'),
    model: variable('charts-blue', 'textLink-foreground'),
    // Not orange: that is the colour of what was found in the minimap, and as pale or as dark as a theme has it there.
    heldOut: variable('charts-yellow', 'charts-orange'),
    floor: variable('descriptionForeground', 'charts-lines'),
    right: variable('charts-green', 'testing-iconPassed'),
    wrong: variable('charts-yellow', 'charts-red'),
    series: [
      variable('charts-blue', 'textLink-foreground'),
      variable('charts-yellow', 'charts-orange'),
      variable('charts-green', 'testing-iconPassed'),
      variable('charts-purple', 'charts-foreground'),
      variable('charts-red', 'errorForeground'),
      variable('charts-foreground', 'foreground'),
    ],
    ...(contrast ? { outline } : {}),
  };
}

/** Calls back when the theme was changed: VS Code then sets the variables on the root and a class on the body. */
export function onThemeChange(listener: () => void): void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
}
