/**
 * The console page on the operator port: one document, one script, one style sheet, nothing from elsewhere. It holds no data;
 * what it shows comes from the operator API by the key that is typed in, or by the client certificate.
 */
import { type Express } from 'express';
import { pageScript } from './script';

const style = `:root{color-scheme:light dark;--line:#cbd5e1;--bad:#b91c1c;--warn:#b45309;--good:#15803d;--quiet:#64748b}
@media(prefers-color-scheme:dark){:root{--line:#334155;--bad:#f87171;--warn:#fbbf24;--good:#4ade80;--quiet:#94a3b8}}
body{font:14px/1.4 system-ui,sans-serif;margin:0 auto;max-width:90rem;padding:1rem}
header{display:flex;gap:1rem;align-items:baseline}h1{font-size:1.3rem;margin:0}h2{font-size:1rem;margin:1.5rem 0 .4rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.2rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}.bad,.certificate,.engine{color:var(--bad)}.warn,.alarms,.withdrawn,.registration{color:var(--warn)}
.good{color:var(--good)}.quiet{color:var(--quiet)}#trouble{color:var(--bad)}ul{margin:0;padding-left:1.2rem}#log td{font-size:12px;overflow-wrap:anywhere}
`;

const document = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Headroom</title>
<link rel="stylesheet" href="/console.css"><script src="/console.js" defer></script></head>
<body>
<header><h1>Headroom</h1><span id="clock"></span><span id="trouble" role="alert"></span><button id="leave">Forget the key</button></header>
<form id="enter" hidden><p>The key in operator.key, or one made by <code>headroom key add</code>:</p>
<input id="key" type="password" autocomplete="off" aria-label="Key" size="50"> <button>Show</button></form>
<main id="main" hidden>
<h2>Warnings</h2><ul id="warnings"></ul>
<h2>Sites</h2><table id="sites"></table><p><button id="back">Back</button> <button id="next">Next</button></p>
<h2>Alarms</h2><table id="alarms"></table>
<h2>Certificates</h2><table id="certificates"></table>
<h2>Runs of the engine</h2><table id="runs"></table>
<h2>Log</h2><table id="log"></table>
</main>
</body>
</html>
`;

/** The browser is to load nothing from elsewhere, to show it in no frame and to run no script but ours. */
const headers = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

const parts: Readonly<Record<string, readonly [type: string, text: string]>> = {
  '/': ['text/html', document],
  '/console.js': ['text/javascript', pageScript],
  '/console.css': ['text/css', style],
};

export function mountPage(app: Express): void {
  for (const [path, [type, text]] of Object.entries(parts))
    app.get(path, (_req, res) => void res.set(headers).type(type).send(text));
}
