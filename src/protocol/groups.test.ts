import fc from 'fast-check';
import { levels, type Level } from '../functions/groups';
import {
  addGroup,
  findGroup,
  joinGroup,
  leaveGroup,
  moveInTree,
  removeGroup,
  renameGroup,
  setAssignments,
} from '../functions/operator/groups';
import { addControl, addProgram, changePrograms, placeProgram, removeProgram } from '../functions/operator/programs';
import { devicesBelow, recipientsOf } from '../functions/operator/recipients';
import { changeSite } from '../functions/operator/sites';
import { type NewSite } from '../functions/provision';
import { attributeOf, devicePort, lfdiA, lfdiB, pen, siteA, siteB, t0, textOf } from './testing/port';

type Port = ReturnType<typeof devicePort>;
const deps = ({ store, clock, ids }: Port) => ({ store, clock, ids, pen });
const all = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);
const hrefs = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name} href="([^"]*)"`, 'g'))].map(([, text = '']) => text);

/** A chain of nodes named after their levels, each with one program; ids by level. */
async function network(port: Port, prefix = '', used: readonly Level[] = levels) {
  const groups = new Map<Level, string>();
  const programs = new Map<Level, string>();
  let parent: string | undefined;
  for (const level of used) {
    const { id } = await addGroup(deps(port), { name: prefix + level, level, ...(parent !== undefined && { parent }) });
    groups.set(level, (parent = id));
    programs.set(level, (await addProgram(deps(port), { description: level, sites: [], groups: [id] })).derp);
  }
  return { group: (level: Level) => groups.get(level) ?? '', program: (level: Level) => programs.get(level) ?? '' };
}

async function opened() {
  const port = devicePort();
  await port.add(siteA, siteB);
  return port;
}

