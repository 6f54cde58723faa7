/** The look of the report's page. Colours stand for the verdict alone, and each keeps its contrast on both grounds. */
export const STYLE = `
:root{--text:#1d2126;--quiet:#565d66;--back:#f6f7f8;--card:#fff;--line:#d5d9de;--code:#eef0f2;--good:#146c3a;--good-back:#e3f4e9;--so:#7a4d00;--so-back:#fdf1d8;--bad:#a3161f;--bad-back:#fde8e8}
@media (prefers-color-scheme:dark){:root{--text:#e6e8ea;--quiet:#a4abb3;--back:#131517;--card:#1b1e21;--line:#363b41;--code:#262a2e;--good:#7fe0a3;--good-back:#16301f;--so:#f2c46d;--so-back:#35290f;--bad:#ffa3a8;--bad-back:#3d1a1d}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--text);font:16px/1.55 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:1rem}
header,section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.2rem;margin:0 0 1rem}
header{border-top:.4rem solid var(--quiet)}
header.good{border-top-color:var(--good)}header.so{border-top-color:var(--so)}header.bad{border-top-color:var(--bad)}
h1{font-size:1.45rem;line-height:1.25;margin:.2rem 0 .8rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:0 0 .6rem}
p{margin:.2rem 0;overflow-wrap:anywhere}
.verdict{font-weight:700}.good .verdict{color:var(--good)}.so .verdict{color:var(--so)}.bad .verdict{color:var(--bad)}
.quiet{color:var(--quiet);font-size:.92rem}
.facts{display:flex;flex-wrap:wrap;gap:.35rem;margin:0;padding:0;list-style:none}
.facts li{background:var(--code);border-radius:1rem;padding:.1rem .7rem;font-size:.92rem}
.rows,.tests{list-style:none;margin:0;padding:0}
.rows>li,.look>li{padding:.55rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.rows>li:first-child,.look>li:first-child{border-top:0;padding-top:0}
.look{list-style:none;margin:0;padding:0}
.tests{padding-left:.2rem}.tests li{font-size:.92rem;overflow-wrap:anywhere}
.badge{display:inline-block;border-radius:.3rem;padding:0 .45rem;font-size:.85rem;background:var(--code);color:var(--text)}
.badge.good{background:var(--good-back);color:var(--good)}.badge.so{background:var(--so-back);color:var(--so)}.badge.bad{background:var(--bad-back);color:var(--bad)}
code,pre{font:.88rem/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
code{background:var(--code);border-radius:.25rem;padding:.05rem .3rem;overflow-wrap:anywhere}
pre{background:var(--code);border-radius:.4rem;padding:.6rem .8rem;margin:0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow:auto}
summary{cursor:pointer;padding:.3rem 0}
.sides{display:grid;gap:.6rem;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr))}
figure{margin:0;min-width:0}figcaption{font-size:.85rem;color:var(--quiet)}
dt{font-weight:600;margin-top:.5rem}dd{margin:.1rem 0 0;white-space:pre-wrap}
@media print{body{background:#fff}header,section{break-inside:avoid}pre{max-height:none}details::details-content{content-visibility:visible;height:auto}}
`
  .replaceAll('\n', '')
  .trim();
