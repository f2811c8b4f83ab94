/** The style of the exported report: one column for reading and for print. */
export const REPORT_STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f4f5f7; color: #1f2328; font: 14px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 980px; margin: 0 auto; padding: 32px 20px 48px; }
header h1 { margin: 0; font-size: 24px; line-height: 1.3; overflow-wrap: anywhere; }
header p { margin: 4px 0 20px; color: #59636e; }
section { margin: 0 0 20px; padding: 20px 24px; background: #fff; border: 1px solid #e3e6ea; border-radius: 10px; }
h2 { margin: 0 0 14px; font-size: 16px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px; }
.tile { padding: 12px 14px; border: 1px solid #e3e6ea; border-radius: 8px; }
.tile b { display: block; font-weight: 500; color: #59636e; }
.tile strong { display: block; font-size: 24px; line-height: 1.35; font-variant-numeric: tabular-nums; }
.tile span { color: #59636e; font-size: 12px; }
.verdict { margin: 16px 0; padding: 10px 14px; border-left: 4px solid #6b7280; background: #f6f7f9; border-radius: 0 6px 6px 0; }
.verdict.better { border-color: #15803d; }
.verdict.worse { border-color: #c2410c; }
.notice { margin: 0 0 14px; padding: 10px 14px; border: 1px solid #bcd3f5; background: #eef4fd; border-radius: 8px; overflow-wrap: anywhere; }
.notice.warning { border-color: #ecd39a; background: #fdf7e6; }
.notice.error { border-color: #efb4ab; background: #fdf0ee; }
.picture { overflow-x: auto; margin: 4px 0 12px; }
.picture svg { max-width: 100%; height: auto; display: block; }
figure { margin: 0 0 12px; }
figcaption { font-weight: 600; margin-bottom: 4px; }
table { width: 100%; border-collapse: collapse; margin: 8px 0 4px; font-size: 13px; }
caption { text-align: left; color: #59636e; padding: 4px 0; }
th, td { text-align: left; padding: 5px 10px 5px 0; border-bottom: 1px solid #eceef1; vertical-align: top; overflow-wrap: anywhere; unicode-bidi: isolate; white-space: pre-line; }
td { word-break: keep-all; }
th { color: #59636e; font-weight: 600; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; padding-right: 16px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0; }
dt { color: #59636e; }
dd { margin: 0; overflow-wrap: anywhere; }
summary { cursor: pointer; color: #59636e; }
footer { color: #59636e; font-size: 12px; }
@media print { body { background: #fff; } main { padding: 0; } section { break-inside: avoid-page; border: 0; padding: 8px 0; } }
`;