describe('the network as a tree', () => {
  it('gives a device all programs from its place to the root in one assignment, the nearest the strongest', async () => {
    const port = await opened();
    const { group, program } = await network(port);
    await moveInTree(deps(port), [{ site: '1', to: group('service-point') }]);
    const list = await port.ask('/edev/1/fsa?l=255');
    expect([attributeOf(list.body, 'all'), attributeOf(list.body, 'all', 'DERProgramListLink')]).toEqual(['1', '8']);
    const programs = await port.ask('/edev/1/fsa/1/derp?l=255');
    expect(all(programs.body, 'primacy')).toEqual(['4', '5', '6', '7', '8', '9', '10', '20']);
    expect(attributeOf((await port.ask('/dcap')).body, 'all', 'DERProgramListLink')).toBe('8');
    for (const level of levels) {
      expect((await port.ask(`/derp/${program(level)}`)).status).toBe(200);
      expect((await port.ask(`/derp/${program(level)}`, { lfdi: lfdiB })).status).toBe(404);
    }
    await setAssignments(deps(port), '1', { more: [], envelope: false });
    expect(attributeOf((await port.ask('/edev/1/fsa/1/derp?l=255')).body, 'all')).toBe('7');
    expect((await port.ask('/derp/1')).status).toBe(404);
  });

  it('has one shared program as one resource', async () => {
    const port = await opened();
    const { group, program } = await network(port, '', ['system', 'feeder']);
    await moveInTree(deps(port), [
      { site: '1', to: group('feeder') },
      { site: '2', to: group('system') },
    ]);
    const shared = `/derp/${program('system')}`;
    const [one, two] = [await port.ask(shared), await port.ask(shared, { lfdi: lfdiB })];
    expect([one.status, two.status, one.body === two.body]).toEqual([200, 200, true]);
    expect((await port.ask(`/derp/${program('feeder')}`, { lfdi: lfdiB })).status).toBe(404);
    expect(await recipientsOf(port.store, program('system'))).toEqual(['1', '2']);
    expect(await devicesBelow(port.store, group('feeder'))).toEqual(['1']);
  });

  it('swaps two subtrees in one commit: nobody is seen in neither place or both, and versions grow', async () => {
    const port = await opened();
    const one = await network(port, 'A ', ['substation', 'feeder', 'segment']);
    const two = await network(port, 'B ', ['substation', 'feeder', 'segment']);
    await moveInTree(deps(port), [
      { site: '1', to: one.group('segment') },
      { site: '2', to: two.group('segment') },
    ]);
    const seen = async () => ({
      programs: hrefs((await port.ask('/edev/1/fsa/1/derp?l=255')).body, 'DERProgram'),
      version: Number(textOf((await port.ask('/edev/1/fsa/1')).body, 'version')),
    });
    const before = await seen();
    expect(before.programs).toContain(`/derp/${one.program('substation')}`);
    let commits = 0;
    const stop = port.changes.onCommit(() => commits++);
    await moveInTree(deps(port), [
      { group: one.group('feeder'), to: two.group('substation') },
      { group: two.group('feeder'), to: one.group('substation') },
    ]);
    stop();
    expect(commits).toBe(1);
    const after = await seen();
    expect(after.programs.sort()).toEqual(
      ['1', one.program('segment'), one.program('feeder'), two.program('substation')].map(id => `/derp/${id}`).sort(),
    );
    expect(after.version).toBe(before.version + 1);
    expect((await port.ask(`/derp/${one.program('substation')}`)).status).toBe(404);
    await moveInTree(deps(port), [{ site: '1' }]);
    expect(await seen()).toEqual({ programs: ['/derp/1'], version: after.version + 1 });
  });

  it('lets a device that was moved away say so, and shows it what it said', async () => {
    const port = await opened();
    const { group, program } = await network(port, '', ['system', 'feeder']);
    await moveInTree(deps(port), [{ site: '1', to: group('feeder') }]);
    const derp = program('feeder');
    const { mRID } = await addControl(deps(port), derp, { start: t0, durationS: 900, base: { opModConnect: true } });
    const post = (status: number, lfdi = lfdiA) =>
      port.ask(`/rsps/${derp}/rsp`, {
        method: 'POST',
        lfdi,
        body: `<DERControlResponse xmlns="urn:ieee:std:2030.5:ns"><endDeviceLFDI>${lfdi}</endDeviceLFDI><status>${status}</status><subject>${mRID}</subject></DERControlResponse>`,
      });
    expect((await post(1)).status).toBe(201);
    expect((await post(1, lfdiB)).status).toBe(404);
    await moveInTree(deps(port), [{ site: '1', to: group('system') }]);
    expect((await port.ask(`/derp/${derp}/derc`)).status).toBe(404);
    expect((await post(14)).status).toBe(201);
    expect(attributeOf((await port.ask(`/rsps/${derp}/rsp?l=9`)).body, 'all')).toBe('2');
  });

  it.each<[string, (port: Port) => Promise<unknown>, string, RegExp]>([
    [
      'a node below one of its own level',
      async p => addGroup(deps(p), { name: 'x', level: 'feeder', parent: (await findGroup(p.store, 'feeder')).id }),
      'BAD_VALUE',
      /a level above feeder/,
    ],
    [
      'a node below nothing there is',
      p => addGroup(deps(p), { name: 'x', level: 'feeder', parent: 'none' }),
      'NO_SUCH',
      /no such group/,
    ],
    [
      'a group that is no node below one',
      async p => addGroup(deps(p), { name: 'x', parent: (await findGroup(p.store, 'feeder')).id }),
      'BAD_VALUE',
      /only nodes/,
    ],
    ['a name that is taken', p => addGroup(deps(p), { name: 'feeder' }), 'CONFLICT', /of that name/],
    ['an empty name', p => addGroup(deps(p), { name: ' ' }), 'BAD_VALUE', /1 to 64/],
    [
      'a node moved below its own subtree',
      async p =>
        moveInTree(deps(p), [
          { group: (await findGroup(p.store, 'system')).id, to: (await findGroup(p.store, 'feeder')).id },
        ]),
      'BAD_VALUE',
      /a level above system/,
    ],
    [
      'a site that is not there',
      async p => moveInTree(deps(p), [{ site: '77', to: (await findGroup(p.store, 'feeder')).id }]),
      'NO_SUCH',
      /site 77/,
    ],
    [
      'joining a node',
      async p => joinGroup(deps(p), (await findGroup(p.store, 'feeder')).id, ['1']),
      'BAD_VALUE',
      /move there/,
    ],
    [
      'removing a node with something below it',
      async p => removeGroup(deps(p), (await findGroup(p.store, 'system')).id),
      'CONFLICT',
      /1 groups below/,
    ],
    [
      'a program of no group with a level and no primacy',
      p => addProgram(deps(p), { description: '', sites: [] }),
      'BAD_VALUE',
      /primacy/,
    ],
    ['removing the program of an envelope', p => removeProgram(deps(p), '1'), 'BAD_VALUE', /goes with its site/],
  ])('refuses %s', async (_, act, code, message) => {
    const port = await opened();
    await network(port, '', ['system', 'feeder']);
    await expect(act(port)).rejects.toMatchObject({ code, message });
  });
});

