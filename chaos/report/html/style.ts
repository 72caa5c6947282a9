/** The look of the page, for screens from 360 px on, light and dark, and for paper, where the light theme holds and nothing scrolls. */
import { DARK, LIGHT, customProperties } from './palette.ts';

const BASE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;max-width:1180px;padding:24px 20px 64px;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,pre{margin:0;padding:0}
h1{font-size:clamp(24px,4.5vw,38px);line-height:1.2;letter-spacing:-.015em;margin:4px 0 10px;text-wrap:balance}
h2{font-size:19px;letter-spacing:-.01em;margin:30px 0 10px}
h3{font-size:16px;margin:26px 0 8px}
h4{font-size:14px}
small,.eyebrow,.chart p,caption,.none{color:var(--dim)}
.eyebrow{font-size:13px;letter-spacing:.02em}
.hypothesis{max-width:70ch;font-size:17px;color:var(--dim)}
.sum{font-size:17px;margin-top:6px}
a{color:inherit;text-decoration:none}
:focus-visible{outline:2px solid var(--az1-line);outline-offset:2px}
.badge{display:inline-block;padding:.08em .5em;border-radius:.35em;font-size:max(11px,.72em);font-weight:700;letter-spacing:.03em;line-height:1.45;vertical-align:.12em;white-space:nowrap;color:var(--on-state)}
.badge.good{background:var(--good)}.badge.bad{background:var(--bad)}.badge.doubtful{background:var(--doubtful)}
`;

const FIRST_SCREEN = `
.strips{display:grid;gap:6px;margin-top:20px}
.strips a{display:grid;grid-template-columns:minmax(8em,max-content) 1fr;gap:12px;align-items:start}
.strips a>span{font-weight:600;line-height:24px}
.strip svg{display:block;width:100%;height:24px}
.strip .good{fill:var(--good);opacity:.62}.strip .late{fill:var(--doubtful)}.strip .failed{fill:var(--bad)}.strip .quiet{fill:var(--grid)}
.strip rect:hover{opacity:1}
.bracket{border:solid var(--dim);border-width:0 1px 1px;height:5px;margin-top:3px;font-size:0}
.strips a:last-child .bracket{height:auto;font-size:11px;line-height:16px;color:var(--dim);text-align:center;border-top:0;border-radius:0 0 3px 3px}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:12px;list-style:none;counter-reset:fact}
.facts li{counter-increment:fact;background:var(--surface);border:1px solid var(--border);border-radius:8px;padding:12px 14px 12px 44px;position:relative}
.facts li::before{content:counter(fact);position:absolute;left:14px;top:10px;font-size:22px;font-weight:700;line-height:1.2;color:var(--dim)}
.replay{background:var(--surface);border:1px solid var(--border);border-radius:8px;padding:12px 14px;overflow-x:auto;user-select:all;font:13.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
.replay span{white-space:nowrap}
`;

const RUN = `
.run{margin-top:44px;padding-top:8px;border-top:2px solid var(--border)}
.run>h2{font-size:26px;margin-top:16px}
.run>h2 small{font-size:16px;font-weight:400}
.reasons{list-style:none;border-left:3px solid var(--bad);padding-left:12px;margin:0 0 16px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(140px,1fr));gap:10px;margin-bottom:18px}
.tile{background:var(--surface);border:1px solid var(--border);border-radius:8px;padding:10px 14px;display:flex;flex-direction:column}
.tile dd{font-size:24px;font-weight:650;letter-spacing:-.02em;line-height:1.25}
.tile.bad dd{color:var(--bad)}
.tile dt{font-size:13px;line-height:1.35;color:var(--dim)}
.pair{display:grid;grid-template-columns:3fr 2fr;gap:16px;margin-top:16px;align-items:start}
.pair>*,.charts>*{min-width:0}
.pair>:last-child td{white-space:nowrap}
.times{display:grid;grid-template-columns:1fr 1fr;gap:20px}
.times ul,.headroom{list-style:none;margin-top:8px}
.times li,.headroom li{display:grid;grid-template-columns:6.2em 1fr 5.6em;gap:0 10px;align-items:center;padding:3px 0}
.times b,.headroom b{font-weight:600}
.times small{grid-column:2/4;font-size:12px;line-height:1.3}
.took{text-align:right}
.bar{position:relative;height:14px;background:var(--grid);border-radius:3px;overflow:hidden}
.bar i{position:absolute;top:0;bottom:0;border-radius:3px}
.bar i.used{background:var(--good)}.bar i.over{background:var(--bad)}
.bar em{position:absolute;top:0;bottom:0;width:2px;background:var(--text)}
.headroom{max-width:640px;margin-bottom:12px}
.headroom b{white-space:nowrap}
.bullet{display:block;height:6px;margin-top:3px;border-radius:3px;background:var(--grid);overflow:hidden;min-width:80px}
.bullet i{display:block;height:100%;background:var(--good)}.bullet.over i{background:var(--bad)}
details{margin-top:14px;border-top:1px solid var(--border);padding-top:10px}
summary{cursor:pointer;font-weight:600;padding:4px 0}
ul:not([class]){padding-left:1.2em}
.times ul,.legend{padding-left:0}
`;

const CHARTS = `
.charts{display:grid;grid-template-columns:1fr 1fr;gap:16px}
.chart{background:var(--surface);border:1px solid var(--border);border-radius:8px;padding:14px 16px 10px;display:flex;flex-direction:column}
.chart figcaption{flex:1}
.chart p{font-size:13px;line-height:1.4}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px;list-style:none;margin-top:6px;font-size:12.5px}
.swatch{display:inline-block;width:14px;height:10px;border-radius:2px;margin-right:6px}
.plot{display:grid;grid-template:16px 190px 20px/auto 1fr;margin-top:8px;font-size:11px;line-height:14px;color:var(--dim)}
.low .plot{grid-template-rows:16px 84px 20px}
.plot svg{grid-area:2/2;width:100%;height:100%;display:block;overflow:visible}
.marks,.x{position:relative;grid-column:2}
.marks{grid-row:1}.x{grid-row:3}
.y{grid-area:2/1;position:relative;width:46px}
.y span{position:absolute;right:7px;transform:translateY(-50%);white-space:nowrap}
.marks span,.x span{position:absolute;white-space:nowrap}
.marks span{overflow:hidden;text-overflow:ellipsis}
.marks .fault{color:var(--bad)}
.marks .moment{transform:translateX(3px)}
.x span{top:5px;transform:translateX(-50%)}
svg .fault{fill:var(--fault-tint)}svg .recovery{fill:var(--recovery-tint)}
.grid{fill:none;stroke:var(--grid);stroke-width:1;vector-effect:non-scaling-stroke}
.moment{fill:none;stroke:var(--dim);stroke-width:1;stroke-dasharray:3 3;vector-effect:non-scaling-stroke}
.line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke;stroke:var(--dim)}
.line.thin{stroke-width:1}
.area{stroke:none;fill:var(--dim);opacity:.25}
.seconds rect{fill:transparent}.seconds rect:hover{fill:var(--text);fill-opacity:.09}
.line.offered{stroke:var(--text);stroke-width:1.5;stroke-dasharray:1 4}
.line.p50{stroke:var(--text)}.line.p99{stroke:var(--dim);stroke-width:1}.line.slowest{stroke:var(--doubtful);stroke-width:1.5}
.line.limit{stroke:var(--bad);stroke-width:1;stroke-dasharray:6 4}
.swatch.limit{background:linear-gradient(var(--bad),var(--bad)) center/100% 1px no-repeat}
.area.band{fill:var(--dim);opacity:.28}.area.even{opacity:.14}
.area.host{opacity:.22}
g.failed{fill:var(--bad)}g.late{fill:var(--doubtful)}
.swatch.offered{background:repeating-linear-gradient(90deg,var(--text) 0 2px,transparent 2px 5px) center/100% 2px no-repeat}
.swatch.late{background:var(--doubtful)}.swatch.failed{background:var(--bad)}
.swatch.p50{background:linear-gradient(var(--text),var(--text)) center/100% 2px no-repeat}
.swatch.slowest{background:linear-gradient(var(--doubtful),var(--doubtful)) center/100% 2px no-repeat}
.swatch.band{background:var(--dim);opacity:.4}.swatch.even{background:var(--dim);opacity:.25}
`;

const AZS = ['az1', 'az2', 'az3'].map((az) => `
.swatch.${az},.bar i.${az}{background:var(--${az})}.line.${az}{stroke:var(--${az}-line)}.area.${az}{fill:var(--${az});opacity:.75}.${az}-text{color:var(--${az}-line)}`).join('');

const TABLES = `
.scroll{overflow-x:auto;border:1px solid var(--border);border-radius:8px;background:var(--surface)}
table{border-collapse:collapse;width:100%;font-size:13.5px;line-height:1.4}
caption{text-align:left;padding:8px 12px 2px;font-size:12.5px}
.cards caption{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.cards td,.cards th{white-space:nowrap;padding:8px 10px}
th,td{padding:6px 12px;text-align:left;vertical-align:top;border-top:1px solid var(--grid)}
thead th{border-top:0;font-weight:600;color:var(--dim);font-size:12.5px;vertical-align:bottom}
tbody th{font-weight:600}
details td,details th{white-space:nowrap;padding:2px 10px}
footer{margin-top:48px;border-top:2px solid var(--border);font-size:14px}
footer p{color:var(--dim);margin-top:20px}
.about{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:8px 24px}
.about dt{color:var(--dim);font-size:12.5px}
.about dd{overflow-wrap:anywhere}
`;

/** A row becomes a card. */
const PHONE = `@media(max-width:720px){
body{padding:16px 14px 48px}
.charts,.times,.pair{grid-template-columns:minmax(0,1fr)}
.chart{padding:12px 12px 8px}
.plot{grid-template-rows:16px 160px 20px}
.y{width:42px}
.strips a{grid-template-columns:1fr;gap:2px}
.tiles{grid-template-columns:repeat(2,1fr)}
.tile dd{font-size:21px}
.cards,.cards tbody,.cards tr,.cards th,.cards td{display:block;white-space:normal}
.cards thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
.cards tr{padding:8px 0;border-top:1px solid var(--border)}
.cards th,.cards td{border:0;padding:2px 12px}
.cards td{display:grid;grid-template-columns:11.5em 1fr}
th,td{padding:6px 8px}
.cards td::before{content:attr(data-label);color:var(--dim)}
.cards td>*{justify-self:start}.cards td>.bullet{grid-column:2;justify-self:stretch}
.times li,.headroom li{grid-template-columns:5.4em 1fr 5.2em}
}`;

const PAPER = `@page{margin:14mm 12mm}
@media print{
body{max-width:none;padding:0;font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact;background:none}
.scroll{overflow:visible}
table{font-size:8.5pt}th,td{padding:3px 6px}
.plot{grid-template-rows:14px 40mm 18px}.low .plot{grid-template-rows:14px 18mm 18px}
.chart,.tile,.facts li,.scroll,.times,.headroom,tr{break-inside:avoid}
h2,h3{break-after:avoid}
.run{break-before:page;border-top:0;margin-top:0}
details{display:none}
.run>h2{margin-top:0}
}`;

/** The whole style sheet. */
export const STYLE = [
  `:root{color-scheme:light;${customProperties(LIGHT)}}`,
  `@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${customProperties(DARK)}}}`,
  BASE, FIRST_SCREEN, RUN, CHARTS, AZS, TABLES, PHONE, PAPER,
].join('').replaceAll('\n', '');
