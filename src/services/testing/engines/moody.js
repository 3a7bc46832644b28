// Does what its option `mood` says.
exports.api = 1;
exports.engine = ({ mood }) => ({
  name: 'moody',
  api: 1,
  async compute(snapshot) {
    if (mood === 'throws') throw new Error('no idea');
    if (mood === 'exits') process.exit(3);
    if (mood === 'eats') for (const hoard = []; ;) hoard.push(new Array(100_000).fill(hoard.length));
    if (mood === 'cannot be sent') return [() => 0];
    console.log('hello from the engine');
    return snapshot.devices.map(({ id }) => ({
      device: id,
      importW: new Array(snapshot.steps).fill(5000),
      exportW: new Array(snapshot.steps).fill(4000),
      bound: new Array(snapshot.steps).fill({ import: 'mood', export: 'mood' }),
    }));
  },
});
