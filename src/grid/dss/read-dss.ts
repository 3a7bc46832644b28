/**
 * Reads the network of an OpenDSS script. What a power flow of given draws needs is read; what it does not need is left out with
 * a warning; anything else is an error with file and line, never silence.
 */
import { realpathSync } from 'node:fs';
import { type Network } from '../network';
import { DssFiles, type FileLimits } from './files';
import { linesOf } from './lines';
import { capacitorsOf, loadsOf } from './loads';
import { Script } from './script';
import { relabelled } from './relabel';
import { UsedShapes } from './shapes';
import { sourceOf } from './source';
import { transformersOf } from './transformers';
import { bad, number } from './values';

/** @throws Problem BAD_NETWORK with file and line. */
export function readDss(file: string, limits?: FileLimits): Network {
  const files = new DssFiles(limits);
  const script = new Script(files);
  script.run(realpathSync(file), file);
  if (script.circuit === undefined) throw bad(file, 'it has no circuit: New Circuit is missing');
  const setting = (name: string, otherwise: number): number => {
    const found = script.settings.get(name);
    return found ? number(found.value, found.at, name) : otherwise;
  };
  const hz = setting('defaultbasefrequency', setting('defaultbasefreq', 60));
  // EN 50160 gives ±10 % where the frequency is 50 Hz, ANSI C84.1 range A ±5 % where it is 60.
  const width = hz === 50 ? 0.1 : 0.05;
  const shapes = new UsedShapes(script, files);
  const source = sourceOf(script);
  const { capacitors, lines, loads, renamed, transformers } = relabelled({
    source,
    transformers: transformersOf(script),
    lines: linesOf(script, hz),
    loads: loadsOf(script, shapes),
    capacitors: capacitorsOf(script),
  });
  if (renamed > 0)
    script.warn(
      file,
      `nodes of ${renamed} buses are named by the phase of the source that feeds them, as in bus x.2 for x.1`,
    );
  const network = {
    name: script.circuit,
    source,
    transformers,
    lines,
    loads,
    ...(capacitors.length > 0 ? { capacitors } : {}),
    shapes: shapes.shapes,
    voltageBand: { minPu: setting('normvminpu', 1 - width), maxPu: setting('normvmaxpu', 1 + width) },
  };
  const voltages =
    network.loads.length > 0 ? ['loads keep to their model at any voltage, whatever Vminpu and Vmaxpu say'] : [];
  return { ...network, warnings: [...script.warnings, ...voltages] };
}
