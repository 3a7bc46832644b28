/**
 * An engine as a program of its own, for `external`: a snapshot as JSON on standard input, envelopes as JSON on standard output. Any
 * language will do. Here every site gets its firm limits.
 *
 *     { "engine": "external", "engineOptions": { "command": ["node", "examples/engines/all-firm.mjs"] } }
 */
let text = '';
for await (const part of process.stdin.setEncoding('utf8')) text += part;
const { devices, steps } = JSON.parse(text);

/** Whole watts that 2030.5 can carry, rounded down: at most 32767, times a power of ten. */
function toWire(watts) {
  let unit = 1;
  while (watts / unit > 32767) unit *= 10;
  return Math.floor(watts / unit) * unit;
}

const always = value => Array(steps).fill(value);
const envelopes = devices.map(({ id, firmImportW, firmExportW, maxImportW, maxExportW }) => ({
  device: id,
  importW: always(toWire(Math.min(firmImportW, maxImportW))),
  exportW: always(toWire(Math.min(firmExportW, maxExportW))),
  bound: always({ import: 'firm', export: 'firm' }),
}));
process.stdout.write(JSON.stringify(envelopes));
