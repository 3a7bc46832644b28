/**
 * The look of the page. Blue and orange for with and without (told apart in every common colour blindness), green for what is
 * allowed, red only beside a shape or a word. Dark mode follows the reader's setting; print is always light.
 */
export const styles = `
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--ink:#14202b;--soft:#566472;--rule:#dde3e9;--grid:#e8ecf0;--with:#0067a8;--without:#c96a00;--allowed:#00855f;--allowed-fill:#00a67620;--bad:#c2143c;--bad-fill:#c2143c2e;--fall:#7656a8;--net:#14202b;--good-bg:#e3f4ee;--bad-bg:#fbe6ea}
@media (prefers-color-scheme:dark){:root{--page:#0e1318;--card:#161d24;--ink:#e9eef2;--soft:#9aa8b5;--rule:#2a343e;--grid:#232c35;--with:#5ab4ef;--without:#f2a541;--allowed:#35c795;--allowed-fill:#2fc99226;--bad:#ff7189;--bad-fill:#ff718940;--fall:#b79bea;--net:#f3f6f8;--good-bg:#12312a;--bad-bg:#3a1a22}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#14202b;--soft:#566472;--rule:#cfd6dd;--grid:#e8ecf0;--with:#0067a8;--without:#c96a00;--allowed:#00855f;--allowed-fill:#00a67620;--bad:#c2143c;--bad-fill:#c2143c2e;--fall:#7656a8;--net:#14202b;--good-bg:#e3f4ee;--bad-bg:#fbe6ea}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1280px;margin:0 auto;padding:28px 28px 56px}
h1{font-size:28px;line-height:1.2;margin:0 0 6px;letter-spacing:-.015em}
h2{font-size:19px;margin:36px 0 4px;letter-spacing:-.01em}
h3{font-size:15px;margin:0}
p{margin:0}
.brand{color:var(--with);font-weight:700;letter-spacing:.02em;font-size:13px;text-transform:uppercase;margin-bottom:8px}
.run,.lede,.where,figcaption p{color:var(--soft)}
.lede{max-width:120ch}
.checks{list-style:none;margin:18px 0 0;padding:0;display:flex;flex-wrap:wrap;gap:8px}
.checks li{padding:6px 12px 6px 10px;border-radius:8px;font-weight:600;font-size:14px;background:var(--good-bg)}
.checks li::before{content:"✓";color:var(--allowed);margin-right:8px;font-weight:800}
.checks .failed{background:var(--bad-bg)}
.checks .failed::before{content:"✕";color:var(--bad)}
.checks .check-need{background:none;box-shadow:inset 0 0 0 1px var(--rule);color:var(--soft)}
.checks .check-need:not(.failed)::before{content:"↯";color:var(--without)}
.cards{display:grid;grid-template-columns:repeat(6,1fr);gap:12px;margin:20px 0 0}
.card,.panel,.box{background:var(--card);border:1px solid var(--rule);border-radius:12px}
.card{padding:14px 16px}
.card dt{color:var(--soft);font-size:13px;font-weight:600}
.card dd{margin:2px 0 0}
.card .figure{font-size:26px;line-height:1.25;font-weight:700;letter-spacing:-.02em;white-space:nowrap}
.card .figure small{font-size:15px;font-weight:600;letter-spacing:0}
.card .was{color:var(--without)}
.card .is{color:var(--with)}
.card .arrow{color:var(--soft);font-weight:400;padding:0 2px}
.card .more{color:var(--soft);font-size:12.5px;line-height:1.4}
.panel{margin:14px 0 0;padding:14px 16px 12px;break-inside:avoid}
.wide figcaption{margin-bottom:6px}
.wide figcaption p{font-size:13.5px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:11px;fill:var(--soft)}
.yl,.off,text.e{text-anchor:end}
.unit,.bound-label{text-anchor:start}
.xl{text-anchor:middle}
.xl.s,text.s{text-anchor:start}
.xl.e{text-anchor:end}
.site svg text{font-size:10.5px}
.grid,.zero{stroke:var(--grid);fill:none;vector-effect:non-scaling-stroke}
.zero{stroke:var(--soft);stroke-opacity:.55}
svg path{stroke-linejoin:round}
.with,.without,.net,.limit,.unlimited,.firm,.bound{fill:none;vector-effect:non-scaling-stroke}
.with{stroke:var(--with);stroke-width:2}
.without{stroke:var(--without);stroke-width:1.5}
.thin{stroke-width:1}
.band-with{fill:var(--with);fill-opacity:.28}
.band-without{fill:var(--without);fill-opacity:.15}
.excess{fill:var(--bad-fill)}
.bound{stroke:var(--ink);stroke-width:1.25;stroke-dasharray:7 4}
svg .bound-label{fill:var(--ink);font-weight:600}
.bound-label,.peak text,.off,.flag text{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
svg .peak text{text-anchor:middle;font-weight:700;font-size:12px}
svg .peak text.s{text-anchor:start}
svg .peak text.e{text-anchor:end}
.peak circle{stroke:var(--card);stroke-width:1.5}
svg .peak.with text,.peak.with circle{fill:var(--with)}
svg .peak.without text,.peak.without circle{fill:var(--without)}
.peak.with,.peak.without{stroke:none}
.flag path{stroke:var(--fall);stroke-width:1.5;stroke-dasharray:2 3;fill:none}
svg .flag text{fill:var(--fall);font-weight:700}
.fallback{fill:url(#hatch-fallback)}
.none{fill:url(#hatch-none)}
#hatch-fallback path{stroke:var(--fall);stroke-width:1.6;stroke-opacity:.5}
#hatch-fallback rect{fill:var(--fall);fill-opacity:.1}
#hatch-none path{stroke:var(--soft);stroke-width:1;stroke-opacity:.45}
.corridor{fill:var(--allowed-fill)}
.limit{stroke:var(--allowed);stroke-width:1.5}
.firm{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 3}
.unlimited{stroke:var(--without);stroke-width:1;stroke-opacity:.75}
.net{stroke:var(--net);stroke-width:1.3}
.breach path{fill:var(--bad);fill-opacity:.25}
.breach path+path{fill-opacity:1}
.hover rect{fill:var(--ink);fill-opacity:0}
.hover rect:hover{fill-opacity:.07}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;font-size:13px;color:var(--soft);margin-top:8px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.key{display:inline-block;width:24px;height:0;border-top:2px solid}
.key.with{border-color:var(--with)}.key.without{border-color:var(--without)}.key.bound{border-color:var(--ink);border-top-style:dashed}
.key.net{border-color:var(--net)}.key.limit{border-color:var(--allowed)}.key.firm{border-color:var(--soft);border-top:1px dashed}.key.unlimited{border-color:var(--without);border-top-width:1px}
.key.band{height:12px;border-bottom:2px solid}
.key.with.band{background:color-mix(in srgb,var(--with) 28%,transparent);border-color:var(--with);border-width:1px}.key.without.band{background:color-mix(in srgb,var(--without) 15%,transparent);border-color:var(--without);border-width:1px}
.key.corridor{height:12px;border:0;background:var(--allowed-fill);border-block:1.5px solid var(--allowed)}
.key.fallback{height:12px;border:0;background:repeating-linear-gradient(135deg,color-mix(in srgb,var(--fall) 55%,transparent) 0 1.5px,color-mix(in srgb,var(--fall) 12%,transparent) 1.5px 5px)}
.key.none{height:12px;border:0;background:repeating-linear-gradient(45deg,color-mix(in srgb,var(--soft) 45%,transparent) 0 1px,transparent 1px 5px)}
.key.breach{width:0;border:5px solid transparent;border-top:9px solid var(--bad);border-bottom:0}
.sites{display:grid;grid-template-columns:repeat(3,1fr);gap:12px;margin-top:12px}
.site{margin:0;padding:12px 12px 10px;min-width:0}
.site h3{display:flex;justify-content:space-between;gap:8px;align-items:baseline;overflow-wrap:anywhere}
.kind{font-size:11px;font-weight:700;padding:1px 7px;border-radius:99px;border:1px solid currentColor;color:var(--soft);white-space:nowrap}
.kind.pcs{color:var(--with)}
.where,.facts{font-size:12.5px}
.where{margin-bottom:2px}
.facts{color:var(--soft);display:flex;justify-content:space-between;gap:10px;margin-top:4px}
.facts b{color:var(--ink)}
.facts .bad,td.bad,.bad{color:var(--bad);font-weight:700}
.troubled{border-color:var(--bad)}
.scroll{overflow-x:auto}
.box{margin-top:12px;padding:6px 16px}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{padding:6px 10px;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom;line-height:1.3}
th.n,td.n{text-align:right}
td a,th a{color:inherit;text-decoration:underline;text-decoration-color:var(--rule);text-underline-offset:3px}
tbody th{font-weight:600}
.events td{white-space:normal}
.events td:first-child,.events td:nth-child(2){white-space:nowrap}
.events td:first-child{color:var(--soft)}
.tag{font-size:12px;font-weight:700}
.tag.engine-killed,.tag.fallback{color:var(--fall)}
.tag.safety-net{color:var(--bad)}
.tag.published{color:var(--with)}
details summary{cursor:pointer}
details ul{margin:4px 0;padding-left:18px;color:var(--soft)}
.method{padding:14px 20px;display:grid;grid-template-columns:1fr 1fr;gap:4px 36px;margin-top:12px;list-style-position:outside}
.method li{margin-left:14px;font-size:13.5px;color:var(--soft)}
.method b{color:var(--ink)}
footer{margin-top:28px;color:var(--soft);font-size:13px}
a:focus-visible,summary:focus-visible{outline:2px solid var(--with);outline-offset:2px}
@media (max-width:1080px){.cards{grid-template-columns:repeat(3,1fr)}.sites{grid-template-columns:repeat(2,1fr)}}
@media (max-width:720px){main{padding:18px 14px 40px}.cards{grid-template-columns:repeat(2,1fr)}.sites,.method{grid-template-columns:1fr}.wide .scroll svg{min-width:720px}}
@media print{main{max-width:none;padding:0}body{font-size:12px}.sites{grid-template-columns:repeat(2,1fr)}.cards{grid-template-columns:repeat(3,1fr)}h2{break-after:avoid}tr{break-inside:avoid}th,td{padding:3px 6px;white-space:normal}.card .figure{font-size:21px}}
`;