describe('groups that are no nodes, and assignments of one device alone', () => {
  it('are assignments of their own, which come and go', async () => {
    const port = await opened();
    const pilot = await addGroup(deps(port), { name: 'Pilot' });
    const { derp } = await addProgram(deps(port), { description: 'Pilot', primacy: 3, sites: [], groups: [pilot.id] });
    await joinGroup(deps(port), pilot.id, ['1', '2']);
    const list = await port.ask('/edev/1/fsa?l=255');
    expect([attributeOf(list.body, 'all'), all(list.body, 'description').sort()]).toEqual(['2', ['Envelope', 'Pilot']]);
    expect(all(list.body, 'mRID')).toEqual([...all(list.body, 'mRID')].sort().reverse());
    expect((await port.ask(`/derp/${derp}`)).status).toBe(200);
    await leaveGroup(deps(port), pilot.id, ['1']);
    expect(attributeOf((await port.ask('/edev/1/fsa')).body, 'all')).toBe('1');
    expect((await port.ask(`/derp/${derp}`)).status).toBe(404);
    expect((await port.ask(`/derp/${derp}`, { lfdi: lfdiB })).status).toBe(200);
    await renameGroup(deps(port), pilot.id, 'Trial');
    expect((await findGroup(port.store, 'Trial')).id).toBe(pilot.id);
    await removeProgram(deps(port), derp);
    expect((await port.ask(`/derp/${derp}`, { lfdi: lfdiB })).status).toBe(404);
    await leaveGroup(deps(port), pilot.id, ['2']);
    await removeGroup(deps(port), pilot.id);
  });

  it('are fifteen at most (CORE-011), some without programs, in order of mRID; a sixteenth is refused', async () => {
    const port = await opened();
    const derps = await Promise.all(
      Array.from({ length: 10 }, (_, n) => addProgram(deps(port), { description: `P${n}`, primacy: n + 1, sites: [] })),
    );
    const more = Array.from({ length: 14 }, (_, n) => ({
      description: `F${n}`,
      programs: derps.slice(n, n + 1).map(({ derp }) => derp),
    }));
    await setAssignments(deps(port), '1', { more });
    const list = (await port.ask('/edev/1/fsa?l=255')).body;
    expect(attributeOf(list, 'all')).toBe('15');
    expect(all(list, 'mRID')).toEqual([...all(list, 'mRID')].sort().reverse());
    expect(hrefs(list, 'DERProgramListLink')).toHaveLength(11);
    const pilot = await addGroup(deps(port), { name: 'Pilot' });
    await expect(joinGroup(deps(port), pilot.id, ['1'])).rejects.toMatchObject({
      code: 'LIMIT',
      message: /at most 15/,
    });
    expect((await port.ask('/edev/1/fsa?l=255')).body).toBe(list);
    // each is written anew only where it says something else
    await setAssignments(deps(port), '1', {
      more: more.slice(0, 3).map((each, n) => (n === 1 ? { ...each, description: 'new' } : each)),
    });
    const fewer = (await port.ask('/edev/1/fsa?l=255')).body;
    expect(attributeOf(fewer, 'all')).toBe('4');
    expect(all(fewer, 'version').sort()).toEqual(['0', '0', '0', '1']);
  });

  it('hold fifteen programs at most, wherever they come from', async () => {
    const port = await opened();
    const node = await addGroup(deps(port), { name: 'Feeder', level: 'feeder' });
    for (let n = 0; n < 14; n++) await addProgram(deps(port), { description: '', sites: [], groups: [node.id] });
    await moveInTree(deps(port), [{ site: '1', to: node.id }]);
    const full = { code: 'LIMIT', message: /programs of site 1, want at most 15, got 16/ };
    await expect(addProgram(deps(port), { description: '', sites: [], groups: [node.id] })).rejects.toMatchObject(full);
    await expect(addProgram(deps(port), { description: '', primacy: 1, sites: ['1'] })).rejects.toMatchObject(full);
    expect(attributeOf((await port.ask('/derp')).body, 'all')).toBe('15');
  });

  it('never lead by two ways to one program (old clients stall on that)', async () => {
    const port = await opened();
    const { derp } = await addProgram(deps(port), { description: 'P', primacy: 1, sites: ['1'] });
    await expect(
      setAssignments(deps(port), '1', { more: [{ description: 'again', programs: [derp] }] }),
    ).rejects.toMatchObject({ code: 'CONFLICT', message: /by two ways/ });
  });

  it('move with a program that is placed elsewhere', async () => {
    const port = await opened();
    const { group } = await network(port, '', ['system', 'feeder']);
    await moveInTree(deps(port), [
      { site: '1', to: group('system') },
      { site: '2', to: group('feeder') },
    ]);
    const { derp } = await addProgram(deps(port), { description: 'P', primacy: 1, sites: ['1'] });
    const who = async () =>
      Promise.all([lfdiA, lfdiB].map(async lfdi => (await port.ask(`/derp/${derp}`, { lfdi })).status));
    expect(await who()).toEqual([200, 404]);
    await placeProgram(deps(port), derp, { sites: [], groups: [group('feeder')] });
    expect(await who()).toEqual([404, 200]);
    await placeProgram(deps(port), derp, { sites: [], groups: [] });
    expect(await who()).toEqual([404, 404]);
  });

  it('show primacies that are swapped at once (MAINT-005)', async () => {
    const port = await opened();
    const { group, program } = await network(port, '', ['segment', 'service-transformer']);
    await moveInTree(deps(port), [{ site: '1', to: group('service-transformer') }]);
    const order = async () => hrefs((await port.ask('/edev/1/fsa/1/derp?l=2')).body, 'DERProgram');
    const [near, far] = [`/derp/${program('service-transformer')}`, `/derp/${program('segment')}`];
    expect(await order()).toEqual([near, far]);
    await changePrograms(deps(port), {
      [program('service-transformer')]: { primacy: 6 },
      [program('segment')]: { primacy: 5 },
    });
    expect(await order()).toEqual([far, near]);
  });
});

