import { type Engine, type Notice, type Proposal, type Snapshot, envelopesOf, noticesOf } from './api';
import { equalShare } from './equal-share';
import { asset, device, flow, snapshot } from './testing/snapshots';

const plain: Engine = equalShare({});
const never = new AbortController().signal;
const run = async (s: Snapshot, engine = plain): Promise<Proposal> => engine.compute(s, never);
const limits = async (s: Snapshot, engine = plain) =>
  Object.fromEntries(envelopesOf(await run(s, engine)).map(e => [e.device, [e.importW[0], e.exportW[0]]]));
const bounds = async (s: Snapshot) =>
  Object.fromEntries(envelopesOf(await run(s)).map(e => [e.device, [e.bound[0]?.import, e.bound[0]?.export]]));

describe('equal-share, worked by hand', () => {
  it('shares what a transformer has left beside the other customers, each way', async () => {
    // S 50 kVA, Q 14 kvar: sqrt(50² − 14²) = 48 kW; passive import 18 … 12 kW
    const passive = { highW: [18_000], lowW: [12_000], var: [14_000] };
    const s = snapshot(
      [asset('TR1', 50_000, { passive, phaseRatingVA: 1e9 })],
      ['a', 'b', 'c'].map(id => device(id, 'TR1', { maxImportW: 50_000, maxExportW: 50_000 })),
    );
    expect(await limits(s)).toEqual({ a: [10_000, 20_000], b: [10_000, 20_000], c: [10_000, 20_000] });
    expect((await bounds(s))['a']).toEqual(['transformer TR1', 'transformer TR1']);
  });

  it('keeps firm first and shares the rest on top of it', async () => {
    const s = snapshot(
      [asset('TR1', 20_000)],
      [device('a', 'TR1', { firmImportW: 8000 }), device('b', 'TR1', { firmImportW: 2000 })],
    );
    expect((await limits(s))['a']?.[0]).toBe(13_000);
    expect((await limits(s))['b']?.[0]).toBe(7000);
  });

  it('names the phase, the line above or the site itself where they bind', async () => {
    const s = snapshot(
      [
        asset('L1', 12_000, { kind: 'branch', phaseRatingVA: 1e9 }),
        asset('TR1', 30_000, { parent: 'L1' }),
        asset('TR2', 90_000, { parent: 'L1', phaseRatingVA: 1500 }),
      ],
      [
        device('a', 'TR1', { maxImportW: 1000, maxExportW: 1000 }),
        device('b', 'TR1', { phases: [1] }),
        device('c', 'TR2', { phases: [2] }),
      ],
    );
    expect(await limits(s)).toEqual({ a: [1000, 1000], b: [9500, 9500], c: [1500, 1500] });
    expect((await bounds(s))['a']?.[0]).toBe('site rating');
    expect((await bounds(s))['b']?.[0]).toBe('line L1');
    expect((await bounds(s))['c']?.[0]).toBe('transformer TR2 phase 2');
  });

  it('allows what the loading factor allows, and nothing where the other customers fill the asset', async () => {
    const of = (loadingFactor: number, w: number) =>
      limits(snapshot([asset('T', 9000, { loadingFactor, passive: flow([w]) })], [device('a', 'T')]));
    expect((await of(1.2, 0))['a']?.[0]).toBe(10_800);
    expect((await of(1, 9500))['a']).toEqual([0, 10_000]);
    expect((await of(1, -9500))['a']).toEqual([18_500, 0]);
  });

  it('leaves room for the losses that imported power brings, where told to', async () => {
    const s = snapshot([asset('T', 10_300)], [device('a', 'T')]);
    expect((await limits(s, equalShare({ lossShare: 0.03 })))['a']?.[0]).toBe(10_000);
  });

  it('never lowers firm: says that it does not fit, where, by how much and when', async () => {
    const full = flow([0, 6000, 6500, 0]);
    const s = snapshot(
      [asset('TR1', 10_000, { passive: full })],
      [device('a', 'TR1', { firmImportW: 3000 }), device('b', 'TR1', { firmImportW: 3000 })],
      { steps: 4 },
    );
    const proposal = await run(s);
    expect(envelopesOf(proposal).map(e => e.importW)).toEqual([
      [5000, 3000, 3000, 5000],
      [5000, 3000, 3000, 5000],
    ]);
    expect(envelopesOf(proposal)[0]?.bound[1]?.import).toBe('firm, no room at transformer TR1');
    const whole = noticesOf(proposal).find(n => n.text.includes('TR1 exceed')) as Notice;
    expect(whole).toMatchObject({ code: 'firm-shortfall', asset: 'TR1', direction: 'import', shortW: 2500 });
    expect([whole.from, whole.to]).toEqual([s.start + 300, s.start + 900]);
  });

  it('weighs', async () => {
    const s = snapshot([asset('T', 9000)], [device('a', 'T', { weight: 2 }), device('b', 'T', { weight: 1 })]);
    expect(await limits(s)).toEqual({ a: [6000, 6000], b: [3000, 3000] });
  });

  it('rounds down to what ActivePower carries', async () => {
    const s = snapshot(
      [asset('T', 100_000)],
      ['a', 'b'].map(id => device(id, 'T', { maxImportW: 49_999.9, maxExportW: 7.9 })),
    );
    expect((await limits(s))['a']).toEqual([49_990, 7]);
  });
});

describe('equal-share', () => {
  it.each([
    [{ lossShare: -1 }, 'engineOptions.lossShare'],
    [{ lossShare: '3 %' }, 'engineOptions.lossShare'],
    [{ losShare: 0.1 }, 'no such option'],
    [[], 'engineOptions'],
  ])('refuses options %j', (options, text) => {
    expect(() => equalShare(options)).toThrow(text);
    expect(() => equalShare(options)).toThrow('BAD_CONFIG');
  });

  it('takes some 20 times as long for 16 times the devices, far from the 256 of comparing each with each', async () => {
    const of = (devices: number) => {
      const transformers = Array.from({ length: 100 }, (_, i) =>
        asset(`T${i}`, (15 + i / 10) * devices, { parent: `F${i % 10}`, passive: flow([2 * devices], 500) }),
      );
      const feeders = Array.from({ length: 10 }, (_, i) => asset(`F${i}`, 300 * devices, { passive: flow([0]) }));
      const below = Array.from({ length: devices }, (_, i) =>
        device(`d${i}`, `T${i % 100}`, { phases: [((i % 3) + 1) as 1 | 2 | 3], maxImportW: 3000 + (i % 97) * 100 }),
      );
      return snapshot([...feeders, ...transformers], below);
    };
    const cost = async (s: Snapshot) => {
      const spent: number[] = [];
      for (let i = 0; i < 3; i++) {
        const began = process.cpuUsage();
        await run(s);
        spent.push(process.cpuUsage(began).user);
      }
      return Math.min(...spent);
    };
    const [small, large] = [of(2000), of(32_000)];
    await cost(small);
    expect((await cost(large)) / (await cost(small))).toBeLessThan(100);
  });
});
