/**
 * The engine of the day, as the text of a module: it is written beside the store, because engines from outside are plain
 * JavaScript however this file is run. Levels change from step to step at some sites, and forecasts are now and then made anew.
 */
export const engineModule = `exports.api = 1;

/** FNV-1a, 32 bits. */
function hash(text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h ^ (h >>> 13)) >>> 0;
}

exports.engine = () => ({
  name: 'day',
  api: 1,
  compute({ now, start, stepS, steps, devices }) {
    const era = Math.floor(now / 7200);
    return devices.map(({ id, maxImportW, maxExportW }) => {
      // Every fifth site gets another forecast every two hours; what it was told before is superseded.
      const revision = hash(\`\${id} \${era} anew\`) % 5 === 0 ? era : 0;
      const level = (way, i) => {
        const time = start + i * stepS;
        const hour = Math.floor(time / 3600);
        const slot = hash(\`\${id} \${hour} lively\`) % 5 === 0 ? Math.floor(time / 900) : hour * 4;
        return (1 + (hash(\`\${id} \${way} \${slot} \${revision}\`) % 9)) / 10;
      };
      const all = Array.from({ length: steps }, (_, i) => i);
      return {
        device: id,
        importW: all.map(i => Math.round(maxImportW * level('in', i))),
        exportW: all.map(i => Math.round(maxExportW * level('out', i))),
        bound: all.map(() => ({ import: 'street', export: 'street' })),
      };
    });
  },
});
`;