it('a hundred changes sent at once all come through', async () => {
  const port = await opened();
  await Promise.all(Array.from({ length: 100 }, (_, n) => addGroup(deps(port), { name: `G${n}` })));
  expect((await port.store.page('~group', { start: 0, limit: 1 })).all).toBe(100);
});

describe('an aggregator of 2,000 sites', () => {
  it('is told of a shared program at once, and of each change', async () => {
    const port = devicePort();
    const manager = 'AB'.repeat(20);
    const site = (n: number): NewSite => ({
      ...siteA,
      name: `S${n}`,
      lfdi: n.toString(16).toUpperCase().padStart(40, '0'),
      sfdi: n,
      manager,
    });
    await port.add({ ...siteA, name: 'Manager', lfdi: manager, role: 'aggregator' });
    await port.add(...Array.from({ length: 2_000 }, (_, n) => site(n + 1)));
    const { group, program } = await network(port, '', ['system', 'feeder']);
    await moveInTree(
      deps(port),
      Array.from({ length: 2_000 }, (_, n) => ({ site: String(n + 2), to: group('feeder') })),
    );
    const shared = `/derp/${program('system')}`;
    const ask = (path: string) => port.ask(path, { lfdi: manager });
    expect((await ask(shared)).status).toBe(200);
    const reads = jest.spyOn(port.store, 'page');
    for (let n = 0; n < 50; n++) expect((await ask(`${shared}/derc?l=${n}`)).status).toBe(200);
    expect(reads.mock.calls.length).toBeLessThan(200); // not 2,000 for each
    reads.mockRestore();
    await placeProgram(deps(port), program('system'), { groups: [], sites: [] });
    expect((await ask(shared)).status).toBe(404);
    await changeSite(deps(port), '5', { dialect: '2018' });
    expect((await ask(`/derp/${program('feeder')}`)).status).toBe(200);
  }, 60_000);
});

