import { transformFileSync } from '@swc/core';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock, SystemClock } from '../base/clock';
import { keptLog, silentLog } from '../base/log';
import { nextTurn } from '../base/turn';
import { readNetwork } from '../grid/read';
import { type Engine, envelopesOf } from '../engines/api';
import { engineNames, type engines, loadEngine } from '../engines/index';
import { sitesOf, snapshotOf } from '../engines/network-snapshot';
import { meterHistory } from '../engines/testing/meters';
import { asset, device, flow, frozen, snapshot } from '../engines/testing/snapshots';
import { type EngineHost, hostOf, processHost } from './engine-host';

jest.setTimeout(60_000); // many runs each, on machines with other work too

const s = frozen(snapshot([asset('T', 30_000, { passive: flow([0]) })], [device('a', 'T'), device('b', 'T')]));
const moody = (mood: string) => loadEngine('./moody.js', { mood }, path.join(__dirname, 'testing/engines'));
const open: EngineHost[] = [];
const kept = <H extends EngineHost>(host: H): H => (open.push(host), host);
afterEach(async () => void (await Promise.all(open.splice(0).map(host => host.close()))));

const engine = (compute: Engine['compute']): Engine => ({ name: 'test', api: 1, compute });
const wall = () => new ManualClock(1000);

describe('in this process', () => {
  const host = (compute: Engine['compute'], clock = wall()) =>
    kept(processHost(engine(compute), { wall: clock, deadlineS: 5 }));

  it('gives what the engine gives, at once or later', async () => {
    expect(await host(() => []).compute(s)).toEqual([]);
    expect(await host(async () => []).compute(s)).toEqual([]);
  });

  it('says who broke, how, and keeps the cause', async () => {
    const cause = new Error('division by cheese');
    const failed = host(() => {
      throw cause;
    }).compute(s);
    await expect(failed).rejects.toMatchObject({
      code: 'ENGINE_BROKE',
      cause,
      message: expect.stringContaining('test, division by cheese') as string,
    });
  });

  it('is late at the deadline, not before, and tells the engine to stop', async () => {
    const clock = wall();
    let stopped: AbortSignal | undefined;
    const late = host((_, signal) => ((stopped = signal), new Promise(() => {})), clock).compute(s);
    const watched = expect(late).rejects.toMatchObject({
      code: 'ENGINE_LATE',
      message: expect.stringContaining('within 5 s') as string,
    });
    clock.advance(4.9);
    await Promise.resolve();
    expect(stopped?.aborted).toBe(false);
    clock.advance(0.2);
    await watched;
    expect(stopped?.aborted).toBe(true);
  });

  it('leaves no timer behind', async () => {
    const clock = wall();
    const at = jest.spyOn(clock, 'at');
    const cancelled = jest.fn();
    at.mockReturnValue(cancelled);
    await host(() => [], clock).compute(s);
    expect(cancelled).toHaveBeenCalledTimes(1);
  });

  it('can be killed: it fails at once, in the middle of a computation too, or goes silent', async () => {
    const clock = wall();
    const killed = host(() => new Promise(() => {}), clock);
    const running = killed.compute(s);
    killed.kill();
    await expect(running).rejects.toMatchObject({ code: 'ENGINE_BROKE' });
    await expect(killed.compute(s)).rejects.toThrow('it was killed');

    const silent = host(() => [], clock);
    silent.kill('hangs');
    const waiting = silent.compute(s);
    clock.advance(6);
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_LATE' });
  });
});

