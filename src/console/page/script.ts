/**
 * What runs in the operator's browser: plain JavaScript without libraries. The key is kept for the tab only, and everything shown
 * is set as text, never as markup: names come from devices.
 */
export const pageScript = String.raw`'use strict';
const $ = id => document.getElementById(id);
const make = (tag, text, name) => {
  const it = document.createElement(tag);
  if (text !== undefined) it.textContent = text;
  if (name) it.className = name;
  return it;
};
const moment = s => (s === undefined ? '' : new Date(s * 1000).toISOString().replace('T', ' ').slice(0, 16) + 'Z');
const watts = w => (w === undefined ? '' : w >= 1000 ? (w / 1000).toFixed(1) + ' kW' : Math.round(w) + ' W');
let after = '';
let behind = [];

async function api(path) {
  const key = sessionStorage.getItem('headroom key');
  const answer = await fetch(path, { headers: key ? { Authorization: 'Bearer ' + key } : {}, cache: 'no-store' });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.detail || body.title || String(answer.status)), { status: answer.status });
  return body;
}
/** What this key may not see is left out. */
const allowed = (path, other) => api(path).catch(error => { if (error.status === 403) return other; throw error; });

function rows(table, header, lines) {
  const head = make('tr');
  for (const text of header) head.append(make('th', text));
  const body = lines.map(cells => {
    const row = make('tr');
    for (const cell of cells) row.append(cell instanceof Node ? cell : make('td', cell));
    return row;
  });
  $(table).replaceChildren(head, ...body);
}

function stateOf(now, alarms) {
  if (alarms) return make('td', alarms + (alarms > 1 ? ' alarms' : ' alarm'), 'bad');
  if (now && now.withdrawal) return make('td', 'withdrawn: ' + now.withdrawal.reason, 'warn');
  if (!now || !now.inForce) return make('td', now ? 'on firm' : 'speaks for others', 'quiet');
  return make('td', 'envelope', 'good');
}

function siteRow(site, now, alarms) {
  const force = now && now.inForce;
  const limit = (w, firm, by) => {
    const cell = make('td', now ? watts(force ? w : firm) : '', 'number');
    if (force) cell.title = by;
    return cell;
  };
  return [
    site.edev, site.name, site.role, site.bus || '', stateOf(now, alarms),
    limit(force && force.importW, site.firmImportW, force && force.bound.import),
    limit(force && force.exportW, site.firmExportW, force && force.bound.export),
    force ? moment(force.to) : '',
    now && now.publishedUntil !== undefined ? moment(now.publishedUntil) : '',
  ];
}

async function show() {
  const page = 'limit=100' + (after ? '&after=' + encodeURIComponent(after) : '');
  const [health, warned, sites, envelopes, alarms, trust, runs, log] = await Promise.all([
    api('/api/health'), api('/api/warnings'), api('/api/sites?' + page), api('/api/envelopes?' + page),
    api('/api/alarms?limit=1000'), api('/api/trust/certificates'), api('/api/envelopes/runs'),
    allowed('/api/log?level=warn&limit=10000', { lines: [] }),
  ]);
  $('clock').textContent = moment(health.now);
  const list = warned.warnings.map(each => make('li', each.text, each.kind));
  $('warnings').replaceChildren(...(list.length ? list : [make('li', 'nothing needs a look', 'quiet')]));
  const current = new Map(envelopes.envelopes.map(each => [each.site, each]));
  const standing = new Map();
  for (const { edev } of alarms.alarms) standing.set(edev, (standing.get(edev) || 0) + 1);
  rows('sites', ['Id', 'Name', 'Role', 'Bus', 'State', 'Import limit', 'Export limit', 'Until', 'Published until'],
    sites.sites.map(site => siteRow(site, current.get(site.edev), standing.get(site.edev))));
  $('next').disabled = sites.next === undefined;
  $('next').onclick = () => { behind.push(after); after = sites.next; void turn(); };
  $('back').disabled = behind.length === 0;
  $('back').onclick = () => { after = behind.pop(); void turn(); };
  rows('alarms', ['Site', 'Alarm', 'Since'], alarms.alarms.map(each => [each.edev, each.kind, moment(each.raisedAt)]));
  rows('certificates', ['Name', 'Ends', 'Days left', ''], trust.certificates.map(each => [
    each.name, moment(each.notAfter), make('td', String(each.daysLeft), each.endsSoon ? 'bad number' : 'number'),
    each.trusted === false ? 'retired' : '',
  ]));
  rows('runs', ['At', 'Outcome', 'Controls', 'Notes'], runs.runs.slice(-10).reverse().map(each => [
    moment(each.at), each.outcome, String(each.controlsPublished), each.notes.map(note => note.text).join('; '),
  ]));
  rows('log', ['At', 'Level', 'Room', 'Message', ''], log.lines.slice(-50).reverse().map(each => [
    moment(each.at), make('td', each.level, each.level === 'error' ? 'bad' : 'warn'), each.room, each.message, JSON.stringify(each.fields),
  ]));
}

/** Every few seconds; one after the other. */
let timer;
async function turn() {
  clearTimeout(timer);
  try {
    await show();
    $('trouble').textContent = '';
    $('enter').hidden = true;
    $('main').hidden = false;
  } catch (error) {
    $('trouble').textContent = error.status === 401 ? '' : error.message;
    if (error.status === 401) {
      $('enter').hidden = false;
      $('main').hidden = true;
      return;
    }
  }
  timer = setTimeout(turn, 5000);
}

$('enter').onsubmit = event => {
  event.preventDefault();
  sessionStorage.setItem('headroom key', $('key').value.trim());
  $('key').value = '';
  void turn();
};
$('leave').onclick = () => { sessionStorage.removeItem('headroom key'); location.reload(); };
void turn();
`;