describe('whatever is moved where', () => {
  const tree: readonly [string, Level][] = [
    ['y', 'system'],
    ['s', 'substation'],
    ['t', 'substation'],
    ['f', 'feeder'],
    ['g', 'feeder'],
    ['p', 'service-point'],
  ];
  const act = fc.record({
    what: fc.constantFrom(...tree.map(([name]) => name), '1', '2'),
    to: fc.constantFrom(...tree.map(([name]) => name), undefined),
    program: fc.option(fc.nat(5), { nil: undefined }),
  });

  it('each device has what the tree says, and its version grows exactly when that changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 12 }), async acts => {
        const port = await opened();
        const ids = new Map<string, string>();
        const parents = new Map<string, string | undefined>();
        const on = new Map<string, Set<string>>();
        for (const [name, level] of tree) {
          ids.set(name, (await addGroup(deps(port), { name, level })).id);
          on.set(name, new Set());
        }
        const derps = await Promise.all(
          Array.from({ length: 6 }, (_, n) => addProgram(deps(port), { description: '', primacy: n, sites: [] })),
        );
        const rank = (name: string) => levels.indexOf(tree.find(([each]) => each === name)?.[1] ?? 'service-point');
        const want = (site: string): string[] => {
          const found = new Set([site]);
          for (let at = parents.get(site); at !== undefined; at = parents.get(at))
            on.get(at)?.forEach(derp => found.add(derp));
          return [...found].map(derp => `/derp/${derp}`).sort();
        };
        const known = new Map<string, { programs: string; version: number }>();
        for (const { what, to, program } of [{ what: '1', to: undefined, program: undefined }, ...acts]) {
          if (program !== undefined && to !== undefined) {
            const derp = derps[program]?.derp ?? '';
            for (const [name, there] of on)
              if (name === to) there.add(derp);
              else there.delete(derp);
            await placeProgram(deps(port), derp, { groups: [ids.get(to) ?? ''], sites: [] });
          } else {
            const isSite = /\d/.test(what);
            const allowed = isSite || to === undefined || rank(to) < rank(what);
            const done = await moveInTree(deps(port), [
              {
                ...(isSite ? { site: what } : { group: ids.get(what) ?? '' }),
                ...(to !== undefined && { to: ids.get(to) ?? '' }),
              },
            ]).then(
              () => true,
              () => false,
            );
            expect(done).toBe(allowed);
            if (done) parents.set(what, to);
          }
          for (const [site, lfdi] of [
            ['1', lfdiA],
            ['2', lfdiB],
          ] as const) {
            const programs = hrefs(
              (await port.ask(`/edev/${site}/fsa/1/derp?l=255`, { lfdi })).body,
              'DERProgram',
            ).sort();
            expect(programs).toEqual(want(site));
            const fsa = (await port.ask(`/edev/${site}/fsa/1`, { lfdi })).body;
            expect(attributeOf((await port.ask('/derp', { lfdi })).body, 'all')).toBe(String(programs.length));
            const version = Number(textOf(fsa, 'version'));
            const before = known.get(site);
            if (before) {
              expect(version).toBeGreaterThanOrEqual(before.version);
              if (programs.join() !== before.programs) expect(version).toBeGreaterThan(before.version);
            }
            known.set(site, { programs: programs.join(), version });
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