describe('in a worker thread', () => {
  const real = { wall: new SystemClock(), deadlineS: 60, log: silentLog };

  it('is where engines from outside run, again and again', async () => {
    const log = keptLog();
    const host = kept(hostOf(moody('good'), { ...real, log }));
    const first = envelopesOf((await host.compute(s)) as []);
    expect(first).toMatchObject([{ device: 'a', importW: [5000] }, { device: 'b' }]);
    expect(await host.compute(s)).toEqual(first);
    while (log.lines.length === 0) await new Promise<void>(nextTurn); // what it prints arrives in its own time
    expect(log.lines[0]).toMatchObject({
      level: 'debug',
      fields: { engine: 'moody', text: 'hello from the engine\n' },
    });
  });

  it.each([
    ['throws', 'no idea'],
    ['exits', 'code 3'],
    ['cannot be sent', 'could not be cloned'],
  ])('an engine that %s is broken, and no more than that', async (mood, text) => {
    const host = kept(hostOf(moody(mood), real));
    await expect(host.compute(s)).rejects.toMatchObject({
      code: 'ENGINE_BROKE',
      message: expect.stringContaining(text) as string,
    });
    await expect(host.compute(s)).rejects.toMatchObject({ code: 'ENGINE_BROKE' }); // a new thread, the same mood
  });

  it('an engine that eats memory is ended before the server is', async () => {
    const host = kept(hostOf(moody('eats'), { ...real, memoryMb: 32 }));
    await expect(host.compute(s)).rejects.toMatchObject({
      code: 'ENGINE_BROKE',
      message: expect.stringMatching(/memory/i) as string,
    });
  });

  it('an endless loop is ended at the deadline, and again the next time', async () => {
    const flag = new SharedArrayBuffer(4);
    const entered = new Int32Array(flag);
    const clock = wall();
    const loaded = loadEngine('./endless.js', { flag }, path.join(__dirname, 'testing/engines'));
    const host = kept(hostOf(loaded, { ...real, wall: clock, deadlineS: 5 }));
    for (const round of [1, 2]) {
      const late = host.compute(s);
      const watched = expect(late).rejects.toMatchObject({ code: 'ENGINE_LATE' });
      while (Atomics.load(entered, 0) < round) await new Promise<void>(nextTurn);
      clock.advance(5);
      await watched;
    }
  });

  describe('engines of the house', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headroom-worker-'));
    afterAll(() => rmSync(folder, { recursive: true }));
    /** Compiles the rooms an engine needs, as the build does, because a thread cannot run sources. */
    function compile(): string {
      for (const room of ['base', 'grid', 'engines']) {
        const from = path.join(__dirname, '..', room);
        const files = readdirSync(from, { recursive: true, encoding: 'utf8' });
        for (const file of files.filter(name => /\.ts$/.test(name) && !/\.test\.ts$|testing/.test(name))) {
          mkdirSync(path.dirname(path.join(folder, room, file)), { recursive: true });
          const { code } = transformFileSync(path.join(from, file), {
            jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
            module: { type: 'commonjs' },
          });
          writeFileSync(path.join(folder, room, file.replace(/\.ts$/, '.js')), code);
        }
      }
      // For what they take from packages.
      symlinkSync(path.join(__dirname, '../../node_modules'), path.join(folder, 'node_modules'), 'junction');
      return path.join(folder, 'engines/index.js');
    }

    let enginesModule = '';
    beforeAll(() => void (enginesModule = compile()));

    it('give the same answer in threads, however many there are', async () => {
      const network = readNetwork(path.join(__dirname, '../../examples/networks/oak-street.json'));
      const tight = { ...network, voltageBand: { minPu: 0.962, maxPu: 1.05 } };
      const day = frozen(
        snapshotOf(tight, {
          sites: sitesOf(tight, 6, 1),
          maxImportW: 40_000,
          maxExportW: 20_000,
          start: 0,
          startS: 0,
          stepS: 3600,
          steps: 10,
          seed: 1,
        }),
      );
      for (const name of ['box-robust', 'group']) {
        const loaded = loadEngine(name, {}, folder);
        const here = await kept(hostOf(loaded, real, 'process')).compute(day);
        for (const threads of [1, 2, 3]) {
          const host = kept(hostOf(loaded, { ...real, enginesModule, threads }));
          expect(await host.compute(day)).toEqual(here);
          // The feeder is there already now.
          expect(await host.compute({ ...day, seed: 2 })).toEqual(here);
        }
      }
    });

    it('give the same answer there as here', async () => {
      writeFileSync(path.join(folder, 'p.csv'), 'device,direction,watts\n*,import,4500\n');
      writeFileSync(path.join(folder, 'meters.csv'), meterHistory(['a'], 300));
      writeFileSync(path.join(folder, 'critical.csv'), 'pKw,voltageV\n-4,236\n4,249\n');
      writeFileSync(path.join(folder, 'delta.csv'), 'pTxKw,vTxV,deltaV\n-60,239,-2\n-10,242,0\n20,242,1\n90,243,2\n');
      const needed: Partial<Record<keyof typeof engines, unknown>> = {
        static: { file: 'p.csv', timeZone: 'UTC' },
        ami: { history: 'meters.csv' },
        oe3: { history: 'critical.csv' },
        oe4: { history: 'delta.csv' },
        'min-of': { engines: ['equal-share', 'worst-hour'] },
        'first-of': { engines: ['headroom'] },
        external: { command: [process.execPath, path.join(__dirname, '../../examples/engines/all-firm.mjs')] },
      };
      for (const name of engineNames) {
        const loaded = loadEngine(name, needed[name as keyof typeof engines], folder);
        const there = await kept(hostOf(loaded, { ...real, enginesModule }, 'worker')).compute(s);
        const here = await kept(hostOf(loaded, real)).compute(s);
        expect(there).toEqual(here);
      }
    });
  });
});
